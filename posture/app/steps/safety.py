"""The safety questions: the one step that cannot be skipped before exercises are shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from posture.app import questionnaire, session
from posture.app.navigation import bring_to, chosen_language, navigate, on_and_back, tr
from posture.app.safety_gate import urgency_icon
from posture.knowledge.load import Knowledge
from posture.plan.advise import check_safety
from posture.plan.intake import CONDITIONS, EMERGENCY_FLAGS, PROMPT_FLAGS
from posture.text.labels import LEG_PAIN_WORDS


def show() -> None:
    """Draw the page."""
    knowledge = Knowledge.load()
    st.title(tr("Before you begin"), anchor=False)
    st.write(tr("Tick what is true for you. If nothing is, press Continue at the end: it counts as no to all."))
    level, message = check_safety(questionnaire.intake(), knowledge)
    with st.container(border=True):
        st.header(tr("Right now"), anchor=False)
        _emergencies(knowledge, message if level == "emergency" else "")
    if level == "emergency":
        on_and_back("safety", "nowhere")
        return
    _questions(knowledge)
    sent = st.button(tr("Continue"), type="primary", width="stretch", on_click=_send)
    if sent and level == "clear":
        navigate("plan" if session.photos() else "photo")
    if level == "prompt" and questionnaire.asked():
        with st.container(key="advice"):
            st.error(tr(message), icon=urgency_icon())
    elif questionnaire.asked():
        st.success(tr("Your answers are kept. What you change here counts at once."))
    # who must see somebody first may still have a photo measured; for all others the answers lead on
    onto = "result" if session.photos() else "photo"
    on_and_back("safety", "secondary" if level == "prompt" and questionnaire.asked() else "nowhere", onto)


def _send() -> None:
    """Count what was not ticked as no. Where that leads nowhere, what is to be done stands below the button."""
    st.session_state["asked"] = True
    bring_to("advice")


def _emergencies(knowledge: Knowledge, message: str) -> None:
    """Ask what cannot wait; the message stands under what was ticked last, and takes the focus."""
    ticked = [flag for flag in EMERGENCY_FLAGS if questionnaire.answer(f"ask_{flag}")]
    newest = st.session_state.get("newest_emergency")
    under = newest if newest in ticked else next(iter(ticked), None)
    for flag in EMERGENCY_FLAGS:
        question = chosen_language().question(knowledge.cautions[flag])
        st.checkbox(question, key=f"{questionnaire.ANSWER_KEY}ask_{flag}", on_change=_emergency, args=(flag,))
        if flag == under:
            with st.container(key="emergency"):
                st.error(tr(message), icon=":material/emergency:")


def _emergency(flag: str) -> None:
    if questionnaire.answer(f"ask_{flag}"):
        st.session_state["newest_emergency"] = flag
        bring_to("emergency")


def _questions(knowledge: Knowledge) -> None:
    """Ask everything else; `visit.intake` reads the answers."""

    def ask(names: Sequence[str]) -> None:
        for name in names:
            st.checkbox(
                chosen_language().question(knowledge.cautions[name]), key=f"{questionnaire.ANSWER_KEY}ask_{name}"
            )

    with st.container(border=True):
        st.header(tr("Lately"), anchor=False)
        ask(PROMPT_FLAGS)
    with st.container(border=True):
        st.header(tr("Pain"), anchor=False)
        st.slider(tr("Pain in the back or hip, 0 none to 10 worst"), 0, 10, key=questionnaire.ANSWER_KEY + "pain")
        left, right = st.columns(2)
        left.number_input(tr("For how many weeks?"), 0, 5200, key=questionnaire.ANSWER_KEY + "weeks")
        right.selectbox(
            tr("Pain in a leg"),
            list(LEG_PAIN_WORDS),
            format_func=lambda choice: tr(LEG_PAIN_WORDS[choice]),
            key=questionnaire.ANSWER_KEY + "leg_pain",
        )
        left.checkbox(tr("A professional has looked at it"), key=questionnaire.ANSWER_KEY + "assessed")
        right.checkbox(tr("The pain is getting worse"), key=questionnaire.ANSWER_KEY + "worsening")
    with st.container(border=True):
        st.header(tr("Conditions that leave some exercises out"), anchor=False)
        ask(CONDITIONS)
        st.checkbox(
            tr("A doctor or physiotherapist has said that I may exercise"), key=questionnaire.ANSWER_KEY + "cleared"
        )
    st.number_input(tr("Age in years (optional)"), 1, 120, None, key=questionnaire.ANSWER_KEY + "age")
