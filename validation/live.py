"""Clips of generated people who stand still, measured live: how far off, beside one frame measured as a photo.

    python -m validation.live ../shared/renders [HEIGHT]
    python -m validation.live painted SET COUNT [FIRST [HEIGHT]]      people of a set painted anew, after `make people`

Each clip is the picture of one person at 1280 × 720 (with 480 at 640 × 480), swaying by a pixel, with a camera's noise,
ten frames a second. Where a photo lies on a line, a second photo differs too: the picture with a frame's noise is given
as a photo as well, and tells how often a verdict can be the same at all.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posture.api.result import shared_observer
from posture.cli.live import LiveReporter, until_measured, watch
from posture.io.camera import still
from posture.io.photos import frame_of_pixels
from posture.knowledge.load import Knowledge
from posture.live.capture import live_knowledge
from posture.live.hold import PASSES
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.people.sets import SETS, picture
from validation.renders import ANGLES, read_truth
from validation.tables import table

FRAMES, RATE_HZ, NOISE = 120, 10, 3.0
#: Share of clips whose verdict is that of the photo.
SAME = 0.95
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
    """The sixteen renders: errors of one frame and live, and the verdicts of both beside that of the picture itself."""
    truths = read_truth(folder)
    observe, knowledge = MediaPipeObserver(passes=PASSES), live_knowledge(Knowledge.load())
    frames, pairs, asked = list[Report](), list[Pair](), list[str]()
    for k, truth in enumerate(truths):
        picture = Image.open(folder / f"{truth.name}.jpg").convert("RGB")
        told = Intake(clothing="tight" if truth.tight else "loose")
        _, first = next(clip(picture, k, tall))
        frames.append(analyze(still(first), observe, knowledge, told))
        pair, words = compared(truth.name, picture, k, tall, told)
        pairs.append(pair)
        asked.append(words)
    lives = [pair.live for pair in pairs]
    rows = []
    for name in ANGLES:
        measured = [
            (photo.measurements.get(name), live.measurements.get(name), truth.angles[name])
            for photo, live, truth in zip(frames, lives, truths, strict=True)
            if live is not None
        ]
        both = [(p, m, true) for p, m, true in measured if isinstance(p, Measurement) and isinstance(m, Measurement)]
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
    for truth, live, words in zip(truths, lives, asked, strict=True):
        if live is None:
            print(f"{truth.name}: not measured, asked for: {words} (true yaw {truth.yaw:.0f}°)")
    alike = sum(_kind(frame) == _kind(live) for frame, live in zip(frames, lives, strict=True) if live is not None)
    print(f"the verdict live is that of the clip's first frame in {alike} clips")
    return _agreement(pairs)


def painted(name: str, count: int, first: int = 0, tall: int = 720) -> int:
    """``count`` people of a set from the ``first`` on, painted anew: verdicts live and as a photo."""
    pairs = []
    for number, recipe in enumerate(SETS[name][first : first + count], first):
        person = recipe.person()
        told = Intake(clothing=person.outfit.fit)
        pair, words = compared(str(recipe.seed), Image.fromarray(picture(person, person.body())), number, tall, told)
        pairs.append(pair)
        if pair.live is None:
            print(f"{pair.name}: not measured, asked for: {words}; the photo: {_kind(pair.photo)}", flush=True)
    return _agreement(pairs)


@dataclass(frozen=True)
class Pair:
    """What the picture of a person says as a photo, as one with noise, and as a clip; None where none was measured."""

    name: str
    photo: Report
    again: Report
    live: Report | None


def compared(name: str, picture: Image.Image, seed: int, tall: int, told: Intake) -> tuple[Pair, str]:
    """The same picture as a photo and as a clip, and what the clip's person was asked for last."""
    noise = np.random.default_rng([seed, 1]).normal(0, NOISE, (picture.height, picture.width, 3))
    noisy = Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))
    photo, again = (
        analyze(frame_of_pixels(one), shared_observer(), Knowledge.load(), told) for one in (picture, noisy)
    )
    reporter = LiveReporter(headless=True)
    with redirect_stdout(io.StringIO()):
        live = watch(until_measured(clip(picture, seed, tall), reporter), reporter, told)
    return Pair(name, photo, again, live), reporter.asked


def _agreement(pairs: list[Pair]) -> int:
    """Print how often both verdicts are the same, and every pair that differs; 1 where the bar is missed."""
    measured = [(pair, pair.live) for pair in pairs if pair.live is not None]
    same = [_kind(pair.photo) == _kind(live) for pair, live in measured]
    again = [_kind(pair.photo) == _kind(pair.again) for pair, _ in measured]
    for (pair, live), alike in zip(measured, same, strict=True):
        if not alike:
            said = (
                f"{name} {_said(one)}" for name, one in (("photo", pair.photo), ("again", pair.again), ("live", live))
            )
            print(f"{pair.name}: {', '.join(said)}")
    n, steady = len(same), sum(again)
    print(f"the verdict live is that of the same picture as a photo in {sum(same)} of {n} clips (bar {SAME:.0%})")
    print(f"that of a second photo, with the clip's noise, in {steady}; live in {sum(map(min, same, again))} of those")
    return 0 if np.mean(same) >= SAME else 1


def _kind(report: Report) -> str:
    return report.status if report.finding is None else report.finding.kind


def _said(report: Report) -> str:
    tilt = None if report.finding is None else report.finding.tilt
    read = "" if tilt is None else f" {tilt.quantity.value:.1f} ± {tilt.quantity.sigma:.1f}°"
    codes = " ".join(issue.code for issue in (*report.reasons, *report.warnings))
    return f"{_kind(report)}{read} ({codes})"


if __name__ == "__main__":
    where, *rest = sys.argv[1:]
    sys.exit(painted(rest[0], *map(int, rest[1:])) if where == "painted" else main(Path(where), *map(int, rest)))
