"""The frames of a hold are measured while the last of them are still being taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Queue

from posture.app import session
from posture.app.photo import Photo
from posture.body.frame import Frame, Pixels
from posture.io.camera import still
from posture.plan.intake import Intake

#: A hold that brings no frame for so long, and no end, was left; its thread ends, seconds.
LEFT_S = 10.0


class Left(Exception):
    """The hold was lost, or its visitor left: what was looked at is of no use."""


class Measuring:
    """One hold, from its first frame to its photo, in a thread of its own; ``hear`` is told shares of ``whole``."""

    def __init__(self, answers: Intake, hear: Callable[[float], None], whole: int) -> None:
        self._news: Queue[Frame | None] = Queue()
        self._given, self._left = 0, False
        pool = ThreadPoolExecutor(1, "posture-measuring")
        self._photo: Future[Photo] = pool.submit(
            session.held, self._frames(), answers, lambda looked: hear(looked / whole)
        )
        pool.shutdown(wait=False)

    def follow(self, taken: Sequence[Pixels]) -> None:
        """Take the frames that are new among all that were taken so far."""
        for pixels in taken[self._given :]:
            self._news.put(still(pixels))
        self._given = len(taken)

    def lost(self, taken: Sequence[Pixels]) -> bool:
        """Whether the hold that was followed is over, and another may have begun."""
        return len(taken) < self._given

    def leave(self) -> None:
        """Let it go: nobody asks for its photo."""
        self._left = True
        self._news.put(None)

    def photo(self) -> Photo:
        """The photo, once all frames were followed; waits for it. Raises what kept it from being made."""
        self._news.put(None)
        return self._photo.result()

    def _frames(self) -> Iterator[Frame]:
        while True:
            try:
                frame = self._news.get(timeout=LEFT_S)
            except Empty:
                raise Left from None
            if self._left:
                raise Left
            if frame is None:
                return
            yield frame
