"""Result of a measure: a number with its doubt and grade, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from types import MappingProxyType
from typing import Literal

from posture.quantity import Quantity

#: The two measures that the pelvic tilt is read from: marked points or a typed reading, and the outline.
MARKED, ESTIMATED = "asis_psis_tilt", "pelvic_tilt_estimate"
#: A marked bone points · B change in one person · C outline of the back · D joint centres only (docs/science.md,
#: Evidence grades).
Grade = Literal["A", "B", "C", "D"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Place of a value among people: ``z`` by the total SD, ``percentile`` 0..100, and the norm's id.

    percentile : None where the norm is of too few people to say it
    """

    z: float
    percentile: float | None
    norm: str

    @property
    def of_100(self) -> int | None:
        """People of 100 who read lower, 1 to 99: a percentile of 99.8 gives 99; None where it cannot be said."""
        return None if self.percentile is None else min(99, max(1, round(self.percentile)))


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured value.

    quantity : value and sigma, one SD of value minus truth from all sources
    sem : one SD between photos of the same person and set-up on one day, same unit
    raw : the value before the known offset of the pose model was taken off
    method : how it was obtained, in words · comparison : None where no norm exists
    """

    quantity: Quantity
    sem: float
    grade: Grade
    method: str
    raw: float
    comparison: Comparison | None = None

    @property
    def mdc95(self) -> float:
        """Smallest change between two photos that exceeds measurement error: sem 2 gives 5.54."""
        return 1.96 * sqrt(2) * self.sem


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """No number, and why, in words for the person."""

    reason: str


class Measurements(Mapping[str, Measurement | Unmeasured]):
    """Results of all measures, by name, in the order of the report; equal to any mapping of the same."""

    __slots__ = ("_answers",)

    def __init__(self, answers: Mapping[str, Measurement | Unmeasured] = MappingProxyType({})) -> None:
        self._answers = dict(answers)

    def __getitem__(self, name: str) -> Measurement | Unmeasured:
        return self._answers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __or__(self, other: Mapping[str, Measurement | Unmeasured]) -> Measurements:
        """The same with the answers of ``other`` in place of their own."""
        return Measurements({**self, **other})

    def __repr__(self) -> str:
        return f"Measurements({self._answers!r})"

    def measurement(self, name: str) -> Measurement | None:
        """One measure's measurement; None where it has none, whatever the reason."""
        answer = self._answers.get(name)
        return answer if isinstance(answer, Measurement) else None

    def quantity(self, name: str) -> Quantity | None:
        """The value of a measure, None where it was not measured."""
        measured = self.measurement(name)
        return None if measured is None else measured.quantity

    def measured(self) -> dict[str, Measurement]:
        """All measurements, without the unmeasured."""
        return {name: answer for name, answer in self._answers.items() if isinstance(answer, Measurement)}

    def unmeasured(self) -> dict[str, Unmeasured]:
        """All unmeasured, with their reasons."""
        return {name: answer for name, answer in self._answers.items() if isinstance(answer, Unmeasured)}

    def without_norms(self) -> Measurements:
        """The same measurements compared with nobody, for people under 18: the norms are of adults."""
        return self | {name: replace(one, comparison=None) for name, one in self.measured().items()}
