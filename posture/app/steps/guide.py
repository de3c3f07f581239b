"""Guide for taking the photo, drawn."""

from __future__ import annotations

import streamlit as st

from posture.app.navigation import drawing, on_and_back, tr


def show() -> None:
    """Draw the page."""
    st.title(tr("How to take the photo"), anchor=False)
    picture, words = st.columns([2, 3], vertical_alignment="center", gap="large")
    with picture:
        drawing("guide_photo", tr("How to take the photo"), 240)
    words.markdown(
        "\n".join(
            f"- {tr(line)}"
            for line in (
                "Exactly **side on**: one shoulder hides the other.",
                "Camera level, at **hip height**, about **3 m** away; the whole body from head to feet in the picture.",
                "**Tight clothes**, a plain wall behind you.",
                "**Arms crossed** on the chest or stretched forward, so that they do not hide the back.",
                "**Hair tied up**, bag and jacket off: nothing may hang over the back.",
                "Stand as you always stand. A timer, or somebody to help, is best.",
            )
        )
    )
    st.header(tr("Two stickers tell more (optional)"), anchor=False)
    picture, words = st.columns([2, 3], vertical_alignment="center", gap="large")
    with picture:
        drawing("guide_stickers", tr("Two stickers tell more (optional)"), 220)
    words.markdown(
        tr(
            "Put one raised round sticker of 1 to 2 cm on each hip bone, in front and at the back. Use the side "
            "that the camera sees, and a colour unlike skin, clothes and wall. With them the tilt of the pelvis is "
            "read itself, not estimated."
        )
    )
    on_and_back("guide")
