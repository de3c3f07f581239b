"""A family of bodies: how the people of one kind vary. Each has a file of its own; who may use it is said in `sets`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from validation.people.body import PLAIN_SKIN, Shape, Skin
from validation.people.mesh import Array
from validation.people.outfit import Fit, Outfit, draw_outfit

#: Moves rest vertices (n, 3), given a generator of random numbers.
Reshape = Callable[[Array, np.random.Generator], Array]


def _as_drawn(shape: Shape, _rng: np.random.Generator) -> tuple[Shape, Reshape | None]:
    return shape, None


def _plain_skin(_rng: np.random.Generator) -> Skin:
    return PLAIN_SKIN


@dataclass(frozen=True)
class Family:
    """How the bodies of one family are drawn.

    form : from a shape of the generator's own people to the family's, and what then moves the rest vertices
    outfit, skin : clothes of one fit, and how the trunk's skin follows the pelvis
    curve_sd : SD of the lumbar curve that is a person's own, degrees; None where the coupling of curve and tilt sets it
    """

    form: Callable[[Shape, np.random.Generator], tuple[Shape, Reshape | None]] = _as_drawn
    outfit: Callable[[np.random.Generator, Fit, bool], Outfit] = draw_outfit
    skin: Callable[[np.random.Generator], Skin] = _plain_skin
    curve_sd: float | None = None


#: The generator's own people.
OWN = Family()
