"""The safety questions: the one step that cannot be skipped before exercises are shown."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from posture.intake import Intake
from posture.knowledge import Caution, Knowledge


def safety_questions(person: Intake, knowledge: Knowledge) -> Intake | None:
    """Ask, and give the person's answers once all were submitted; None before that."""
    by_level: dict[str, list[Caution]] = {"emergency": [], "prompt": [], "condition": []}
    for caution in knowledge.cautions.values():
        if caution.intake in ("safety.flags", "safety.conditions"):
            by_level[caution.level].append(caution)
    answered = "safety" in st.session_state
    with st.expander("Safety questions", expanded=not answered), st.form("safety_form"):
        st.markdown("**Tick what is true for you. Nothing ticked means no to all.**")
        ticked = [c.id for c in by_level["emergency"] if st.checkbox(c.question, key=f"ask_{c.id}")]
        ticked += [c.id for c in by_level["prompt"] if st.checkbox(c.question, key=f"ask_{c.id}")]
        left, right = st.columns(2)
        pain = left.slider("Pain in the back or hip, 0 none to 10 worst", 0, 10, 0)
        weeks = right.number_input("For how many weeks?", 0, 5200, 0)
        assessed = left.checkbox("A professional has looked at it")
        worsening = right.checkbox("The pain is getting worse")
        leg_pain = st.selectbox("Pain in a leg", ["none", "thigh", "below_knee"], format_func=_leg_words)
        st.markdown("**Conditions that leave some exercises out**")
        conditions = [c.id for c in by_level["condition"] if st.checkbox(c.question, key=f"ask_{c.id}")]
        cleared = st.checkbox("A doctor or physiotherapist has said that I may exercise")
        if st.form_submit_button("These are my answers", type="primary"):
            st.session_state["safety"] = Intake.from_mapping(
                {
                    "safety": {
                        "asked": True,
                        "flags": ticked,
                        "pain_0_10": pain,
                        "pain_weeks": weeks,
                        "pain_assessed": assessed,
                        "pain_worsening": worsening,
                        "leg_pain": leg_pain,
                        "conditions": conditions,
                        "cleared_by_clinician": cleared,
                    }
                }
            )
            st.rerun()
    answers: Intake | None = st.session_state.get("safety")
    if answers is None:
        return None
    return replace(
        answers,
        sex=person.sex,
        age_years=person.age_years,
        stature_cm=person.stature_cm,
        clothing=person.clothing,
    )


def _leg_words(choice: str) -> str:
    return {"none": "no", "thigh": "in the thigh", "below_knee": "below the knee"}[choice]
