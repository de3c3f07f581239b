"""A person in the body's own frame: x forward, y up, anterior tilt positive, whichever way they faced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Marks, Observation
from posture.body.orientation import Facing, Orientation
from posture.body.pose import index
from posture.errors import PostureError
from posture.geometry import UncertainPoint, rotated
from posture.message import Message
from posture.quantity import Quantity

Array = NDArray[np.float64]
Clothing = Literal["tight", "normal", "loose"]

#: Near-side points every measure may ask for.
BODY_POINTS = ("ear", "shoulder", "hip", "knee", "ankle", "heel", "toe")


class MissingPoint(PostureError):
    """A measure asked for a body point that is not in the picture."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return Message("the {point} is not in the picture or hidden", point=self.name)


class NoContour(PostureError):
    """The outline of the back cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """The dorsal and ventral edge of the body, neck to heel, and the same edges as other masks drew them.

    dorsal_xy, ventral_xy : (n, 2), sagittal frame, ordered upwards
    other_dorsal_xy, other_ventral_xy : the unrefined and the second model's edges; their spread is the doubt
    """

    dorsal_xy: Array
    ventral_xy: Array
    other_dorsal_xy: tuple[Array, ...]
    other_ventral_xy: tuple[Array, ...]

    @property
    def others(self) -> tuple[Contour, ...]:
        """The contours that the other masks drew, each standing alone."""
        edges = zip(self.other_dorsal_xy, self.other_ventral_xy, strict=True)
        return tuple(Contour(dorsal, ventral, (), ()) for dorsal, ventral in edges)


@dataclass(frozen=True, slots=True, eq=False)
class SagittalBody:
    """A person seen from the side: x forward, y up, frame px, camera roll removed where it was known.

    points : near-side joints by name (`BODY_POINTS`), those that can be seen
    contour : None with `contour_problem` saying why
    asis, psis : marked points, or None · stickers : they were found as stickers, not given
    clothing : what was told of the top, or None · by_hand : names of the points that somebody set
    """

    facing: Facing
    points: Mapping[str, UncertainPoint]
    stature_px: float
    yaw_deg: float
    roll_sigma_deg: float
    contour: Contour | None
    contour_problem: str
    asis: UncertainPoint | None = None
    psis: UncertainPoint | None = None
    clothing: Clothing | None = None
    stickers: bool = False
    by_hand: frozenset[str] = frozenset()

    def point(self, name: str) -> UncertainPoint:
        """A near-side point. Raises MissingPoint."""
        try:
            return self.points[name]
        except KeyError:
            raise MissingPoint(name) from None

    def usable_contour(self) -> Contour:
        """The contour. Raises NoContour with the reason when it cannot be used."""
        if self.contour is None:
            raise NoContour(self.contour_problem)
        return self.contour

    @property
    def trunk_px(self) -> float:
        """Length hip → shoulder, px: hip (0, 0) and shoulder (-30, 400) give 401."""
        return hypot(*self.point("shoulder").minus(self.point("hip")))


@dataclass(frozen=True, slots=True)
class Given:
    """Facts that a user gave beside the model's observation.

    roll : of the camera, degrees, clockwise positive; None when unknown · marks : marked ASIS and PSIS
    joints : near-side points that somebody set, frame px, by name
    """

    clothing: Clothing | None = None
    roll: Quantity | None = None
    marks: Marks | None = None
    joints: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def sagittal_body(
    observation: Observation,
    sigma_px: Array,
    orientation: Orientation,
    roll_sigma_deg: float,
    missing: Sequence[str],
    contour_problem: str,
    given: Given,
) -> SagittalBody:
    """Turn what was seen into the body's own frame; ``missing`` points are left out. Raises ValueError without facing.

    ``sigma_px`` is one SD of each coordinate of every landmark, shape (33,).

    The roll is taken out (where it is unknown, nothing is), ``roll_sigma_deg`` is what remains of its doubt.
    """
    if orientation.facing is None:
        raise ValueError("a body that faces nowhere has no frame of its own")
    roll = orientation.roll_deg or 0.0

    def turned(xy: Array) -> Array:
        body: Array = rotated(np.atleast_2d(xy), (0.0, 0.0), roll) * (orientation.forward, -1.0)
        return body

    def marked(xy_px: tuple[float, float], sigma_px: float) -> UncertainPoint:
        x, y = turned(np.array(xy_px))[0]
        return UncertainPoint(float(x), float(y), sigma_px)

    points = {
        name: marked(
            tuple(observation.pose.point(name, orientation.near)), float(sigma_px[index(name, orientation.near)])
        )
        for name in BODY_POINTS
        if name not in missing
    }
    marks, contour = given.marks, None
    silhouette = observation.silhouette
    if not contour_problem and silhouette is not None:
        dorsal, ventral = orientation.dorsal, orientation.ventral
        others = [silhouette.masked] + ([silhouette.second] if silhouette.second else [])
        contour = Contour(
            dorsal_xy=turned(silhouette.refined.edge(dorsal))[::-1],
            ventral_xy=turned(silhouette.refined.edge(ventral))[::-1],
            other_dorsal_xy=tuple(turned(outline.edge(dorsal))[::-1] for outline in others),
            other_ventral_xy=tuple(turned(outline.edge(ventral))[::-1] for outline in others),
        )
    return SagittalBody(
        facing=orientation.facing,
        points=points,
        stature_px=observation.stature_px,
        yaw_deg=orientation.yaw_deg,
        roll_sigma_deg=roll_sigma_deg,
        contour=contour,
        contour_problem=contour_problem,
        asis=None if marks is None else marked(marks.asis_px, marks.sigma_px),
        psis=None if marks is None else marked(marks.psis_px, marks.sigma_px),
        clothing=given.clothing,
        stickers=marks is not None and marks.found,
        by_hand=frozenset(given.joints),
    )
