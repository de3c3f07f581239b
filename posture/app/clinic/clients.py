"""The clients: found by their id, then what each measure did over the visits, and files for the chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from posture.app import questionnaire, session
from posture.app.clinic.actor import files, initials
from posture.app.clinic.pictures import attach_visits, before_and_after, just_attached
from posture.app.clinic.put_right import changes_made, put_right
from posture.app.clinic.record import answers_so_far, record_visit, sign
from posture.app.navigation import bring_to, chosen_language, download, picture, plain, table, tr
from posture.clinic.archive import ELSEWHERE, Archive
from posture.clinic.days import days, file_name
from posture.clinic.research_csv import photo_rows
from posture.clinic.research_csv import table as csv_table
from posture.errors import UsageError
from posture.export.fhir import bundle
from posture.findings.verdict import WORDS
from posture.followup.change import OwnError, own_error
from posture.followup.timeline import Entry, repeats, timelines
from posture.followup.visit_record import ClientRecord
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.message import Message
from posture.render.charts.bell import WIDE
from posture.render.charts.course import course
from posture.render.charts.visit import timeline
from posture.render.drawings import standing_alone
from posture.render.html.visit import Clinic, outlines, render_visit, review_words
from posture.render.html.visit_changes import DRAWN
from posture.render.pdf import pdf_problem, to_pdf
from posture.report.report import Report
from posture.text.labels import NAMES, number, sentence

#: Clients on one page of the list.
SHOWN = 20


def show() -> None:
    """Draw the page: the list, or the client whose id the address holds."""
    client = st.query_params.get("client")
    if client is not None:
        try:
            _client(client, files())
            return
        except UsageError as error:
            del st.query_params["client"]
            st.error(f"{plain(sentence(tr(str(error))))}.")
    _list(files())


def _list(files: Archive) -> None:
    st.title(tr("Clients"), anchor=False)
    search = st.text_input(tr("Search"), key=questionnaire.ANSWER_KEY + "client_search", icon=":material/search:")
    found = files.clients(search.strip())
    if not found:
        st.info(tr("No client yet: photos that were reviewed stand here.") if not search else tr("Nobody by this id."))
    pages = -(-len(found) // SHOWN)
    page = st.number_input(tr("Page"), 1, pages, 1, key=f"page_{search}") if pages > 1 else 1
    for listed in found[(page - 1) * SHOWN : page * SHOWN]:
        name, count, last = st.columns([4, 3, 3], vertical_alignment="center")
        if name.button(plain(listed.pseudonym), key=f"open_{listed.pseudonym}", width="stretch"):
            st.query_params["client"] = listed.pseudonym
            bring_to()
            st.rerun()
        count.write(tr("visits: {visits}, photos: {photos}", visits=str(listed.visits), photos=str(listed.reports)))
        last.write(listed.last)
    _clinic(files)
    _repeatability(files)


def _client(client: str, files: Archive) -> None:
    history, kept, knowledge = files.history(client), files.client_record(client), Knowledge.load()
    if st.button("← " + tr("Clients")):
        del st.query_params["client"]
        bring_to()
        st.rerun()
    st.title(plain(client), anchor=False)
    just_attached()
    rows = [
        {
            tr("Day of the visit"): f"{entry.date} {plain(entry.label)}".strip(),
            tr("Pose"): tr(entry.pose) if entry.pose else "–",
            tr("Finding"): _finding(entry.report(knowledge)),
            tr("Reviewer"): plain(_reviewed(entry)) or "–",
        }
        for entry in history
    ]
    if history:  # a client with a note alone has none
        table(rows)
        shows_pictures = before_and_after(client, history, kept)
        _over_the_visits(client, history, kept, not shows_pictures)
    st.header(tr("Record of the visits"), anchor=False)
    answers_so_far(kept)
    changes_made(client, files)
    who = initials()
    _notes(client, files, bool(who))
    if not who:
        st.info(tr("Write your initials above to change this file or to take something out: the log names you."))
        return
    if history:
        _files(client, history, kept, files)
    attach_visits(client, files)
    record_visit(client, history, kept, files)
    sign(client, files)
    put_right(client, history, files)
    _erase(client, files)


def _reviewed(entry: Entry) -> str:
    """A reviewer's word, and who it was."""
    words, who = review_words(entry.review, chosen_language()), entry.review.reviewer if entry.review else ""
    return f"{words} ({who})" if who else words


def _finding(report: Report) -> str:
    if report.status == "refused":
        return ", ".join(tr(reason.message) for reason in report.reasons)
    if report.emergency:
        return tr("Get help now")
    return tr("Measured") if report.finding is None else tr(WORDS[report.finding.kind])


def _over_the_visits(client: str, history: Sequence[Entry], kept: ClientRecord, with_outlines: bool) -> None:
    """Draw what each measure did; the outlines only where no pictures stand above."""
    lines = {line.measure: line for line in timelines(history, Knowledge.load(), kept.own)}
    shown = [name for name in DRAWN if name in lines]
    if not shown:
        return
    st.header(tr("Over the visits"), anchor=False)
    st.caption(
        tr(
            "The grey band is measurement error about the first visit: what stands outside of it has changed. Bars are "
            "95 % intervals of the value itself. Fewer than three visits show no trend."
        )
        + (" " + tr("Measurement error is the clinic's own.") if kept.own else "")
    )
    chosen = st.pills(
        tr("Measures"),
        list(lines),
        selection_mode="multi",
        default=shown,
        format_func=lambda name: tr(NAMES[name]),
        key=f"measures_{client}",
    )
    together = course(lines.get("tilt"), kept.records, chosen_language())
    pictures = [] if together is None else [together]
    pictures += [timeline(lines[name], chosen_language()) for name in lines if name in chosen]
    pictures += outlines(history, Knowledge.load(), chosen_language()) if with_outlines else []
    for k in range(0, len(pictures), 2):
        for (words, svg), cell in zip(pictures[k : k + 2], st.columns(2, gap="medium"), strict=False):
            with cell:
                picture(standing_alone(svg), words, f"{WIDE}px")
                st.caption(words)


def _notes(client: str, files: Archive, may_write: bool) -> None:
    st.header(tr("Notes"), anchor=False)
    for day, words in files.notes(client):
        st.text(f"{day[:10]} · {words}")
    if not may_write:
        return
    with st.form(f"note_{client}", clear_on_submit=True):
        words = st.text_input(tr("A line about this client"))
        if st.form_submit_button(tr("Keep")) and words.strip():
            files.add_note(client, words.strip())
            st.rerun()


def _files(client: str, history: Sequence[Entry], kept: ClientRecord, files: Archive) -> None:
    st.header(tr("Files"), anchor=False)
    name, language, clinic = file_name(client), chosen_language(), Clinic(*files.clinic())
    knowledge = Knowledge.load()
    by_day = {entry.date: entry for entry in days(history, knowledge)}
    day = st.selectbox(tr("Day of the visit"), sorted(by_day, reverse=True), format_func=tr, key=f"day_of_{client}")
    entry = by_day[day]

    def page() -> str:
        return render_visit(client, entry, history, clinic, knowledge, kept, language)

    def numbers() -> str:
        rows = photo_rows(client, history, knowledge, kept)
        return csv_table(rows, list(rows[0]))

    def fhir() -> str:
        return bundle(client, history, knowledge, kept=kept)

    def logged(kind: str, make: Callable[[], str | bytes]) -> Callable[[], str | bytes]:
        def made() -> str | bytes:
            data = make()
            files.note_export([client], kind)
            return data

        return made

    left, right = st.columns(2)
    if problem := pdf_problem():
        left.info(tr(problem))
    else:
        download(left, "Report of the visit (PDF)", logged("pdf", lambda: to_pdf(page())), f"{name}_{day}.pdf")
    download(right, "Report of the visit (web page)", logged("page", page), f"{name}_{day}.html")
    download(left, "All visits for another system (FHIR)", logged("fhir", fhir), f"{name}.fhir.json")
    download(right, "All visits as a table (CSV)", logged("csv", numbers), f"{name}.csv")


def _erase(client: str, files: Archive) -> None:
    with st.expander(tr("Erase this client"), icon=":material/delete_forever:"):
        st.write(tr("Everything that is kept of this client is removed for good. Write the id to do it."))
        typed = st.text_input(tr("Client"), key=f"erase_{client}")
        if st.button(tr("Erase for good"), disabled=typed != client):
            number = files.erase(client)
            st.session_state["erased"] = number
            del st.query_params["client"]
            bring_to("erased")
            st.rerun()


def _clinic(files: Archive) -> None:
    if number := st.session_state.pop("erased", None):
        with st.container(key="erased"):
            st.success(tr("Erased; the log keeps {number}.", number=number) + " " + tr(ELSEWHERE))
    with st.expander(tr("Our name on reports"), icon=":material/home_health:"), st.form("clinic"):
        name, logo = files.clinic()
        name = st.text_input(tr("Name of the clinic"), name)
        file = st.file_uploader(tr("Logo"), ["png", "jpg", "jpeg", "webp"])
        if not st.form_submit_button(tr("Keep")):
            return
        if file is not None:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "logo"
                path.write_bytes(file.getvalue())
                try:
                    logo = Clinic.with_logo(name, path).logo
                except UsageError:
                    st.error(tr("The logo is not a JPEG, PNG or WebP picture; the name was not changed either."))
                    return
            session.let_go(file)
        files.set_clinic(name, logo)
        st.rerun()


def _repeatability(files: Archive) -> None:
    with st.expander(tr("Our own measurement error"), icon=":material/straighten:"):
        own = files.own_error()
        if own is not None:
            _table_of(own)
            if st.button(tr("Go by the reports' own errors again")):
                files.set_own_error(None)
                st.rerun()
            return
        st.write(
            tr(
                "Two photos of one client on one day, who steps away in between, tell how well your room repeats. "
                "From three pairs on it can take the place of the usual error."
            )
        )
        if not st.button(tr("Work it out")) and "own" not in st.session_state:
            return
        knowledge = Knowledge.load()
        try:
            pairs = [pair for one in files.clients() for pair in repeats(files.history(one.pseudonym), knowledge)]
            st.session_state["own"] = own_error(pairs, knowledge)
        except UsageError as error:
            st.info(f"{sentence(tr(str(error)))}.")
            return
        _table_of(st.session_state["own"])
        sure = st.checkbox(tr("People stepped away and back between the two photos of a day"))
        if st.button(tr("Go by it from now on"), type="primary", disabled=not sure):
            files.set_own_error(st.session_state.pop("own"))
            st.rerun()


def _table_of(own: OwnError) -> None:
    st.caption(tr(Message("From {pairs} pairs", pairs=own.pairs)))
    rows = [
        {
            tr("What"): tr(NAMES[name]),
            "SEM": number(sem, MEASURES[name].unit, 1),
            tr("Smallest real change"): number(own.mdc95(name), MEASURES[name].unit, 1),
        }
        for name, sem in own.sem.items()
    ]
    table(rows)
