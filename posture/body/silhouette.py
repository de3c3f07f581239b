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

    def outside_px(self, x: float, y: float) -> float:
        """Distance of a point outside the body, px: 5 px beside a straight side gives 5, a point within it 0.

        Above the topmost row nothing is known of the body: a point there counts as within.
        """
        if y < self.rows_px[0]:
            return 0.0
        across = np.maximum(0.0, np.maximum(self.left_px - x, x - self.right_px))
        return float(np.hypot(across, self.rows_px - y).min())


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """Edges of the body in the picture.

    refined : edges moved to the strongest picture edge near the mask's border
    masked : the pose model's own mask, unrefined
    second : the same rows from the independent selfie-segmentation model, or None where it saw nobody there
    """

    refined: Outline
    masked: Outline
    second: Outline | None

    def outside_px(self, x: float, y: float) -> float:
        """Distance of a point outside the body, by the nearer of its outlines, px.

        Three outlines that end 5, 6 and 9 px beside it give 5.
        """
        drawn = (self.refined, self.masked, self.second)
        return min(outline.outside_px(x, y) for outline in drawn if outline is not None)


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
    part = mask_hw[rows]
    start, end, seen = _runs_at(part > 0.5, axis_x)
    if seen.mean() < 0.95:
        return None
    y = rows.astype(np.float64)
    left, right = (_crossings(part, outer, inner)[seen] for outer, inner in ((start - 1, start), (end + 1, end)))
    return Outline(y, np.interp(y, y[seen], left), np.interp(y, y[seen], right))


Columns = NDArray[np.intp]


def _runs_at(inside: NDArray[np.bool_], axis_x: Array) -> tuple[Columns, Columns, NDArray[np.bool_]]:
    """First and last column of each row's run of True at, or nearest to, ``axis_x``, and whether there is one.

    A run further than a tenth of the width from the axis is not this body.
    """
    width = inside.shape[1]
    columns = np.arange(width)
    away = np.where(inside, np.abs(columns - axis_x[:, None]), np.inf)
    nearest = away.argmin(axis=1)
    rows = np.arange(len(inside))
    seen = away[rows, nearest] <= 0.1 * width
    beside, at = columns.astype(np.int32), nearest[:, None]
    gap_before = np.where(inside | (columns > at), -1, beside).max(axis=1)
    gap_after = np.where(inside | (columns < at), width, beside).min(axis=1)
    return gap_before + 1, gap_after - 1, seen


def _crossings(mask_nw: NDArray[np.float32], outer: Columns, inner: Columns) -> Array:
    """Sub-pixel column where each row's probability passes 0.5 between the columns ``outer`` and ``inner``."""
    rows, last = np.arange(len(mask_nw)), mask_nw.shape[1] - 1
    within = (outer >= 0) & (outer <= last)
    p_in = mask_nw[rows, np.clip(inner, 0, last)].astype(np.float64)
    p_out = np.where(within, mask_nw[rows, np.clip(outer, 0, last)], 0.5)
    share = np.where(within, (p_in - 0.5) / np.where(p_in > p_out, p_in - p_out, 1.0), 0.0)
    crossing: Array = inner + (outer - inner) * share
    return crossing


def back_line_difference(a: Outline, b: Outline, side: str, top_px: float, bottom_px: float) -> float:
    """RMS distance in px between two outlines' edges over the rows top..bottom, their median offset removed.

    A door frame pulls one model's mask and not the other's; the median is removed because the two models may draw
    their borders at a constant distance (docs/science.md, Findings of the trial). Edges 3 px apart on every row give 0.
    """
    rows = np.arange(np.ceil(top_px), np.floor(bottom_px) + 1)
    difference = _edge_at(a, side, rows) - _edge_at(b, side, rows)
    return float(np.sqrt(np.mean((difference - np.median(difference)) ** 2)))


def straightest(outline: Outline, side: str, top_px: float, bottom_px: float, length_px: float) -> float:
    """Least RMS distance in px of any ``length_px`` of an edge from a straight line, over the rows top..bottom.

    A back curves everywhere; a stretch that is straight to a fraction of a pixel is a door frame or the edge of a
    picture. Infinite where the rows are fewer than the length. An edge at column 50 on every row gives 0.
    """
    x = _edge_at(outline, side, np.arange(np.ceil(top_px), np.floor(bottom_px) + 1))
    n = round(length_px)
    if len(x) < n or n < 3:
        return float("inf")
    along = np.arange(n) - (n - 1) / 2
    window = np.lib.stride_tricks.sliding_window_view(x, n)[::4]
    window = window - window.mean(axis=1, keepdims=True)
    slope = window @ along / (along @ along)
    return float(np.sqrt(np.mean((window - slope[:, None] * along) ** 2, axis=1)).min())


def _edge_at(outline: Outline, side: str, rows: Array) -> Array:
    return np.interp(rows, outline.rows_px, outline.left_px if side == "left" else outline.right_px)
