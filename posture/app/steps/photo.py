"""Photos in: from a file, or taken with the camera."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from posture.app import questionnaire, session
from posture.app.navigation import navigate, on_and_back, picture, plain, refusal, tr
from posture.app.photo import Photo
from posture.app.pictures import alternative, small
from posture.app.server import LINK
from posture.errors import PostureError, UnsuitablePhoto
from posture.render.drawings import standing_alone
from posture.text.labels import sentence

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

FORMATS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]


def show() -> None:
    """Draw the page."""
    st.title(tr("Your photo"), anchor=False)
    st.caption(tr("Side on, the whole body in the picture, tight clothes, hair tied up, bag and jacket off."))
    above = st.container()  # always there, so that the field below keeps its place and a file on its way is not lost
    if questionnaire.asked() and not session.photos():
        asked = "Your answers are kept. The plan follows from a photo: bring one here."
        above.info(f"{tr(asked)} {tr('Without one, the two tests on the page More reliable give a plan, too.')}")
    generation = session.generation()
    files = st.file_uploader(
        tr("A photo from the side; several of the same stance are better"),
        FORMATS,
        accept_multiple_files=True,
        key=f"upload_{generation}",
    )
    wanted = bool(st.session_state.get(f"camera_on_{generation}"))
    with st.expander(tr("Take it with this device's camera"), icon=":material/photo_camera:", expanded=wanted):
        if st.toggle(tr("Switch the camera on"), key=f"camera_on_{generation}"):
            shot = st.camera_input(
                tr("Stand side on, the whole body in the picture"), resolution="720p", key=f"camera_{generation}"
            )
            files = [*files, shot] if shot is not None else files
    if os.environ.get(LINK):
        _phone()
    if files:
        _take_in([(file.getvalue(), file.name) for file in files], files)
    for name, error in st.session_state.pop("not_read", []):
        if name:
            st.caption(plain(name))
        refusal(error.issue()) if isinstance(error, UnsuitablePhoto) else st.error(f"{sentence(tr(str(error)))}.")
    mine = session.photos()
    if not mine:
        st.write(tr("No photo at hand? See how it works first:"))
        if st.button(tr("Show me with a computer-generated person"), icon=":material/smart_toy:"):
            with st.spinner(tr("Measuring …")):
                session.add_sample("typical")
            navigate("result")
    _mine(mine)
    on_and_back("photo", "primary" if mine else "secondary")


def _take_in(files: list[tuple[bytes, str]], uploads: Sequence[UploadedFile] = ()) -> None:
    """Read and look at every photo, then show the result; what could not be read is said here.

    A run that a click cuts short is taken up again by the next one: the uploads are let go at the end.
    """
    not_read: list[tuple[str, PostureError]] = []
    bar = st.progress(0.0, tr("Measuring …"))
    for done, (data, name) in enumerate(files):
        try:
            photo = session.add_photo(data, name)
            photo.examine(questionnaire.intake(), lenient=False)
        except PostureError as error:
            if str(error) not in (str(said) for _, said in not_read):
                not_read.append((name, error))
        bar.progress((done + 1) / len(files), tr("Measuring …"))
    st.session_state["not_read"] = not_read
    for file in uploads:
        session.let_go(file)
    session.empty_fields()
    st.session_state["rounds"] = st.session_state.get("rounds", 0) + 1
    if not not_read:
        navigate("result")
    st.rerun()


def _mine(mine: list[Photo]) -> None:
    if not mine:
        return
    st.header(tr("Photos of this visit"), anchor=False)
    for row in range(0, len(mine), 4):
        for k, (photo, cell) in enumerate(zip(mine[row : row + 4], st.columns(4), strict=False), row + 1):
            cell.image(small(photo, photo.last()), str(k), width=120, alt=alternative())
            if cell.button(tr("Remove"), key=f"remove_{photo.frame.sha256}", icon=":material/close:"):
                session.remove_photo(photo)
                st.rerun()


def _phone() -> None:
    """The link as a code for the phone's camera; only somebody who came by it sees this page."""
    import segno

    with st.expander(tr("Take it with your phone"), icon=":material/qr_code_2:"):
        st.write(tr("Scan this with the phone's camera, in the same network. The phone will ask whether you trust it."))
        code = segno.make(os.environ[LINK]).svg_inline(border=3, omitsize=True)
        picture(standing_alone(code), tr("Take it with your phone"), "220px")
