"""The sister family: bodies that vary as real people do, by a law of their own, for fitting.

It meets the same statistics as the family that judges (`real_bodies`) with other shape targets, with bumps in place of
waves, and with the clothes and the skin of the wider family. Nothing is judged on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from validation.people.body import Shape, reshaped_by
from validation.people.family import Family, Reshape
from validation.people.mesh import Array
from validation.people.real_bodies import drawn_depths
from validation.people.trunk import moved, with_depths
from validation.people.wider import WIDER

#: Shape targets with their opposite ("{side}": both legs or arms alike), and the SD of their strength.
TARGETS = (
    ("stomach/stomach-tone", "incr", "decr"),
    ("stomach/stomach-navel", "up", "down"),
    ("buttocks/buttocks-volume", "incr", "decr"),
    ("pelvis/pelvis-tone", "incr", "decr"),
    ("hip/hip-scale-horiz", "incr", "decr"),
    ("hip/hip-trans", "up", "down"),
    ("hip/hip-waist", "up", "down"),
    ("torso/torso-scale-horiz", "incr", "decr"),
    ("torso/torso-muscle-dorsi", "incr", "decr"),
    ("torso/measure-bust-circ", "incr", "decr"),
    ("breast/breast-trans", "up", "down"),
    ("neck/neck-scale-depth", "incr", "decr"),
    ("neck/neck-trans", "forward", "backward"),
    ("legs/measure-thigh-circ", "incr", "decr"),
    ("legs/{side}-upperleg-fat", "incr", "decr"),
    ("legs/{side}-lowerleg-muscle", "incr", "decr"),
    ("arms/{side}-upperarm-fat", "incr", "decr"),
)
STRENGTH_SD = 0.25
#: Distance of the bumps and their width in distances, shares of stature.
APART, WIDTH = (0.07, 0.10), (0.5, 0.7)
#: SD of the course of back and front, shares of stature, at these heights.
AT = (0.42, 0.50, 0.58, 0.65, 0.74, 0.82)
BACK = (0.006, 0.006, 0.010, 0.0, 0.0, 0.0)
FRONT = (0.014, 0.014, 0.013, 0.010, 0.003, 0.001)
#: Share of an added depth that lies in front, chest, waist, seat: lowest and highest.
IN_FRONT = ((0.5, 0.9), (0.55, 0.9), (0.2, 0.5))


def _form(shape: Shape, rng: np.random.Generator) -> tuple[Shape, Reshape]:
    depths, mass = drawn_depths(rng, shape.sex > 0.5)
    drawn = replace(
        shape,
        age=rng.uniform(0.0, 0.8),
        muscle=rng.uniform(0.2, 0.9),
        weight=float(np.clip(0.6 + 0.13 * mass + 0.08 * rng.standard_normal(), 0.05, 0.98)),
        height=float(np.clip(0.5 + 0.05 * rng.standard_normal(), 0.1, 0.9)),
        local={},
    )
    return drawn, partial(_reshaped, depths=depths)


def _reshaped(vertices: Array, rng: np.random.Generator, depths: Array) -> Array:
    vertices = reshaped_by(TARGETS, STRENGTH_SD, vertices, rng)
    vertices = moved(vertices, partial(_bumps, *_drawn_bumps(rng), BACK), partial(_bumps, *_drawn_bumps(rng), FRONT))
    return with_depths(vertices, depths, np.array([rng.uniform(*share) for share in IN_FRONT]))


def _drawn_bumps(rng: np.random.Generator) -> tuple[Array, float, Array]:
    """Heights of the bumps (k,), their width, and how far each goes (k,), SD 1."""
    apart = rng.uniform(*APART)
    centres = np.arange(0.34 + rng.uniform(0, apart), 0.9, apart)
    return centres, float(apart * rng.uniform(*WIDTH)), rng.standard_normal(len(centres))


def _bumps(centres: Array, width: float, far: Array, sd: tuple[float, ...], height: Array) -> Array:
    bells = np.exp(-0.5 * ((height[:, None] - centres) / width) ** 2)
    course: Array = np.interp(height, AT, sd) * (bells @ far) / np.sqrt((bells**2).sum(axis=1) + 1e-9)
    return course


SISTERS = Family(_form, WIDER.outfit, WIDER.skin)
