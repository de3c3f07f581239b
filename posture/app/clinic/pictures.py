"""Pictures of attached visit files on a client's page: before and after at one scale, and the form that attaches."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from posture.app import session
from posture.app.navigation import bring_to, chosen_language, plain, tr
from posture.clinic.archive import Archive
from posture.clinic.attachment import PICTURE, REPORT, Attached, read_attachment
from posture.errors import UsageError
from posture.export.visit_file import MOST_BYTES
from posture.followup.pictured import picture_pair, pictured_days
from posture.followup.timeline import Entry
from posture.followup.visit_record import ClientRecord
from posture.knowledge.load import Knowledge
from posture.render.before_after import side_by_side
from posture.render.html.visit_pictures import scale_words, tilt_words
from posture.render.overlay import jpeg
from posture.text.labels import sentence

#: Visits that have a picture before two of them can stand beside each other.
LEAST_PICTURED = 2


def before_and_after(client: str, history: Sequence[Entry], kept: ClientRecord) -> bool:
    """Draw the pictures of two visits at one scale, with what the tilt did; False where fewer than two have one."""
    days = list(pictured_days(history, Knowledge.load()))
    if len(days) < LEAST_PICTURED:
        return False
    st.header(tr("Before and after"), anchor=False)
    left, right = st.columns(2)
    after = right.selectbox(tr("After"), days[:0:-1], format_func=tr, key=f"after_{client}")
    earlier = [day for day in days if day < after]
    before = left.selectbox(tr("Before"), earlier, format_func=tr, key=f"before_{client}_{after}")
    pair = picture_pair(history, before, after, Knowledge.load(), kept.own)
    if pair is None:
        return False
    language = chosen_language()
    verdict, words = tilt_words(pair.tilt, language), scale_words(pair, language)
    st.markdown(f"**{plain(verdict)}**")
    st.image(jpeg(side_by_side(*pair.pictures), 88), words, width="stretch", alt=f"{words} {verdict}")
    return True


def just_attached() -> None:
    """Say what became of visits that were attached just now."""
    for words in st.session_state.pop("attached", []):
        st.success(words)


def attach_visits(client: str, files: Archive) -> None:
    """Draw the form that attaches saved visits, closed until it is asked for."""
    with (
        st.expander(tr("Attach a saved visit"), icon=":material/attach_file:"),
        st.form(f"attach_{client}", border=False),
    ):
        st.write(tr("A file that somebody saved on their page: its numbers, answers and picture come into this file."))
        st.caption(tr("No other picture is ever kept here. It can be taken away again, and erasing removes it."))
        chosen = st.file_uploader(
            tr("Saved visits"),
            ["zip"],
            accept_multiple_files=True,
            key=f"attach_{client}_{st.session_state.get('attached_n', 0)}",
            max_upload_size=MOST_BYTES >> 20,
        )
        day = st.text_input(
            tr("Day of the visit, where it is not the file's"), key=f"attach_day_{client}", placeholder="2026-03-01"
        )
        if not st.form_submit_button(tr("Attach")):
            return
        if not chosen:
            st.error(tr("Choose a saved visit first."))
            return
        try:
            if day.strip() and len(chosen) > 1:
                raise UsageError("a day holds for one file: attach the files one by one")
            done = files.attach(client, [read_attachment(file.getvalue(), day.strip()) for file in chosen])
        except UsageError as error:
            st.error(f"{plain(sentence(tr(str(error))))}.")
            return
        for file in chosen:
            session.let_go(file)
        _say(client, done, files)


def _say(client: str, done: Sequence[Attached], files: Archive) -> None:
    """Show the file as it is now, with what became of each visit, from its heading."""
    lines = [f"{tr(one.date)}: {tr(REPORT[one.report])}, {tr(PICTURE[one.picture])}." for one in done]
    shared = files.photos_of_several()
    for photo in {one.photo for one in done} & shared.keys():
        others = ", ".join(plain(name) for name in shared[photo] if name != client)
        lines.append(tr("The same photo is in the file of {others}, too: see whose it is.", others=others))
    st.session_state["attached"] = lines
    st.session_state.pop(f"after_{client}", None)  # the newest visit is shown again
    st.session_state["attached_n"] = st.session_state.get("attached_n", 0) + 1
    bring_to()
    st.rerun()
