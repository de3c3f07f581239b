"""Before and after: what an opened visit offers, and the words on the way there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from posture.export.visit_file import Visit
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.app.test_steps import Visitor, _going_stays, texts  # noqa: F401
from validation.record import GOLDEN

pytestmark = pytest.mark.usefixtures("components_looked_for_once", "_going_stays")

REPORT = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
#: What somebody had said at the earlier visit.
SAID = Intake(
    asked=True,
    clothing="tight",
    stature_cm=172.0,
    age_years=41.0,
    minutes_per_day=10.0,
    sitting_h_day=0.0,
    equipment=(),
    conditions=("pregnancy",),
    weekdays=("monday", "thursday"),
)


def opened(intake: Intake = SAID, **answers: Any) -> Visitor:
    """Somebody who opened a visit of last month and has said this today."""
    visitor = Visitor()
    visitor.state = {"visits": [Visit("2026-10-29", replace(REPORT, plan=None), intake)]}
    visitor.state |= {f"told_{name}": value for name, value in answers.items()}
    visitor.show("compare")
    return visitor


def test_an_opened_visit_fills_what_is_empty_and_no_safety_answer() -> None:
    visitor = opened()
    assert "clothing, height, age, hours of sitting, minutes a day, no equipment, weekdays" in texts(visitor.page)
    visitor.page.button(key="use_answers").click()
    state = visitor.run().session_state
    filled = {"clothing": "tight", "stature": 172, "age": 41, "sitting": 0.0, "minutes": 10, "no_equipment": True}
    assert {name: state[f"told_{name}"] for name in filled} == filled
    assert state["told_weekdays"] == ["monday", "thursday"]
    assert "told_ask_pregnancy" not in state
    assert "asked" not in state
    assert "use_answers" not in [button.key for button in visitor.page.button]
    assert visitor.go("plan").title[0].value == "Your plan"
    visitor.answer_safety()
    assert visitor.go("plan").number_input(key="told_minutes").value == 10


def test_what_was_said_today_stays() -> None:
    visitor = opened(stature=180, minutes=20, equipment=["wall"])
    visitor.page.button(key="use_answers").click()
    state = visitor.run().session_state
    assert (state["told_stature"], state["told_minutes"], state["told_equipment"]) == (180, 20, ["wall"])
    assert "told_no_equipment" not in state


def test_numbers_that_a_field_does_not_take_are_left_out() -> None:
    visitor = opened(Intake(minutes_per_day=45.0, stature_cm=172.0))
    visitor.page.button(key="use_answers").click()
    assert "told_minutes" not in visitor.run().session_state
    visitor.answer_safety()
    assert visitor.go("plan").number_input(key="told_minutes").value is None


def test_a_visit_without_answers_offers_none() -> None:
    visitor = opened(Intake())
    assert "use_answers" not in [button.key for button in visitor.page.button]


def test_one_visit_asks_for_the_other_before_its_picture() -> None:
    page = opened().page
    assert "Bring a photo of today" in [button.label for button in page.button]
    kinds = [part.type for part in page.main if part.type in ("alert", "info", "metric")]
    assert kinds == ["info", "metric"]
    assert "the same side as then" in texts(page)


def test_who_has_saved_nothing_reads_where_a_visit_is_saved() -> None:
    assert "the page Save and print then saves the visit" in texts(Visitor().go("compare"))


def test_two_visits_say_the_least_real_change_in_words() -> None:
    visitor = Visitor()
    later = Report.from_json((GOLDEN / "sway_back.json").read_text("utf-8"))
    assert REPORT.rotation is not None
    later = replace(later, rotation=REPORT.rotation.shifted(-10.0))
    visitor.state = {"visits": [Visit("2026-09-29", REPORT, Intake()), Visit("2026-10-29", later, Intake())]}
    page = visitor.show("compare")
    assert page.header[0].value == "Forward tilt of the pelvis: −10°, real change"
    assert "or more is a real change" in texts(page)
    first = next(one.value for one in page.markdown if one.value.startswith("| What"))
    assert first.splitlines()[0] == "| What | Verdict | Before | After | Difference | Smallest real change |"


def test_an_opened_visit_is_led_to_from_the_result() -> None:
    visitor = Visitor()
    visitor.bring("typical")
    label = "Compare with the saved visit"
    assert label not in [button.label for button in visitor.page.button]
    visitor.state = {**visitor.state, "visits": [Visit("2026-10-29", REPORT, Intake())]}
    visitor._remember()
    visitor.state["visits"] = [Visit("2026-10-29", REPORT, Intake())]
    assert label in [button.label for button in visitor.show("result").button]


def test_no_page_without_its_photo_or_answers_leads_on_first() -> None:
    visitor = Visitor()
    for name in ("photo", "result", "plan"):
        assert visitor.go(name).button(key=f"on_{name}").proto.type == "secondary", name
    visitor.bring("typical")
    for name in ("photo", "result"):
        assert visitor.go(name).button(key=f"on_{name}").proto.type == "primary", name


def test_who_answered_first_reads_why_a_photo_is_asked_for() -> None:
    visitor = Visitor()
    assert "The plan follows from a photo" not in texts(visitor.go("photo"))
    visitor.answer_safety()
    said = texts(visitor.go("photo"))
    assert "The plan follows from a photo" in said
    assert "the two tests on the page More reliable give a plan" in said


def test_who_skips_the_guide_reads_how_to_stand() -> None:
    assert "hair tied up, bag and jacket off" in texts(Visitor().go("photo"))


def test_what_was_forgotten_is_said_once() -> None:
    visitor = Visitor()
    visitor.state = {"forgotten": True}
    assert "are forgotten" in texts(visitor.show("start"))
    assert "are forgotten" not in texts(visitor.run())
