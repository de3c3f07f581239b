"""The result: one sentence, one picture, one next step; then everything behind it."""

from __future__ import annotations

import streamlit as st

from posture.app import session
from posture.app.by_hand import set_points
from posture.app.navigation import chosen_language, go, on_and_back, picture, refusal, say, table
from posture.app.pictures import alternative, annotated, small
from posture.app.safety_gate import emergency
from posture.app.steps.firmer import TOPICS
from posture.app.stickers import ask_about_stickers
from posture.findings.assess import SECOND_PHOTO
from posture.knowledge.load import Knowledge
from posture.render.charts.bell import among_people, scale
from posture.render.drawings import standing_alone
from posture.render.overlay import LAYERS
from posture.report.report import Report
from posture.text.labels import LENGTHS, NAMES, POINTS, TILT, number, sentence
from posture.text.presentation import Presentation, TiltShown, chance_details, present

LAYER_WORDS = {
    "outline": "Outline of the back",
    "joints": "Joints",
    "angles": "Angles",
    "plumb_line": "Plumb line",
    "tilt": "Tilt of the pelvis",
    "hip_bones": "Hip bones",
}
CLOTHES = {"tight": "tight", "normal": "normal", "loose": "loose"}
#: Height of the picture on a wide page and the page's width, px: the first screen holds the picture whole.
TALL, WIDE = 620, 928


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    now = session.current()
    if now is None:
        st.title(say("Your result"), anchor=False)
        st.info(say("There is no photo yet."))
        if st.button(say("Bring a photo"), type="primary"):
            go("photo")
        on_and_back("result")
        return
    report = now.examination.report
    shown = present(report, Knowledge.load(), chosen_language())
    verdict, _, nuance = shown.headline.partition(". ")
    st.title(f"{verdict}." if nuance else verdict, anchor=False)
    if nuance:
        st.markdown(nuance)
    ask_about_stickers(now.photo, now.examination)
    if len(session.photos()) > 1:
        _pick(now)
    if said := st.session_state.pop("point_refused", None):
        st.error(f"{sentence(say(said))}. {say('The point was taken back.')}")
    image, shape = annotated(now.photo, now.examination, _chosen_layers())
    share = min(0.62, TALL * shape / WIDE)
    left, right = st.columns([share, 1 - share], gap="medium")
    with left:
        bands = say("Bands: 95 % intervals. Dashed pink: plumb line through the ankle.")
        st.image(image, bands, width="stretch", alt=f"{alternative()}. {shown.headline}")
        _layers(now)
    with right:
        if now.photo.hold and not now.photo.by_hand:
            st.caption(say("Medians of {n} pictures of one standing.", n=str(len(now.photo.hold))))
        if now.together > 1:
            st.caption(say("Read from {n} photos together.", n=str(now.together)))
        _words(now, shown)
    if report.status == "analyzed" or now.photo.joints:
        set_points(now.photo, now.examination)
    if report.measurements:
        _numbers(report, shown)
    on_and_back("result")


def _pick(now: session.Current) -> None:
    """All photos small, the one gone by named; another may be chosen."""
    mine = session.photos()
    for photo, cell in zip(mine, st.columns(max(4, len(mine))), strict=False):
        place = str(mine.index(photo) + 1)
        below = say("shown below") if photo is now.photo else place
        cell.image(small(photo, photo.last()), below, width=90, alt=alternative())
        if photo is not now.photo and cell.button(say("Show"), key=f"show_{photo.frame.sha256}"):
            session.choose_photo(photo)
            st.rerun()


def _chosen_layers() -> list[str]:
    chosen = session.answer("layers")
    return list(LAYERS) if chosen is None else list(chosen)


def _layers(now: session.Current) -> None:
    if now.examination.view is not None:
        st.pills(
            say("Show on the picture"),
            LAYERS,
            selection_mode="multi",
            default=None if session.ANSWER_KEY + "layers" in st.session_state else list(LAYERS),
            format_func=lambda layer: say(LAYER_WORDS[layer]),
            key=session.ANSWER_KEY + "layers",
        )


def _words(now: session.Current, shown: Presentation) -> None:
    report, retake = now.examination.report, now.choice.retake
    for reason in report.reasons:
        refusal(reason)
    if report.status == "refused" and not now.lenient:
        if st.button(say("Measure it anyway, with wider intervals")):
            st.session_state["lenient"] = True
            st.rerun()
    elif report.finding is None and report.status == "analyzed":
        st.write(say("For a person under 18 the tool gives measurements only."))
    if report.finding is not None:
        if shown.tilt is not None:
            st.metric(shown.tilt.name, shown.tilt.value)
            st.markdown(say("Likely between **{low}** and **{high}** (95 of 100).", **_ends(shown.tilt)))
        if shown.scale is not None:
            picture(standing_alone(scale(shown.scale, say(TILT))), shown.scale.words, "640px")
        for words in shown.chances:
            st.write(words)
        with st.container(border=True):
            st.markdown(f"**{say('The one next step that would tell more')}**")
            if retake is not None and retake.code != "loose_clothing" and report.status == "analyzed":
                st.write(f"{say('Take the photo again')}: {say(retake.retake)}.")
                if st.button(say("Another photo"), type="primary"):
                    go("photo")
            else:
                step = report.finding.firmer[0]
                st.write(say(step))
                if step == SECOND_PHOTO and st.button(say("Another photo"), type="primary"):
                    st.session_state["together"] = True
                    go("photo")
                if step in TOPICS and st.button(say("How to do that"), type="primary"):
                    st.session_state["topic"] = TOPICS[step]
                    go("firmer", TOPICS[step])
        _what_to_do()
        grade = say("Evidence grade {grade}", grade=report.finding.grade)
        st.caption(" ".join((f"{say('Rests on')}: {shown.because}. {grade}.", *shown.caveats)))
    elif report.status == "refused" and st.button(say("Another photo"), type="primary"):
        go("photo")
    with st.expander(say("About you (changes the numbers)")):
        st.selectbox(
            say("Clothing on the upper body"),
            list(CLOTHES),
            index=None,
            placeholder=say("not said"),
            format_func=lambda choice: say(CLOTHES[choice]),
            key=session.ANSWER_KEY + "clothing",
        )
        st.number_input(say("Height in cm"), 50, 250, None, key=session.ANSWER_KEY + "stature")
        st.number_input(
            say("Pelvic tilt read off an inclinometer or a phone on a calliper, °"),
            -45.0,
            60.0,
            None,
            1.0,
            key=session.ANSWER_KEY + "tilt",
            help=say("From the back hip bone to the front one; plus when the front one is lower."),
        )
        st.number_input(
            say("Its error, ° (3 if you do not know)"), 0.5, 15.0, None, 0.5, key=session.ANSWER_KEY + "tilt_sem"
        )


def _what_to_do() -> None:
    """The way on from a verdict: the plan, and the two tests that decide between stretching and strengthening."""
    with st.container(border=True):
        st.markdown(f"**{say('What to do')}**")
        st.write(say("The plan follows from this result. Two small tests decide whether to stretch or to strengthen."))
        plan, tests = st.columns(2)
        if plan.button(say("Your plan"), icon=":material/event_note:", width="stretch", key="to_plan"):
            go("plan")
        if tests.button(say("The two tests"), icon=":material/rule:", width="stretch", key="to_tests"):
            st.session_state["topic"] = "tests"
            go("firmer")


def _ends(tilt: TiltShown) -> dict[str, str]:
    return {"low": number(tilt.quantity.low95, ""), "high": number(tilt.quantity.high95, "deg")}


def _numbers(report: Report, shown: Presentation) -> None:
    """Everything behind the sentence."""
    for words, svg in among_people(report, Knowledge.load(), chosen_language()):
        picture(standing_alone(svg), "", "640px")
        st.caption(words)
    if shown.issues:
        with st.expander(say("What made this photo less sure")):
            for message, retake in shown.issues:
                st.markdown(f"- {message}. {say('Better')}: {retake}.")
    for message, retake in shown.notes:
        st.caption(f"{say('Note')}: {message}. {say('Better')}: {retake}.")
    with st.expander(say("Show me the numbers")):
        table(_rows(shown))
        for one in shown.numbers:
            norm = f"; {say('norm')} {one.norm}" if one.norm else ""
            st.caption(f"**{one.name}**: {one.sign}{norm}.")
        for words in chance_details(report.finding, chosen_language()):
            st.markdown(f"- {words}")
        if report.lengths_cm:
            lengths = (f"{say(LENGTHS[name])} {number(one.value, 'cm')}" for name, one in report.lengths_cm.items())
            st.write("; ".join(lengths) + ".")
        for name, unmeasured in report.measurements.unmeasured().items():
            st.caption(f"{say(NAMES[name])}: {say('not measured')}, {say(unmeasured.reason)}.")
        if report.by_hand:
            names = ", ".join(say(POINTS[name]) for name in report.by_hand)
            st.caption(f"{say('Set by hand, not found by the model')}: {names}.")
        st.caption(
            say(
                "Grades: A marked bone points, B change in the same person, C outline of the back, D joint points "
                "only. Known offsets of the pose model are taken off."
            )
        )
    if report.finding is not None and len(report.finding.firmer) > 1:
        with st.expander(say("What else would make it surer")):
            for step in report.finding.firmer[1:]:
                st.markdown(f"- {say(step)}")
    with st.expander(say("What this does not say")):
        st.write(
            say(
                "A photo shows how somebody stands. It does not show bone shape, whether a muscle is tight or weak, "
                "or why something hurts. An unusual stance is no illness, and changing it is optional."
            )
        )


def _rows(shown: Presentation) -> list[dict[str, str]]:
    columns = [
        say(name) for name in ("What", "Value", "95 % interval", "Among people", "Smallest real change", "Grade")
    ]
    return [
        dict(zip(columns, (one.name, one.value, one.interval, one.place, one.mdc95, one.grade), strict=True))
        for one in shown.numbers
    ]
