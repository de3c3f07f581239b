"""Faces anywhere in a picture, for blurring: also those of bystanders whom the pose model did not see."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.pose import SIDES, Pose, index
from posture.vision.mediapipe_models import face_model, mediapipe
from posture.vision.model_image import ModelImage
from posture.vision.model_pool import ModelPool, pool, threads

#: The model looks at 128 px and finds faces from about a tenth of that up: so the picture is also shown in tiles,
#: as shares of its shorter side, each overlapping the next.
_TILES, _STEP, _LOOK_PX = (1.0, 0.55, 0.3), 0.6, 192
_CONFIDENCE = 0.6
#: In a smaller tile a face would be a smudge already; a strip of a picture would be cut into thousands.
_SMALLEST_TILE_PX = 48
#: Radius of the blurred circle over half the width of the box that the model draws.
_GENEROUS = 1.5
#: A tile without more local contrast than this, both sideways and downwards, holds no face: 189 faces that were made
#: fainter step by step were last found at 6.4 and more. It is read at this size: a face is five pixels wide and more.
_PLAIN, _DETAIL_PX = 4.0, 48
#: (x, y, radius), px.
Circle = tuple[float, float, float]
#: Limbs, half as thick as this share of stature; their ends have to be seen this surely.
_LIMBS, _LIMB, _SURE = (("elbow", "wrist", "finger"), ("knee", "ankle", "heel"), ("heel", "toe")), 0.03, 0.5
#: Faces up to this share of a tile's side are left to it by the next larger tiles, which find a tenth of theirs.
_LARGEST = 0.25
#: The circle over a head is so many times as large as the head; with its back and the hair, by so much more.
OVER_HEAD, _WITH_HAIR = 1.6, 1.3
#: The head of a child that has begun to walk is as large as this of an adult's.
_HEAD = 0.75


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A person whose head is known: the outline from neck to heel, a polygon (n, 2), and a circle over the head, px."""

    outline: NDArray[np.float64]
    head: Circle

    def mask(self, height: int, width: int) -> NDArray[np.uint8]:
        """255 where body, head and hair are, (height, width)."""
        mask = np.zeros((height, width), np.uint8)
        cv2.fillPoly(mask, [np.round(self.outline).astype(np.int32)], 255)
        x, y, radius = self.head
        cv2.circle(mask, (round(x), round(y)), round(_WITH_HAIR * radius), 255, cv2.FILLED)
        return mask


def find_faces(pixels_hwc: NDArray[np.uint8], body: Body | None = None) -> list[Circle]:
    """Circles (x, y, radius) in px round every face found; the same face may be named several times.

    A face in front of a ``body`` is about as large as its own head. Where tiles look for smaller ones, only what is
    seen beside the body counts.
    """
    finders, crew = _finders()
    height, width = pixels_hwc.shape[:2]
    # the picture for larger tiles is shrunk from that for smaller ones
    grey = cv2.cvtColor(pixels_hwc, cv2.COLOR_RGB2GRAY)
    hidden = None if body is None else body.mask(height, width)
    tiles: list[tuple[int, int, int]] = []
    for side, starts in reversed(list(_levels(height, width))):
        size = _tiled_size(height, width, side)
        grey = _smaller(grey, size)
        hidden = None if hidden is None else _smaller(hidden, size)
        small = body is not None and 2 * _HEAD * body.head[2] / OVER_HEAD > _LARGEST * side
        detail = _detail(grey, hidden if small else None)
        tiles += [(x, y, side) for x, y in starts if _seen(detail, x, y, side) >= _PLAIN]

    def look(where: tuple[int, int, int]) -> list[Circle]:
        x, y, side = where
        tile = cv2.resize(pixels_hwc[y : y + side, x : x + side], (_LOOK_PX, _LOOK_PX), interpolation=cv2.INTER_LINEAR)
        image = ModelImage(tile).image
        scale = side / _LOOK_PX
        with finders.borrow() as finder:
            boxes = [face.bounding_box for face in finder.detect(image).detections]
        return [
            (
                x + scale * (box.origin_x + box.width / 2),
                y + scale * (box.origin_y + box.height / 2),
                scale * _GENEROUS * box.width / 2,
            )
            for box in boxes
        ]

    return [circle for found in crew.map(look, tiles) for circle in found]


def _tiled_size(height: int, width: int, side: int) -> tuple[int, int]:
    """Width and height of a picture in which tiles of a side are `_DETAIL_PX` large."""
    return max(1, round(width * _DETAIL_PX / side)), max(1, round(height * _DETAIL_PX / side))


def _smaller(grey: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture at a smaller width and height, averaged over areas; it is halved first, which is quick."""
    while min(grey.shape[0] / size[1], grey.shape[1] / size[0]) >= 4:
        grey = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    smaller: NDArray[np.uint8] = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return smaller


def _detail(grey: NDArray[np.uint8], hidden: NDArray[np.uint8] | None = None) -> NDArray[np.float32]:
    """Local contrast of a picture in which a tile is `_DETAIL_PX` large, grey levels a pixel.

    It is the smaller one of that sideways and that downwards: of straight edges, skirting boards and door frames, there
    is none. What is ``hidden`` (over 0), and a rim about it, does not count.
    """
    steps = [cv2.Sobel(grey, cv2.CV_32F, *way, ksize=1) for way in ((1, 0), (0, 1))]
    if hidden is not None:
        seen = (cv2.dilate(hidden, np.ones((5, 5), np.uint8)) == 0).astype(np.float32)
        steps = [step * seen for step in steps]
    across, down = (cv2.boxFilter(step * step, -1, (5, 5)) for step in steps)
    detail: NDArray[np.float32] = np.sqrt(np.maximum(cv2.min(across, down), 0))  # sums round below 0
    return detail


def _seen(detail: NDArray[np.float32], x: int, y: int, side: int) -> float:
    """Greatest local contrast in a tile."""
    rows, columns = (slice(round(at * _DETAIL_PX / side), round(at * _DETAIL_PX / side) + _DETAIL_PX) for at in (y, x))
    return float(detail[rows, columns].max())


def off_limbs(circles: list[Circle], pose: Pose, head: Circle) -> list[Circle]:
    """The circles without those that lie on a limb of the person and are smaller than any head there would be.

    A face in front of a limb is nearer than the person's own and as large; one behind it is hidden by it. What is left
    out is a hand, a knee or a shoe. ``head`` is the person's own, all in px.
    """
    return [one for one in circles if one[2] >= _HEAD * head[2] or not _on_a_limb(one, pose)]


def _on_a_limb(circle: Circle, pose: Pose) -> bool:
    middle, reach = np.array(circle[:2]), _LIMB * pose.stature_px
    for side in SIDES:
        for chain in _LIMBS:
            for upper, lower in pairwise(chain):
                if min(pose.visibility[index(name, side)] for name in (upper, lower)) < _SURE:
                    continue
                start, end = pose.point(upper, side), pose.point(lower, side)
                along = end - start
                share = np.clip((middle - start) @ along / max(float(along @ along), 1e-9), 0, 1)
                if np.hypot(*(middle - start - share * along)) < reach:
                    return True
    return False


def _levels(height: int, width: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Side of the square tiles of each size, and the top left corners of those that cover a picture."""
    for share in _TILES:
        side = int(min(height, width) * share)
        if side < _SMALLEST_TILE_PX:
            break
        yield side, [(x, y) for y in _starts(height, side) for x in _starts(width, side)]


def _starts(length: int, side: int) -> list[int]:
    """Starts of the tiles of a side, so that the first and last touch the ends of a length."""
    steps = max(1, round((length - side) / (_STEP * side)) + 1) if length > side else 1
    return [round(start) for start in np.linspace(0, max(0, length - side), steps)]


@cache
def _finders() -> tuple[ModelPool, Executor]:
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

    return ModelPool(make, threads()), pool(threads(), "face")
