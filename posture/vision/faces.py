"""Faces anywhere in a picture, for blurring: also those of bystanders whom the pose model did not see."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.vision.mediapipe_models import face_model, mediapipe
from posture.vision.model_image import ModelImage
from posture.vision.model_pool import Copies, pool, threads

#: The model looks at 128 px and finds faces from about a tenth of that up: so the picture is also shown in tiles,
#: as shares of its shorter side, each overlapping the next.
_TILES, _STEP, _LOOK_PX = (1.0, 0.55, 0.3), 0.6, 192
_CONFIDENCE = 0.6
#: In a smaller tile a face would be a smudge already; a strip of a picture would be cut into thousands.
_SMALLEST_TILE_PX = 48
#: Radius of the blurred circle over half the width of the box that the model draws.
_GENEROUS = 1.5


def find_faces(pixels_hwc: NDArray[np.uint8]) -> list[tuple[float, float, float]]:
    """Circles (x, y, radius) in px round every face found; the same face may be named several times."""
    finders, crew = _finders()

    def look(where: tuple[int, int, int]) -> list[tuple[float, float, float]]:
        x, y, side = where
        tile = cv2.resize(pixels_hwc[y : y + side, x : x + side], (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_LINEAR)
        image = ModelImage(tile).image
        scale = side / _LOOK_PX
        with finders.lent() as finder:
            boxes = [face.bounding_box for face in finder.detect(image).detections]
        return [
            (
                x + scale * (box.origin_x + box.width / 2),
                y + scale * (box.origin_y + box.height / 2),
                scale * _GENEROUS * box.width / 2,
            )
            for box in boxes
        ]

    return [circle for found in crew.map(look, _tiles(*pixels_hwc.shape[:2])) for circle in found]


def _tiles(height: int, width: int) -> Iterator[tuple[int, int, int]]:
    """Top left corner and side of the square tiles that cover a picture at every size."""
    for share in _TILES:
        side = int(min(height, width) * share)
        if side < _SMALLEST_TILE_PX:
            break
        for y in _starts(height, side):
            for x in _starts(width, side):
                yield x, y, side


def _starts(length: int, side: int) -> list[int]:
    """Where tiles of a side begin so that the first and last touch the ends of a length."""
    steps = max(1, round((length - side) / (_STEP * side)) + 1) if length > side else 1
    return [round(start) for start in np.linspace(0, max(0, length - side), steps)]


@cache
def _finders() -> tuple[Copies, Executor]:
    mediapipe()
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceDetectorOptions(
        base_options=BaseOptions(model_asset_buffer=face_model()), min_detection_confidence=_CONFIDENCE
    )
    blank = ModelImage(np.zeros((8, 8, 3), np.uint8)).image

    def make() -> Any:
        finder = vision.FaceDetector.create_from_options(options)
        finder.detect(blank)
        return finder

    return Copies(make, threads()), pool(threads(), "face")
