"""Compare the estimate with people whose ASIS and PSIS were marked:  python -m validation.study STUDY.csv

One row a photo: ``file`` (relative to the CSV), ``person``, ``pose``, ``take``, ``clothing``, ``asis_x``, ``asis_y``,
``psis_x``, ``psis_y``; more columns are kept aside. Prints what would replace the assumptions of docs/method.md:
the error between and within people, the correlation of curve and tilt, the spread of tilt, and the sigma to ship.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from posture.errors import PostureError
from posture.io.photos import read_photo
from posture.measures.measurement import Measurement
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.tables import table

NEEDED = ("file", "person", "clothing", "asis_x", "asis_y", "psis_x", "psis_y")


def read_study(file: Path) -> list[dict[str, str]]:
    """The rows. Raises ValueError naming the columns that are missing."""
    with file.open(newline="", encoding="utf-8-sig") as opened:
        rows = list(csv.DictReader(opened))
    missing = [name for name in NEEDED if not rows or name not in rows[0]]
    if missing:
        raise ValueError(f"{file}: no rows, or the columns {', '.join(missing)} are missing")
    return rows


def compare(people: list[str], marked: list[float], estimated: list[float], curve: list[float]) -> str:
    """The table of a study: one entry a photo in every list, degrees; a person may come several times."""
    who = np.array(people)
    tilt, error = np.array(marked), np.array(estimated) - np.array(marked)
    own = np.array([error[who == person].mean() for person in who])
    groups = len(set(people))
    between = np.array([error[who == person].mean() for person in sorted(set(people))])
    mean_tilt = np.array([tilt[who == person].mean() for person in sorted(set(people))])
    mean_curve = np.array([np.array(curve)[who == person].mean() for person in sorted(set(people))])
    rows = [
        ["photos, people", f"{len(tilt)}, {groups}"],
        ["bias", f"{error.mean():+.1f}°"],
        ["error between people (the sigma to ship, bone shape included)", f"{np.sqrt(np.mean(between**2)):.1f}°"],
        ["tilt between people", f"{mean_tilt.mean():.1f} ± {mean_tilt.std(ddof=1):.1f}°"],
        ["r of curve and tilt between people", f"{np.corrcoef(mean_curve, mean_tilt)[0, 1]:.2f}"],
    ]
    if len(tilt) > groups:
        within = np.sqrt(np.sum((error - own) ** 2) / (len(tilt) - groups))
        rows.insert(3, ["error within a person (the sem)", f"{within:.1f}°"])
    return table(("what", "found"), rows)


def main(file: Path) -> int:
    try:
        rows = read_study(file)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    observer = MediaPipeObserver()
    people, marked, estimated, curve = [], [], [], []
    for row in rows:
        try:
            points = Options(
                asis=(float(row["asis_x"]), float(row["asis_y"])), psis=(float(row["psis_x"]), float(row["psis_y"]))
            )
            intake = Intake.from_mapping({"person": {"clothing": row["clothing"]}})
            report = analyze(read_photo(file.parent / row["file"]), observer, None, intake, points)
        except (PostureError, ValueError) as error:
            print(f"{row['file']}: left out: {error}", file=sys.stderr)
            continue
        taken = [report.measurements.get(n) for n in ("asis_psis_tilt", "pelvic_tilt_estimate", "contour_lordosis")]
        values = [measured.quantity.value for measured in taken if isinstance(measured, Measurement)]
        if len(values) < len(taken):
            print(f"{row['file']}: left out: not all of marks, estimate and curve could be measured", file=sys.stderr)
            continue
        people.append(row["person"])
        for column, value in zip((marked, estimated, curve), values, strict=True):
            column.append(value)
    if len(set(people)) < 3:
        print("fewer than three people could be compared", file=sys.stderr)
        return 1
    print(compare(people, marked, estimated, curve))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
