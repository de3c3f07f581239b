"""Where a stranger arrives: what this is, in a picture and three steps."""

from __future__ import annotations

import streamlit as st

from posture.app.navigation import drawing, go, say


def show() -> None:
    """Draw the page."""
    st.title(say("How do you stand?"), anchor=False)
    words, picture = st.columns([3, 2], vertical_alignment="center", gap="large")
    words.markdown(
        say("One photo from the side shows how your hips, pelvis and lower back stand, and how sure that is.")
    )
    for number, step in enumerate(
        (
            "Answer a few safety questions.",
            "Take a photo from the side, or let somebody take it.",
            "See the result, do two small tests, and get a plan of exercises that fits your days.",
        ),
        1,
    ):
        words.markdown(f"**{number}.** {say(step)}")
    with picture:
        drawing("guide_photo", say("How to take the photo"), 230)
    begin, photo = words.columns(2)
    if begin.button(say("Begin"), type="primary", width="stretch"):
        go("safety")
    if photo.button(say("I have a photo"), width="stretch"):
        go("photo")
    st.info(
        say("It describes posture. It is not a medical examination, and an unusual stance is no illness."),
        icon=":material/info:",
    )
