"""One photo after another: looked at, accepted, corrected or refused, by keyboard where somebody likes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import streamlit as st

from posture.app import questionnaire, session
from posture.app.by_hand import set_points
from posture.app.clinic.actor import actor
from posture.app.clinic.cases import Case, add, cases
from posture.app.clinic.folder import attach_photo, folder_cases, keep_decision, opened
from posture.app.navigation import chosen_language, navigate, plain, refusal, table, tr
from posture.app.pictures import alternative, annotated
from posture.app.steps.photo import FORMATS
from posture.app.steps.result import CLOTHES, TALL, WIDE
from posture.app.stickers import ask_about_stickers
from posture.batch.name_pattern import POSES
from posture.errors import PostureError, UsageError
from posture.findings.verdict import WORDS
from posture.followup.timeline import Review
from posture.knowledge.load import Knowledge
from posture.pipeline import Examination
from posture.plan.intake import Intake
from posture.render.html.visit import reason_words
from posture.render.overlay import LAYERS
from posture.report.report import Report
from posture.text.labels import REVIEW_REASONS, sentence
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
        _decide(case, examination, at, mine)


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
        st.success(_said(case.review), icon=":material/check:")


def _said(review: Review) -> str:
    if review.verdict == "accepted":
        return tr("Accepted")
    if review.finding is not None:
        return f"{tr('Your finding')}: {tr(WORDS[review.finding])}"
    return f"{tr('Not to be used')}: {plain(reason_words(review.reason, chosen_language()))}"


def _decide(case: Case, examination: Examination | None, at: int, mine: list[Case]) -> None:
    """The buttons; each has a key of the keyboard."""
    mode = st.session_state.get("review_mode")
    if mode == "refuse":
        _choose(case, at, mine, list(REVIEW_REASONS.values()), tr("Why is it not used?"))
        return
    if mode == "override":
        _choose(case, at, mine, list(WORDS.values()), tr("What do you find?"))
        return
    if (
        case.photo is None
        and case.batch is None
        and st.button(tr("Leave it out"), icon=":material/close:", width="stretch")
    ):
        mine.remove(case)
        _go_to(max(0, at - 1))
    measured = case.measurable(examination)
    if st.button(tr("Accept"), type="primary", shortcut="A", width="stretch", disabled=not measured):
        _settle(case, Review("accepted"), at, mine)
    refuse, other = st.columns(2)
    if refuse.button(tr("Do not use"), shortcut="X", width="stretch"):
        _set_mode("refuse")
    if other.button(tr("Another finding"), shortcut="O", width="stretch", disabled=case.machine.status == "refused"):
        _set_mode("override")
    points, back, on = st.columns([2, 1, 1])
    points.button(
        tr("Move points"),
        shortcut="M",
        width="stretch",
        disabled=case.machine.facing is None,
        on_click=_move_points,
        args=(case,),
    )
    if back.button("←", shortcut="Left", width="stretch", disabled=at == 0, help=tr("Photo before")):
        _go_to(at - 1)
    if on.button("→", shortcut="Right", width="stretch", disabled=at == len(mine) - 1, help=tr("Next photo")):
        _go_to(at + 1)
    st.text_input(tr("Your initials"), key=questionnaire.ANSWER_KEY + "reviewer", max_chars=20)


def _move_points(case: Case) -> None:
    """Open the editor of points in the photo's place, or close it; before the page is drawn, as Streamlit wants it.

    A photo of a batch is read from its folder then.
    """
    key = questionnaire.ANSWER_KEY + "by_hand"
    if case.photo is None and case.batch is not None:
        try:
            attach_photo(case, st.query_params.get("photos", ""))
        except UsageError as error:
            st.session_state["review_said"] = [str(error)]
            return
    st.session_state[key] = not st.session_state.get(key, False)


def _choose(case: Case, at: int, mine: list[Case], choices: list[str], title: str) -> None:
    """Reasons or findings, each by its number."""
    st.markdown(f"**{title}**")
    words = st.text_input(tr("In your own words, where you like"), key=f"words_{case.key}")
    for k, choice in enumerate(choices, 1):
        if st.button(tr(choice), shortcut=str(k), width="stretch", key=f"choice_{k}"):
            kind = next((kind for kind, said in WORDS.items() if said == choice), None)
            review = Review("refused", reason=words or choice) if kind is None else Review("overridden", kind, words)
            _settle(case, review, at, mine)
    if st.button(tr("Back"), shortcut="Esc", width="stretch"):
        _set_mode(None)


def _settle(case: Case, review: Review, at: int, mine: list[Case]) -> None:
    """Keep the decision and go on to the next photo that nobody looked at."""
    try:
        reviewer = str(questionnaire.answer("reviewer") or "").strip()
        case.decide(Review(review.verdict, review.finding, review.reason, reviewer), actor())
        if case.batch is not None and (folder := opened()) is not None:
            keep_decision(folder, case)
    except UsageError as error:
        st.session_state["review_said"] = [str(error)]
        st.rerun()
    st.session_state["points_done"] = True
    left = [k for k, other in enumerate(mine) if other.review is None]
    st.session_state["review_mode"] = None
    _go_to(next((k for k in left if k > at), left[0] if left else at))


def _set_mode(mode: str | None) -> None:
    st.session_state["review_mode"] = mode
    st.rerun()


def _go_to(at: int) -> None:
    st.session_state["case"] = at
    st.rerun()


def _list(mine: list[Case], at: int) -> None:
    with st.expander(tr("All photos"), icon=":material/list:"):
        first = at // SHOWN * SHOWN
        if len(mine) > SHOWN:
            number = st.number_input(tr("Photo"), 1, len(mine), at + 1, key=f"go_to_{at}")
            if number - 1 != at:
                _go_to(int(number) - 1)
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
                    tr("Looked at"): "–" if case.review is None else _said(case.review),
                }
            )
        table(rows)
