"""One page: a photo in; the annotated picture, the finding, the numbers and, after the safety questions, the plan."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from importlib import resources

import streamlit as st

from posture.adapters.calendar_ics import calendar
from posture.adapters.drawings import drawing_file
from posture.adapters.mediapipe_pose import MediaPipeObserver
from posture.adapters.overlay import Pixels, draw
from posture.adapters.photo_files import read_photo_bytes
from posture.adapters.plan_html import DAY_NAMES, side_words
from posture.adapters.report_html import render
from posture.advise import Plan, advise
from posture.errors import PostureError, UnsuitablePhoto
from posture.intake import Intake
from posture.knowledge import Knowledge
from posture.measurement import Measurement
from posture.pipeline import Options, examine
from posture.report import Report
from posture.ui.answers import tests_and_life
from posture.ui.safety import safety_questions
from posture.week import Programme, programme
from posture.words import MODES, NAMES, SIGNS, dose_words, number, of_100, sentence

FORMATS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]


def page() -> None:
    """Draw the whole page."""
    st.set_page_config("posture", layout="wide")
    st.title("How do you stand?")
    st.write(
        "One photo from the side. You see what can be measured on it, how sure that is, and what would make it surer. "
        "The photo stays on this computer and is not kept."
    )
    try:
        photo = _choose_photo()
        if photo is not None:
            _result(*photo, _about_you())
    except PostureError as error:
        st.error(str(error))


def _choose_photo() -> tuple[bytes, str] | None:
    with st.expander("How to take the photo", expanded=False):
        picture, words = st.columns([1, 2])
        picture.image(drawing_file("guide_photo"), width=180)
        words.markdown(
            "- Exactly **side on**: one shoulder hides the other.\n"
            "- Camera level, at **hip height**, about **3 m** away, whole body from head to feet.\n"
            "- **Tight clothes**, a plain wall behind you, arms crossed on the chest.\n"
            "- Stand as you always stand."
        )
        picture, words = st.columns([1, 2])
        picture.image(drawing_file("guide_stickers"), width=180)
        words.markdown(
            "**Stickers tell more.** One raised round sticker of 1 to 2 cm on the hip bone in front and one on the hip "
            "bone at the back, on the side that the camera sees, in a colour unlike skin, clothes and wall."
        )
    upload = st.file_uploader("A photo from the side", type=FORMATS)
    if upload is not None:
        return upload.getvalue(), upload.name
    if st.toggle("Show me with a computer-generated person"):
        return (resources.files("posture") / "data" / "self_test.jpg").read_bytes(), "generated person"
    return None


def _about_you() -> Intake:
    left, middle, right = st.columns(3)
    clothing = left.selectbox("Clothing on the upper body", ["not said", "tight", "normal", "loose"])
    sex = middle.selectbox("Sex", ["not said", "f", "m"])
    age = right.number_input("Age in years", 1, 120, None)
    answers = {"clothing": clothing, "sex": sex, "age_years": age}
    return Intake.from_mapping({"person": {k: v for k, v in answers.items() if v not in ("not said", None)}})


@st.cache_resource(  # type: ignore[untyped-decorator]
    show_spinner="Loading the pose model …"
)
def _observer() -> tuple[MediaPipeObserver, threading.Lock]:
    return MediaPipeObserver(), threading.Lock()


def _measure(data: bytes, name: str, intake: Intake, options: Options) -> tuple[Report, Pixels]:
    """Report and picture of one photo, kept for this visitor until another photo or answer comes."""
    photo, key = hash(data), repr((intake, options))
    if st.session_state.get("photo") != photo:
        st.session_state["photo"], st.session_state["measured"] = photo, {}
    measured: dict[str, tuple[Report, Pixels]] = st.session_state["measured"]
    if key not in measured:
        frame = read_photo_bytes(data, name)
        observer, lock = _observer()
        with st.spinner("Measuring …"), lock:
            examination = examine(frame, observer, intake=intake, options=options)
        measured[key] = examination.report, draw(frame, examination)
    return measured[key]


def _result(data: bytes, name: str, intake: Intake) -> None:
    lenient = st.checkbox("Measure poor photos too, with wider intervals")
    options = Options(lenient=lenient, use_stickers=False)
    try:
        report, picture = _measure(data, name, intake, options)
        marked = _marked(report)
        if marked is not None:
            report, picture = _measure(data, name, intake, replace(options, asis=marked[0], psis=marked[1]))
    except UnsuitablePhoto as error:
        st.error(f"{sentence(str(error))}. **Next time: {error.retake}.**")
        return
    finding = report.finding
    if report.status == "refused":
        st.subheader("This photo could not be measured")
        for reason in report.reasons:
            st.warning(f"{sentence(reason.message)}. **Next time: {reason.retake}.**")
    elif finding is not None:
        st.subheader(finding.headline)
    left, right = st.columns([3, 2], gap="large")
    left.image(picture, width="stretch")
    with right:
        if finding is not None:
            if finding.tilt is not None:
                tilt = finding.tilt
                st.metric(
                    "Forward tilt of the pelvis, likely",
                    number(tilt.value, "deg"),
                    f"{number(tilt.low95, 'deg')} to {number(tilt.high95, 'deg')} (95 of 100)",
                    delta_color="off",
                    delta_arrow="off",
                )
                st.progress(finding.p_anterior or 0.0, f"More than 15° forward: {of_100(finding.p_anterior or 0.0)}")
                st.caption("A forward tilt of some 10° is usual; most people without any complaint have one.")
            if finding.firmer:
                st.success(f"**Next step that would tell more:** {finding.firmer[0]}")
            st.caption(f"Rests on {finding.because}. Evidence grade {finding.grade}.")
        for remark in report.warnings:
            st.caption(f"Less sure because {remark.message}. Better: {remark.retake}.")
    if report.measurements:
        with st.expander("Show me the numbers"):
            st.table(_number_rows(report))
            for measure, measured in report.measurements.items():
                if not isinstance(measured, Measurement):
                    st.caption(f"{NAMES[measure]}: not measured, {measured.reason}.")
    _plan(report, intake, picture)


Point = tuple[float, float]


def _marked(report: Report) -> tuple[Point, Point] | None:
    """Stickers that the person confirms, or points that they give; None where the hip bones are not marked."""
    seen = report.stickers
    if seen is not None and st.checkbox("The two round spots ringed in red are stickers on my hip bones"):
        return seen.asis, seen.psis
    with st.expander("Give the hip bones yourself (pixels of the photo, from its top left corner)"):
        across = st.columns(4)
        labels = ("Front bone, across", "Front bone, down", "Back bone, across", "Back bone, down")
        values = [one.number_input(label, 0.0, None, None, 1.0) for one, label in zip(across, labels, strict=True)]
    if any(value is None for value in values):
        return None
    ax, ay, px, py = values
    return (ax, ay), (px, py)


def _number_rows(report: Report) -> list[dict[str, str]]:
    return [
        {
            "What": NAMES[name],
            "Value": number(measured.quantity.value, measured.quantity.unit),
            "95 % interval": f"{number(measured.quantity.low95, '')} to "
            f"{number(measured.quantity.high95, measured.quantity.unit)}",
            "Smallest real change": number(measured.mdc95, measured.quantity.unit),
            "Grade": measured.grade,
            "Sign": SIGNS[name],
        }
        for name, measured in report.measurements.items()
        if isinstance(measured, Measurement)
    ]


def _plan(report: Report, person: Intake, picture: Pixels) -> None:
    """Safety questions first; exercises only after they were answered."""
    knowledge = Knowledge.load()
    st.header("What to do about it")
    above = st.container()
    told = tests_and_life(knowledge)  # before the safety form: its rerun would make Streamlit forget these answers
    with above:
        safe = safety_questions(person, knowledge)
    if safe is None:
        st.info("Exercises are shown after the safety questions above.")
        return
    intake = replace(
        safe,
        tests=told.tests,
        signs=told.signs,
        sitting_h_day=told.sitting_h_day,
        minutes_per_day=told.minutes_per_day,
        days_per_week=told.days_per_week,
        equipment=told.equipment,
    )
    plan = advise(None if report.finding is None else report.finding.kind, intake, knowledge)
    if plan is None:
        st.info("Without a measured photo or a test there is no plan. Under 18 there are measurements only.")
        return
    if plan.mode == "refer":
        st.error(plan.message)
        return
    st.subheader(f"Plan: {MODES[plan.mode]}")
    st.write(plan.because)
    weeks = programme(plan, intake)
    if weeks is not None:
        _week(weeks, knowledge)
    _exercises(plan, knowledge)
    st.caption(plan.message)
    if plan.unknowns:
        st.caption("Not known yet: " + "; ".join(plan.unknowns) + ".")
    page_text = render(replace(report, plan=plan), knowledge, picture, intake)
    st.download_button("Take the report with you (HTML)", page_text, "posture_report.html", "text/html")
    if weeks is not None:
        st.download_button(
            "Put the weeks into my calendar (ICS)",
            calendar(plan, weeks, knowledge, date.today()),
            "posture_plan.ics",
            "text/calendar",
        )


def _week(weeks: Programme, knowledge: Knowledge) -> None:
    for stage in weeks.stages:
        first, last = stage.weeks
        with st.expander(f"Weeks {first} and {last}: up to {stage.minutes:.0f} min a day", expanded=first == 1):
            st.table(
                [
                    {
                        "Exercise": knowledge.exercises[session.item.id].name + side_words(session.item),
                        "Dose": dose_words(session.item),
                        "Days": " ".join(DAY_NAMES[day] for day in session.days),
                        "Minutes": f"{session.minutes:.0f}",
                    }
                    for session in stage.sessions
                ]
            )
    if weeks.shortened:
        names = ", ".join(knowledge.exercises[name].name for name in weeks.shortened)
        st.caption(f"Shortened to fit your {weeks.minutes_per_day} minutes a day: {names}.")


def _exercises(plan: Plan, knowledge: Knowledge) -> None:
    for item in plan.items:
        exercise = knowledge.exercises[item.id]
        with st.expander(f"**{exercise.name}** · {dose_words(item)}{side_words(item)}"):
            st.image(drawing_file(item.id))
            st.write(exercise.position)
            st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(exercise.steps, 1)))
            st.caption(f"Weeks {item.weeks[0]} to {item.weeks[1]}. Stop with: {'; '.join(exercise.stop)}.")
            st.caption(f"{exercise.evidence} Certainty: {exercise.certainty}.")
