"""Camera roll from what stands upright behind a person: door frames, corners, cupboards.

Long straight lines near the vertical are taken to be vertical in the world. A camera that looks a little up or down
makes them converge, so that their lean is fitted as a line across the picture and read off where the person stands.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.observation import FoundRoll
from posture.body.silhouette import Outline

Array = NDArray[np.float64]

#: The picture is looked at as if it were so tall, px; of its rows, so many are kept: how a line leans is told by its
#: columns, and half of the rows show it as well.
_TALL_PX, _ROWS = 960.0, 480
#: Least length of a line, share of the picture's height; most lean, degrees.
_LEAST_LENGTH, _MOST_LEAN_DEG = 0.10, 10.0
#: Lines nearer to the body's outline than this share of the picture's width are the body's own.
_CLEAR = 0.03
#: How much lines that belong together may differ, one SD, degrees.
_SCATTER_DEG = 0.35
#: How much more they lean at the right edge of the picture than at the left one, one SD and at most, degrees: 0.75° for
#: every degree that a phone's camera looks up or down (72° from top to bottom of an upright picture).
_CONVERGING_DEG, _MOST_CONVERGING_DEG = 3.5, 7.0
#: How plumb what stands upright really is, and what lenses bend, one SD, degrees (provisional).
_PLUMB_DEG = 0.5
#: Length of lines, in picture heights, at which half of the confidence is reached; one object has two edges at least.
_ENOUGH_LENGTH, _LEAST_LINES = 0.35, 2
#: Two lines tell how lines converge when they are further apart than this share of the picture's width; the longest
#: lines alone are compared with each other.
_APART, _MOST_LINES = 0.1, 60


def find_roll(pixels_hwc: NDArray[np.uint8], outline: Outline | None) -> FoundRoll | None:
    """Camera roll, clockwise positive, with its sigma and a confidence 0..1; None without any line to go by.

    It is how far what is upright leans to the left at its top in the column of the body with this outline, or in the
    middle of the picture without one: a door frame that leans to the left by 2° right behind the person gives +2.
    """
    height, width = pixels_hwc.shape[:2]
    scale = min(1.0, _TALL_PX / height)
    tall, wide = round(height * scale), round(width * scale)
    grey = cv2.cvtColor(pixels_hwc, cv2.COLOR_RGB2GRAY)
    # averaging over areas takes ten times as long, and gains nothing before the columns are halved
    how = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    grey = cv2.resize(grey, (wide, min(_ROWS, tall)), interpolation=how)
    segments = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if segments is None:
        return None
    lines = segments.reshape(-1, 4).astype(float)
    lines[:, 1::2] = (lines[:, 1::2] + 0.5) * tall / len(grey) - 0.5
    upwards = lines[:, 1] > lines[:, 3]
    lines[upwards] = lines[upwards][:, [2, 3, 0, 1]]
    length, lean = _length_and_lean(lines)
    keep = (length > _LEAST_LENGTH * tall) & (np.abs(lean) < _MOST_LEAN_DEG) & ~_on_body(lines, outline, scale, wide)
    if keep.sum() < _LEAST_LINES:
        return None
    keep &= length >= np.sort(length[keep])[-_MOST_LINES:][0]
    column = 0.5 if outline is None else float(np.median(outline.left_px + outline.right_px)) / 2 * scale / wide
    return _agreed(lean[keep], length[keep] / tall, (lines[keep, 0] + lines[keep, 2]) / 2 / wide - column)


def _length_and_lean(lines: Array) -> tuple[Array, Array]:
    """Length, px, and lean of lines (n, 4) ordered downwards: + where the top leans to the left."""
    run, drop = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    return np.hypot(run, drop), np.degrees(np.arctan2(run, drop))


def _on_body(lines: Array, outline: Outline | None, scale: float, wide: int) -> NDArray[np.bool_]:
    """Which lines lie on the body or hug its outline."""
    if outline is None:
        return np.zeros(len(lines), bool)
    own = np.zeros(len(lines), bool)
    for share in (0.25, 0.5, 0.75):
        x = lines[:, 0] + share * (lines[:, 2] - lines[:, 0])
        y = lines[:, 1] + share * (lines[:, 3] - lines[:, 1])
        rows = outline.rows_px * scale
        left, right = (np.interp(y, rows, edge * scale) for edge in (outline.left_px, outline.right_px))
        beside = (x > left - _CLEAR * wide) & (x < right + _CLEAR * wide)
        own |= beside & (y >= rows[0]) & (y <= rows[-1])
    return own


def _agreed(lean: Array, length: Array, across: Array) -> FoundRoll | None:
    """The roll at 0 on which most of the lines' length agrees; ``across`` in widths of the picture, + to the right."""
    near = _most(lean, length, across)
    if near.sum() < _LEAST_LINES:
        return None
    # weighted least squares for roll and convergence, the latter held near 0 by what cameras do
    weight = np.minimum(length[near], 0.5) / _SCATTER_DEG**2
    design = np.column_stack([np.ones(int(near.sum())), across[near]])
    normal = design.T @ (weight[:, None] * design) + np.diag([0.0, 1 / _CONVERGING_DEG**2])
    roll, slope = np.linalg.solve(normal, design.T @ (weight * lean[near]))
    residual = lean[near] - design @ (roll, slope)
    scatter = float(np.sqrt(np.average(residual**2, weights=weight)))
    sigma = float(np.sqrt(np.linalg.inv(normal)[0, 0] * max(1.0, (scatter / _SCATTER_DEG) ** 2)))
    total, agreeing = float(length.sum()), float(length[near].sum())
    confidence = agreeing / total * agreeing / (agreeing + _ENOUGH_LENGTH) * 1.25
    return FoundRoll(float(roll), float(np.hypot(sigma, _PLUMB_DEG)), min(1.0, confidence))


def _most(lean: Array, length: Array, across: Array) -> NDArray[np.bool_]:
    """Which lines lean as most of the lines' length does, all alike or converging as two of them do."""
    one, other = (index.ravel() for index in np.indices((len(lean), len(lean))))
    apart = across[other] - across[one]
    rise = lean[other] - lean[one]
    slope = np.divide(rise, apart, out=np.zeros(len(rise)), where=np.abs(apart) > _APART)  # 0 for a line and itself
    allowed = np.abs(slope) <= _MOST_CONVERGING_DEG
    one, slope = one[allowed], slope[allowed]
    away = lean - lean[one, None] - slope[:, None] * (across - across[one, None])
    agreeing = np.abs(away) < 3 * _SCATTER_DEG
    votes = agreeing @ length * (1 - 0.2 * (slope / _MOST_CONVERGING_DEG) ** 2)
    most: NDArray[np.bool_] = agreeing[int(np.argmax(votes))]
    return most
