"""A batch's results as a queue to review: each photo as measured, and what people decided, kept in the folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from posture.batch.layout import photo_file
from posture.batch.photos import JOURNAL
from posture.errors import UsageError
from posture.followup.timeline import Review
from posture.message import Message
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.report.review_need import pressing, review_needs

#: What people decided, a line a decision, beside the journal.
DECISIONS = "review.jsonl"


@dataclass(frozen=True, slots=True)
class Queued:
    """One photo of a batch: as its name told it, with its report, what was told, and the picture with lines if any.

    file : its path under the folder of the photos; empty where the batch keeps no names
    """

    number: int
    file: str
    client: str
    date: str
    pose: str
    report: Report
    intake: Intake
    picture: Path | None

    @property
    def key(self) -> tuple[int, str]:
        """Key of a decision: the number, and the photo's hash."""
        return self.number, self.report.photo.sha256 or ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewer's decision on a photo, with client and day by their word."""

    number: int
    sha256: str
    client: str
    date: str
    pose: str
    verdict: str
    finding: str
    reason: str
    reviewer: str
    at: str

    @property
    def review(self) -> Review:
        """The decision as the client files know it, without the points."""
        return Review(self.verdict, self.finding or None, self.reason, self.reviewer, self.at)  # type: ignore[arg-type]


def read_queue(folder: Path) -> list[Queued]:
    """All photos of a batch's results, those that need eyes first. Raises UsageError for a folder that holds none."""
    found: dict[int, Queued] = {}
    for line in _lines(folder / JOURNAL, folder):
        try:
            queued = _queued(folder, line)
        except (LookupError, TypeError, AttributeError):
            continue  # the settings
        found.setdefault(queued.number, queued)
    return in_order(list(found.values()))


def in_order(queue: list[Queued]) -> list[Queued]:
    """The order in which photos are looked at: by what a batch's table says needs eyes, then by number."""
    return sorted(queue, key=lambda one: (pressing(review_needs(one.report)), one.number))


def decisions(folder: Path) -> dict[tuple[int, str], Decision]:
    """The last decision of every photo that somebody decided on."""
    if not (folder / DECISIONS).exists():
        return {}
    made = (Decision(**line) for line in _lines(folder / DECISIONS, folder))
    return {(one.number, one.sha256): one for one in made}


def note_decision(folder: Path, decision: Decision) -> None:
    """Add a decision to the folder, for this user alone. Raises UsageError where it cannot be written.

    One write at the file's end: decisions of two people at once stand under each other.
    """
    line = json.dumps(asdict(decision), ensure_ascii=True).encode() + b"\n"
    try:
        file = os.open(folder / DECISIONS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise UsageError(Message("the decision cannot be kept in {folder}: {why}", folder=repr(str(folder)),
                                 why=error.strerror or "")) from error  # fmt: skip


def _lines(path: Path, folder: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a file of JSON lines; one that is being written is left out."""
    try:
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)
    except (OSError, ValueError, RecursionError) as error:
        said = getattr(error, "strerror", None) or "it is damaged"
        raise UsageError(Message("{folder} holds no results of a batch: {why}", folder=repr(str(folder)),
                                 why=said)) from error  # fmt: skip


def _queued(folder: Path, line: dict[str, Any]) -> Queued:
    report = Report.from_json(json.dumps(line["report"]))
    picture = folder / photo_file("overlays", line["number"], report.photo.sha256)
    return Queued(
        line["number"],
        line["file"],
        line["client_id"],
        line["visit_date"],
        line["pose"],
        report,
        Intake.from_mapping(line.get("told", {})),
        picture if picture.exists() else None,
    )
