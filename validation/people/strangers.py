"""A second family of bodies that nothing is ever fitted on: the strangers.

Shape targets that the generator's own people do not have, smooth random warps of the rest mesh of several millimetres,
and a free hollow or bump at the lower back, so that neutral curve and trunk depth vary freely. Nothing that fits may
import this file (a test checks it): the honest figure of a method is the one on these people.
"""

from __future__ import annotations

import numpy as np

from validation.people.body import Shape, body_vertices, reshaped_by
from validation.people.family import Family, Reshape
from validation.people.mesh import Array, mesh, rig

#: Shape targets with their opposite, none of them in ``person.LOCAL``; the strength has SD 0.4.
TARGETS = (
    ("hip/hip-trans", "forward", "backward"),
    ("hip/hip-scale-vert", "incr", "decr"),
    ("stomach/stomach-navel", "in", "out"),
    ("stomach/stomach-pregnant", "incr", "decr"),
    ("pelvis/bulge", "incr", "decr"),
    ("torso/torso-vshape", "incr", "decr"),
    ("torso/torso-scale-vert", "incr", "decr"),
    ("torso/torso-trans", "forward", "backward"),
    ("torso/torso-muscle-pectoral", "incr", "decr"),
    ("torso/measure-napetowaist-dist", "incr", "decr"),
    ("torso/measure-waisttohip-dist", "incr", "decr"),
    ("torso/measure-waist-circ", "incr", "decr"),
    ("torso/measure-hips-circ", "incr", "decr"),
    ("torso/measure-underbust-circ", "incr", "decr"),
)
STRENGTH_SD = 0.4
#: SD of the warp and of the hollow or bump at the lower back, m.
WARP, HOLLOW = 0.004, 0.008


def _form(shape: Shape, _rng: np.random.Generator) -> tuple[Shape, Reshape]:
    return shape, strange


def strange(vertices: Array, rng: np.random.Generator) -> Array:
    """The rest vertices (n, 3) of a stranger with the given body's main axes."""
    moved = reshaped_by(TARGETS, STRENGTH_SD, vertices, rng)
    return moved + _warp(moved, rng) + _hollow(moved, rng)


def _warp(vertices: Array, rng: np.random.Generator) -> Array:
    """A smooth field, the same left and right, with waves of 15 to 60 cm."""
    waves = rng.standard_normal((16, 3))
    waves *= (2 * np.pi / rng.uniform(0.15, 0.6, 16) / np.linalg.norm(waves, axis=1))[:, None]
    folded = np.column_stack([np.abs(vertices[:, 0]), vertices[:, 1:]])
    field = np.cos(folded @ waves.T + rng.uniform(0, 2 * np.pi, 16)) @ rng.standard_normal((16, 3))
    field *= WARP * np.sqrt(2 / 16)
    field[:, 0] *= np.tanh(vertices[:, 0] / 0.03)
    warp: Array = field
    return warp


def _hollow(vertices: Array, rng: np.random.Generator) -> Array:
    """Moves the skin of the lower back in or out, most at a height of its own, fading over some 8 cm."""
    heads = rig().heads(vertices)
    centre = heads["spine03"][1] + 0.03 * rng.standard_normal()
    skin = vertices[body_vertices()]
    behind = skin[(np.abs(skin[:, 1] - centre) < 0.05) & (np.abs(skin[:, 0]) < 0.05), 2].min()
    height = np.exp(-0.5 * ((vertices[:, 1] - centre) / rng.uniform(0.05, 0.1)) ** 2)
    depth = np.clip(1 - (vertices[:, 2] - behind) / 0.14, 0, 1)
    sideways = np.exp(-0.5 * (vertices[:, 0] / 0.16) ** 2)
    moved = np.zeros_like(mesh().vertices)
    moved[:, 2] = HOLLOW * rng.standard_normal() * height * depth * sideways
    return moved


STRANGERS = Family(_form)
