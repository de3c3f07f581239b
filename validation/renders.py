"""Measure the generated people of a folder with truth.csv and print how far off every number is.

    python -m validation.renders ../shared/renders [--write]

These people come from an earlier generator and another painter: nothing was fitted on them. ``--write`` puts the tables
into ``docs/other_pictures.md``.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posture.geometry import UncertainPoint, joint_angle, lean
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.tables import put, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "other_pictures.md"
ANGLES = ("hip_angle", "knee_flexion", "trunk_incl", "thigh_incl", "shank_incl", "pelvic_displacement")


@dataclass(frozen=True)
class Truth:
    """What the generator knows of one picture; angles in the project's own signs, near side, degrees."""

    name: str
    faces: str
    tilt: float
    tight: bool
    yaw: float
    angles: dict[str, float]


def read_truth(folder: Path) -> list[Truth]:
    """truth.csv, sorted by image."""
    with (folder / "truth.csv").open(newline="") as file:
        return [_truth(row) for row in sorted(csv.DictReader(file), key=lambda row: row["image"])]


def _truth(row: dict[str, str]) -> Truth:
    forward = 1.0 if row["faces"] == "right" else -1.0
    shoulder, hip, knee, ankle = (
        UncertainPoint(forward * float(row[f"{name}_near_x"]), -float(row[f"{name}_near_y"]), 0.0)
        for name in ("shoulder", "hip", "knee", "ankle")
    )
    return Truth(
        name=Path(row["image"]).stem,
        faces=row["faces"],
        tilt=float(row["tilt_bone"]),
        tight=float(row["loose_m"]) == 0,
        yaw=abs(float(row["cam_yaw"])),
        angles={
            "trunk_incl": lean(hip, shoulder).value,
            "thigh_incl": lean(knee, hip).value,
            "shank_incl": lean(ankle, knee).value,
            "hip_angle": joint_angle(knee, hip, shoulder).value,
            "knee_flexion": joint_angle(ankle, knee, hip).value,
            "pelvic_displacement": lean(ankle, hip).value,
        },
    )


def value(report: Report, name: str) -> float:
    """A measured value, or nan where it was not measured."""
    measured = report.measurements.get(name)
    return measured.quantity.value if isinstance(measured, Measurement) else float("nan")


def main(folder: Path, write: bool) -> int:
    truths = read_truth(folder)
    knowledge, observer = Knowledge.load(), MediaPipeObserver()
    reports = []
    for truth in truths:
        frame = read_photo(folder / f"{truth.name}.jpg")
        clothing = Intake(clothing="tight" if truth.tight else "loose")
        reports.append(analyze(frame, observer, knowledge, clothing))

    print(people := _people(truths, reports))
    print("\n" + (errors := _errors(truths, reports)))
    print("\n" + (estimate := _estimate(truths, reports)))
    analyzed = sum(report.status == "analyzed" for report in reports)
    right = sum(report.facing == truth.faces for truth, report in zip(truths, reports, strict=True))
    print(f"\nanalyzed {analyzed} of {len(truths)}, facing right in {right} of {len(truths)}")
    sways = sum(r.finding is not None and r.finding.kind == "possible_sway_back" for r in reports)
    print(f"sway-back found in {sways} (none of them sways)")
    if write:
        put(DOCUMENT, "people", people)
        put(DOCUMENT, "errors", errors)
        put(DOCUMENT, "estimate", estimate)
    return int(analyzed < len(truths) or right < len(truths) or sways > 0)


def _people(truths: list[Truth], reports: list[Report]) -> str:
    rows = []
    for truth, report in zip(truths, reports, strict=True):
        finding = report.finding
        cells = [truth.name, "tight" if truth.tight else "loose", f"{truth.yaw:.0f}", f"{truth.tilt:.0f}"]
        for name in ("hip_angle", "knee_flexion", "trunk_incl"):
            cells.append(f"{value(report, name) - truth.angles[name]:+.1f}")
        for name in ("contour_lordosis", "pelvic_tilt_estimate"):
            cells.append("–" if np.isnan(value(report, name)) else f"{value(report, name):.0f}")
        if finding is None:
            cells += [", ".join(reason.code for reason in report.reasons), "–"]
        else:
            cells += [finding.kind, "–" if finding.p_anterior is None else f"{finding.p_anterior:.2f}"]
        rows.append(cells)
    header = (
        "picture",
        "clothes",
        "true yaw",
        "true tilt",
        "hip error",
        "knee error",
        "trunk error",
        "curve",
        "estimate",
        "finding",
        "p_anterior",
    )
    return table(header, rows)


def _errors(truths: list[Truth], reports: list[Report]) -> str:
    rows = []
    for name in ANGLES:
        pairs = [(r.measurements.get(name), t.angles[name]) for t, r in zip(truths, reports, strict=True)]
        taken = [(m, true) for m, true in pairs if isinstance(m, Measurement)]
        error = np.array([m.quantity.value - true for m, true in taken])
        raw = np.array([m.raw - true for m, true in taken])
        sigma = np.array([m.quantity.sigma for m, _ in taken])
        inside = np.mean(np.abs(error) <= 1.96 * sigma)
        rows.append(
            [
                name,
                str(len(error)),
                f"{raw.mean():+.1f} ± {raw.std(ddof=1):.1f}",
                f"{error.mean():+.1f} ± {error.std(ddof=1):.1f}",
                f"{np.sqrt(np.mean(error**2)):.1f}",
                f"{sigma.mean():.1f}",
                f"{100 * inside:.0f} %",
            ]
        )
    header = ("angle", "n", "raw error", "corrected error", "RMSE", "mean sigma", "inside the 95 % interval")
    return table(header, rows)


def _estimate(truths: list[Truth], reports: list[Report]) -> str:
    """How far the estimate of pelvic rotation is off over the people in tight clothes that have one."""
    pairs = [(value(r, "pelvic_tilt_estimate"), t.tilt) for t, r in zip(truths, reports, strict=True) if t.tight]
    error = np.array([estimate - true for estimate, true in pairs if np.isfinite(estimate)])
    return (
        f"Estimate of pelvic rotation: {len(error)} of {len(pairs)} people in tight clothes have one; mean error "
        f"{error.mean():+.1f}°, RMSE {np.sqrt(np.mean(error**2)):.1f}°."
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--write" in sys.argv[2:]))
