"""Paper figures: observations drawn from known angles, as a perfect model would see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Frame
from posture.body.observation import Observation, Settled
from posture.body.orientation import Orientation
from posture.body.pose import LANDMARKS, NOSE, Pose, Side, index
from posture.body.silhouette import Outline, Silhouette
from posture.geometry import rotated

Array = NDArray[np.float64]
WIDTH, HEIGHT = 900, 1400
MODEL = "0" * 64


@dataclass(frozen=True)
class Figure:
    """A standing person; angles in degrees with the project's signs, lengths in px.

    hollow_px : depth of a smooth lumbar hollow of the back line · roll_deg : camera roll, clockwise
    yaw_gap : sideways distance of left and right shoulder as a share of the trunk's length
    """

    trunk: float = -3.0
    thigh: float = 3.0
    shank: float = 5.0
    facing: str = "right"
    size: float = 1000.0
    roll_deg: float = 0.0
    hollow_px: float = 40.0
    yaw_gap: float = 0.02
    sigma_px: float = 1.0
    ankles_apart: float = 0.0


def joints(figure: Figure) -> dict[str, Array]:
    """Near-side joints, x forward and y up, ankle at the origin; lengths after Drillis and Contini."""
    up = {
        "knee": 0.245 * figure.size * _along(figure.shank),
        "hip": 0.245 * figure.size * _along(figure.thigh),
        "shoulder": 0.288 * figure.size * _along(figure.trunk),
        "ear": 0.12 * figure.size * _along(5.0),
    }
    points = {"ankle": np.zeros(2)}
    for name in ("knee", "hip", "shoulder", "ear"):
        points[name] = list(points.values())[-1] + up[name]
    points["heel"] = np.array([-0.03, -0.035]) * figure.size
    points["toe"] = np.array([0.11, -0.035]) * figure.size
    return points


def observation(figure: Figure) -> Observation:
    """What a model would report of the figure, standing in the middle of a WIDTH × HEIGHT photo."""
    points = joints(figure)
    near, far = ("right", "left") if figure.facing == "right" else ("left", "right")
    xy = np.zeros((LANDMARKS, 2))
    xy[:] = points["shoulder"]
    gap = figure.yaw_gap * 0.288 * figure.size
    for name, point in points.items():
        xy[index(name, near)] = point
        xy[index(name, far)] = point + [gap if name == "shoulder" else 0.0, 0.0]
    for name in ("ankle", "heel", "toe"):
        xy[index(name, far)] = xy[index(name, near)] + [figure.ankles_apart * figure.size, 0.0]
    xy[index("knee", far)] = xy[index("knee", near)] + [figure.ankles_apart / 2 * figure.size, 0.0]
    xy[NOSE] = points["ear"] + np.array([0.06, 0.0]) * figure.size
    for name in ("eye", "mouth"):
        for side in ("left", "right"):
            xy[index(name, side)] = xy[NOSE] + [-0.01 * figure.size, (0.02 if name == "eye" else -0.02) * figure.size]
    xy[1:7] = xy[index("eye", "left")]
    for name in ("elbow", "wrist"):  # arms held forward, clear of the back
        drop = 0.1 if name == "elbow" else 0.12
        reach = 0.1 if name == "elbow" else 0.25
        for side in ("left", "right"):
            xy[index(name, side)] = points["shoulder"] + np.array([reach, -drop]) * figure.size
    xy[17:23] = xy[index("wrist", near)]

    pose = Pose(
        xy_px=_to_pixels(xy, figure),
        visibility=np.ones(LANDMARKS),
        sigma_px=np.full(LANDMARKS, figure.sigma_px),
        world_m=_world(points, figure),
    )
    outline = _outline(points, figure)
    return Observation(
        width_px=WIDTH,
        height_px=HEIGHT,
        pose=pose,
        silhouette=Silhouette(outline, outline, outline),
        others_px=(),
        faces_px=(),
        body_share=1.0,
        passes=6,
        photo_px_per_px=1.0,
    )


def frame(width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """A grey photo for observers that do not look at it."""
    return Frame(np.full((height, width, 3), 128, np.uint8), width, height, "f" * 64, "drawn.png")


class Sees:
    """An observer that reports a fixed observation, or raises a fixed error."""

    model_sha256 = MODEL

    def __init__(self, seen: Observation | Exception) -> None:
        self.seen = seen

    def __call__(self, _frame: Frame, _settled: Settled | None = None) -> Observation:
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen


def with_pose(seen: Observation, **changes: Array) -> Observation:
    """The same observation with arrays of its pose replaced."""
    return replace(seen, pose=replace(seen.pose, **changes))


def back_line(points: dict[str, Array], figure: Figure, height: Array) -> Array:
    """x of the back at heights y: behind the joints, with a hollow of cosine shape in the lumbar region."""
    names = ("heel", "ankle", "knee", "hip", "shoulder", "ear")
    chain = np.array([points[name] for name in names])
    chain[0] = [0.0, points["heel"][1]]
    base = np.interp(height, chain[:, 1], chain[:, 0]) - 0.09 * figure.size
    share = (height - points["hip"][1]) / (points["shoulder"][1] - points["hip"][1])
    inside = (share > 0) & (share < 0.8)
    hollow = np.where(inside, (1 - np.cos(2 * np.pi * share / 0.8)) / 2, 0.0)
    return base + figure.hollow_px * hollow


def _along(lean_deg: float) -> Array:
    return np.array([sin(radians(lean_deg)), cos(radians(lean_deg))])


def _to_pixels(xy: Array, figure: Figure) -> Array:
    """Body coordinates to the photo: mirrored when facing left, y down, rolled about the middle of the photo."""
    forward = 1.0 if figure.facing == "right" else -1.0
    pixels = xy * (forward, -1.0) + (WIDTH / 2, HEIGHT / 2 + 0.45 * figure.size)
    return rotated(pixels, (WIDTH / 2, HEIGHT / 2), -figure.roll_deg)


def _world(points: dict[str, Array], figure: Figure) -> Array:
    world = np.zeros((LANDMARKS, 3))
    for name, point in points.items():
        for side in ("left", "right"):
            world[index(name, side), :2] = (point - points["hip"]) * (1.0, -1.0) / figure.size
            world[index(name, side), 2] = 0.15 if side == "left" else -0.15
    return world


def _outline(points: dict[str, Array], figure: Figure) -> Outline:
    height = np.arange(points["heel"][1], points["ear"][1] - 0.05 * figure.size, 0.5)
    dorsal = np.column_stack([back_line(points, figure, height), height])
    ventral = dorsal + (0.2 * figure.size, 0.0)
    dorsal_px, ventral_px = _to_pixels(dorsal, figure), _to_pixels(ventral, figure)
    rows = np.arange(
        np.ceil(max(dorsal_px[-1, 1], ventral_px[-1, 1])), np.floor(min(dorsal_px[0, 1], ventral_px[0, 1]))
    )
    edges = [np.interp(rows, edge[::-1, 1], edge[::-1, 0]) for edge in (dorsal_px, ventral_px)]
    left, right = edges if figure.facing == "right" else edges[::-1]
    return Outline(rows, left, right)


def side_on(facing: Side) -> Orientation:
    """Somebody who stands exactly side-on, before a camera whose roll is unknown."""
    return Orientation(facing, facing, 0.0, 0.0, None)
