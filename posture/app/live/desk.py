"""The desk: how long one has sat, when to get up, and slumping against one's own upright sitting."""

from __future__ import annotations

import time

import streamlit as st

from posture.app import questionnaire
from posture.app.live.banner import instruct, pulse_words, trouble
from posture.app.live.camera import before_camera
from posture.app.live.sound import say_aloud
from posture.app.live.watcher import Watcher
from posture.app.navigation import tr
from posture.live.session import SittingSession
from posture.live.sitting import anew
from posture.render import theme

#: What the plan's habit of breaks proposes, minutes (the exercise sitting_breaks).
EVERY_MIN = 30


class Seated:
    """One visitor's desk: who watches, and since when the camera is on."""

    def __init__(self) -> None:
        self.watcher = Watcher(SittingSession())
        self.since_s = time.monotonic()


def show() -> None:
    """Draw the page."""
    st.title(tr("At the desk"), anchor=False)
    st.write(
        tr(
            "Put the camera beside you, so that it sees you from the side from head to knee. Sit upright for the "
            "first five seconds. Everything is told against that: norms of standing do not apply to sitting."
        )
    )
    seated: Seated = st.session_state.setdefault("seated", Seated())
    every = st.slider(
        tr("A break every so many minutes"), 5, 90, EVERY_MIN, 5, key=questionnaire.ANSWER_KEY + "break_every"
    )
    before_camera(seated, "desk", lambda aloud: _go_on(seated, every, aloud))


def _go_on(seated: Seated, every: int, aloud: bool) -> None:
    """The words of this moment; drawn anew while the camera is on."""
    watcher, task = seated.watcher, seated.watcher.task
    assert isinstance(task, SittingSession)
    if trouble(watcher, seated.since_s):
        if watcher.fault and st.button(tr("Begin again"), key="again_after_fault"):
            watcher.begin(SittingSession())
        return
    desk = task.desk
    if desk.break_due(every):
        first, then, colour = tr("Time to get up."), tr("Move a little for a minute."), theme.AMBER
    elif desk.up_since_s is not None or desk.at_s is None:
        first, then, colour = tr("Nobody sits here."), "", theme.SOFT
    elif desk.upright is None:
        first, then, colour = tr("Sit upright for five seconds."), "", theme.LEG
    elif desk.slumps:
        first, then, colour = tr("You sit otherwise than upright."), tr("Change how you sit."), theme.AMBER
    else:
        first, then, colour = tr("You sit as you began."), "", theme.ACCENT
    instruct(first, then, colour, desk.sitting_s / (60 * every))
    if aloud:
        say_aloud(first, colour == theme.ACCENT)
    left, middle, right = st.columns(3)
    left.metric(tr("Sitting, min"), f"{desk.sitting_s / 60:.0f}")
    middle.metric(tr("In all, min"), f"{desk.total_s / 60:.0f}")
    right.metric(tr("Breaks"), str(desk.breaks))
    if st.button(tr("This is upright"), key="upright_anew"):
        task.desk = anew(task.desk)
    pulse_words(watcher)
