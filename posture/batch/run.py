"""``posture batch``: thousands of photos, a row each, whatever happens on the way.

A journal holds one line a measured photo, written by this process alone; tables and pages are made from it at the end.
What stands in the journal is not measured again, so that a batch goes on where it was stopped, by whatever.
"""

from __future__ import annotations

import hashlib
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import Any

from filelock import AcquireReturnProxy, FileLock, Timeout
from rich.console import Console

from posture._version import __version__
from posture.batch.journal import SCHEMA, Journal
from posture.batch.layout import FileKind, photo_file
from posture.batch.photos import JOURNAL, RESULTS, Entry, from_folder, from_manifest, from_url
from posture.batch.pool import Engine, make_engine, measured
from posture.batch.tables import TableOptions, write_tables
from posture.batch.worker import STOPS, Done, Task
from posture.errors import UsageError
from posture.io.atomic import private_folder, write_atomic
from posture.io.photos import latest_day, printable, shown
from posture.io.progress import Verbosity, Watch
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.text.labels import outcome
from posture.text.language import load_language

LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked on the command line."""

    knowledge: Knowledge
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
    passes: int | None
    as_json: bool
    verbosity: Verbosity = "normal"
    language: str = "en"
    separator: str = ","


def run(request: Request) -> int:
    """Measure what the journal does not hold yet, then write the tables.

    Gives 0 where all are measured, 1 where some are refused, 128 + n where signal n (Ctrl-C, SIGTERM) stopped it.
    """
    entries = _entries(request)
    _tell_unfit(request, entries)
    engine, out = make_engine(request.scheduler, request.workers), request.out
    try:
        for folder in (out, *(out / name for name in RESULTS)):
            private_folder(folder)  # with names or without: pictures of bodies, and answers about health
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}; choose another folder") from error
    try:
        with _alone_in(out):
            for half in (half for name in RESULTS for half in (out / name).rglob(".*")):
                half.unlink()  # written when the batch was ended
            with Journal(out / JOURNAL, _settings(request, entries), request.resume) as journal:
                try:
                    with _stoppable():
                        _measure(request, entries, journal, engine)
                        count = write_tables(out, journal.lines, _table_options(request), request.knowledge)
                except Stopped as stop:
                    return stop.explain(len(journal), len(entries))
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

    def explain(self, measured: int, photos: int) -> int:
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


def _table_options(request: Request) -> TableOptions:
    language = load_language(request.language, request.knowledge)
    return TableOptions(request.names, request.xlsx, request.separator, language)


def _settings(request: Request, entries: list[Entry]) -> dict[str, Any]:
    """What must be the same for a batch to go on: photos, answers and everything that changes a number or a row."""
    photos = hashlib.sha256(repr([(e.file, asdict(e)) for e in entries]).encode("utf-8", "backslashreplace"))
    drawn = {"show_face": request.show_face, "passes": request.passes, "language": request.language}
    settings = {"schema": SCHEMA, "posture": __version__, "photos": photos.hexdigest(), "names": request.names}
    return settings | drawn


def _measure(request: Request, entries: list[Entry], journal: Journal, engine: Engine) -> None:
    tasks = [
        Task(number, entry, request.show_face, request.names, request.passes, request.language, with_page=True)
        for number, entry in enumerate(entries)
        if number not in journal
    ]
    with Watch(len(entries), len(journal), request.verbosity) as watch:
        for done in measured(tasks, *engine):
            _keep(request.out, done)
            journal.add(done.line)
            watch.step(partial(_line, done))


def _line(done: Done) -> str:
    """What came of one photo: its number, its file where names are kept, and the verdict or the reasons."""
    words = f"{done.line['number']:06d} {done.line['file']} {outcome(Report.from_dict(done.line['report']))}"
    return printable(" ".join(words.split()))


def _keep(out: Path, done: Done) -> None:
    """Write a photo's JSON, picture and page, each whole or not at all; only then does its line enter the journal."""
    report = done.line["report"]
    text = json.dumps(report, ensure_ascii=False, allow_nan=False) + "\n"
    files: dict[FileKind, str | bytes | None] = {"reports": text, "overlays": done.picture, "pages": done.page}
    for kind, content in files.items():
        if content is not None:
            path = out / photo_file(kind, done.line["number"], report["photo"]["sha256"])
            private_folder(path.parent)
            write_atomic(path, content)
