"""The modified Thomas test from a photo: the hanging leg found or given, the level by a line if one is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import atan2, degrees

from posture.body.frame import Frame
from posture.body.overrides import MOST_ROLL_DEG, roll_of_plumb_line
from posture.body.pose import Side
from posture.errors import DegenerateGeometry, Issue, LegUnclear, UsageError
from posture.geometry import UncertainPoint
from posture.knowledge.quality_limits import QualityLimits
from posture.message import Message
from posture.plan.thomas import Thomas, thomas
from posture.vision.lying import find_hanging_leg
from posture.vision.mediapipe_pose import MediaPipeObserver

Pixel = tuple[float, float]
#: One SD of a point that somebody gives, percent of the photo's longer side (a click, provisional).
GIVEN_SIGMA_PCT = 0.2
#: Looks that disagree by more than this, percent of stature, are said (provisional).
APART_PCT = 3.0


@dataclass(frozen=True, slots=True)
class LegInput:
    """Facts that somebody gives about the photo, in its own pixels.

    given : points of the hanging leg, hip, knee, ankle · plumb : two points one above the other in the world
    level : two points of the table's edge
    """

    given: Mapping[str, Pixel] = field(default_factory=dict)
    plumb: tuple[Pixel, Pixel] | None = None
    level: tuple[Pixel, Pixel] | None = None
    side: Side | None = None
    lumbar_flat: bool | None = None


@dataclass(frozen=True, slots=True)
class LegPhoto:
    """The result with what it was made from, for drawing: points in photo px, heads (x, y, radius) in frame px."""

    result: Thomas
    points: Mapping[str, UncertainPoint]
    roll_deg: float
    faces_px: tuple[tuple[float, float, float], ...]


def roll_of_level_line(a: Pixel, b: Pixel) -> float:
    """Camera roll from two points on a line that is level in the world, degrees, clockwise positive.

    A camera rolled clockwise sees the right end of a level line higher: (0, 100)-(100, 90) gives +5.7.
    """
    (x1, y1), (x2, y2) = sorted((a, b))
    return degrees(atan2(y1 - y2, x2 - x1))


def measure_leg(
    frame: Frame, observer: Callable[[], MediaPipeObserver], given: LegInput, gates: QualityLimits
) -> LegPhoto:
    """The Thomas test of one photo; ``observer`` is asked for only where no points were given.

    Raises UsageError for points that cannot be meant, LegUnclear or another UnsuitablePhoto where no leg can be read.
    """
    _check(given, frame)
    roll, roll_sigma, warnings = 0.0, gates.roll_known_deg, []
    if given.plumb is not None:
        roll = roll_of_plumb_line(*given.plumb)
    elif given.level is not None:
        roll = roll_of_level_line(*given.level)
    else:
        roll_sigma = gates.roll_unknown_deg
        warnings.append(Issue.of("thomas_roll_unknown"))
    points: Mapping[str, UncertainPoint]
    faces: tuple[tuple[float, float, float], ...] = ()
    if given.given:
        sigma = GIVEN_SIGMA_PCT / 100 * max(frame.width, frame.height)
        points = {name: UncertainPoint(*xy, sigma) for name, xy in given.given.items()}
        side, method = given.side, "points given"
    else:
        leg = find_hanging_leg(frame, observer(), given.side)
        points, side, faces, method = leg.points, leg.side, leg.faces_px, "pose model on a lying body"
        if leg.apart_pct > APART_PCT:
            warnings.append(Issue.of("looks_disagree", pct=leg.apart_pct))
        else:
            warnings.append(Issue.of("lying_body"))
    if abs(roll) > MOST_ROLL_DEG:
        raise UsageError(f"the line given leans {abs(roll):.0f}°: level wants the table's edge, plumb a vertical line")
    try:
        result = thomas(points, roll, roll_sigma, given.lumbar_flat, side, method, tuple(warnings))
    except DegenerateGeometry as error:
        if given.given:
            raise UsageError(f"hip and knee lie too close together: {error}") from error
        raise LegUnclear from error
    return LegPhoto(result, points, roll, faces)


def _check(given: LegInput, frame: Frame) -> None:
    if given.given and not {"hip", "knee"} <= set(given.given):
        raise UsageError("hip and knee go together; ankle may join them")
    for a, b in (("hip", "knee"), ("knee", "ankle")):
        if a in given.given and given.given.get(a) == given.given.get(b):
            raise UsageError(f"{a} and {b} are the same point {given.given[a]}")
    if given.plumb is not None and given.level is not None:
        raise UsageError("give plumb or level, not both")
    points = [*given.given.items()]
    points += [("plumb", xy) for xy in given.plumb or ()] + [("level", xy) for xy in given.level or ()]
    for name, (x, y) in points:
        if not (0 <= x < frame.width and 0 <= y < frame.height):
            size = f"{frame.width} × {frame.height}"
            raise UsageError(
                Message("{point} lies outside the photo of {size} pixels", point=f"{name} ({x:g}, {y:g})", size=size)
            )
