"""The visit of today as it is saved, and what is shown of two visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from posture.app import questionnaire, session
from posture.app.photo import Photo
from posture.export.visit_file import Visit
from posture.followup.change import Change, compare
from posture.followup.visit_picture import VisitPicture
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED
from posture.pipeline import Examination
from posture.render.overlay import draw_photo, jpeg

#: How a change is called.
VERDICTS = {
    "changed": "real change",
    "no_detectable_change": "within the error",
    "not_comparable": "not comparable",
}


def visit_of_today(now: session.Current, with_picture: bool) -> Visit:
    """Today's visit as it would be saved; without the safety questions it holds no exercises."""
    report = now.examination.report
    if not questionnaire.asked():
        report = replace(report, plan=None)
    report = replace(report, practice=tuple(st.session_state.get("practice", ())))
    picture = picture_of(now.photo, now.examination) if with_picture else None
    return Visit(date.today().isoformat(), report, questionnaire.intake(), picture)


def picture_of(photo: Photo, examination: Examination) -> VisitPicture | None:
    """The photo, its face blurred, with nothing drawn on it; None where nobody was seen to stand."""
    view = examination.view
    if view is None or view.facing is None:
        return None
    pixels = draw_photo(photo.frame, examination, layers=())
    scale = pixels.shape[0] / photo.frame.pixels_hwc.shape[0]
    x, y = view.pose.point("ankle", view.orientation.near) * scale
    roll = view.orientation.roll_deg or 0.0
    return VisitPicture(jpeg(pixels, 88), view.pose.stature_px * scale, (float(x), float(y)), roll)


def changes(before: Visit, after: Visit) -> list[Change]:
    """Changes between two visits, the tilt first and once: that of the better evidence where it compares."""
    found = {change.measure: change for change in compare(before.report, after.report, Knowledge.load())}
    marked = found.get(MARKED)
    for_tilt = MARKED if marked is not None and marked.verdict != "not_comparable" else ESTIMATED
    left = {name: change for name, change in found.items() if name not in (MARKED, ESTIMATED)}
    return [*([found[for_tilt]] if for_tilt in found else []), *left.values()]
