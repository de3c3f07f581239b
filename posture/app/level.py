"""Whether the camera was level: told by two taps on something upright behind the person, or by degrees."""

from __future__ import annotations

import streamlit as st
from PIL import Image, ImageDraw

from posture.app import session
from posture.app.navigation import tr
from posture.app.photo import Photo
from posture.body.overrides import MOST_ROLL_DEG, roll_of_plumb_line
from posture.pipeline import Examination
from posture.render import theme
from posture.render.overlay import draw_photo
from posture.text.labels import number

#: How wide the picture is that is tapped on, px.
SHOWN_PX = 420


def ask_about_level(photo: Photo, examination: Examination) -> None:
    """Ask where the picture itself does not tell how the camera was rolled."""
    unknown = any(note.code == "roll_unknown" for note in examination.report.notes)
    if not unknown and not photo.upright and photo.roll_deg is None:
        return
    with st.expander(tr("Was the camera level?"), icon=":material/straighten:", key="level"):
        st.write(tr("Tap the upper and the lower end of something upright: a door frame, a window, a hanging line."))
        _taps(photo, examination)
        roll = photo.roll_deg
        if len(photo.upright) == 2:
            roll = roll_of_plumb_line(*photo.upright)
        if roll is not None:
            st.write(tr("The camera was rolled by {degrees}; that is taken out.", degrees=number(roll, "deg", 1)))
        typed = st.number_input(
            tr("Or type by how many degrees it was turned clockwise"),
            -MOST_ROLL_DEG,
            MOST_ROLL_DEG,
            photo.roll_deg,
            0.5,
            key=f"roll_{photo.frame.sha256[:16]}_{photo.changes}",
        )
        if typed != photo.roll_deg:
            _keep(photo, [], typed)
        if roll is not None and st.button(tr("Take this back"), icon=":material/undo:", key="level_back"):
            _keep(photo, [], None)


def _taps(photo: Photo, examination: Examination) -> None:
    """The picture, the ends told so far on it, and what is tapped next."""
    # Here, not above: a component imported outside of a visitor's run, as the warm-up does, is never served.
    from streamlit_image_coordinates import streamlit_image_coordinates

    image = Image.fromarray(draw_photo(photo.frame, examination, layers=()))
    scale = image.width / photo.frame.width
    at = [(x * scale, y * scale) for x, y in photo.upright]
    pen = ImageDraw.Draw(image)
    for x, y in at:
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), outline=theme.PLUMB, width=4)
    if len(at) == 2:
        pen.line(at, theme.PLUMB, 4)
    click = streamlit_image_coordinates(
        image, width=SHOWN_PX, key=f"level_{photo.frame.sha256[:16]}_{photo.changes}", image_format="JPEG"
    )
    if click is None:
        return
    tapped = click["x"] / click["width"] * photo.frame.width, click["y"] / click["height"] * photo.frame.height
    ends = [tapped] if len(photo.upright) == 2 else [*photo.upright, tapped]
    if len(ends) == 2 and (ends[0] == ends[1] or abs(roll_of_plumb_line(*ends)) > MOST_ROLL_DEG):
        st.warning(tr("These two ends do not stand one above the other: tap both again."))
        photo.upright = []
        photo.changes += 1
        return
    _keep(photo, ends, None)


def _keep(photo: Photo, upright: list[tuple[float, float]], roll_deg: float | None) -> None:
    session.choose_photo(photo)
    photo.upright, photo.roll_deg = upright, roll_deg
    photo.changes += 1
    st.rerun()
