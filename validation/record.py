"""Write down what the pose model sees in the sample pictures, so that golden tests need no model.

    python -m validation.record     writes sample_images/recorded/*.npz and tests/golden/*.json

Read the difference of every golden file before committing it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from posture.io.photos import read_photo
from posture.pipeline import analyze
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.observed import Seen, load, save

ROOT = Path(__file__).parent.parent
SAMPLES, RECORDED, GOLDEN = ROOT / "sample_images", ROOT / "sample_images" / "recorded", ROOT / "tests" / "golden"


def recorded(name: str) -> Seen:
    """What was seen in one sample picture; it answers as an observer does."""
    return load(RECORDED / f"{name}.npz")[0]


def golden(name: str) -> dict[str, Any]:
    """The report that starts from the recorded observation of one sample."""
    return analyze(replace(read_photo(SAMPLES / f"{name}.jpg"), file=f"{name}.jpg"), recorded(name)).to_dict()


def main() -> None:
    observer = MediaPipeObserver()
    for folder, ending in ((RECORDED, "npz"), (GOLDEN, "json")):
        folder.mkdir(exist_ok=True)
        for old in folder.glob(f"*.{ending}"):
            old.unlink()
    for photo in sorted(SAMPLES.glob("*.jpg")):
        seen = Seen({"name": photo.stem}, observer(read_photo(photo)), observer.model_sha256)
        save([seen], RECORDED / f"{photo.stem}.npz")
        report = json.dumps(golden(photo.stem), indent=1, ensure_ascii=False)
        (GOLDEN / f"{photo.stem}.json").write_text(report + "\n", "utf-8")


if __name__ == "__main__":
    main()
