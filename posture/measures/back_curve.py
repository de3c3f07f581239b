"""The hollow of the lower back on the outline: what the three contour measures share.

All of it is read relative to the line that touches the back above and below the hollow, so a tilted camera changes
only where a measure asks for the vertical itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posture.body.sagittal import SagittalBody
from posture.errors import DegenerateGeometry
from posture.measures.measurement import Measurement
from posture.quantity import Quantity

Array = NDArray[np.float64]

#: Smoothing along the outline, one SD as a share of stature.
SMOOTHING = 0.012
#: The outline is read from below the seat to the shoulder, in trunk lengths from the hip point.
BELOW_HIP, ABOVE_HIP = -0.45, 0.98
#: Rows, in trunk lengths above the hip, between which a lumbar hollow has its deepest point.
LUMBAR_LOW, LUMBAR_HIGH = 0.05, 0.75


@dataclass(frozen=True, slots=True, eq=False)
class BackCurve:
    """The dorsal outline between the two points where a straight line touches it.

    xy : (n, 2) smoothed, x forward, y up, from the seat (first) to the thorax (last)
    lean_deg : (n,) tangent's lean from vertical, + top forward
    apex : index of the deepest point · depth, chord : deepest distance and length of the touching line, px
    """

    xy: Array
    lean_deg: Array
    apex: int
    depth: float
    chord: float


def back_curve(dorsal_xy: Array, hip_y: float, trunk_px: float, stature_px: float) -> BackCurve:
    """The hollow between seat and thorax.

    Raises DegenerateGeometry when the outline does not reach from seat to shoulder or has no hollow that could be
    placed between them.
    """
    xy, slope = _smoothed(_evenly_spaced(dorsal_xy), SMOOTHING * stature_px)
    run, rise = slope.T
    height = (xy[:, 1] - hip_y) / trunk_px
    part = (height >= BELOW_HIP) & (height <= ABOVE_HIP)
    if part.sum() < 20 or height[part].min() > BELOW_HIP + 0.1 or height[part].max() < ABOVE_HIP - 0.1:
        raise DegenerateGeometry("the outline of the back does not reach from the seat to the shoulder")
    xy, height, lean = xy[part], height[part], np.degrees(np.arctan2(run[part], rise[part]))

    best: BackCurve | None = None
    for seat, thorax in _touching_lines(xy):
        line = xy[thorax] - xy[seat]
        chord = float(np.hypot(*line))
        inner = xy[seat : thorax + 1] - xy[seat]
        forward = (inner[:, 0] * line[1] - inner[:, 1] * line[0]) / chord
        apex = int(forward.argmax())
        if not LUMBAR_LOW <= height[seat + apex] <= LUMBAR_HIGH:
            continue
        if best is None or forward[apex] > best.depth:
            part_of = slice(seat, thorax + 1)
            best = BackCurve(xy[part_of], lean[part_of], apex, float(forward[apex]), chord)
    if best is None or best.chord < 0.3 * trunk_px:
        raise DegenerateGeometry("no hollow of the lower back can be told from the outline")
    return best


def _evenly_spaced(xy: Array) -> Array:
    """The same line with a point every pixel of its length, so that smoothing does not depend on how it slants."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    at = np.arange(0.0, along[-1])
    return np.column_stack([np.interp(at, along, xy[:, 0]), np.interp(at, along, xy[:, 1])])


def _smoothed(xy: Array, width: float) -> tuple[Array, Array]:
    """A line (n, 2) smoothed by a Gaussian of SD ``width`` points, its ends held on, and its slope a point.

    SciPy's ndimage does the same; loading it takes as long as half of all looks at a photo.
    """
    reach = int(4 * width + 0.5)
    at = np.arange(-reach, reach + 1)
    weight = np.exp(-0.5 * (at / width) ** 2)
    weight /= weight.sum()
    held = np.pad(xy, ((reach, reach), (0, 0)), mode="edge")
    smooth, slope = (
        np.column_stack([np.convolve(column, kernel, mode="valid") for column in held.T])
        for kernel in (weight, -at / width**2 * weight)
    )
    return smooth, slope


def _touching_lines(xy: Array) -> list[tuple[int, int]]:
    """Index pairs (lower, upper) of the edges of the outline's dorsal convex hull longer than one step."""
    hull: list[int] = []
    points = xy.tolist()  # plain numbers: one point at a time is what arrays are slow at
    for i, (x, y) in enumerate(points):
        while len(hull) >= 2:
            (x0, y0), (x1, y1) = points[hull[-2]], points[hull[-1]]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) < 0:  # the middle point lies dorsal of the line: keep it
                break
            hull.pop()
        hull.append(i)
    return [(low, high) for low, high in pairwise(hull) if high - low > 1]


def contour_measurement(body: SagittalBody, read: Callable[[BackCurve], float], unit: str, method: str) -> Measurement:
    """Read one number off the refined outline; its doubt is the scatter over the outlines that other masks drew.

    35 on the refined outline, 33 and 37 on the others give 35 ± 2.
    """
    values = [read(curve) for curve in curves(body)]
    sigma = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Measurement(Quantity(values[0], sigma, unit), sigma, "C", method, values[0])


@lru_cache(maxsize=4)
def curves(body: SagittalBody) -> tuple[BackCurve, ...]:
    """The hollow on the refined outline, then on every other one; kept, since three measures and the picture ask."""
    contour = body.usable_contour()
    hip_y, trunk, stature = body.point("hip").y, body.trunk_px, body.stature_px
    return tuple(back_curve(xy, hip_y, trunk, stature) for xy in (contour.dorsal_xy, *contour.other_dorsal_xy))
