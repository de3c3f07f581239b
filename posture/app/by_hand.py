"""Setting hip bones and joints by hand on an enlarged part of the photo; the numbers follow at once."""

from __future__ import annotations

import streamlit as st

from posture.app import questionnaire
from posture.app.hip_bones import set_hip_bones
from posture.app.navigation import tr
from posture.app.photo import HIP_BONES, Photo
from posture.app.pictures import part
from posture.app.points import by_numbers, put
from posture.pipeline import Examination
from posture.text.labels import POINTS

#: Joints that can be set, in their order.
JOINTS = tuple(name for name in POINTS if name not in HIP_BONES)


def set_points(photo: Photo, examination: Examination) -> None:
    """Draw the editor: the hip bones first, the joints behind a switch."""
    if not st.toggle(tr("Set stickers, hip bones or joints by hand"), key=questionnaire.ANSWER_KEY + "by_hand"):
        return
    set_hip_bones(photo, examination)
    with st.expander(tr("A joint was drawn in the wrong place"), key="joints"):
        _joint(photo, examination)
    if photo.joints and st.button(tr("Take all points back"), icon=":material/undo:"):
        while photo.joints:
            photo.take_back()
        photo.felt.clear()
        st.rerun()


def _joint(photo: Photo, examination: Examination) -> None:
    # Here, not above: a component imported outside of a visitor's run, as the warm-up does, is never served.
    from streamlit_image_coordinates import streamlit_image_coordinates

    name = st.pills(
        tr("Which joint?"),
        JOINTS,
        format_func=lambda point: tr(POINTS[point]),
        key=questionnaire.ANSWER_KEY + "point",
    )
    if name is None:
        st.caption(tr("Choose a joint, then click where it belongs; holding and dragging works, too."))
        return
    shown = part(photo, examination, name)
    if shown is None:
        st.info(tr("Nobody was seen in this photo."))
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        key = f"part_{photo.frame.sha256}_{name}_{photo.changes}"
        click = streamlit_image_coordinates(
            shown.image,
            key=key,
            use_column_width="always",
            click_and_drag=True,
            image_format="JPEG",
            jpeg_quality=88,
            cursor="crosshair",
        )
    if click is not None:
        put(photo, name, shown.photo_px(click["x2"], click["y2"], click["width"]))
        st.rerun()
    with right:
        by_numbers(photo, name)
