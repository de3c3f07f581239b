"""Pools of threads and of models: one on each core that this process may use, and at most two."""

from __future__ import annotations

import atexit
import contextlib
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

import cv2

from posture.vision.mediapipe_models import quiet

P = ParamSpec("P")
T = TypeVar("T")


def threads() -> int:
    """Number of inferences at the same time, each on a core of its own; OpenCV is given the same number."""
    return min(2, max(1, cv2.getNumThreads()))


def pool(count: int, name: str) -> Executor:
    """An executor of ``count`` threads of that name; for one it runs everything at once, in no thread."""
    return ThreadPoolExecutor(count, name) if count > 1 else _AtOnce()


class _AtOnce(Executor):
    """Does each thing when it is handed over: threads that take turns cost a batch of many processes 2 %."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The finished result as a future; an exception is raised here."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class _Closing:
    """Closes MediaPipe's tasks outside of the collector of circles, which may run at any moment.

    A task hands its closing to a thread of its own and waits for it. Where the collector runs while another task is
    just handing something over, that waits for a lock that it holds itself, for ever. So the collector only puts a task
    into a queue, which is safe there, and a thread takes it out.
    """

    def __init__(self) -> None:
        self._left: SimpleQueue[Any] = SimpleQueue()
        self._open: set[Any] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._work, daemon=True, name="closing").start()
        atexit.register(self._close_all)

    def with_owner(self, owner: object, task: Any) -> None:
        """Close the task when its owner goes, or the process ends."""
        self._open.add(task)
        weakref.finalize(owner, self._left.put, task).atexit = False

    def now(self, task: Any) -> None:
        """Close it at once. What is closed already stays so."""
        with self._lock:
            if task not in self._open:
                return
            self._open.discard(task)
            try:
                task.close()
            except RuntimeError:  # the process ends and the task's thread has ended: only mark the task as closed
                task._lib.close()
                task.close()

    def _work(self) -> None:
        while True:
            self.now(self._left.get())

    def _close_all(self) -> None:
        for task in list(self._open):
            self.now(task)


@cache
def closing() -> _Closing:
    """The one of this process."""
    return _Closing()


class ModelPool:
    """As many copies of one MediaPipe task as threads may look at the same time; each look borrows one.

    A task answers one question at a time, on one core. Copies give the very same answers. They are closed with their
    owner: a task that is left to the collector of reference cycles stops the process for good (MediaPipe 0.10.31).
    """

    def __init__(self, make: Callable[[], Any], count: int) -> None:
        self._free: SimpleQueue[Any] = SimpleQueue()
        with quiet():
            for _ in range(count):
                task = make()
                closing().with_owner(self, task)
                self._free.put(task)

    @contextlib.contextmanager
    def borrow(self) -> Iterator[Any]:
        """One copy, for the block; waits until one is free."""
        task = self._free.get()
        try:
            yield task
        finally:
            self._free.put(task)
