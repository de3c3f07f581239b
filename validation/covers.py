"""Counts of backs that are measured although hair, a bag or a jacket hangs over them, and the estimate's error there.

    python -m validation.covers [--folder OBSERVATIONS]      of the people on whom a rule was to be chosen

No rule ships: docs/accuracy.md, What was tried and not kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from validation.arms import COVERED_PCT
from validation.judge import ARM_CLEAR_PCT, Bars, Judged, judge, pairs, side_on
from validation.observed import load_set
from validation.tables import table
from validation.vectors import OBSERVATIONS

#: People on whom a rule was to be chosen.
CHOOSING = "tuning_covers"
#: What hangs there, as the table calls it; of the truth's ``covers``.
KINDS = {"hair": "long hair", "bag": "a bag", "jacket": "a jacket"}


def cover_section(people: Sequence[Judged], clear: Sequence[Judged], bars: Bars) -> str:
    """Those whose arms are clear and whose back is covered by 1 cm or more, kind by kind, beside people without.

    clear : people of the same bodies over whose back nothing hangs
    """
    covered = [
        one
        for one in people
        if one.truth["arm_over_back"] < ARM_CLEAR_PCT and one.truth["cover_over_back"] >= COVERED_PCT
    ]
    groups = {name: [one for one in covered if one.truth["covers"] == kind] for kind, name in KINDS.items()}
    rows = [_row(name, group) for name, group in {**groups, "any of them": covered, "nothing": list(clear)}.items()]
    given = sum(_measured(one) for one in covered)
    reached = f"{given / len(covered):.0%} of {len(covered)}"
    what = "hair, a bag or a jacket 1 cm and more over the back: lumbar measures given"
    bars.add(what, "≤ 1 %", reached, given <= 0.01 * len(covered))
    header = ("over the back", "people", "refused", "measured", "models disagree", "top looks loose", "other reasons",
              "tilt", "bias", "RMSE")  # fmt: skip
    return table(header, rows)


def _measured(one: Judged) -> bool:
    return one.body is not None and one.body.contour is not None


def _row(name: str, people: Sequence[Judged]) -> list[str]:
    reasons = [str(one.body.contour_problem) for one in people if one.body is not None and one.body.contour is None]
    refused, found = sum(one.body is None for one in people), pairs(people)
    apart, loose = (sum(words in reason for reason in reasons) for words in ("models disagree", "looks loose"))
    counts = [len(people), refused, len(people) - refused - len(reasons), apart, loose, len(reasons) - apart - loose]
    error = (f"{np.mean(found.error):+.1f}°", f"{found.rms:.1f}°") if len(found.value) else ("–", "–")
    return [name, *map(str, counts), str(len(found.value)), *error]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=OBSERVATIONS)
    asked = parser.parse_args()
    people = judge(load_set(CHOOSING, asked.folder))
    print(cover_section(people, side_on(one for one in people if one.truth["covers"] == "none"), Bars()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
