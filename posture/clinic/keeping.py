"""Reports taken into the client files: each photo once a visit and pose, the newer report in the older one's place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from posture.clinic.corrections import put_right_at
from posture.clinic.ledger import Ledger, check
from posture.clinic.merge import SaveOutcome, merged_answers, outcome_of, photo_key, without_file
from posture.clinic.tables import Client, Corrected, StoredReport, Visit
from posture.errors import UsageError
from posture.plan.intake import Intake
from posture.report.report import Report

T = TypeVar("T")


class Place(NamedTuple):
    """Place of a report: client, day (ISO), and pose."""

    client: str
    date: str
    pose: str


class Keeping(Ledger):
    """Store of reports; every method is one transaction."""

    def keep(
        self, pseudonym: str, date: str, pose: str, report: Report, intake: Intake | None = None, unread: str = ""
    ) -> SaveOutcome:
        """Keep a report of a client's visit; a photo of that visit and pose that is there already is kept once.

        Measured again by a newer version, or with points set by hand, the new report takes the old one's place; its
        reviews stay. One of an older version ("older") never does, nor one that could not be measured ("known") where
        the old one could. What ``intake`` answers is kept with the visit, beside what was answered before, unless the
        report is older. ``unread`` tells photos without a hash apart.
        """
        check(pseudonym)
        place = Place(pseudonym, date, pose)
        return self._tried_twice(lambda session: self._keep(session, place, report, intake or Intake(), unread)[0])

    def _tried_twice(self, change: Callable[[Session], T]) -> T:
        """Result of a change, made once more where somebody else added the same client or visit just now."""
        for last_try in (False, True):
            try:
                with self._session() as session:
                    return change(session)
            except UsageError as error:
                if last_try or not isinstance(error.__cause__, IntegrityError):
                    raise
        raise AssertionError

    def _keep(
        self, session: Session, place: Place, report: Report, intake: Intake, unread: str
    ) -> tuple[SaveOutcome, StoredReport]:
        """Outcome for a report, and the one that stands in its place now."""
        sha256 = photo_key(report, unread)
        session.execute(delete(Corrected).where(*put_right_at(place.client, place.date, sha256)))
        client = session.scalar(select(Client).where(Client.pseudonym == place.client))
        if client is None:
            client = Client(pseudonym=place.client)
            session.add(client)
            self._note_down(session, "client added", place.client)
        visit = next((visit for visit in client.visits if visit.date == place.date), None)
        if visit is None:
            visit = Visit(date=place.date)
            client.visits.append(visit)
        known = next((kept for kept in visit.reports if (kept.sha256, kept.pose) == (sha256, place.pose)), None)
        outcome = outcome_of(report, None if known is None else known.body)
        if outcome == "older":
            assert known is not None
            return outcome, known
        if intake != Intake():
            visit.answers_json = json.dumps(merged_answers(json.loads(visit.answers_json or "{}"), intake.to_mapping()))
        body = without_file(report).to_json()
        if known is None:
            known = StoredReport(sha256=sha256, pose=place.pose, body=body)
            visit.reports.append(known)
            self._note_down(session, "report added", place.client)
        elif outcome == "renewed":
            known.body = body
            self._note_down(session, "report measured again", place.client)
        return outcome, known
