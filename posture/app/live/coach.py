"""The coach: exercises before the camera where it knows their form, beside a clock where it does not."""

from __future__ import annotations

import time

import streamlit as st

from posture.app import questionnaire
from posture.app.live.banner import instruct, pulse_words, trouble
from posture.app.live.camera import before_camera
from posture.app.live.sound import say_aloud
from posture.app.live.timed import Clock, by_the_clock
from posture.app.live.watcher import Watcher
from posture.app.navigation import chosen_language, drawing, legend, navigate, picture, table, tr
from posture.app.plans import plan_of
from posture.app.safety_gate import emergency
from posture.body.pose import SIDES
from posture.knowledge.exercise_rules import ExerciseRules
from posture.knowledge.load import Knowledge
from posture.live.coach import Coaching, practices
from posture.live.session import ExerciseSession
from posture.plan.advise import check_safety
from posture.plan.choice import Item
from posture.render import theme
from posture.render.camera_place import CAPTION, camera_place
from posture.render.drawings import standing_alone
from posture.render.html.report import practice_rows
from posture.report.practice import Practice
from posture.text.labels import sentence

#: Kinds that nobody practises beside a clock.
UNTIMED = ("habit", "test")
SIDE_WORDS = {"left": "left", "right": "right"}


class Gym:
    """One visitor's coach: what is practised, who watches, since when the camera is on and the clock runs."""

    def __init__(self, drill: ExerciseRules) -> None:
        self.exercise = ""
        self.watcher = Watcher(ExerciseSession(drill), outlines=True)
        self.since_s = time.monotonic()
        self.clock = Clock()


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Coach"), anchor=False)
    knowledge = Knowledge.load()
    offered = _offered(knowledge)
    if not offered:
        return
    gym: Gym = st.session_state.setdefault("gym", Gym(next(iter(knowledge.drills.values()))))
    names = {name: chosen_language().exercise(knowledge.exercises[name]).name for name in offered}
    chosen = st.selectbox(
        tr("Exercise"), offered, format_func=names.__getitem__, key=questionnaire.ANSWER_KEY + "practised", index=0
    )
    if chosen != gym.exercise:
        _keep(gym, knowledge)
        gym.exercise, gym.clock = chosen, Clock()
        if chosen in knowledge.drills:
            gym.watcher.begin(ExerciseSession(knowledge.drills[chosen]))
    drill = knowledge.drills.get(chosen)
    if drill is None:
        by_the_clock(_planned(chosen), names[chosen], gym.clock, _practised())
    else:
        _before_camera(gym, drill, knowledge)
    _summary(knowledge)


def _offered(knowledge: Knowledge) -> list[str]:
    """The plan's exercises and those that the coach knows, without what the answers forbid; says why there are none."""
    if not questionnaire.asked():
        st.info(tr("Exercises are shown after the safety questions."))
        if st.button(tr("To the safety questions"), type="primary"):
            navigate("safety")
        return []
    answers = questionnaire.intake()
    safety, message = check_safety(answers, knowledge)
    if safety == "prompt":
        st.error(tr(message), icon=":material/emergency:")
        return []
    if answers.minor:
        st.info(tr("For a person under 18 the tool gives measurements only."))
        return []
    known = [name for name in knowledge.drills if not {*knowledge.exercises[name].cautions} & {*answers.conditions}]
    plan = plan_of()
    planned = [] if plan is None else [item.id for item in plan.items]
    timed = [name for name in planned if name not in known and knowledge.exercises[name].kind not in UNTIMED]
    if not (known or timed):
        st.info(tr("What you told leaves no exercise to practise here: please ask a professional."))
    return [*(name for name in known if name in planned), *(name for name in known if name not in planned), *timed]


def _planned(name: str) -> Item:
    """The plan's own item, with its dose and side; what goes by the clock is in the plan."""
    plan = plan_of()
    assert plan is not None
    return next(item for item in plan.items if item.id == name)


def _before_camera(gym: Gym, drill: ExerciseRules, knowledge: Knowledge) -> None:
    st.write(
        tr(
            "Put the camera at hip height and stand side on to it. First stand relaxed for two seconds, then begin; "
            "the clock runs only while the form holds. Stop when anything hurts."
        )
    )
    before_camera(gym, "coach", lambda aloud: _go_on(gym, drill, aloud))
    picture(standing_alone(camera_place(tr)), tr(CAPTION), "320px")
    exercise = chosen_language().exercise(knowledge.exercises[drill.exercise])
    if st.button(tr("That was it"), type="primary", key="practised_enough"):
        _keep(gym, knowledge)
        gym.watcher.begin(ExerciseSession(drill))
        st.rerun()
    drawing(drill.exercise, exercise.name, 320)
    legend([drill.exercise])


def _go_on(gym: Gym, drill: ExerciseRules, aloud: bool) -> None:
    """The words of this moment; drawn anew while the camera is on."""
    if trouble(gym.watcher, gym.since_s):
        if gym.watcher.fault and st.button(tr("Begin again"), key="again_after_fault"):
            gym.watcher.begin(ExerciseSession(drill))
        return
    task = gym.watcher.task
    assert isinstance(task, ExerciseSession)
    state = task.state
    first, then, colour = _words(state, task, drill)
    instruct(first, then, colour, _share(state, drill, Knowledge.load()))
    if aloud:
        say_aloud(first, not state.cue)
    columns = st.columns(2)
    for side, column in zip(SIDES, columns, strict=True):
        done = state.done.get(side)
        held = (0.0 if done is None else done.held_s) + (state.held_s if side == state.side else 0.0)
        column.metric(f"{tr(SIDE_WORDS[side])}, s", f"{held:.0f}")
        if drill.lift is not None:
            column.metric(f"{tr(SIDE_WORDS[side])}, {tr('repetitions')}", "0" if done is None else str(done.reps))
    pulse_words(gym.watcher)


def _share(state: Coaching, drill: ExerciseRules, knowledge: Knowledge) -> float:
    """Share of one hold, or of one set of repetitions, that the working side has done; 1 is the whole dose."""
    dose = knowledge.exercises[drill.exercise].dose
    if drill.lift is None:
        return state.held_s / float(dose["hold_s"])
    done = max((one.reps for one in state.done.values()), default=0)
    return done / float(dose["reps"])


def _words(state: Coaching, task: ExerciseSession, drill: ExerciseRules) -> tuple[str, str, str]:
    if task.problem is not None:
        return f"{sentence(tr(task.problem.retake))}.", f"{sentence(tr(task.problem.message))}.", theme.AMBER
    if state.cue:
        return tr(state.cue), "", theme.AMBER
    if state.phase == "stand":
        return tr("Stand relaxed, side on, for two seconds."), "", theme.LEG
    if state.phase == "begin":
        return tr(drill.begin), "", theme.LEG
    if state.good and _share(state, drill, Knowledge.load()) >= 1:
        return tr("That is enough for now. Change sides, or rest."), "", theme.ACCENT
    if state.good:
        return tr("Good. Keep it."), tr("Breathe calmly."), theme.ACCENT
    return tr("Not quite there yet."), "", theme.AMBER


def _keep(gym: Gym, knowledge: Knowledge) -> None:
    """Take what was done into the summary."""
    if isinstance(gym.watcher.task, ExerciseSession) and gym.exercise in knowledge.drills:
        _practised().extend(practices(gym.watcher.task.state, knowledge.drills[gym.exercise]))


def _practised() -> list[Practice]:
    kept: list[Practice] = st.session_state.setdefault("practice", [])
    return kept


def _summary(knowledge: Knowledge) -> None:
    """Summary of the practice; it goes into the files to save."""
    mine = _practised()
    if not mine:
        return
    st.header(tr("Practised before the camera"), anchor=False)
    table(practice_rows(mine, knowledge, chosen_language()))
    st.caption(tr("It goes into the files under “Save and print”."))
