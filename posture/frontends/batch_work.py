"""One photo of a batch, measured in a process of its own: what goes in and what comes back can be sent anywhere."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from posture.adapters.batch_tables import stem
from posture.adapters.photo_list import Entry
from posture.advise import advise
from posture.errors import MissingFile, Remark, UnsuitablePhoto, UsageError
from posture.knowledge import Knowledge
from posture.report import PhotoName, Report, refused


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to measure.

    number : its place in the batch · out : folder for JSON and picture, "" for none · names : keep the file's name
    """

    number: int
    entry: Entry
    out: str
    show_face: bool
    names: bool
    passes: int


def measure(task: Task) -> dict[str, Any]:
    """The photo's line of the journal: who, when, and the report. Never raises for the photo itself.

    JSON and picture are written before the line comes back, so that a line in the journal means that they are there.
    """
    entry = task.entry
    report, visit_date, picture = _report(entry, task)
    if not task.names:
        report = replace(report, photo=replace(report.photo, file=""))
    if task.out:
        _write(Path(task.out), task.number, report, picture)
    return {
        "number": task.number,
        "file": entry.file if task.names else "",
        "client_id": entry.client_id,
        "visit_date": entry.visit_date or visit_date,
        "pose": entry.pose,
        "report": report.to_dict(),
    }


def not_measured(entry: Entry, reason: Remark, sha256: str | None = None) -> Report:
    """The row of a photo that was not even looked at."""
    from posture.pipeline import versions

    knowledge = Knowledge.load()
    photo = PhotoName(entry.file, sha256, None, None)
    return refused(photo, reason, versions(knowledge), advise(None, entry.intake, knowledge))


def _report(entry: Entry, task: Task) -> tuple[Report, str, Any]:
    from posture.adapters.overlay import draw
    from posture.adapters.photo_files import date_taken, read_photo_bytes
    from posture.pipeline import examine

    if entry.problem is not None:
        return not_measured(entry, entry.problem), "", None
    data = b""
    try:
        data = _bytes(entry.path)
        frame = replace(read_photo_bytes(data, entry.file), file=entry.file)
        examination = examine(frame, _observer(task.passes), Knowledge.load(), entry.intake, entry.options)
    except UnsuitablePhoto as error:
        sha256 = hashlib.sha256(data).hexdigest() if data else None
        return not_measured(entry, error.remark(), sha256), "", None
    except UsageError as error:  # points that cannot be meant, from the manifest
        remark = Remark("wrong_points", str(error), "correct the points in the manifest")
        return not_measured(entry, remark, hashlib.sha256(data).hexdigest()), date_taken(data), None
    report = examination.report
    if entry.pose in ("arched", "tucked"):  # a pose that was asked for says nothing about how somebody stands
        report = replace(report, finding=None, plan=None)
    return report, date_taken(data), draw(frame, replace(examination, report=report), task.show_face)


def _bytes(path: str) -> bytes:
    from posture.errors import Unreadable

    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile from None
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or str(error)) from error


@cache
def _observer(passes: int) -> Any:
    """The pose model of this process."""
    import cv2

    from posture.adapters.mediapipe_pose import MediaPipeObserver

    cv2.setNumThreads(1)  # the processes share the cores among themselves
    return MediaPipeObserver(passes=passes)


def _write(out: Path, number: int, report: Report, picture: Any) -> None:
    from posture.adapters.overlay import save_jpeg

    name = stem(number, report.photo.sha256)
    _replace(out / "reports" / f"{name}.json", (report.to_json() + "\n").encode())
    if picture is not None:
        part = out / "overlays" / f".{name}.{os.getpid()}"
        save_jpeg(picture, part)
        part.replace(out / "overlays" / f"{name}.jpg")


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
