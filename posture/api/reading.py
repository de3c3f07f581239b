"""One measure of a result, and how it moved between two results, as values that print themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from posture.followup.change import Change
from posture.measures import MEASURES
from posture.measures.measurement import ESTIMATED, MARKED, Measurement, Unmeasured
from posture.text.labels import NAMES, TILT, in_people, number

#: The name of the one tilt of a result: from marked points where there are some, else the estimate.
PELVIC_TILT = "pelvic_tilt"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure of a result; every number is None where it was not measured, and ``reason`` says why.

    value ± sigma (one SD of value minus truth) and the 95 % interval, in ``unit``: degrees, or "%"
    mdc95 : smallest real change between two photos · grade : "A" marked bones to "D" joint points
    percentile : 0 to 100 among people, None where no norm of 50 people or more exists
    """

    name: str
    title: str
    unit: str
    value: float | None = None
    sigma: float | None = None
    low95: float | None = None
    high95: float | None = None
    mdc95: float | None = None
    grade: str | None = None
    method: str = ""
    percentile: float | None = None
    reason: str = ""

    def __str__(self) -> str:
        """18 ± 5 with the percentile 91 reads "18° (8 to 28°), higher than 91 of 100 people"."""
        if self.value is None or self.low95 is None or self.high95 is None:
            return f"not measured: {self.reason}"
        words = f"{number(self.value, self.unit)} ({number(self.low95, '')} to {number(self.high95, self.unit)})"
        if self.percentile is None:
            return words
        return f"{words}, {in_people(min(99, max(1, round(self.percentile))))}"


@dataclass(frozen=True, slots=True)
class Moved:
    """Change of one measure between two results.

    diff : after minus before, in ``unit`` · mdc95 : the smallest real change · both None where not comparable
    real : whether it moved by more than measurement error, None where not comparable · because : in words
    """

    name: str
    title: str
    unit: str
    diff: float | None
    mdc95: float | None
    real: bool | None
    because: str

    def __str__(self) -> str:
        """+6 with a smallest real change of 5.5 reads "+6° (real change from 6°): changed"."""
        if self.diff is None or self.mdc95 is None:
            return f"not comparable: {self.because}"
        sign = "+" if round(self.diff) > 0 else ""
        verdict = "a real change" if self.real else "within measurement error"
        return f"{sign}{number(self.diff, self.unit)} (real from {number(self.mdc95, self.unit, 1)}): {verdict}"


class Comparison(Mapping[str, Moved]):
    """Changes between two results of one person, by measure; "pelvic_tilt" is that of the better evidence."""

    def __init__(self, changes: Iterable[Change]) -> None:
        moved = {change.measure: moved_of(change.measure, change) for change in changes}
        tilts = [moved[name] for name in (MARKED, ESTIMATED) if name in moved]
        best = next((one for one in tilts if one.diff is not None), tilts[0] if tilts else None)
        tilt = {} if best is None else {PELVIC_TILT: replace(best, name=PELVIC_TILT, title=TILT)}
        self._moved = tilt | moved

    def __getitem__(self, name: str) -> Moved:
        if name not in self._moved:
            raise KeyError(f"{name}: choose from {', '.join(self)}")
        return self._moved[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._moved)

    def __len__(self) -> int:
        return len(self._moved)

    def __str__(self) -> str:
        return "\n".join(f"{one.title}: {one}" for one in self.values())


def reading_of(name: str, measured: Measurement | Unmeasured) -> Reading:
    """One measure of a report as a reading."""
    title, unit = (NAMES[name], MEASURES[name].unit) if name in MEASURES else (TILT, "deg")
    if isinstance(measured, Unmeasured):
        return Reading(name, title, unit, reason=measured.reason)
    quantity, place = measured.quantity, measured.comparison
    return Reading(
        name=name,
        title=title,
        unit=unit,
        value=quantity.value,
        sigma=quantity.sigma,
        low95=quantity.low95,
        high95=quantity.high95,
        mdc95=measured.mdc95,
        grade=measured.grade,
        method=measured.method,
        percentile=None if place is None else place.percentile,
    )


def moved_of(name: str, change: Change) -> Moved:
    """One change between two reports."""
    real = None if change.verdict == "not_comparable" else change.verdict == "changed"
    return Moved(name, NAMES[name], change.unit, change.diff, change.mdc95, real, change.because)
