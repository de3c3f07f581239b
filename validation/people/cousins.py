"""The cousin family: bodies that vary as real people do, by a third law, on whom line, cuts and doubt are chosen.

It meets the same statistics as the family that judges (`real_bodies`) with other shape targets, courses of slow and
quick cosines over the whole trunk, and soft lumps. Nothing is fitted to its bodies and nothing is judged on it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from validation.people.body import Shape, Skin, body_vertices, reshaped_by
from validation.people.family import Family, Reshape
from validation.people.mesh import Array
from validation.people.outfit import draw_outfit
from validation.people.real_bodies import drawn_depths
from validation.people.trunk import HIGH, LOW, moved, with_depths

#: Shape targets with their opposite, and the SD of their strength.
TARGETS = (
    ("hip/hip-trans", "forward", "backward"),
    ("stomach/stomach-navel", "in", "out"),
    ("torso/torso-trans", "forward", "backward"),
    ("torso/torso-scale-vert", "incr", "decr"),
    ("torso/measure-waist-circ", "incr", "decr"),
    ("torso/measure-hips-circ", "incr", "decr"),
    ("torso/measure-underbust-circ", "incr", "decr"),
)
STRENGTH_SD = 0.15
#: Half waves on the trunk, and how their SD falls from one to the next.
HALVES, FALL = 8, 1.0
#: SD of the course of back and front, shares of stature, at these heights; of the lumps, m.
AT = (0.42, 0.50, 0.58, 0.65, 0.74, 0.82)
BACK = (0.003, 0.0032, 0.0055, 0.002, 0.0, 0.0)
FRONT = (0.006, 0.0065, 0.0062, 0.006, 0.002, 0.001)
LUMPS = 0.0015
#: Share of an added depth that lies in front, chest, waist, seat, and its SD.
IN_FRONT, IN_FRONT_SD = (0.65, 0.7, 0.4), 0.2


def _form(shape: Shape, rng: np.random.Generator) -> tuple[Shape, Reshape]:
    depths, mass = drawn_depths(rng, shape.sex > 0.5)
    drawn = replace(
        shape,
        weight=float(np.clip(0.55 + 0.17 * mass + 0.03 * rng.standard_normal(), 0.05, 0.98)),
        height=float(np.clip(0.5 + 0.048 * rng.standard_normal(), 0.1, 0.9)),
    )
    return drawn, partial(_reshaped, depths=depths)


def _reshaped(vertices: Array, rng: np.random.Generator, depths: Array) -> Array:
    vertices = reshaped_by(TARGETS, STRENGTH_SD, vertices, rng)
    sizes = FALL ** np.arange(1, HALVES + 1)
    sizes /= np.sqrt((sizes**2).sum() / 2)
    back, front = (partial(_course, sizes * rng.standard_normal(HALVES), sd) for sd in (BACK, FRONT))
    vertices = _lumps(moved(vertices, back, front), rng)
    front_shares = np.clip(np.array(IN_FRONT) + IN_FRONT_SD * rng.standard_normal(), 0.1, 0.95)
    return with_depths(vertices, depths, front_shares)


def _course(far: Array, sd: tuple[float, ...], height: Array) -> Array:
    along = np.clip((height - LOW) / (HIGH - LOW), 0, 1)
    course: Array = np.interp(height, AT, sd) * (np.cos(np.pi * along[:, None] * np.arange(1, len(far) + 1)) @ far)
    return course


def _lumps(vertices: Array, rng: np.random.Generator) -> Array:
    """Twenty soft pushes of 6 to 12 cm, forward or backward, the same left and right."""
    folded = np.column_stack([np.abs(vertices[:, 0]), vertices[:, 1:]])
    centres, width = folded[rng.choice(body_vertices(), 20)], rng.uniform(0.06, 0.12, 20)
    apart = ((folded[:, None] - centres) ** 2).sum(axis=2)
    pushed = vertices.copy()
    pushed[:, 2] += LUMPS * (np.exp(-0.5 * apart / width**2) @ rng.standard_normal(20))
    return pushed


def _skin(rng: np.random.Generator) -> Skin:
    """Skin that leaves the pelvis over 5 to 10 cm and follows it by 90 to 100 %."""
    return Skin(fade=rng.uniform(0.05, 0.10), follows=rng.uniform(0.9, 1.0))


COUSINS = Family(_form, draw_outfit, _skin)
