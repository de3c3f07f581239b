"""A camera beside the person, and the silhouette that it sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin, tan
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from validation.people.mesh import Array, Indices, mesh

WIDTH, HEIGHT = 720, 1280


@dataclass(frozen=True)
class Camera:
    """Where the camera stands.

    side : which side of the body it sees; seeing the left side, the person faces image left
    distance, height : metres from the person and above the ground · sight : height it looks at, metres
    yaw : degrees that the body is turned from exact profile · roll : clockwise · field : vertical field of view
    scale : of the picture beside `WIDTH` × `HEIGHT`
    """

    side: Literal["left", "right"] = "right"
    distance: float = 3.0
    height: float = 0.95
    sight: float = 0.95
    yaw: float = 0.0
    roll: float = 0.0
    field: float = 42.0
    scale: float = 1.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, px."""
        return round(WIDTH * self.scale), round(HEIGHT * self.scale)

    @property
    def where(self) -> Array:
        """The camera's place (3,), m."""
        around = radians((90.0 if self.side == "left" else -90.0) + self.yaw)
        return np.array([sin(around) * self.distance, self.height, cos(around) * self.distance])

    @property
    def axes(self) -> tuple[Array, Array, Array]:
        """Unit vectors to the picture's right, up in it, and ahead."""
        ahead = np.array([0.0, self.sight, 0.0]) - self.where
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        up = np.cross(right, ahead)
        c, s = cos(radians(self.roll)), sin(radians(self.roll))
        right, up = c * right - s * up, s * right + c * up
        return right, up, ahead

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels (n, 2) of points (n, 3) in metres, (x, y) from the top left, and their distance in metres."""
        right, up, ahead = self.axes
        away = points - self.where
        depth = away @ ahead
        wide, tall = self.size
        focal = tall / 2 / tan(radians(self.field / 2))
        pixels = np.column_stack([wide / 2 + focal * (away @ right) / depth, tall / 2 - focal * (away @ up) / depth])
        return pixels - 0.5, depth


def silhouette(vertices: Array, camera: Camera, arms: bool = True) -> NDArray[np.uint8]:
    """Mask (HEIGHT, WIDTH) of the bare body, 255 inside; without ``arms`` as if they were not there."""
    pixels, _ = camera.project(vertices)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    corners = np.round((pixels[skin_faces() if arms else armless_faces()] + 0.5) * 16).astype(np.int32)
    for corner in corners:
        cv2.fillConvexPoly(mask, corner, 255, lineType=cv2.LINE_8, shift=4)
    return mask


@cache
def skin_faces() -> Indices:
    """The quadrilaterals of the skin."""
    return mesh().faces_of("body")


@cache
def armless_faces() -> Indices:
    """Those of the skin that move mostly with trunk, head and legs."""
    from validation.people.mesh import rig

    frame = rig()
    of_arm = [name.startswith(("upperarm", "lowerarm", "wrist", "finger", "metacarpal")) for name in frame.names]
    share = frame.weights[:, of_arm].sum(axis=1)
    faces = skin_faces()
    return faces[share[faces].mean(axis=1) < 0.5]
