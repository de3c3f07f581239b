"""Store of the points that somebody sets, and the fields that set them by numbers."""

from __future__ import annotations

import streamlit as st

from posture.app import session
from posture.app.navigation import tr
from posture.app.photo import Photo
from posture.text.labels import POINTS, sentence


def put(photo: Photo, name: str, xy: tuple[float, float]) -> None:
    """Set a point where it lies within the photo, and go by this photo from now on."""
    width, height = photo.frame.width, photo.frame.height
    session.choose_photo(photo)  # what was set on a photo must not make another one the best
    photo.put(name, (min(max(xy[0], 0.0), width - 1.0), min(max(xy[1], 0.0), height - 1.0)))


def by_numbers(photo: Photo, name: str) -> None:
    """The same by numbers, for those who use no mouse: pixels of the photo from its top left corner."""
    x, y = photo.joints.get(name, (None, None))
    key = f"{photo.frame.sha256}_{name}_{photo.changes}"
    st.caption(
        tr("{point}, by numbers: pixels of the photo from its top left corner.", point=sentence(tr(POINTS[name])))
    )
    across = st.number_input(tr("Across"), 0.0, photo.frame.width - 1.0, x, 1.0, format="%.0f", key=f"x_{key}")
    down = st.number_input(tr("Down"), 0.0, photo.frame.height - 1.0, y, 1.0, format="%.0f", key=f"y_{key}")
    if across is not None and down is not None and (across, down) != (x, y):
        put(photo, name, (across, down))
        st.rerun()
