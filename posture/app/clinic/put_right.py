"""A client's file put right: another day, label or client for a visit, another id, two ids made one; and the log."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from posture.app.navigation import bring_to, plain, table, tr
from posture.clinic.archive import Archive
from posture.errors import UsageError
from posture.followup.timeline import Entry
from posture.text.labels import sentence

#: What can be wrong with a file, by what is done about it.
WRONG = {
    "day": "The day of a visit",
    "label": "The label of a visit",
    "owner": "A visit is another client's",
    "drop": "A visit should not be here",
    "picture": "The picture of a visit should not be here",
    "id": "The client's id",
    "merge": "This person has two ids",
}
#: What is taken out without anything typed in, by the words of its button.
TAKEN_OUT = {"drop": "Drop this visit", "picture": "Take the picture away"}
#: What is to be typed in.
TYPED = {
    "day": "The day it was",
    "label": "What you call the visit",
    "owner": "Id of the client whose visit it is",
    "id": "The id from now on",
    "merge": "The other id, which stays",
}


def put_right(client: str, history: Sequence[Entry], files: Archive) -> None:
    """Draw what corrects a file, closed until it is asked for."""
    if done := st.session_state.pop("put_right", None):
        st.success(tr(done))
    with st.expander(tr("Put this file right"), icon=":material/build:"):
        pictured = {entry.date for entry in history if entry.picture is not None}
        kinds = [kind for kind in WRONG if kind != "picture" or pictured] if history else ["id", "merge"]
        wrong = st.selectbox(
            tr("What is wrong?"), kinds, format_func=lambda kind: tr(WRONG[kind]), key=f"wrong_{client}"
        )
        day = ""
        if wrong not in ("id", "merge"):
            days = sorted(pictured if wrong == "picture" else {entry.date for entry in history}, reverse=True)
            day = st.selectbox(tr("Day of the visit"), days, key=f"wrong_day_{client}")
        typed = "" if wrong in TAKEN_OUT else st.text_input(tr(TYPED[wrong]), key=f"right_{wrong}_{client}").strip()
        join = False
        if wrong in ("day", "owner"):
            join = st.checkbox(tr("Join it to a visit of the same day, where there is one"), key=f"join_{client}")
        st.caption(tr("The log keeps what stood here before, and who changed it. It never keeps a picture."))
        blank = not typed and wrong not in (*TAKEN_OUT, "label")
        if st.button(tr(TAKEN_OUT.get(wrong, "Put right")), disabled=blank):
            _correct(files, wrong, (client, day), typed, join)


def _correct(files: Archive, wrong: str, visit: tuple[str, str], typed: str, join: bool) -> None:
    """Do one correction of a client's visit, and show the file as it is now."""
    client, day = visit
    try:
        match wrong:
            case "day":
                files.redate_visit(client, day, typed, join)
            case "label":
                files.label_visit(client, day, typed)
            case "owner":
                files.move_visit(client, day, typed, join)
            case "drop":
                files.drop_visit(client, day)
            case "picture":
                files.remove_pictures(client, day)
            case "id":
                files.rename_client(client, typed)
            case _:
                files.merge_clients(client, typed)
    except UsageError as error:
        st.error(f"{plain(sentence(tr(str(error))))}.")
        return
    if wrong in ("id", "merge"):
        st.query_params["client"] = typed
    st.session_state["put_right"] = "The file is put right."
    bring_to()
    st.rerun()


def changes_made(client: str, files: Archive) -> None:
    """Draw the client's log, closed until it is asked for; the newest line first."""
    with st.expander(tr("What was changed"), icon=":material/history:"):
        rows = [
            {
                tr("When (UTC)"): line.at[:16].replace("T", " "),
                tr("What"): tr(line.what),
                tr("Before"): plain(", ".join(filter(None, (line.other, line.before)))) or "–",
                tr("Who"): plain(line.by) or "–",
            }
            for line in reversed(files.log(client))
        ]
        if rows:
            table(rows)
