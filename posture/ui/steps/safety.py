"""The safety questions: the one step that cannot be skipped before exercises are shown."""

from __future__ import annotations

import streamlit as st

from posture.advise import check_safety
from posture.entries import Caution
from posture.intake import EMERGENCY_FLAGS
from posture.knowledge import Knowledge
from posture.ui import visit
from posture.ui.flow import go, on_and_back, say, speech
from posture.words import LEG_PAIN_WORDS


def show() -> None:
    """Draw the page."""
    knowledge = Knowledge.load()
    st.title(say("Before you begin"), anchor=False)
    st.write(say("Tick what is true for you. If nothing is, send the page off as it is: it counts as no to all."))
    answers = _questions(knowledge)
    sent = st.button(say("These are my answers"), type="primary", width="stretch")
    urgent = {*EMERGENCY_FLAGS} & {*answers["flags"]}  # type: ignore[misc]
    if sent or urgent or "safety" in st.session_state:  # an emergency, and what was sent off, count at every touch
        st.session_state["age"] = answers.pop("age_years")
        st.session_state["safety"] = answers
    if sent and check_safety(visit.intake(), knowledge)[0] == "clear":
        go("plan" if visit.photos() else "guide")
    if "safety" in st.session_state:
        level, message = check_safety(visit.intake(), knowledge)
        if level in ("emergency", "prompt"):
            st.error(say(message), icon=":material/emergency:")
        else:
            st.success(say("Your answers are kept. What you change here counts at once."))
    on_and_back("safety")


def _questions(knowledge: Knowledge) -> dict[str, object]:
    """Ask everything; the answers in the shape of the intake's safety section, with the age."""
    by_level: dict[str, list[Caution]] = {"emergency": [], "prompt": [], "condition": []}
    for caution in knowledge.cautions.values():
        if caution.intake in ("safety.flags", "safety.conditions"):
            by_level[caution.level].append(caution)

    def ticked(level: str) -> list[str]:
        key = visit.TOLD + "ask_"
        return [c.id for c in by_level[level] if st.checkbox(speech().question(c), key=key + c.id)]

    with st.container(border=True):
        st.header(say("Right now"), anchor=False)
        flags = ticked("emergency")
    with st.container(border=True):
        st.header(say("Lately"), anchor=False)
        flags += ticked("prompt")
    with st.container(border=True):
        st.header(say("Pain"), anchor=False)
        pain = st.slider(say("Pain in the back or hip, 0 none to 10 worst"), 0, 10, key=visit.TOLD + "pain")
        left, right = st.columns(2)
        weeks = left.number_input(say("For how many weeks?"), 0, 5200, key=visit.TOLD + "weeks")
        leg_pain = right.selectbox(
            say("Pain in a leg"),
            list(LEG_PAIN_WORDS),
            format_func=lambda choice: say(LEG_PAIN_WORDS[choice]),
            key=visit.TOLD + "leg_pain",
        )
        assessed = left.checkbox(say("A professional has looked at it"), key=visit.TOLD + "assessed")
        worsening = right.checkbox(say("The pain is getting worse"), key=visit.TOLD + "worsening")
    with st.container(border=True):
        st.header(say("Conditions that leave some exercises out"), anchor=False)
        conditions = ticked("condition")
        cleared = st.checkbox(
            say("A doctor or physiotherapist has said that I may exercise"), key=visit.TOLD + "cleared"
        )
    age = st.number_input(say("Age in years (optional)"), 1, 120, None, key=visit.TOLD + "age")
    return {
        "asked": True,
        "flags": flags,
        "pain_0_10": pain,
        "pain_weeks": weeks,
        "pain_assessed": assessed,
        "pain_worsening": worsening,
        "leg_pain": leg_pain,
        "conditions": conditions,
        "cleared_by_clinician": cleared,
        "age_years": age,
    }
