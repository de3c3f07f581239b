"""A photo for one purpose beside the result's own: brought once, and there again when its page is."""

from __future__ import annotations

import streamlit as st

from posture.app import session
from posture.app.navigation import tr
from posture.app.photo import Photo
from posture.app.pictures import alternative, small


def photo_field(name: str, label: str, shown: bool = True) -> Photo | None:
    """The photo of this name, None before it was brought; ``shown`` has it drawn small. Raises UnsuitablePhoto."""
    from posture.app.steps.photo import FORMATS
    from posture.io.photos import read_photo_bytes

    kept: dict[str, Photo] = st.session_state.setdefault("kept_photos", {})
    if name not in kept:
        file = st.file_uploader(label, FORMATS, key=f"{name}_{session.generation()}")
        if file is None:
            return None
        kept[name] = Photo(read_photo_bytes(file.getvalue(), file.name))
        session.let_go(file)
        st.rerun()
    photo = kept[name]
    if shown:
        st.image(small(photo, photo.last()), label, width=120, alt=alternative())
    else:
        st.caption(label)
    if st.button(tr("Take another photo for this"), key=f"other_{name}", icon=":material/close:"):
        del kept[name]
        st.rerun()
    return photo
