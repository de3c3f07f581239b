"""The Thomas test read off a photo in place of an estimate."""

from __future__ import annotations

import streamlit as st

from posture.app import questionnaire, session
from posture.app.kept_photo import photo_field
from posture.app.navigation import refusal, tr
from posture.app.photo import observer
from posture.app.pictures import alternative
from posture.body.pose import SIDES
from posture.errors import PostureError, UnsuitablePhoto
from posture.knowledge.load import Knowledge
from posture.text.labels import JUDGED_WORDS, number, sentence


def read_thomas_photo() -> None:
    """The angle read off a photo instead of estimated."""
    from posture.render.overlay import draw_leg, jpeg
    from posture.vision.thomas_photo import LegInput, measure_leg

    try:
        photo = photo_field("thomas", tr("Read it off a photo of the test, from the side"), shown=False)
    except UnsuitablePhoto as error:
        refusal(error.issue())
        return
    if photo is None:
        return
    left, right = st.columns(2)
    choice = left.radio(
        tr("Which leg hangs?"),
        SIDES,
        format_func=lambda side: tr("Left side") if side == "left" else tr("Right side"),
        horizontal=True,
        key=questionnaire.ANSWER_KEY + "thomas_side",
    )
    flat = right.checkbox(tr("The lower back lay flat"), key=questionnaire.ANSWER_KEY + "thomas_flat")
    try:
        frame = photo.frame
        with st.spinner(tr("Measuring …")):
            leg = session.once(
                "leg",
                (frame.sha256, choice, flat),
                lambda: measure_leg(frame, observer, LegInput(side=choice, lumbar_flat=flat), Knowledge.load().gates),
            )
    except UnsuitablePhoto as error:
        refusal(error.issue())
        return
    except PostureError as error:
        st.error(f"{sentence(tr(str(error)))}.")
        return
    st.image(jpeg(draw_leg(frame, leg.points, leg.roll_deg, leg.faces_px)), width=480, alt=alternative())
    thigh = leg.result.thigh
    st.write(
        tr(
            "Thigh {value} from level ({low} to {high}): {judged}.",
            value=number(thigh.value, "deg"),
            low=number(thigh.low95, ""),
            high=number(thigh.high95, "deg"),
            judged=tr(JUDGED_WORDS[leg.result.length_one_joint]),
        )
    )
    for issue in leg.result.warnings:
        st.caption(f"{sentence(tr(issue.message))}.")
    if st.button(tr("Use this in my tests"), type="primary"):
        whole = round(float(thigh.value))  # shown below in whole degrees
        # what the photo said comes first: without it the whole number alone would be judged, were this run cut short
        st.session_state[f"{questionnaire.ANSWER_KEY}read_{choice}"] = {
            "thigh": whole,
            "flat": flat,
            "length": leg.result.length_one_joint,
        }
        st.session_state[f"{questionnaire.ANSWER_KEY}flat_{choice}"] = flat
        st.session_state[f"{questionnaire.ANSWER_KEY}thigh_{choice}"] = whole
        st.rerun()
