"""``posture batch``: thousands of photos, a row each, whatever happens on the way.

A journal holds one line a measured photo, written by this process alone; tables and pages are made from it at the end.
What stands in the journal is not measured again, so that a batch goes on where it was stopped, by whatever.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing import active_children
from pathlib import Path

from rich.console import Console

from posture.batch.journal import Journal, begun
from posture.batch.layout import FileKind, photo_file
from posture.batch.lock import alone_in
from posture.batch.notes import tell_alike, tell_growth, tell_unfit
from posture.batch.photo_list import LIST, Numbered, PhotoList
from posture.batch.photos import JOURNAL, RESULTS, Entry
from posture.batch.pool import Engine, make_engine, measured
from posture.batch.request import EVERY_CODE, Request, entries_of, settings_of
from posture.batch.tables import TableOptions, write_tables
from posture.batch.worker import STOPS, Done, Task
from posture.errors import UsageError
from posture.io.atomic import private_folder, write_atomic
from posture.io.photos import printable, shown
from posture.io.progress import Watch
from posture.report.report import Report
from posture.text.labels import outcome

#: Tables of so many photos take a while: that they are written is said.
MANY = 1_000


def run(request: Request) -> int:
    """Measure what the journal does not hold yet, then write the tables.

    Gives 0 where all are measured, 1 where some are refused, 128 + n where signal n (Ctrl-C, SIGTERM) stopped it.
    """
    entries = entries_of(request)
    engine, out = make_engine(request.scheduler, request.workers), request.out
    try:
        for folder in (out, *(out / name for name in RESULTS)):
            private_folder(folder)  # with names or without: pictures of bodies, and answers about health
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}; choose another folder") from error
    try:
        with alone_in(out):
            return _run_alone(request, entries, engine)
    except OSError as error:
        raise UsageError(
            f"--out {out}: {error.strerror or error}; what was measured is kept, go on with --resume"
        ) from error


def _run_alone(request: Request, entries: Sequence[Entry], engine: Engine) -> int:
    """`run` in a folder that is nobody else's now."""
    out = request.out
    for half in (half for name in RESULTS for half in (out / name).rglob(".*")):
        half.unlink()  # written when the batch was ended
    listed = _photo_list(out)
    goes_on = request.resume or request.retry is not None
    with Journal(out / JOURNAL, settings_of(request, entries), goes_on) as journal:
        try:
            with _stoppable():
                photos = _numbered(request, entries, journal, listed)
                if request.pattern is not None:
                    tell_unfit(request.pattern, entries, out, request.names)
                tell_alike(entries)
                _measure(request, photos, journal, engine)
                if request.verbosity != "quiet" and len(journal) >= MANY:
                    sys.stderr.write(f"Writing the tables of {len(journal)} photos.\n")
                count = write_tables(out, journal.lines, _table_options(request), request.knowledge)
        except Stopped as stop:
            return stop.explain(len(journal), max(len(journal), len(entries)))
        _tell(request, count, photos)
    return int(count["refused"] > 0)


def _photo_list(out: Path) -> PhotoList:
    """The list of a batch that has begun; one that a batch left before its first line is of no use."""
    if not (out / JOURNAL).exists() or not begun(out / JOURNAL):
        (out / LIST).unlink(missing_ok=True)
    return PhotoList(out / LIST)


def _numbered(request: Request, entries: Sequence[Entry], journal: Journal, listed: PhotoList) -> Numbered:
    """Number the photos, keep the list, and let go of what is measured anew."""
    if not request.names:
        photos = Numbered(dict(enumerate(entries)), 0, {})
    elif len(journal) and not listed.path.is_file():
        raise UsageError(f"{listed.path} is missing: choose another folder")
    else:
        photos = listed.number(entries)
        listed.keep(photos)
        tell_growth(photos.added if len(journal) else 0, list(photos.gone.values()))
    journal.leave_out(_measured_anew(request.retry, journal, photos))
    return photos


def _measured_anew(retry: str | None, journal: Journal, photos: Numbered) -> set[int]:
    """Numbers of the refused photos that are there and are tried again: unread ones always, others where asked for.

    Raises UsageError for a code that no photo was refused for, naming those there are.
    """
    there = {number: one for number, one in journal.refused.items() if number in photos.entries}
    codes = {code for one in there.values() for code in one.codes}
    if retry not in (None, EVERY_CODE, *codes):
        known = ", ".join(sorted(codes)) or "none is refused"
        raise UsageError(f"--retry {retry}: no photo was refused for that; codes of this batch: {known}")
    return {n for n, one in there.items() if one.again or retry == EVERY_CODE or retry in one.codes}


def _tell(request: Request, count: dict[str, int], photos: Numbered) -> None:
    """Say what came of it."""
    rows = count["analyzed"] + count["refused"]
    if request.as_json:
        changed = {"gone": len(photos.gone)}
        sys.stdout.write(json.dumps({"photos": rows, **count, **changed, "out": shown(request.out)}) + "\n")
        return
    twice = count["two_clients"]
    shared = f"Under another client, too (same_photo_as): {twice}. " if twice else ""
    Console(width=None if sys.stdout.isatty() else 120).print(
        f"Photos: {rows}; measured: {count['analyzed']}, refused: {count['refused']}, "
        f"to look at: {count['needs_review']}. "
        f"{shared}Whom to look at: {shown(request.out.resolve() / 'summary.html')}",
        markup=False, soft_wrap=True,
    )  # fmt: skip


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


def _table_options(request: Request) -> TableOptions:
    return TableOptions(request.names, request.xlsx, request.separator, request.language)


def _measure(request: Request, photos: Numbered, journal: Journal, engine: Engine) -> None:
    tasks = [
        Task(
            number, entry, request.show_face, request.names, request.passes, request.language.code,
            with_page=True, limit_s=None if request.scheduler else request.limit_s,
        )
        for number, entry in sorted(photos.entries.items())
        if number not in journal
    ]  # fmt: skip
    with Watch(len(photos.entries), len(photos.entries) - len(tasks), request.verbosity) as watch:
        for done in measured(tasks, *engine):
            _keep(request.out, done)
            journal.add(done.line)
            watch.step(partial(_line, done))


def _line(done: Done) -> str:
    """Outcome of one photo: its number, its file where names are kept, and the verdict or the reasons."""
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
