"""What makes the result and the plan surer: tests of the hips, stickers, three poses, and what one notices."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from posture.app import session
from posture.app.navigation import chosen_language, drawing, go, legend, on_and_back, picture, refusal, say, table
from posture.app.photo import observer
from posture.app.pictures import alternative
from posture.app.safety_gate import emergency, may_move
from posture.body.pose import SIDES, Side
from posture.errors import PostureError, UnsuitablePhoto
from posture.findings.assess import MARK_BONES, THREE_POSES
from posture.followup.aggregate import combine
from posture.followup.three_poses import ThreePoses, three_poses
from posture.knowledge.load import Knowledge
from posture.pipeline import analyze_from_one_place
from posture.plan.advise import judge_tests
from posture.plan.intake import SIGNS
from posture.render.charts.bell import own_range
from posture.render.drawings import standing_alone
from posture.text.labels import JUDGED_WORDS, NAMES, SIGN_WORDS, number, sentence

#: Where the hanging thigh lies in the Thomas test, as a helper sees it.
LEVEL_WORDS = {"below": "below level", "level": "level", "above": "above level"}
#: What the finding's next steps are explained under.
TOPICS = {MARK_BONES: "stickers", THREE_POSES: "poses"}


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(say("Get a more reliable result"), anchor=False)
    st.write(say("Everything here is optional. The two tests decide whether to stretch or to strengthen."))
    topic = st.session_state.get("topic", "tests")
    with st.expander(
        say("Two tests of the hips (they decide the plan)"), icon=":material/rule:", expanded=topic == "tests"
    ):
        if may_move():
            _tests()
    with st.expander(
        say("Stickers on the hip bones (they show the tilt itself)"),
        icon=":material/adjust:",
        expanded=topic == "stickers",
        key="stickers",
    ):
        _stickers()
    with st.expander(
        say("Three photos: relaxed, arched, tucked"), icon=":material/compare:", expanded=topic == "poses", key="poses"
    ):
        if may_move():
            _three_poses()
    if len(session.photos()) > 1:
        with st.expander(say("Your photos together"), icon=":material/photo_library:"):
            _together()
    with st.expander(say("What you notice"), icon=":material/psychology:"):
        for sign in SIGNS:
            st.checkbox(say(SIGN_WORDS[sign]), key=f"{session.ANSWER_KEY}sign_{sign}")
    on_and_back("firmer")


def _tests() -> None:
    st.write(say("Nobody there to help, or no table? The hold test alone is enough to begin."))
    exercises = Knowledge.load().exercises
    for name in ("thomas_test", "hold_test"):
        exercise = chosen_language().exercise(exercises[name])
        if set(exercise.cautions) & set(session.intake().conditions):
            st.caption(f"{exercise.name}: {say('left out because of what you said of your health.')}")
            continue
        st.header(exercise.name, anchor=False)
        shown, words = st.columns([2, 3], gap="medium")
        with shown:
            drawing(name, exercise.name, 240)
            legend([name])
        words.write(exercise.position)
        words.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(exercise.steps, 1)))
        if name == "thomas_test":
            _thomas_photo()
        for side, column in zip(SIDES, st.columns(2), strict=True):
            _answers(name, side, column)


def _answers(name: str, side: Side, column: object) -> None:
    """The numbers of one test and side."""
    prefix = session.ANSWER_KEY
    with column:  # type: ignore[attr-defined]
        st.markdown(f"**{say('Left side') if side == 'left' else say('Right side')}**")
        if name == "hold_test":
            st.number_input(say("Seconds held"), 0.0, 600.0, None, 1.0, key=f"{prefix}hold_{side}", format="%.0f")
            effort = say("Effort of raising the straight leg, 0 none to 5 cannot (optional)")
            st.number_input(effort, 0, 5, None, 1, key=f"{prefix}effort_{side}")
            _verdict(judge_tests(session.intake(), side)[1])
            return
        level = st.radio(
            say("The hanging thigh lies"),
            list(LEVEL_WORDS),
            index=None,
            format_func=lambda choice: say(LEVEL_WORDS[choice]),
            key=f"{prefix}level_{side}",
            horizontal=True,
        )
        label = say("or, where it was measured, degrees above (+) or below (−) level")
        thigh = st.number_input(label, -90.0, 90.0, None, 1.0, key=f"{prefix}thigh_{side}", format="%.0f")
        if thigh is not None or level is not None:
            st.checkbox(say("The lower back lay flat"), key=f"{prefix}flat_{side}")
        _verdict(judge_tests(session.intake(), side)[0])


def _verdict(judged: str) -> None:
    """What a test says of a side, at once."""
    if judged != "untested":
        st.markdown(f"{say('Hip flexors of this side')}: **{say(JUDGED_WORDS[judged])}**")


def _thomas_photo() -> None:
    """The angle read off a photo instead of estimated."""
    from posture.app.steps.photo import FORMATS
    from posture.io.photos import read_photo_bytes
    from posture.render.overlay import draw_leg, jpeg
    from posture.vision.thomas_photo import LegInput, measure_leg

    file = st.file_uploader(
        say("Read it off a photo of the test, from the side"), FORMATS, key=f"thomas_{session.generation()}"
    )
    if file is None:
        return
    left, right = st.columns(2)
    choice = left.radio(
        say("Which leg hangs?"),
        SIDES,
        format_func=lambda side: say("Left side") if side == "left" else say("Right side"),
        horizontal=True,
        key="thomas_side",
    )
    flat = right.checkbox(say("The lower back lay flat"), key="thomas_flat")
    try:
        frame = read_photo_bytes(file.getvalue(), file.name)
        with st.spinner(say("Measuring …")):
            leg = session.once(
                "leg",
                (frame.sha256, choice, flat),
                lambda: measure_leg(frame, observer, LegInput(side=choice, lumbar_flat=flat), Knowledge.load().gates),
            )
    except UnsuitablePhoto as error:
        refusal(error.issue())
        return
    except PostureError as error:
        st.error(f"{sentence(say(str(error)))}.")
        return
    st.image(jpeg(draw_leg(frame, leg.points, leg.roll_deg, leg.faces_px)), width=480, alt=alternative())
    thigh = leg.result.thigh
    st.write(
        say(
            "Thigh {value} from level ({low} to {high}): {judged}.",
            value=number(thigh.value, "deg"),
            low=number(thigh.low95, ""),
            high=number(thigh.high95, "deg"),
            judged=say(JUDGED_WORDS[leg.result.length_one_joint]),
        )
    )
    for issue in leg.result.warnings:
        st.caption(f"{sentence(say(issue.message))}.")
    if st.button(say("Use this in my tests"), type="primary"):
        whole = round(float(thigh.value))  # shown below in whole degrees
        # what the photo said comes first: without it the whole number alone would be judged, were this run cut short
        st.session_state[f"{session.ANSWER_KEY}read_{choice}"] = {
            "thigh": whole,
            "flat": flat,
            "length": leg.result.length_one_joint,
        }
        st.session_state[f"{session.ANSWER_KEY}flat_{choice}"] = flat
        st.session_state[f"{session.ANSWER_KEY}thigh_{choice}"] = whole
        st.rerun()


def _stickers() -> None:
    shown, words = st.columns([2, 3], vertical_alignment="center", gap="medium")
    with shown:
        drawing("guide_stickers", say("Two stickers tell more (optional)"), 200)
    words.write(
        say(
            "Put one raised round sticker on the hip bone in front and one on the hip bone at the back, take the photo "
            "again, and confirm them on the result. On a photo that you have, the two points can be set by hand."
        )
    )
    if words.button(say("Another photo"), key="stickers_photo"):
        go("photo")
    if words.button(say("Set them by hand"), key="stickers_by_hand"):
        st.session_state[session.ANSWER_KEY + "by_hand"] = True
        go("result", session.ANSWER_KEY + "by_hand")


def _three_poses() -> None:
    """Arched and tucked beside the relaxed photo of the result."""
    from posture.app.steps.photo import FORMATS
    from posture.io.photos import read_photo_bytes

    drawing("guide_three_poses", say("Three photos: relaxed, arched, tucked"), 420)
    st.write(say("Camera, place and clothes stay as they are. Arch and tuck as far as you can without pain."))
    now = session.current()
    if now is None:
        st.info(say("The relaxed photo comes first: bring it on the page of photos."))
        return
    left, right = st.columns(2)
    generation = session.generation()
    arched = left.file_uploader(say("Fully arched"), FORMATS, key=f"arched_{generation}")
    tucked = right.file_uploader(say("Fully tucked"), FORMATS, key=f"tucked_{generation}")
    if arched is None or tucked is None:
        return
    try:
        frames = {"relaxed": now.photo.frame}
        for pose, file in (("arched", arched), ("tucked", tucked)):
            frames[pose] = read_photo_bytes(file.getvalue(), file.name)
        with st.spinner(say("Measuring …")):
            person = replace(session.intake(), range_position=None)
            poses = session.once(
                "poses",
                (*(frame.sha256 for frame in frames.values()), repr(person)),
                lambda: three_poses(analyze_from_one_place(frames, observer(), intake=person)),
            )
    except UnsuitablePhoto as error:
        refusal(error.issue())
        return
    st.session_state[session.ANSWER_KEY + "range_position"] = None if poses.position is None else poses.position.value
    show_range(poses)


def show_range(poses: ThreePoses) -> None:
    """Where somebody stands in their own range, kept for the plan, or why that is not known."""
    st.session_state[session.ANSWER_KEY + "range_position"] = None if poses.position is None else poses.position.value
    for reason in poses.reasons:
        refusal(reason)
    drawn_range = own_range(poses, chosen_language())
    if drawn_range is not None:
        picture(standing_alone(drawn_range[1]), drawn_range[0], "640px")
        st.caption(
            say("People stand at about 43 % of their range. No limit has been validated: it is for following yourself.")
        )


def _together() -> None:
    """The median of several shots of one standing."""
    knowledge, answers = Knowledge.load(), session.intake()
    reports = [photo.examine(answers, lenient=False).report for photo in session.photos()]
    if len({report.facing for report in reports if report.status == "analyzed"}) > 1:
        st.info(say("The photos show different sides of the body: only photos of one side go together."))
        return
    rows = []
    for name, one in combine(reports, knowledge).items():
        cells = (say(NAMES[name]), number(one.value, one.unit), f"± {number(one.sigma, one.unit)}", str(one.shots))
        columns = [say(column) for column in ("What", "Median", "Doubt (one SD)", "Photos")]
        rows.append(dict(zip(columns, cells, strict=True)))
    if rows:
        table(rows)
    else:
        st.info(say("Fewer than two of the photos could be measured."))
