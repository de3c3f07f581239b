"""Coaching rules of an exercise: when it is under way, good form, and the cue for each fault.

All of it is data: ``[coach]`` of the exercise's file. Every limit is a proposal of this project (posture_proposal):
it was set beside generated people whom the pose model reads 3 to 8° too far back, and no study has tried it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Angles that rules may name.
#:   trunk                  hip to shoulder from the vertical, + top forward
#:   front_thigh, back_thigh, raised_thigh   of that leg, from hanging, + knee forward
#:   front_shank            of the leg in front, from the vertical, + knee ahead of the ankle
#:   front_knee, back_knee  flexion of each knee
#:   knees_apart            front knee ahead of the back one, percent of the trunk's length
#:   ..._change             against standing relaxed at the start; hollow: depth of the lower back's hollow in percent
#:                          of the trunk's length, some 3 for 10° of pelvic tilt
ANGLES = ("trunk", "trunk_change", "front_thigh", "front_shank", "front_knee", "back_knee", "back_thigh", "knees_apart",
          "raised_thigh", "standing_knee_change", "hollow_change")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """An angle and where it has to stay: ``low`` to ``high``, degrees or percent; a missing limit is none."""

    angle: str
    low: float = float("-inf")
    high: float = float("inf")

    def __post_init__(self) -> None:
        if self.angle not in ANGLES:
            raise ValueError(f"no angle {self.angle!r}: choose from {', '.join(ANGLES)}")
        if not self.low < self.high:
            raise ValueError(f"the window of {self.angle} is empty: {self.low} to {self.high}")

    def holds(self, value: float | None, slack: float = 0.0) -> bool:
        """Whether a value lies within the window widened by ``slack``; an unknown one breaks no rule."""
        return value is None or self.low - slack <= value <= self.high + slack


@dataclass(frozen=True, slots=True)
class Rule:
    """A window that good form keeps, and the words where it is left."""

    window: Window
    cue: str


@dataclass(frozen=True, slots=True)
class Lift:
    """A repetition, degrees of ``angle``: from below ``rest`` over ``top`` and back; ``low_cue`` where it turns before.

    least_rise_s : quicker ones get ``fast_cue``
    """

    angle: str
    rest: float
    top: float
    low_cue: str
    least_rise_s: float
    fast_cue: str

    def __post_init__(self) -> None:
        if self.angle not in ANGLES:
            raise ValueError(f"no angle {self.angle!r}")
        if not self.rest < self.top:
            raise ValueError(f"a lift rises: {self.rest} to {self.top}")


@dataclass(frozen=True, slots=True)
class ExerciseRules:
    """One coached exercise.

    exercise : its id · trained : whose side counts, the leg behind or the one that is raised
    begin : how to get into it · stance : what shows that it is going on · form : what good form keeps
    lift : the repetition, None where the exercise is held · source : keys of ``sources.toml``
    """

    exercise: str
    trained: Literal["back", "raised"]
    begin: str
    stance: tuple[Window, ...]
    form: tuple[Rule, ...]
    lift: Lift | None
    source: tuple[str, ...]
