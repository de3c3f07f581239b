"""Moves the front and the back of a rest body's trunk by functions of the height; what the drawn laws are made of.

Heights are shares of stature above the ground, lengths shares of stature.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from validation.people.body import body_vertices
from validation.people.mesh import Array
from validation.people.outfit import on_arm

#: Height of chest, waist (navel) and seat, where depths are measured (ANSUR II: means of women and men).
LEVELS = (0.72, 0.60, 0.50)
#: Between these heights the trunk moves; it begins and ends over FADE.
LOW, HIGH, FADE = 0.38, 0.84, 0.06
#: How far to the side the skin moves with the middle, m: SD of the bell.
SIDE = 0.19
#: Rows of a depth lie within this of its height.
NEAR = 0.012


def heights(vertices: Array) -> Array:
    """Height of every rest vertex (n,)."""
    skin = vertices[body_vertices(), 1]
    found: Array = (vertices[:, 1] - skin.min()) / np.ptp(skin)
    return found


def depths(vertices: Array) -> Array:
    """Depth of the rest body (3,) at LEVELS, arms left out; the seat's is the largest within 4 % of stature."""
    height, stature = heights(vertices), float(np.ptp(vertices[body_vertices(), 1]))
    trunk = _of_trunk()

    def at(level: float) -> float:
        z = vertices[trunk[np.abs(height[trunk] - level) < NEAR], 2]
        return float(np.ptp(z)) / stature

    seat = max(at(LEVELS[2] + off) for off in np.linspace(-0.04, 0.04, 5))
    return np.array([at(LEVELS[0]), at(LEVELS[1]), seat])


def moved(vertices: Array, back: Callable[[Array], Array], front: Callable[[Array], Array]) -> Array:
    """The rest vertices (n, 3), the back's skin moved backward and the front's forward by functions of the height."""
    height, stature = heights(vertices), float(np.ptp(vertices[body_vertices(), 1]))
    behind, ahead = _surfaces(vertices, height)
    middle = (behind + ahead) / 2
    inside = np.clip(np.minimum(height - LOW, HIGH - height) / FADE, 0, 1)
    inside = inside**2 * (3 - 2 * inside) * np.exp(-0.5 * (vertices[:, 0] / SIDE) ** 2)
    # a stretch from the middle of the trunk: whole at its skin, nothing halfway through
    share = np.clip((vertices[:, 2] - middle) / np.maximum(ahead - middle, 0.03), -1.2, 1.2)
    away = np.where(share > 0, front(height) * share, back(height) * share)
    found = vertices.copy()
    found[:, 2] += stature * inside * away
    return found


def with_depths(vertices: Array, wanted: Array, front: Array) -> Array:
    """The rest body with these depths (3,) at LEVELS; ``front`` (3,): what share of an addition lies in front."""
    for _ in range(3):
        lacking = wanted - depths(vertices)
        vertices = moved(vertices, _course(lacking * (1 - front)), _course(lacking * front))
    return vertices


def _course(at_levels: Array) -> Callable[[Array], Array]:
    """A smooth function of the height through values (3,) at LEVELS, level beyond them."""
    chest, waist, seat = at_levels
    return PchipInterpolator([0.3, *LEVELS[::-1], 0.8, 1.0], [seat / 2, seat, waist, chest, chest / 2, 0.0])  # type: ignore[no-any-return]


def _surfaces(vertices: Array, height: Array) -> tuple[Array, Array]:
    """z of the back's and the front's skin near the middle, at the height of every vertex (n,) each."""
    trunk = _of_trunk()
    near = trunk[np.abs(vertices[trunk, 0]) < 0.12]
    rows = np.linspace(LOW, HIGH, 47)
    z = [vertices[near[np.abs(height[near] - row) < NEAR], 2] for row in rows]
    return np.interp(height, rows, [one.min() for one in z]), np.interp(height, rows, [one.max() for one in z])


@cache
def _of_trunk() -> NDArray[np.intp]:
    """The skin's vertices that no arm carries."""
    skin = body_vertices()
    found: NDArray[np.intp] = skin[~on_arm()[skin]]
    return found
