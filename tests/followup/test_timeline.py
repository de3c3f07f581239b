"""A person over many visits: what moved, what a trend needs, and a clinic's own error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.followup.change import OwnError
from posture.followup.timeline import Entry, Review, Timeline, repeats, timelines, visits
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.report.report import Report
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()

REPORT = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
SEM = 1.5


def entry(date: str, hip_deg: float, photo: str = "", **other: object) -> Entry:
    """A visit whose photo has a hip angle with a SEM of 1.5°."""
    measured = REPORT.measurements["hip_angle"]
    assert isinstance(measured, Measurement)
    hip = replace(measured, quantity=replace(measured.quantity, value=hip_deg), sem=SEM)
    report = replace(
        REPORT,
        photo=replace(REPORT.photo, sha256=(photo or date).ljust(64, "0")),
        measurements={**REPORT.measurements, "hip_angle": hip},
    )
    return replace(Entry(date, "relaxed", report), **other)  # type: ignore[arg-type]


def hip(entries: list[Entry], own: OwnError | None = None) -> Timeline:
    return next(line for line in timelines(entries, KNOWLEDGE, own) if line.measure == "hip_angle")


def test_what_moves_further_than_the_band_has_changed() -> None:
    line = hip([entry("2026-03-01", 4.0), entry("2026-05-01", 7.0), entry("2026-07-01", 9.0)])
    assert [point.date for point in line.points] == ["2026-03-01", "2026-05-01", "2026-07-01"]
    assert line.mdc95 == pytest.approx(4.158, abs=1e-3)  # 1.96 √2 1.5
    verdicts = [point.since_first and point.since_first.verdict for point in line.points]
    assert verdicts == [None, "no_detectable_change", "changed"]


def test_two_visits_show_no_trend_and_three_do() -> None:
    months = [entry("2026-01-01", 10.0), entry("2026-01-31", 8.0), entry("2026-03-02", 6.0)]
    assert hip(months[:2]).trend is None
    trend = hip(months).trend
    assert trend is not None
    assert (trend.start.value, trend.per_month.value) == pytest.approx((10.0, -2.0))
    assert trend.per_month.sigma == pytest.approx(SEM / 2**0.5)
    assert trend.start.sigma == pytest.approx(SEM * (5 / 6) ** 0.5)


def test_a_clinics_own_error_makes_the_trend_surer() -> None:
    months = [entry("2026-01-01", 10.0), entry("2026-01-31", 8.0), entry("2026-03-02", 6.0)]
    trend = hip(months, OwnError({"hip_angle": 0.5}, 10)).trend
    assert trend is not None
    assert trend.per_month.sigma == pytest.approx(0.5 / 2**0.5)


def test_a_visit_that_cannot_be_compared_is_shown_and_left_out_of_the_trend() -> None:
    turned = entry("2026-02-01", 30.0)
    other_side = "left" if REPORT.facing == "right" else "right"
    other = replace(turned, machine=replace(turned.machine, facing=other_side))
    line = hip([entry("2026-01-01", 4.0), other, entry("2026-03-01", 4.0)])
    assert [point.comparable for point in line.points] == [True, False, True]
    assert line.trend is None


def test_the_clinics_own_error_takes_the_place_of_the_reports() -> None:
    own = OwnError({"hip_angle": 0.5}, 10)
    line = hip([entry("2026-03-01", 4.0), entry("2026-05-01", 7.0)], own)
    assert line.mdc95 == pytest.approx(own.mdc95("hip_angle"))
    assert line.points[1].since_first is not None
    assert line.points[1].since_first.verdict == "changed"


def test_a_visit_goes_by_its_best_standing_photo() -> None:
    refused = replace(REPORT, status="refused", measurements={}, finding=None)
    entries = [
        entry("2026-05-01", 1.0, "b"),
        entry("2026-03-01", 2.0, "a", pose="arched"),
        Entry("2026-03-01", "", refused),
        entry("2026-03-01", 3.0, "c", pose=""),
        entry("2026-04-01", 4.0, "d", review=Review("refused", reason="moved")),
    ]
    assert [e.report(KNOWLEDGE).photo.sha256[0] for e in visits(entries, KNOWLEDGE)] == ["c", "b"]  # type: ignore[index]


def test_a_reviewers_points_are_gone_by() -> None:
    revised = entry("2026-03-01", 9.0).machine
    seen = entry("2026-03-01", 4.0, review=Review("accepted", revised=revised))
    assert hip([seen]).points[0].measured.quantity.value == 9.0
    assert timelines([], KNOWLEDGE) == ()


def test_pairs_of_one_day_are_repeats() -> None:
    entries = [entry("2026-03-01", 4.0, name) for name in "abc"] + [entry("2026-04-01", 4.0, "d")]
    pairs = repeats(entries, KNOWLEDGE)
    assert [(a.photo.sha256[0], b.photo.sha256[0]) for a, b in pairs] == [("a", "b")]  # type: ignore[index]
