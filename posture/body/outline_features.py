"""The whole outline of the trunk as one row of numbers, the same for every body: what the tilt estimate reads."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from posture.body.sagittal import SagittalBody
from posture.errors import DegenerateGeometry

Array = NDArray[np.float64]

#: Rows of the three readings: statures from the hip point, statures from the soles, trunk lengths from the hip point.
FROM_HIP = np.linspace(-0.17, 0.30, 48)
FROM_SOLES = np.linspace(0.34, 0.82, 49)
ON_TRUNK = np.linspace(-0.35, 0.95, 53)
#: Points that are given with the outline, each (x, y) from the hip; the hip itself is placed against the back.
POINTS = ("shoulder", "knee", "ankle")
LENGTH = 2 * (FROM_HIP.size + FROM_SOLES.size + ON_TRUNK.size) + 1 + 2 * len(POINTS)


@lru_cache(maxsize=4)
def outline_vector(body: SagittalBody) -> Array:
    """The outline as (LENGTH,) numbers without unit; the image's vertical is kept.

    On each row the dorsal and the ventral edge, minus the mean of the dorsal ones, over stature: rows from 0.17 of the
    stature below the hip point to 0.30 above it; rows from 0.34 to 0.82 of the stature above the soles; and rows by
    trunk lengths, over the trunk's length. Then the hip against the mean back, and shoulder, knee and ankle from the
    hip, over stature. Twice the picture's size gives the same numbers.

    Raises NoContour or MissingPoint, and DegenerateGeometry where the outline does not reach over all rows.
    Source: docs/science.md, Pelvic tilt estimate.
    """
    contour, hip, stature, trunk = body.usable_contour(), body.point("hip"), body.stature_px, body.trunk_px
    soles = min(body.point("heel").y, body.point("toe").y)
    readings = (
        (hip.y + FROM_HIP * stature, stature),
        (soles + FROM_SOLES * stature, stature),
        (hip.y + ON_TRUNK * trunk, trunk),
    )
    low, high = contour.dorsal_xy[0, 1], contour.dorsal_xy[-1, 1]
    slack = 0.02 * stature
    parts, back = [], 0.0
    for rows, scale in readings:
        if rows[0] < low - slack or rows[-1] > high + slack:
            raise DegenerateGeometry("the outline does not reach from the thighs to the neck")
        dorsal = np.interp(rows, contour.dorsal_xy[:, 1], contour.dorsal_xy[:, 0])
        ventral = np.interp(rows, contour.ventral_xy[:, 1], contour.ventral_xy[:, 0])
        parts += [(dorsal - dorsal.mean()) / scale, (ventral - dorsal.mean()) / scale]
        back = back or float(dorsal.mean())
    points = [(hip.x - back) / stature]
    for name in POINTS:
        points += [coordinate / stature for coordinate in body.point(name).minus(hip)]
    return np.concatenate([*parts, points])
