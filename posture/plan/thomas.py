"""The modified Thomas test read off a photo: how long the hip flexors of the hanging leg are.

The person lies on their back at a table's end, holds the other knee, the lower back flat; the tested leg hangs. Thigh
against the horizontal tells of the flexors that cross the hip alone, the knee's bend of those that cross both joints.
Limits: docs/science.md, Tests of the hip flexors, all provisional. Without a flat lower back the angle says little
(Vigotsky 2016: sensitivity 32 %, specificity 57 %), so that the length is then unclear.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import numpy as np

from posture.body.pose import Side
from posture.errors import DegenerateGeometry, Issue, NotLying, UsageError
from posture.geometry import UncertainPoint, joint_angle, rotated, slope
from posture.plan.advise import NORMAL_BELOW_DEG, SHORT_ABOVE_DEG
from posture.quantity import Quantity

Judged = Literal["short", "normal", "unclear"]
#: Knee bend under which the flexors that cross both joints are short, degrees (BMC Sports Sci 2021).
TWO_JOINT_SHORT_BELOW_DEG = 67.0
#: A thigh further from level than this is no hanging leg's.
MOST_THIGH_DEG = 60.0
#: A hanging knee is bent by no more, and no further backward, than this.
MOST_BENT_DEG, MOST_BACKWARD_DEG = 130.0, 25.0


@dataclass(frozen=True, slots=True)
class Thomas:
    """One leg's result.

    thigh : degrees above (+) or below (-) the horizontal · knee_flexion : 0 straight, None without an ankle
    length_one_joint, length_two_joint : by the limits above; the second None without an ankle
    lumbar_flat : True, False, or None where nobody said · method : how the points were found
    warnings : what makes it less sure
    """

    side: Side | None
    thigh: Quantity
    knee_flexion: Quantity | None
    length_one_joint: Judged
    length_two_joint: Judged | None
    lumbar_flat: bool | None
    method: str
    warnings: tuple[Issue, ...] = ()


def thomas(
    points: Mapping[str, UncertainPoint],
    roll_deg: float,
    roll_sigma_deg: float,
    lumbar_flat: bool | None,
    side: Side | None = None,
    method: str = "points given",
    warnings: tuple[Issue, ...] = (),
) -> Thomas:
    """The result from hip, knee and perhaps ankle of the hanging leg, picture pixels (x right, y down).

    ``roll_deg`` is the camera's, clockwise. Hip (0, 100), knee (100, 90) and ankle (100, 190) with a level camera: the
    thigh lies 5.7° above the horizontal, the knee is bent by 95.7°. A length is called where the value passes its limit
    (+5° short, -5° normal) by being further from 0 than its own sigma; else it is unclear.

    Raises DegenerateGeometry where hip and knee coincide, NotLying or UsageError where they are no hanging leg.
    """
    outwards = 1.0 if points["knee"].x >= points["hip"].x else -1.0
    seen = {name: _level(point, roll_deg, outwards) for name, point in points.items()}
    thigh = slope(seen["hip"], seen["knee"]).widened(roll_sigma_deg)
    if abs(thigh.value) > MOST_THIGH_DEG:
        raise NotLying(thigh.value)
    one_joint: Judged = "unclear"
    if thigh.value > max(SHORT_ABOVE_DEG, thigh.sigma):
        one_joint = "short"
    elif thigh.value < min(NORMAL_BELOW_DEG, -thigh.sigma):
        one_joint = "normal"
    knee_flexion: Quantity | None = None
    two_joint: Judged | None = None
    if "ankle" in seen:
        with suppress(DegenerateGeometry):  # an ankle too near the knee leaves the thigh alone
            knee_flexion = joint_angle(seen["ankle"], seen["knee"], seen["hip"])
    if knee_flexion is not None:
        if not -MOST_BACKWARD_DEG < knee_flexion.value < MOST_BENT_DEG:
            raise UsageError(
                f"the knee would be bent by {knee_flexion.value:.0f}°, which no hanging leg is: "
                "check hip, knee and ankle, and which leg hangs"
            )
        beyond = knee_flexion.value - TWO_JOINT_SHORT_BELOW_DEG
        two_joint = "unclear" if abs(beyond) < knee_flexion.sigma else "normal" if beyond > 0 else "short"
    if not lumbar_flat:
        one_joint = "unclear"
        two_joint = None if two_joint is None else "unclear"
        warnings = (*warnings, Issue.of("lumbar_not_told" if lumbar_flat is None else "lumbar_not_flat"))
    return Thomas(side, thigh, knee_flexion, one_joint, two_joint, lumbar_flat, method, warnings)


def _level(point: UncertainPoint, roll_deg: float, outwards: float) -> UncertainPoint:
    """A point as a level camera would see it, y up, the knee to the right of the hip."""
    x, y = rotated(np.array([[point.x, point.y]]), (0.0, 0.0), roll_deg)[0]
    return UncertainPoint(outwards * float(x), -float(y), point.sigma)
