"""One visitor's answers, kept by Streamlit's session under keys that begin with ANSWER_KEY.

Streamlit forgets a widget's answer when another page is shown; these are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from posture.body.pose import SIDES
from posture.plan.intake import CONDITIONS, EMERGENCY_FLAGS, PROMPT_FLAGS, SIGNS, Intake

ANSWER_KEY = "told_"


def keep_answers() -> None:
    """Called first on every page: answers of pages that are not shown stay."""
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith(ANSWER_KEY):
            st.session_state[key] = st.session_state[key]


def answer(key: str) -> Any:
    """A kept answer, None where there is none."""
    return st.session_state.get(ANSWER_KEY + key)


def asked() -> bool:
    """Whether the safety questions were sent off; before that no exercise is shown."""
    return bool(st.session_state.get("asked"))


def _safety() -> dict[str, Any]:
    """Answers to the safety questions; they count at once, sent off or not."""
    reading = {
        "pain_0_10": answer("pain"),
        "pain_weeks": answer("weeks"),
        "pain_assessed": answer("assessed"),
        "pain_worsening": answer("worsening"),
        "leg_pain": answer("leg_pain"),
        "cleared_by_clinician": answer("cleared"),
    }
    return {
        "asked": asked(),
        "flags": [flag for flag in (*EMERGENCY_FLAGS, *PROMPT_FLAGS) if answer(f"ask_{flag}")],
        "conditions": [condition for condition in CONDITIONS if answer(f"ask_{condition}")],
        **{name: value for name, value in reading.items() if value is not None},
    }


#: What the Thomas test says of the length where a helper saw the thigh lie, the lower back being flat.
LENGTH_OF_LEVEL = {"below": "normal", "level": "unclear", "above": "short"}


def intake() -> Intake:
    """Everything that was told so far."""
    tests: dict[str, Mapping[str, Any]] = {}
    for side in SIDES:
        thigh, hold, flat = (answer(f"{name}_{side}") for name in ("thigh", "hold", "flat"))
        one: dict[str, Any] = {"thomas_thigh_deg": thigh, "hip_flexion_hold_s": hold}
        one["slr_effort_0_5"] = answer(f"effort_{side}")
        if thigh is None and (level := answer(f"level_{side}")) is not None:
            one["length"] = LENGTH_OF_LEVEL[level] if flat else "unclear"
        if thigh is not None:
            one["lumbar_flat"] = bool(flat)
            read = answer(f"read_{side}")
            if read is not None and (read["thigh"], read["flat"]) == (thigh, bool(flat)):
                one["length"] = read["length"]  # judged with the doubt of the photo, until a number is changed
        tests[side] = {name: value for name, value in one.items() if value is not None}
    person = {
        "clothing": answer("clothing"),
        "sex": answer("sex"),
        "stature_cm": answer("stature"),
        "age_years": answer("age"),
    }
    life = {
        "sitting_h_day": answer("sitting"),
        "minutes_per_day": answer("minutes"),
        "days_per_week": answer("days"),
        "equipment": [] if answer("no_equipment") else answer("equipment") or None,
        "weekdays": answer("weekdays") or None,
    }
    helps = answer("helps") or []
    movement = {"helps": helps, "hurts": [one for one in answer("hurts") or [] if one not in helps]}
    reading = {
        "range_position": answer("range_position"),
        "tilt_deg": answer("tilt"),
        "tilt_sem_deg": answer("tilt_sem") if answer("tilt") is not None else None,
    }
    return Intake.from_mapping(
        {
            "person": {name: value for name, value in person.items() if value is not None},
            "reading": {name: value for name, value in reading.items() if value is not None},
            "safety": _safety(),
            "tests": tests,
            "signs": {sign: True for sign in SIGNS if answer(f"sign_{sign}")},
            "life": {name: value for name, value in life.items() if value is not None},
            "movement": movement,
        }
    )
