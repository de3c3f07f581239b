"""The plan: what to do, on which days, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from posture.app import questionnaire
from posture.app.glossary import explain
from posture.app.navigation import chosen_language, drawing, legend, navigate, on_and_back, table, tr
from posture.app.plans import plan_of
from posture.app.safety_gate import emergency, urgency_icon
from posture.knowledge.load import Knowledge
from posture.knowledge.records import Exercise
from posture.plan.advise import MOVEMENT_WORDS, Plan
from posture.plan.choice import lacking
from posture.plan.intake import WEEKDAYS, Intake
from posture.plan.schedule import Programme, programme
from posture.render.html.plan import DAY_NAMES
from posture.text.labels import plan_words, sentence, side_words, time_lines

EQUIPMENT_WORDS = {
    "pad": "pad or folded towel",
    "wall": "wall",
    "chair": "chair",
    "bed": "bed or sturdy table",
    "band": "elastic band",
    "step": "step",
    "ball": "massage ball",
    "couch": "couch",
}


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Your plan"), anchor=False)
    if not questionnaire.asked():
        st.info(tr("Exercises are shown after the safety questions."))
        if st.button(tr("To the safety questions"), type="primary"):
            navigate("safety")
        on_and_back("plan", "secondary")
        return
    _days()
    plan = plan_of()
    if plan is None:
        st.info(tr("Without a measured photo or a test there is no plan. Under 18 there are measurements only."))
        on_and_back("plan", "secondary")
        return
    if plan.mode == "refer":
        st.error(tr(plan.message), icon=urgency_icon())
        on_and_back("plan")
        return
    knowledge, answers = Knowledge.load(), questionnaire.intake()
    st.header(sentence(tr(plan_words(plan, knowledge))), anchor=False)
    st.write(tr(plan.because))
    explain("hip flexors", "tuck", "tempo")
    weeks = programme(plan, answers)
    if weeks is not None and weeks.active_stages:
        _weeks(weeks, knowledge)
    if plan.items:
        _exercises(plan, weeks, answers, knowledge)
    if plan.unknowns:
        st.caption(f"{tr('Not known yet')}: {'; '.join(tr(unknown) for unknown in plan.unknowns)}.")
    st.caption(tr(plan.message))
    on_and_back("plan")


def _days() -> None:
    with st.expander(tr("Your minutes, days and equipment (the plan fits itself to them)"), icon=":material/schedule:"):
        left, middle, right = st.columns(3)
        left.number_input(tr("Hours of sitting a day"), 0.0, 24.0, None, 0.5, key=questionnaire.ANSWER_KEY + "sitting")
        middle.number_input(tr("Minutes for exercise a day"), 5, 30, None, 5, key=questionnaire.ANSWER_KEY + "minutes")
        right.number_input(tr("Days a week"), 1, 7, None, 1, key=questionnaire.ANSWER_KEY + "days")
        _choices("Equipment at hand", EQUIPMENT_WORDS, "equipment", bool(questionnaire.answer("no_equipment")))
        st.checkbox(tr("I have no equipment"), key=questionnaire.ANSWER_KEY + "no_equipment")
        _choices("On these days", dict(zip(WEEKDAYS, DAY_NAMES, strict=True)), "weekdays")
        eases, hurts = st.columns(2)
        with eases:
            _choices("What eases your complaint", MOVEMENT_WORDS, "helps")
        with hurts:
            _choices("What brings it on", MOVEMENT_WORDS, "hurts")


def _choices(label: str, words: Mapping[Any, str], key: str, disabled: bool = False) -> None:
    """Some of several answers, none chosen where nothing was said."""
    st.multiselect(
        tr(label),
        list(words),
        format_func=lambda choice: tr(words[choice]),
        placeholder=tr("not said"),
        key=questionnaire.ANSWER_KEY + key,
        disabled=disabled,
    )


def _weeks(weeks: Programme, knowledge: Knowledge) -> None:
    names = {name: chosen_language().exercise(exercise).name for name, exercise in knowledge.exercises.items()}
    columns = [tr(column) for column in ("Exercise", "Dose", "Days", "Minutes")]
    for stage in weeks.active_stages:
        first, last = (str(week) for week in stage.weeks)
        title = tr(
            "Weeks {first} and {last}: up to {minutes} min a day",
            first=first,
            last=last,
            minutes=f"{stage.minutes:.0f}",
        )
        with st.expander(title, expanded=first == "1"):
            rows = []
            for session in stage.sessions:
                cells = (
                    names[session.item.id] + tr(side_words(session.item)),
                    chosen_language().dose(session.item),
                    " ".join(tr(DAY_NAMES[day]) for day in session.days),
                    f"{session.minutes:.0f}",
                )
                rows.append(dict(zip(columns, cells, strict=True)))
            table(rows)
    for line in time_lines(weeks, names, chosen_language().text):
        st.caption(line)


def _things(exercise: Exercise, answers: Intake) -> str:
    """Lines of what an exercise needs and what stands in for it; none where all of it is at hand."""
    absent = lacking(exercise, answers)
    if not exercise.equipment or not (absent or answers.equipment is None):
        return ""
    names = ", ".join(tr(EQUIPMENT_WORDS[thing]) for thing in absent or exercise.equipment)
    if absent:
        return f"**{sentence(tr('without'))} {names}:** {exercise.substitute}"
    return f"**{sentence(tr('needs'))}: {names}.** {sentence(tr('else'))}: {exercise.substitute}"


def _exercises(plan: Plan, weeks: Programme | None, answers: Intake, knowledge: Knowledge) -> None:
    st.header(tr("The exercises"), anchor=False)
    legend(item.id for item in plan.items)
    for item in plan.items if weeks is None else map(weeks.first_given, plan.items):
        exercise = chosen_language().exercise(knowledge.exercises[item.id])
        with st.expander(f"**{exercise.name}** · {chosen_language().dose(item)}{tr(side_words(item))}"):
            drawing(item.id, exercise.name, 380)
            if things := _things(exercise, answers):
                st.markdown(things)
            st.write(exercise.position)
            st.markdown("\n".join(f"{n}. {step}" for n, step in enumerate(exercise.steps, 1)))
            for cue in exercise.cues:
                st.markdown(f"- {cue}")
            weeks_of = tr("Weeks {first} to {last}.", first=str(item.weeks[0]), last=str(item.weeks[1])) + " "
            st.caption(f"{weeks_of if item.kind != 'test' else ''}{tr('Stop with')}: {'; '.join(exercise.stop)}.")
            st.caption(f"{exercise.evidence} {tr('Certainty')}: {tr(exercise.certainty)}.")
