"""Things that hang behind the back: long hair, a bag, the loose hem of a jacket.

Each is a tube of rounded sections hung onto the posed body, from a few numbers drawn by the person's seed. How far it
truly stands out behind the bare back is measured on the picture (`over_back`), not promised here. Sizes are chosen by
eye; no survey of what people wear stands behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import cv2
import numpy as np

from validation.people.body import body_vertices
from validation.people.camera import Camera, silhouette
from validation.people.mesh import Array, Indices
from validation.people.outfit import Part, on_arm, upper_hull
from validation.people.paint import CLOTH, WALL

Kind = Literal["none", "hair", "bag", "jacket"]
Colour = tuple[float, float, float]

#: Hair from black to grey, sRGB.
HAIR: tuple[Colour, ...] = ((28, 22, 20), (58, 40, 30), (98, 66, 42), (176, 138, 88), (120, 58, 32), (168, 164, 160))
#: Share of bags and jackets that are coloured as the top, and as a wall.
LIKE_TOP, LIKE_WALL = 0.2, 0.2
#: Clearance of what is worn from the skin, m.
LYING = 0.006
#: Corners of one section, and how square it is: 1 an ellipse, 0 a rectangle.
CORNERS, ROUND = 24, 0.6


@dataclass(frozen=True)
class Cover:
    """What hangs behind one person.

    top, end : where it begins and ends, shares of the way from hip to shoulder · off : thickness, depth or stand-off, m
    half : half its width, m · sway : degrees that it hangs from the vertical, + with its end behind
    hang : share 0..1 that it hangs free, the rest lies on the back
    beside : a bag at the side, from how far behind the back by ``off``; -1 at the right hip, 1 at the left, 0 behind
    colour : None as the top
    """

    kind: Kind
    top: float
    end: float
    off: float
    half: float
    sway: float
    hang: float
    beside: int
    colour: Colour | None


def drawn_cover(rng: np.random.Generator, kind: Kind) -> Cover | None:
    """Drawn numbers of one kind; None of "none"."""
    if kind == "none":
        return None
    coloured, cloth, wall = rng.random(), CLOTH[rng.integers(len(CLOTH))], WALL[rng.integers(len(WALL))]
    colour = None if coloured < LIKE_TOP else wall if coloured > 1 - LIKE_WALL else cloth
    sway, hang = float(rng.uniform(-3, 3)), float(rng.uniform(0, 1))
    if kind == "hair":
        end, thick, half = rng.uniform(-0.1, 0.6), rng.uniform(0.004, 0.035), rng.uniform(0.07, 0.13)
        return Cover(kind, 1.0, end, thick, half, sway, hang, 0, HAIR[rng.integers(len(HAIR))])
    if kind == "jacket":  # most are the top itself
        end, off = rng.uniform(-0.45, 0.2), rng.uniform(0.0, 0.08)
        return Cover(kind, 0.95, end, off, 0.015, 0.0, hang, 0, cloth if coloured > 0.7 else None)
    if rng.random() < 0.5:
        top, tall, side = rng.uniform(0.25, 0.6), rng.uniform(0.35, 0.6), 1 if rng.random() < 0.5 else -1
        return Cover(kind, top, top - tall, rng.uniform(-0.03, 0.08), rng.uniform(0.04, 0.08), 0.0, 1.0, side, colour)
    top, end, deep = rng.uniform(0.8, 0.98), rng.uniform(-0.1, 0.5), rng.uniform(0.01, 0.10)
    return Cover(kind, top, end, deep, rng.uniform(0.11, 0.16), 0.0, hang, 0, colour)


def worn(cover: Cover, vertices: Array, joints: Mapping[str, Array], top_colour: Array) -> list[Part]:
    """The visible parts of what hangs behind a body of these posed vertices (n, 3)."""
    frame = _Trunk(vertices, joints)
    red, green, blue = top_colour.tolist() if cover.colour is None else cover.colour
    if cover.kind == "hair":
        shapes = [_hair(cover, frame)]
    elif cover.kind == "jacket":
        shapes = [_jacket(cover, frame)]
    else:
        shapes = _side_bag(cover, frame) if cover.beside else _backpack(cover, frame)
    return [Part("cover", faces, points, (red, green, blue)) for faces, points in shapes]


def over_back(parts: list[Part], vertices: Array, joints: Mapping[str, Array], camera: Camera) -> float:
    """How far parts reach out behind the bare back between seat and shoulder blades, percent of stature."""
    bare = silhouette(vertices, camera, arms=False)
    both = bare.copy()
    for part in parts:
        pixels, _ = camera.project(part.vertices)
        for corner in np.round((pixels[part.faces] + 0.5) * 16).astype(np.int32):
            cv2.fillConvexPoly(both, corner, 255, lineType=cv2.LINE_8, shift=4)
    rows = back_rows(joints, camera)
    lines = [back_edge(mask[rows] > 0, camera) for mask in (both, bare)]
    tall = np.ptp(np.flatnonzero(silhouette(vertices, camera).any(axis=1)))
    return float(100 * np.max(lines[1] - lines[0], initial=0.0) / tall)


def back_rows(joints: Mapping[str, Array], camera: Camera) -> slice:
    """Rows of the picture between seat and shoulder blades."""
    hip, shoulder = (camera.project((joints[f"{n}.L"] + joints[f"{n}.R"])[None] / 2)[0][0] for n in ("hip", "shoulder"))
    return slice(int(hip[1] - 0.65 * (hip[1] - shoulder[1])), int(hip[1] + 0.3 * (hip[1] - shoulder[1])))


def back_edge(inside: np.ndarray[tuple[int, int], np.dtype[np.bool_]], camera: Camera) -> Array:
    """Column of the rear edge on each row, counted from behind the person."""
    inside = inside[:, ::-1] if camera.side == "left" else inside  # facing right: the back is the first edge
    return np.where(inside.any(axis=1), inside.argmax(axis=1), inside.shape[1]).astype(float)


class _Trunk:
    """Where the posed body is: heights by shares of hip → shoulder, its rear line and its half width."""

    def __init__(self, vertices: Array, joints: Mapping[str, Array]) -> None:
        self.skin = vertices[_armless()]
        self.hip, self.shoulder = ((joints[f"{n}.L"] + joints[f"{n}.R"]) / 2 for n in ("hip", "shoulder"))
        self.wide = abs(float(joints["shoulder.L"][0]))
        self.crown = float(self.skin[:, 1].max())

    def height(self, share: float) -> float:
        return float(self.hip[1] + share * (self.shoulder[1] - self.hip[1]))

    def _near(self, y: float) -> Array:
        return self.skin[np.abs(self.skin[:, 1] - y) < 0.025]

    def rear(self, heights: Array) -> Array:
        """z of the most backward skin, without its unevenness."""
        return _even(np.array([self._near(y)[:, 2].min() for y in heights]))

    def front(self, heights: Array) -> Array:
        """z of the most forward skin."""
        return _even(np.array([self._near(y)[:, 2].max() for y in heights]))

    def half(self, heights: Array) -> Array:
        """Half the width of the trunk."""
        return _even(np.array([np.quantile(np.abs(self._near(y)[:, 0]), 0.97) for y in heights]))


def _even(course: Array, over: int = 9) -> Array:
    """The moving mean over so many rows, the ends held."""
    mean: Array = np.convolve(np.pad(course, over // 2, "edge"), np.full(over, 1 / over), "valid")
    return mean


@cache
def _armless() -> Indices:
    skin = body_vertices()
    chosen: Indices = skin[~on_arm()[skin]]
    return chosen


def _hair(cover: Cover, trunk: _Trunk) -> tuple[Indices, Array]:
    """A curtain from the back of the head: over the nape and down from the most backward point of the way."""
    y = np.linspace(trunk.crown - 0.07, trunk.height(cover.end), 60)
    low, lying = trunk.crown - y, trunk.rear(y) - LYING
    nape = low < 0.25
    free = np.minimum.accumulate(np.where(nape, np.inf, lying))
    free -= np.maximum(0.0, trunk.height(0.85) - y) * np.tan(np.radians(cover.sway))
    rear = np.where(nape, lying, lying + cover.hang * (np.minimum(free, lying) - lying))
    left = np.minimum(1.0, (y - y[-1] + 0.005) / 0.10)  # towards its end it thins
    thick = np.interp(low, [0.07, 0.20, 0.38], [0.012, 0.02, cover.off]) * (0.2 + 0.8 * left)
    inside = np.interp(low, [0.07, 0.16, 0.26, 0.36], [0.12, 0.09, 0.06, 0.01])
    half = np.interp(low, [0.07, 0.16, 0.26, 0.40], [0.085, 0.09, 0.095, cover.half])
    half = half * (0.6 + 0.4 * left) * (1 + 0.04 * np.sin(25 * low / low[-1]))
    return _tube(y, _even(rear, 5) - thick, _even(rear, 5) + inside, half)


def _jacket(cover: Cover, trunk: _Trunk) -> tuple[Indices, Array]:
    """The rear half of a jacket, from the shoulder blades towards a hem that stands off by up to ``off``."""
    y = np.linspace(trunk.height(cover.top), trunk.height(cover.end), 50)
    lying = trunk.rear(y) - 0.01
    apex = int(np.argmin(np.where(y > trunk.height(0.55), lying, np.inf)))
    free = np.interp(-y, [-y[apex], -y[-1]], [lying[apex], lying[-1] - cover.off])
    rear = np.where(y < y[apex], lying + cover.hang * (np.minimum(lying, free) - lying), lying)
    half = np.maximum.accumulate(np.minimum(trunk.half(y), trunk.wide) + cover.half)
    return _tube(y, rear, (trunk.rear(y) + 1.4 * trunk.front(y)) / 2.4, half)


def _backpack(cover: Cover, trunk: _Trunk) -> list[tuple[Indices, Array]]:
    """A bag that lies on the back, and its two straps."""
    y = np.linspace(trunk.height(cover.top), trunk.height(cover.end), 40)
    skin = trunk.rear(y) - LYING
    lying = skin + cover.hang * (-upper_hull(y[::-1], -skin[::-1])[::-1] - skin)
    along = np.linspace(0, 1, len(y))
    deep = cover.off * np.interp(along, [0, 0.15, 0.6, 0.95, 1], [0.45, 0.75, 1.0, 0.95, 0.8])
    shapes = [_tube(y, lying - deep, lying, np.full(len(y), cover.half))]
    ribs = trunk.height(0.62)
    side = float(trunk.half(np.array([ribs]))[0]) + 0.004
    shoulder = float(trunk.shoulder[2])
    for sign in (-1.0, 1.0):
        chest = float(trunk.front(np.array([trunk.height(0.9)]))[0])
        path = np.array([
            [sign * 0.10, y[0] - 0.02, lying[0]],
            [sign * 0.11, trunk.height(1.0) + 0.045, shoulder - 0.02],
            [sign * 0.12, trunk.height(1.0) + 0.02, shoulder + 0.06],
            [sign * 0.13, trunk.height(0.85), chest - 0.03],
            [sign * side, ribs, trunk.hip[2] + 0.03],
            [sign * 0.13, y[-1] + 0.06, lying[-1]],
        ])  # fmt: skip
        shapes.append(_band(path))
    return shapes


def _side_bag(cover: Cover, trunk: _Trunk) -> list[tuple[Indices, Array]]:
    """A bag at one hip, its rear end behind the back by ``off``, and the strap from the shoulder."""
    y = np.linspace(trunk.height(cover.top), trunk.height(cover.end), 30)
    rear = float(trunk.rear(y).min()) - cover.off
    ends = 0.24 + 2 * (0.08 - cover.half)
    middle = cover.beside * (float(trunk.half(y).max()) + cover.half)
    puff = np.interp(np.linspace(0, 1, len(y)), [0, 0.2, 0.9, 1], [0.85, 1.0, 1.0, 0.92])
    centre = rear + ends / 2
    faces, points = _tube(y, centre - ends / 2 * puff, centre + ends / 2 * puff, cover.half * puff)
    strap = np.array([
        [middle, y[0] - 0.02, centre - 0.07],
        [cover.beside * trunk.wide * 0.8, trunk.height(1.0) + 0.04, float(trunk.shoulder[2])],
        [middle, y[0] - 0.02, centre + 0.07],
    ])  # fmt: skip
    return [(faces, points + [middle, 0.0, 0.0]), _band(strap)]


def _tube(y: Array, rear: Array, front: Array, half: Array) -> tuple[Indices, Array]:
    """A closed tube of rounded sections at the heights ``y``, from ``rear`` to ``front`` and ± ``half``, m."""
    turns = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    across, along = (np.sign(f(turns)) * np.abs(f(turns)) ** ROUND for f in (np.cos, np.sin))
    middle, deep = (rear + front) / 2, np.abs(front - rear) / 2
    z = middle[:, None] + deep[:, None] * along
    rings = np.stack([half[:, None] * across, np.repeat(y[:, None], CORNERS, 1), z], 2)
    ends = [ring.mean(axis=0, keepdims=True).repeat(CORNERS, 0)[None] for ring in (rings[0], rings[-1])]
    return _quads(np.concatenate([ends[0], rings, ends[1]]))


def _band(path: Array, wide: float = 0.02, thick: float = 0.006) -> tuple[Indices, Array]:
    """A strap along a path (n, 3), its points joined by a smooth line."""
    at = np.linspace(0, len(path) - 1, 8 * (len(path) - 1) + 1)
    line = np.column_stack([np.interp(at, np.arange(len(path)), path[:, k]) for k in range(3)])
    towards = np.gradient(line, axis=0)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    out = np.cross(towards, [1.0, 0.0, 0.0])
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    turns = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    sideways = np.column_stack([thick * np.sin(turns), 0 * turns, 0 * turns])
    return _quads(line[:, None] + wide * np.cos(turns)[:, None] * out[:, None] + sideways)


def _quads(rings: Array) -> tuple[Indices, Array]:
    """Faces between rings (n, m, 3) of points, their corners ordered to face outwards."""
    rows, around = rings.shape[:2]
    index = np.arange(rows * around).reshape(rows, around)
    quads = np.stack([index[:-1], np.roll(index[:-1], -1, 1), np.roll(index[1:], -1, 1), index[1:]], axis=-1)
    points = rings.reshape(-1, 3)
    faces = quads.reshape(-1, 4)
    corners = points[faces]
    across = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    away = corners.mean(axis=1) - np.repeat((rings[:-1].mean(axis=1) + rings[1:].mean(axis=1)) / 2, around, axis=0)
    inwards = (across * away).sum() < 0
    return (faces[:, ::-1] if inwards else faces), points
