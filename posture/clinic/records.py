"""Records of visits and consents of clients in the client files."""

from __future__ import annotations

import json

from posture.clinic.days import visit_day
from posture.clinic.ledger import Ledger
from posture.clinic.tables import SignedConsent, Visit
from posture.followup.visit_record import ClientRecord, Consent, VisitRecord


class Records(Ledger):
    """Records of a client beside the photos; every method is one transaction.

    Raises UsageError for a client who is not there, and for a day that cannot be.
    """

    def record(self, pseudonym: str, date: str, record: VisitRecord) -> None:
        """Keep what a record tells with the visit of that day, which need not have a photo; the log keeps what was."""
        date = visit_day(date)
        with self._session() as session:
            client = self._client(session, pseudonym)
            visit = next((visit for visit in client.visits if visit.date == date), None)
            if visit is None:
                visit = Visit(date=date)
                client.visits.append(visit)
            before = record_of(visit)
            visit.record = json.dumps(before.updated(record).to_mapping())
            was = {"date": date, "record": before.to_mapping()} if before != VisitRecord() else None
            self._note_down(session, "visit recorded", pseudonym, was=was)

    def consent(self, pseudonym: str, consent: Consent) -> None:
        """Keep a consent beside those that are there; the same one stands there once."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            if consent in [_consent_of(kept) for kept in client.consents]:
                return
            kept = SignedConsent(template=consent.template, version=consent.version, date=visit_day(consent.date))
            client.consents.append(kept)
            self._note_down(session, "consent kept", pseudonym)

    def client_record(self, pseudonym: str) -> ClientRecord:
        """Records by day and consents, the oldest first, without the clinic's own error."""
        with self._session() as session:
            client = self._client(session, pseudonym)
            records = {visit.date: record_of(visit) for visit in client.visits if visit.record}
            return ClientRecord(records, tuple(_consent_of(kept) for kept in client.consents))


def record_of(visit: Visit) -> VisitRecord:
    """The record of a visit, an empty one where nothing was told."""
    return VisitRecord.from_mapping(json.loads(visit.record or "{}"))


def _consent_of(kept: SignedConsent) -> Consent:
    return Consent(kept.template, kept.version, kept.date)
