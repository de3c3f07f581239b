"""Analyze a folder of real photos with a MANIFEST.csv and compare refusals, facing and angles with what it says.

    python -m validation.photos ../shared/photos [--write] [--overlays DIR]

True side views are measured with ``--lenient`` rules; every other photo must be refused without them, with its fault
among the reasons. ``--write`` puts the tables into ``docs/limits.md``.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from posture.io.photos import read_photo
from posture.measures.measurement import Measurement
from posture.pipeline import Options, examine
from posture.render.overlay import draw, jpeg
from posture.report.report import Report
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.renders import LIMITS
from validation.tables import put, table

ANGLES = ("hip_angle", "knee_flexion", "trunk_incl")


def faults(row: dict[str, str]) -> set[str]:
    """The refusal codes that the manifest's words of a photo ask for; empty for a true side view."""
    view, pose, people = row["view"], row["pose"], int(row["people"])
    found = set()
    if people == 0:
        return {"no_person"}
    if people > 1:
        found.add("several_people")
    if view.startswith(("front", "back", "oblique")) or "3/4" in view:
        found.add("not_side_view")
    if pose == "sitting":
        found.add("sitting")
    if pose == "squat":
        found.add("squatting")
    if "lunge" in pose:
        found.add("stepping")
    if "lying" in pose:
        found.add("lying")
    if "cut off" in pose or pose.startswith("standing, cut"):
        found.add("cropped")
    return found


def main(folder: Path, write: bool, overlays: Path | None) -> int:
    with (folder / "MANIFEST.csv").open(newline="") as file:
        manifest = list(csv.DictReader(file))
    observer = MediaPipeObserver()
    sides, negatives, failures = [], [], []
    for row in manifest:
        frame = read_photo(folder / row["file"])
        expected = faults(row)
        examination = examine(frame, observer, options=Options(lenient=not expected))
        report = examination.report
        if overlays is not None:
            overlays.mkdir(parents=True, exist_ok=True)
            (overlays / row["file"]).write_bytes(jpeg(draw(frame, examination)))
        reasons = {reason.code for reason in report.reasons}
        if expected:
            missed = expected - reasons
            if report.status != "refused" or not expected & reasons:
                failures.append(row["file"])
            negatives.append(
                [
                    row["file"],
                    ", ".join(sorted(expected)),
                    ", ".join(sorted(reasons)) or "none",
                    ", ".join(sorted(missed)) or "–",
                ]
            )
        else:
            good = (
                report.status == "analyzed"
                and report.facing == row["facing"]
                and all(isinstance(report.measurements[name], Measurement) for name in ANGLES)
            )
            if not good:
                failures.append(row["file"])
            sides.append([row["file"], row["facing"], report.facing or "–", *_angles(report), "yes" if good else "NO"])
    side_table = table(("photo", "faces", "found", "hip", "knee", "trunk", "measured"), sides)
    negative_table = table(("photo", "fault", "reasons given", "fault not listed"), negatives)
    print(side_table + "\n\n" + negative_table)
    print(
        f"\nside views measured {sum(row[-1] == 'yes' for row in sides)} of {len(sides)}, negatives refused for their "
        f"fault {len(negatives) - len([f for f in failures if f in {n[0] for n in negatives}])} of {len(negatives)}"
    )
    if write:
        put(LIMITS, "photos", side_table)
        put(LIMITS, "negatives", negative_table)
    return int(bool(failures))


def _angles(report: Report) -> list[str]:
    cells = []
    for name in ANGLES:
        measured = report.measurements.get(name)
        is_measured = isinstance(measured, Measurement)
        cells.append(f"{measured.quantity.value:.0f} ± {measured.quantity.sigma:.0f}" if is_measured else "–")
    return cells


if __name__ == "__main__":
    arguments = sys.argv[1:]
    target = Path(arguments[arguments.index("--overlays") + 1]) if "--overlays" in arguments else None
    sys.exit(main(Path(arguments[0]), "--write" in arguments, target))
