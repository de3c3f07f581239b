"""A visit's record on the page: pain, function, exercise, inclinometer and set-up, and a client's consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from posture.app.navigation import chosen_language, plain, table, tr
from posture.clinic.archive import Archive
from posture.errors import UsageError
from posture.followup.record_lines import SET_UP_WORDS, consent_lines, difference_lines, record_lines
from posture.followup.timeline import Entry
from posture.followup.visit_record import (
    MOST_ACTIVITIES,
    SET_UP,
    Activity,
    ClientRecord,
    Consent,
    Protocol,
    VisitRecord,
)
from posture.knowledge.load import Knowledge
from posture.render.html.report import practice_rows
from posture.text.labels import sentence


def answers_so_far(kept: ClientRecord) -> None:
    """Draw the records, the newest first, with what differs from the visit before, and the consents."""
    language = chosen_language()
    for day in sorted(kept.records, reverse=True):
        lines = [plain(line) for line in record_lines(kept.records[day], language)]
        st.markdown(f"**{day}** · " + " · ".join(lines))
        if practice := kept.records[day].practice:
            table(practice_rows(practice, Knowledge.load(), language))
        if differs := difference_lines(kept, day, language):
            words = "; ".join(plain(line) for line in differs)
            st.warning(f"{tr('Differs from last time')}: {words}. {tr('Compare the numbers with care.')}")
    for line in consent_lines(kept.consents, language):
        st.caption(f"{tr('Consent')}: {plain(line)}.")
    if not kept.consents:
        st.caption(tr("No consent is kept of this client."))


def record_visit(client: str, history: Sequence[Entry], kept: ClientRecord, files: Archive) -> None:
    """Draw the form of a visit's record, closed until it is asked for; blank fields leave what is kept."""
    known = sorted({*(entry.date for entry in history), *kept.records})
    last = next((kept.records[day].protocol for day in reversed(known) if day in kept.records), Protocol())
    practice = st.session_state.get("practice", [])
    with st.expander(tr("Record a visit"), icon=":material/edit_note:"), st.form(f"record_{client}", border=False):
        st.caption(tr("What you leave blank stays as it is kept."))
        day = st.text_input(tr("Day of the visit"), known[-1] if known else date.today().isoformat())
        pain = _score(tr("Pain over the last week, 0 none to 10 worst"), "pain", client)
        activities = [_activity(k, client) for k in range(MOST_ACTIVITIES)]
        done, planned, reading = st.columns(3)
        exercised = _number(done, "Days of exercise since then", (0, 366), client)
        asked = _number(planned, "Days that were planned", (0, 366), client)
        tilt = _number(reading, "Tilt by inclinometer, °", (-45, 60), client)
        watched = bool(practice) and st.checkbox(tr("Take over what the coach watched on this page"))
        typed_fields = {
            name: st.text_input(tr(SET_UP_WORDS[name]), placeholder=getattr(last, name), key=f"{name}_{client}").strip()
            for name in SET_UP
        }
        distance = _number(st, "Distance of the camera, m", (0.5, 20), client)
        if not st.form_submit_button(tr("Keep the record")):
            return
        try:
            declared_activities = tuple(
                Activity(name, score) for name, score in activities if name and score is not None
            )
            record = VisitRecord(
                pain_week_0_10=pain,
                activities=declared_activities,
                exercise_days=None if exercised is None else int(exercised),
                exercise_days_planned=None if asked is None else int(asked),
                practice=tuple(practice) if watched else (),
                inclinometer_deg=tilt,
                protocol=Protocol(**typed_fields, distance_m=distance),
            )
            files.record(client, day, record)
        except UsageError as error:
            st.error(f"{sentence(tr(str(error)))}.")
            return
        st.rerun()


def sign(client: str, files: Archive) -> None:
    """Draw the form of a consent, closed until it is asked for."""
    with st.expander(tr("Keep a consent"), icon=":material/contract:"), st.form(f"consent_{client}", border=False):
        template = st.text_input(tr("Name of the form"), key=f"template_{client}")
        version, signed = st.columns(2)
        number = version.text_input(tr("Version of the form"), key=f"version_{client}")
        day = signed.text_input(tr("Day it was signed"), date.today().isoformat(), key=f"signed_{client}")
        if not st.form_submit_button(tr("Keep the consent")):
            return
        try:
            files.consent(client, Consent(template.strip(), number.strip(), day.strip()))
        except UsageError as error:
            st.error(f"{sentence(tr(str(error)))}.")
            return
        st.rerun()


def _score(words: str, name: str, client: str) -> float | None:
    choices = [float(score) for score in range(11)]
    picked: float | None = st.select_slider(
        words, [None, *choices], format_func=lambda score: "–" if score is None else f"{score:.0f}",
        key=f"{name}_{client}",
    )  # fmt: skip
    return picked


def _activity(k: int, client: str) -> tuple[str, float | None]:
    """An activity's name and score, as they are typed."""
    name, score = st.columns([2, 1], vertical_alignment="bottom")
    words = tr("Activity {n} that is hard", n=str(k + 1))
    typed = name.text_input(words, key=f"activity_{k}_{client}").strip()
    with score:
        return typed, _score(tr("0 unable, 10 as before"), f"score_{k}", client)


def _number(place: object, words: str, within: tuple[float, float], client: str) -> float | None:
    """A number that may be left blank."""
    low, high = within
    typed: float | None = place.number_input(  # type: ignore[attr-defined]
        tr(words), float(low), float(high), None, step=1.0 if low == 0 else 0.1, key=f"{words}_{client}"
    )
    return typed
