"""The models in posture's own wheel, checked by hash: nothing is ever downloaded.

They are MediaPipe's body finder with its full landmark model, its selfie segmentation and its short-range face finder,
with the metadata that the Tasks API asks for (THIRD_PARTY.md says where each comes from).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

from posture.errors import SetupError, UsageError

#: sha256 of the pose bundle with which every number of this program was checked.
EMBEDDED_SHA256 = "563b0638542257af9ea190a4965843ea135cce1c0a6129438fde6a85444573ad"
#: sha256 of every file in posture/data/models.
SHA256 = {
    "pose_full.task": EMBEDDED_SHA256,
    "selfie_segmentation.tflite": "75d61e045f9093be1223dff4a8d85c5a6a25efebb599e73d40994966ceca54c4",
    "face.tflite": "97bc2ede3d62c752ea01242984291ffbba6818b09122a5c4bce9dbb2af957fe8",
}
#: Known files that --model may name.
KNOWN_SHA256 = {
    EMBEDDED_SHA256: "full, in posture's wheel",
    "dde94ab615f125221dd10607599c580e937211828fe3aaee960973b286a333dd": "full, the same landmark model rebundled",
    "ecc9f473f0dfbd61b7a50b99cf5994695cf5e69bb585f1f13cecda941276cf70": "lite of 2021",
}
#: Git blob hashes of Google's own bundles, as listed by google-ai-edge/mediapipe-samples.
KNOWN_GIT_BLOBS = {
    "09576a930167d58ba3cd759a1521a1f7b159b0f2": "lite",
    "ab13de695111ad04968f63a753f1c751b204d411": "full",
    "45449d98ebc71322c4c5ee03a1ae31400ae8deee": "heavy",
}

_hush = threading.Lock()


@cache
def mediapipe() -> ModuleType:
    """The MediaPipe package, or a SetupError that says which system library is missing and how to get it."""
    os.environ.setdefault("GLOG_minloglevel", "2")
    try:
        with quiet():
            import mediapipe as module
    except (ImportError, OSError) as error:
        raise SetupError(missing_library(error)) from error
    return module  # type: ignore[no-any-return]


def missing_library(error: Exception) -> str:
    """Remedy for a failed import of OpenCV or MediaPipe."""
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
    """Count of the blocks that keep quiet now, and the descriptor that was turned aside."""

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
        return _shipped("pose_full.task"), EMBEDDED_SHA256
    try:
        data = model_file.read_bytes()
    except OSError as error:
        raise UsageError(f"model {model_file}: {error.strerror}") from error
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise UsageError(f"model {model_file} is not a .task bundle of MediaPipe")
    sha256 = hashlib.sha256(data).hexdigest()
    git_blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    if not trust and sha256 not in KNOWN_SHA256 and git_blob not in KNOWN_GIT_BLOBS:
        raise UsageError(
            f"model {model_file} has the unknown hash {sha256[:16]}…: its numbers were never checked. "
            "Say that you trust it (trust-model) to use it all the same; the hash goes into the report"
        )
    return data, sha256


def segmenter() -> Any:
    """A task that answers a picture with the probability of a person at every pixel."""
    mediapipe()
    from mediapipe.tasks.python import BaseOptions, vision

    return vision.ImageSegmenter.create_from_options(
        vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_buffer=_shipped("selfie_segmentation.tflite")),
            running_mode=vision.RunningMode.IMAGE,
            output_confidence_masks=True,
            output_category_mask=False,
        )
    )


def face_model() -> bytes:
    """The short-range face model."""
    return _shipped("face.tflite")


def _shipped(name: str) -> bytes:
    """A file of posture/data/models. Raises SetupError where it is missing or not the one that was checked."""
    try:
        data = (resources.files("posture") / "data" / "models" / name).read_bytes()
    except OSError as error:
        raise SetupError(f"the model file {name} is missing from this installation: install posture again") from error
    if hashlib.sha256(data).hexdigest() != SHA256[name]:
        raise SetupError(
            f"the model file {name} is not the one that posture was checked with: somebody replaced it, "
            "or a download was cut short. Install posture again"
        )
    return data
