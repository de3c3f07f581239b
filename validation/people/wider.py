"""A family of bodies wider than people are, for fitting: what is learnt on it leans on what all of them share.

Every plausible shape target of the mesh data but the strangers' own, backs and bellies that bulge freely at every
height, soft lumps anywhere, clothes and skin that follow the bones by more than one law. Nothing is judged on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from validation.people.body import Shape, Skin, body_vertices, reshaped_by
from validation.people.family import Family, Reshape
from validation.people.mesh import Array, rig
from validation.people.outfit import Fit, Outfit, draw_outfit

#: Shape targets with their opposite ("{side}": both legs or arms alike), and the SD of their strength.
TARGETS = (
    ("stomach/stomach-tone", "incr", "decr"),
    ("stomach/stomach-navel", "up", "down"),
    ("buttocks/buttocks-volume", "incr", "decr"),
    ("pelvis/pelvis-tone", "incr", "decr"),
    ("hip/hip-scale-depth", "incr", "decr"),
    ("hip/hip-scale-horiz", "incr", "decr"),
    ("hip/hip-trans", "up", "down"),
    ("hip/hip-waist", "up", "down"),
    ("torso/torso-scale-depth", "incr", "decr"),
    ("torso/torso-scale-horiz", "incr", "decr"),
    ("torso/torso-muscle-dorsi", "incr", "decr"),
    ("torso/torso-trans", "up", "down"),
    ("torso/measure-shoulder-dist", "incr", "decr"),
    ("torso/measure-frontchest-dist", "incr", "decr"),
    ("torso/measure-bust-circ", "incr", "decr"),
    ("breast/breast-trans", "up", "down"),
    ("breast/breast-volume-vert", "up", "down"),
    ("neck/neck-scale-depth", "incr", "decr"),
    ("neck/neck-back-scale-depth", "incr", "decr"),
    ("neck/neck-scale-vert", "incr", "decr"),
    ("neck/neck-trans", "forward", "backward"),
    ("legs/measure-thigh-circ", "incr", "decr"),
    ("legs/upperlegs-height", "incr", "decr"),
    ("legs/lowerlegs-height", "incr", "decr"),
    ("legs/{side}-upperleg-fat", "incr", "decr"),
    ("legs/{side}-upperleg-muscle", "incr", "decr"),
    ("legs/{side}-upperleg-scale-depth", "incr", "decr"),
    ("legs/{side}-lowerleg-muscle", "incr", "decr"),
    ("arms/{side}-upperarm-fat", "incr", "decr"),
    ("arms/{side}-upperarm-scale-depth", "incr", "decr"),
)
STRENGTH_SD = 0.5
#: SD of the lumbar curve that is a person's own, degrees.
CURVE_SD = 6.0
#: SD of how far the middle of the back and of the front bulge, and of the soft lumps, m.
BACK, FRONT, LUMPS = 0.006, 0.009, 0.004


def _form(shape: Shape, rng: np.random.Generator) -> tuple[Shape, Reshape]:
    """A body of the same sex and ancestry; weight, age and build drawn over all that the mesh data hold."""
    drawn = replace(
        shape,
        age=rng.uniform(0.0, 0.95),
        muscle=rng.uniform(0.1, 1.0),
        weight=float(np.clip(rng.normal(0.55, 0.28), 0.0, 1.0)),
        height=float(np.clip(rng.normal(0.5, 0.18), 0.02, 0.98)),
        proportions=rng.uniform(0, 1),
        cup=rng.uniform(0, 1),
        firmness=rng.uniform(0, 1),
        local={},
    )
    return drawn, reshaped


def reshaped(vertices: Array, rng: np.random.Generator) -> Array:
    """The rest vertices (n, 3) after targets, free bulges of back and front, and soft lumps."""
    moved = reshaped_by(TARGETS, STRENGTH_SD, vertices, rng)
    return moved + _bulges(moved, rng) + _lumps(moved, rng)


def _bulges(vertices: Array, rng: np.random.Generator) -> Array:
    """Moves the trunk's back and front in or out by a smooth function of the height, from mid-thigh to the neck."""
    heads = rig().heads(vertices)
    low, high = heads["upperleg01.L"][1] - 0.25, heads["neck01"][1]
    inside = np.clip(np.minimum(vertices[:, 1] - low, high - vertices[:, 1]) / 0.08, 0, 1)
    skin = vertices[body_vertices()]
    trunk = skin[(skin[:, 1] > low) & (skin[:, 1] < high) & (np.abs(skin[:, 0]) < 0.1)]
    middle = np.median(trunk[:, 2])
    moved = np.zeros_like(vertices)
    for sd, behind in ((BACK, True), (FRONT, False)):
        knots = np.arange(low, high, rng.uniform(0.05, 0.12))
        width = rng.uniform(1.0, 1.6) * (knots[1] - knots[0])
        bumps = np.exp(-0.5 * ((vertices[:, 1, None] - knots) / width) ** 2)
        course = bumps @ rng.standard_normal(len(knots)) / np.sqrt((bumps**2).sum(axis=1) + 1e-9)
        away = (middle - vertices[:, 2]) if behind else (vertices[:, 2] - middle)
        share = np.clip(away / 0.06, 0, 1) * np.exp(-0.5 * (vertices[:, 0] / 0.17) ** 2) * inside
        moved[:, 2] += sd * course * share * (-1 if behind else 1)
    return moved


def _lumps(vertices: Array, rng: np.random.Generator) -> Array:
    """Thirty soft pushes of 5 to 14 cm about random points of the skin, the same left and right."""
    folded = np.column_stack([np.abs(vertices[:, 0]), vertices[:, 1:]])
    centres = folded[rng.choice(body_vertices(), 30)]
    width = rng.uniform(0.05, 0.14, 30)
    apart = ((folded[:, None] - centres) ** 2).sum(axis=2)
    moved: Array = LUMPS * (np.exp(-0.5 * apart / width**2) @ rng.standard_normal((30, 3)))
    moved[:, 0] *= np.tanh(vertices[:, 0] / 0.03)
    return moved


def _skin(rng: np.random.Generator) -> Skin:
    """Skin that leaves the pelvis over 4 to 14 cm and follows it by 80 to 100 %."""
    return Skin(fade=rng.uniform(0.04, 0.14), follows=rng.uniform(0.8, 1.0))


def _outfit(rng: np.random.Generator, fit: Fit, woman: bool) -> Outfit:
    """Clothes of one fit by one of three laws: stretched smooth, following the skin evenly, bridging its hollows."""
    outfit = draw_outfit(rng, fit, woman)
    law = rng.integers(3)
    if fit == "loose" or law == 0:
        return outfit
    if law == 1:
        return replace(outfit, even=True, hang=0.0, folds=outfit.folds * rng.uniform(0.5, 2.0))
    most = {"tight": 0.35, "normal": 0.5}[fit]
    return replace(outfit, hang=rng.uniform(0.05, most), stand_off=outfit.stand_off + rng.uniform(0.0, 0.002))


WIDER = Family(_form, _outfit, _skin, CURVE_SD)
