"""Fit the rule that tells an arm over the back, and say how often it is right.

    python -m validation.arms [--folder OBSERVATIONS]      writes posture/data/arms.json

It is fitted on painted people whose arms hang, are bent back, rest on the hips, are crossed or held as people do, half
of them over the back; how far an arm reaches over it is known from the bodies. How many clear arms may be called
covered is chosen; the rest follows.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from posture.body.orientation import orientation_of
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.tilt_model import Network
from posture.quality.arms import arm_features
from validation.judge import Bars, Judged
from validation.observed import Seen, load_set
from validation.tables import table
from validation.vectors import OBSERVATIONS

Array = NDArray[np.float64]
SHIPPED = Path(__file__).parent.parent / "posture" / "data" / "arms.json"
FITTED_ON = "training_arms"
#: An arm that reaches out behind the back by this, percent of stature, covers it (1 cm of 170); under the other it is
#: clear.
COVERED_PCT, CLEAR_PCT = 0.6, 0.3
#: Of arms held as people hold them, and clear, so many may be called covered, and so many near.
FALSE_COVERED, FALSE_NEAR = 0.04, 0.12
HELD = ("natural", "crossed")
SIZES, DECAY, MEMBERS, ROUNDS = (32, 16), 3.0, 4, 120


def features(seen: Sequence[Seen]) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Features (n, d) of those with an outline, how far an arm covers the back, and whether arms are held naturally."""
    rows = []
    for one in seen:
        if one.observation is None:
            continue
        orientation = orientation_of(one.observation.pose, None)
        row = None if orientation.facing is None else arm_features(one.observation, orientation)
        if row is not None and np.isfinite(row).all():
            rows.append((row, float(one.truth["arm_over_back"]), one.truth["arms"] in HELD))
    numbers, covered, held = zip(*rows, strict=True)
    return np.array(numbers), np.array(covered), np.array(held)


def train(numbers: Array, covered: NDArray[np.bool_]) -> tuple[Array, Array, list[Network]]:
    """Mean and spread of the features, and networks that differ by the chance of their beginning."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-6
    inputs, networks = (numbers - mean) / spread, []
    for seed in range(MEMBERS):
        trained: Any = MLPClassifier(SIZES, alpha=DECAY, max_iter=ROUNDS, random_state=seed)
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)  # it is stopped on purpose
            trained.fit(inputs, covered)
        networks.append(Network(tuple(zip(trained.coefs_, trained.intercepts_, strict=True))))
    return mean, spread, networks


def fit(seen: Sequence[Seen]) -> ArmRule:
    """The rule; its limits by scores of people who were held back in turn, a fifth at a time."""
    from sklearn.model_selection import KFold

    numbers, over, held = features(seen)
    sure = np.flatnonzero((over < CLEAR_PCT) | (over >= COVERED_PCT))
    numbers, covered, held = numbers[sure], over[sure] >= COVERED_PCT, held[sure]
    scores = np.zeros(len(sure))
    for kept, left in KFold(5, shuffle=True, random_state=0).split(numbers):
        mean, spread, networks = train(numbers[kept], covered[kept])
        scores[left] = np.mean([network((numbers[left] - mean) / spread) for network in networks], axis=0)
    covers, touches = (float(np.quantile(scores[~covered & held], 1 - share)) for share in (FALSE_COVERED, FALSE_NEAR))
    for name, limit in (("covers", covers), ("touches", touches)):
        print(
            f"{name} from {limit:.2f}: {np.mean(scores[covered] >= limit):.1%} of {covered.sum()} covered, "
            f"{np.mean(scores[~covered] >= limit):.1%} of {(~covered).sum()} clear"
        )
    mean, spread, networks = train(numbers, covered)
    recipe = f"validation/arms.py on {len(sure)} painted people seen by the pose model, half of them covered"
    return ArmRule(f"{date.today():%Y.%m.%d}", recipe, mean, spread, tuple(networks), covers, touches)


def arm_section(people: Sequence[Judged], bars: Bars) -> str:
    """How often lumbar measures are given, by how far an arm truly reaches over the back."""
    standing = [one for one in people if one.body is not None]
    rows = []
    for low, high in ((0.0, CLEAR_PCT), (CLEAR_PCT, COVERED_PCT), (COVERED_PCT, 1.2), (1.2, 2.4), (2.4, 99.0)):
        some = [one for one in standing if low <= one.truth["arm_over_back"] < high]
        span_ = f"under {high:g} %" if low == 0 else f"{low:g} to {high:g} %" if high < 99 else f"over {low:g} %"
        reasons = [one.body.contour_problem for one in some if one.body is not None and one.body.contour is None]
        arm = sum("arm" in reason for reason in reasons)
        rows.append((span_, f"{len(some)}", f"{len(some) - len(reasons)}", f"{arm}", f"{len(reasons) - arm}"))
    covered = [one for one in standing if one.truth["arm_over_back"] >= COVERED_PCT]
    given = [one for one in covered if one.body is not None and one.body.contour is not None]
    share = len(given) / len(covered)
    what = "an arm 1 cm and more over the back: lumbar measures given"
    bars.add(what, "≤ 1 %", f"{share:.1%} of {len(covered)}", share <= 0.01)
    return table(
        ("arm over the back, of stature", "people", "measured", "put aside: an arm", "for other reasons"), rows
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=OBSERVATIONS)
    asked = parser.parse_args()
    rule = fit(load_set(FITTED_ON, asked.folder))
    SHIPPED.write_text(json.dumps(rule.table(), separators=(",", ":")) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
