"""Measuring with many workers, of which any may be ended from outside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

from posture.batch.worker import Done, Task, begin, held_back, measure
from posture.errors import SetupError, TimeLimit, UnsuitablePhoto, UsageError, WorkerEnded, install_hint

#: Photos waiting at each worker: enough to keep it busy, few enough to hold memory flat.
WAITING = 3
#: How long a cluster may take to answer, and to have a worker, seconds.
CLUSTER_S = 10.0
#: How often a photo may take its worker down before it gets a row that says so.
MOST_ENDS = 2


class _Processes(ProcessPoolExecutor):
    """Processes of this machine that end with this one, however it ends."""

    def __init__(self, workers: int) -> None:
        # read by the C library of each as it starts: with more stores of memory a worker grows by a fifth for nothing
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        super().__init__(workers, get_context("spawn"), begin)

    def submit(self, *task: Any, **named: Any) -> Future[Any]:
        """Start what workers are missing with the signals held back, so that each is known before one is answered."""
        with held_back():
            return super().submit(*task, **named)


#: What measures: makes a pool; how many photos wait there; how it says "killed"; raises UsageError where nobody works.
Engine = tuple[Callable[[], Executor], int, tuple[type[Exception], ...], Callable[[], None]]


def make_engine(scheduler: str | None, workers: int) -> Engine:
    """Processes of this machine, or a Dask cluster."""
    if scheduler is None:
        return lambda: _Processes(workers), WAITING * workers, (), _somebody
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise SetupError(f"--scheduler needs Dask: {install_hint('cluster')}") from error
    try:
        client = Client(scheduler, timeout=CLUSTER_S)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: no cluster answers ({error})") from error

    def somebody() -> None:
        try:
            if client.status == "running":  # if not, the futures say so themselves
                client.wait_for_workers(1, timeout=CLUSTER_S)
        except TimeoutError as error:
            raise UsageError(
                f"--scheduler {scheduler}: the cluster has no worker and got none within {CLUSTER_S:.0f} s: "
                f"start some with dask worker {scheduler}, then give the same command, "
                "with --resume if photos were measured already"
            ) from error

    somebody()
    workers = max(1, sum(client.nthreads().values()))
    return lambda: client.get_executor(pure=False), WAITING * workers, (KilledWorker,), somebody


def _somebody() -> None:
    """Processes of this machine are there, or their pool is broken."""


def measured(
    tasks: list[Task],
    make_pool: Callable[[], Executor],
    waiting: int,
    killed: tuple[type[Exception], ...] = (),
    check: Callable[[], None] = _somebody,
    check_s: float = CLUSTER_S,
) -> Iterator[Done]:
    """Every task's result, as they are done. ``killed``: how a cluster says that a task ended its workers.

    ``check`` is asked whether anybody works where nothing was done for ``check_s`` seconds.

    Where a worker was ended from outside, the photos that were with the pool are measured again one by one; one that
    ends its worker each time gets a row that says so.
    """
    left = list(reversed(tasks))
    while left:
        in_flight: list[Task] = []
        yield from _run_in_pool(left, in_flight, make_pool, waiting, killed, check, check_s)
        yield from _retry_isolated(in_flight, make_pool)


def _run_in_pool(
    left: list[Task],
    in_flight: list[Task],
    make_pool: Callable[[], Executor],
    waiting: int,
    killed: tuple[type[Exception], ...],
    check: Callable[[], None],
    check_s: float,
) -> Iterator[Done]:
    """Take tasks off ``left`` until none is left or the pool breaks; who was with it then are the ``in_flight``."""
    pool = make_pool()
    running: dict[Future[Done], Task] = {}
    try:
        while left or running:
            while left and len(running) < waiting:
                task = left.pop()
                try:
                    running[pool.submit(measure, task)] = task
                except BrokenProcessPool:
                    left.append(task)
                    raise
            done, _ = wait(running, check_s, FIRST_COMPLETED)
            if not done:
                check()
            for future in done:
                try:
                    result = future.result()
                except killed:
                    result = _refused(running[future], WorkerEnded())
                del running[future]
                yield result
    except CancelledError as error:  # a cluster's word for having gone
        raise UsageError("--scheduler: the cluster went away; what was measured is kept, --resume goes on") from error
    except BrokenProcessPool:
        for future in list(running):  # some were done before the pool broke
            if future.done() and not future.cancelled() and future.exception() is None:
                del running[future]
                yield future.result()
        in_flight += running.values()
    finally:
        _close(pool)


def _close(pool: Executor) -> None:
    """Let go of a pool without waiting; a cluster's drops what waits by itself, and takes no word for it."""
    if isinstance(pool, ProcessPoolExecutor):
        pool.shutdown(wait=False, cancel_futures=True)
    else:
        pool.shutdown(wait=False)


def _retry_isolated(tasks: list[Task], make_pool: Callable[[], Executor]) -> Iterator[Done]:
    """Every task's result, measured one at a time, so that it is known which of them ends its worker, and why."""
    pool = make_pool()
    try:
        for task in tasks:
            done: Done | None = None
            for _ in range(MOST_ENDS):
                began = time.monotonic()
                try:
                    done = pool.submit(measure, task).result()
                except BrokenProcessPool:
                    _close(pool)
                    pool = make_pool()
                    if task.limit_s is not None and time.monotonic() - began >= task.limit_s:
                        done = _refused(task, TimeLimit(task.limit_s))
                if done is not None:
                    break
            yield done or _refused(task, WorkerEnded())
    finally:
        _close(pool)


def _refused(task: Task, error: UnsuitablePhoto) -> Done:
    """The row of a photo whose worker was ended; it is not opened again."""
    return measure(replace(task, entry=replace(task.entry, problem=error.issue()), limit_s=None))
