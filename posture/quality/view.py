"""Is this a side view that can be measured, and which way does the body face?

Facing and near side are settled here and nowhere else. What leaves is a `SagittalBody`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import asin, atan2, degrees, hypot

import numpy as np

from posture.body.observation import Marks, Observation
from posture.body.pose import NOSE, SIDES, Pose, Side, index
from posture.body.sagittal import BODY_POINTS, Clothing, Facing, SagittalBody, sagittal_body
from posture.errors import Issue
from posture.geometry import rotated
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.quality_limits import QualityLimits
from posture.quality.checks import contour_problem, missing_points, notes, refusals, warnings

#: Shoulder and hip spacing as shares of the trunk's length (docs/science.md, Yaw).
SHOULDER_SPACING, HIP_SPACING = 0.69, 0.38

#: One SD of each coordinate of a joint that somebody points at, percent of stature (8 mm of 170 cm; provisional).
HAND_SIGMA_PCT = 0.5


@dataclass(frozen=True, slots=True)
class View:
    """What was judged of one observation. ``body`` is None when the photo is refused for ``reasons``.

    pose : landmarks in frame px as they were used, those set by hand included
    """

    pose: Pose
    body: SagittalBody | None
    facing: Facing | None
    reasons: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    notes: tuple[Issue, ...]
    quality: Mapping[str, float | None]


def prepare_view(
    observation: Observation,
    gates: QualityLimits,
    lenient: bool = False,
    clothing: Clothing | None = None,
    roll_deg: float | None = None,
    marks: Marks | None = None,
    roll_sigma_deg: float | None = None,
    by_hand: Mapping[str, tuple[float, float]] | None = None,
    arms: ArmRule | None = None,
) -> View:
    """Judge one observation and, if it can be measured, turn it into a `SagittalBody`.

    Parameters
    ----------
    lenient : keep only the refusals without which nothing could be measured; the others become warnings
    roll_deg : camera roll, clockwise positive, from a plumb line; None when unknown
    marks : marked ASIS and PSIS
    roll_sigma_deg : its doubt, one SD; None for that of a plumb line
    by_hand : near-side points that somebody set, frame px, by name; which way the body faces, how far it is turned,
        how it stands and what hides its back stay as the model saw them
    arms : tells an arm over the outline of the back; None where no outline is measured
    """
    pose = observation.pose if roll_deg is None else _unrolled(observation.pose, roll_deg)
    facing = facing_of(pose)
    yaw, twist = _yaw(pose), _twist(pose)
    near = _near_side(pose, facing)
    own, seen = pose, observation
    if by_hand:
        observation = replace(observation, pose=_set_by_hand(observation.pose, near, by_hand))
        pose = observation.pose if roll_deg is None else _unrolled(observation.pose, roll_deg)
    refused, warned = refusals(observation, pose, own, gates, facing, near, yaw, lenient)
    warned += warnings(observation, pose, gates, near, yaw, twist)

    problem = "facing is unclear"
    if facing is not None:
        problem, remark = contour_problem(seen, gates, facing, near, clothing, arms)
        if remark is not None:
            warned.append(remark)
    quality: dict[str, float | None] = {
        "yaw_deg": yaw,
        "roll_deg": roll_deg,
        "body_height_px": observation.height_in_photo_px,
        "visibility": float(min(pose.visibility[[index(name, near) for name in BODY_POINTS]])),
        "landmark_sigma_pct": 100 * float(np.median(pose.sigma_px)) / pose.stature_px,
        "looks": observation.passes,
        "masks_agree": observation.body_share,
    }
    body = None
    if not refused and facing is not None:
        body = sagittal_body(
            observation,
            _turned(pose, near) if yaw > gates.yaw_warn_deg else pose,
            facing,
            near,
            yaw,
            roll_deg,
            gates.roll_unknown_deg if roll_deg is None else roll_sigma_deg or gates.roll_known_deg,
            missing_points(observation, pose, gates, near),
            problem,
            marks,
            clothing,
            frozenset(by_hand or ()),
        )
    quality["thigh_depth_pct"] = None if body is None else thigh_depth_pct(body)
    return View(
        observation.pose,
        body,
        facing,
        tuple(error.remark() for error in refused),
        tuple(dict.fromkeys(warned)),
        notes(roll_deg),
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


def roll_of_plumb_line(upper_px: tuple[float, float], lower_px: tuple[float, float]) -> float:
    """Camera roll from two points on a line that hangs vertically in the world, degrees, clockwise positive.

    A camera rolled clockwise sees a plumb line leaning to the left at its top: (90, 0)-(100, 100) gives +5.7.
    """
    (x1, y1), (x2, y2) = sorted((upper_px, lower_px), key=lambda p: p[1])
    return degrees(atan2(x2 - x1, y2 - y1))


def _set_by_hand(pose: Pose, near: Side, points: Mapping[str, tuple[float, float]]) -> Pose:
    sigma = HAND_SIGMA_PCT / 100 * pose.stature_px
    for name, xy in points.items():
        pose = pose.with_point(name, near, xy, sigma)
    return pose


def _turned(pose: Pose, near: Side) -> Pose:
    """The same landmarks, the near shoulder less sure by how far it may stand out of line with the hip.

    A turn carries both out of the body's middle, the shoulder further, for shoulders are wider than hips and come
    forward in many people: half of the difference of their sideways gaps, whose share to take back is not known.
    """
    x, y = pose.point("shoulder", near)
    out = abs(pose.gap("shoulder") - pose.gap("hip")) / 2
    sigma = hypot(float(pose.sigma_px[index("shoulder", near)]), out)
    return pose.with_point("shoulder", near, (float(x), float(y)), sigma)


def _unrolled(pose: Pose, roll_deg: float) -> Pose:
    # y points down here, so the rotation that raises a line leaning left at its top is the positive one
    return Pose(rotated(pose.xy_px, (0.0, 0.0), roll_deg), pose.visibility, pose.sigma_px, pose.world_m)


def facing_of(pose: Pose) -> Facing | None:
    """Image direction of the toes, confirmed by nose against ears; None when they disagree."""
    feet = sum(float(pose.point("toe", side)[0] - pose.point("heel", side)[0]) for side in SIDES)
    face = float(pose.xy_px[NOSE, 0] - pose.middle("ear")[0])
    if feet * face <= 0:
        return None
    return "right" if face > 0 else "left"


def _near_side(pose: Pose, facing: Facing | None) -> Side:
    """Facing image left, a person shows the left side, whatever the turn short of frontal; else the better seen one."""
    if facing is not None:
        return facing
    left, right = (sum(pose.visibility[index(name, side)] for name in ("hip", "knee", "ankle")) for side in SIDES)
    return "left" if left >= right else "right"


def _yaw(pose: Pose) -> float:
    """Turn from exact side view in degrees 0..90: the largest of three estimates (docs/science.md, Yaw)."""
    trunk = hypot(*(pose.middle("shoulder") - pose.middle("hip")))
    if trunk == 0:
        return 90.0
    estimates = [
        degrees(asin(min(1.0, pose.gap(name) / trunk / spacing)))
        for name, spacing in (("shoulder", SHOULDER_SPACING), ("hip", HIP_SPACING))
    ]
    across = pose.world_m[12] - pose.world_m[11]
    estimates.append(degrees(atan2(abs(across[0]), abs(across[2]))))
    return float(max(estimates))


def _twist(pose: Pose) -> float:
    """Difference of the shoulders' and the hips' turn by the sideways gaps, degrees."""
    trunk = hypot(*(pose.middle("shoulder") - pose.middle("hip")))
    shoulder, hip = (
        degrees(asin(min(1.0, pose.gap(name) / max(trunk, 1e-9) / spacing)))
        for name, spacing in (("shoulder", SHOULDER_SPACING), ("hip", HIP_SPACING))
    )
    return abs(shoulder - hip)
