"""The thread that looks at one visitor's camera: always at the newest frame; those that came meanwhile are passed over.

Streamlit's script asks it where things stand; nothing here touches the page.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from posture.body.frame import Pixels
from posture.io.camera import at_most
from posture.knowledge.load import Knowledge
from posture.live.session import FrameAnalyzer, Task

#: A thread to which no frame came for so long ends, seconds; the next frame begins another.
IDLE_S = 10.0
#: Rate and time per frame are told of so many last frames.
REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class Pulse:
    """Pace of the analysis.

    rate_hz : frames looked at a second · size : (width, height) of the last one, px · usual_ms, slow_ms : time spent on
    a frame, median and 95th percentile · silent_s : since the last frame came · frames : looked at so far
    """

    rate_hz: float
    size: tuple[int, int]
    usual_ms: float
    slow_ms: float
    silent_s: float
    frames: int


class Watcher:
    """Shows a task the newest frames of one camera.

    fault : name of the error that stopped it, "" while it goes on; a new task begins anew
    held : given the task, the name and the frames of each completed hold · outlines : the task needs the trunk's edges
    follow : given the task after each frame
    analyzer : what frames are analyzed with, None while nothing comes · task : what it looks for
    """

    def __init__(
        self,
        task: Task,
        held: Callable[[Task, str, list[Pixels]], None] = lambda *_: None,
        outlines: bool = False,
        follow: Callable[[Task], None] = lambda _: None,
    ) -> None:
        self.task, self._held, self._outlines, self._follow = task, held, outlines, follow
        self.fault = ""
        self.analyzer: FrameAnalyzer | None = None
        self._news = threading.Condition()
        self._newest: tuple[float, Any] | None = None
        self._thread: threading.Thread | None = None
        self._ended = False
        self._came_s = time.monotonic()
        self._spent: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._size, self._frames = (0, 0), 0

    def offer(self, frame: Any) -> None:
        """A frame (av.VideoFrame) has come; called from the thread of the connection, and gone from at once."""
        with self._news:
            self._came_s = time.monotonic()
            self._newest = (self._came_s, frame)
            self._ended = False
            self._begin_looking()
            self._news.notify()

    def _begin_looking(self) -> None:
        """A thread where there is none; one at a time, until it has let its models go."""
        if self._thread is None and not self.fault:
            self._thread = threading.Thread(target=self._run, daemon=True, name="live")
            self._thread.start()

    def begin(self, task: Task) -> None:
        """Look for something else from the next frame on."""
        with self._news:
            self.task, self.fault = task, ""

    def end(self) -> None:
        """The camera is off."""
        with self._news:
            self._ended, self._newest = True, None
            self._news.notify()

    def pulse(self) -> Pulse:
        """Pace of the analysis."""
        with self._news:
            spent = list(self._spent)
            silent, size, frames = time.monotonic() - self._came_s, self._size, self._frames
        if len(spent) < 2:
            return Pulse(0.0, size, 0.0, 0.0, silent, frames)
        rate = (len(spent) - 1) / max(1e-6, spent[-1][0] - spent[0][0])
        usual, slow = np.percentile([1000 * one for _, one in spent], (50, 95))
        return Pulse(rate, size, float(usual), float(slow), silent, frames)

    def _run(self) -> None:
        try:
            self.analyzer = analyzer = FrameAnalyzer(Knowledge.load(), beside=True, outlines=self._outlines)
            try:
                while (came := self._next()) is not None:
                    self._show(analyzer, *came)
            finally:
                analyzer.close()
        except Exception as error:  # noqa: BLE001 - whatever it was, the page says that looking has stopped
            at = error.__traceback__
            while at is not None and at.tb_next is not None:
                at = at.tb_next
            where = "" if at is None else f" at {at.tb_frame.f_code.co_name}:{at.tb_lineno}"
            sys.stderr.write(f"posture: {type(error).__name__} while looking at a camera{where}\n")
            self.fault = type(error).__name__
        finally:
            with self._news:
                self.analyzer = self._thread = None  # what a visitor who left keeps for an hour is small
                if self._newest is not None:
                    self._begin_looking()

    def _next(self) -> tuple[float, Any] | None:
        """The newest frame when there is one; None once the camera is off or silent for long."""
        with self._news:
            self._news.wait_for(lambda: self._newest is not None or self._ended, IDLE_S)
            came, self._newest = self._newest, None
            return came

    def _show(self, analyzer: FrameAnalyzer, at_s: float, frame: Any) -> None:
        began = time.perf_counter()
        pixels = at_most(frame.to_ndarray(format="rgb24"))
        task = self.task
        task.see(analyzer.analyze(pixels, at_s), pixels)
        self._follow(task)
        with self._news:
            self._spent.append((at_s, time.perf_counter() - began))
            self._size, self._frames = (pixels.shape[1], pixels.shape[0]), self._frames + 1
        if held := task.take():
            self._held(task, *held)
