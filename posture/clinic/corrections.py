"""Client files put right: visits moved, joined, dated anew and dropped, clients renamed and merged.

The log keeps what stood there before. A batch that is taken in again does not bring a photo back to its wrong place.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from posture.clinic.days import visit_day
from posture.clinic.ledger import Ledger, check, exported_report, exported_visit, random_number, without_photos
from posture.clinic.merge import merged_answers, outcome_of
from posture.clinic.records import record_of
from posture.clinic.tables import (
    Audit,
    Client,
    Corrected,
    Note,
    Reviewed,
    SignedConsent,
    StoredPicture,
    StoredReport,
    Visit,
)
from posture.errors import UsageError
from posture.message import Message
from posture.report.report import Report


class Corrections(Ledger):
    """Corrections of client files; every method is one transaction.

    Raises UsageError for a client or visit that is not there, and where two things would stand in one place.
    """

    def move_visit(self, pseudonym: str, date: str, to: str, join: bool = False) -> None:
        """Move a visit to another client, who is added where nobody has that id; ``join`` it to one of the same day."""
        check(to)
        if to == pseudonym:
            raise UsageError("the visit is in this client's file already")
        with self._session() as session:
            visit = self._visit(session, pseudonym, date)
            client = session.scalar(select(Client).where(Client.pseudonym == to))
            if client is None:
                client = Client(pseudonym=to)
                session.add(client)
                self._note_down(session, "client added", to)
            before = _brief(visit)
            joined = self._place(session, visit, client, date, join)
            self._note_down(session, "visit moved away", pseudonym, to, before)
            self._note_down(session, "visit moved here", to, pseudonym, joined)

    def redate_visit(self, pseudonym: str, date: str, to: str, join: bool = False) -> None:
        """Give a visit another day; ``join`` it to the visit of that day where there is one."""
        to = visit_day(to)
        if to == date:
            raise UsageError("the visit is of this day already")
        with self._session() as session:
            visit = self._visit(session, pseudonym, date)
            before = _brief(visit)
            joined = self._place(session, visit, visit.client, to, join)
            was = before if joined is None else {**before, "joined": joined}
            self._note_down(session, "visit dated anew" if joined is None else "visits joined", pseudonym, was=was)

    def label_visit(self, pseudonym: str, date: str, label: str) -> None:
        """Name a visit, "after surgery"; an empty label takes the name away."""
        with self._session() as session:
            visit = self._visit(session, pseudonym, date)
            before = {"date": date, "label": visit.label}
            visit.label = " ".join(label.split())
            self._note_down(session, "visit labelled", pseudonym, was=before)

    def drop_visit(self, pseudonym: str, date: str) -> None:
        """Take a visit out of the files; the log keeps all of it but its pictures until the client is erased."""
        with self._session() as session:
            visit = self._visit(session, pseudonym, date)
            self._note_down(session, "visit dropped", pseudonym, was=exported_visit(visit))
            _put_right(session, visit, visit.client)
            session.delete(visit)

    def rename_client(self, pseudonym: str, new: str) -> None:
        """Give a client another id, in the log as well; its last line keeps the old one."""
        check(new)
        with self._session() as session:
            client = self._client(session, pseudonym)
            if session.scalar(select(Client).where(Client.pseudonym == new)) is not None:
                words = "client {name} is there already: merge the two where they are one person"
                raise UsageError(Message(words, name=repr(new)))
            for visit in client.visits:
                _put_right(session, visit, client)
            client.pseudonym = new
            _take_over_log(session, pseudonym, new)
            self._note_down(session, "client renamed", new, was={"client": pseudonym})

    def merge_clients(self, pseudonym: str, into: str) -> None:
        """Put everything of a client into another's file; visits of one day are joined, and the first id is gone."""
        if pseudonym == into:
            raise UsageError("a client cannot be merged with themselves: name another one")
        with self._session() as session:
            gone, client = self._client(session, pseudonym), self._client(session, into)
            was: dict[str, Any] = {"client": pseudonym, "visits": [_brief(visit) for visit in gone.visits]}
            joined = [self._place(session, visit, client, visit.date, join=True) for visit in list(gone.visits)]
            was["joined"] = [one for one in joined if one is not None]
            session.flush()
            session.execute(update(Note).where(Note.client_id == gone.id).values(client_id=client.id))
            session.execute(update(SignedConsent).where(SignedConsent.client_id == gone.id).values(client_id=client.id))
            session.execute(update(Corrected).where(Corrected.client_id == gone.id).values(client_id=client.id))
            session.expire(gone)
            session.delete(gone)
            _take_over_log(session, pseudonym, into)
            self._note_down(session, "clients merged", into, was=was)

    def was_corrected(self, pseudonym: str, date: str, photo: str) -> bool:
        """Whether somebody has moved a photo (`photo_key`) away from here, or dropped it: a batch leaves it out."""
        with self._session() as session:
            asked = select(Corrected.id).where(*put_right_at(pseudonym, date, photo)).limit(1)
            return session.scalar(asked) is not None

    def drop(
        self, pseudonym: str, date: str, pose: str, sha256: str, belongs: tuple[str, str, str] | None = None
    ) -> None:
        """Remove one report that was kept with the wrong client, day or pose; an empty visit or client goes with it.

        belongs : client, day and pose under which the photo is kept now; its picture goes there
        """
        with self._session() as session:
            client = self._client(session, pseudonym)
            for visit in [visit for visit in client.visits if visit.date == date]:
                for kept in [kept for kept in visit.reports if (kept.sha256, kept.pose) == (sha256, pose)]:
                    if belongs is not None:
                        self._hand_on_picture(session, kept, belongs)
                    session.delete(kept)
                    was = {"date": date, **exported_report(kept)}
                    self._note_down(session, "report removed", pseudonym, was=was)
                session.flush()
                session.refresh(visit)
                if not visit.reports and not visit.record:
                    session.delete(visit)
            session.flush()
            session.refresh(client)
            if not (client.visits or client.notes or client.consents):
                self._forget(session, client, random_number("removed"))

    def _hand_on_picture(self, session: Session, kept: StoredReport, belongs: tuple[str, str, str]) -> None:
        """Give the picture of a report to the one of the same photo in another place, where that has none."""
        pseudonym, date, pose = belongs
        visit = self._visit(session, pseudonym, date)
        for other in visit.reports:
            alike = (other.sha256, other.pose) == (kept.sha256, pose) and other is not kept
            if alike and kept.picture is not None and other.picture is None:
                moved = update(StoredPicture).where(StoredPicture.report_id == kept.id).values(report_id=other.id)
                session.execute(moved)
                session.expire(kept, ["picture"])
                session.expire(other, ["picture"])

    def _visit(self, session: Session, pseudonym: str, date: str) -> Visit:
        visit = next((visit for visit in self._client(session, pseudonym).visits if visit.date == date), None)
        if visit is None:
            raise UsageError(Message("client {name} has no visit on {date}", name=repr(pseudonym), date=date))
        return visit

    def _place(self, session: Session, visit: Visit, client: Client, date: str, join: bool) -> dict[str, Any] | None:
        """Set a visit at a day of a client's file; the visit it was joined to as that was, None where it has none."""
        there = next((other for other in client.visits if other.date == date), None)
        if there is not None and not join:
            words = "client {name} has a visit on {date} already: join the two, or choose another day"
            raise UsageError(Message(words, name=repr(client.pseudonym), date=date))
        _put_right(session, visit, client)
        for kept in visit.reports:  # it belongs here from now on, whatever was put right before
            session.execute(delete(Corrected).where(*put_right_at(client.pseudonym, date, kept.sha256)))
        if there is None:
            visit.client, visit.date = client, date
            return None
        return _join(session, visit, there)


def put_right_at(pseudonym: str, date: str, photo: str) -> tuple[ColumnElement[bool], ...]:
    """Selection of the corrections of one photo at one place."""
    return Corrected.pseudonym == pseudonym, Corrected.date == date, Corrected.sha256 == photo


def _join(session: Session, visit: Visit, there: Visit) -> dict[str, Any]:
    """Put all of a visit into another one; that one as it was, with the reports that gave way to newer ones."""
    before = _brief(there)
    known = {(kept.sha256, kept.pose): kept for kept in there.reports}
    before["gave_way"] = []
    for report in list(visit.reports):
        kept = known.get((report.sha256, report.pose))
        if kept is None:
            report.visit = there
        else:
            before["gave_way"].append(_one_of_two(session, report, kept))
    answers = merged_answers(json.loads(visit.answers_json or "{}"), json.loads(there.answers_json or "{}"))
    there.answers_json, there.label = json.dumps(answers) if answers else "", there.label or visit.label
    record = record_of(visit).updated(record_of(there)).to_mapping()
    there.record = json.dumps(record) if record else ""
    session.flush()
    session.expire(visit)
    session.delete(visit)
    return before


def _one_of_two(session: Session, report: StoredReport, kept: StoredReport) -> dict[str, Any]:
    """Keep the newer of two reports of one photo, with the reviews of both and a picture; the one that gives way."""
    newer = outcome_of(Report.from_json(report.body), kept.body) == "renewed"
    gives_way = exported_report(kept if newer else report)
    if newer:
        kept.body = report.body
    session.execute(update(Reviewed).where(Reviewed.report_id == report.id).values(report_id=kept.id))
    if report.picture is not None and (newer or kept.picture is None):
        if kept.picture is not None:
            session.delete(kept.picture)
            session.flush()
        session.execute(update(StoredPicture).where(StoredPicture.report_id == report.id).values(report_id=kept.id))
    session.expire(kept, ["picture"])
    session.expire(report, ["reviews", "picture"])
    return gives_way


def _put_right(session: Session, visit: Visit, client: Client) -> None:
    """Remember for every photo of a visit that it is no longer where it is now; ``client`` is whose it becomes."""
    session.flush()
    for sha256 in {kept.sha256 for kept in visit.reports}:
        owned = (Corrected.client_id == visit.client_id, Corrected.sha256 == sha256)
        session.execute(update(Corrected).where(*owned).values(client_id=client.id))
        there = Corrected(client_id=client.id, pseudonym=visit.client.pseudonym, date=visit.date, sha256=sha256)
        session.add(there)
    session.flush()


def _take_over_log(session: Session, pseudonym: str, new: str) -> None:
    """Have the log of one id go on under another, so that erasing the client reaches all of it."""
    session.execute(update(Audit).where(Audit.subject == pseudonym).values(subject=new))
    session.execute(update(Audit).where(Audit.other == pseudonym).values(other=new))


def _brief(visit: Visit) -> dict[str, Any]:
    """A visit without its reports' bodies: day, label, answers, and the photos by hash and pose."""
    return {
        **without_photos(visit),
        "photos": [{"sha256": kept.sha256, "pose": kept.pose} for kept in visit.reports],
    }
