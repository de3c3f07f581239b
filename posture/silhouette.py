"""From a mask to the two edges of a standing body, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Left and right edge of the body on consecutive pixel rows.

    rows_px : (n,) y of each row, increasing downwards, step 1
    left_px, right_px : (n,) x of the edges on that row, sub-pixel, left < right
    """

    rows_px: Array
    left_px: Array
    right_px: Array

    def __post_init__(self) -> None:
        if not self.rows_px.shape == self.left_px.shape == self.right_px.shape or self.rows_px.ndim != 1:
            raise ValueError("rows, left and right edge of an outline must have one common length")

    def edge(self, side: str) -> Array:
        """The left or right edge as points (n, 2), px."""
        return np.column_stack([self.left_px if side == "left" else self.right_px, self.rows_px])


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """What the picture says about the body's edges.

    refined : edges moved to the strongest picture edge near the mask's border
    masked : the pose model's own mask, unrefined
    second : the same rows from the independent selfie-segmentation model, or None where it saw nobody there
    """

    refined: Outline
    masked: Outline
    second: Outline | None


def trace(mask_hw: NDArray[np.float32], axis_xy: Array, first_row: int, last_row: int) -> Outline | None:
    """Edges of the run of the mask that holds the body's axis, for every row from first to last.

    Parameters
    ----------
    mask_hw : (H, W) body probability in 0..1
    axis_xy : (k, 2) px, a line through the body from head to sole, ordered by y; arms and the other leg lie beside it
    first_row, last_row : rows of the mask to trace, inclusive

    Returns
    -------
    An outline in the mask's own pixels with the 0.5-crossing interpolated between columns, or None when more than
    a twentieth of the rows hold no body near the axis. Rows without body in between are bridged linearly.
    A mask that is 1 in columns 3 to 6 and 0 elsewhere gives left 2.5 and right 6.5.
    """
    first, last = max(first_row, 0), min(last_row, mask_hw.shape[0] - 1)
    if last - first < 2:
        return None
    rows = np.arange(first, last + 1)
    axis_x = np.interp(rows, axis_xy[:, 1], axis_xy[:, 0])
    left, right = np.full(rows.size, np.nan), np.full(rows.size, np.nan)
    inside = mask_hw[rows] > 0.5
    for i, row in enumerate(rows):
        run = _run_at(inside[i], axis_x[i])
        if run is not None:
            left[i] = _crossing(mask_hw[row], run[0] - 1, run[0])
            right[i] = _crossing(mask_hw[row], run[1] + 1, run[1])
    seen = np.isfinite(left)
    if seen.mean() < 0.95:
        return None
    y = rows.astype(np.float64)
    return Outline(y, np.interp(y, y[seen], left[seen]), np.interp(y, y[seen], right[seen]))


def _run_at(inside: NDArray[np.bool_], x: float) -> tuple[int, int] | None:
    """First and last column of the run of True at column x, or of the nearest run if x lies outside all."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], inside.view(np.int8), [0]])))
    starts, ends = steps[::2], steps[1::2] - 1
    if starts.size == 0:
        return None
    gaps = np.maximum(np.maximum(starts - x, x - ends), 0)
    nearest = int(np.argmin(gaps))
    if gaps[nearest] > 0.1 * inside.size:  # a run that far from the axis is not this body
        return None
    return int(starts[nearest]), int(ends[nearest])


def _crossing(row: NDArray[np.float32], outer: int, inner: int) -> float:
    """Sub-pixel column where the probability passes 0.5 between the columns ``outer`` and ``inner``."""
    if not 0 <= outer < row.size:
        return float(inner)
    p_out, p_in = float(row[outer]), float(row[inner])
    return inner + (outer - inner) * (p_in - 0.5) / (p_in - p_out)


def back_line_difference(a: Outline, b: Outline, side: str, top_px: float, bottom_px: float) -> float:
    """RMS distance in px between two outlines' edges over the rows top..bottom, their median offset removed.

    A door frame pulls one model's mask and not the other's; the median is removed because the two models may draw
    their borders at a constant distance (KNOWN_TRUTH section 6).
    """
    rows = np.arange(np.ceil(top_px), np.floor(bottom_px) + 1)
    difference = _edge_at(a, side, rows) - _edge_at(b, side, rows)
    return float(np.sqrt(np.mean((difference - np.median(difference)) ** 2)))


def _edge_at(outline: Outline, side: str, rows: Array) -> Array:
    return np.interp(rows, outline.rows_px, outline.left_px if side == "left" else outline.right_px)
