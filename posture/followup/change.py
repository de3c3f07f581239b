"""Two reports of one person: what moved by more than measurement error, and a clinic's own measurement error.

The smallest real change follows from the scatter between two photos of the same stance: MDC95 = 1.96 √2 SEM
(docs/science.md, Change within one person). Where a clinic's own pairs give that scatter, Student's t with as many
degrees of freedom as there are pairs takes the place of 1.96.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Literal

from posture.errors import UsageError
from posture.followup.rotation import line_of, pelvic_rotation_change, propagate_marks
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED
from posture.message import Message
from posture.quantity import Z95
from posture.report.report import Report

Verdict = Literal["changed", "no_detectable_change", "not_comparable"]
#: Fewer pairs than this say too little about a clinic's own error (provisional).
LEAST_PAIRS = 3
#: How a change of the pelvis that `posture.followup.rotation` tells is named.
TOGETHER = ", told from both outlines at once"
#: What hinders where the pose model, or for the tilt the line that reads the turn, was another one.
OTHER_VERSIONS = (
    "the photos were measured with different versions of the tool: measure both again, and where a reviewer had set "
    "points, set them again"
)
#: Photos turned by this much more or less from side-on show another outline, degrees (provisional).
YAW_APART_DEG = 10.0


@dataclass(frozen=True, slots=True)
class Change:
    """Change of one measure; ``before``, ``after``, ``diff`` and ``mdc95`` in its unit, None where not comparable.

    diff : after minus before; of the pelvis's tilt what both outlines tell together, and ``after`` follows from it
    because : in words, why this verdict
    """

    measure: str
    before: float | None
    after: float | None
    diff: float | None
    mdc95: float | None
    unit: str
    verdict: Verdict
    because: str


@dataclass(frozen=True, slots=True)
class OwnError:
    """A clinic's own SEM of each measure, in its unit, from ``pairs`` pairs of photos."""

    sem: Mapping[str, float]
    pairs: int

    def __post_init__(self) -> None:
        if self.pairs < LEAST_PAIRS or any(not 0 < sem < float("inf") for sem in self.sem.values()):
            raise UsageError(f"own errors need {LEAST_PAIRS} pairs or more and a positive number for every measure")

    def mdc95(self, measure: str) -> float:
        """Smallest change of a measure that exceeds this error: SEM 1 from 10 pairs gives 2.23 √2 = 3.15."""
        return self.quantile * sqrt(2) * self.sem[measure]

    @property
    def quantile(self) -> float:
        """Two-sided 95 % point of Student's t with as many degrees of freedom as pairs: 10 give 2.23."""
        from scipy.stats import t  # slow to import

        return float(t.ppf(0.975, self.pairs))


def compare(before: Report, after: Report, knowledge: Knowledge, own: OwnError | None = None) -> tuple[Change, ...]:
    """Every measure of two reports of one person, in the order of the first.

    The tilt estimate's change is read from both outlines at once (`posture.followup.rotation`), which is surer than
    the difference of two estimates; marks in one photo alone are carried to the other by it.
    Hip angle 4 with SEM 2 before and 11 with SEM 2 after: it differs by 7, more than 1.96 √(2² + 2²) = 5.5: changed.
    ``own`` takes the place of the reports' SEM where it knows the measure; what the outlines tell goes by the tilt
    estimate's, marked or not. Raises UsageError where none was measured.
    """
    problem = set_up_differs(before, after)
    if problem and not before.measurements and not after.measurements:
        raise UsageError(problem)
    names = dict.fromkeys((*before.measurements, *after.measurements))
    return tuple(_change(name, before, after, problem, knowledge, own) for name in names)


def comparable(before: Report, after: Report) -> bool:
    """Whether two reports can be compared at all."""
    return not set_up_differs(before, after)


def set_up_differs(before: Report, after: Report) -> str:
    """Reason why no measure of the two photos can be compared; empty when they can."""
    if before.photo.sha256 is not None and before.photo.sha256 == after.photo.sha256:
        return "both reports are of the same photo"
    for name, report in (("before", before), ("after", after)):
        if report.status == "refused":
            return f"the photo {name} could not be measured"
    if before.facing != after.facing:
        return f"the photos show different sides: facing {before.facing} before, {after.facing} after"
    if before.versions.get("model_sha256") != after.versions.get("model_sha256"):
        return OTHER_VERSIONS
    yaw = [report.quality.get("yaw_deg") for report in (before, after)]
    if yaw[0] is not None and yaw[1] is not None and abs(yaw[0] - yaw[1]) > YAW_APART_DEG:
        return f"the body is turned {yaw[0]:.0f}° from side-on in one photo and {yaw[1]:.0f}° in the other"
    return ""


def _change(
    name: str, before: Report, after: Report, problem: str, knowledge: Knowledge, own: OwnError | None
) -> Change:
    one, other = before.measurements.measurement(name), after.measurements.measurement(name)
    rotation = pelvic_rotation_change(before, after) if name in (ESTIMATED, MARKED) else None
    if name == MARKED and one is not None and other is not None:
        rotation = None  # both were marked: that says more
    if name == MARKED and rotation is not None:
        one = propagate_marks(after, before, knowledge) or one
        other = propagate_marks(before, after, knowledge) or other
    before_value, after_value = (None if m is None else m.quantity.value for m in (one, other))
    unit = next((m.quantity.unit for m in (one, other) if m is not None), "")

    def not_comparable(because: str) -> Change:
        return Change(name, before_value, after_value, None, None, unit, "not_comparable", because)

    if problem:
        return not_comparable(problem)
    if one is None:
        return not_comparable(f"not measured before: {_missing(before, name)}")
    if other is None:
        return not_comparable(f"not measured after: {_missing(after, name)}")
    if name == ESTIMATED and line_of(before) != line_of(after):
        return not_comparable(OTHER_VERSIONS)
    if one.method != other.method and rotation is None:
        return not_comparable(f"measured in different ways: {one.method} before, {other.method} after")
    start = one.quantity.value
    end = (
        other.quantity.value if rotation is None else start + rotation.value
    )  # what is shown subtracts to what is judged
    source = name if rotation is None else ESTIMATED  # a finger's error says nothing of what outlines tell
    if own is not None and source in own.sem:
        mdc95, whose = own.mdc95(source), own_words(own)
    else:
        sem = hypot(one.sem, other.sem) if rotation is None else sqrt(2) * knowledge.tilt_model.rotation.sem
        mdc95, whose = Z95 * sem, "measurement error"
    return judged(name, (start, end), mdc95, unit, whose + ("" if rotation is None else TOGETHER))


def own_words(own: OwnError) -> str:
    """Name of a clinic's own error in a sentence."""
    return f"your own measurement error over {own.pairs} pairs"


def judged(measure: str, values: tuple[float, float], mdc95: float, unit: str, error: str) -> Change:
    """The change between two values that can be compared; ``error`` names what the smallest real change rests on.

    4 and 11 with a smallest real change of 5.5: changed by 7.
    """
    diff = values[1] - values[0]
    verdict: Verdict = "changed" if abs(diff) > mdc95 else "no_detectable_change"
    because = f"changed by more than {error}" if verdict == "changed" else f"within {error}"
    return Change(measure, *values, diff, mdc95, unit, verdict, because)


def _missing(report: Report, name: str) -> str:
    unmeasured = report.measurements.unmeasured().get(name)
    return "the report does not hold it" if unmeasured is None else unmeasured.reason


def own_error(pairs: Sequence[tuple[Report, Report]], knowledge: Knowledge) -> OwnError:
    """A clinic's SEM from pairs of photos, each of one person who stepped away and back in between.

    SEM = √(Σ d² / 2n) over the n differences d: differences of 2, -2 and 1° give 1.22°. A measure that is missing in
    one of the pairs has none. Raises UsageError where a pair is not comparable, or there are too few.
    """
    if len(pairs) < LEAST_PAIRS:
        raise UsageError(
            Message(
                "pairs of photos: {n}, which say too little: {least} or more are needed, each of one person who "
                "stepped away and back in between",
                n=len(pairs),
                least=LEAST_PAIRS,
            )
        )
    squares: dict[str, list[float]] = {}
    for first, second in pairs:
        problem = set_up_differs(first, second)
        if problem:
            raise UsageError(f"{first.photo.file} and {second.photo.file}: {problem}")
        for change in compare(first, second, knowledge):
            both = all(change.measure in one.measurements.measured() for one in (first, second))
            if change.diff is not None and both:  # marks carried from one photo to the other tell of the turn alone
                squares.setdefault(change.measure, []).append(change.diff**2)
    whole = {name: sqrt(sum(all_) / (2 * len(all_))) for name, all_ in squares.items() if len(all_) == len(pairs)}
    return OwnError({name: sem for name, sem in whole.items() if sem > 0}, len(pairs))
