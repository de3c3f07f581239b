"""One photo or camera frame: upright RGB pixels, un-mirrored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A picture's pixels, (H, W, 3) RGB.
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Pixels ready to be measured, and whose they are.

    pixels_hwc : (H, W, 3) uint8, RGB, upright (EXIF orientation applied), not mirrored
    width, height : size of the upright photo in its own pixels; the frame may have been decoded smaller
    sha256 : hash of the file's bytes, the photo's name wherever a file name could be a person's name
    file : the path as it was given, for the report alone
    """

    pixels_hwc: Pixels
    width: int
    height: int
    sha256: str
    file: str

    def __post_init__(self) -> None:
        pixels = self.pixels_hwc
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or min(pixels.shape[:2]) < 1:
            raise ValueError(f"a frame is (H, W, 3) uint8, not {pixels.shape} {pixels.dtype}")

    @property
    def photo_px_per_px(self) -> float:
        """Photo pixels per frame pixel: a photo 4000 px wide decoded 2000 px wide gives 2.0."""
        return float(self.width / self.pixels_hwc.shape[1])
