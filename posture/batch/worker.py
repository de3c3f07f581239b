"""One photo of a batch, measured in a process of its own: what goes in and what comes back can be sent anywhere."""

from __future__ import annotations

import faulthandler
import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Any

from posture.batch.name_pattern import ASKED_FOR
from posture.batch.photos import Entry
from posture.errors import Issue, MissingFile, ReadFault, UnsuitablePhoto, UsageError
from posture.knowledge.load import Knowledge
from posture.report.refusal import refused
from posture.report.report import PhotoInfo, Report
from posture.text.language import load_language

#: Signals that ask a batch to end: Ctrl-C, and what a system or a service sends.
STOPS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to measure.

    number : its place in the batch · names : keep the file's name
    language : code of that of the picture and of the page; the report's own words are English
    limit_s : the process ends where measuring takes longer; None for no limit
    """

    number: int
    entry: Entry
    show_face: bool
    names: bool
    passes: int | None
    language: str = "en"
    with_page: bool = False
    limit_s: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A photo's line of the journal, the annotated picture as JPEG, and the report as a page where it was asked for.

    The line tells who, when, the report, and, as ``again``, that --resume tries a file anew that could not be read.
    """

    line: dict[str, Any]
    picture: bytes | None
    page: str | None = None


def begin() -> None:
    """Make a worker end with its batch, however that ends, and leave Ctrl-C to the batch; run at a worker's start."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_batch, daemon=True).start()
    _hold_back(False)  # what was held back for the start


def _end_with_the_batch() -> None:
    batch = parent_process()
    if batch is not None:
        batch.join()  # a pipe that the system closes when the batch is gone, even killed
        os._exit(1)


@contextmanager
def held_back() -> Iterator[None]:
    """Answer `STOPS` afterwards only, also in a process started meanwhile, until it begins; main thread only."""
    came: list[int] = []
    before = {
        one: signal.signal(one, lambda number, _: came.append(number)) for one in STOPS
    }  # other threads take them
    _hold_back(True)
    try:
        yield
    finally:
        _hold_back(False)
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def _hold_back(held: bool) -> None:
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, STOPS)


@contextmanager
def time_limit(limit_s: float | None) -> Iterator[None]:
    """End this process where what follows takes longer, also where it hangs in a library that lets nothing else run."""
    if limit_s is None:
        yield
        return
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(limit_s, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def measure(task: Task) -> Done:
    """Measure one photo, here or on another machine. Never raises for the photo itself, and writes nothing."""
    with time_limit(task.limit_s):
        return _measured(task)


def _measured(task: Task) -> Done:
    entry = task.entry
    again, picture, visit_date = False, None, ""
    try:
        report, visit_date, picture = _report(entry, task)
    except (MissingFile, ReadFault) as fault:
        report, again = not_measured(entry, fault.issue()), True
    if not task.names:
        report = replace(report, photo=replace(report.photo, file=""))
    line = {
        "number": task.number,
        "file": entry.file if task.names else "",
        "client_id": entry.client_id,
        "visit_date": entry.visit_date or visit_date,
        "pose": entry.pose,
        "told": entry.intake.to_mapping(),
        "report": report.to_dict(),
    }
    return Done(line | {"again": True} if again else line, picture, _page(report, task))


def _page(report: Report, task: Task) -> str | None:
    """The report for people, its picture a file of its own; none for a pose that was asked for, numbers alone."""
    if not task.with_page or (report.status == "analyzed" and task.entry.pose in ASKED_FOR):
        return None
    from posture.render.html.report import render

    knowledge = Knowledge.load()
    return render(report, knowledge, None, task.entry.intake, load_language(task.language, knowledge))


def not_measured(entry: Entry, reason: Issue, sha256: str | None = None) -> Report:
    """The row of a photo that was not even looked at."""
    photo = PhotoInfo(entry.file, sha256, None, None)
    return refused(photo, reason, Knowledge.load(), entry.intake)


def _report(entry: Entry, task: Task) -> tuple[Report, str, bytes | None]:
    from posture.io.photos import date_taken, read_photo_bytes
    from posture.pipeline import examine
    from posture.render.overlay import draw, jpeg

    if entry.problem is not None:
        return not_measured(entry, entry.problem), "", None
    data, observer, knowledge = b"", _observer(task.passes), Knowledge.load()
    try:
        data = photo_bytes(entry.path)
        frame = replace(read_photo_bytes(data, entry.file), file=entry.file)
        options = replace(entry.options, skip_off_body=True)  # one wrong point costs its row no more than the marks
        examination = examine(frame, observer, knowledge, entry.intake, options)
    except (MissingFile, ReadFault):  # says nothing of the photo, and may pass
        raise
    except UnsuitablePhoto as error:
        sha256 = hashlib.sha256(data).hexdigest() if data else None
        return not_measured(entry, error.issue(), sha256), "", None
    except UsageError as error:  # points that cannot be meant, from the manifest
        issue = Issue("wrong_points", str(error), "correct the points in the manifest")
        return not_measured(entry, issue, hashlib.sha256(data).hexdigest()), date_taken(data), None
    report = examination.report
    if entry.pose in ASKED_FOR:
        report = replace(report, finding=None, plan=None)
    language = load_language(task.language, knowledge)
    picture = draw(frame, replace(examination, report=report), knowledge, task.show_face, language)
    return report, date_taken(data), jpeg(picture)


def photo_bytes(path: str) -> bytes:
    """The bytes of one photo, by its path or its fsspec URL; raises as `read_file` does."""
    from posture.io.photos import read_file, within_limit

    if "://" not in path:
        return read_file(path)
    import fsspec

    try:
        system, inner = fsspec.core.url_to_fs(path)
        if "file" in system.protocol:
            return read_file(inner)
        with system.open(inner, "rb") as file:
            return within_limit(file, system.size(inner))
    except FileNotFoundError:
        raise MissingFile from None
    except (OSError, ValueError) as error:
        raise ReadFault(getattr(error, "strerror", None) or str(error)) from error


@cache
def _observer(passes: int | None) -> Any:
    """The pose model of this process."""
    import cv2

    from posture.vision.mediapipe_pose import MediaPipeObserver

    cv2.setNumThreads(1)  # also of looks: the processes share the cores among themselves
    return MediaPipeObserver(passes=passes)
