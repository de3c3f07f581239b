"""What others read as pelvic tilt, and single numbers of our own, each after the best straight line to the truth.

    python -m validation.baselines        fits the lines on the people that fitting uses, writes baselines.json

A reading that carries nothing of the tilt becomes a flat line, which is guessing the mean.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import cache
from math import atan2, degrees
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.measures.measurement import Measurement
from validation.judge import Judged, judge
from validation.observed import load_set

LINES = Path(__file__).parent / "baselines.json"
SPORTS2D = Path(__file__).parent / "sports2d.csv"


def _raw(name: str) -> Callable[[Judged], float]:
    def read(one: Judged) -> float:
        measured = one.report.measurements.get(name)
        return measured.raw if isinstance(measured, Measurement) else float("nan")

    return read


def unsigned_hip_angle(one: Judged) -> float:
    """Shoulder - hip - knee without its sign, as an arccos gives it: 6° bent and 6° stretched are both 174."""
    return 180 - abs(_raw("hip_angle")(one))


def hip_line(one: Judged) -> float:
    """The line from the left to the right hip landmark against the horizontal."""
    observation = one.seen.observation
    if observation is None:
        return float("nan")
    run, rise = observation.pose.point("hip", "right") - observation.pose.point("hip", "left")
    return degrees(atan2(rise, abs(run)))


def guessed_sacrum(one: Judged) -> float:
    """The line from the hips to a sacrum put a tenth of the trunk above them and a twelfth behind."""
    observation, facing = one.seen.observation, one.report.facing
    if observation is None or facing is None:
        return float("nan")
    hip, shoulder = observation.pose.middle("hip"), observation.pose.middle("shoulder")
    trunk = float(np.hypot(*(shoulder - hip)))
    back = -1.0 if facing == "right" else 1.0
    sacrum = hip + 0.1 * (shoulder - hip) + np.array([back * trunk / 12, 0.0])
    run, rise = back * (sacrum - hip)[0], (hip - sacrum)[1]
    return degrees(atan2(rise, run))


@cache
def _sports2d() -> dict[str, dict[str, str]]:
    """Its angles by picture; empty where it was never run (python -m validation.sports2d)."""
    if not SPORTS2D.is_file():
        return {}
    with SPORTS2D.open(newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def _sports2d_angle(way: str, angle: str) -> Callable[[Judged], float]:
    def read(one: Judged) -> float:
        row = _sports2d().get(str(one.truth["name"]))
        return float(row[f"{way} {angle}".replace("near", one.truth["faces"])] or "nan") if row else float("nan")

    return read


#: Name in the table → the reading, degrees or percent.
BASELINES: dict[str, Callable[[Judged], float]] = {
    "shoulder-hip-knee angle, unsigned": unsigned_hip_angle,
    "shoulder-hip-knee angle, signed": _raw("hip_angle"),
    "line of the two hip landmarks": hip_line,
    "guessed sacrum": guessed_sacrum,
    "Sports2D pelvis, default": _sports2d_angle("default", "pelvis"),
    "Sports2D pelvis, floor and side told": _sports2d_angle("told", "pelvis"),
    "Sports2D near hip, default": _sports2d_angle("default", "near hip"),
    "Sports2D near hip, floor and side told": _sports2d_angle("told", "near hip"),
    "contour lordosis alone": _raw("contour_lordosis"),
    "lumbar depth alone": _raw("lumbar_depth"),
    "sacral tangent alone": _raw("sacral_tangent"),
}


def readings(judged: list[Judged], name: str) -> NDArray[np.float64]:
    """A baseline's reading of every picture, nan where it has none."""
    return np.array([BASELINES[name](one) for one in judged])


def main() -> None:
    from validation.vectors import OBSERVATIONS

    lines: dict[str, dict[str, list[float]]] = {}
    for spread, sets in (("wide", ("tuning",)), ("natural", ("norm_people",))):
        judged = [one for name in sets for one in judge(load_set(name, OBSERVATIONS)) if one.truth["fit"] != "loose"]
        true = np.array([one.truth["rotation"] for one in judged])
        lines[spread] = {"guessing the mean": [round(float(true.mean()), 4), 0.0]}
        for name in BASELINES:
            reading = readings(judged, name)
            read = np.isfinite(reading)
            if not read.any():
                print(f"{name}: no readings, left out")
                continue
            slope, intercept = np.polyfit(reading[read], true[read], 1)
            lines[spread][name] = [round(float(intercept), 4), round(float(slope), 5)]
    LINES.write_text(json.dumps(lines, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
