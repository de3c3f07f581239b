"""Plane mathematics with error propagation; knows no anatomy.

Points are (x forward, y up) or any right-handed plane; angles leave in degrees, radians stay here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from posture.errors import DegenerateGeometry
from posture.message import Message
from posture.quantity import Quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UncertainPoint:
    """A point (x, y) whose two coordinates each carry ``sigma`` (one SD, same unit as x and y)."""

    x: float
    y: float
    sigma: float

    def minus(self, other: UncertainPoint) -> tuple[float, float]:
        """Run and rise from ``other`` to this point: (3, 5) minus (1, 1) gives (2, 4)."""
        return self.x - other.x, self.y - other.y


def wrap(angle_deg: float) -> float:
    """The same direction in (-180, 180]: 190 gives -170."""
    wrapped = (angle_deg + 180.0) % 360.0 - 180.0
    return 180.0 if wrapped == -180.0 else wrapped


def distance(a: UncertainPoint, b: UncertainPoint) -> float:
    """Length of the line between two points: (0, 0) and (3, 4) give 5."""
    return hypot(*a.minus(b))


def lean(base: UncertainPoint, top: UncertainPoint) -> Quantity:
    """Angle of the line base → top from the vertical, positive when the top is forward.

    Returns
    -------
    Degrees in (-180, 180]: base (0, 0), top (10, 10) gives +45; top (-10, 10) gives -45.

    Raises
    ------
    DegenerateGeometry : the points lie within three sigma of each other; the angle would be noise.

    Source: docs/science.md, Joint angles, atan2(forward, up); the variance is the first-order term of the same formula.
    """
    run, rise = top.minus(base)
    length = _usable_length(base, top)
    return Quantity(degrees(atan2(run, rise)), degrees(hypot(base.sigma, top.sigma) / length), "deg")


def slope(rear: UncertainPoint, front: UncertainPoint) -> Quantity:
    """Angle of the line rear → front above the horizontal, positive when the front end is higher.

    (0, 0) → (10, 10) gives +45. Raises DegenerateGeometry like `lean`.
    """
    run, rise = front.minus(rear)
    length = _usable_length(rear, front)
    return Quantity(degrees(atan2(rise, run)), degrees(hypot(rear.sigma, front.sigma) / length), "deg")


def joint_angle(distal: UncertainPoint, joint: UncertainPoint, proximal: UncertainPoint) -> Quantity:
    """Lean of the distal segment minus lean of the proximal one, signed and independent of the camera's roll.

    Returns
    -------
    lean(distal → joint) - lean(joint → proximal), degrees in (-180, 180]. With hip, knee and shoulder this is the
    signed hip angle: knee (0, 0), hip (0, 10), shoulder (-10, 20) gives 0 - (-45) = +45, extended.

    The joint belongs to both segments, so the two leans are correlated; the propagation below keeps that. With u/l²
    the gradient of an angle at the far end of a segment (rotated by 90°, length 1/l), the joint's gradient is the
    sum of both segments' gradients.
    """
    (run_d, rise_d), (run_p, rise_p) = joint.minus(distal), proximal.minus(joint)
    length_d, length_p = _usable_length(distal, joint), _usable_length(joint, proximal)
    gradient_d = np.array([rise_d, -run_d]) / length_d**2
    gradient_p = np.array([rise_p, -run_p]) / length_p**2
    variance = (
        distal.sigma**2 * gradient_d @ gradient_d
        + proximal.sigma**2 * gradient_p @ gradient_p
        + joint.sigma**2 * (gradient_d + gradient_p) @ (gradient_d + gradient_p)
    )
    value = wrap(degrees(atan2(run_d, rise_d) - atan2(run_p, rise_p)))
    return Quantity(value, degrees(sqrt(variance)), "deg")


def rotated(points_xy: Array, about_xy: Sequence[float], angle_deg: float) -> Array:
    """Points (n, 2) turned from +x towards +y about a centre: (1, 0) about (0, 0) by 90 gives (0, 1)."""
    c, s = cos(radians(angle_deg)), sin(radians(angle_deg))
    turned: Array = (points_xy - np.asarray(about_xy)) @ np.array([[c, s], [-s, c]]) + np.asarray(about_xy)
    return turned


def _usable_length(a: UncertainPoint, b: UncertainPoint) -> float:
    length = distance(a, b)
    limit = 3 * max(a.sigma, b.sigma)
    if length <= limit or length == 0:
        raise DegenerateGeometry(
            Message("points are {length:.1f} apart with sigma {sigma:.1f}", length=length, sigma=limit / 3)
        )
    return length
