"""``posture thomas``: the modified Thomas test from a photo."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import atan2, degrees
from pathlib import Path
from typing import Any

from rich.console import Console

from posture.adapters.lying import find_hanging_leg
from posture.adapters.mediapipe_pose import MediaPipeObserver
from posture.adapters.overlay import draw_leg, save_jpeg
from posture.adapters.photo_files import read_photo
from posture.errors import DegenerateGeometry, LegUnclear, Remark, UnsuitablePhoto, UsageError
from posture.frame import Frame
from posture.geometry import UncertainPoint
from posture.knowledge import Knowledge
from posture.pipeline import MOST_ROLL_DEG
from posture.pose import Side
from posture.report import rounded
from posture.thomas import Thomas, thomas
from posture.view import roll_of_plumb_line

Pixel = tuple[float, float]
Faces = tuple[tuple[float, float, float], ...]
#: One SD of a point that somebody gives, percent of the photo's longer side (a click, provisional).
GIVEN_SIGMA_PCT = 0.2
#: Looks that disagree by more than this, percent of stature, are said (provisional).
APART_PCT = 3.0


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked on the command line. given : points of the hanging leg, hip, knee, ankle · all in photo px

    plumb : two points one above the other in the world · level : two points of the table's edge
    """

    photo: Path
    given: Mapping[str, Pixel]
    plumb: tuple[Pixel, Pixel] | None
    level: tuple[Pixel, Pixel] | None
    side: Side | None
    lumbar_flat: bool | None
    out: Path | None
    as_json: bool


def run(request: Request) -> int:
    """Print the result; exit code 0, or 1 where the photo shows no leg to measure."""
    try:
        frame = read_photo(request.photo)
        _check(request, frame)
        result, points, roll, faces = _measured(request, frame)
    except UnsuitablePhoto as error:
        if request.as_json:
            sys.stdout.write(json.dumps({"refused": asdict(error.remark())}, ensure_ascii=False) + "\n")
        else:
            Console(stderr=True).print(f"{request.photo}: {error}. Next time: {error.retake}.", markup=False)
        return 2 if error.code == "missing_file" else 1
    if request.as_json:
        sys.stdout.write(json.dumps(to_dict(result), ensure_ascii=False) + "\n")
    else:
        _print(result)
    if request.out is not None:
        _write(request, frame, result, points, roll, faces)
    return 0


def roll_of_level_line(a: Pixel, b: Pixel) -> float:
    """Camera roll from two points on a line that is level in the world, degrees, clockwise positive.

    A camera rolled clockwise sees the right end of a level line higher: (0, 100)-(100, 90) gives +5.7.
    """
    (x1, y1), (x2, y2) = sorted((a, b))
    return degrees(atan2(y1 - y2, x2 - x1))


def _measured(request: Request, frame: Frame) -> tuple[Thomas, Mapping[str, UncertainPoint], float, Faces]:
    gates = Knowledge.load().gates
    roll, roll_sigma, warnings = 0.0, gates.roll_known_deg, []
    if request.plumb is not None:
        roll = roll_of_plumb_line(*request.plumb)
    elif request.level is not None:
        roll = roll_of_level_line(*request.level)
    else:
        roll_sigma = gates.roll_unknown_deg
        said = "nothing says whether the camera was level"
        warnings.append(Remark("roll_unknown", said, "give two points of the table's edge with --level"))
    points: Mapping[str, UncertainPoint]
    if request.given:
        sigma = GIVEN_SIGMA_PCT / 100 * max(frame.width, frame.height)
        points = {name: UncertainPoint(*xy, sigma) for name, xy in request.given.items()}
        side, method = request.side, "points given"
        faces: Faces = ()
    else:
        leg = find_hanging_leg(frame, MediaPipeObserver(), request.side)
        points, side, faces, method = leg.points, leg.side, leg.faces_px, "pose model on a lying body"
        retake = "give the joints yourself with --hip X,Y --knee X,Y --ankle X,Y"
        if leg.apart_pct > APART_PCT:
            said = f"looks at the picture and at the turned picture differ by {leg.apart_pct:.0f} % of body height"
            warnings.append(Remark("looks_disagree", said, retake))
        else:
            warnings.append(Remark("lying_body", "pose models know lying people less well", retake))
    if abs(roll) > MOST_ROLL_DEG:
        raise UsageError(
            f"the line given leans {abs(roll):.0f}°: --level wants the table's edge, --plumb a vertical line"
        )
    try:
        result = thomas(points, roll, roll_sigma, request.lumbar_flat, side, method, tuple(warnings))
    except DegenerateGeometry as error:
        if request.given:
            raise UsageError(f"--hip and --knee lie too close together: {error}") from error
        raise LegUnclear from error
    return result, points, roll, faces


def _check(request: Request, frame: Frame) -> None:
    if request.given and not {"hip", "knee"} <= set(request.given):
        raise UsageError("--hip and --knee go together; --ankle may join them")
    for a, b in (("hip", "knee"), ("knee", "ankle")):
        if a in request.given and request.given.get(a) == request.given.get(b):
            raise UsageError(f"--{a} and --{b} are the same point {request.given[a]}")
    if request.plumb is not None and request.level is not None:
        raise UsageError("give --plumb or --level, not both")
    points = [(f"--{name}", xy) for name, xy in request.given.items()]
    points += [("--plumb", xy) for xy in request.plumb or ()] + [("--level", xy) for xy in request.level or ()]
    for name, (x, y) in points:
        if not (0 <= x < frame.width and 0 <= y < frame.height):
            raise UsageError(f"{name} ({x:g}, {y:g}) lies outside the photo of {frame.width} × {frame.height} pixels")


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
        "warnings": [asdict(remark) for remark in result.warnings],
    }


def _write(
    request: Request, frame: Frame, result: Thomas, points: Mapping[str, UncertainPoint], roll: float, faces: Faces
) -> None:
    out = request.out
    assert out is not None
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_dict(result), ensure_ascii=False, indent=1)
        (out / f"{request.photo.stem}_thomas.json").write_text(text + "\n", "utf-8")
        save_jpeg(draw_leg(frame, points, roll, faces), out / f"{request.photo.stem}_thomas.jpg")
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
    for remark in result.warnings:
        console.print(f"Less sure: {remark.message}. Better: {remark.retake}.", markup=False)
    console.print("The limits (5° above and below level, knee 67°) are provisional; points: " + result.method + ".")
