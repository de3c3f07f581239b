"""Strokes on a picture of any size: rimmed lines, dashes, bands, joints, and the mosaic that leaves no face.

Pictures are (H, W, 3) uint8 and drawn on in place; points are (x, y) px of the picture, sub-pixel; widths are px.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Pixels
from posture.render import theme
from posture.render.theme import Colour, rgb

_INK = rgb(theme.INK)


def blur(picture: Pixels, x: float, y: float, radius: float) -> None:
    """Replace a disc by a mosaic of eight tiles across, in place: nothing of the face is left to restore."""
    height, width = picture.shape[:2]
    x0, x1 = max(0, int(x - radius)), min(width, int(x + radius) + 1)
    y0, y1 = max(0, int(y - radius)), min(height, int(y + radius) + 1)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    part = picture[y0:y1, x0:x1]
    tiles = cv2.resize(part, (8, 8), interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_CUBIC)
    yy, xx = np.ogrid[y0:y1, x0:x1]
    disc = (xx - x) ** 2 + (yy - y) ** 2 <= radius**2
    cv2.copyTo(mosaic, disc.astype(np.uint8), part)


def band(picture: Pixels, polygon: NDArray[np.float64], colour: Colour) -> None:
    """A polygon (n, 2) filled so that the picture shows through."""
    x, y, width, height = cv2.boundingRect(polygon.astype(np.float32))
    x0, y0 = max(0, x), max(0, y)
    part = picture[y0 : y + height, x0 : x + width]
    if part.size == 0:
        return
    filled = part.copy()
    cv2.fillPoly(filled, [np.round((polygon - (x0, y0)) * 16).astype(np.int32)], colour, cv2.LINE_AA, shift=4)
    cv2.addWeighted(filled, 0.45, part, 0.55, 0, dst=part)


def line(picture: Pixels, points: NDArray[np.float64], colour: Colour, width: int) -> None:
    """A line through points (n, 2), with a light rim."""
    sixteenths = [np.round(points * 16).astype(np.int32)]
    cv2.polylines(picture, sixteenths, False, (255, 255, 255), width + 3, cv2.LINE_AA, shift=4)
    cv2.polylines(picture, sixteenths, False, colour, width, cv2.LINE_AA, shift=4)


def discs(picture: Pixels, points: Iterable[NDArray[np.float64]], size: int) -> None:
    """Joints as dark discs with a light rim."""
    for point in points:
        centre = fixed(point)
        cv2.circle(picture, centre, (size * 2 + 3) * 16, (255, 255, 255), -1, cv2.LINE_AA, shift=4)
        cv2.circle(picture, centre, (size * 2 + 1) * 16, _INK, -1, cv2.LINE_AA, shift=4)


def dashed(picture: Pixels, start: Sequence[float], end: Sequence[float], colour: Colour, width: int) -> None:
    """A dashed line from one point to another."""
    start_xy, along = np.array(start, float), np.subtract(end, start)
    length = float(np.hypot(*along))
    begins = np.arange(0, length, 18)
    shares = np.column_stack([begins, np.minimum(begins + 10, length)]) / max(length, 1e-9)
    for a, b in np.round((start_xy + along * shares[..., None]) * 16).astype(int).tolist():
        cv2.line(picture, a, b, colour, width, cv2.LINE_AA, shift=4)


def fixed(point: NDArray[np.float64]) -> tuple[int, int]:
    """A point in sixteenths of a pixel, as OpenCV draws with ``shift=4``."""
    return round(float(point[0]) * 16), round(float(point[1]) * 16)
