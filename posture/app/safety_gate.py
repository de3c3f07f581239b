"""Parts of a page that the safety answers allow, asked in one place."""

from __future__ import annotations

import streamlit as st

from posture.app import questionnaire
from posture.app.navigation import navigate, tr
from posture.knowledge.load import Knowledge
from posture.plan.advise import check_safety, how_soon

#: The icon of how soon somebody is to be seen.
ICONS = {"now": "emergency", "today": "today", "days": "date_range", "weeks": "calendar_month"}


def urgency_icon() -> str:
    """The icon beside the message of the answers so far."""
    return f":material/{ICONS[how_soon(questionnaire.intake(), Knowledge.load()) or 'now']}:"


def emergency() -> bool:
    """Whether an answer sends to help now: then its message is all that a page shows, and the way to that answer."""
    level, message = check_safety(questionnaire.intake(), Knowledge.load())
    if level != "emergency":
        return False
    st.title(tr("Get help now"), anchor=False)
    st.error(tr(message), icon=":material/emergency:")
    if st.button(tr("To the safety questions")):
        navigate("safety", "emergency")
    return True


def may_move() -> bool:
    """Whether tests and poses may be asked for; what stands in their way is said."""
    if not questionnaire.asked():
        st.info(tr("Tests and poses are shown after the safety questions."))
        return False
    answers = questionnaire.intake()
    level, message = check_safety(answers, Knowledge.load())
    if level in ("emergency", "prompt"):
        st.error(tr(message), icon=urgency_icon())
        return False
    if answers.minor:
        st.info(tr("For a person under 18 the tool gives measurements only."))
        return False
    return True
