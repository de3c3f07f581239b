"""Practice of one exercise, as the report holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posture.body.pose import Side


@dataclass(frozen=True, slots=True)
class Practice:
    """Practice of one exercise with one side, for the report.

    side : None where nobody watched which · held_s : in good form, or on the clock · watched : by the coach
    tempo_s : medians of rise, stay and fall of the repetitions · cues : how often each was raised
    """

    exercise: str
    side: Side | None
    held_s: float
    reps: int
    tempo_s: tuple[float, float, float] | None
    cues: Mapping[str, int]
    watched: bool = True
