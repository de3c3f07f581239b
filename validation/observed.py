"""What the pipeline's eyes saw of people with known truth, small enough to be committed.

One archive holds many pictures: landmarks and outlines to an eighth of a pixel, the truth, or the refusal where nobody
was found. From these `make validate` runs everything but the pose model. Newer archives hold the outlines kind by kind,
the mask's by what it differs from the refined one, which takes less room; older ones are read as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_LZMA, ZipFile

import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Frame
from posture.body.observation import Observation, Settled
from posture.body.pose import Pose
from posture.body.silhouette import Outline, Silhouette
from posture.errors import NoPerson

FOLDER = Path(__file__).parent / "observed"
OUTLINES = ("refined", "masked", "second")
PLAIN = ("width_px", "height_px", "others_px", "faces_px", "body_share", "passes", "photo_px_per_px")
#: Steps of what is stored as whole numbers: px, share, metres.
PX, SHARE, METRE = 1 / 8, 1 / 1000, 1 / 5000


@dataclass(frozen=True, eq=False)
class Seen:
    """One picture: what is true of it and what was seen; ``observation`` is None where no person was found."""

    truth: dict[str, Any]
    observation: Observation | None
    model_sha256: str

    def __call__(self, _frame: Frame, _settled: Settled | None = None) -> Observation:
        """Answers as the observer did, so that the pipeline can be run on it."""
        if self.observation is None:
            raise NoPerson("recorded: nobody was found")
        return self.observation

    @property
    def frame(self) -> Frame:
        """A black frame of the picture's size, for the pipeline."""
        wide, tall = (
            (720, 1280) if self.observation is None else (self.observation.width_px, self.observation.height_px)
        )
        return Frame(np.zeros((tall, wide, 3), np.uint8), wide, tall, "0" * 64, str(self.truth["name"]))


def save(seen: Sequence[Seen], file: Path) -> None:
    """Write pictures to one archive."""
    file.parent.mkdir(parents=True, exist_ok=True)
    notes, numbers = [], []
    edges: dict[str, list[NDArray[np.float64]]] = {name: [np.zeros(0)] for name in OUTLINES}
    for one in seen:
        note: dict[str, Any] = {"truth": one.truth}
        if one.observation is not None:
            pose, outlines = one.observation.pose, one.observation.silhouette
            note["plain"] = {name: _short(getattr(one.observation, name)) for name in PLAIN}
            parts = ((pose.xy_px, PX), (pose.visibility, SHARE), (pose.sigma_px, PX / 8), (pose.world_m, METRE))
            numbers.append(np.concatenate([np.round(a.ravel() / step) for a, step in parts]))
            note["outlines"] = {}
            for name in OUTLINES:
                outline: Outline | None = getattr(outlines, name) if outlines else None
                if outline is not None:
                    rows, steps = [int(outline.rows_px[0]), len(outline.rows_px)], _steps(outline)
                    beside = name == "masked" and note["outlines"].get("refined") == rows
                    note["outlines"][name] = [*rows, "refined"] if beside else rows
                    edges[name].append(steps - edges["refined"][-1] if beside else steps)
        notes.append(note)
    arrays = {
        "notes": np.frombuffer(json.dumps(notes, separators=(",", ":")).encode(), np.uint8),
        "columns": np.array(numbers, np.int32).T,
        **{name: np.concatenate(steps).astype(np.int16) for name, steps in edges.items()},
        "model_sha256": np.array(seen[0].model_sha256),
    }
    pack(file, arrays)


def pack(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an archive that NumPy reads; its own writer knows no LZMA, which saves a third."""
    with ZipFile(file, "w", ZIP_LZMA) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as entry:
                np.lib.format.write_array(entry, array)


def load(file: Path) -> list[Seen]:
    """The pictures of one archive."""
    with np.load(file) as data:
        notes = json.loads(data["notes"].tobytes())
        numbers = iter(data["numbers"] if "numbers" in data else data["columns"].T)
        edges = {name: data["edges" if "edges" in data else name].astype(np.float64) for name in OUTLINES}
        mixed, model = "edges" in data, str(data["model_sha256"])
    seen, at = [], dict.fromkeys(OUTLINES, 0)
    for note in notes:
        if "plain" not in note:
            seen.append(Seen(note["truth"], None, model))
            continue
        outlines: dict[str, Outline | None] = dict.fromkeys(OUTLINES)
        steps: dict[str, NDArray[np.float64]] = {}
        for name, (first, n, *beside) in note["outlines"].items():
            kind = OUTLINES[0] if mixed else name
            steps[name] = edges[kind][at[kind] : at[kind] + 2 * n] + sum(steps[other] for other in beside)
            left, right = np.cumsum(steps[name].reshape(2, n), axis=1) * PX
            outlines[name] = Outline(first + np.arange(float(n)), left, right)
            at[kind] += 2 * n
        plain = note["plain"] | {
            "others_px": tuple(note["plain"]["others_px"]),
            "faces_px": tuple(tuple(face) for face in note["plain"]["faces_px"]),
        }
        xy, visibility, sigma, world = np.split(next(numbers), np.cumsum([66, 33, 33]))
        pose = Pose(xy.reshape(33, 2) * PX, visibility * SHARE, sigma * PX / 8, world.reshape(33, 3) * METRE)
        silhouette = None
        if outlines["refined"] is not None and outlines["masked"] is not None:
            silhouette = Silhouette(outlines["refined"], outlines["masked"], outlines["second"])
        seen.append(Seen(note["truth"], Observation(pose=pose, silhouette=silhouette, **plain), model))
    return seen


def load_set(name: str, folder: Path = FOLDER) -> list[Seen]:
    """All pictures of a set, from its archives NAME_0.npz, NAME_1.npz ... Raises FileNotFoundError."""
    files = sorted(folder.glob(f"{name}_[0-9]*.npz"), key=lambda file: int(file.stem.rsplit("_", 1)[1]))
    if not files:
        raise FileNotFoundError(f"no observations {name}_*.npz in {folder}: make them with  make people")
    return [one for file in files for one in load(file)]


def _steps(outline: Outline) -> NDArray[np.float64]:
    """Of the left and then the right edge, the first place and the steps from row to row, in eighths of a pixel."""
    places = np.round(np.stack([outline.left_px, outline.right_px]) / PX)
    steps: NDArray[np.float64] = np.diff(places, axis=1, prepend=0.0).ravel()
    return steps


def _short(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_short(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value
