"""The sex that was told moves the estimate of the tilt, and nothing else of what is read; and that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.followup.reread import reread
from posture.followup.timeline import Entry
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.text.language import load_language
from posture.text.presentation import present
from tests.figures import frame
from tests.report.test_report import FIGURE
from validation.record import SAMPLES, recorded

KNOWLEDGE = Knowledge.load()


def read(sex: str | None) -> Report:
    told = Intake(clothing="tight", sex=sex)  # type: ignore[arg-type]
    return analyze(read_photo(SAMPLES / "typical.jpg"), recorded("typical"), KNOWLEDGE, told)


def values(report: Report) -> dict[str, float]:
    return {name: one.quantity.value for name, one in report.measurements.measured().items()}


@pytest.mark.parametrize(("sex", "note"), [("f", "read_as_woman"), ("m", "read_as_man")])
def test_it_moves_the_estimate_alone_by_what_was_fitted(sex: str, note: str) -> None:
    untold, told = values(read(None)), values(read(sex))
    moved = {name for name in told if told[name] != untold[name]}
    assert moved == {ESTIMATED}
    assert told[ESTIMATED] - untold[ESTIMATED] == pytest.approx(-KNOWLEDGE.tilt_model.sexes[sex])
    assert read(sex).finding.tilt.quantity.value == told[ESTIMATED]
    assert note in [issue.code for issue in read(sex).notes]
    assert not {"read_as_woman", "read_as_man"} & {issue.code for issue in read(None).notes}


def test_womens_outlines_read_more_than_mens_at_the_same_tilt() -> None:
    women, men = KNOWLEDGE.tilt_model.sexes["f"], KNOWLEDGE.tilt_model.sexes["m"]
    assert women > 0.3
    assert women == -men


def test_both_languages_say_by_how_much() -> None:
    said = {"en": "women's outlines read 0.8° more", "de": "bei Frauen zeigt der Umriss bei gleicher Kippung 0,8° mehr"}
    for letters, words in said.items():
        shown = present(read("f"), KNOWLEDGE, load_language(letters, KNOWLEDGE))
        assert any(words in message for message, _ in shown.notes)


def test_what_was_said_is_not_advised_against() -> None:
    advice = [retake for said, retake in present(read("f"), KNOWLEDGE).notes if "women's outlines" in said]
    assert advice == ["check that the sex is right; without it the outline is read as of both"]


def test_marked_and_typed_readings_do_not_ask_who_it_is() -> None:
    hand = Options(asis=(550, 620), psis=(450, 600))
    for told, options in ((Intake(tilt_deg=22.0), Options()), (Intake(), hand)):
        woman = analyze(frame(), FIGURE, intake=told.updated(sex="f"), options=options)
        assert (
            woman.finding.tilt.quantity == analyze(frame(), FIGURE, intake=told, options=options).finding.tilt.quantity
        )
        assert not {"read_as_woman", "read_as_man"} & {issue.code for issue in woman.notes}


def test_an_older_visit_is_read_again_as_of_the_same_person() -> None:
    new = read("f")
    old = replace(read(None), versions={**new.versions, "calibration": "2020, tilt 2020.01"})
    assert reread(old, KNOWLEDGE, "f").finding.tilt == new.finding.tilt
    assert Entry("2026-01-01", "", old, Intake(sex="f")).report(KNOWLEDGE).finding.tilt == new.finding.tilt
    assert reread(old, KNOWLEDGE).finding.tilt == read(None).finding.tilt
