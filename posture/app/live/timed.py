"""An exercise that the coach does not know by sight: one set at a time by the clock, its repetitions counted aloud."""

from __future__ import annotations

import time

import streamlit as st

from posture.app import questionnaire
from posture.app.live.banner import EVERY_S, instruct
from posture.app.live.sound import say_aloud
from posture.app.navigation import chosen_language, drawing, legend, tr
from posture.live.pace import READY_S, Beat, Pace, pace_of
from posture.plan.choice import Item
from posture.render import theme
from posture.report.practice import Practice
from posture.text.labels import sentence, side_words


class Clock:
    """One visitor's clock. since_s : of the set that runs, monotonic; None while none does · sets : done so far"""

    def __init__(self) -> None:
        self.since_s: float | None = None
        self.sets = 0


def by_the_clock(item: Item, name: str, clock: Clock, done: list[Practice]) -> None:
    """Draw the exercise with its clock; a set that was done, or stopped, goes into ``done``."""
    st.write(tr("The coach does not know this one by sight: it counts for you, set by set."))
    drawing(item.id, name, 320)
    legend([item.id])
    st.write(f"**{chosen_language().dose(item)}**{tr(side_words(item)) if side_words(item) else ''}")
    pace, whole = pace_of(item.dose), int(item.dose.get("sets", 1)) * (2 if item.side == "both" else 1)
    aloud = st.toggle(tr("Say it aloud"), value=True, key=questionnaire.ANSWER_KEY + "aloud")
    if clock.since_s is None:
        if clock.sets:
            rest = "Sets done: {done} of {all}. Rest, and change sides where it has two."
            st.write(tr(rest, done=str(clock.sets), all=str(whole)))
        if st.button(tr("Start a set"), type="primary", icon=":material/timer:"):
            clock.since_s = time.monotonic()
            st.rerun()
        return
    if pace is None:
        st.fragment(_seconds, run_every=1.0)(clock.since_s)
    else:
        st.fragment(_beat, run_every=EVERY_S)(pace, clock, done, item.id, aloud)
    if st.button(tr("Stop"), type="primary", icon=":material/timer_off:"):
        _end(clock, done, item.id, pace)
        st.rerun()


def _beat(pace: Pace, clock: Clock, done: list[Practice], exercise: str, aloud: bool) -> None:
    if clock.since_s is None:
        return
    seconds = time.monotonic() - clock.since_s
    beat = pace.at(seconds)
    if beat.phase == "done":
        _end(clock, done, exercise, pace)
        st.rerun()
    first = _words(beat)
    then = "" if beat.phase == "ready" else tr("Repetition {n} of {all}", n=str(beat.rep), all=str(pace.reps))
    colour = theme.LEG if beat.phase == "ready" else theme.ACCENT
    instruct(first, then, colour, pace.reps_at(seconds) / pace.reps, beat.left_s)
    if aloud:
        say_aloud(f"{beat.rep}. {first}" if pace.reps > 1 and beat.phase == "go" else first, True)


def _words(beat: Beat) -> str:
    if beat.phase == "ready":
        return tr("Get into position.")
    return tr("Hold.") if beat.doing == "hold" else sentence(tr(beat.doing))


def _end(clock: Clock, done: list[Practice], exercise: str, pace: Pace | None) -> None:
    """The set is over: seconds without getting ready, and whole repetitions."""
    assert clock.since_s is not None
    seconds = time.monotonic() - clock.since_s
    reps = 0 if pace is None else pace.reps_at(seconds)
    if pace is not None:
        seconds = min(max(0.0, seconds - READY_S), pace.reps * pace.repetition_s)
    if seconds > 0:
        done.append(Practice(exercise, None, seconds, reps, None, {}, watched=False))
        clock.sets += 1
    clock.since_s = None


def _seconds(since_s: float) -> None:
    seconds = int(time.monotonic() - since_s)
    st.metric(tr("Time"), f"{seconds // 60}:{seconds % 60:02d}")
