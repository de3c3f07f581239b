"""``posture batch``: thousands of photos, a row each, whatever happens on the way.

A journal holds one line a measured photo, written by this process alone; tables and pages are made from it at the end.
What stands in the journal is not measured again, so that a batch goes on where it was stopped, by whatever.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any, BinaryIO

from filelock import AcquireReturnProxy, FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from posture._version import __version__
from posture.batch.photos import JOURNAL, RESULTS, Entry, from_folder, from_manifest, from_url
from posture.batch.tables import stem, write_tables
from posture.batch.worker import STOPS, Done, Task, begin, held_back, measure
from posture.errors import SetupError, UsageError, WorkerEnded, install_hint
from posture.io.atomic import private_folder, write_whole
from posture.io.photos import latest_day, shown
from posture.plan.intake import Intake

SCHEMA = 1
LOCK = ".lock"
_LONGEST_SETTINGS = 100_000
#: Photos waiting at each worker: enough to keep it busy, few enough to hold memory flat.
WAITING = 3
#: How long a cluster may take to answer, and to have a worker, seconds.
CLUSTER_S = 10.0
#: How often a photo may take its worker down before it gets a row that says so.
MOST_ENDS = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked on the command line."""

    folder: str
    out: Path
    workers: int
    scheduler: str | None
    resume: bool
    pattern: str | None
    manifest: Path | None
    names: bool
    intake: Intake
    show_face: bool
    xlsx: bool
    passes: int
    as_json: bool


def run(request: Request) -> int:
    """Measure what the journal does not hold yet, then write the tables.

    Gives 0 where all are measured, 1 where some are refused, 128 + n where signal n (Ctrl-C, SIGTERM) stopped it.
    """
    entries = _entries(request)
    _tell_unfit(request, entries)
    engine, out = _engine(request), request.out
    try:
        for folder in (out, *(out / name for name in RESULTS)):
            private_folder(folder)  # with names or without: pictures of bodies, and answers about health
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}; choose another folder") from error
    try:
        with _alone_in(out):
            for half in (*(out / "reports").glob(".*"), *(out / "overlays").glob(".*")):
                half.unlink()  # written when the batch was ended
            with Journal(out / JOURNAL, _settings(request, entries), request.resume) as journal:
                try:
                    with _stoppable():
                        _measure(request, entries, journal, engine)
                        count = write_tables(out, journal.lines(), request.names, request.xlsx)
                except Stopped as stop:
                    return stop.told(len(journal), len(entries))
    except OSError as error:
        raise UsageError(
            f"--out {out}: {error.strerror or error}; what was measured is kept, go on with --resume"
        ) from error
    if request.as_json:
        sys.stdout.write(json.dumps({"photos": len(entries), **count, "out": shown(out)}) + "\n")
    else:
        console = Console(width=None if sys.stdout.isatty() else 120)
        twice = count["two_clients"]
        shared = f"Under another client, too (same_photo_as): {twice}. " if twice else ""
        console.print(
            f"Photos: {len(entries)}; measured: {count['analyzed']}, refused: {count['refused']}, "
            f"to look at: {count['needs_review']}. "
            f"{shared}Tables and pages: {shown(out.resolve())}",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    return int(count["refused"] > 0)


class Stopped(BaseException):
    """Ctrl-C or a request to end, raised wherever the batch is; no ``except Exception`` on the way takes it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def told(self, measured: int, photos: int) -> int:
        """Say how far the batch came; the exit code, 130 for Ctrl-C."""
        sys.stderr.write(
            f"posture: stopped, {measured} of {photos} photos are measured and kept: "
            "go on with the same command and --resume\n"
        )
        return 128 + self.number


@contextmanager
def _stoppable() -> Iterator[None]:
    """Raise Stopped at the first of `STOPS`, and end the workers with it; a second one ends this process at once."""

    def stop(number: int, _: object) -> None:
        for one in STOPS:
            signal.signal(one, signal.SIG_DFL)
        raise Stopped(number)

    before = {one: signal.signal(one, stop) for one in STOPS}
    try:
        yield
    except Stopped:
        for worker in active_children():
            worker.kill()  # what they measure now is measured again
        raise
    finally:
        for one, handler in before.items():
            if signal.getsignal(one) is stop:
                signal.signal(one, handler)


def _alone_in(out: Path) -> AcquireReturnProxy[FileLock]:
    """The lock of a results folder; the system frees it however this process ends.

    Raises UsageError where another batch writes there.
    """
    try:
        return FileLock(out / LOCK).acquire(timeout=0)
    except Timeout:
        raise UsageError(f"another batch is writing into {out}: wait for it, or choose another folder") from None


def _entries(request: Request) -> list[Entry]:
    entries, latest = _listed(request), latest_day()
    late = [entry for entry in entries if entry.visit_date > latest]
    if late:
        which = f", such as {late[0].file!r}" if request.names else ""
        has = "has a day" if len(late) == 1 else "have days"
        raise UsageError(
            f"{len(late)} of {len(entries)} photos {has} in the future{which} ({late[0].visit_date}): "
            "correct it in the name or the list"
        )
    return entries


def _listed(request: Request) -> list[Entry]:
    if "://" in request.folder:
        entries = from_url(request.folder, request.pattern, request.intake)
        if not entries:
            raise UsageError(f"{request.folder} holds no photo (JPEG, PNG, WebP, HEIC)")
        return entries
    folder = Path(request.folder).absolute()  # a worker of a cluster stands elsewhere
    if not folder.is_dir():
        raise UsageError(f"{request.folder} is no folder")
    if request.manifest is not None:
        entries = from_manifest(folder, request.manifest, request.intake)
        if not entries:
            raise UsageError(f"--manifest {request.manifest} lists no photo")
    else:
        entries = from_folder(folder, request.pattern, request.intake, request.out.resolve())
    if not entries:
        raise UsageError(f"{request.folder} holds no photo (JPEG, PNG, WebP, HEIC)")
    return entries


def _tell_unfit(request: Request, entries: list[Entry]) -> None:
    """Say how many paths do not tell what --pattern asks for: nothing of them can enter the client files."""
    if request.pattern is None:
        return
    unfit = [entry for entry in entries if not (entry.client_id or entry.visit_date or entry.pose)]
    if unfit:
        which = f", such as {unfit[0].file!r}" if request.names else ""
        Console(stderr=True).print(
            f"{len(unfit)} of {len(entries)} paths do not fit --pattern {request.pattern}{which}: "
            "they are measured, and belong to no client and no date.",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip


def _settings(request: Request, entries: list[Entry]) -> dict[str, Any]:
    """What must be the same for a batch to go on: photos, answers and everything that changes a number or a row."""
    photos = hashlib.sha256(repr([(e.file, asdict(e)) for e in entries]).encode("utf-8", "backslashreplace"))
    told = {"names": request.names, "show_face": request.show_face, "passes": request.passes}
    return {"schema": SCHEMA, "posture": __version__, "photos": photos.hexdigest(), **told}


class Journal:
    """Lines of the photos measured so far; the first line holds the settings. A torn last line is cut off.

    Photos whose files could not be read are left out when it is opened again: the fault may have passed.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], resume: bool) -> None:
        self.path, self._places = path, dict[int, int]()
        if path.exists() and not _begun(path):
            path.unlink()
        if path.exists():
            self._read(settings, resume)
            self._file: BinaryIO = path.open("ab")
        else:
            self._file = path.open("xb")
            self._write(settings)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, line: Mapping[str, Any]) -> None:
        """Keep a photo's line; one that is there already stays as it is."""
        if line["number"] not in self._places:
            self._places[line["number"]] = self._file.tell()
            self._write(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The photos' lines in the order of the batch, read one at a time."""
        with self.path.open("rb") as file:
            for number in sorted(self._places):
                file.seek(self._places[number])
                yield json.loads(file.readline())

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=True, sort_keys=True).encode() + b"\n")
        self._file.flush()

    def _read(self, settings: Mapping[str, Any], resume: bool) -> None:
        folder = self.path.parent
        if not resume:
            raise UsageError(f"{folder} holds a batch already: go on with --resume, or choose another folder")
        whole, again = 0, list[dict[str, Any]]()
        with self.path.open("rb") as file:
            for line in iter(file.readline, b""):
                if not line.endswith(b"\n"):
                    break
                try:
                    data = json.loads(line)
                    number = data["number" if whole else "schema"]
                    if not isinstance(number, int):
                        break
                except (ValueError, LookupError, TypeError, RecursionError):  # damage: what follows is measured anew
                    break
                if whole == 0:
                    _check_settings(data, settings, folder)
                elif data.get("again"):
                    again.append(data)
                else:
                    self._places.setdefault(number, whole)
                whole += len(line)
        if whole == 0:
            raise UsageError(f"{self.path} is damaged at its start: choose another folder")
        os.truncate(self.path, whole)
        if again:
            self._leave_out(again)

    def _leave_out(self, lines: list[dict[str, Any]]) -> None:
        """Remove reports that are measured again, then write the journal anew without their lines."""
        for line in lines:
            name = stem(line["number"], line["report"]["photo"]["sha256"])
            (self.path.parent / "reports" / f"{name}.json").unlink(missing_ok=True)
        part, places = self.path.with_name(f".{self.path.name}"), dict[int, int]()
        with self.path.open("rb") as old, part.open("wb") as new:
            new.write(old.readline())
            for number, place in self._places.items():
                old.seek(place)
                places[number] = new.tell()
                new.write(old.readline())
        part.replace(self.path)
        self._places = places


def _begun(path: Path) -> bool:
    """Whether a journal holds its first line whole; where the disk was full at that, nothing was measured yet."""
    with path.open("rb") as file:
        return b"\n" in file.read(_LONGEST_SETTINGS)


def _check_settings(kept: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    other = sorted(name for name in asked if kept.get(name) != asked[name])
    if other:
        words = {
            "schema": "an older or newer version",
            "posture": "another version",
            "photos": "other photos or answers",
            "names": "another choice of --no-names",
            "show_face": "another choice of --show-face",
            "passes": "another choice of --passes",
        }
        raise UsageError(
            f"{folder} holds a batch of {words[other[0]]}: choose another folder, or give what was given then"
        )


def _measure(request: Request, entries: list[Entry], journal: Journal, engine: Engine) -> None:
    tasks = [
        Task(number, entry, request.show_face, request.names, request.passes)
        for number, entry in enumerate(entries)
        if number not in journal
    ]
    console = Console(stderr=True)
    columns = (TextColumn("Measuring"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("", total=len(entries), completed=len(journal), rate="")
        for done in measured(tasks, *engine):
            _keep(request.out, done)
            journal.add(done.line)
            task = progress.tasks[0]
            progress.update(bar, advance=1, rate=f"{task.speed:.1f} photos/s" if task.speed else "")


def _keep(out: Path, done: Done) -> None:
    """Write a photo's JSON and picture, each whole or not at all; only then does its line enter the journal."""
    report = done.line["report"]
    name = stem(done.line["number"], report["photo"]["sha256"])
    text = json.dumps(report, ensure_ascii=False, allow_nan=False) + "\n"
    files = [(out / "reports" / f"{name}.json", text.encode())]
    if done.picture is not None:
        files.append((out / "overlays" / f"{name}.jpg", done.picture))
    for path, data in files:
        write_whole(path, data)


class _Processes(ProcessPoolExecutor):
    """Processes of this machine that end with this one, however it ends."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, get_context("spawn"), begin)

    def submit(self, *task: Any, **named: Any) -> Future[Any]:
        """Start what workers are missing with the signals held back, so that each is known before one is answered."""
        with held_back():
            return super().submit(*task, **named)


#: What measures: makes a pool; how many photos wait there; how it says "killed"; raises UsageError where nobody works.
Engine = tuple[Callable[[], Executor], int, tuple[type[Exception], ...], Callable[[], None]]


def _engine(request: Request) -> Engine:
    """Processes of this machine, or a Dask cluster."""
    if request.scheduler is None:
        workers = request.workers
        return lambda: _Processes(workers), WAITING * workers, (), _somebody
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise SetupError(f"--scheduler needs Dask: {install_hint('cluster')}") from error
    try:
        client = Client(request.scheduler, timeout=CLUSTER_S)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {request.scheduler}: no cluster answers ({error})") from error

    def somebody() -> None:
        try:
            if client.status == "running":  # if not, the futures say so themselves
                client.wait_for_workers(1, timeout=CLUSTER_S)
        except TimeoutError as error:
            raise UsageError(
                f"--scheduler {request.scheduler}: the cluster has no worker and got none within {CLUSTER_S:.0f} s: "
                f"start some with dask worker {request.scheduler}, then give the same command, "
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
        suspects: list[Task] = []
        yield from _together(left, suspects, make_pool, waiting, killed, check, check_s)
        for task in suspects:
            yield _alone(task, make_pool)


def _together(
    left: list[Task],
    suspects: list[Task],
    make_pool: Callable[[], Executor],
    waiting: int,
    killed: tuple[type[Exception], ...],
    check: Callable[[], None],
    check_s: float,
) -> Iterator[Done]:
    """Take tasks off ``left`` until none is left or the pool breaks; who was with it then are the ``suspects``."""
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
                    result = _ended(running[future])
                del running[future]
                yield result
    except CancelledError as error:  # a cluster's word for having gone
        raise UsageError("--scheduler: the cluster went away; what was measured is kept, --resume goes on") from error
    except BrokenProcessPool:
        for future in list(running):  # some were done before the pool broke
            if future.done() and not future.cancelled() and future.exception() is None:
                del running[future]
                yield future.result()
        suspects += running.values()
    finally:
        _close(pool)


def _close(pool: Executor) -> None:
    """Let go of a pool without waiting; a cluster's drops what waits by itself, and takes no word for it."""
    if isinstance(pool, ProcessPoolExecutor):
        pool.shutdown(wait=False, cancel_futures=True)
    else:
        pool.shutdown(wait=False)


def _alone(task: Task, make_pool: Callable[[], Executor]) -> Done:
    for _ in range(MOST_ENDS):
        pool = make_pool()
        try:
            return pool.submit(measure, task).result()
        except BrokenProcessPool:
            continue
        finally:
            _close(pool)
    return _ended(task)


def _ended(task: Task) -> Done:
    entry = replace(task.entry, problem=WorkerEnded().remark())
    return measure(replace(task, entry=entry))  # a photo with a problem is not opened
