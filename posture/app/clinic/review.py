"""One photo after another: looked at, accepted, corrected or refused, by keyboard where somebody likes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from posture.app import questionnaire, session
from posture.app.by_hand import set_points
from posture.app.clinic.cases import Case, add, cases
from posture.app.clinic.decision import decide, decision_words, go_to
from posture.app.clinic.folder import folder_cases, opened
from posture.app.navigation import chosen_language, navigate, plain, refusal, table, tr
from posture.app.pictures import alternative, annotated
from posture.app.steps.photo import FORMATS
from posture.app.steps.result import CLOTHES, TALL, WIDE
from posture.app.stickers import ask_about_stickers
from posture.batch.name_pattern import POSES
from posture.errors import PostureError, UsageError
from posture.findings.verdict import WORDS
from posture.knowledge.load import Knowledge
from posture.pipeline import Examination
from posture.plan.intake import Intake
from posture.render.overlay import LAYERS
from posture.report.report import Report
from posture.text.labels import sentence
from posture.text.presentation import present

PATTERN = "{client}_{date}_{pose}"
#: Photos in the list of all: so many about the one that is shown.
SHOWN = 50


def show() -> None:
    """Draw the page."""
    st.title(tr("Review photos"), anchor=False)
    _keep_initials()
    folder, mine = _mine()
    if st.session_state.pop("points_done", False):
        st.session_state[questionnaire.ANSWER_KEY + "by_hand"] = False
    with st.expander(tr("Open a batch's results"), expanded=folder is not None and not mine, icon=":material/folder:"):
        _open()
    if folder is None:
        with st.expander(tr("Bring photos"), expanded=not mine, icon=":material/upload:"):
            _bring()
    for words in st.session_state.pop("review_said", []):
        st.error(f"{sentence(tr(words))}.")
    if not mine:
        st.write(tr("Every photo is measured here and then shown to you: accept it, move its points, or refuse it."))
        st.caption(tr("Thousands of photos: posture batch on the command line, then posture clients add."))
        return
    at = _at(mine)
    looked = sum(case.review is not None for case in mine)
    st.progress(looked / len(mine), tr("{done} of {all} looked at", done=str(looked), all=str(len(mine))))
    if looked == len(mine):
        st.success(tr("All photos have been looked at. They are in the files of their clients."))
        if st.button(tr("To the clients"), type="primary"):
            navigate("clients")
    _case(mine[at], at, mine)
    _list(mine, at)


def _mine() -> tuple[Path | None, list[Case]]:
    """The folder that is opened and its photos, else the photos that were brought."""
    try:
        folder = opened()
        return folder, cases() if folder is None else folder_cases(folder)
    except UsageError as error:
        st.error(f"{sentence(tr(str(error)))}.")
        return None, cases()


def _keep_initials() -> None:
    """Have the initials in the page's address, so that a reload keeps them."""
    key = questionnaire.ANSWER_KEY + "reviewer"
    if key not in st.session_state and (by := st.query_params.get("by", "")):
        st.session_state[key] = by
    if (typed := str(questionnaire.answer("reviewer") or "").strip()) != st.query_params.get("by", ""):
        st.query_params["by"] = typed


def _at(mine: list[Case]) -> int:
    """The place of the photo that is shown; after a reload by the page's address, else the first undecided one."""
    if "case" not in st.session_state:
        undecided = next((k for k, case in enumerate(mine) if case.review is None), 0)
        asked = st.query_params.get("photo", "")
        st.session_state["case"] = int(asked) - 1 if asked.isdecimal() else undecided
    at = max(0, min(int(st.session_state["case"]), len(mine) - 1))
    if mine[at].batch is not None:
        st.query_params["photo"] = str(at + 1)
    return at


def _open() -> None:
    """Fields for the results and the photos of a batch; the page's address keeps both."""
    with st.form("folder", border=False):
        results = st.text_input(tr("Folder of the results"), st.query_params.get("folder", ""))
        photos = st.text_input(
            tr("Folder of the photos, to move points"),
            st.query_params.get("photos", ""),
            help=tr("It may be left out."),
        )
        if st.form_submit_button(tr("Open")):
            for name, value in (("folder", results.strip()), ("photos", photos.strip())):
                if value:
                    st.query_params[name] = value
                else:
                    st.query_params.pop(name, None)
            st.query_params.pop("photo", None)
            st.session_state.pop("case", None)
            st.rerun()


def _bring() -> None:
    st.session_state.setdefault(questionnaire.ANSWER_KEY + "pattern", PATTERN)
    pattern = st.text_input(
        tr("How the files' names tell who and when"),
        key=questionnaire.ANSWER_KEY + "pattern",
        help=tr("Places are {client}, {date} and {pose}; what a name does not tell you can type in later."),
    )
    clothing = st.selectbox(
        tr("Clothing on the upper body"),
        list(CLOTHES),
        index=None,
        format_func=lambda kind: tr(CLOTHES[kind]),
        key=questionnaire.ANSWER_KEY + "clinic_clothing",
        placeholder=tr("not told"),
    )
    files = st.file_uploader(
        tr("Photos from the side"), FORMATS, accept_multiple_files=True, key=f"cases_{session.generation()}"
    )
    if not files:
        return
    said: list[str] = []
    bar = st.progress(0.0, tr("Measuring …"))
    intake = Intake().updated(clothing=clothing)
    brought = [(file.getvalue(), file.name) for file in files]
    for done, (data, name) in enumerate(brought, 1):
        try:
            add(data, name, pattern or "", intake)
        except PostureError as error:
            said += [str(error)] if str(error) not in said else []
        bar.progress(done / len(brought), tr("Measuring …"))
    st.session_state["review_said"] = said
    st.session_state["case"] = next((k for k, case in enumerate(cases()) if case.review is None), 0)
    for file in files:
        session.let_go(file)
    session.empty_fields()
    st.rerun()


def _case(case: Case, at: int, mine: list[Case]) -> None:
    examination = case.examination()
    if refused := st.session_state.pop("point_refused", None):
        st.error(f"{sentence(tr(refused))}. {tr('The point was taken back.')}")
    shown = None
    if case.photo is not None and examination is not None:
        shown = annotated(case.photo, examination, list(LAYERS))
    moving = shown is not None and bool(questionnaire.answer("by_hand"))
    share = 0.6 if shown is None or moving else min(0.6, TALL * shown[1] / WIDE)
    left, right = st.columns([share, 1 - share], gap="medium")
    with left:
        if shown is None or case.photo is None or examination is None:
            if case.batch is not None and case.batch.picture is not None:
                st.image(case.batch.picture.read_bytes(), plain(case.name), width="stretch", alt=alternative())
            else:
                st.caption(plain(case.name))
        elif moving:
            ask_about_stickers(case.photo, examination)
            set_points(case.photo, examination)
        else:
            st.image(shown[0], plain(case.name), width="stretch", alt=alternative())
    with right:
        _who(case)
        _words(case, examination)
        decide(case, examination, at, mine)


def _who(case: Case) -> None:
    """Client, day and pose, as the name told them or somebody types them."""
    client, day, pose = st.columns([4, 3, 3])
    case.client = client.text_input(tr("Client"), case.client, key=f"client_{case.key}").strip()
    case.date = day.text_input(
        tr("Day of the visit"), case.date, key=f"day_{case.key}", placeholder=date.today().isoformat()
    ).strip()
    case.pose = pose.selectbox(
        tr("Pose"),
        ["", *POSES],
        index=["", *POSES].index(case.pose),
        format_func=lambda name: tr(name) if name else "–",
        key=f"pose_{case.key}",
    )


def _words(case: Case, examination: Examination | None) -> None:
    report: Report = case.machine if examination is None else examination.report
    shown = present(report, Knowledge.load(), chosen_language())
    if shown.alert is not None:
        st.error(shown.alert, icon=":material/emergency:")
    for reason in () if shown.alert is not None else report.reasons:
        refusal(reason)
    if not shown.reasons and shown.alert is None:
        st.markdown(f"**{shown.headline}**")
    if shown.tilt is not None:
        st.write(shown.tilt.line)
    for message, _retake in shown.issues:
        st.caption(f":material/warning: {message}.")
    for message, _retake in shown.notes:
        st.caption(f"{tr('Note')}: {message}.")
    if case.review is not None:
        st.success(decision_words(case.review), icon=":material/check:")


def _list(mine: list[Case], at: int) -> None:
    with st.expander(tr("All photos"), icon=":material/list:"):
        first = at // SHOWN * SHOWN
        if len(mine) > SHOWN:
            number = st.number_input(tr("Photo"), 1, len(mine), at + 1, key=f"go_to_{at}")
            if number - 1 != at:
                go_to(int(number) - 1)
        rows = []
        for k, case in enumerate(mine[first : first + SHOWN], first + 1):
            report = case.machine
            found = tr(WORDS[report.finding.kind]) if report.finding else tr("Measured")
            rows.append(
                {
                    tr("No."): f"**{k}**" if k - 1 == at else str(k),
                    tr("Client"): plain(case.client) or "–",
                    tr("Day of the visit"): plain(case.date) or "–",
                    tr("Finding"): found if report.status == "analyzed" else tr(report.reasons[0].message),
                    tr("Looked at"): "–" if case.review is None else decision_words(case.review),
                }
            )
        table(rows)
