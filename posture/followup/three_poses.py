"""Relaxed, arched and tucked: where a person stands within their own range.

Three photos of one person cancel what one photo cannot know: bone shape and cloth are the same in all of them. Position
0 is fully tucked, 1 fully arched; people stand at about 0.43 of their range (from +11.4 and -8.7° of Levine and Whittle
1996; docs/science.md, Three poses). No cut-off has been validated; it is for following one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from posture.errors import Issue
from posture.findings.verdict import SHOW_THE_BACK, outline_lost
from posture.message import Message
from posture.quantity import Quantity
from posture.report.report import Report

POSES = ("relaxed", "arched", "tucked")
#: Scatter of stickers that stay where they are, one SD, degrees.
STICKER_SD_DEG = 1.0
#: Photos of one camera differ by less than this in the body's height and in the thigh's depth, percent (provisional).
SCALE_PCT, THIGH_PCT = 5.0, 15.0
#: The roll of one camera that stays where it is, degrees (provisional).
ROLL_DEG = 1.0


@dataclass(frozen=True, slots=True)
class ThreePoses:
    """position : 0 tucked to 1 arched · range : arched minus tucked, degrees; both None where not ``comparable``

    cue : what was compared · reasons : why the photos cannot be compared, or what was wrong with one
    """

    position: Quantity | None
    range: Quantity | None
    cue: str
    comparable: bool
    reasons: tuple[Issue, ...]


def three_poses(reports: Mapping[str, Report]) -> ThreePoses:
    """The position of the relaxed pelvis within the person's own range, from reports of POSES.

    Cues of 12 relaxed, 22 arched and 2 tucked give position 0.5 ± 0.14 and a range of 20 ± 3.3°: with an SD c of every
    cue the position's variance is c² (1 + p² + (1 - p)²) / range², to first order.
    """
    reasons = _not_comparable(reports)
    if reasons:
        return ThreePoses(None, None, "", False, tuple(reasons))
    cues, cue, sd = _cues(reports)
    missing = [pose for pose in POSES if pose not in cues]
    if missing:
        said = Message(
            "in the {poses} photo neither stickers nor the outline of the back could be used",
            poses=" and the ".join(missing),
        )
        lost = outline_lost(reports[missing[0]].warnings)
        retake = SHOW_THE_BACK if lost is None else lost.retake
        return ThreePoses(None, None, cue, False, (Issue("no_cue", said, retake),))
    span = cues["arched"] - cues["tucked"]
    if span < -2 * sqrt(2) * sd:
        return ThreePoses(None, None, cue, False, (Issue.of("swapped"),))
    range_ = Quantity(span, sqrt(2) * sd, "deg")
    if span < 2 * range_.sigma:
        return ThreePoses(None, range_, cue, True, (Issue.of("no_range", deg=span),))
    p = (cues["relaxed"] - cues["tucked"]) / span
    position = Quantity(p, sd * sqrt(1 + p**2 + (1 - p) ** 2) / span, "")
    outside = max(cues["relaxed"] - cues["arched"], cues["tucked"] - cues["relaxed"])
    if outside > 2 * range_.sigma:
        return ThreePoses(None, range_, cue, False, (Issue.of("outside_range"),))
    return ThreePoses(position, range_, cue, True, ())


def _not_comparable(reports: Mapping[str, Report]) -> list[Issue]:
    """Everything that makes the photos differ in more than the pose."""
    found = []
    for pose in POSES:
        for reason in reports[pose].reasons if reports[pose].status == "refused" else ():
            said = Message("the {pose} photo: {reason}", pose=pose, reason=reason.message)
            found.append(Issue(reason.code, said, reason.retake))
    if found:
        return found
    if len({reports[pose].photo.sha256 for pose in POSES}) < len(POSES):
        return [Issue.of("same_photo")]
    for one, pose in combinations(POSES, 2):
        first, other = reports[one], reports[pose]
        if other.facing != first.facing:
            found.append(Issue.of("other_side", pose=pose, one=other.facing, first=one, other=first.facing))
            continue
        scale = _apart_pct(first.quality, other.quality, "body_height_px")
        if scale > SCALE_PCT:
            found.append(Issue.of("other_scale", pct=scale, pose=pose, first=one))
        elif _rolls_apart(first.quality.get("roll_deg"), other.quality.get("roll_deg")):
            found.append(Issue.of("other_roll", one=one, pose=pose))
        elif _apart_pct(first.quality, other.quality, "thigh_depth_pct") > THIGH_PCT:
            found.append(Issue.of("other_clothes", pose=pose))
    return found


def _rolls_apart(one: float | None, other: float | None) -> bool:
    """Whether one photo's leans have a roll taken out that the other's have not, or quite another one."""
    if one is None or other is None:
        return one is not other
    return abs(one - other) > ROLL_DEG


def _apart_pct(a: Mapping[str, float | None], b: Mapping[str, float | None], name: str) -> float:
    """By how much the larger exceeds the smaller, percent; 0 where one is unknown."""
    one, other = a.get(name), b.get(name)
    return 0.0 if not one or not other else 100 * (max(one, other) / min(one, other) - 1)


def _cues(reports: Mapping[str, Report]) -> tuple[dict[str, float], str, float]:
    """The cue of every photo that has it: stickers where all three have them, else the turn that the outline shows."""

    def values(name: str) -> dict[str, float]:
        read = {pose: reports[pose].measurements.quantity(name) for pose in POSES}
        return {pose: quantity.value for pose, quantity in read.items() if quantity is not None}

    marked = values("asis_psis_tilt")
    if len(marked) == len(POSES):
        return marked, "stickers over ASIS and PSIS", STICKER_SD_DEG
    rotations = {pose: rotation for pose in POSES if (rotation := reports[pose].rotation) is not None}
    error = max((rotation.sigma for rotation in rotations.values()), default=0.0)
    return {pose: rotation.value for pose, rotation in rotations.items()}, "outline of trunk and lower back", error
