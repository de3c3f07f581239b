"""Move a mask's border to the strongest picture edge beside it.

The pose model's mask comes from a 256-pixel picture of the body, so its border is good to about half a centimetre;
the photo itself holds the edge to a pixel. A path is searched along the outline that keeps to strong edges, stays near
the mask's border and bends gently (dynamic programming, the classic live-wire idea).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.silhouette import Outline

Array = NDArray[np.float64]

_OFFSETS = 17  # candidate positions across the band
_NEAR = 0.35  # cost of lying at the band's rim against an edge of full strength
_BEND = 0.25  # cost of one candidate's jump between neighbouring steps
_STEPS = 400  # rows searched; the outline between them is interpolated


def refine(pixels_hwc: NDArray[np.uint8], outline: Outline, band_px: float) -> Outline:
    """The outline with both edges moved by at most ``band_px`` along their normals, on the same rows."""
    sigma = max(0.8, band_px / 6)
    smooth = cv2.GaussianBlur(pixels_hwc, (0, 0), sigma)
    return Outline(
        outline.rows_px,
        _refined_edge(smooth, outline.edge("left"), outline.rows_px, band_px),
        _refined_edge(smooth, outline.edge("right"), outline.rows_px, band_px),
    )


def _refined_edge(smooth_hwc: NDArray[np.uint8], edge_xy: Array, rows: Array, band_px: float) -> Array:
    """x of one edge on the given rows after the search."""
    at = np.linspace(0, len(edge_xy) - 1, min(_STEPS, len(edge_xy)))
    base = np.column_stack([np.interp(at, np.arange(len(edge_xy)), edge_xy[:, k]) for k in (0, 1)])
    tangent = np.gradient(cv2.GaussianBlur(base, (1, 0), 0, sigmaY=4), axis=0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    normal = np.column_stack([tangent[:, 1], -tangent[:, 0]])
    reach = np.linspace(-band_px, band_px, _OFFSETS)
    strength = _edge_strength(smooth_hwc, base, normal, reach)
    cost = 1 - strength + _NEAR * (reach / band_px) ** 2
    offset = reach[_best_path(cost)]
    offset = cv2.GaussianBlur(offset[:, None], (1, 0), 0, sigmaY=2)[:, 0]
    moved = base + offset[:, None] * normal
    order = np.argsort(moved[:, 1], kind="stable")
    return np.interp(rows, moved[order, 1], moved[order, 0])


def _edge_strength(smooth_hwc: NDArray[np.uint8], base: Array, normal: Array, reach: Array) -> Array:
    """Colour change across the edge at every candidate, 0..1, scaled by the strongest change of each neighbourhood."""
    step = reach[1] - reach[0]
    wide = np.concatenate([[reach[0] - step], reach, [reach[-1] + step]])
    where = base[:, None, :] + wide[None, :, None] * normal[:, None, :]
    colour = cv2.remap(
        smooth_hwc,
        where[..., 0].astype(np.float32),
        where[..., 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float64)
    change = np.linalg.norm(colour[:, 2:] - colour[:, :-2], axis=2)
    # An edge is strong by its neighbourhood's measure: a pale shirt on a pale wall still has one.
    scale = np.percentile(change, 95, axis=1)
    scale = cv2.GaussianBlur(scale[:, None], (1, 0), 0, sigmaY=len(scale) / 40)
    strength: Array = np.clip(change / np.maximum(scale, 6.0), 0, 1)
    return strength


def _best_path(cost: Array) -> NDArray[np.intp]:
    """Column of the cheapest path through every row of ``cost`` (n, k), moving at most two columns a row."""
    n, k = cost.shape
    moves = np.arange(-2, 3)
    total, came = cost[0], np.zeros((n, k), np.intp)
    source = np.arange(k)[None, :] + moves[:, None]
    valid = (source >= 0) & (source < k)
    source = np.clip(source, 0, k - 1)
    bend = (_BEND * np.abs(moves))[:, None]
    for row in range(1, n):
        options = np.where(valid, total[source] + bend, np.inf)
        best = options.argmin(axis=0)
        came[row] = source[best, np.arange(k)]
        total = options[best, np.arange(k)] + cost[row]
    path = np.empty(n, np.intp)
    path[-1] = total.argmin()
    for row in range(n - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path
