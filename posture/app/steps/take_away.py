"""Files to take away: made here, when they are asked for, and kept nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from posture.app import questionnaire, session
from posture.app.navigation import chosen_language, download, on_and_back, tr
from posture.app.pictures import for_export
from posture.app.plans import plan_of
from posture.app.safety_gate import emergency
from posture.app.visits import visit_of_today
from posture.body.frame import Pixels
from posture.export.csv import as_csv
from posture.export.visit_file import KIND, visit_file
from posture.knowledge.load import Knowledge
from posture.plan.schedule import programme
from posture.render.html.handout import render_handout
from posture.render.html.report import render
from posture.render.overlay import jpeg
from posture.render.pdf import pdf_problem, to_pdf
from posture.report.report import Report


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Save and print"), anchor=False)
    now = session.current()
    if now is None:
        st.info(tr("There is no photo yet."))
        _handout(st)
        _calendar(st)
        on_and_back("take_away", "secondary")
        return
    st.write(tr("The files hold no location and nothing else that the camera wrote into the photo."))
    st.write(tr("To print, take the report: it holds result, plan and numbers."))
    show_face = st.toggle(tr("Show the face in exported pictures"), key=questionnaire.ANSWER_KEY + "show_face")
    # what is made later, in another thread, must not ask for the visitor's state
    knowledge, answers, language = Knowledge.load(), questionnaire.intake(), chosen_language()
    report = now.examination.report
    if not questionnaire.asked():
        report = replace(report, plan=None)
        st.caption(tr("Without the safety questions the files hold no exercises."))
    report = replace(report, practice=tuple(st.session_state.get("practice", ())))
    picture = for_export(now.photo, now.examination, show_face)

    def html() -> str:
        return render(report, knowledge, picture, answers, language)

    left, right = st.columns(2)
    problem = pdf_problem()
    if problem:
        left.info(tr(problem))
    else:
        download(left, "Report (PDF)", lambda: to_pdf(html()), "posture_report.pdf", "application/pdf")
    download(right, "Report (web page)", html, "posture_report.html", "text/html")
    download(left, "Picture (JPEG)", lambda: jpeg(picture), "posture_picture.jpg", "image/jpeg")
    download(right, "Numbers (CSV)", lambda: as_csv([report]), "posture_report.csv", "text/csv")
    download(left, "Everything (JSON)", lambda: report.to_json() + "\n", "posture_report.json", "application/json")
    _handout(right, report, picture)
    _calendar(right)
    _visit(now)
    on_and_back("take_away", "secondary")


def _visit(now: session.Current) -> None:
    """The whole visit as one file, which the page opens again."""
    st.header(tr("Save this visit, to compare it later"), anchor=False)
    st.write(tr("One file with result and answers. Open it next time on the page Before and after."))
    key = questionnaire.ANSWER_KEY + "visit_picture"
    st.session_state.setdefault(key, True)
    with_picture = st.toggle(tr("With the photo, its face blurred"), key=key)
    visit = visit_of_today(now, with_picture)
    download(st, "Save this visit", lambda: visit_file(visit), f"posture_visit_{visit.date}.zip", KIND)


def _handout(column: Any, report: Report | None = None, picture: Pixels | None = None) -> None:
    """Two sheets with verdict and week, where there is a plan to give along."""
    plan = plan_of() if questionnaire.asked() else None
    if plan is None or plan.mode == "refer":
        return
    knowledge, answers, language, today = Knowledge.load(), questionnaire.intake(), chosen_language(), date.today()

    def html() -> str:
        return render_handout(plan, answers, knowledge, today, language, report, picture) or ""

    column.caption(tr("The handout is shorter: the result on one sheet, the week on the other."))
    if pdf_problem():
        download(column, "Handout of two sheets (web page)", html, "posture_handout.html", "text/html")
    else:
        made = "posture_handout.pdf"
        download(column, "Handout of two sheets (PDF)", lambda: to_pdf(html()), made, "application/pdf")


def _calendar(column: Any) -> None:
    """The weeks as a calendar, where there are any."""
    from posture.export.calendar import AT, calendar

    plan = plan_of() if questionnaire.asked() else None
    weeks = None if plan is None else programme(plan, questionnaire.intake())
    if plan is None or weeks is None:
        return
    language, today = chosen_language(), date.today()
    key = questionnaire.ANSWER_KEY + "time_of_day"
    st.session_state.setdefault(key, AT)  # a default of the box itself would quarrel with the answer that is kept
    at = column.time_input(tr("Time of day for the exercises"), key=key)
    download(
        column,
        "Weeks for my calendar (ICS)",
        lambda: calendar(plan, weeks, Knowledge.load(), today, language, at),
        "posture_plan.ics",
        "text/calendar",
    )
