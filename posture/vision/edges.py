"""Move a mask's border to the strongest picture edge beside it.

The pose model's mask comes from a 256-pixel picture of the body, so its border is good to about half a centimetre;
the photo itself holds the edge to a pixel. A path is searched along the outline that keeps to strong edges, stays near
the mask's border and bends gently (dynamic programming, the classic live-wire idea).
"""

from __future__ import annotations

from math import ceil
from typing import Literal

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from posture.body.silhouette import Outline

Array = NDArray[np.float64]

_OFFSETS = 17  # candidate positions across the band
_NEAR = 0.35  # cost of lying at the band's rim against an edge of full strength
_BEND = 0.25  # cost of one candidate's jump between neighbouring steps
_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_JUMP = 2  # candidates between neighbouring steps at most
_STEPS = 400  # rows searched; the outline between them is interpolated


def refine(pixels_hwc: NDArray[np.uint8], outline: Outline, band_px: float) -> Outline:
    """The outline with both edges moved by at most ``band_px`` along their normals, on the same rows."""
    sigma = max(0.8, band_px / 6)
    edges = [outline.edge(side) for side in _SIDES]
    # only what the search and the smoothing reach
    rim = ceil(1.5 * band_px + 5 * sigma)
    size = np.array(pixels_hwc.shape[1::-1])
    low = np.clip(np.floor(np.min(edges, axis=(0, 1))).astype(int) - rim, 0, size - 1)
    high = np.clip(np.ceil(np.max(edges, axis=(0, 1))).astype(int) + rim, 1, size)
    smooth = cv2.GaussianBlur(pixels_hwc[low[1] : high[1], low[0] : high[0]], (0, 0), sigma)

    reach = np.linspace(-band_px, band_px, _OFFSETS)
    bases = [_sampled(edge - low) for edge in edges]
    normals = [_normals(base) for base in bases]
    strength = np.array([_edge_strength(smooth, *edge, reach) for edge in zip(bases, normals, strict=True)])
    paths = reach[_best_paths(1 - strength + _NEAR * (reach / band_px) ** 2)]
    rows = outline.rows_px - low[1]
    left, right = (low[0] + _moved(*edge, rows) for edge in zip(bases, normals, paths, strict=True))
    return Outline(outline.rows_px, left, right)


def _sampled(edge_xy: Array) -> Array:
    """(n, 2) points of an edge at which the search is made."""
    at = np.linspace(0, len(edge_xy) - 1, min(_STEPS, len(edge_xy)))
    return np.column_stack([np.interp(at, np.arange(len(edge_xy)), edge_xy[:, k]) for k in (0, 1)])


def _normals(base: Array) -> Array:
    """(n, 2) unit normals of a line, smoothed along it."""
    tangent = np.gradient(cv2.GaussianBlur(base, (1, 0), 0, sigmaY=4), axis=0)
    tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
    return np.column_stack([tangent[:, 1], -tangent[:, 0]])


def _moved(base: Array, normal: Array, offset: Array, rows: Array) -> Array:
    """x on the given rows of a line whose points moved along their normals."""
    offset = cv2.GaussianBlur(offset[:, None], (1, 0), 0, sigmaY=2)[:, 0]
    moved = base + offset[:, None] * normal
    order = np.argsort(moved[:, 1], kind="stable")
    edge: Array = np.interp(rows, moved[order, 1], moved[order, 0])
    return edge


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


def _best_paths(cost: Array) -> NDArray[np.intp]:
    """Columns (e, n) of the cheapest path of every edge through the rows of ``cost`` (e, n, k).

    A path moves at most `_JUMP` columns a row.
    """
    edges, n, k = cost.shape
    bend = _BEND * np.abs(np.arange(-_JUMP, _JUMP + 1))
    # a column beyond the rim costs without end
    padded = np.full((n, edges, k + 2 * _JUMP), np.inf)
    totals, windows = padded[..., _JUMP:-_JUMP], sliding_window_view(padded, len(bend), axis=2)
    totals[0] = cost[:, 0]
    options, stacked = np.empty((len(bend), edges, k)), np.moveaxis(windows, -1, 1)
    for row in range(1, n):
        np.add(stacked[row - 1], bend[:, None, None], out=options)
        np.add(options.min(axis=0), cost[:, row], out=totals[row])
    came = (windows[:-1] + bend).argmin(axis=-1) - _JUMP + np.arange(k)
    each, path = np.arange(edges), np.empty((n, edges), np.intp)
    path[-1] = totals[-1].argmin(axis=1)
    for row in range(n - 1, 0, -1):
        path[row - 1] = came[row - 1, each, path[row]]
    return path.T
