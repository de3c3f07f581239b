"""Write down what the pose model sees in the sample pictures, so that golden tests need no model.

    python -m validation.record     writes sample_images/recorded/*.npz and tests/golden/*.json

Read the difference of every golden file before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from posture.adapters.mediapipe_pose import MediaPipeObserver
from posture.adapters.photo_files import read_photo
from posture.frame import Frame
from posture.observation import Observation
from posture.pipeline import analyze
from posture.pose import Pose
from posture.silhouette import Outline, Silhouette

ROOT = Path(__file__).parent.parent
SAMPLES, RECORDED, GOLDEN = ROOT / "sample_images", ROOT / "sample_images" / "recorded", ROOT / "tests" / "golden"
POSE = ("xy_px", "visibility", "sigma_px", "world_m")
OUTLINES = ("refined", "masked", "second")
PLAIN = ("width_px", "height_px", "others_px", "faces_px", "body_share", "passes", "photo_px_per_px")


class Recorded:
    """An observer that answers with a recorded observation."""

    def __init__(self, file: Path) -> None:
        with np.load(file) as data:
            self.observation, self.model_sha256 = _unpacked(data), str(data["model_sha256"])

    def __call__(self, _frame: Frame) -> Observation:
        return self.observation


def save(observation: Observation, model_sha256: str, file: Path) -> None:
    """One observation as a compressed NumPy archive; outlines to a hundredth of a pixel."""
    parts: dict[str, Any] = {name: getattr(observation.pose, name).round(5) for name in POSE}
    for name in OUTLINES:
        outline = getattr(observation.silhouette, name)
        parts[name] = np.vstack([outline.rows_px, outline.left_px, outline.right_px]).round(2).astype(np.float32)
    plain = {name: getattr(observation, name) for name in PLAIN}
    np.savez_compressed(file, plain=json.dumps(plain), model_sha256=model_sha256, **parts)


def _unpacked(data: Any) -> Observation:
    plain = json.loads(str(data["plain"]))
    plain |= {"others_px": tuple(plain["others_px"]), "faces_px": tuple(map(tuple, plain["faces_px"]))}
    outlines = {name: Outline(*data[name].astype(np.float64)) for name in OUTLINES}
    return Observation(pose=Pose(**{n: data[n] for n in POSE}), silhouette=Silhouette(**outlines), **plain)


def golden(name: str) -> dict[str, Any]:
    """The report that starts from the recorded observation of one sample."""
    frame = read_photo(SAMPLES / f"{name}.jpg")
    named = Frame(frame.pixels_hwc, frame.width, frame.height, frame.sha256, f"{name}.jpg")
    return analyze(named, Recorded(RECORDED / f"{name}.npz")).to_dict()


def main() -> None:
    observer = MediaPipeObserver()
    RECORDED.mkdir(exist_ok=True)
    GOLDEN.mkdir(exist_ok=True)
    for photo in sorted(SAMPLES.glob("*.jpg")):
        save(observer(read_photo(photo)), observer.model_sha256, RECORDED / f"{photo.stem}.npz")
        report = json.dumps(golden(photo.stem), indent=1, ensure_ascii=False)
        (GOLDEN / f"{photo.stem}.json").write_text(report + "\n", "utf-8")


if __name__ == "__main__":
    main()
