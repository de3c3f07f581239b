"""Further ways to a more reliable result and plan: tests of the hips, stickers, three poses, signs."""

from __future__ import annotations

import streamlit as st

from posture.app import questionnaire, session
from posture.app.glossary import explain
from posture.app.navigation import chosen_language, drawing, legend, navigate, on_and_back, table, tr
from posture.app.safety_gate import emergency, may_move
from posture.app.thomas import read_thomas_photo
from posture.app.three_poses import ask_three_poses
from posture.body.pose import SIDES, Side
from posture.findings.verdict import MARK_BONES, THREE_POSES
from posture.followup.aggregate import combine
from posture.knowledge.load import Knowledge
from posture.plan.advise import judge_tests
from posture.plan.intake import SIGNS
from posture.text.labels import JUDGED_WORDS, NAMES, SIGN_WORDS, number

#: Where the hanging thigh lies in the Thomas test, as a helper sees it.
LEVEL_WORDS = {"below": "below level", "level": "level", "above": "above level"}
#: What the finding's next steps are explained under.
TOPICS = {MARK_BONES: "stickers", THREE_POSES: "poses"}


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Get a more reliable result"), anchor=False)
    st.write(tr("Everything here is optional. The two tests decide whether to stretch or to strengthen."))
    explain("hip flexors", "tuck", "ASIS", "PSIS")
    topic = st.session_state.get("topic", "tests")
    with st.expander(
        tr("Two tests of the hips (they decide the plan)"), icon=":material/rule:", expanded=topic == "tests"
    ):
        if may_move():
            _tests()
    with st.expander(
        tr("Stickers on the hip bones (they show the tilt itself)"),
        icon=":material/adjust:",
        expanded=topic == "stickers",
        key="stickers",
    ):
        _stickers()
    with st.expander(
        tr("Three photos: relaxed, arched, tucked"), icon=":material/compare:", expanded=topic == "poses", key="poses"
    ):
        if may_move():
            ask_three_poses()
    if len(session.photos()) > 1:
        with st.expander(tr("Your photos together"), icon=":material/photo_library:"):
            _together()
    with st.expander(tr("What you notice"), icon=":material/psychology:"):
        for sign in SIGNS:
            st.checkbox(tr(SIGN_WORDS[sign]), key=f"{questionnaire.ANSWER_KEY}sign_{sign}")
    on_and_back("refine")


def _tests() -> None:
    st.write(tr("Nobody there to help, or no table? The hold test alone is enough to begin."))
    exercises = Knowledge.load().exercises
    for name in ("thomas_test", "hold_test"):
        exercise = chosen_language().exercise(exercises[name])
        if set(exercise.cautions) & set(questionnaire.intake().conditions):
            st.caption(f"{exercise.name}: {tr('left out because of what you said of your health.')}")
            continue
        st.header(exercise.name, anchor=False)
        shown, words = st.columns([2, 3], gap="medium")
        with shown:
            drawing(name, exercise.name, 240)
            legend([name])
        words.write(exercise.position)
        words.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(exercise.steps, 1)))
        if name == "thomas_test":
            read_thomas_photo()
        for side, column in zip(SIDES, st.columns(2), strict=True):
            _answers(name, side, column)


def _answers(name: str, side: Side, column: object) -> None:
    """The numbers of one test and side."""
    prefix = questionnaire.ANSWER_KEY
    with column:  # type: ignore[attr-defined]
        st.markdown(f"**{tr('Left side') if side == 'left' else tr('Right side')}**")
        if name == "hold_test":
            st.number_input(tr("Seconds held"), 0.0, 600.0, None, 1.0, key=f"{prefix}hold_{side}", format="%.0f")
            effort = tr("Effort of raising the straight leg, 0 none to 5 cannot (optional)")
            st.number_input(effort, 0, 5, None, 1, key=f"{prefix}effort_{side}")
            _verdict(judge_tests(questionnaire.intake(), side)[1])
            return
        level = st.radio(
            tr("The hanging thigh lies"),
            list(LEVEL_WORDS),
            index=None,
            format_func=lambda choice: tr(LEVEL_WORDS[choice]),
            key=f"{prefix}level_{side}",
            horizontal=True,
        )
        label = tr("or, where it was measured, degrees above (+) or below (−) level")
        thigh = st.number_input(label, -90.0, 90.0, None, 1.0, key=f"{prefix}thigh_{side}", format="%.0f")
        if thigh is not None or level is not None:
            st.checkbox(tr("The lower back lay flat"), key=f"{prefix}flat_{side}")
        _verdict(judge_tests(questionnaire.intake(), side)[0])


def _verdict(judged: str) -> None:
    """Meaning of a side's test, at once."""
    if judged != "untested":
        st.markdown(f"{tr('Hip flexors of this side')}: **{tr(JUDGED_WORDS[judged])}**")


def _stickers() -> None:
    shown, words = st.columns([2, 3], vertical_alignment="center", gap="medium")
    with shown:
        drawing("guide_stickers", tr("Two stickers tell more (optional)"), 200)
    words.write(
        tr(
            "Put one raised round sticker on the hip bone in front and one on the hip bone at the back. Take the photo "
            "again, and say on the result that they are yours. On a photo that you have, set the two points by hand."
        )
    )
    if words.button(tr("Another photo"), key="stickers_photo"):
        navigate("photo")
    if words.button(tr("Set them by hand"), key="stickers_by_hand"):
        st.session_state[questionnaire.ANSWER_KEY + "by_hand"] = True
        navigate("result", questionnaire.ANSWER_KEY + "by_hand")


def _together() -> None:
    """The median of several shots of one standing."""
    knowledge, answers = Knowledge.load(), questionnaire.intake()
    reports = [photo.examine(answers, lenient=False).report for photo in session.photos()]
    if len({report.facing for report in reports if report.status == "analyzed"}) > 1:
        st.info(tr("The photos show different sides of the body: only photos of one side go together."))
        return
    rows = []
    for name, one in combine(reports, knowledge).items():
        cells = (tr(NAMES[name]), number(one.value, one.unit), f"± {number(one.sigma, one.unit)}", str(one.shots))
        columns = [tr(column) for column in ("What", "Median", "Doubt (one SD)", "Photos")]
        rows.append(dict(zip(columns, cells, strict=True)))
    if rows:
        table(rows)
    else:
        st.info(tr("Fewer than two of the photos could be measured."))
