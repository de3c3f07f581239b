"""The quality gates: what refuses a photo, what only widens its intervals, and when the back's outline is of no use."""

from __future__ import annotations

from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observation
from posture.body.orientation import Orientation
from posture.body.pose import SIDES, Pose, Side, index
from posture.body.sagittal import BODY_POINTS, Clothing
from posture.body.silhouette import back_line_difference, straightest
from posture.errors import (
    ROLL_UNKNOWN,
    Cropped,
    DegenerateGeometry,
    FacingUnclear,
    Issue,
    Lying,
    NotSideView,
    SeveralPeople,
    Sitting,
    Squatting,
    Stepping,
    TooSmall,
    UnevenLegs,
    UnsuitablePhoto,
)
from posture.geometry import UncertainPoint, lean
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.quality_limits import QualityLimits
from posture.quality.arms import arm_over_back

Array = NDArray[np.float64]


def refusals(
    observation: Observation,
    pose: Pose,
    own: Pose,
    gates: QualityLimits,
    orientation: Orientation,
    lenient: bool,
) -> tuple[list[UnsuitablePhoto], list[Issue]]:
    """All refusals that apply, and those that lenient mode turned into warnings; ``own``: no point set by hand."""
    found: list[tuple[UnsuitablePhoto, bool]] = []  # (error, stays a refusal in lenient mode)
    near, yaw = orientation.near, orientation.yaw_deg
    height = observation.pose.extent_px
    similar = sum(other >= gates.second_person_share * height for other in observation.others_px)
    if similar:
        found.append((SeveralPeople(similar + 1), True))
    if round(yaw) > gates.yaw_refuse_deg:  # whole degrees, as they are shown
        hard = round(yaw) > gates.yaw_lenient_deg
        limit = gates.yaw_lenient_deg if lenient and hard else gates.yaw_refuse_deg
        found.append((NotSideView(yaw, limit), hard))
    if orientation.facing is None:
        found.append((FacingUnclear(), True))
    found += _stance(pose, own, gates, near)
    missing = missing_points(observation, pose, gates, near)
    if missing:
        above = [name for name in missing if name in ("shoulder", "hip")]
        found.append((Cropped(", ".join(missing)), bool(above)))
    if observation.height_in_photo_px < gates.too_small_px:
        height_px = observation.height_in_photo_px
        hard = height_px < gates.too_small_lenient_px
        limit = gates.too_small_lenient_px if lenient and hard else gates.too_small_px
        found.append((TooSmall(height_px, limit), hard))
    if not lenient:
        return [error for error, _ in found], []
    return [error for error, hard in found if hard], [error.remark() for error, hard in found if not hard]


def _stance(pose: Pose, own: Pose, gates: QualityLimits, near: Side) -> list[tuple[UnsuitablePhoto, bool]]:
    """Lying, sitting, squatting or stepping, and whether each stays a refusal in lenient mode.

    The trunk is judged in the picture; the legs by the model's metric landmarks, because thighs that point at the
    camera look short there, not slanted. Both legs must agree, or the person is in a step.
    """
    try:
        trunk = abs(lean(_raw(pose, "hip", near), _raw(pose, "shoulder", near)).value)
    except DegenerateGeometry:
        return [(Cropped("shoulder, hip"), True)]
    if trunk > gates.lying_trunk_deg:
        return [(Lying(trunk), True)]
    found: list[tuple[UnsuitablePhoto, bool]] = []
    legs = [_leg(pose, side) for side in SIDES]
    thigh, bend, shank = (min(values) for values in zip(*legs, strict=True))
    knees_seen = max(pose.visibility[index("knee", side)] for side in SIDES) >= gates.visibility_refuse
    if knees_seen and thigh > gates.sitting_thigh_deg and bend > gates.sitting_knee_deg:
        found.append((Sitting(thigh), True))
    if knees_seen and bend > gates.squatting_knee_deg and shank > gates.squatting_shank_deg:
        found.append((Squatting(bend), True))
    ankles = 100 * hypot(*(own.point("ankle", "left") - own.point("ankle", "right"))) / own.stature_px
    if ankles > gates.stepping_ankles_pct and not found:
        found.append((Stepping(ankles, gates.stepping_ankles_pct), False))
    elif not found:
        bent, tipped = uneven_legs(own)
        if bent > gates.stepping_knee_deg or tipped > gates.stepping_foot_deg:
            found.append((UnevenLegs(bent, tipped, gates.stepping_knee_deg, gates.stepping_foot_deg), False))
    return found


def uneven_legs(pose: Pose) -> tuple[float, float]:
    """By how much more one knee is bent than the other in the picture, and one foot tipped than the other, degrees.

    Both legs of somebody who stands are seen one behind the other: (0, 0). A foot whose heel has come up by 20° while
    the other lies flat gives 20 for the feet.
    """
    knees, feet = [], []
    for side in SIDES:
        hip, knee, ankle, heel, toe = (pose.point(name, side) for name in ("hip", "knee", "ankle", "heel", "toe"))
        thigh, shank, sole = knee - hip, ankle - knee, toe - heel
        knees.append(degrees(atan2(thigh[0] * shank[1] - thigh[1] * shank[0], thigh @ shank)))
        feet.append(degrees(atan2(sole[1], abs(sole[0]))))
    return abs(knees[0] - knees[1]), abs(feet[0] - feet[1])


def _leg(pose: Pose, side: Side) -> tuple[float, float, float]:
    """Thigh from vertical, knee bend and shank from vertical in space, degrees, all 0 in a straight standing leg."""
    hip, knee, ankle = (pose.world_m[index(name, side)] for name in ("hip", "knee", "ankle"))
    thigh, shank = knee - hip, ankle - knee
    bend = degrees(atan2(float(np.linalg.norm(np.cross(thigh, shank))), float(thigh @ shank)))
    return _from_vertical(thigh), bend, _from_vertical(shank)


def _from_vertical(downwards: Array) -> float:
    return degrees(atan2(hypot(downwards[0], downwards[2]), downwards[1]))


def _raw(pose: Pose, name: str, side: Side) -> UncertainPoint:
    """A landmark with y up, for angles that do not need facing."""
    x, y = pose.point(name, side)
    return UncertainPoint(float(x), -float(y), 0.0)


def missing_points(observation: Observation, pose: Pose, gates: QualityLimits, near: Side) -> list[str]:
    """Near-side points outside the picture or hidden, head to foot."""
    limits = np.array([observation.width_px, observation.height_px])
    return [
        name
        for name in BODY_POINTS
        if pose.visibility[index(name, near)] < gates.visibility_refuse
        or not _inside(observation.pose.point(name, near), limits)
    ]


def _inside(xy: Array, size: Array) -> bool:
    return bool(np.all(xy >= -0.5) and np.all(xy <= size - 0.5))


def notes(orientation: Orientation) -> tuple[Issue, ...]:
    """What is true of most photos and asks nobody to look again; an unknown roll widens what hangs on the vertical."""
    if orientation.roll is not None:
        return ()
    said = "nothing in the picture shows whether the camera was level"
    return (Issue(ROLL_UNKNOWN, said, "level the phone, or give two points of a door frame or plumb line"),)


def warnings(observation: Observation, pose: Pose, gates: QualityLimits, orientation: Orientation) -> list[Issue]:
    """What widens the doubt without refusing the photo."""
    yaw, twist = orientation.yaw_deg, orientation.twist_deg
    found = []
    if yaw > gates.yaw_warn_deg:
        found.append(
            Issue(
                "turned_slightly",
                f"the body is turned about {yaw:.0f}° from side-on",
                "turn until one shoulder hides the other",
            )
        )
    elif twist > gates.twist_warn_deg:
        found.append(
            Issue(
                "turned_slightly",
                f"shoulders and hips are turned {twist:.0f}° against each other",
                "stand relaxed, shoulders and hips side on",
            )
        )
    if gates.too_small_px <= observation.height_in_photo_px < gates.small_px:
        few = observation.height_in_photo_px < gates.contour_px  # only a live camera measures so small a body
        found.append(
            Issue(
                "too_small" if few else "small",
                f"the body is {observation.height_in_photo_px:.0f} pixels tall; {gates.small_px:.0f} are better",
                "come closer, so that the body fills the picture's height",
            )
        )
    if observation.others_px:
        found.append(
            Issue("second_person", "somebody else is in the picture, smaller", "let nobody else be in the picture")
        )
    hidden = min(pose.visibility[index(name, orientation.near)] for name in BODY_POINTS)
    if gates.visibility_refuse <= hidden < gates.visibility_warn:
        found.append(
            Issue("cropped", "a joint of the near side is hard to see", "wear tight clothes, arms off the hips")
        )
    return found


def contour_problem(
    observation: Observation,
    gates: QualityLimits,
    orientation: Orientation,
    clothing: Clothing | None,
    arms: ArmRule | None,
) -> tuple[str, Issue | None]:
    """Why the outline of the back cannot be used (empty when it can), and the warning that belongs to it."""
    if clothing == "loose":
        return "loose clothing hides the back", loose_clothing("a loose top hides the shape of the back")
    silhouette = observation.silhouette
    if silhouette is None:
        return "the body could not be told from the background", Issue(
            "outline_disagrees", "no outline of the body was found", "stand in front of a plain wall"
        )
    if observation.height_in_photo_px < gates.contour_px:
        return f"the body is under {gates.contour_px:.0f} pixels tall, too few for the curve of the back", None
    arm, arm_remark = ("", None) if arms is None else arm_over_back(observation, orientation, arms)
    if arm:  # where an arm is the outline, the models disagree too: what to do is with the arm
        return arm, arm_remark
    side = orientation.dorsal
    raw = observation.pose
    stature, hip_y = raw.stature_px, raw.point("hip", orientation.near)[1]
    if silhouette.second is None:
        difference = None
    else:
        difference = (
            100
            * back_line_difference(
                silhouette.masked, silhouette.second, side, hip_y - 0.33 * stature, hip_y + 0.17 * stature
            )
            / stature
        )
    if difference is None or difference > gates.outline_difference_pct:
        seen = "one of them saw none" if difference is None else f"they differ by {difference:.1f} % of body height"
        return "two models disagree about the back's outline", Issue(
            "outline_disagrees",
            f"two models disagree about the back's outline: {seen}",
            "stand in front of a plain wall",
        )
    back = straightest(
        silhouette.refined,
        side,
        hip_y - 0.30 * stature,
        hip_y + 0.02 * stature,
        gates.straight_length_pct / 100 * stature,
    )
    if 100 * back / stature < gates.straight_edge_pct:
        return "part of the back's outline is a straight edge behind it", Issue(
            "outline_disagrees",
            "part of the back's outline is as straight as a door frame or the edge of a picture",
            "stand in front of a plain wall",
        )
    return "", arm_remark


def loose_clothing(said: str) -> Issue:
    """The warning about a loose top, told or seen."""
    return Issue("loose_clothing", said, "wear a tight top, or tuck it in")
