"""The matched family: bodies that vary as real people do, by one law, and never fitted on.

Depths of chest, waist and seat are drawn as ANSUR II measured them, sex by sex; what is left of the slopes of scanned
people are waves of some 30 cm, strongest at seat, loin and belly (`real_bodies`). The law was settled before any error
was looked at. Nothing that fits or chooses may import this file (a test checks it).
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

#: Shape targets with their opposite, none of them in a family that is fitted on, and the SD of their strength.
TARGETS = (
    ("torso/torso-vshape", "incr", "decr"),
    ("torso/torso-muscle-pectoral", "incr", "decr"),
    ("torso/measure-napetowaist-dist", "incr", "decr"),
    ("torso/measure-waisttohip-dist", "incr", "decr"),
    ("hip/hip-scale-vert", "incr", "decr"),
    ("pelvis/bulge", "incr", "decr"),
)
STRENGTH_SD = 0.25
#: Wave lengths, shares of stature, and how many waves a course is made of.
LENGTHS, WAVES = (0.15, 0.24), 8
#: SD of the waves of back and front, shares of stature, at these heights.
AT = (0.42, 0.50, 0.58, 0.65, 0.74, 0.82)
BACK = (0.003, 0.003, 0.0052, 0.002, 0.0, 0.0)
FRONT = (0.006, 0.0065, 0.006, 0.0055, 0.0025, 0.001)
#: Share of an added depth that lies in front, chest, waist, seat, and its SD.
IN_FRONT, IN_FRONT_SD = (0.7, 0.75, 0.35), 0.1


def _form(shape: Shape, rng: np.random.Generator) -> tuple[Shape, Reshape]:
    depths, mass = drawn_depths(rng, shape.sex > 0.5)
    drawn = replace(
        shape,
        weight=float(np.clip(0.58 + 0.15 * mass + 0.05 * rng.standard_normal(), 0.05, 0.98)),
        height=float(np.clip(0.5 + 0.045 * rng.standard_normal(), 0.1, 0.9)),
    )
    return drawn, partial(_reshaped, depths=depths)


def _reshaped(vertices: Array, rng: np.random.Generator, depths: Array) -> Array:
    vertices = reshaped_by(TARGETS, STRENGTH_SD, vertices, rng)
    vertices = moved(vertices, partial(_wave, *_drawn_waves(rng), BACK), partial(_wave, *_drawn_waves(rng), FRONT))
    front = np.clip(np.array(IN_FRONT) + IN_FRONT_SD * rng.standard_normal(3), 0, 1)
    return with_depths(vertices, depths, front)


def _drawn_waves(rng: np.random.Generator) -> tuple[Array, Array]:
    """Lengths (k,) and the amplitudes of cosine and sine (2, k)."""
    return rng.uniform(*LENGTHS, WAVES), rng.standard_normal((2, WAVES)) / np.sqrt(WAVES)


def _wave(lengths: Array, amplitudes: Array, sd: tuple[float, ...], height: Array) -> Array:
    phase = 2 * np.pi * height[:, None] / lengths
    course: Array = np.interp(height, AT, sd) * (np.cos(phase) @ amplitudes[0] + np.sin(phase) @ amplitudes[1])
    return course


MATCHED = Family(_form)
