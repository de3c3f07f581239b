"""The outline of a body on fixed heights, in its own size: what two visits can be laid over each other by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posture.body.sagittal import SagittalBody
from posture.errors import PostureError

#: Heights above the ankle joint that an outline may hold, percent of stature: calf to neck.
LOWEST_PCT, HIGHEST_PCT, STEP_PCT = 5.0, 80.0, 1.25


@dataclass(frozen=True, slots=True)
class BodyOutline:
    """Back and front edge of a body, percent of stature, seen from the near ankle joint: x forward, y up.

    lowest_pct : height of the first pair of edges, the others follow ``STEP_PCT`` above each other
    dorsal_pct, ventral_pct : (n,) x of the edges
    """

    lowest_pct: float
    dorsal_pct: tuple[float, ...]
    ventral_pct: tuple[float, ...]

    @property
    def heights_pct(self) -> NDArray[np.float64]:
        """(n,) heights of the edges."""
        return self.lowest_pct + STEP_PCT * np.arange(len(self.dorsal_pct), dtype=float)


def body_outline(body: SagittalBody) -> BodyOutline | None:
    """The outline of a person; None where it cannot be used or the ankle is not seen.

    A back edge 34 px behind the ankle of a person of 1700 px gives -2.
    """
    try:
        contour, ankle = body.usable_contour(), body.point("ankle")
    except PostureError:  # the report says which, in its warnings and unmeasured values
        return None
    scale = 100 / body.stature_px
    dorsal, ventral = ((edge - (ankle.x, ankle.y)) * scale for edge in (contour.dorsal_xy, contour.ventral_xy))
    low, high = (pick(edge[k, 1] for edge in (dorsal, ventral)) for k, pick in ((0, max), (-1, min)))
    heights = np.arange(LOWEST_PCT, HIGHEST_PCT + STEP_PCT / 2, STEP_PCT)
    heights = heights[(heights >= low) & (heights <= high)]
    if len(heights) < 2:
        return None
    back, front = (np.interp(heights, edge[:, 1], edge[:, 0]).round(2) for edge in (dorsal, ventral))
    return BodyOutline(float(heights[0]), tuple(map(float, back)), tuple(map(float, front)))
