"""Answers of a saved visit for the forms of today: only those that are still empty, none about safety or tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from posture.app import questionnaire
from posture.plan.intake import Intake

#: Fields that an earlier visit may fill, and what they are called. Safety, complaints and tests are asked anew.
FIELDS = {
    "clothing": "clothing",
    "sex": "sex",
    "stature": "height",
    "age": "age",
    "sitting": "hours of sitting",
    "minutes": "minutes a day",
    "days": "days a week",
    "equipment": "equipment",
    "no_equipment": "no equipment",
    "weekdays": "weekdays",
}
#: What the fields of numbers take; a file may hold more.
LIMITS = {"stature": (50, 250), "age": (1, 120), "sitting": (0, 24), "minutes": (5, 30), "days": (1, 7)}


def answers_for(intake: Intake) -> dict[str, Any]:
    """Answers of an earlier visit for the empty fields, by their names.

    An intake of 172 cm and 10 minutes a day gives {"stature": 172, "minutes": 10} where both fields are empty.
    """
    earlier: Mapping[str, Any] = {
        "clothing": intake.clothing,
        "sex": intake.sex,
        "stature": _whole(intake.stature_cm),
        "age": _whole(intake.age_years),
        "sitting": intake.sitting_h_day,
        "minutes": _whole(intake.minutes_per_day),
        "days": _whole(intake.days_per_week),
        "equipment": list(intake.equipment or ()),
        "no_equipment": intake.equipment == (),
        "weekdays": list(intake.weekdays),
    }
    equipped = bool(questionnaire.answer("equipment") or questionnaire.answer("no_equipment"))
    return {
        name: value
        for name, value in earlier.items()
        if _fits(name, value)
        if _empty(questionnaire.answer(name)) and not (equipped and name in ("equipment", "no_equipment"))
    }


def use(answers: Mapping[str, Any]) -> None:
    """Fill the fields; called as a button is pressed, before anything is drawn."""
    for name, value in answers.items():
        st.session_state[questionnaire.ANSWER_KEY + name] = value


def _empty(answer: Any) -> bool:
    return answer is None or answer is False or answer == []


def _fits(name: str, value: Any) -> bool:
    """Whether something was said that the field takes."""
    if name in LIMITS:
        low, high = LIMITS[name]
        return value is not None and low <= value <= high
    return bool(value)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
