"""Things done at the same time, where there are cores for them."""

from __future__ import annotations

import gc
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures.thread import _global_shutdown_lock
from threading import Barrier, Event, Thread, current_thread

import cv2
import pytest

from posture.vision.model_pool import ModelPool, closing, pool, threads


@pytest.fixture
def one_core():
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)


@pytest.mark.usefixtures("one_core")
def test_a_process_with_one_core_does_one_thing_at_a_time_and_starts_no_thread() -> None:
    done: list[int] = []
    with pool(threads(), "look") as crew:
        first = crew.submit(lambda: done.append(1) or current_thread())
        assert done == [1]  # before anybody asks
        assert first.result() is current_thread()
        assert list(crew.map(lambda a, b: a * b, (2, 3), (5, 7))) == [10, 21]
        with pytest.raises(ZeroDivisionError):
            crew.submit(lambda: 1 / 0).result()


def test_two_things_are_done_at_the_same_time_by_threads_of_the_name_given() -> None:
    both = Barrier(2, timeout=30)  # passed only when two wait at it

    def meet() -> str:
        both.wait()
        return current_thread().name

    with pool(2, "look") as crew:
        names = [future.result() for future in [crew.submit(meet), crew.submit(meet)]]
    assert len(set(names)) == 2
    assert all(name.startswith("look") for name in names)


class Task:
    """Stands for a task of MediaPipe, which hands its closing to a thread of its own: here the one of ``crew``."""

    def __init__(self, crew: Executor | None = None, thread_is_gone: bool = False) -> None:
        self.closed, self.times, self.thread_is_gone, self._lib = Event(), 0, thread_is_gone, self
        self.crew = crew or pool(1, "none")

    def close(self) -> None:
        if self.thread_is_gone:
            self.thread_is_gone = False  # asked as the library, it only notes that it is closed
            raise RuntimeError("cannot schedule new futures after shutdown")
        self.times += 1
        self.crew.submit(self.closed.set).result()


def test_a_copy_is_lent_to_one_at_a_time_and_comes_back_after_a_failure() -> None:
    a, b = both = Task(), Task()
    copies = ModelPool(iter(both).__next__, 2)
    with copies.borrow() as one, copies.borrow() as other:
        assert {one, other} == {a, b}
    with pytest.raises(ValueError, match="broken"), copies.borrow() as again:
        raise ValueError("broken")
    with copies.borrow() as one, copies.borrow() as other:
        assert again in {one, other} == {a, b}


def test_copies_are_closed_with_their_owner_and_not_before() -> None:
    task = Task()
    copies = ModelPool(lambda: task, 1)
    copies.me = copies  # type: ignore[attr-defined]  # only the collector of circles finds it
    gc.collect()
    assert not task.closed.is_set()
    del copies
    gc.collect()
    assert task.closed.wait(30)


def test_the_collector_may_run_while_another_task_hands_something_over() -> None:
    """Executors share a lock that knows no owner: who waits for it while holding it waits for ever."""
    task = Task(ThreadPoolExecutor(1))
    copies = [ModelPool(lambda: task, 1)]

    def collect() -> None:
        with _global_shutdown_lock:
            copies.clear()
            gc.collect()

    collecting = Thread(target=collect, daemon=True)
    collecting.start()
    collecting.join(30)
    assert not collecting.is_alive()
    assert task.closed.wait(30)


@pytest.mark.parametrize("thread_is_gone", [False, True])
def test_what_is_closed_at_once_is_closed_once(thread_is_gone: bool) -> None:
    task, owner = Task(thread_is_gone=thread_is_gone), ModelPool(Task, 1)
    closing().with_owner(owner, task)
    for _ in range(2):
        closing().now(task)
    assert not task.thread_is_gone
    assert task.times == (2 if thread_is_gone else 1)  # once as the library
