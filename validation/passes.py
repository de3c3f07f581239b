"""Looks by need against six looks at the same pictures: what changes where fewer are taken.

python -m validation.people.sets NAME... --passes 6 --folder SIX
python -m validation.passes SIX [FOLDER]        FOLDER: the committed observations, by need
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from posture.findings.verdict import Finding
from validation.judge import Judged, judge
from validation.observed import FOLDER, load_set
from validation.tables import table

#: The reading may move by so much in 95 and in 99 of 100; a verdict may change within so much of a cut, degrees.
MOST, FURTHEST, NEAR_A_CUT = 1.0, 1.5, 1.0


def row(name: str, need: Sequence[Judged], six: Sequence[Judged]) -> tuple[str, ...]:
    """One line: how often readings and verdicts stay, refusals and answers, looks on the average."""
    moved, same, far, lost, looks = [], 0, 0, 0, []
    for few, all_ in zip(need, six, strict=True):
        a, b = few.report.finding, all_.report.finding
        x, y = _tilt(a), _tilt(b)
        if np.isfinite(x + y):
            moved.append(abs(x - y))
        alike = _said(few) == _said(all_)
        same += alike
        if not alike and a is not None and b is not None and np.isfinite(x + y) and a.cuts and b.cuts:
            far += min(a.cuts.clearance(x), b.cuts.clearance(y)) > NEAR_A_CUT
        lost += few.report.status == "analyzed" and all_.report.status == "refused"
        looks.append(few.report.quality["looks"] if few.seen.observation is not None else np.nan)
    away, n = np.array(moved), len(need)
    answers = [np.mean([np.isfinite(_tilt(one.report.finding)) for one in each]) for each in (need, six)]
    held = [_covered(each) for each in (need, six)]
    return (
        name.replace("_", " "),
        f"{n}",
        *(f"{np.mean(away <= limit):.1%}" if len(away) else "–" for limit in (MOST, FURTHEST)),
        f"{same / n:.1%}",
        f"{far}",
        f"{answers[0]:.0%}, {answers[1]:.0%}",
        f"{held[0]:.0%}, {held[1]:.0%}",
        f"{lost}",
        f"{np.nanmean(np.array(looks, float)):.1f}",
    )


def _tilt(finding: Finding | None) -> float:
    return np.nan if finding is None or finding.tilt is None else finding.tilt.quantity.value


def _said(one: Judged) -> str:
    return one.report.finding.kind if one.report.finding is not None else "refused"


def _covered(people: Sequence[Judged]) -> float:
    inside = [
        abs(one.report.finding.tilt.quantity.value - one.truth["rotation"])
        <= 1.96 * one.report.finding.tilt.quantity.sigma
        for one in people
        if one.report.finding is not None and one.report.finding.tilt is not None
    ]
    return float(np.mean(inside)) if inside else float("nan")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("six", type=Path, help="folder of the archives of six looks")
    parser.add_argument("need", type=Path, nargs="?", default=FOLDER, help="folder of those by need")
    asked = parser.parse_args()
    six, need = asked.six, asked.need
    names = sorted({file.stem.rsplit("_", 1)[0] for file in six.glob("*_[0-9]*.npz")})
    if not names:
        parser.error(f"{six} holds no archives of observations: make them with  python -m validation.people.sets")
    rows, fewer, all_six = list[tuple[str, ...]](), list[Judged](), list[Judged]()
    for name in names:
        few, whole = (judge(load_set(name, folder), told=False) for folder in (need, six))
        rows.append(row(name, few, whole))
        fewer += few
        all_six += whole
    rows.append(row("all", fewer, all_six))
    header = ("set", "pictures", f"reading within {MOST:g}°", f"within {FURTHEST:g}°", "same verdict",
              f"others over {NEAR_A_CUT:g}° from a cut", "answered (six)", "95 % hold (six)", "refusals lost",
              "looks")  # fmt: skip
    print(table(header, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
