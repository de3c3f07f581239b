"""Client files: who came when, and what was measured; by SQLAlchemy in one SQLite file, or PostgreSQL by its URL.

Photos are not kept, their hash is; a picture is kept where a visit file with one was attached. Clients have a pseudonym
and no name; file names are left out of what is kept.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import func, select

from posture.clinic.corrections import Corrections
from posture.clinic.database import Database
from posture.clinic.ledger import OF_THE_CLINIC, exported_visit, now, random_number
from posture.clinic.merge import without_file
from posture.clinic.pictures import Pictures, exported_picture
from posture.clinic.records import Records
from posture.clinic.tables import Client, Note, Reviewed, Setting, StoredReport, Visit
from posture.errors import UsageError
from posture.followup.change import OwnError
from posture.followup.timeline import Entry, Review
from posture.followup.visit_record import ClientRecord
from posture.plan.intake import Intake
from posture.report.report import Report

#: What erasing one client cannot reach.
ELSEWHERE = (
    "What may still hold traces: exports, reports and tables that were written before, backups of the database, and "
    "saved visits and photos outside of it. A batch's results folder holds rows, pictures and decisions of this id: "
    "posture clients erase takes them out of each such folder that it is given. A PostgreSQL server keeps its log of "
    "changes for a while."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One client of the list; dates ISO, empty where no visit has one."""

    pseudonym: str
    visits: int
    reports: int
    last: str


class Archive(Corrections, Records, Pictures):
    """The clients of one database. Every method is one transaction; what fails leaves nothing half done.

    Raises UsageError, here and in every method, for a database that cannot be used.
    """

    def __init__(self, url: str, make: bool = True) -> None:
        super().__init__(Database(url, make))

    def clients(self, search: str = "") -> list[Listed]:
        """Clients whose pseudonym holds ``search``, in the order of the pseudonym."""
        reports = (
            select(Visit.client_id, func.count(StoredReport.id).label("n"))
            .join(StoredReport)
            .group_by(Visit.client_id)
            .subquery()
        )
        rows = (
            select(Client.pseudonym, func.count(Visit.id), func.max(reports.c.n), func.max(Visit.date))
            .outerjoin(Visit, Visit.client_id == Client.id)
            .outerjoin(reports, reports.c.client_id == Client.id)
            .where(Client.pseudonym.contains(search, autoescape=True))
            .group_by(Client.pseudonym)
            .order_by(Client.pseudonym)
        )
        with self._session() as session:
            return [Listed(name, visits, n or 0, last or "") for name, visits, n, last in session.execute(rows)]

    def photos_of_several(self) -> dict[str, list[str]]:
        """Photos, by their hash, that are kept of more than one client, with the clients' pseudonyms."""
        several = (
            select(StoredReport.sha256)
            .join(Visit)
            .group_by(StoredReport.sha256)
            .having(func.count(func.distinct(Visit.client_id)) > 1)
        )
        rows = (
            select(StoredReport.sha256, Client.pseudonym)
            .join(Visit, StoredReport.visit_id == Visit.id)
            .join(Client, Visit.client_id == Client.id)
            .where(StoredReport.sha256.in_(several), StoredReport.sha256.not_like("unread%"))
            .distinct()
            .order_by(StoredReport.sha256, Client.pseudonym)
        )
        shared: dict[str, list[str]] = {}
        with self._session() as session:
            for photo, pseudonym in session.execute(rows):
                shared.setdefault(photo, []).append(pseudonym)
        return shared

    def history(self, pseudonym: str) -> list[Entry]:
        """Every report of a client, the oldest visit first. Raises UsageError for a client who is not there."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            pictures = self._picture_loaders(session, client)
            return [
                Entry(
                    date=visit.date,
                    pose=kept.pose,
                    machine=Report.from_json(kept.body),
                    intake=_intake_of(visit),
                    review=_last(kept),
                    label=visit.label,
                    picture=pictures.get(kept.id),
                )
                for visit in client.visits
                for kept in visit.reports
            ]

    def review(self, pseudonym: str, sha256: str, review: Review) -> None:
        """Set a review beside the machine's word for every report of a photo. Raises UsageError without one."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            kept = [one for visit in client.visits for one in visit.reports if one.sha256 == sha256]
            if not kept:
                raise UsageError(f"client {pseudonym} has no report of photo {sha256[:8]}")
            for one in kept:
                said = Reviewed(
                    verdict=review.verdict,
                    finding=review.finding or "",
                    reason=review.reason,
                    reviewer=review.reviewer,
                    at=now(),
                    body="" if review.revised is None else without_file(review.revised).to_json(),
                )
                one.reviews.append(said)
            said_by = self if self._actor else self.by(review.reviewer)
            said_by._note_down(session, f"report {review.verdict}", pseudonym)

    def add_note(self, pseudonym: str, words: str) -> None:
        """Keep a line about a client."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            client.notes.append(Note(text=words, at=now()))
            self._note_down(session, "note added", pseudonym)

    def notes(self, pseudonym: str) -> list[tuple[str, str]]:
        """When (ISO) and what, the oldest first."""
        with self._session() as session:
            return [(note.at, note.text) for note in self._client(session, pseudonym).notes]

    def export(self, pseudonym: str) -> dict[str, Any]:
        """Everything that is kept of a client, as JSON's own kinds."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            exported = {
                "client": pseudonym,
                "visits": [_whole_visit(visit) for visit in client.visits],
                "consents": [{"template": c.template, "version": c.version, "date": c.date} for c in client.consents],
                "notes": [{"text": note.text, "at": note.at} for note in client.notes],
            }
            self._note_down(session, "exported", pseudonym)
        lines = [line.to_dict() for line in self.log(pseudonym)[:-1]]  # the last is this export
        return exported | {"audit": lines}

    def client_record(self, pseudonym: str) -> ClientRecord:
        """Records by day and consents, the oldest first, with the clinic's own error."""
        return replace(super().client_record(pseudonym), own=self.own_error())

    def own_error(self) -> OwnError | None:
        """The clinic's own measurement error, where it was set."""
        kept = self._setting("own_error")
        return None if kept is None else OwnError(**kept)

    def set_own_error(self, own: OwnError | None) -> None:
        """Go by the clinic's own measurement error from now on, or (None) no longer."""
        self._set("own_error", None if own is None else asdict(own))

    def clinic(self) -> tuple[str, str]:
        """Name and logo (a data: URI) for reports; empty where none was set."""
        kept = self._setting("clinic") or {}
        return kept.get("name", ""), kept.get("logo", "")

    def set_clinic(self, name: str, logo: str) -> None:
        """Put the clinic's name and logo on every report from now on."""
        self._set("clinic", {"name": name, "logo": logo})

    def _setting(self, name: str) -> dict[str, Any] | None:
        with self._session() as session:
            kept = session.get(Setting, name)
            return None if kept is None else json.loads(kept.body)

    def _set(self, name: str, body: dict[str, Any] | None) -> None:
        with self._session() as session:
            kept = session.get(Setting, name)
            if kept is not None:
                session.delete(kept)
                session.flush()
            if body is not None:
                session.add(Setting(name=name, body=json.dumps(body)))
            what = f"setting {name} {'removed' if body is None else 'changed'}"
            self._note_down(session, what, OF_THE_CLINIC, was=None if kept is None else json.loads(kept.body))

    def erase(self, pseudonym: str) -> str:
        """Remove a client for good; the random number that stands for them in the audit log.

        In SQLite the freed pages are overwritten and the file is written anew, so that its bytes hold nothing of them.
        """
        number = random_number("erased")
        with self._session() as session:
            self._forget(session, self._client(session, pseudonym), number)
            self._note_down(session, "erased", number)
        self._database.write_anew("the client is removed")
        return number


def _whole_visit(visit: Visit) -> dict[str, Any]:
    """A visit with its pictures."""
    exported = exported_visit(visit)
    for report, kept in zip(exported["reports"], visit.reports, strict=True):
        report["picture"] = exported_picture(kept)
    return exported


def _intake_of(visit: Visit) -> Intake:
    return Intake.from_mapping(json.loads(visit.answers_json)) if visit.answers_json else Intake()


def _last(kept: StoredReport) -> Review | None:
    """The last review, with the points of the last one that took the photo: refusing it leaves them as they are."""
    if not kept.reviews:
        return None
    said = kept.reviews[-1]
    body = next((review.body for review in reversed(kept.reviews) if review.verdict != "refused"), "")
    revised = Report.from_json(body) if body else None
    return Review(said.verdict, said.finding or None, said.reason, said.reviewer, said.at, revised)  # type: ignore[arg-type]
