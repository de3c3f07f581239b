"""``posture thomas``: the modified Thomas test from a photo."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from posture.body.frame import Frame
from posture.cli.terminal import retake
from posture.errors import UnsuitablePhoto, UsageError
from posture.io.atomic import write_atomic
from posture.io.photos import printable, read_photo, shown
from posture.knowledge.load import Knowledge
from posture.plan.thomas import Thomas
from posture.render.overlay import draw_leg, jpeg
from posture.report.codec import rounded
from posture.vision.mediapipe_pose import MediaPipeObserver
from posture.vision.thomas_photo import LegInput, LegPhoto, measure_leg


def run(photo: Path, given: LegInput, out: Path | None, as_json: bool) -> int:
    """Print the result; exit code 0, or 1 where the photo shows no leg to measure."""
    try:
        frame = read_photo(photo)
        leg = measure_leg(frame, MediaPipeObserver, given, Knowledge.load().gates)
    except UnsuitablePhoto as error:
        if as_json:
            sys.stdout.write(json.dumps({"refused": asdict(error.issue())}, ensure_ascii=False) + "\n")
        else:
            words = f"{printable(shown(photo))}: {error}. Next time: {retake(error.issue())}."
            Console(stderr=True).print(words, markup=False)
        return 2 if error.code == "missing_file" else 1
    if as_json:
        sys.stdout.write(json.dumps(to_dict(leg.result), ensure_ascii=False) + "\n")
    else:
        _print(leg.result)
    if out is not None:
        _write(out, photo.stem, frame, leg)
    return 0


def to_dict(result: Thomas) -> dict[str, Any]:
    """The result as the contract's object."""
    knee = result.knee_flexion
    return {
        "side": result.side,
        "thigh_deg": rounded(result.thigh.value),
        "thigh_sigma": rounded(result.thigh.sigma),
        "knee_flexion_deg": None if knee is None else rounded(knee.value),
        "knee_flexion_sigma": None if knee is None else rounded(knee.sigma),
        "length_one_joint": result.length_one_joint,
        "length_two_joint": result.length_two_joint,
        "lumbar_flat": result.lumbar_flat,
        "method": result.method,
        "warnings": [asdict(issue) for issue in result.warnings],
    }


def _write(out: Path, stem: str, frame: Frame, leg: LegPhoto) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_dict(leg.result), ensure_ascii=False, indent=1)
        write_atomic(out / f"{stem}_thomas.json", text + "\n")
        picture = draw_leg(frame, leg.points, leg.roll_deg, leg.faces_px)
        write_atomic(out / f"{stem}_thomas.jpg", jpeg(picture))
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from error


def _print(result: Thomas) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    way = "above" if result.thigh.value >= 0 else "below"
    leg = "Hanging leg" if result.side is None else f"Hanging leg, {result.side}"
    console.print(f"{leg}: thigh {abs(result.thigh.value):.0f}° {way} level (± {result.thigh.sigma:.0f}°).")
    if result.knee_flexion is not None:
        console.print(f"Knee bent by {result.knee_flexion.value:.0f}° (± {result.knee_flexion.sigma:.0f}°).")
    console.print(f"Hip flexors that cross the hip alone: {result.length_one_joint}.")
    if result.length_two_joint is not None:
        console.print(f"The one that crosses hip and knee: {result.length_two_joint}.")
    for issue in result.warnings:
        console.print(f"Less sure: {issue.message}. Better: {retake(issue)}.", markup=False)
    console.print("The limits (5° above and below level, knee 67°) are provisional; points: " + result.method + ".")
