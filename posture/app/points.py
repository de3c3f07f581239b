"""Setting hip bones and joints by hand on an enlarged part of the photo; the numbers follow at once."""

from __future__ import annotations

import streamlit as st

from posture.app import session
from posture.app.navigation import say
from posture.app.photo import Photo
from posture.app.pictures import part
from posture.pipeline import Examination
from posture.text.labels import POINTS


def set_points(photo: Photo, examination: Examination) -> None:
    """Draw the editor."""
    # Here, not above: a component imported outside of a visitor's run, as the warm-up does, is never served.
    from streamlit_image_coordinates import streamlit_image_coordinates

    report = examination.report
    if report.stickers is not None and not photo.joints:
        st.checkbox(
            say("The two round spots ringed on the picture are stickers on my hip bones"),
            photo.confirmed,
            key=f"stickers_{photo.frame.sha256}",
            on_change=_confirm,
            args=(photo,),
        )
    if not st.toggle(say("Set hip bones or joints by hand"), key=session.ANSWER_KEY + "by_hand"):
        return
    name = st.pills(
        say("Which point?"),
        list(POINTS),
        format_func=lambda point: say(POINTS[point]),
        key=session.ANSWER_KEY + "point",
    )
    if name is None:
        st.caption(say("Choose a point, then click where it belongs; holding and dragging works, too."))
        return
    shown = part(photo, examination, name)
    if shown is None:
        st.info(say("Nobody was seen in this photo."))
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
        _put(photo, name, shown.photo_px(click["x2"], click["y2"], click["width"]))
        st.rerun()
    with right:
        _with_keys(photo, name)
        if photo.joints and st.button(say("Take all points back"), icon=":material/undo:"):
            while photo.joints:
                photo.take_back()
            st.rerun()
        if len({"asis", "psis"} & set(photo.joints)) == 1:
            st.caption(say("The tilt is read once both hip bones are set."))


def _confirm(photo: Photo) -> None:
    session.choose_photo(photo)
    photo.confirmed = not photo.confirmed


def _put(photo: Photo, name: str, xy: tuple[float, float]) -> None:
    width, height = photo.frame.width, photo.frame.height
    session.choose_photo(photo)  # what was set on a photo must not make another one the best
    photo.put(name, (min(max(xy[0], 0.0), width - 1.0), min(max(xy[1], 0.0), height - 1.0)))


def _with_keys(photo: Photo, name: str) -> None:
    """The same by numbers, for those who use no mouse: pixels of the photo from its top left corner."""
    x, y = photo.joints.get(name, (None, None))
    key = f"{photo.frame.sha256}_{name}_{photo.changes}"
    st.caption(say("Or by numbers: pixels of the photo from its top left corner."))
    across = st.number_input(say("Across"), 0.0, photo.frame.width - 1.0, x, 1.0, format="%.0f", key=f"x_{key}")
    down = st.number_input(say("Down"), 0.0, photo.frame.height - 1.0, y, 1.0, format="%.0f", key=f"y_{key}")
    if across is not None and down is not None and (across, down) != (x, y):
        _put(photo, name, (across, down))
        st.rerun()
