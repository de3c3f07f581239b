"""The live check: one instruction at a time, then a result that took itself; or three poses in turn."""

from __future__ import annotations

import time

import streamlit as st

from posture.app import questionnaire, session
from posture.app.live.banner import instruct, pulse_words, trouble
from posture.app.live.camera import before_camera
from posture.app.live.measuring import Measuring
from posture.app.live.sound import say_aloud
from posture.app.live.watcher import Watcher
from posture.app.navigation import navigate, picture, tr
from posture.app.photo import Photo
from posture.app.safety_gate import emergency, may_move
from posture.app.three_poses import show_range
from posture.body.frame import Pixels
from posture.errors import Issue, PostureError
from posture.followup.three_poses import POSES, three_poses
from posture.live.capture import FRAMES, OUTLINE_PX
from posture.live.session import SHOWN, STRIP_S, Capture, Task, ThreePoseCapture
from posture.plan.intake import Intake
from posture.quality.view import common_roll
from posture.render import theme
from posture.render.camera_place import CAPTION, camera_place
from posture.render.charts.live import strip
from posture.render.drawings import drawing as drawing_of
from posture.render.drawings import standing_alone
from posture.text.labels import NAMES, sentence

TASKS = {"check": "Measure how I stand", "poses": "Three poses: relaxed, arched, tucked"}
MADE = {"check": Capture, "poses": ThreePoseCapture}
POSE_WORDS = {
    "relaxed": "Stand relaxed, as you always do.",
    "arched": "Now arch your lower back as far as you can without pain, and stay.",
    "tucked": "Now tuck your pelvis under as far as you can without pain, and stay.",
}
COLOURS = {"guide": theme.AMBER, "hold": theme.LEG, "measure": theme.ACCENT, "taken": theme.ACCENT}


class Room:
    """One visitor's live page: who watches, and what was measured so far, by the name of the hold.

    told : how many of the photos the whole page was drawn with
    measured : share of the frames of a hold that were looked at · since_s : when the camera was switched on
    answers : what was told when the page was drawn last; the thread that measures cannot ask the session
    """

    def __init__(self) -> None:
        self.chosen = "check"
        self.photos: dict[str, Photo] = {}
        self.drawn = 0
        self.answers = Intake()
        self.measured, self.since_s = 0.0, time.monotonic()
        self.measuring: Measuring | None = None
        self.watcher = Watcher(Capture(), self._held, follow=self._follow)

    def _follow(self, task: Task) -> None:
        """Look at the frames of a hold as they are taken; of a hold that is lost, at no more."""
        assert isinstance(task, (Capture, ThreePoseCapture))
        if self.measuring is not None and self.measuring.lost(task.frames):
            self.measuring.leave()
            self.measuring = None
        if task.frames and self.measuring is None:
            self.measured = 0.0
            self.measuring = Measuring(self.answers, self._hear, FRAMES)
        if self.measuring is not None:
            self.measuring.follow(task.frames)

    def _held(self, task: Task, name: str, frames: list[Pixels]) -> None:  # noqa: ARG002 - they were followed
        measuring, self.measuring = self.measuring, None
        if measuring is None:  # another task was begun meanwhile
            return
        photo = measuring.photo()
        if self.watcher.task is task:  # nothing else was chosen meanwhile
            self.photos[name] = photo

    def _hear(self, share: float) -> None:
        self.measured = share

    def begin(self, chosen: str) -> None:
        """Begin a task anew."""
        self.chosen, self.photos, self.drawn = chosen, {}, 0
        if self.measuring is not None:
            self.measuring.leave()
            self.measuring = None
        self.watcher.begin(MADE[chosen]())


def show() -> None:
    """Draw the page."""
    if emergency():
        return
    st.title(tr("Live"), anchor=False)
    st.write(
        tr(
            "Put the camera at hip height, stand side on, the whole body in the picture, tight clothes. You will be "
            "told what to do; after two good seconds the measurement takes itself."
        )
    )
    room: Room = st.session_state.setdefault("live_room", Room())
    room.answers = questionnaire.intake()
    chosen = st.segmented_control(
        tr("What for"), list(TASKS), default="check", required=True,
        format_func=lambda task: tr(TASKS[task]), key=questionnaire.ANSWER_KEY + "live_task",
    )  # fmt: skip
    if chosen and chosen != room.chosen:
        room.begin(chosen)
    if chosen == "poses" and not may_move():
        return
    before_camera(room, "live", lambda aloud: _go_on(room, aloud), drawing_of("guide_stand"))
    if not room.watcher.pulse().frames:
        picture(standing_alone(camera_place(tr)), tr(CAPTION), "320px")
    if room.photos and st.button(tr("Begin again"), icon=":material/replay:"):
        room.begin(room.chosen)
        st.rerun()
    if room.chosen == "poses":
        _range(room)


def _go_on(room: Room, aloud: bool) -> None:
    """The words of this moment; drawn anew while the camera is on."""
    watcher, task = room.watcher, room.watcher.task
    assert isinstance(task, (Capture, ThreePoseCapture))
    if trouble(watcher, room.since_s):
        if watcher.fault and st.button(tr("Begin again"), key="again_after_fault"):
            room.begin(room.chosen)
        return
    first, then, colour = _words(task, len(room.photos) == len(POSES))
    state = task.state
    instruct(first, then, colour, room.measured if state.phase == "taken" else state.done_share, state.left_s)
    if state.phase != "guide":
        st.html("<style>#posture-outline{display:none!important}</style>")
    if aloud:
        say_aloud(first, state.asked is None)
    if 0 < min(watcher.pulse().size) < OUTLINE_PX:
        st.warning(tr("This camera sends few pixels: joint angles only. The tilt of the pelvis is not read."))
    if (analyzer := watcher.analyzer) is not None and questionnaire.answer("live_figures"):
        for name in SHOWN:
            chart = strip(tr(NAMES[name]), analyzer.strip[name], STRIP_S)
            picture(standing_alone(chart), tr(NAMES[name]))
    pulse_words(watcher)
    if room.chosen == "check" and (photo := room.photos.get("")) is not None:
        page = "result"
        try:
            session.keep(photo)
        except PostureError as error:
            st.session_state["not_read"], page = [("", error)], "photo"
        room.photos.clear()  # once it is kept: a click may end this run at any touch of the session's state
        room.begin("check")
        navigate(page)
    if room.chosen == "poses" and len(room.photos) > room.drawn:
        room.drawn = len(room.photos)
        st.rerun()


def _words(task: Capture | ThreePoseCapture, measured: bool) -> tuple[str, str, str]:
    """The one thing to do, how, and its colour; ``measured``: nothing is left to do."""
    state = task.state
    colour = COLOURS[state.phase]
    which = tr(POSE_WORDS[task.pose]) if isinstance(task, ThreePoseCapture) and not task.done else ""
    if state.asked is not None:
        return *_asked(state.asked), colour
    if state.phase == "guide":
        return which or tr("Come into the picture, side on"), "", colour
    if state.phase == "hold":
        return tr("Good. Stay like this."), which, colour
    if state.phase == "measure":
        return tr("Measuring, stay like this."), which, colour
    return tr("Thank you. You may move."), tr("Your range stands below.") if measured else tr("Measuring …"), colour


def _asked(issue: Issue) -> tuple[str, str]:
    return f"{sentence(tr(issue.retake))}.", f"{sentence(tr(issue.message))}."


def _range(room: Room) -> None:
    """The dial once all three were measured."""
    if len(room.photos) < len(POSES):
        return
    answers = questionnaire.intake()
    seen = {pose: room.photos[pose].examine(answers, lenient=False) for pose in POSES}
    if (roll := common_roll(one.view for one in seen.values())) is not None:
        seen = {pose: room.photos[pose].examine(answers, lenient=False, roll=roll) for pose in POSES}
    found = three_poses({pose: examination.report for pose, examination in seen.items()})
    show_range(found)
