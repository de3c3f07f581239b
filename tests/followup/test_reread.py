"""Reports of an older model, read again from the outline that they hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.followup.change import compare
from posture.followup.reread import reread
from posture.followup.timeline import Entry
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, Measurement, Unmeasured
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from validation.record import SAMPLES, recorded

KNOWLEDGE = Knowledge.load()
MODEL = KNOWLEDGE.tilt_model


@pytest.fixture(scope="module")
def report() -> Report:
    return analyze(read_photo(SAMPLES / "typical.jpg"), recorded("typical"), KNOWLEDGE, Intake(clothing="tight"))


def older(report: Report) -> Report:
    """The same photo as a model of before read it: another value, another turn."""
    estimate = report.measurements[ESTIMATED]
    assert isinstance(estimate, Measurement)
    moved = replace(estimate, quantity=estimate.quantity.shifted(7.0))
    versions = {**report.versions, "rotation": "2020.01", "verdict": "2020.01", "calibration": "2020, tilt 2020.01"}
    return replace(report, measurements={**report.measurements, ESTIMATED: moved}, versions=versions,
                   rotation=replace(report.rotation, value=99.0), finding=None)  # fmt: skip


def test_a_report_holds_its_outline(report: Report) -> None:
    again = Report.from_json(report.to_json())
    assert again.outline_vector is not None
    assert np.array(again.outline_vector) == pytest.approx(np.array(report.outline_vector), abs=1e-5)
    assert MODEL.rotated(np.array([again.outline_vector]))[0] == pytest.approx(report.rotation.value, abs=0.05)


def test_an_older_report_says_what_todays_model_says(report: Report) -> None:
    old = replace(older(report), finding=report.finding)
    new = reread(old, KNOWLEDGE)
    assert new.measurements[ESTIMATED] == report.measurements[ESTIMATED]
    assert (new.rotation, new.finding, new.versions) == (report.rotation, report.finding, report.versions)
    assert new.plan is old.plan
    assert Entry("2026-01-01", "", old).report(KNOWLEDGE).finding == report.finding


def test_reread_visits_can_be_compared(report: Report) -> None:
    other = replace(report, photo=replace(report.photo, sha256="1" * 64))
    before, after = (
        next(change for change in compare(one, other, KNOWLEDGE) if change.measure == ESTIMATED)
        for one in (older(report), reread(older(report), KNOWLEDGE))
    )
    assert before.verdict == "not_comparable"
    assert after.diff == pytest.approx(0.0, abs=1e-6)


def test_what_cannot_be_read_again_stays(report: Report) -> None:
    for old in (
        report,
        replace(older(report), outline_vector=None),
        replace(older(report), outline_vector=(0.0,) * 3),
        replace(older(report), measurements={ESTIMATED: Unmeasured("an arm hides it")}),
    ):
        assert reread(old, KNOWLEDGE) is old


def test_points_set_by_hand_keep_their_doubt(report: Report) -> None:
    old = older(report)
    estimate = old.measurements[ESTIMATED]
    wide = replace(estimate, quantity=replace(estimate.quantity, sigma=9.0))
    by_hand = replace(old, by_hand=("shoulder",), measurements={**old.measurements, ESTIMATED: wide})
    assert reread(by_hand, KNOWLEDGE).measurements[ESTIMATED].quantity.sigma == 9.0


def test_an_outline_unlike_todays_people_is_said(report: Report) -> None:
    strange = replace(older(report), outline_vector=tuple(np.zeros(len(MODEL.mean))))
    new = reread(strange, KNOWLEDGE)
    assert isinstance(new.measurements[ESTIMATED], Unmeasured)
    assert new.rotation is None
