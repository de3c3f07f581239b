"""Initials of the person at the clinic's pages, which stand in the log beside every change and export."""

from __future__ import annotations

import os

import streamlit as st

from posture.app import questionnaire
from posture.app.auth import HEADER
from posture.app.clinic.cases import archive
from posture.app.navigation import tr
from posture.clinic.archive import Archive


def initials() -> str:
    """Draw the field for a person's initials; what stands in it."""
    typed: str = st.text_input(tr("Your initials"), key=questionnaire.ANSWER_KEY + "reviewer", max_chars=20)
    return typed.strip()


def actor() -> str:
    """The person at work: "MK", behind a proxy that signs people in "MK, m.k@clinic.example"; empty where unnamed."""
    header = os.environ.get(HEADER, "")
    signed_in = st.context.headers.get(header, "") if header else ""
    return ", ".join(filter(None, (str(questionnaire.answer("reviewer") or "").strip(), signed_in.strip())))


def files() -> Archive:
    """The client files in the hands of whoever works here."""
    return archive().by(actor())
