"""One person over many visits: what each measure did, against its error, and what a reviewer said of each photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby, pairwise
from typing import Literal

import numpy as np

from posture.findings.verdict import Kind
from posture.followup.best_photo import choose
from posture.followup.change import Change, OwnError, comparable, compare
from posture.followup.joint_reading import TILT, joint_change, joint_readings, with_joint
from posture.followup.reread import reread
from posture.followup.visit_picture import VisitPicture
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED, Measurement
from posture.plan.advise import referral
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.report.report import Report

Verdict = Literal["accepted", "refused", "overridden"]
#: Fewer visits than this show no trend (docs/science.md, Change within one person).
LEAST_VISITS = 3
#: A trend is told per this many days.
MONTH_DAYS = 30
#: Poses of a photo that shows how somebody stands.
STANDING = ("", "relaxed")


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewer's decision on a report, beside the machine's.

    finding : the reviewer's own where ``overridden`` · revised : the report with the points as the reviewer set them
    at : when, ISO
    """

    verdict: Verdict
    finding: Kind | None = None
    reason: str = ""
    reviewer: str = ""
    at: str = ""
    revised: Report | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of one visit (``date`` ISO), as it was measured, and the last review of it.

    label : what the clinic calls the visit, empty for most
    picture : gives the picture that is kept of the photo; None where none is
    """

    date: str
    pose: str
    machine: Report
    intake: Intake = field(default_factory=Intake)
    review: Review | None = None
    label: str = ""
    picture: Callable[[], VisitPicture] | None = field(default=None, compare=False, repr=False)

    def report(self, knowledge: Knowledge) -> Report:
        """The report to go by: with a reviewer's points where there are any, its outline read by today's model, and
        with what the answers call for.

        A photo may have been measured before the questions were asked: a red flag told at the visit sends to a
        professional all the same, and nobody under 18 has a finding or is compared with adults.
        """
        report = reread(self._revised, knowledge, self.intake.sex)
        sent = referral(self.intake, knowledge)
        if self.intake.minor:
            compared = report.measurements.without_norms()
            report = replace(report, finding=None, plan=None, measurements=compared)
        return report if sent is None else replace(report, plan=sent)

    @property
    def _revised(self) -> Report:
        return self.machine if self.review is None or self.review.revised is None else self.review.revised

    def showing(self, report: Report) -> Entry:
        """The same photo with another report to go by."""
        if self.review is None or self.review.revised is None:
            return replace(self, machine=report)
        return replace(self, review=replace(self.review, revised=report))

    @property
    def counts(self) -> bool:
        """Whether its numbers are gone by: measured, and not refused by a reviewer."""
        return self._revised.status == "analyzed" and (self.review is None or self.review.verdict != "refused")


@dataclass(frozen=True, slots=True)
class Point:
    """One measure at one visit, with its interval.

    since_first : the change from the first visit that has the measure; None for that one
    """

    date: str
    measured: Measurement
    since_first: Change | None

    @property
    def comparable(self) -> bool:
        """Whether it can be set beside the first."""
        return self.since_first is None or self.since_first.verdict != "not_comparable"

    @property
    def quantity(self) -> Quantity:
        """The measure as it is followed."""
        return self.measured.quantity


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through the visits that can be compared: its value at the first, and what it does a month.

    start : of the measure, its unit · per_month : the same unit in ``MONTH_DAYS`` days
    """

    start: Quantity
    per_month: Quantity


@dataclass(frozen=True, slots=True)
class Timeline:
    """One measure over the visits. ``mdc95``: what moves further than this from the first has changed."""

    measure: str
    points: tuple[Point, ...]
    mdc95: float
    trend: Trend | None

    @property
    def unit(self) -> str:
        """Unit of the values."""
        return self.points[0].measured.quantity.unit


def is_id(text: str) -> bool:
    """Whether a text can be a client's pseudonym: something, and nothing in it that cannot be seen or written."""
    return bool(text.strip()) and text.isprintable()


def visits(entries: Sequence[Entry], knowledge: Knowledge) -> list[Entry]:
    """The photo to go by of every visit that has one, the oldest first: the best of those standing as always.

    Photos with marked hip bones go before others of the same day: marks say more than any outline.
    """
    standing = sorted((e for e in entries if e.pose in STANDING and e.counts), key=lambda e: e.date)
    days = [list(day) for _, day in groupby(standing, key=lambda e: e.date)]
    return [_best(day, knowledge) for day in days]


def _best(day: Sequence[Entry], knowledge: Knowledge) -> Entry:
    read = [(entry, entry.report(knowledge)) for entry in day]
    marked = [one for one in read if MARKED in one[1].measurements.measured()]
    chosen = marked or read
    return chosen[choose([report for _, report in chosen], rounds=1).best][0]


def followed(entries: Sequence[Entry], knowledge: Knowledge) -> list[Entry]:
    """All photos of one person as every output shows them: the one to go by of each visit with the joint reading.

    Given the photos until a visit, what comes later does not move what is shown of it.
    """
    chosen = visits(entries, knowledge)
    reports = [entry.report(knowledge) for entry in chosen]
    shown = {
        id(entry): entry.showing(with_joint(report, one, entry.intake, knowledge))
        for entry, report, one in zip(chosen, reports, joint_readings(reports, knowledge), strict=True)
    }
    return [shown.get(id(entry), entry) for entry in entries]


def changes(
    entries: Sequence[Entry], knowledge: Knowledge, own: OwnError | None = None
) -> list[tuple[str, str, Change]]:
    """Changes of every measure from visit to visit, with the days of both; the tilt by the joint reading."""
    chosen = visits(entries, knowledge)
    reports = [entry.report(knowledge) for entry in chosen]
    read = zip((entry.date for entry in chosen), reports, joint_readings(reports, knowledge), strict=True)
    made_of = []
    for (start, before, one), (end, after, other) in pairwise(read):
        made = [c for c in compare(before, after, knowledge, own) if c.measure not in (MARKED, ESTIMATED)]
        if one is not None and other is not None:
            made.insert(0, joint_change(one, other, own, knowledge))
        made_of += [(start, end, change) for change in made]
    return made_of


def timelines(entries: Sequence[Entry], knowledge: Knowledge, own: OwnError | None = None) -> tuple[Timeline, ...]:
    """The tilt over a person's visits, then every other measure in the order of the report.

    ``own`` is the clinic's own error and takes the place of the reports'.
    """
    chosen = [(entry.date, entry.report(knowledge)) for entry in visits(entries, knowledge)]
    names = dict.fromkeys(name for _, report in chosen for name in report.measurements)
    made = [_tilt_line(chosen, knowledge, own)]
    made += [_timeline(name, chosen, knowledge, own) for name in names if name not in (MARKED, ESTIMATED)]
    return tuple(line for line in made if line is not None)


def _tilt_line(chosen: Sequence[tuple[str, Report]], knowledge: Knowledge, own: OwnError | None) -> Timeline | None:
    joint = joint_readings([report for _, report in chosen], knowledge)
    read = [(day, one) for (day, _), one in zip(chosen, joint, strict=True) if one is not None]
    if not read:
        return None
    _, first = read[0]
    points = [
        Point(day, one.measured, None if one is first else joint_change(first, one, own, knowledge))
        for day, one in read
    ]
    known = [point.since_first.mdc95 for point in points if point.since_first and point.since_first.mdc95]
    mdc95 = known[0] if known else first.measured.mdc95
    return Timeline(TILT, tuple(points), mdc95, trend([p for p in points if p.comparable], own, TILT))


def _timeline(
    name: str, chosen: Sequence[tuple[str, Report]], knowledge: Knowledge, own: OwnError | None
) -> Timeline | None:
    points: list[Point] = []
    first: Report | None = None
    for day, report in chosen:
        measured = report.measurements.measurement(name)
        if measured is None:
            continue
        if first is None:
            first = report
            points.append(Point(day, measured, None))
        else:
            compared = compare(first, report, knowledge, own)
            points.append(Point(day, measured, next(c for c in compared if c.measure == name)))
    if not points:
        return None
    mdc95 = own.mdc95(name) if own is not None and name in own.sem else points[0].measured.mdc95
    return Timeline(name, tuple(points), mdc95, trend([p for p in points if p.comparable], own, name))


def trend(points: Sequence[Point], own: OwnError | None, name: str) -> Trend | None:
    """The line of least weighted squares; None under three visits.

    Weights are 1/sem². Values 10, 8 and 6 at days 0, 30 and 60 with sem 1 give 10 ± 0.9 and -2 ± 0.7 a month.
    """
    if len(points) < LEAST_VISITS:
        return None
    days = np.array([date.fromisoformat(point.date).toordinal() for point in points], float)
    values = np.array([point.quantity.value for point in points])
    sem = np.array([_sem(point, own, name) for point in points])
    (slope, start), spread = np.polyfit((days - days[0]) / MONTH_DAYS, values, 1, w=1 / sem, cov="unscaled")
    unit = points[0].measured.quantity.unit
    sigma_slope, sigma_start = np.sqrt(np.diag(spread))
    return Trend(Quantity(float(start), float(sigma_start), unit), Quantity(float(slope), float(sigma_slope), unit))


def _sem(point: Point, own: OwnError | None, name: str) -> float:
    """The error a point is weighed by: the clinic's own where it is known, for the tilt that of how it was read."""
    if name == TILT:
        name = MARKED if point.measured.grade == "A" else ESTIMATED
    return point.measured.sem if own is None else own.sem.get(name, point.measured.sem)


def repeats(entries: Sequence[Entry], knowledge: Knowledge) -> list[tuple[Report, Report]]:
    """Pairs of photos of one person on one day that can be compared: what a clinic's own error can be told from.

    They count only where the person stepped away and back in between; that is for the clinic to say.
    """
    standing = sorted((e for e in entries if e.pose in STANDING and e.counts), key=lambda e: e.date)
    pairs = []
    for _, day in groupby(standing, key=lambda e: e.date):
        reports = [entry.report(knowledge) for entry in day]
        pairs += [
            (first, second)
            for first, second in zip(reports[::2], reports[1::2], strict=False)
            if comparable(first, second)
        ]
    return pairs
