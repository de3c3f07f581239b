"""The live page without a browser: the thread that watches, three poses in turn, a hold as a photo, the strip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from posture.app import photo as photo_module
from posture.app import session
from posture.app.live import sound
from posture.app.live import watcher as module
from posture.app.live.watcher import Watcher
from posture.body.frame import Frame
from posture.followup.live_report import live_report
from posture.followup.three_poses import POSES
from posture.io.camera import still
from posture.knowledge.load import Knowledge
from posture.live.capture import FRAMES, TOO_SLOW, Live, Seen, judge, live_gates, live_knowledge, step
from posture.live.session import Capture, FrameAnalyzer, ThreePoseCapture
from posture.measures.measurement import Measurement
from posture.pipeline import Examination, examine
from posture.plan.intake import Intake
from posture.render.charts.live import strip
from tests.figures import Figure, observation
from tests.live.test_capture import GOOD, KNOWLEDGE
from validation.record import SAMPLES

Pixels = NDArray[np.uint8]
BLANK = np.full((72, 128, 3), 90, np.uint8)


class Sent:
    """A frame as the connection brings it."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels

    def to_ndarray(self, format: str) -> Pixels:  # noqa: A002 - as PyAV names it
        assert format == "rgb24"
        return self.pixels


class Counting:
    """A task that counts, or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.seen, self.fails, self.given = 0, fails, False

    def see(self, seen: Seen, pixels: Pixels) -> None:  # noqa: ARG002
        if self.fails:
            raise RuntimeError("a defect")
        self.seen += 1

    def take(self) -> tuple[str, list[Pixels]] | None:
        if self.given or self.seen < 3:
            return None
        self.given = True
        return "three", [BLANK] * 3


class NoEye:
    """Looks at nothing, quickly."""

    def __init__(self, knowledge: Knowledge, beside: bool, outlines: bool) -> None:  # noqa: ARG002
        assert beside
        assert not outlines

    def analyze(self, pixels: Pixels, at_s: float) -> Seen:  # noqa: ARG002
        return Seen(at_s, None, None, None)

    def close(self) -> None: ...


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class TestWatcher:
    @pytest.fixture(autouse=True)
    def _no_eye(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "FrameAnalyzer", NoEye)

    def test_it_shows_frames_and_hands_on_a_hold_once(self) -> None:
        task, held = Counting(), list[tuple[str, int]]()
        watcher = Watcher(task, lambda _, name, frames: held.append((name, len(frames))))
        assert until(lambda: (watcher.offer(Sent(BLANK)), bool(held) and task.seen > 5)[1])
        assert held == [("three", 3)]
        pulse = watcher.pulse()
        assert pulse.size == (128, 72)
        assert pulse.rate_hz > 1
        assert pulse.silent_s < 5
        watcher.end()

    def test_a_fault_is_told_and_a_new_task_begins_anew(self, capsys: pytest.CaptureFixture[str]) -> None:
        watcher = Watcher(Counting(fails=True), lambda *_: None)
        watcher.offer(Sent(BLANK))
        assert until(lambda: watcher.fault == "RuntimeError")
        assert "RuntimeError" in capsys.readouterr().err
        watcher.offer(Sent(BLANK))
        assert watcher.pulse().frames == 0
        task = Counting()
        watcher.begin(task)
        assert until(lambda: (watcher.offer(Sent(BLANK)), task.seen > 0)[1])
        watcher.end()

    def test_the_thread_ends_with_the_camera_and_begins_with_the_next_frame(self) -> None:
        task = Counting()
        watcher = Watcher(task, lambda *_: None)
        watcher.offer(Sent(BLANK))
        assert until(lambda: task.seen == 1)
        watcher.end()
        assert until(lambda: not any(thread.name == "live" for thread in threading.enumerate()))
        watcher.offer(Sent(BLANK))
        assert until(lambda: task.seen == 2)
        watcher.end()

    def test_what_is_left_of_a_camera_that_is_off_is_small_and_no_second_thread_looks(self) -> None:
        closing, close = threading.Event(), threading.Event()

        class SlowToClose(NoEye):
            def close(self) -> None:
                closing.set()
                close.wait(10)

        module.FrameAnalyzer = SlowToClose  # type: ignore[misc]
        task = Counting()
        watcher = Watcher(task, lambda *_: None)
        watcher.offer(Sent(BLANK))
        assert until(lambda: task.seen == 1)
        watcher.end()
        assert closing.wait(10)
        watcher.offer(Sent(BLANK))  # the camera is switched on again while the models are being let go
        assert sum(thread.name == "live" for thread in threading.enumerate()) == 1
        close.set()
        assert until(lambda: task.seen == 2)
        watcher.end()
        assert until(lambda: watcher.analyzer is None)

    def test_of_4k_no_more_is_looked_at_than_of_full_hd(self) -> None:
        task = Counting()
        watcher = Watcher(task, lambda *_: None)
        watcher.offer(Sent(np.full((2160, 3840, 3), 90, np.uint8)))
        assert until(lambda: watcher.pulse().frames == 1)
        assert watcher.pulse().size == (1920, 1080)
        watcher.end()


class TestEye:
    def test_black_frames_and_empty_rooms_are_told_apart(self) -> None:
        analyzer = FrameAnalyzer(KNOWLEDGE)
        try:
            assert analyzer.analyze(np.zeros((72, 128, 3), np.uint8), 0.0).problem.code == "dark"  # type: ignore[union-attr]
            assert analyzer.analyze(np.full((72, 128, 3), 128, np.uint8), 0.1).problem.code == "no_person"  # type: ignore[union-attr]
            assert analyzer.strip["hip_angle"] == ((0.0, None),)  # five values a second, and none is invented
        finally:
            analyzer.close()

    def test_somebody_standing_is_followed_and_a_second_person_found_beside_it(self) -> None:
        person = np.asarray(Image.open(SAMPLES / "typical.jpg").convert("RGB").resize((405, 720)))
        one = np.full((720, 1280, 3), person[5, 5], np.uint8)
        one[:, 100:505] = person
        two = one.copy()
        two[:, 700:1105] = person
        for beside in (False, True):
            analyzer = FrameAnalyzer(KNOWLEDGE, beside)
            try:
                first = analyzer.analyze(one, 0.0)
                assert first.view is not None
                assert first.view.body is not None
                assert [analyzer.analyze(one, 0.1 * k).problem for k in range(1, 20)].count(None) == 19
                found = [analyzer.analyze(two, 2.0 + 0.1 * k).problem for k in range(40)]
                assert any(problem is not None and problem.code == "several_people" for problem in found)
                assert len(analyzer.strip["hip_angle"]) > 5
            finally:
                analyzer.close()


def seen(at_s: float) -> Seen:
    return judge(at_s, GOOD, live_gates(KNOWLEDGE.gates))


def test_three_poses_are_asked_for_one_after_another() -> None:
    task, taken, at = ThreePoseCapture(), list[str](), 0.0
    while not task.done and at < 60:
        at += 0.1
        task.see(seen(at), BLANK)
        if (held := task.take()) is not None:
            taken.append(held[0])
            assert len(held[1]) == FRAMES
            assert task.take() is None
    assert tuple(taken) == POSES
    assert at > 3 * (2 + 3) + 2 * 4  # each hold and its frames, and time to change


def test_a_check_that_is_lost_forgets_its_frames() -> None:
    check = Capture()
    for k in range(30):
        check.see(seen(k / 10), BLANK)
    assert check.state.taken
    for k in range(30, 40):
        check.see(judge(k / 10, observation(Figure(yaw_gap=0.5)), live_gates(KNOWLEDGE.gates)), BLANK)
    assert (check.state.taken, check.take(), check._frames) == ((), None, [])


def test_frames_that_come_too_slowly_show_nobody_standing_still() -> None:
    state = Live()
    for k in range(30):
        state = step(state, seen(0.7 * k))
    assert state.asked == TOO_SLOW
    assert state.taken == ()


def test_a_hold_is_a_photo_whose_numbers_are_medians(monkeypatch: pytest.MonkeyPatch) -> None:
    person = np.asarray(Image.open(SAMPLES / "typical.jpg").convert("RGB").resize((405, 720)))
    chance = np.random.default_rng(5)
    frames = []
    for _ in range(4):
        pixels = np.full((720, 1280, 3), person[5, 5], np.uint8)
        pixels[:, 430:835] = np.clip(person + chance.normal(0, 4, person.shape), 0, 255).astype(np.uint8)
        frames.append(still(pixels))
    shares: list[int] = []
    examined: list[str] = []

    def counted(frame: Frame, *asked: Any) -> Examination:
        examined.append(frame.sha256)
        return examine(frame, *asked)

    monkeypatch.setattr(photo_module, "examine", counted)
    told = Intake(clothing="tight")
    photo = session.held(frames, told, shares.append)
    photo.examine(told, lenient=False)
    assert sorted(examined) == sorted(frame.sha256 for frame in frames)  # each once, the one that is shown as well
    examined.clear()
    assert shares == [1, 2, 3, 4]
    assert all(frame.pixels_hwc.shape[0] == 1 for frame, _ in photo.hold)
    report = photo.examine(Intake(), lenient=False).report
    assert report.photo.sha256 == photo.frame.sha256
    assert len(examined) == len(frames)  # other answers: each once more
    own = [examine(frame, kept, live_knowledge(KNOWLEDGE)).report for frame, kept in photo.hold]
    hips = [r.measurements["hip_angle"] for r in own]
    value = report.measurements["hip_angle"]
    assert isinstance(value, Measurement)
    assert value.quantity.value == pytest.approx(
        np.median([m.quantity.value for m in hips if isinstance(m, Measurement)])
    )
    photo.put("knee", (620.0, 500.0))
    assert photo.examine(Intake(), lenient=False).report.by_hand == ("knee",)
    assert live_report(own, live_knowledge(KNOWLEDGE), Intake())[0].status == "analyzed"


class TestStrip:
    def test_a_gap_is_drawn_as_a_gap(self) -> None:
        whole = [(k / 5, 4.0) for k in range(50)]
        broken = [*whole[:20], (4.0, None), *whole[26:]]
        assert strip("Hip", whole, 60).count("<polyline") == 1
        assert strip("Hip", broken, 60).count("<polyline") == 2
        silent = [*whole[:20], *((at + 3.0, value) for at, value in whole[20:])]
        assert strip("Hip", silent, 60).count("<polyline") == 2

    def test_a_number_that_is_gone_is_not_shown(self) -> None:
        drawn = strip("Hip", [(0.0, 4.0), (0.2, None)], 60)
        assert "<circle" not in drawn
        assert "Hip: " not in drawn
        assert "Hip: 4°" in strip("Hip", [(0.0, 4.0)], 60)
        assert strip("Hip", [], 60).startswith("<svg")


def test_words_cannot_break_out_of_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(sound.st, "html", lambda html, **_: drawn.append(html))
    sound.say_aloud("</script><b>", True)
    assert len(drawn) == 1
    assert r"\u003c/script>\u003cb>" in drawn[0]
    assert "</script><b>" not in drawn[0]


class TestByTheClock:
    """An exercise that the coach does not know: one set at a time, counted."""

    @staticmethod
    def page() -> None:
        import streamlit as st

        from posture.app.live.timed import Clock, by_the_clock
        from posture.plan.choice import Item

        dose = {"sets": 2, "reps": 3, "tempo": "2 s up, 2 s down", "days_per_week": 3}
        item = Item("glute_bridge", "strengthen", "none", dose, (1, 8), (), "", ())
        by_the_clock(
            item,
            "Bridge",
            st.session_state.setdefault("clock", Clock()),
            st.session_state.setdefault("done", []),
        )

    def test_a_set_runs_counts_and_ends_by_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from streamlit.testing.v1 import AppTest

        now = [100.0]
        monkeypatch.setattr("posture.app.live.timed.time.monotonic", lambda: now[0])
        visitor = AppTest.from_function(TestByTheClock.page, default_timeout=60).run()
        visitor.button[0].click().run()
        assert visitor.session_state["clock"].since_s == 100.0
        now[0] = 100 + 5 + 4 + 1  # ready, one repetition, into the second
        visitor.run()
        assert visitor.session_state["done"] == []
        now[0] = 100 + 5 + 12 + 0.5
        visitor.run()
        (practice,) = visitor.session_state["done"]
        assert (practice.exercise, practice.reps, practice.held_s, practice.watched) == ("glute_bridge", 3, 12.0, False)
        assert visitor.session_state["clock"].since_s is None
        assert any("Sets done: 1 of 2" in text.value for text in visitor.markdown)

    def test_a_set_that_is_stopped_keeps_what_was_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from streamlit.testing.v1 import AppTest

        now = [0.0]
        monkeypatch.setattr("posture.app.live.timed.time.monotonic", lambda: now[0])
        visitor = AppTest.from_function(TestByTheClock.page, default_timeout=60).run()
        visitor.button[0].click().run()
        now[0] = 5 + 4 + 3
        visitor.button[-1].click().run()
        (practice,) = visitor.session_state["done"]
        assert (practice.reps, practice.held_s) == (1, 7.0)


class TestMeasuring:
    """A hold is measured while its frames are taken."""

    def begun(self, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[str], list[float]]:
        from posture.app.live import measuring

        looked: list[str] = []

        def held(frames: Any, answers: Intake, progress: Any) -> str:  # noqa: ARG001
            for frame in frames:
                looked.append(frame.sha256)
                progress(len(looked))
            return "photo"

        monkeypatch.setattr(session, "held", held)
        shares: list[float] = []
        return measuring.Measuring(Intake(), shares.append, 4), looked, shares

    @staticmethod
    def pixels(k: int) -> Any:
        return np.full((8, 8, 3), k, np.uint8)

    def test_each_frame_is_given_once_and_the_photo_waits_for_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one, looked, shares = self.begun(monkeypatch)
        taken = [self.pixels(k) for k in range(4)]
        one.follow(taken[:2])
        one.follow(taken[:3])
        one.follow(taken)
        assert one.photo() == "photo"
        assert len(looked) == len(set(looked)) == 4
        assert shares == [0.25, 0.5, 0.75, 1.0]

    def test_a_hold_that_is_lost_ends_its_thread(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from posture.app.live.measuring import Left

        one, looked, _ = self.begun(monkeypatch)
        one.follow([self.pixels(0), self.pixels(1)])
        assert not one.lost([self.pixels(0), self.pixels(1)])
        assert one.lost([])
        one.leave()
        with pytest.raises(Left):
            one.photo()
        assert len(looked) <= 2

    def test_who_leaves_without_a_word_is_not_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from posture.app.live import measuring

        monkeypatch.setattr(measuring, "LEFT_S", 0.05)
        one, _, _ = self.begun(monkeypatch)
        with pytest.raises(measuring.Left):
            one._photo.result(timeout=30)
