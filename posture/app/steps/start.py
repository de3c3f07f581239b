"""First page of a stranger: the tool in a sentence, a result to look at, and the three ways in."""

from __future__ import annotations

import streamlit as st

from posture import examples
from posture.app import session
from posture.app.navigation import LIVE, live_pages, navigate, tr
from posture.app.pictures import alternative

#: The sample whose result a stranger is shown.
SAMPLE = "mild"


def show() -> None:
    """Draw the page."""
    st.title(tr("Does my pelvis tip forward?"), anchor=False)
    if st.session_state.pop("forgotten", False):
        st.success(tr("Photos, answers and results are forgotten."))
    words, sample = st.columns([3, 2], gap="large")
    with words:
        st.markdown(
            tr(
                "One photo from the side tells whether your pelvis tips forward or back. It also says how sure that "
                "is, and which exercises suit it. The photo never leaves this computer."
            )
        )
        ways = "Bring a photo, take one here, or look at a sample first. Safety questions come before exercises."
        st.markdown(tr(ways))
        photo, camera = st.columns(2)
        if photo.button(tr("I have a photo"), type="primary", width="stretch", icon=":material/upload:"):
            navigate("photo")
        if camera.button(tr("Take a photo"), width="stretch", icon=":material/photo_camera:"):
            st.session_state[f"camera_on_{session.generation()}"] = True
            navigate("photo")
        guide, earlier = st.columns(2)
        if guide.button(tr("How to take the photo"), type="tertiary", icon=":material/menu_book:"):
            navigate("guide")
        if earlier.button(tr("Compare with a saved visit"), type="tertiary", icon=":material/compare:"):
            navigate("compare")
    with sample:
        st.image(str(getattr(examples, SAMPLE)), tr("A computer-generated sample"), width=190, alt=alternative())
        if st.button(tr("See the sample's result"), icon=":material/accessibility_new:"):
            with st.spinner(tr("Measuring …")):
                session.add_sample(SAMPLE)
            navigate("result")
    if live := live_pages():
        st.markdown(f"**{tr('Before a camera')}**")
        for (name, title, icon), column in zip(LIVE, st.columns(len(LIVE)), strict=True):
            if name in live and column.button(tr(title), icon=icon, width="stretch", key=f"start_{name}"):
                navigate(name)
    st.info(
        tr("It describes posture. It is not a medical examination, and an unusual stance is no illness."),
        icon=":material/info:",
    )
