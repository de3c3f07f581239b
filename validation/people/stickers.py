"""Half-balls stuck on ASIS and PSIS, and the round things on clothes that are none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians, tan

import cv2
import numpy as np

from validation.people.body import Body
from validation.people.camera import HEIGHT, WIDTH, Camera
from validation.people.mesh import Array
from validation.people.outfit import Part, dress, normals
from validation.people.paint import colours
from validation.people.person import Person

#: Colours that a sticker may have, sRGB; a ring is a black half-ball on a white round plaster.
STRONG = ((214, 36, 40), (32, 150, 60), (34, 84, 200), (240, 208, 30), (240, 120, 20), (220, 40, 150), (20, 180, 200))
WHITE, BLACK = (244, 244, 242), (18, 18, 20)
BUTTONS = ((230, 226, 214), (40, 36, 34), (120, 60, 40))
#: A sticker differs from what is worn by at least this, CIELAB.
APART = 30.0
#: How many are rings, where the clothes are not dark.
RING_SHARE = 0.3
RINGS, AROUND = 5, 14


@dataclass(frozen=True, eq=False)
class Stickers:
    """What is stuck on one person.

    parts : everything round, painted with the body · centres : ASIS and PSIS stickers' middles, m
    radius : of a sticker, m · ring : black with a white rim
    seen : share 0..1 of each sticker's pixels that nothing hides
    """

    parts: list[Part]
    centres: Mapping[str, Array]
    radius: float
    ring: bool
    seen: Mapping[str, float]

    def radius_px(self, camera: Camera) -> float:
        """Radius of a sticker in the picture."""
        return HEIGHT / 2 / tan(radians(camera.field / 2)) * self.radius / camera.distance


def stick(
    person: Person, body: Body, rng: np.random.Generator, marked: bool, confusing: bool
) -> tuple[list[Part], Stickers]:
    """The dressed body's parts with what is stuck on it; without ``marked`` only the confusing things."""
    clothes = dress(body.vertices, person.outfit)
    side = "L" if person.camera.side == "left" else "R"
    surface = _surface(clothes)
    found: dict[str, list[Part]] = {}
    centres: dict[str, Array] = {}
    collars: list[Part] = []
    radius = rng.uniform(0.005, 0.010)
    if marked:
        height = radius * rng.uniform(0.7, 1.1)
        colour = _unlike(person, rng)
        for name in ("ASIS", "PSIS"):
            at, outwards = _nearest(surface, body.joints[f"{name}.{side}"])
            found[name] = [_ball(at, outwards, radius, height, colour)]
            if colour == BLACK:
                collars.append(_ball(at - 0.0004 * outwards, outwards, 1.6 * radius, 0.0004, WHITE))
            centres[name] = at + 0.4 * height * outwards
    parts = collars + [part for ball in found.values() for part in ball]
    if confusing:
        parts += _confusing(surface, body, side, rng)
    seen = {name: _visible(clothes + parts, ball, person.camera) for name, ball in found.items()}
    return clothes + parts, Stickers(parts, centres, radius, bool(collars), seen)


def _unlike(person: Person, rng: np.random.Generator) -> tuple[float, float, float]:
    """A strong colour, or a ring's black, that is unlike skin and clothes, as the guide asks for."""
    coats = colours(person.room)
    worn = _lab(np.array([coats["skin"], coats["top"], coats["bottom"]]))
    choices = [BLACK] if rng.random() < RING_SHARE else []
    choices += [STRONG[k] for k in rng.permutation(len(STRONG))]
    apart = [float(np.linalg.norm(worn - _lab(np.array([one], float)), axis=1).min()) for one in choices]
    return next((one for one, away in zip(choices, apart, strict=True) if away > APART), choices[int(np.argmax(apart))])


def _lab(rgb: Array) -> Array:
    lab: Array = cv2.cvtColor((rgb[None] / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[0].astype(float)
    return lab


def _surface(parts: list[Part]) -> tuple[Array, Array]:
    """Middles and outward normals of everything that a sticker may be stuck to: the outermost layer comes last."""
    middles, outwards = [], []
    for part in parts:
        if part.name in ("hair", "eyes"):
            continue
        middles.append(part.vertices[part.faces].mean(axis=1))
        outwards.append(normals(part.vertices, part.faces)[part.faces].mean(axis=1))
    normal = np.concatenate(outwards)
    return np.concatenate(middles), normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)


def _nearest(surface: tuple[Array, Array], point: Array) -> tuple[Array, Array]:
    """The outermost place of the surface near a point on the skin, and which way is out there."""
    middles, outwards = surface
    near = np.argsort(np.linalg.norm(middles - point, axis=1))[:24]
    out = outwards[near].mean(axis=0)
    out /= np.linalg.norm(out)
    lift = float(np.max((middles[near] - point) @ out, where=np.linalg.norm(middles[near] - point, axis=1) < 0.02,
                        initial=0.0))  # fmt: skip
    return point + lift * out, out


def _ball(at: Array, outwards: Array, radius: float, height: float, colour: tuple[float, float, float]) -> Part:
    """A half-ball of this radius and height."""
    across = np.cross(outwards, [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    along = np.cross(outwards, across)
    rises, turns = np.linspace(0, np.pi / 2, RINGS), np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    points = [
        at + radius * np.cos(rise) * (np.cos(turn) * across + np.sin(turn) * along) + height * np.sin(rise) * outwards
        for rise in rises
        for turn in turns
    ]
    index = np.arange(RINGS * AROUND).reshape(RINGS, AROUND)
    quads = np.stack([index[:-1], np.roll(index[:-1], -1, 1), np.roll(index[1:], -1, 1), index[1:]], axis=-1)
    vertices = np.array(points)
    middle = vertices[quads[0, 0]].mean(axis=0)
    a, b, c = (vertices[quads[0, 0, k]] for k in (0, 1, 2))
    if np.cross(b - a, c - a) @ (middle - at) < 0:
        quads = quads[..., ::-1]
    return Part("sticker", quads.reshape(-1, 4), vertices, colour)


def _confusing(surface: tuple[Array, Array], body: Body, side: str, rng: np.random.Generator) -> list[Part]:
    """Buttons, pocket rivets or a print of dots near the hip, on the side that the camera sees."""
    middles, outwards = surface
    hip = body.joints[f"hip.{side}"]
    sign = 1.0 if side == "L" else -1.0
    near = np.flatnonzero((np.abs(middles[:, 1] - hip[1] - 0.06) < 0.13) & (np.sign(middles[:, 0]) == sign)
                          & (sign * outwards[:, 0] > 0.1) & (np.abs(middles[:, 2] - hip[2]) < 0.2))  # fmt: skip
    if not near.size:
        return []
    kind = ("buttons", "rivets", "print")[rng.integers(3)]
    if kind == "rivets":
        count, radius, colours = rng.integers(1, 4), 0.004, ((150, 140, 120),)
    elif kind == "buttons":
        count, radius, colours = rng.integers(1, 4), rng.uniform(0.005, 0.008), BUTTONS
    else:
        count, radius, colours = rng.integers(4, 14), rng.uniform(0.005, 0.014), STRONG
    colour = colours[rng.integers(len(colours))]
    parts = []
    for k in rng.choice(near, int(count)):
        parts.append(_ball(middles[k], outwards[k], radius, 0.0008, colour))
    return parts


def _visible(parts: list[Part], ball: list[Part], camera: Camera) -> float:
    """Share of a sticker's pixels, of those that it would show to the camera alone, that are seen on the body."""
    wanted = {id(part) for part in ball}
    alone, together = (np.zeros((HEIGHT * 2, WIDTH * 2), np.uint8) for _ in range(2))
    shapes, depths, mine = [], [], []
    for part in parts:
        pixels, depth = camera.project(part.vertices)
        outwards = normals(part.vertices, part.faces)[part.faces].mean(axis=1)
        facing = (outwards * (camera.where - part.vertices[part.faces].mean(axis=1))).sum(axis=1) > 0
        shapes.append(np.round((pixels[part.faces[facing]] + 0.5) * 2 * 16).astype(np.int32))
        depths.append(depth[part.faces[facing]].mean(axis=1) - (0.016 if part.name == "sticker" else 0.008))
        mine.append(np.full(int(facing.sum()), id(part) in wanted))
    corners, own = np.concatenate(shapes), np.concatenate(mine)
    for k in np.argsort(np.concatenate(depths))[::-1]:
        cv2.fillConvexPoly(together, corners[k], 255 if own[k] else 0, lineType=cv2.LINE_8, shift=4)
        if own[k]:
            cv2.fillConvexPoly(alone, corners[k], 255, lineType=cv2.LINE_8, shift=4)
    return float((together > 0).sum() / max(1, (alone > 0).sum()))
