"""Progress of a long run: a bar on a terminal, elsewhere, as in a log, a line every half minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Literal, TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: "quiet" says nothing, "verbose" adds a line for every item.
Verbosity: TypeAlias = Literal["quiet", "normal", "verbose"]
#: A log gets a line so often, seconds.
EVERY_S = 30.0


class Watch:
    """Counts items on standard error; a context manager.

    total : items in all · done : of them before this run began
    """

    def __init__(self, total: int, done: int = 0, verbosity: Verbosity = "normal") -> None:
        self._total, self._done, self._before, self._verbosity = total, done, done, verbosity
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("Measuring"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(), console=console, transient=True,
            disable=not console.is_terminal or verbosity == "quiet" or total < 2,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=total, completed=done, rate="")
        self._began = self._said = time.monotonic()
        self._over, self._saying = Event(), Lock()
        self._logs = self._bar.disable and verbosity == "normal"

    def __enter__(self) -> Watch:
        self._bar.start()
        if self._logs:
            Thread(target=self._while_nothing_is_done, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._bar.stop()

    def step(self, line: Callable[[], str]) -> None:
        """One item more is done; ``line`` makes the words for what came of it, asked for where it is verbose."""
        self._done += 1
        self._bar.update(self._task, advance=1, rate=f"{self._rate():.1f} photos/s")
        if self._verbosity == "verbose":
            self._say(line())
        elif self._logs:
            self._log()

    def _while_nothing_is_done(self) -> None:
        """Log on, also where one item takes long."""
        while not self._over.wait(max(0.1, EVERY_S - (time.monotonic() - self._said))):
            self._log()

    def _log(self) -> None:
        """A line where the last one is old enough."""
        with self._saying:
            now = time.monotonic()
            if now - self._said < EVERY_S:
                return
            self._said = now
            rate = self._rate()
            left = f", {rate:.1f} a second, about {_span((self._total - self._done) / rate)} left" if rate else ""
            self._say(f"{self._done} of {self._total} photos{left}")

    def _rate(self) -> float:
        """Items a second since this run began."""
        return (self._done - self._before) / max(time.monotonic() - self._began, 1e-9)

    def _say(self, line: str) -> None:
        if self._bar.disable:
            print(line, file=sys.stderr, flush=True)
        else:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _span(seconds: float) -> str:
    """A span of time as people say it: 5400 s gives "90 min", 40 s "40 s"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
