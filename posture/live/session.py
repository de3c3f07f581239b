"""Tasks of a live camera: each gets one analyzed frame after another and keeps its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from posture.body.frame import Pixels
from posture.errors import Issue, UnsuitablePhoto
from posture.followup.three_poses import POSES
from posture.knowledge.exercise_rules import ExerciseRules
from posture.knowledge.load import Knowledge
from posture.live.capture import TOO_DARK, Live, Seen, judge, live_knowledge, step
from posture.live.coach import Coaching, coach
from posture.live.exercise_angles import form_of
from posture.live.sitting import SittingState, seat_of, sit
from posture.live.smoothing import Smoothed, smooth
from posture.measures import take_all
from posture.measures.calibrate import calibrated
from posture.measures.measurement import Measurements
from posture.vision.live_preview import LivePreview

#: Numbers that are shown live, from joints alone.
SHOWN = ("hip_angle", "trunk_incl")
#: The strip chart goes back so far and has so many values a second at most.
STRIP_S, STRIP_HZ = 60.0, 5.0
#: A picture whose mean is under this of 255 shows nothing.
DARK = 12.0
#: What would refuse a photo and also keeps a coach from seeing; kneeling and bending do not.
BLINDING = ("dark", "no_person", "several_people", "cropped", "too_small")
#: Time to change from one of three poses to the next, seconds.
CHANGE_S = 4.0


class Task(Protocol):
    """Something that goes on before a camera."""

    def see(self, seen: Seen, pixels: Pixels) -> None:
        """One frame, RGB, and what the preview saw in it."""

    def take(self) -> tuple[str, list[Pixels]] | None:
        """The name and the frames of a hold that has just been completed, given away once; None where there is none."""


class FrameAnalyzer:
    """Looks at every frame, and keeps the smoothed live numbers and their last minute. One camera's, one thread's.

    beside : other people are looked for in a thread of its own, so that no frame waits
    outlines : the trunk's edges are traced as well, for a coach
    live : the numbers now, None where there is none · strip : (time, number or None) of the last minute, by name
    """

    def __init__(self, knowledge: Knowledge, beside: bool = False, outlines: bool = False) -> None:
        self.knowledge = live_knowledge(knowledge)
        self._preview = LivePreview(beside, outlines)
        self.live: Mapping[str, Smoothed | None] = {}
        self.strip: dict[str, tuple[tuple[float, float | None], ...]] = dict.fromkeys(SHOWN, ())

    def analyze(self, pixels: Pixels, at_s: float) -> Seen:
        """Contents of a frame at a time that never runs backwards."""
        gates = self.knowledge.gates
        if pixels[::8, ::8].mean() < DARK:
            seen = judge(at_s, TOO_DARK, gates)
        else:
            try:
                seen = replace(judge(at_s, self._preview(pixels, at_s), gates), trunk=self._preview.trunk)
            except UnsuitablePhoto as error:
                seen = judge(at_s, error.issue(), gates)
        numbers = _numbers(seen, self.knowledge)
        self.live = {name: smooth(self.live.get(name), at_s, value) for name, value in numbers.items()}
        for name, one in self.live.items():
            line = self.strip[name]
            if not line or at_s - line[-1][0] >= 1 / STRIP_HZ - 1e-9:
                kept = (point for point in line if point[0] > at_s - STRIP_S)
                self.strip[name] = (*kept, (at_s, None if one is None else one.value))
        return seen

    def close(self) -> None:
        """Let the model go."""
        self._preview.close()


class Capture:
    """Guides somebody and takes the frames of one measurement."""

    def __init__(self, name: str = "") -> None:
        self.state, self.name = Live(), name
        self._frames: list[Pixels] = []

    @property
    def done(self) -> bool:
        """Whether all frames were taken."""
        return self.state.phase == "taken"

    @property
    def frames(self) -> list[Pixels]:
        """The frames taken so far, to be measured while the others come; none once they were handed on."""
        return self._frames

    def see(self, seen: Seen, pixels: Pixels) -> None:
        """Follow the capture by one frame."""
        before, self.state = self.state, step(self.state, seen)
        if not self.state.taken:
            self._frames.clear()
        if len(self.state.taken) > len(before.taken):
            self._frames.append(pixels.copy())

    def take(self) -> tuple[str, list[Pixels]] | None:
        """The frames to be measured, once."""
        if not (self.done and self._frames):
            return None
        frames, self._frames = self._frames, []
        return self.name, frames


class ThreePoseCapture:
    """Three checks, one for each of POSES; between two of them there is time to read what comes next.

    check : the one that goes on or was done last
    """

    def __init__(self) -> None:
        self.check = Capture(POSES[0])
        self._until_s: float | None = None

    @property
    def state(self) -> Live:
        """State of the pose asked for."""
        return self.check.state

    @property
    def pose(self) -> str:
        """The pose asked for."""
        return self.check.name

    @property
    def done(self) -> bool:
        """Whether all three were taken."""
        return self.check.done and self.pose == POSES[-1]

    @property
    def frames(self) -> list[Pixels]:
        """Those of the pose asked for."""
        return self.check.frames

    def see(self, seen: Seen, pixels: Pixels) -> None:
        """Follow the pose that is asked for; the next is asked for once it was taken."""
        if self.check.done and not self.done:
            self.check = Capture(POSES[POSES.index(self.pose) + 1])
            self._until_s = seen.at_s + CHANGE_S
        if self._until_s is None or seen.at_s >= self._until_s:
            self.check.see(seen, pixels)

    def take(self) -> tuple[str, list[Pixels]] | None:
        """The frames of the pose that was just taken, once."""
        return self.check.take()


class ExerciseSession:
    """An exercise that the coach watches. problem : what keeps it from seeing anything, None where it sees"""

    def __init__(self, drill: ExerciseRules) -> None:
        self.state, self._drill = Coaching(), drill
        self.problem: Issue | None = None

    def see(self, seen: Seen, pixels: Pixels) -> None:  # noqa: ARG002 - a task like the others
        """Follow the exercise by one frame."""
        form = None if seen.observation is None else form_of(seen.observation.pose, seen.trunk)
        self.state = coach(self.state, seen.at_s, form, self._drill)
        self.problem = seen.problem if seen.problem is not None and seen.problem.code in BLINDING else None

    def take(self) -> tuple[str, list[Pixels]] | None:
        """Nothing is measured."""
        return None


class SittingSession:
    """Somebody who sits."""

    def __init__(self) -> None:
        self.desk = SittingState()

    def see(self, seen: Seen, pixels: Pixels) -> None:  # noqa: ARG002 - a task like the others
        """Follow the sitting by one frame."""
        seat = None if seen.observation is None else seat_of(seen.observation.pose)
        self.desk = sit(self.desk, seen.at_s, seat)

    def take(self) -> tuple[str, list[Pixels]] | None:
        """Nothing is measured."""
        return None


def _numbers(seen: Seen, knowledge: Knowledge) -> dict[str, float | None]:
    """The live numbers of a frame, None where it has none."""
    body = None if seen.view is None else seen.view.body
    taken = Measurements() if body is None else calibrated(take_all(body, knowledge.tilt_model), knowledge)
    read = {name: taken.quantity(name) for name in SHOWN}
    return {name: None if quantity is None else quantity.value for name, quantity in read.items()}
