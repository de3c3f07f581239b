"""Clips of generated people who stand still, measured live: how far off, beside one frame measured as a photo.

    python -m validation.live ../shared/renders [HEIGHT]

Each clip is the picture of one person at 1280 × 720 (with 480 at 640 × 480), swaying by a pixel, with a camera's noise,
ten frames a second.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posture.cli.live import LiveReporter, watch
from posture.io.camera import still
from posture.knowledge.load import Knowledge
from posture.live.capture import live_knowledge
from posture.live.hold import PASSES
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.renders import ANGLES, read_truth
from validation.tables import table

FRAMES, RATE_HZ, NOISE = 120, 10, 3.0
WIDTHS = {720: 1280, 480: 640}


def clip(picture: Image.Image, seed: int, tall: int) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Frames with their times."""
    chance, wide = np.random.default_rng(seed), WIDTHS[tall]
    person = np.asarray(picture.resize((tall * picture.width // picture.height, tall), Image.Resampling.LANCZOS))
    wall = person[:8, :8].mean(axis=(0, 1))
    for k in range(FRAMES):
        frame = np.empty((tall, wide, 3))
        frame[:] = wall
        left = (wide - person.shape[1]) // 2 + round(1.4 * np.sin(k / 7))
        frame[:, left : left + person.shape[1]] = person
        yield k / RATE_HZ, np.clip(frame + chance.normal(0, NOISE, frame.shape), 0, 255).astype(np.uint8)


def main(folder: Path, tall: int = 720) -> int:
    truths = read_truth(folder)
    observe, knowledge = MediaPipeObserver(passes=PASSES), live_knowledge(Knowledge.load())
    photos, lives, asked = list[Report](), list[Report | None](), list[str]()
    for k, truth in enumerate(truths):
        picture = Image.open(folder / f"{truth.name}.jpg").convert("RGB")
        told = Intake(clothing="tight" if truth.tight else "loose")
        _, first = next(clip(picture, k, tall))
        photos.append(analyze(still(first), observe, knowledge, told))
        teller = LiveReporter(headless=True)
        with redirect_stdout(io.StringIO()):
            lives.append(watch(clip(picture, k, tall), teller, told))
        asked.append("" if lives[-1] is not None else teller.asked)
    rows = []
    for name in ANGLES:
        pairs = [
            (photo.measurements.get(name), live.measurements.get(name), truth.angles[name])
            for photo, live, truth in zip(photos, lives, truths, strict=True)
            if live is not None
        ]
        both = [(p, m, true) for p, m, true in pairs if isinstance(p, Measurement) and isinstance(m, Measurement)]
        off_photo, off_live = (np.array([one[k].quantity.value - one[2] for one in both]) for k in (0, 1))  # type: ignore[union-attr]
        held = np.mean([m.quantity.low95 <= true <= m.quantity.high95 for _, m, true in both])
        errors = [f"{np.sqrt((off**2).mean()):.1f}" for off in (off_photo, off_live)]
        sigmas = [f"{np.mean([one[k].quantity.sigma for one in both]):.1f}" for k in (0, 1)]  # type: ignore[union-attr]
        rows.append((name, str(len(both)), *errors, *sigmas, f"{100 * held:.0f} %"))
    header = (
        "measure",
        "clips",
        "RMSE of one frame",
        "RMSE live",
        "sigma of one frame",
        "sigma live",
        "interval holds",
    )
    print(table(header, rows))
    same = [_kind(photo) == _kind(live) for photo, live in zip(photos, lives, strict=True) if live is not None]
    print(f"\nThe verdict live is that of one frame as a photo in {sum(same)} of {len(same)} clips.")
    for truth, photo, live in zip(truths, photos, lives, strict=True):
        if live is not None and _kind(photo) != _kind(live):
            print(f"{truth.name}: photo {_kind(photo)} {_read(photo)}, live {_kind(live)} {_read(live)}")
    for truth, live, words in zip(truths, lives, asked, strict=True):
        if live is None:
            print(f"{truth.name}: not measured, asked for: {words} (true yaw {truth.yaw:.0f}°)")
    return 0


def _kind(report: Report) -> str:
    return report.status if report.finding is None else report.finding.kind


def _read(report: Report) -> str:
    tilt = None if report.finding is None else report.finding.tilt
    return "" if tilt is None else f"{tilt.quantity.value:.1f} ± {tilt.quantity.sigma:.1f}°"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
