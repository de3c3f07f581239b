"""How many things are done at the same time: one on each core that this process may use, and at most two."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

import cv2

from posture.vision.mediapipe_models import quiet

P = ParamSpec("P")
T = TypeVar("T")


def threads() -> int:
    """How many looks are taken at the same time, each on a core of its own; OpenCV is told how many there are."""
    return min(2, max(1, cv2.getNumThreads()))


def pool(count: int, name: str) -> Executor:
    """What does ``count`` things at the same time, in threads of that name; one at a time is done at once, in none."""
    return ThreadPoolExecutor(count, name) if count > 1 else _AtOnce()


class _AtOnce(Executor):
    """Does each thing when it is handed over: threads that take turns cost a batch of many processes 2 %."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """What was done, as a future that waits for nothing; what it raises is raised here."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def close_with(owner: object, task: Any) -> Callable[[], object]:
    """Close a MediaPipe task when its owner goes or the process ends; what is returned closes it at once."""
    return weakref.finalize(owner, _close, task)


def _close(task: Any) -> None:
    try:
        task.close()
    except RuntimeError:  # the process ends: the thread in which the task works is gone, so it is only marked as closed
        task._lib.close()
        task.close()


class Copies:
    """As many copies of one MediaPipe task as threads may look at the same time; each look borrows one.

    A task answers one question at a time, on one core. Copies give the very same answers. They are closed with their
    owner: a task that is left to the collector of reference cycles stops the process for good (MediaPipe 0.10.31).
    """

    def __init__(self, make: Callable[[], Any], count: int) -> None:
        self._free: SimpleQueue[Any] = SimpleQueue()
        with quiet():
            for _ in range(count):
                task = make()
                close_with(self, task)
                self._free.put(task)

    @contextlib.contextmanager
    def lent(self) -> Iterator[Any]:
        """One copy, for the block; waits until one is free."""
        task = self._free.get()
        try:
            yield task
        finally:
            self._free.put(task)
