"""The question whether two round spots are the stickers on the hip bones: asked first where spots were found."""

from __future__ import annotations

import streamlit as st
from PIL import ImageDraw

from posture.app import session
from posture.app.navigation import tr
from posture.app.photo import Photo
from posture.app.pictures import cross, surroundings
from posture.pipeline import Examination
from posture.render import theme
from posture.render.overlay import jpeg


def ask_about_stickers(photo: Photo, examination: Examination) -> None:
    """Ask, until it was answered; a yes can be taken back."""
    spots = examination.report.stickers
    if spots is None or photo.by_hand or photo.no_stickers:
        return
    if photo.confirmed:
        words, button = st.columns([3, 2], vertical_alignment="center")
        words.caption(tr("The tilt is read from your stickers."))
        button.button(tr("They are no stickers"), key="stickers_no", on_click=_answer, args=(photo, False))
        return
    shown = surroundings(photo, examination, "asis")
    if shown is None:
        return
    pen = ImageDraw.Draw(shown.image)
    for xy in (spots.asis, spots.psis):
        cross(pen, shown, xy, theme.MARK)
    with st.container(border=True):
        picture, words = st.columns([1, 3], vertical_alignment="center", gap="medium")
        picture.image(jpeg(shown.image), width=170, alt=tr("The two spots, ringed on the hips of the photo"))
        words.markdown(f"**{tr('Are these two spots your stickers?')}**")
        words.write(tr("If they mark your hip bones, the tilt is read from them."))
        yes, no = words.columns(2)
        for column, answer, are in ((yes, "Yes, my stickers", True), (no, "No", False)):
            key, kind = ("stickers_yes", "primary") if are else ("stickers_no", "secondary")
            column.button(tr(answer), type=kind, width="stretch", key=key, on_click=_answer, args=(photo, are))


def _answer(photo: Photo, are: bool) -> None:
    session.choose_photo(photo)
    photo.confirmed, photo.no_stickers = are, not are
    photo.changes += 1
