"""Is this a side view that can be measured? What leaves is a `SagittalBody`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import hypot
from statistics import median

import numpy as np

from posture.body.observation import Observation
from posture.body.orientation import Facing, Orientation, orientation_of, unrolled
from posture.body.pose import Array, Pose, Side, index
from posture.body.sagittal import BODY_POINTS, Given, SagittalBody, sagittal_body
from posture.errors import Issue
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.quality_limits import QualityLimits
from posture.quality.checks import Scene, contour_problem, judged, notes
from posture.quantity import Quantity

#: One SD of each coordinate of a joint that somebody points at, percent of stature (8 mm of 170 cm; provisional).
HAND_SIGMA_PCT = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """Judgement of one observation. ``body`` is None when the photo is refused for ``reasons``.

    pose : landmarks in frame px as they were used, those set by hand included
    """

    pose: Pose
    body: SagittalBody | None
    orientation: Orientation
    reasons: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    notes: tuple[Issue, ...]
    quality: Mapping[str, float | None]

    @property
    def facing(self) -> Facing | None:
        """The side of the picture that the person faces; None where it is unclear."""
        return self.orientation.facing


def prepare_view(
    observation: Observation,
    gates: QualityLimits,
    given: Given | None = None,
    lenient: bool = False,
    arms: ArmRule | None = None,
) -> View:
    """Judge one observation and, if it can be measured, turn it into a `SagittalBody`.

    Parameters
    ----------
    given : what somebody gave; which way the body faces, how far it is turned, how it stands and what hides its back
        stay as the model saw them, whatever joints were given
    lenient : keep only the refusals without which nothing could be measured; the others become warnings
    arms : tells an arm over the outline of the back; None where no outline is measured
    """
    given = given or Given()
    orientation = orientation_of(observation.pose, given.roll)
    own, seen = unrolled(observation.pose, given.roll), observation
    if given.joints:
        observation = replace(observation, pose=_set_by_hand(observation.pose, orientation.near, given.joints))
    pose = unrolled(observation.pose, given.roll)
    scene = Scene(seen, own, observation, pose, orientation, gates, lenient, given.clothing, arms)
    refused, warned = judged(scene)

    quality: dict[str, float | None] = {
        "yaw_deg": orientation.yaw_deg,
        "roll_deg": orientation.roll_deg,
        "body_height_px": observation.height_in_photo_px,
        "visibility": float(min(pose.visibility[[index(name, orientation.near) for name in BODY_POINTS]])),
        "landmark_sigma_pct": 100 * float(np.median(pose.sigma_px)) / pose.stature_px,
        "looks": observation.passes,
        "masks_agree": observation.body_share,
    }
    body = None
    if orientation.facing is not None:
        problem, issue = contour_problem(scene)
        if issue is not None:
            warned.append(issue)
        if not refused:
            body = sagittal_body(
                observation,
                _turned_sigma_px(pose, orientation.near) if orientation.yaw_deg > gates.yaw_warn_deg else pose.sigma_px,
                orientation,
                gates.roll_unknown_deg if given.roll is None else given.roll.sigma or gates.roll_known_deg,
                scene.missing,
                problem,
                given,
            )
    quality["thigh_depth_pct"] = None if body is None else thigh_depth_pct(body)
    return View(
        observation.pose,
        body,
        orientation,
        tuple(error.issue() for error in refused),
        tuple(dict.fromkeys(warned)),
        notes(orientation),
        quality,
    )


def thigh_depth_pct(body: SagittalBody) -> float | None:
    """Median depth of the outline from 0.10 to 0.18 statures under the hip joint, percent of stature; None without it.

    It tells clothes of one person apart. 170 px of depth under the hip of a person of 1700 px gives 10.
    """
    contour, hip = body.contour, body.points.get("hip")
    if contour is None or hip is None:
        return None
    rows = hip.y - np.linspace(0.10, 0.18, 9) * body.stature_px
    rear, front = (np.interp(rows, edge[:, 1], edge[:, 0]) for edge in (contour.dorsal_xy, contour.ventral_xy))
    return float(100 * np.median(front - rear) / body.stature_px)


def _set_by_hand(pose: Pose, near: Side, points: Mapping[str, tuple[float, float]]) -> Pose:
    sigma = HAND_SIGMA_PCT / 100 * pose.stature_px
    for name, xy in points.items():
        pose = pose.with_point(name, near, xy, sigma)
    return pose


def _turned_sigma_px(pose: Pose, near: Side) -> Array:
    """One SD of every landmark of a turned body: the near shoulder may stand out of line with the hip.

    A turn carries both out of the body's middle, the shoulder further, for shoulders are wider than hips and come
    forward in many people: half of the difference of their sideways gaps, whose share to take back is not known.
    """
    shoulder, sigma_px = index("shoulder", near), pose.sigma_px.copy()
    sigma_px[shoulder] = hypot(sigma_px[shoulder], (pose.gap("shoulder") - pose.gap("hip")) / 2)
    return sigma_px


def common_roll(views: Iterable[View | None]) -> Quantity | None:
    """The roll of a camera that was not moved, degrees: the median of the photos' rolls, with a single one's sigma.

    Rolls of 1 ± 0.4, 2 ± 0.6 and 4 ± 0.5 give 2 ± 0.5; None where no photo tells.
    """
    known = [(v.quality["roll_deg"], v.body.roll_sigma_deg) for v in views if v is not None and v.body is not None]
    rolls = [(roll, sigma) for roll, sigma in known if roll is not None]
    if not rolls:
        return None
    return Quantity(median(roll for roll, _ in rolls), median(sigma for _, sigma in rolls), "deg")
