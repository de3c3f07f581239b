"""Tests of the hips, signs noticed and daily life: every answer optional, all of them decide what the plan holds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from posture.adapters.drawings import drawing_file
from posture.advise import SIDES
from posture.intake import EQUIPMENT, SIGNS, Intake
from posture.knowledge import Knowledge
from posture.pose import Side

#: The signs as a person says them, in the order of `SIGNS`.
SIGN_WORDS = {
    "front_hip_stiffness": "The front of my hips feels stiff",
    "hard_to_straighten_after_sitting": "It is hard to straighten up after sitting",
    "ache_after_walking_or_training": "The hips or the lower back ache after walking or training",
    "looks_arched": "My lower back looks arched",
    "feels_tight": "The front of my hips feels tight",
    "felt_nothing_in_stretch": "I stretched the hip flexors and felt nothing",
}
EQUIPMENT_WORDS = {
    "pad": "pad or folded towel",
    "wall": "wall",
    "chair": "chair",
    "bed": "bed or sturdy table",
    "band": "elastic band",
    "step": "step",
    "ball": "massage ball",
    "couch": "couch",
}


def tests_and_life(knowledge: Knowledge) -> Intake:
    """Ask, and give the answers, checked like those of a file; what was left open is not answered."""
    with st.expander("Two tests, what you notice, your days (all optional; the tests decide)"):
        st.markdown("**Two tests of the hip flexors.** Only they tell whether to stretch or to strengthen.")
        for name in ("thomas_test", "hold_test"):
            with st.popover(knowledge.exercises[name].name):
                st.image(drawing_file(name))
                st.write(knowledge.exercises[name].position)
                st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(knowledge.exercises[name].steps, 1)))
        columns = st.columns(2)
        tests = {side: _one_side(side, column) for side, column in zip(SIDES, columns, strict=True)}
        st.markdown("**What you notice**")
        signs = {sign: True for sign in SIGNS if st.checkbox(SIGN_WORDS[sign], key=f"sign_{sign}")}
        st.markdown("**Your days**")
        life = _life()
    return Intake.from_mapping({"tests": tests, "signs": signs, "life": life})


def _one_side(side: Side, column: Any) -> dict[str, Any]:
    column.markdown(f"{side.capitalize()} side")
    told = {
        "thomas_thigh_deg": column.number_input(
            "Thomas test: thigh above (+) or below (-) level, degrees", -90.0, 90.0, None, 1.0, key=f"thigh_{side}"
        ),
        "hip_flexion_hold_s": column.number_input("Hold test: seconds", 0.0, 600.0, None, 1.0, key=f"hold_{side}"),
    }
    if told["thomas_thigh_deg"] is not None:
        told["lumbar_flat"] = column.checkbox("The lower back lay flat", key=f"flat_{side}")
    return {key: value for key, value in told.items() if value is not None}


def _life() -> dict[str, Any]:
    left, middle, right = st.columns(3)
    told: dict[str, Any] = {
        "sitting_h_day": left.number_input("Hours of sitting a day", 0.0, 24.0, None, 0.5),
        "minutes_per_day": middle.number_input("Minutes for exercise a day", 5, 30, None, 5),
        "days_per_week": right.number_input("Days a week", 1, 7, None, 1),
    }
    things = st.multiselect("At hand", EQUIPMENT, format_func=EQUIPMENT_WORDS.__getitem__, placeholder="not said")
    told["equipment"] = things or None
    return {key: value for key, value in told.items() if value is not None}
