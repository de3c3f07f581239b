"""What a measure answers: a number with its doubt and grade, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from posture.quantity import Quantity

#: The two measures that the pelvic tilt is read from: marked points or a typed reading, and the outline.
MARKED, ESTIMATED = "asis_psis_tilt", "pelvic_tilt_estimate"
#: A marked bone points · B change in one person · C outline of the back · D joint centres only (docs/science.md,
#: Evidence grades).
Grade = Literal["A", "B", "C", "D"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where a value lies among people: ``z`` by the total SD, ``percentile`` 0..100, and the norm's id.

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


def quantity_of(measurements: Mapping[str, Measurement | Unmeasured], name: str) -> Quantity | None:
    """The value of a measure, None where it was not measured."""
    measured = measurements.get(name)
    return measured.quantity if isinstance(measured, Measurement) else None
