"""Small round spots about the hips, whose colour differs from everything around them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, hypot, pi, radians, sin, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.pose import Pose

Array = NDArray[np.float64]

#: The body is scaled to this height for the search, px; its smaller pictures are not enlarged.
_TALL_PX = 1000.0
#: The band about the hip joint: to the left and up, to the right and down, in statures.
_BAND = (0.15, 0.15), (0.15, 0.06)
#: Radii that are looked for, in percent of stature: 3 to 14 mm of 170 cm.
_RADII_PCT = (0.2, 0.28, 0.4, 0.56, 0.8)
#: Longer half-axis of a spot, percent of stature: stickers of 1 to 2 cm have 0.28 to 0.65, blur takes some away.
_HALF_AXIS_PCT = (0.22, 1.0)
#: Least difference of a spot from what lies around it, CIELAB with lightness halved.
_LEAST_CONTRAST = 9.0
_SPOTS = 24
_LIGHTNESS = 0.5
#: Adds up three channels.
_SUM = np.ones((1, 3), np.float32)
#: A pixel and its eight neighbours.
_BESIDE = np.ones((3, 3), np.uint8)
#: Limits of a patch of one colour, shares of its contrast, in the order in which they are tried.
_LIMITS = (0.5, 0.35, 0.65)


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One round spot: middle (2,) in frame px, radius in percent of stature, mean CIELAB (3,).

    contrast : CIELAB difference from the third most similar of eight neighbours · ratio : short to long axis 0..1
    """

    xy_px: Array
    radius_pct: float
    lab: Array
    contrast: float
    ratio: float


def spots(pixels_hwc: NDArray[np.uint8], pose: Pose) -> list[Spot]:
    """Round spots in a band about the hips, the clearest first, at most 24."""
    stature, hip = pose.stature_px, pose.middle("hip")
    size = np.array([pixels_hwc.shape[1], pixels_hwc.shape[0]])
    low = np.maximum(np.floor(hip - np.array(_BAND[0]) * stature), 0).astype(int)
    high = np.minimum(np.ceil(hip + np.array(_BAND[1]) * stature), size).astype(int)
    crop = pixels_hwc[low[1] : high[1], low[0] : high[0]]
    if min(crop.shape[:2]) < 16:
        return []
    scale = min(1.0, _TALL_PX / stature)
    if scale < 1:
        crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab[..., 0] *= _LIGHTNESS
    found: list[Spot] = []
    for radius_pct in _RADII_PCT:
        radius = radius_pct / 100 * stature * scale
        if radius >= 1.2:
            found += _spots_of(lab, radius, scale * stature, low, scale)
    found.sort(key=lambda spot: -spot.contrast * spot.ratio**0.5)
    kept: list[Spot] = []
    for spot in found:
        apart = [hypot(*(spot.xy_px - other.xy_px)) for other in kept]
        if all(a > (spot.radius_pct + other.radius_pct) / 100 * stature for a, other in zip(apart, kept, strict=True)):
            kept.append(spot)
    return kept[:_SPOTS]


def _spots_of(lab: NDArray[np.float32], radius: float, stature: float, low: Array, scale: float) -> list[Spot]:
    """Spots of about one radius, px of the crop: local maxima of the difference from all sides."""
    middle = cv2.GaussianBlur(lab, (0, 0), max(0.6, 0.45 * radius))
    reach = 2.3 * radius + 1
    rim = ceil(reach)
    contrast = _contrast(middle, reach)
    window = 2 * ceil(radius) + 1
    peaks = (contrast == cv2.dilate(contrast, np.ones((window, window)))) & (contrast > _LEAST_CONTRAST)
    peaks[:rim] = peaks[-rim:] = peaks[:, :rim] = peaks[:, -rim:] = False
    found = []
    rows, columns = np.nonzero(peaks)
    order = np.argsort(-contrast[rows, columns])[:40]
    for y, x in zip(rows[order], columns[order], strict=True):
        spot = _outlined(lab, middle[y, x], float(contrast[y, x]), x, y, radius)
        if spot is None:
            continue
        xy, own_radius, ratio = spot
        if not _HALF_AXIS_PCT[0] < 100 * own_radius / stature / ratio**0.5 < _HALF_AXIS_PCT[1]:
            continue
        found.append(
            Spot(
                xy_px=(xy + 0.5) / scale - 0.5 + low,
                radius_pct=100 * own_radius / stature,
                lab=middle[y, x].astype(float),
                contrast=float(contrast[y, x]),
                ratio=ratio,
            )
        )
    return found


def _contrast(middle: NDArray[np.float32], reach: float) -> NDArray[np.float32]:
    """Difference of every point from what lies ``reach`` px away from it, on the third most similar of eight sides.

    A long dot resembles its neighbours along its long axis, two of eight. Sides are whole pixels away, so that of two
    opposite ones each difference is worked out once.
    """
    tall, wide = middle.shape[:2]
    rim = ceil(reach)
    nearest = [np.full((tall, wide), np.inf, np.float32) for _ in range(3)]
    wider = cv2.copyMakeBorder(middle, *(rim,) * 4, cv2.BORDER_REPLICATE)
    for turn in (0, 45, 90, -45):
        right, down = round(reach * cos(radians(turn))), round(reach * sin(radians(turn)))
        low, high = max(0, down), max(0, -down)
        one, other = wider[low : len(wider) - high, right:], wider[high : len(wider) - low, : wider.shape[1] - right]
        apart = _apart_squared(one, other)
        for x, y in ((rim - right, rim - low), (rim, rim - high)):
            side = apart[y : y + tall, x : x + wide]
            first, second, third = nearest
            nearest = [
                cv2.min(first, side),
                cv2.min(second, cv2.max(first, side)),
                cv2.min(third, cv2.max(second, side)),
            ]
    contrast: NDArray[np.float32] = np.sqrt(nearest[2])
    return contrast


def _outlined(
    lab: NDArray[np.float32], colour: NDArray[np.float32], contrast: float, x: int, y: int, radius: float
) -> tuple[Array, float, float] | None:
    """Middle, radius and axis ratio of the patch of one colour about a point; None where it is no round patch.

    A patch may leak into what is nearly of its colour: of several limits the first that leaves a round one is taken.
    """
    reach = ceil(3.2 * radius) + 2
    y0, x0 = max(0, y - reach), max(0, x - reach)
    window = lab[y0 : y + reach + 1, x0 : x + reach + 1]
    away = np.sqrt(_apart_squared(window, tuple(map(float, colour))))
    leaks = 1.0
    for share in _LIMITS:
        limit = share * contrast
        # what leaves the window at one limit leaves it at every wider one
        if share > leaks or away[y - y0, x - x0] >= limit:
            continue
        patch = _patch(away, limit, x - x0, y - y0)
        if patch is None:
            leaks = share
            continue
        found = _ellipse(away, limit, *patch, radius)
        if found is not None:
            middle, own_radius, ratio = found
            return middle + (x0, y0), own_radius, ratio
    return None


def _apart_squared(a: NDArray[np.float32], b: NDArray[np.float32] | tuple[float, ...]) -> NDArray[np.float32]:
    """Squared difference of a picture's colours from another's, or from one colour, (h, w)."""
    away = cv2.subtract(a, b)
    squared: NDArray[np.float32] = cv2.transform(cv2.multiply(away, away, dst=away), _SUM)
    return squared


def _patch(
    away: NDArray[np.float32], limit: float, x: int, y: int
) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]] | None:
    """The connected patch about (x, y) within ``limit``, 2 there, and its box; None where it leaves the window."""
    alike = (away < limit).view(np.uint8)
    tall, wide = alike.shape
    _, alike, _, (left, top, across, down) = cv2.floodFill(alike, None, (int(x), int(y)), 2, flags=4)
    if left == 0 or top == 0 or left + across == wide or top + down == tall:
        return None
    return alike, (left, top, across, down)


def _ellipse(
    away: NDArray[np.float32], limit: float, alike: NDArray[np.uint8], box: tuple[int, int, int, int], radius: float
) -> tuple[Array, float, float] | None:
    """Middle, radius and axis ratio of a patch that is an ellipse of about the radius; None of another one."""
    left, top, across, down = box
    # weights fall from 1 at the colour itself to 0 at the patch's border, for a middle finer than a pixel
    about = slice(top - 1, top + down + 1), slice(left - 1, left + across + 1)
    near = cv2.dilate((alike[about] == 2).view(np.uint8), _BESIDE)
    sums = cv2.moments(near * np.clip(1.5 - away[about] / np.float32(limit), 0, 1))
    total = sums["m00"]
    own_radius = sqrt(total / pi)
    # half the sum and half the difference of the variances along the two axes
    half = (sums["mu20"] + sums["mu02"]) / total / 2
    lean = hypot((sums["mu20"] - sums["mu02"]) / 2, sums["mu11"]) / total
    small, large = sqrt(max(half - lean, 1e-6)), sqrt(max(half + lean, 1e-6))
    ratio = small / large
    full = total / (4 * pi * small * large)  # 1 for an ellipse
    if ratio < 0.28 or not 0.75 < full < 1.25 or not 0.45 * radius < own_radius < 2.2 * radius:
        return None
    return np.array([left - 1 + sums["m10"] / total, top - 1 + sums["m01"] / total]), own_radius, ratio
