"""The result: one sentence, one picture, one next step; then everything behind it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from posture.app import questionnaire, session
from posture.app.by_hand import set_points
from posture.app.glossary import explain
from posture.app.level import ask_about_level
from posture.app.navigation import chosen_language, navigate, on_and_back, picture, refusal, tr
from posture.app.numbers import show_numbers
from posture.app.pictures import alternative, annotated, small
from posture.app.safety_gate import emergency
from posture.app.steps.refine import TOPICS
from posture.app.stickers import ask_about_stickers
from posture.findings.verdict import SECOND_PHOTO
from posture.knowledge.load import Knowledge
from posture.render.charts.bell import scale
from posture.render.drawings import standing_alone
from posture.render.overlay import LAYERS
from posture.text.labels import TILT, number, sentence
from posture.text.presentation import Presentation, present

LAYER_WORDS = {
    "outline": "Outline of the back",
    "joints": "Joints",
    "angles": "Angles",
    "plumb_line": "Plumb line",
    "tilt": "Tilt of the pelvis",
    "hip_bones": "Hip bones",
}
CLOTHES = {"tight": "tight", "normal": "normal", "loose": "loose"}
#: The sexes that norms and the estimate tell apart, and their words.
SEXES = {"f": "woman", "m": "man"}
#: Height of the picture on a wide page and the page's width, px: the first screen holds the picture whole.
TALL, WIDE = 580, 928


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    now = session.current()
    if now is None:
        st.title(tr("Your result"), anchor=False)
        st.info(tr("There is no photo yet."))
        if st.button(tr("Bring a photo"), type="primary"):
            navigate("photo")
        on_and_back("result", "secondary")
        return
    report = now.examination.report
    shown = present(report, Knowledge.load(), chosen_language())
    _head(shown)
    if st.session_state.get("visits") and st.button(tr("Compare with the saved visit"), icon=":material/compare:"):
        navigate("compare")
    ask_about_stickers(now.photo, now.examination)
    if len(session.photos()) > 1:
        _pick(now)
    if said := st.session_state.pop("point_refused", None):
        st.error(f"{sentence(tr(said))}. {tr('The point was taken back.')}")
    image, shape = annotated(now.photo, now.examination, _chosen_layers())
    share = min(0.62, TALL * shape / WIDE)
    left, right = st.columns([share, 1 - share], gap="medium")
    with left:
        bands = tr("Bands: 95 % intervals. Dashed pink: plumb line through the ankle.")
        tilt = "" if shown.tilt is None else f" {shown.tilt.line}."
        st.image(image, bands, width="stretch", alt=f"{alternative()}. {shown.headline}{tilt}")
        if report.status == "analyzed":
            _layers(now)
            ask_about_level(now.photo, now.examination)
    with right:
        if now.photo.hold and not now.photo.by_hand:
            st.caption(tr("Medians of {n} pictures of one standing.", n=str(len(now.photo.hold))))
        if now.together > 1:
            st.caption(tr("Read from {n} photos together.", n=str(now.together)))
        _words(now, shown)
        if report.finding is not None:
            explain("interval", "chance", "evidence grade", "ASIS", "PSIS")
    if report.status == "analyzed" or now.photo.joints:
        set_points(now.photo, now.examination)
    if report.measurements:
        show_numbers(report, shown)
    on_and_back("result")


def _head(shown: Presentation) -> None:
    """Verdict and number, before everything else."""
    verdict, _, nuance = shown.headline.partition(". ")
    words, tilt = st.columns([3, 2], vertical_alignment="center") if shown.tilt is not None else (st, st)
    words.title(f"{verdict}." if nuance else verdict, anchor=False)
    if nuance:
        words.markdown(nuance)
    if shown.tilt is not None:
        low, high = number(shown.tilt.quantity.low95, ""), number(shown.tilt.quantity.high95, "deg")
        tilt.metric(shown.tilt.name, shown.tilt.value)
        tilt.markdown(tr("Likely between **{low}** and **{high}** (95 of 100).", low=low, high=high))


def _pick(now: session.Current) -> None:
    """All photos small, the one gone by named; another may be chosen."""
    mine = session.photos()
    for photo, cell in zip(mine, st.columns(max(4, len(mine))), strict=False):
        place = str(mine.index(photo) + 1)
        below = tr("shown below") if photo is now.photo else place
        cell.image(small(photo, photo.last()), below, width=90, alt=alternative())
        if photo is not now.photo and cell.button(tr("Show"), key=f"show_{photo.frame.sha256}"):
            session.choose_photo(photo)
            st.rerun()


def _chosen_layers() -> list[str]:
    chosen = questionnaire.answer("layers")
    return list(LAYERS) if chosen is None else list(chosen)


def _layers(now: session.Current) -> None:
    if now.examination.view is not None:
        st.pills(
            tr("Show on the picture"),
            LAYERS,
            selection_mode="multi",
            default=None if questionnaire.ANSWER_KEY + "layers" in st.session_state else list(LAYERS),
            format_func=lambda layer: tr(LAYER_WORDS[layer]),
            key=questionnaire.ANSWER_KEY + "layers",
        )


def _words(now: session.Current, shown: Presentation) -> None:
    report, retake = now.examination.report, now.choice.retake
    for reason in report.reasons:
        refusal(reason)
    if report.status == "refused" and not now.lenient:
        if _would_be_measured(now) and st.button(tr("Measure it anyway, with wider intervals")):
            st.session_state["lenient"] = True
            st.rerun()
    elif report.finding is None and report.status == "analyzed":
        st.write(tr("For a person under 18 the tool gives measurements only."))
    if report.finding is not None:
        if shown.scale is not None:
            picture(standing_alone(scale(shown.scale, tr(TILT))), shown.scale.words, "640px")
        for words in shown.chances:
            st.write(words)
        with st.container(border=True):
            st.markdown(f"**{tr('The one next step that would tell more')}**")
            if retake is not None and retake.code != "loose_clothing" and report.status == "analyzed":
                st.write(f"{tr('Take the photo again')}: {tr(retake.retake)}.")
                if st.button(tr("Another photo"), type="primary"):
                    navigate("photo")
            else:
                step = report.finding.next_steps[0]
                st.write(tr(step))
                if step == SECOND_PHOTO and st.button(tr("Another photo"), type="primary"):
                    st.session_state["together"] = True
                    navigate("photo")
                if step in TOPICS and st.button(tr("How to do that"), type="primary"):
                    st.session_state["topic"] = TOPICS[step]
                    navigate("refine", TOPICS[step])
        _what_to_do(shown)
        grade = tr("Evidence grade {grade}", grade=report.finding.grade)
        st.caption(" ".join((f"{tr('Rests on')}: {shown.because}. {grade}.", *shown.caveats)))
    elif report.status == "refused" and st.button(tr("Another photo"), type="primary"):
        navigate("photo")
    if report.status == "refused":
        return
    with st.expander(tr("About you (changes the numbers)")):
        _choice("clothing", tr("Clothing on the upper body"), CLOTHES)
        why = tr("Women's outlines read a little more at the same tilt. The usual curve of the back differs too.")
        _choice("sex", tr("Sex"), SEXES, why)
        st.number_input(tr("Height in cm"), 50, 250, None, key=questionnaire.ANSWER_KEY + "stature")
        st.number_input(
            tr("Pelvic tilt read off an inclinometer or a phone on a calliper, °"),
            -45.0,
            60.0,
            None,
            1.0,
            key=questionnaire.ANSWER_KEY + "tilt",
            help=tr("From the back hip bone to the front one; plus when the front one is lower."),
        )
        st.number_input(
            tr("Its error, ° (3 if you do not know)"), 0.5, 15.0, None, 0.5, key=questionnaire.ANSWER_KEY + "tilt_sem"
        )


def _choice(key: str, label: str, words: Mapping[str, str], why: str | None = None) -> None:
    """Field of one answer that may stay unsaid; ``words`` are its values and what they are called."""
    st.selectbox(
        label,
        list(words),
        index=None,
        placeholder=tr("not said"),
        format_func=lambda value: tr(words[value]),
        help=why,
        key=questionnaire.ANSWER_KEY + key,
    )


def _would_be_measured(now: session.Current) -> bool:
    """Whether leniency gives numbers; a photo of nobody stays one of nobody."""
    return now.photo.examine(questionnaire.intake(), lenient=True).report.status == "analyzed"


def _what_to_do(shown: Presentation) -> None:
    """The way on from a verdict: the plan, the two tests that decide what it holds, and keeping the visit."""
    with st.container(border=True):
        st.markdown(f"**{tr('What to do')}**")
        rests = (
            "The plan follows from this result."
            if shown.tilt is not None
            else "The plan needs no number from the photo."
        )
        st.write(f"{tr(rests)} {tr('Two small tests decide whether to stretch or to strengthen.')}")
        plan, tests = st.columns(2)
        if plan.button(tr("Your plan"), icon=":material/event_note:", width="stretch", key="to_plan"):
            navigate("plan")
        if tests.button(tr("The two tests"), icon=":material/rule:", width="stretch", key="to_tests"):
            st.session_state["topic"] = "tests"
            navigate("refine")
        if st.button(tr("Save this visit"), type="tertiary", icon=":material/download:", key="to_save"):
            navigate("take_away")
