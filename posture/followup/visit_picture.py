"""The picture of one visit: a photo with its face blurred and nothing drawn on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class VisitPicture:
    """The photo with its face blurred and nothing drawn on it, and where the body stands in it.

    jpeg : its bytes · stature_px : height of the body · ankle_px : (x, y) from the top left
    roll_deg : of the camera, clockwise positive; 0 where it is unknown
    """

    jpeg: bytes
    stature_px: float
    ankle_px: tuple[float, float]
    roll_deg: float
