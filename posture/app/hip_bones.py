"""The hip bones by guide: how to feel them, two markers on the photo, and the line between them as they are moved.

A marker begins where the body model expects the bone. It counts once it was moved and its bone was felt.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st

from posture.app.navigation import chosen_language, drawing, tr
from posture.app.photo import HIP_BONES, Photo
from posture.app.pictures import Part, surroundings
from posture.app.points import by_numbers, put
from posture.body.observation import Observation
from posture.body.overrides import OFF_BODY
from posture.body.silhouette import Silhouette
from posture.knowledge.load import Knowledge
from posture.pipeline import Examination
from posture.quality.view import View
from posture.text.labels import POINTS, sentence
from posture.text.presentation import present
from posture.vision.stickers import expected_hip_bones

#: What a press of an arrow key moves a marker by, in statures (4 mm of 170 cm).
STEP = 0.0025
#: Rows of the outline that the editor is told, over the part's height.
ROWS = 60


def set_hip_bones(photo: Photo, examination: Examination) -> None:
    """Draw the guide and the editor."""
    shown, observation, view = surroundings(photo, examination, "asis"), examination.observation, examination.view
    if shown is None or observation is None or view is None:
        st.info(tr("Nobody was seen in this photo."))
        return
    guide, words = st.columns([1, 3], vertical_alignment="center", gap="medium")
    with guide:
        drawing("guide_hip_bones", tr("How to feel the hip bones"), 150)
    words.markdown(
        "\n".join(
            f"- {tr(line)}"
            for line in (
                "**Front (ASIS):** put a hand on your hip; the bony corner under your fingertips is the bone.",
                "**Back (PSIS):** slide the thumb to the dimple beside the spine; the firm knob under it is the bone.",
            )
        )
    )
    words.markdown(tr("Then drag each marker to that spot of the picture, or tap there. Arrow keys move it, too."))
    moved = _editor()(
        key=f"bones_{photo.frame.sha256[:16]}",
        data=_editor_data(photo, observation, view, shown),
        on_put_change=lambda: None,
    ).put
    if moved is not None:
        x, y = (corner + moved[axis] * shown.side for axis, corner in zip("xy", shown.corner, strict=True))
        put(photo, moved["name"], (x, y))
        st.rerun()
    st.caption(_state(photo, examination))
    for name, words_of in (("asis", "I felt the front bone here, or a sticker marks it"),
                           ("psis", "I felt the back bone here, or a sticker marks it")):  # fmt: skip
        st.checkbox(
            tr(words_of),
            name in photo.felt,
            key=f"felt_{name}_{photo.frame.sha256[:16]}_{name in photo.joints}",
            disabled=name not in photo.joints,
            on_change=_feel,
            args=(photo, name),
        )
    with st.expander(tr("Type the places instead")):
        for name in HIP_BONES:
            by_numbers(photo, name)


def _state(photo: Photo, examination: Examination) -> str:
    """The steps still missing before the line counts."""
    if not set(HIP_BONES) <= set(photo.joints):
        return tr("The line does not count yet: move both markers to where you felt the bones.")
    if not set(HIP_BONES) <= photo.felt:
        return tr("The line does not count yet: tick both bones that you felt.")
    verdict = present(examination.report, Knowledge.load(), chosen_language()).headline
    return f"{tr('The result above is read from this line. Its interval counts in that a finger may miss.')} {verdict}"


def _feel(photo: Photo, name: str) -> None:
    photo.felt ^= {name}
    photo.changes += 1


@cache
def _editor() -> Any:
    """The component, made in a visitor's run."""
    folder = resources.files("posture") / "app"
    script, style = ((folder / f"hip_bones.{kind}").read_text("utf-8") for kind in ("js", "css"))
    return st.components.v2.component("posture_hip_bones", js=script, css=style)


def _editor_data(photo: Photo, observation: Observation, view: View, shown: Part) -> dict[str, Any]:
    """Data of the editor: the part, the markers and the outline in shares of it, and its words."""
    scale, data = photo.frame.photo_px_per_px, BytesIO()
    shown.image.save(data, "JPEG", quality=88)
    expected = expected_hip_bones(view.pose)
    places = {name: photo.joints.get(name, tuple(expected[name] * scale)) for name in HIP_BONES}
    return {
        "image": "data:image/jpeg;base64," + b64encode(data.getvalue()).decode(),
        "points": {name: shown.share(xy) for name, xy in places.items()},
        "set": [name for name in HIP_BONES if name in photo.joints],
        "forward": view.orientation.forward,
        "roll": view.orientation.roll_deg or 0.0,
        "corner": shown.corner,
        "side": shown.side,
        "step": STEP * observation.stature_px * scale / shown.side,
        "limit": OFF_BODY * observation.stature_px * scale / shown.side,
        "rows": _rows(observation.silhouette, shown, scale),
        "words": {
            "picture": tr("The hips on the photo, enlarged, with a marker for each hip bone"),
            "asis": sentence(tr(POINTS["asis"])),
            "psis": sentence(tr(POINTS["psis"])),
            "asis_short": tr("front bone"),
            "psis_short": tr("back bone"),
            "forth": tr("The line tips forward by {degrees}°.", degrees="{degrees}"),
            "back": tr("The line tips backward by {degrees}°.", degrees="{degrees}"),
            "beside": tr("This spot lies beside the body."),
            "swapped": tr("The front marker lies behind the back one: were the two swapped?"),
            "went_back": tr("That spot lies beside the body, so the marker went back."),
            "place": tr("{bone}: {x} across, {y} down.", bone="{bone}", x="{x}", y="{y}"),
        },
    }


def _rows(silhouette: Silhouette | None, shown: Part, scale: float) -> list[tuple[float, float, float]]:
    """The body's rows in the part, shares of it: height, left and right edge, the widest of all outlines."""
    if silhouette is None:
        return []
    drawn = [outline for outline in (silhouette.refined, silhouette.masked, silhouette.second) if outline is not None]
    first, last = max(one.rows_px[0] for one in drawn), min(one.rows_px[-1] for one in drawn)
    made: list[tuple[float, float, float]] = []
    for y in np.linspace(0, 1, ROWS) * shown.side + shown.corner[1]:
        if first <= y / scale <= last:
            left = min(float(np.interp(y / scale, one.rows_px, one.left_px)) for one in drawn)
            right = max(float(np.interp(y / scale, one.rows_px, one.right_px)) for one in drawn)
            made.append((*shown.share((left * scale, y))[::-1], shown.share((right * scale, y))[0]))
    return made
