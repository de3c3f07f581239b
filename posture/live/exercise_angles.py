"""The form of a body in one frame of an exercise, from the side: the angles that a coach's rules name."""

from __future__ import annotations

from collections.abc import Mapping
from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

from posture.body.orientation import forward_by_face
from posture.body.pose import SIDES, Pose
from posture.body.silhouette import Outline

Array = NDArray[np.float64]
Form = Mapping[str, float | None]

#: The outline of the back is read from below the seat to under the shoulder, in trunk lengths above the hip.
BACK_LOW, BACK_HIGH = -0.25, 0.85


def form_of(pose: Pose, trunk: Outline | None) -> Form:
    """The angles of one frame, by the names of `drill.ANGLES`, those of a change left out; None where unknown.

    trunk : left and right edge of the body over the trunk's rows, None where there is none.
    Which way the body faces is told by the face: kneeling, one foot points back. A thigh that hangs is 0, one raised
    level 90; a knee ahead of its ankle gives a positive shank; a trunk that leans forward is positive.
    """
    forward = forward_by_face(pose)
    at = {
        (name, side): pose.point(name, side) * (forward, -1.0)
        for name in ("shoulder", "hip", "knee", "ankle")
        for side in SIDES
    }
    hip, shoulder = ((at[name, "left"] + at[name, "right"]) / 2 for name in ("hip", "shoulder"))
    front, back = sorted(SIDES, key=lambda side: -at["knee", side][0])
    raised, standing = sorted(SIDES, key=lambda side: -at["knee", side][1])
    thigh = {side: _lean(at["hip", side], at["knee", side]) for side in SIDES}
    shank = {side: -_lean(at["knee", side], at["ankle", side]) for side in SIDES}
    lean = _lean(hip, shoulder, up=True)
    length = hypot(*(shoulder - hip))
    return {
        "trunk": lean,
        "front_thigh": thigh[front],
        "front_shank": shank[front],
        "front_knee": thigh[front] + shank[front],
        "back_knee": thigh[back] + shank[back],
        "back_thigh": thigh[back],
        "knees_apart": 100 * float(at["knee", front][0] - at["knee", back][0]) / max(length, 1e-9),
        "raised_thigh": thigh[raised],
        "standing_knee": thigh[standing] + shank[standing],
        "hollow": None if trunk is None else _hollow(trunk, hip, shoulder, forward),
        "back": float(SIDES.index(back)),
        "raised": float(SIDES.index(raised)),
    }


def _lean(upper: Array, lower: Array, up: bool = False) -> float:
    """Angle of upper → lower from hanging, + lower end forward; ``up``: of a line that points up, + its end forward."""
    run, drop = float(lower[0] - upper[0]), float(upper[1] - lower[1])
    return degrees(atan2(run, -drop if up else drop))


def _hollow(trunk: Outline, hip: Array, shoulder: Array, forward: float) -> float | None:
    """Depth of the back's hollow under the line that bridges it, percent of the trunk's length; None where unclear."""
    length = hypot(*(shoulder - hip))
    edge = trunk.edge("left" if forward > 0 else "right") * (forward, -1.0)
    height = (edge[:, 1] - hip[1]) / max(length, 1e-9)
    part = edge[(height >= BACK_LOW) & (height <= BACK_HIGH)][::-1]
    if len(part) < 20 or np.ptp(part[:, 1]) < 0.9 * (BACK_HIGH - BACK_LOW) * length:
        return None
    width = max(3, round(0.04 * length) | 1)
    x = np.convolve(np.pad(part[:, 0], width // 2, mode="edge"), np.ones(width) / width, "valid")
    hull: list[int] = []
    for k in range(len(x)):
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            if (part[b, 1] - part[a, 1]) * (x[k] - x[a]) > (x[b] - x[a]) * (part[k, 1] - part[a, 1]):
                break
            hull.pop()
        hull.append(k)
    bridge = np.interp(part[:, 1], part[hull, 1], x[hull])
    return 100 * float((x - bridge).max()) / length
