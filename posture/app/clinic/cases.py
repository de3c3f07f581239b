"""The photos of a clinic's day in this visitor's memory: who, when, what was measured, what was decided."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from uuid import uuid4

import streamlit as st

from posture.app import session
from posture.app.photo import Photo, hash_of
from posture.batch.photos import Entry, named
from posture.batch.worker import not_measured
from posture.clinic.archive import Archive
from posture.clinic.days import visit_day
from posture.clinic.open import open_archive
from posture.errors import UnsuitablePhoto, UsageError
from posture.followup.timeline import Review
from posture.io.photos import date_taken, read_photo_bytes
from posture.message import Message
from posture.pipeline import Examination
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.report.review_need import pressing, review_needs

#: Photos that one visitor may bring at a time; a batch on the command line takes any number.
MOST_CASES = 60
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class FromBatch:
    """A photo's place in a batch's results: number and hash, its file's name, the picture with lines if any."""

    key: tuple[int, str]
    file: str
    picture: Path | None


@dataclass(slots=True, eq=False)
class Case:
    """One photo to look at.

    measured : its report before anybody touched it · photo : None where it is none
    kept_as : client, day and pose it was last kept with · key : what its widgets are called by
    batch : where it stands in a batch's results; None for an upload
    """

    name: str
    client: str
    date: str
    pose: str
    measured: Report
    photo: Photo | None
    intake: Intake = field(default_factory=Intake)
    review: Review | None = None
    kept_as: tuple[str, str, str] | None = None
    batch: FromBatch | None = None
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def machine(self) -> Report:
        """The machine's report; a pose that was asked for says nothing about how somebody stands."""
        return self._of_the_pose(self.measured)

    def examination(self) -> Examination | None:
        """The examination, with the points that were set by hand; None where the file is no photo."""
        if self.photo is None:
            return None
        seen = session.examined(self.photo, self.intake, lenient=False)
        return replace(seen, report=self._of_the_pose(seen.report))

    def measurable(self, examination: Examination | None) -> bool:
        """Whether there are numbers to accept, by the machine or with the points that were set by hand."""
        report = self.machine if examination is None else examination.report
        return report.status == "analyzed"

    def _of_the_pose(self, report: Report) -> Report:
        return replace(report, finding=None, plan=None) if self.pose in ("arched", "tucked") else report

    def decide(self, review: Review, by: str = "") -> None:
        """Keep report and review in the client's file; what was kept of it under another id, day or pose goes.

        by : who decides, as the log names them; the reviewer's initials where it is not said.
        Raises UsageError where initials, client or date are missing, and for a photo accepted that could not be
        measured.
        """
        if not review.reviewer.strip():
            raise UsageError("write your initials first: every decision names who made it")
        if not self.client:
            raise UsageError("the client's id is missing")
        day = visit_day(self.date)
        examination = self.examination()
        if review.verdict == "accepted" and not self.measurable(examination):
            raise UsageError("a photo that could not be measured cannot be accepted: move its points, or do not use it")
        touched = self.photo is not None and (self.photo.joints or self.photo.confirmed)
        if touched and examination is not None:
            review = replace(review, revised=examination.report)
        files, sha256 = archive().by(by or review.reviewer), self.machine.photo.sha256 or ""
        files.keep(self.client, day, self.pose, self.machine, self.intake)
        if self.kept_as not in (None, (self.client, day, self.pose)):
            files.drop(*self.kept_as, sha256, belongs=(self.client, day, self.pose))
        self.kept_as = self.client, day, self.pose
        files.review(self.client, sha256, review)
        self.date, self.review = day, review


def cases() -> list[Case]:
    """The visitor's photos, those that need a look first."""
    mine: list[Case] = st.session_state.setdefault("cases", [])
    return mine


def add(data: bytes, name: str, pattern: str, intake: Intake) -> None:
    """Read and measure a photo. Raises UsageError for a pattern that cannot be meant and for one photo too many."""
    mine = cases()
    entry = replace(named(Entry(name, name), pattern), intake=intake)
    photo_hash = hash_of(data)
    if any((other.machine.photo.sha256, other.client) == (photo_hash, entry.client_id) for other in mine):
        return
    if len(mine) >= MOST_CASES:
        raise UsageError(
            Message("no more than {n} photos at a time here; posture batch takes any number", n=MOST_CASES)
        )
    photo: Photo | None = None
    try:
        photo = Photo(read_photo_bytes(data, ""))
        machine = photo.examine(intake, lenient=False).report
    except UnsuitablePhoto as error:
        machine = not_measured(Entry("", "", intake=intake), error.issue(), photo_hash)
    day = entry.visit_date or date_taken(data)
    mine.append(Case(name, entry.client_id, day, entry.pose, machine, photo, intake))
    mine.sort(key=urgency)


def urgency(case: Case) -> tuple[int, float, int]:
    """Order of a batch's table: refused photos first, then those most in doubt."""
    return pressing(review_needs(case.machine))


def archive() -> Archive:
    """The client files that the pages work on, opened once."""
    with _opening:
        return _opened(os.environ.get("POSTURE_DB"))


@cache
def _opened(url: str | None) -> Archive:
    return open_archive(url, make=True)
