"""The models inside the MediaPipe wheel, made loadable: nothing is ever downloaded.

The wheel carries the body finder, the full landmark model and the selfie-segmentation model as bare TFLite files.
The Tasks API wants metadata with each and the two pose files zipped together; both are added here (DESIGN section 3).
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from posture.errors import SetupError, UsageError

#: sha256 of the pose bundle, the face and the segmentation model as made here from MediaPipe 0.10.21, and of known
#: files that --model may name.
EMBEDDED_SHA256 = "563b0638542257af9ea190a4965843ea135cce1c0a6129438fde6a85444573ad"
FACE_SHA256 = "97bc2ede3d62c752ea01242984291ffbba6818b09122a5c4bce9dbb2af957fe8"
SEGMENTATION_SHA256 = "75d61e045f9093be1223dff4a8d85c5a6a25efebb599e73d40994966ceca54c4"
#: Date of whatever is put into an archive, so that the same wheel always gives the same bytes and hash.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
#: The files in the wheel as every number of this program was checked with.
_IN_THE_WHEEL = {
    "pose_detection.tflite": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "selfie_segmentation.tflite": "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    "face_detection_short_range.tflite": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
}
KNOWN_SHA256 = {
    EMBEDDED_SHA256: "full, embedded in the MediaPipe 0.10.21 wheel",
    "dde94ab615f125221dd10607599c580e937211828fe3aaee960973b286a333dd": "full, the same landmark model rebundled",
    "ecc9f473f0dfbd61b7a50b99cf5994695cf5e69bb585f1f13cecda941276cf70": "lite of 2021",
}
#: Git blob hashes of Google's own bundles, as listed by google-ai-edge/mediapipe-samples.
KNOWN_GIT_BLOBS = {
    "09576a930167d58ba3cd759a1521a1f7b159b0f2": "lite",
    "ab13de695111ad04968f63a753f1c751b204d411": "full",
    "45449d98ebc71322c4c5ee03a1ae31400ae8deee": "heavy",
}


#: Two threads that import MediaPipe at once would each undo the other's stand-ins.
_importing = threading.RLock()
_hush = threading.Lock()


def mediapipe() -> ModuleType:
    """The MediaPipe package, or a SetupError that says which system library is missing and how to get it."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    try:
        with _importing, quiet(), _without_plotting():
            import mediapipe as module
    except ImportError as error:
        raise SetupError(missing_library(error)) from error
    return module  # type: ignore[no-any-return]


class _Later(ModuleType):
    """Stands for a module until something is asked of it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextlib.contextmanager
def _without_plotting() -> Iterator[None]:
    """Keep Matplotlib unloaded inside the block: MediaPipe imports it for a plot that posture never draws (1 s)."""
    if "matplotlib" in sys.modules:
        yield
        return
    package, pyplot = _Later("matplotlib"), _Later("matplotlib.pyplot")
    package.pyplot = pyplot  # type: ignore[attr-defined]
    sys.modules |= {"matplotlib": package, "matplotlib.pyplot": pyplot}
    try:
        yield
    finally:
        del sys.modules["matplotlib"], sys.modules["matplotlib.pyplot"]


def missing_library(error: ImportError) -> str:
    """What to do about an import of OpenCV or MediaPipe that failed."""
    text = str(error)
    if "libGL" in text or "libgthread" in text or "libEGL" in text:
        return (
            f"a system library is missing ({text}). On Debian and Ubuntu: sudo apt install libgl1 libglib2.0-0; "
            "on Fedora: sudo dnf install mesa-libGL glib2"
        )
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"posture cannot load its pose model ({text}; Python {python}). Run 'make demo' to set the environment up anew"
    )


class _Quiet:
    """How many blocks keep quiet now, and the descriptor that was turned aside."""

    inside = 0
    kept = -1


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the start-up chatter that MediaPipe's C++ writes to standard error off the terminal.

    Python's own errors are raised as usual; only file descriptor 2 is turned aside, and only inside the block; where
    several threads are inside, the last one out turns it back.
    """
    with _hush:
        if not _Quiet.inside:
            sys.stderr.flush()
            _Quiet.kept = os.dup(2)
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
        _Quiet.inside += 1
    try:
        yield
    finally:
        with _hush:
            _Quiet.inside -= 1
            if not _Quiet.inside:
                os.dup2(_Quiet.kept, 2)
                os.close(_Quiet.kept)


def pose_model(model_file: Path | None, trust: bool) -> tuple[bytes, str]:
    """Bytes of the pose bundle and their sha256.

    ``model_file`` None gives the embedded model. Raises UsageError for a file that is missing, no bundle, or of an
    unknown hash without ``trust``.
    """
    if model_file is None:
        return _embedded()
    try:
        data = model_file.read_bytes()
    except OSError as error:
        raise UsageError(f"--model {model_file}: {error.strerror}") from error
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise UsageError(f"--model {model_file} is not a .task bundle of MediaPipe")
    sha256 = hashlib.sha256(data).hexdigest()
    git_blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    if not trust and sha256 not in KNOWN_SHA256 and git_blob not in KNOWN_GIT_BLOBS:
        raise UsageError(
            f"--model {model_file} has the unknown hash {sha256[:16]}…: its numbers were never checked. "
            "Add --trust-model to use it all the same; the hash goes into the report"
        )
    return data, sha256


def segmentation_model() -> bytes:
    """The general selfie-segmentation model with the metadata the Tasks API asks for."""
    return _cached(
        "selfie_segmentation",
        SEGMENTATION_SHA256,
        lambda: _with_metadata("selfie_segmentation/selfie_segmentation.tflite", 0.0, 255.0, mask=True),
    )


def face_model() -> bytes:
    """The short-range face model with the metadata the Tasks API asks for."""
    return _cached(
        "face", FACE_SHA256, lambda: _with_metadata("face_detection/face_detection_short_range.tflite", 127.5, 127.5)
    )


def _embedded() -> tuple[bytes, str]:
    data = _cached("pose_full", EMBEDDED_SHA256, _bundle)
    return data, hashlib.sha256(data).hexdigest()


def _bundle() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as bundle:
        for name, source, mean, std in (
            ("pose_detector.tflite", "pose_detection/pose_detection.tflite", 127.5, 127.5),
            ("pose_landmarks_detector.tflite", "pose_landmark/pose_landmark_full.tflite", 0.0, 255.0),
        ):
            bundle.writestr(zipfile.ZipInfo(name, LONG_AGO), _with_metadata(source, mean, std))
    return buffer.getvalue()


def _cached(name: str, sha256: str, make: Callable[[], bytes]) -> bytes:
    """Bytes of the expected hash from the user's cache folder, else made anew and put there."""
    file = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "posture" / f"{name}_{sha256[:16]}"
    with contextlib.suppress(OSError):
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
    data = make()
    # A cache that cannot be written costs half a second a start and nothing else.
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(data)
        Path(part.name).replace(file)
    return data


def _with_metadata(source: str, mean: float, std: float, mask: bool = False) -> bytes:
    path = Path(mediapipe().__file__ or "").parent / "modules" / source
    if not path.is_file():
        raise SetupError(
            f"this MediaPipe carries no {path.name}: posture needs version 0.10.21, whose wheel holds the models. "
            "Run: pip install mediapipe==0.10.21"
        )
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != _IN_THE_WHEEL[path.name]:
        raise SetupError(
            f"{path.name} in this MediaPipe is not the file that posture was checked with: somebody replaced it. "
            "Run: pip install --force-reinstall mediapipe==0.10.21"
        )
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    writer: Any = metadata_writer.MetadataWriter.create(bytearray(data)).add_image_input([mean], [std])
    if mask:
        writer.add_segmentation_output(None)
    return _timeless(bytes(writer.populate()[0]))


def _timeless(model: bytes) -> bytes:
    """The same model, the small archive that the writer may append to it dated as ever: the same bytes at any hour."""
    whole = io.BytesIO(model)
    if not zipfile.is_zipfile(whole):
        return model
    with zipfile.ZipFile(whole) as appended:
        parts = [(part.filename, part.header_offset, appended.read(part)) for part in appended.infolist()]
    if not parts:
        return model
    made = io.BytesIO(model[: min(offset for _, offset, _ in parts)])
    with zipfile.ZipFile(made, "a", zipfile.ZIP_STORED) as anew:
        for name, _, content in parts:
            anew.writestr(zipfile.ZipInfo(name, LONG_AGO), content)
    return made.getvalue()
