"""A picture as MediaPipe's models take it: its width a multiple of four, as it is or mirrored."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.vision.mediapipe_models import mediapipe

#: MediaPipe 0.10.31 ends the process when a float mask of another width is read.
_MULTIPLE = 4


class ModelImage:
    """Pixels (h, w, 3) RGB uint8 for a model, and what the model says of them in terms of those pixels.

    Columns that the width lacks repeat the last one, after the mirroring: a mirrored picture is shown the very columns
    that its mirror image is. Points and masks come back without them and not mirrored.

    image : what a task of MediaPipe takes
    """

    def __init__(self, pixels_hwc: NDArray[np.uint8], mirrored: bool = False) -> None:
        self.height, self.width = pixels_hwc.shape[:2]
        self._mirrored, self._added = mirrored, -self.width % _MULTIPLE
        shown = cv2.flip(pixels_hwc, 1) if mirrored else pixels_hwc
        if self._added:
            shown = cv2.copyMakeBorder(shown, 0, 0, 0, self._added, cv2.BORDER_REPLICATE)
        module: Any = mediapipe()
        self.image = module.Image(image_format=module.ImageFormat.SRGB, data=np.ascontiguousarray(shown))

    def shares(self, landmarks: Any) -> NDArray[np.float64]:
        """Landmarks as shares (n, 2) of the pixels' own width and height: the middle of 720 columns is 0.5."""
        xy = np.array([(point.x, point.y) for point in landmarks])
        xy[:, 0] *= (self.width + self._added) / self.width
        if self._mirrored:
            xy[:, 0] = 1 - xy[:, 0]
        return xy

    def mask(self, seen: Any) -> NDArray[np.float32]:
        """A float mask of MediaPipe as an array (h, w) of its own, which needs the mask no longer."""
        whole = seen.numpy_view().reshape(self.height, self.width + self._added)
        own = whole[:, : self.width]
        mask: NDArray[np.float32] = cv2.flip(own, 1) if self._mirrored else own.copy()
        return mask
