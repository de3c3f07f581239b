"""The safety questions: the one step that cannot be skipped before exercises are shown."""

from __future__ import annotations

import streamlit as st

from posture.advise import check_safety
from posture.entries import Caution
from posture.knowledge import Knowledge
from posture.ui import visit
from posture.ui.flow import bring_to, go, on_and_back, say, speech
from posture.words import LEG_PAIN_WORDS


def show() -> None:
    """Draw the page."""
    knowledge = Knowledge.load()
    st.title(say("Before you begin"), anchor=False)
    st.write(say("Tick what is true for you. If nothing is, send the page off as it is: it counts as no to all."))
    _questions(knowledge)
    sent = st.button(say("These are my answers"), type="primary", width="stretch", on_click=_send)
    level, message = check_safety(visit.intake(), knowledge)
    if sent and level == "clear":
        go("plan" if visit.photos() else "guide")
    if level == "emergency" or (level == "prompt" and visit.asked()):
        with st.container(key="advice"):
            st.error(say(message), icon=":material/emergency:")
    elif visit.asked():
        st.success(say("Your answers are kept. What you change here counts at once."))
    # who must see somebody first may still have a photo measured; for all others the answers lead on
    on_and_back("safety", "secondary" if level == "prompt" and visit.asked() else "nowhere")


def _send() -> None:
    """Count what was not ticked as no. Where that leads nowhere, what is to be done stands below the button."""
    st.session_state["asked"] = True
    bring_to("advice")


def _questions(knowledge: Knowledge) -> None:
    """Ask everything; `visit.intake` reads the answers."""
    by_level: dict[str, list[Caution]] = {"emergency": [], "prompt": [], "condition": []}
    for caution in knowledge.cautions.values():
        if caution.intake in ("safety.flags", "safety.conditions"):
            by_level[caution.level].append(caution)

    def ask(level: str) -> None:
        for caution in by_level[level]:
            st.checkbox(speech().question(caution), key=f"{visit.TOLD}ask_{caution.id}")

    with st.container(border=True):
        st.header(say("Right now"), anchor=False)
        ask("emergency")
    with st.container(border=True):
        st.header(say("Lately"), anchor=False)
        ask("prompt")
    with st.container(border=True):
        st.header(say("Pain"), anchor=False)
        st.slider(say("Pain in the back or hip, 0 none to 10 worst"), 0, 10, key=visit.TOLD + "pain")
        left, right = st.columns(2)
        left.number_input(say("For how many weeks?"), 0, 5200, key=visit.TOLD + "weeks")
        right.selectbox(
            say("Pain in a leg"),
            list(LEG_PAIN_WORDS),
            format_func=lambda choice: say(LEG_PAIN_WORDS[choice]),
            key=visit.TOLD + "leg_pain",
        )
        left.checkbox(say("A professional has looked at it"), key=visit.TOLD + "assessed")
        right.checkbox(say("The pain is getting worse"), key=visit.TOLD + "worsening")
    with st.container(border=True):
        st.header(say("Conditions that leave some exercises out"), anchor=False)
        ask("condition")
        st.checkbox(say("A doctor or physiotherapist has said that I may exercise"), key=visit.TOLD + "cleared")
    st.number_input(say("Age in years (optional)"), 1, 120, None, key=visit.TOLD + "age")
