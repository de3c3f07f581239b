"""Guidance of a person before a live camera, one request at a time: a pure fold over frames.

What refuses a photo refuses a frame, with the same words; then the person must stand still. After two good seconds the
frames to measure are taken by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from posture.body.observation import Observation
from posture.body.silhouette import Outline
from posture.errors import Issue
from posture.knowledge.load import Knowledge
from posture.knowledge.quality_limits import QualityLimits
from posture.quality.view import View, prepare_view

Phase = Literal["guide", "hold", "measure", "taken"]

#: A camera of 640 × 480 shows a body of some 440 px: it is guided and measured from here on, px (docs/science.md,
#: Quality gates) ...
LIVE_PX = 350.0
#: ... and its outline is not, under this height.
OUTLINE_PX = 500.0
#: How long all must be good before frames are taken, how far apart two of them are at least, how many are needed.
HOLD_S, APART_S, FRAMES = 2.0, 0.25, 12
#: Joints may move so far about their mean within the last second, one SD, percent of stature (provisional).
STILL_PCT, STILL_S = 0.5, 1.0
#: Bad frames in between shorter than this are a model's slip, not a person's, seconds.
SLIP_S = 0.3
#: Frames further apart than this show nobody standing still, seconds.
SLOW_S = 0.5
#: What was asked stays asked for so long, seconds.
ASKED_S = 1.5

#: Who was asked for so long to turn a little further is measured as they stand, with the warning, seconds.
PATIENCE_S = 6.0

STAND_STILL = Issue.of("moving")
TOO_DARK = Issue.of("dark")
TOO_SLOW = Issue.of("slow")
TURN_FURTHER = "turned_slightly"


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame of the preview.

    observation, view : None where nobody was seen · problem : what is to be done better
    trunk : the body's edges over the rows of the trunk, where they were asked for and found
    """

    at_s: float
    observation: Observation | None
    view: View | None
    problem: Issue | None
    trunk: Outline | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """State of the capture.

    last_s : when the frame before came
    asked, asked_since_s : the one thing to do now, None where all is good, and since when
    good_since_s, bad_since_s : since when · turning_since_s : since when all was good but a slight turn
    track : (time, joint positions and stature, px) of the last second
    taken : times of the frames that are to be measured
    """

    phase: Phase = "guide"
    last_s: float | None = None
    asked: Issue | None = None
    asked_since_s: float = 0.0
    good_since_s: float | None = None
    bad_since_s: float | None = None
    turning_since_s: float | None = None
    track: tuple[tuple[float, tuple[float, ...]], ...] = ()
    taken: tuple[float, ...] = ()

    @property
    def done_share(self) -> float:
        """Share of the frames taken, 0..1: 6 of 12 gives 0.5."""
        return min(1.0, len(self.taken) / FRAMES)

    @property
    def left_s(self) -> float | None:
        """Seconds to stand still until all frames are taken, if all stays good; None while nobody is asked to.

        A hold that began 0.5 s ago gives 4.5: another 1.5 s of it, and 3 s of frames.
        """
        if self.phase == "measure":
            return (FRAMES - len(self.taken)) * APART_S
        if self.phase != "hold" or self.last_s is None or self.good_since_s is None:
            return None
        return max(0.0, HOLD_S - (self.last_s - self.good_since_s)) + FRAMES * APART_S


def live_gates(gates: QualityLimits) -> QualityLimits:
    """The gates of a live camera: smaller bodies, and no outline of theirs."""
    return replace(gates, too_small_px=LIVE_PX, contour_px=max(gates.contour_px, OUTLINE_PX))


def live_knowledge(knowledge: Knowledge) -> Knowledge:
    """Knowledge with the limits of a live camera."""
    return replace(knowledge, gates=live_gates(knowledge.gates))


def judge(at_s: float, observation: Observation | Issue, gates: QualityLimits) -> Seen:
    """Judgement of one frame of the preview: the first thing to do better, as a photo would be refused for it.

    observation : what was seen, or what has to be done before anything can be · gates : those of `live_gates`
    """
    if isinstance(observation, Issue):
        return Seen(at_s, None, None, observation)
    view = prepare_view(observation, gates)
    turned = next((warning for warning in view.warnings if warning.code == TURN_FURTHER), None)
    return Seen(at_s, observation, view, view.reasons[0] if view.reasons else turned)


def step(before: Live, seen: Seen) -> Live:
    """The next state. Frames come in the order of time; a frame of a person who is lost begins anew.

    Good frames for 2 s lead from "guide" over "hold" to "measure", twelve frames at least 0.25 s apart to "taken".
    """
    if before.phase == "taken":
        return before
    track = _track(before, seen)
    turning = before.turning_since_s
    if seen.problem is not None:
        turning = (seen.at_s if turning is None else turning) if seen.problem.code == TURN_FURTHER else None
    slow = before.last_s is not None and seen.at_s - before.last_s > SLOW_S
    turned_enough = turning is not None and seen.at_s - turning >= PATIENCE_S
    before = replace(before, turning_since_s=turning, last_s=seen.at_s)
    problem = None if turned_enough else seen.problem
    problem = problem or (TOO_SLOW if slow else None if _still(track) else STAND_STILL)
    if problem is None:
        good_since = seen.at_s if before.good_since_s is None else before.good_since_s
        return _good(replace(before, asked=None, good_since_s=good_since, bad_since_s=None, track=track), seen)
    bad_since = seen.at_s if before.bad_since_s is None else before.bad_since_s
    if before.good_since_s is not None and seen.at_s - bad_since < SLIP_S and not slow:
        return replace(before, bad_since_s=bad_since, track=track)
    if before.asked is not None and seen.at_s - before.asked_since_s < ASKED_S:
        problem, since = before.asked, before.asked_since_s  # nobody can follow words that change all the time
    else:
        since = before.asked_since_s if before.asked == problem else seen.at_s
    return Live(
        last_s=seen.at_s,
        asked=problem,
        asked_since_s=since,
        bad_since_s=bad_since,
        turning_since_s=turning,
        track=track,
    )


def _good(now: Live, seen: Seen) -> Live:
    assert now.good_since_s is not None
    if seen.at_s - now.good_since_s < HOLD_S:
        return replace(now, phase="hold")
    if now.taken and seen.at_s - now.taken[-1] < APART_S - 1e-9:
        return now
    taken = (*now.taken, seen.at_s)
    return replace(now, phase="taken" if len(taken) >= FRAMES else "measure", taken=taken)


def _track(before: Live, seen: Seen) -> tuple[tuple[float, tuple[float, ...]], ...]:
    """Shoulders, hips and the near ankle of the last second, and the stature, px.

    The far ankle is hidden behind the near one: a model guesses it, and now and then elsewhere for a frame.
    """
    kept = tuple(point for point in before.track if point[0] > seen.at_s - STILL_S)
    if seen.observation is None or seen.view is None:
        return ()
    pose = seen.observation.pose
    joints = pose.middle("shoulder"), pose.middle("hip"), pose.point("ankle", seen.view.orientation.near)
    return (*kept, (seen.at_s, (*(float(value) for joint in joints for value in joint), pose.stature_px)))


def _still(track: tuple[tuple[float, tuple[float, ...]], ...]) -> bool:
    """Whether the joints stayed where they are over the last second; one frame alone says nothing against it.

    Head and feet, which tell the stature, are found less steadily than joints: a second has one stature, its median.
    """
    if len(track) < 2:
        return True
    *joints, stature = np.array([place for _, place in track]).T
    return bool(100 * np.std(joints, axis=1).max() <= STILL_PCT * np.median(stature))
