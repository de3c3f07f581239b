"""A set of an exercise by the clock: which repetition it is, what is done now, and how long that goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from posture.plan.schedule import REPETITION_S

#: Seconds to get into position before the first repetition.
READY_S = 5.0

Phase = Literal["ready", "go", "done"]


@dataclass(frozen=True, slots=True)
class Beat:
    """A moment of a set. rep : from 1 · doing : "hold", or a word of the tempo such as "up" · left_s : of that alone"""

    phase: Phase
    rep: int
    doing: str
    left_s: float


@dataclass(frozen=True, slots=True)
class Pace:
    """One set: ``reps`` repetitions of ``parts``, each so many seconds and a word."""

    reps: int
    parts: tuple[tuple[float, str], ...]

    @property
    def repetition_s(self) -> float:
        """Seconds of one repetition: parts of 2, 1 and 2 s give 5."""
        return sum(seconds for seconds, _ in self.parts)

    def at(self, seconds: float) -> Beat:
        """The beat a number of seconds after Start.

        Two repetitions of 2 s up and 3 s down are ready until 5 s; at 8 s the first goes down for another 2 s; they are
        done from 15 s on.
        """
        if seconds < READY_S:
            return Beat("ready", 1, "", READY_S - seconds)
        done, into = divmod(seconds - READY_S, self.repetition_s)
        if done >= self.reps:
            return Beat("done", self.reps, "", 0.0)
        for part_s, doing in self.parts:
            if into < part_s:
                return Beat("go", int(done) + 1, doing, part_s - into)
            into -= part_s
        return Beat("go", int(done) + 1, self.parts[-1][1], 0.0)

    def reps_at(self, seconds: float) -> int:
        """Whole repetitions so long after Start: 12.9 s of repetitions of 3 s give 2."""
        return max(0, min(self.reps, int((seconds - READY_S) // self.repetition_s)))


def pace_of(dose: Mapping[str, Any]) -> Pace | None:
    """The pace of one set of a dose; None where a dose counts neither repetitions nor seconds.

    {"reps": 8, "tempo": "2 s up, 3 s down"} gives 8 repetitions of 2 s up and 3 s down.
    """
    if "reps" not in dose:
        return None
    parts = [(float(n), word) for n, word in re.findall(r"(\d+(?:\.\d+)?) s (\w+)", str(dose.get("tempo", "")))]
    if "hold_s" in dose:
        parts.append((float(dose["hold_s"]), "hold"))
    return Pace(int(dose["reps"]), tuple(parts or [(float(REPETITION_S), "go")]))
