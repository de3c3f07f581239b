"""Is this a side view that can be measured, and which way does the body face?

Facing and near side are settled here and nowhere else. What leaves is a `SagittalBody`: x forward, y up, anterior tilt
positive, whichever way the person faced in the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, atan2, degrees, hypot
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from posture.errors import (
    Cropped,
    FacingUnclear,
    Lying,
    NotSideView,
    PostureError,
    Remark,
    SeveralPeople,
    Sitting,
    Squatting,
    Stepping,
    TooSmall,
    UnsuitablePhoto,
)
from posture.geometry import UncertainPoint, lean, rotated
from posture.observation import Marks, Observation
from posture.pose import NOSE, Pose, Side, index
from posture.silhouette import Outline, back_line_difference

Array = NDArray[np.float64]
Facing = Literal["left", "right"]
Clothing = Literal["tight", "normal", "loose"]

#: Near-side points every measure may ask for.
BODY_POINTS = ("ear", "shoulder", "hip", "knee", "ankle", "heel", "toe")
#: Shoulder and hip spacing as shares of the trunk's length (SCIENCE section 3, yaw of a standing person).
SHOULDER_SPACING, HIP_SPACING = 0.69, 0.38
#: Half the thickness of a forearm, in statures (forearm girth about 0.15 stature; provisional).
FOREARM_RADIUS = 0.022


@dataclass(frozen=True, slots=True)
class Gates:
    """The limits of SCIENCE section 3, read from ``norms.toml``; px, degrees, percent of stature, shares."""

    yaw_warn_deg: float
    yaw_refuse_deg: float
    yaw_lenient_deg: float
    twist_warn_deg: float
    small_px: float
    too_small_px: float
    too_small_lenient_px: float
    visibility_warn: float
    visibility_refuse: float
    lying_trunk_deg: float
    sitting_thigh_deg: float
    sitting_knee_deg: float
    squatting_knee_deg: float
    squatting_shank_deg: float
    stepping_ankles_pct: float
    second_person_share: float
    contour_px: float
    outline_difference_pct: float
    arm_touching_pct: float
    arm_covering_pct: float
    roll_unknown_deg: float
    roll_known_deg: float


class MissingPoint(PostureError):
    """A measure asked for a body point that is not in the picture."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"the {self.name} is not in the picture or hidden"


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """The dorsal and ventral edge of the body, neck to heel, and the same dorsal edge as other masks drew it.

    dorsal_xy, ventral_xy : (n, 2), sagittal frame, ordered upwards
    other_dorsal_xy : the unrefined and the second model's dorsal edge on the same rows; their spread is the doubt
    """

    dorsal_xy: Array
    ventral_xy: Array
    other_dorsal_xy: tuple[Array, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SagittalBody:
    """A person seen from the side: x forward, y up, frame px, camera roll removed where it was known.

    points : near-side joints by name (`BODY_POINTS`), those that can be seen
    contour : None with `contour_problem` saying why
    asis, psis : marked points, or None
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
        """Length hip → shoulder."""
        return hypot(*self.point("shoulder").minus(self.point("hip")))


class NoContour(PostureError):
    """The outline of the back cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class View:
    """What was judged of one observation. ``body`` is None when the photo is refused for ``reasons``."""

    body: SagittalBody | None
    facing: Facing | None
    reasons: tuple[Remark, ...]
    warnings: tuple[Remark, ...]
    quality: Mapping[str, float | None]


def look(
    observation: Observation,
    gates: Gates,
    lenient: bool = False,
    clothing: Clothing | None = None,
    roll_deg: float | None = None,
    marks: Marks | None = None,
) -> View:
    """Judge one observation and, if it can be measured, turn it into a `SagittalBody`.

    Parameters
    ----------
    lenient : keep only the refusals without which nothing could be measured; the others become warnings
    roll_deg : camera roll, clockwise positive, from a plumb line; None when unknown
    marks : marked ASIS and PSIS
    """
    pose = observation.pose
    if roll_deg is not None:
        pose = _unrolled(pose, roll_deg)
    facing = _facing(pose)
    yaw = _yaw(pose)
    near = _near_side(pose, facing)
    refusals, warnings = _refusals(observation, pose, gates, facing, near, yaw, lenient)
    warnings += _warnings(observation, pose, gates, near, yaw, roll_deg)

    problem = "facing is unclear"
    if facing is not None:
        problem, remark = _contour(observation, gates, facing, near, clothing)
        if remark is not None:
            warnings.append(remark)
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
    if not refusals and facing is not None:
        body = _sagittal(observation, pose, gates, facing, near, yaw, roll_deg, problem, marks)
    return View(body, facing, tuple(error.remark() for error in refusals), tuple(dict.fromkeys(warnings)), quality)


def roll_of_plumb_line(upper_px: tuple[float, float], lower_px: tuple[float, float]) -> float:
    """Camera roll from two points on a line that hangs vertically in the world, degrees, clockwise positive.

    A camera rolled clockwise sees a plumb line leaning to the left at its top: (90, 0)-(100, 100) gives +5.7.
    """
    (x1, y1), (x2, y2) = sorted((upper_px, lower_px), key=lambda p: p[1])
    return degrees(atan2(x2 - x1, y2 - y1))


def _unrolled(pose: Pose, roll_deg: float) -> Pose:
    # y points down here, so the rotation that raises a line leaning left at its top is the positive one
    return Pose(rotated(pose.xy_px, (0.0, 0.0), roll_deg), pose.visibility, pose.sigma_px, pose.world_m)


def _facing(pose: Pose) -> Facing | None:
    """Image direction of the toes, confirmed by nose against ears; None when they disagree."""
    feet = sum(float(pose.point("toe", side)[0] - pose.point("heel", side)[0]) for side in _SIDES)
    face = float(pose.xy_px[NOSE, 0] - pose.middle("ear")[0])
    if feet * face <= 0:
        return None
    return "right" if face > 0 else "left"


_SIDES: tuple[Side, Side] = ("left", "right")


def _near_side(pose: Pose, facing: Facing | None) -> Side:
    """Facing image left, a person shows the left side, whatever the turn short of frontal; else the better seen one."""
    if facing is not None:
        return facing
    left, right = (sum(pose.visibility[index(name, side)] for name in ("hip", "knee", "ankle")) for side in _SIDES)
    return "left" if left >= right else "right"


def _yaw(pose: Pose) -> float:
    """Turn from exact side view in degrees 0..90: the largest of three estimates (SCIENCE section 3)."""
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


def _refusals(
    observation: Observation,
    pose: Pose,
    gates: Gates,
    facing: Facing | None,
    near: Side,
    yaw: float,
    lenient: bool,
) -> tuple[list[UnsuitablePhoto], list[Remark]]:
    """All refusals that apply, and those that lenient mode turned into warnings."""
    found: list[tuple[UnsuitablePhoto, bool]] = []  # (error, stays a refusal in lenient mode)
    height = observation.pose.extent_px
    similar = sum(other >= gates.second_person_share * height for other in observation.others_px)
    if similar:
        found.append((SeveralPeople(similar + 1), True))
    if round(yaw) > gates.yaw_refuse_deg:  # whole degrees, as they are shown
        found.append((NotSideView(yaw, gates.yaw_refuse_deg), round(yaw) > gates.yaw_lenient_deg))
    if facing is None:
        found.append((FacingUnclear(), True))
    found += _stance(pose, gates, near)
    missing = _missing(observation, pose, gates, near)
    if missing:
        above = [name for name in missing if name in ("shoulder", "hip")]
        found.append((Cropped(", ".join(missing)), bool(above)))
    if observation.height_in_photo_px < gates.too_small_px:
        limit = gates.too_small_lenient_px if lenient else gates.too_small_px
        height_px = observation.height_in_photo_px
        found.append((TooSmall(height_px, limit), height_px < gates.too_small_lenient_px))
    if not lenient:
        return [error for error, _ in found], []
    return [error for error, hard in found if hard], [error.remark() for error, hard in found if not hard]


def _stance(pose: Pose, gates: Gates, near: Side) -> list[tuple[UnsuitablePhoto, bool]]:
    """Lying, sitting, squatting or stepping.

    The trunk is judged in the picture; the legs by the model's metric landmarks, because thighs that point at the
    camera look short there, not slanted. Both legs must agree, or the person is in a step.
    """
    trunk = abs(lean(_raw(pose, "hip", near), _raw(pose, "shoulder", near)).value)
    if trunk > gates.lying_trunk_deg:
        return [(Lying(trunk), True)]
    found: list[tuple[UnsuitablePhoto, bool]] = []
    legs = [_leg(pose, side) for side in _SIDES]
    thigh, bend, shank = (min(values) for values in zip(*legs, strict=True))
    knees_seen = max(pose.visibility[index("knee", side)] for side in _SIDES) >= gates.visibility_refuse
    if knees_seen and thigh > gates.sitting_thigh_deg and bend > gates.sitting_knee_deg:
        found.append((Sitting(thigh), True))
    if knees_seen and bend > gates.squatting_knee_deg and shank > gates.squatting_shank_deg:
        found.append((Squatting(bend), True))
    ankles = 100 * hypot(*(pose.point("ankle", "left") - pose.point("ankle", "right"))) / pose.stature_px
    if ankles > gates.stepping_ankles_pct and not found:
        found.append((Stepping(ankles, gates.stepping_ankles_pct), False))
    return found


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


def _missing(observation: Observation, pose: Pose, gates: Gates, near: Side) -> list[str]:
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


def _warnings(
    observation: Observation, pose: Pose, gates: Gates, near: Side, yaw: float, roll_deg: float | None
) -> list[Remark]:
    """What widens the doubt without refusing the photo."""
    found = []
    twist = _twist(pose)
    if yaw > gates.yaw_warn_deg:
        found.append(
            Remark(
                "turned_slightly",
                f"the body is turned about {yaw:.0f}° from side-on",
                "turn until one shoulder hides the other",
            )
        )
    elif twist > gates.twist_warn_deg:
        found.append(
            Remark(
                "turned_slightly",
                f"shoulders and hips are turned {twist:.0f}° against each other",
                "stand relaxed, shoulders and hips side on",
            )
        )
    if gates.too_small_px <= observation.height_in_photo_px < gates.small_px:
        found.append(
            Remark(
                "small",
                f"the body is {observation.height_in_photo_px:.0f} pixels tall; {gates.small_px:.0f} are better",
                "come closer, so that the body fills the picture's height",
            )
        )
    if observation.others_px:
        found.append(
            Remark("second_person", "somebody else is in the picture, smaller", "let nobody else be in the picture")
        )
    if roll_deg is None:
        found.append(
            Remark(
                "roll_unknown",
                "nothing in the picture shows whether the camera was level",
                "level the phone, or give two points of a door frame or plumb line",
            )
        )
    hidden = min(pose.visibility[index(name, near)] for name in BODY_POINTS)
    if gates.visibility_refuse <= hidden < gates.visibility_warn:
        found.append(
            Remark("cropped", "a joint of the near side is hard to see", "wear tight clothes, arms off the hips")
        )
    return found


def _contour(
    observation: Observation,
    gates: Gates,
    facing: Facing,
    near: Side,
    clothing: Clothing | None,
) -> tuple[str, Remark | None]:
    """Why the outline of the back cannot be used (empty when it can), and the warning that belongs to it."""
    if clothing == "loose":
        remark = Remark("loose_clothing", "a loose top hides the shape of the back", "wear a tight top, or tuck it in")
        return "loose clothing hides the back", remark
    silhouette = observation.silhouette
    if silhouette is None:
        return "the body could not be told from the background", Remark(
            "outline_disagrees", "no outline of the body was found", "stand in front of a plain wall"
        )
    if observation.height_in_photo_px < gates.contour_px:
        return f"the body is under {gates.contour_px:.0f} pixels tall, too few for the curve of the back", None
    side = _dorsal_side(facing)
    raw = observation.pose
    stature, (shoulder_y, hip_y) = raw.stature_px, (raw.point(name, near)[1] for name in ("shoulder", "hip"))
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
        return "two models disagree about the back's outline", Remark(
            "outline_disagrees",
            f"two models disagree about the back's outline: {seen}",
            "stand in front of a plain wall",
        )
    gap = _arm_gap(raw, silhouette.masked, facing, shoulder_y, hip_y) / stature * 100
    if gap < gates.arm_touching_pct:
        covering = gap < gates.arm_covering_pct
        remark = Remark(
            "arm_over_back",
            f"an arm {'covers' if covering else 'touches'} the outline of the lower back",
            "cross the arms on the chest or hold them slightly forward",
        )
        return ("an arm covers the lower back" if covering else ""), remark
    return "", None


def _arm_gap(pose: Pose, outline: Outline, facing: Facing, shoulder_y: float, hip_y: float) -> float:
    """Least distance in px from the back's outline forward to the rear edge of either forearm, over the lumbar rows.

    Negative or near zero where the arm is itself the outline.
    """
    forward = 1.0 if facing == "right" else -1.0
    back = outline.edge(_dorsal_side(facing))
    top, bottom = hip_y - 0.62 * (hip_y - shoulder_y), hip_y + 0.05 * (hip_y - shoulder_y)
    radius = FOREARM_RADIUS * pose.stature_px
    gaps = [np.inf]
    for side in _SIDES:
        elbow, wrist = pose.point("elbow", side), pose.point("wrist", side)
        arm = elbow + np.linspace(0, 1.25, 26)[:, None] * (wrist - elbow)  # 1.25: to the knuckles
        arm = arm[(arm[:, 1] >= top) & (arm[:, 1] <= bottom)]
        if arm.size:
            at = np.interp(arm[:, 1], back[:, 1], back[:, 0])
            gaps.append(float((forward * (arm[:, 0] - at)).min()) - radius)
    return float(min(gaps))


def _dorsal_side(facing: Facing) -> str:
    return "left" if facing == "right" else "right"


def _sagittal(
    observation: Observation,
    pose: Pose,
    gates: Gates,
    facing: Facing,
    near: Side,
    yaw: float,
    roll_deg: float | None,
    contour_problem: str,
    marks: Marks | None,
) -> SagittalBody:
    """The body in its own frame: x forward, y up."""
    forward = 1.0 if facing == "right" else -1.0
    roll = roll_deg or 0.0

    def turned(xy: Array) -> Array:
        body: Array = rotated(np.atleast_2d(xy), (0.0, 0.0), roll) * (forward, -1.0)
        return body

    def marked(xy_px: tuple[float, float], sigma_px: float) -> UncertainPoint:
        x, y = turned(np.array(xy_px))[0]
        return UncertainPoint(float(x), float(y), sigma_px)

    missing = set(_missing(observation, pose, gates, near))
    points = {
        name: marked(tuple(observation.pose.point(name, near)), float(pose.sigma_px[index(name, near)]))
        for name in BODY_POINTS
        if name not in missing
    }
    contour = None
    silhouette = observation.silhouette
    if not contour_problem and silhouette is not None:
        dorsal = _dorsal_side(facing)
        others = [silhouette.masked] + ([silhouette.second] if silhouette.second else [])
        contour = Contour(
            dorsal_xy=turned(silhouette.refined.edge(dorsal))[::-1],
            ventral_xy=turned(silhouette.refined.edge("left" if dorsal == "right" else "right"))[::-1],
            other_dorsal_xy=tuple(turned(outline.edge(dorsal))[::-1] for outline in others),
        )
    return SagittalBody(
        facing=facing,
        points=points,
        stature_px=observation.stature_px,
        yaw_deg=yaw,
        roll_sigma_deg=gates.roll_unknown_deg if roll_deg is None else gates.roll_known_deg,
        contour=contour,
        contour_problem=contour_problem,
        asis=None if marks is None else marked(marks.asis_px, marks.sigma_px),
        psis=None if marks is None else marked(marks.psis_px, marks.sigma_px),
    )
