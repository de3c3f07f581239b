"""The quality gates: what refuses a photo, what only widens its intervals, and when the back's outline is of no use.

One function a check, all of one signature, in one list: an error refuses the photo, an `Issue` widens its intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import atan2, degrees, hypot

import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observation
from posture.body.orientation import Orientation
from posture.body.pose import SIDES, Pose, Side, index
from posture.body.sagittal import BODY_POINTS, Clothing
from posture.body.silhouette import Silhouette, back_line_difference, straightest
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
from posture.message import Message
from posture.quality.arms import arm_over_back

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One person in one picture, as every check sees them.

    seen, own : as the model saw them, and the landmarks with the camera's roll taken out
    observation, pose : the same with the points that somebody set
    lenient : keep only the refusals without which nothing could be measured; the others widen the intervals
    arms : tells an arm over the outline of the back; None where no outline is measured
    """

    seen: Observation
    own: Pose
    observation: Observation
    pose: Pose
    orientation: Orientation
    gates: QualityLimits
    lenient: bool = False
    clothing: Clothing | None = None
    arms: ArmRule | None = None

    @property
    def missing(self) -> list[str]:
        """Near-side points outside the picture or hidden, head to foot."""
        limits = np.array([self.observation.width_px, self.observation.height_px])
        near = self.orientation.near
        return [
            name
            for name in BODY_POINTS
            if self.pose.visibility[index(name, near)] < self.gates.visibility_refuse
            or not _inside(self.observation.pose.point(name, near), limits)
        ]

    def refusal(self, error: UnsuitablePhoto, hard: bool) -> UnsuitablePhoto | Issue:
        """A refusal, or the issue that it becomes in lenient mode unless it is ``hard``."""
        return error.issue() if self.lenient and not hard else error


Check = Callable[[Scene], Iterable[UnsuitablePhoto | Issue]]


def judged(scene: Scene) -> tuple[list[UnsuitablePhoto], list[Issue]]:
    """Refusals of a photo, and issues that only widen its intervals, in the order of `CHECKS`."""
    found = [one for check in CHECKS for one in check(scene)]
    refusals = [one for one in found if isinstance(one, UnsuitablePhoto)]
    return refusals, [one for one in found if isinstance(one, Issue)]


def alone(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """Nobody else as tall is in the picture."""
    height = scene.observation.pose.extent_px
    similar = sum(other >= scene.gates.second_person_share * height for other in scene.observation.others_px)
    if similar:
        yield SeveralPeople(similar + 1)


def side_on(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """The body is not turned too far, in whole degrees, as they are shown."""
    yaw, gates = scene.orientation.yaw_deg, scene.gates
    if round(yaw) > gates.yaw_refuse_deg:
        hard = round(yaw) > gates.yaw_lenient_deg
        limit = gates.yaw_lenient_deg if scene.lenient and hard else gates.yaw_refuse_deg
        yield scene.refusal(NotSideView(yaw, limit), hard)


def facing_known(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """Feet and face tell of one direction."""
    if scene.orientation.facing is None:
        yield FacingUnclear()


def standing(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """Nobody lies, sits, squats or steps.

    The trunk is judged in the picture; the legs by the model's metric landmarks, because thighs that point at the
    camera look short there, not slanted. Both legs must agree, or the person is in a step.
    """
    pose, gates, near = scene.pose, scene.gates, scene.orientation.near
    try:
        trunk = abs(lean(_raw(pose, "hip", near), _raw(pose, "shoulder", near)).value)
    except DegenerateGeometry:
        yield Cropped("shoulder, hip")
        return
    if trunk > gates.lying_trunk_deg:
        yield Lying(trunk)
        return
    bent = _bent_legs(pose, gates)
    yield from bent or _stepping(scene)


def _bent_legs(pose: Pose, gates: QualityLimits) -> list[UnsuitablePhoto]:
    """Sitting and squatting, by the straighter leg."""
    found: list[UnsuitablePhoto] = []
    legs = [_leg(pose, side) for side in SIDES]
    thigh, bend, shank = (float(least) for least in np.min(legs, axis=0))
    knees_seen = max(pose.visibility[index("knee", side)] for side in SIDES) >= gates.visibility_refuse
    if knees_seen and thigh > gates.sitting_thigh_deg and bend > gates.sitting_knee_deg:
        found.append(Sitting(thigh))
    if knees_seen and bend > gates.squatting_knee_deg and shank > gates.squatting_shank_deg:
        found.append(Squatting(bend))
    return found


def _stepping(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """Ankles far apart, or one leg bent or one foot tipped more than the other; of points as the model saw them."""
    own, gates = scene.own, scene.gates
    ankles = 100 * hypot(*(own.point("ankle", "left") - own.point("ankle", "right"))) / own.stature_px
    if ankles > gates.stepping_ankles_pct:
        yield scene.refusal(Stepping(ankles, gates.stepping_ankles_pct), hard=False)
        return
    bent, tipped = uneven_legs(own)
    if bent > gates.stepping_knee_deg or tipped > gates.stepping_foot_deg:
        limits = gates.stepping_knee_deg, gates.stepping_foot_deg
        yield scene.refusal(UnevenLegs(bent, tipped, *limits), hard=False)


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


def whole(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """No joint of the near side is outside the picture or hidden."""
    if missing := scene.missing:
        above = any(name in ("shoulder", "hip") for name in missing)
        yield scene.refusal(Cropped(", ".join(missing)), hard=above)


def tall_enough(scene: Scene) -> Iterator[UnsuitablePhoto | Issue]:
    """The body has pixels enough to be measured at all."""
    height_px, gates = scene.observation.height_in_photo_px, scene.gates
    if height_px < gates.too_small_px:
        hard = height_px < gates.too_small_lenient_px
        limit = gates.too_small_lenient_px if scene.lenient and hard else gates.too_small_px
        yield scene.refusal(TooSmall(height_px, limit), hard)


def _inside(xy: Array, size: Array) -> bool:
    return bool(np.all(xy >= -0.5) and np.all(xy <= size - 0.5))


def notes(orientation: Orientation) -> tuple[Issue, ...]:
    """Notes true of most photos, which ask nobody to look again; an unknown roll widens all against the vertical."""
    if orientation.roll is not None:
        return ()
    return (Issue.of(ROLL_UNKNOWN),)


def hardly_turned(scene: Scene) -> Iterator[Issue]:
    """The body is turned but a little, and shoulders and hips alike."""
    yaw, twist = scene.orientation.yaw_deg, scene.orientation.twist_deg
    if yaw > scene.gates.yaw_warn_deg:
        yield Issue.of("turned_slightly", yaw=yaw)
    elif twist > scene.gates.twist_warn_deg:
        yield Issue.of("twisted", twist=twist)


def tall(scene: Scene) -> Iterator[Issue]:
    """The body has pixels enough to be measured well."""
    height_px, gates = scene.observation.height_in_photo_px, scene.gates
    if gates.too_small_px <= height_px < gates.small_px:
        few = height_px < gates.contour_px  # only a live camera measures so small a body
        yield Issue.of("very_small" if few else "small", px=height_px, better=gates.small_px)


def nobody_behind(scene: Scene) -> Iterator[Issue]:
    """Nobody else is in the picture, however small."""
    if scene.observation.others_px:
        yield Issue.of("second_person")


def joints_seen(scene: Scene) -> Iterator[Issue]:
    """Every joint of the near side is seen well."""
    least = min(scene.pose.visibility[index(name, scene.orientation.near)] for name in BODY_POINTS)
    if scene.gates.visibility_refuse <= least < scene.gates.visibility_warn:
        yield Issue.of("joint_hard_to_see")


#: What refuses a photo, then what only widens its intervals.
CHECKS: tuple[Check, ...] = (
    alone,
    side_on,
    facing_known,
    standing,
    whole,
    tall_enough,
    hardly_turned,
    tall,
    nobody_behind,
    joints_seen,
)


def contour_problem(scene: Scene) -> tuple[str, Issue | None]:
    """Reason why the outline of the back cannot be used (empty when it can), and the warning that belongs to it.

    Of points as the model saw them, whichever somebody set.
    """
    seen, gates = scene.seen, scene.gates
    if scene.clothing == "loose":
        return "loose clothing hides the back", Issue.of("loose_clothing")
    if seen.silhouette is None:
        return "the body could not be told from the background", Issue.of("no_outline")
    if seen.height_in_photo_px < gates.contour_px:
        few = Message("the body is under {px:.0f} pixels tall, too few for the curve of the back", px=gates.contour_px)
        return few, None
    arm, arm_remark = ("", None) if scene.arms is None else arm_over_back(seen, scene.orientation, scene.arms)
    if arm:  # where an arm is the outline, the models disagree too: what to do is with the arm
        return arm, arm_remark
    for problem in (_models_apart, _straight_edge):
        if found := problem(seen, seen.silhouette, scene):
            return found
    return "", arm_remark


def _models_apart(seen: Observation, silhouette: Silhouette, scene: Scene) -> tuple[str, Issue] | None:
    """Two models that see the back in different places."""
    stature, hip_y = _back_of(seen, scene.orientation)
    apart_pct = None
    if silhouette.second is not None:
        rows = hip_y - 0.33 * stature, hip_y + 0.17 * stature
        apart_px = back_line_difference(silhouette.masked, silhouette.second, scene.orientation.dorsal, *rows)
        apart_pct = 100 * apart_px / stature
        if not apart_pct > scene.gates.outline_difference_pct:  # no row to tell by says nothing against them
            return None
    seen_apart = "one of them saw none"
    if apart_pct is not None:
        seen_apart = Message("they differ by {pct:.1f} % of body height", pct=apart_pct)
    return "two models disagree about the back's outline", Issue.of("outline_disagrees", seen=seen_apart)


def _straight_edge(seen: Observation, silhouette: Silhouette, scene: Scene) -> tuple[str, Issue] | None:
    """A door frame behind the back that passes for it."""
    stature, hip_y = _back_of(seen, scene.orientation)
    rows = hip_y - 0.30 * stature, hip_y + 0.02 * stature
    length_px = scene.gates.straight_length_pct / 100 * stature
    straight = straightest(silhouette.refined, scene.orientation.dorsal, *rows, length_px)
    if not 100 * straight / stature < scene.gates.straight_edge_pct:
        return None
    return "part of the back's outline is a straight edge behind it", Issue.of("straight_edge")


def _back_of(seen: Observation, orientation: Orientation) -> tuple[float, float]:
    """Stature and height of the hip point in the picture, px: what rows of the back are counted by."""
    return seen.pose.stature_px, float(seen.pose.point("hip", orientation.near)[1])
