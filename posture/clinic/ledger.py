"""The log of the client files: who changed what of whom, when, and what stood there before."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from posture.clinic.database import Database
from posture.clinic.tables import Audit, Client, Corrected, StoredReport, Visit
from posture.errors import UsageError
from posture.followup.timeline import is_id

#: Subject of what the log says of the clinic itself; no client's id is empty.
OF_THE_CLINIC = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """One line of the log.

    at : when, ISO · by : who did it, empty where nobody said · other : another client whom it concerns
    was : what stood there before; None where nothing did, or where its client was erased
    """

    at: str
    what: str
    client: str
    by: str
    other: str
    was: dict[str, Any] | None

    @property
    def before(self) -> str:
        """The id, day and label that stood there before: "p71" or "2026-03-01, after surgery"; else empty."""
        was = self.was or {}
        return ", ".join(filter(None, (was.get(name) for name in ("client", "date", "label"))))

    def to_dict(self) -> dict[str, Any]:
        """The line as JSON's own kinds."""
        return {name: getattr(self, name) for name in ("at", "what", "client", "by", "other", "was")}


class Ledger:
    """One database whose every change is written down, with the name of who makes it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session = database.session
        self._actor = ""

    def by(self, actor: str) -> Self:
        """The same files in the hands of somebody: what is changed through them is logged as theirs."""
        other = copy.copy(self)
        other._actor = actor.strip()
        return other

    def log(self, pseudonym: str | None = None) -> list[Logged]:
        """The log, the oldest line first; of one client, or the number of an erased one, where given."""
        asked = select(Audit).order_by(Audit.id)
        if pseudonym is not None:
            asked = asked.where(Audit.subject == pseudonym)
        with self._session() as session:
            return [_logged(line) for line in session.scalars(asked)]

    def note_export(self, pseudonyms: Iterable[str], kind: str) -> None:
        """Log that something of these clients left the files: ``kind`` is "fhir", "csv", "page" or "pdf"."""
        with self._session() as session:
            for pseudonym in pseudonyms:
                self._note_down(session, f"exported: {kind}", pseudonym)

    def _note_down(
        self, session: Session, what: str, subject: str, other: str = "", was: dict[str, Any] | None = None
    ) -> None:
        before = "" if was is None else json.dumps(was, ensure_ascii=False)
        session.add(Audit(at=now(), what=what, subject=subject, actor=self._actor, other=other, was=before))

    def _client(self, session: Session, pseudonym: str) -> Client:
        check(pseudonym)
        client = session.scalar(select(Client).where(Client.pseudonym == pseudonym))
        if client is None:
            raise UsageError(f"no client {pseudonym!r}: posture clients list shows who is there")
        return client

    def _forget(self, session: Session, client: Client, number: str) -> None:
        """Delete a client; in the log a number takes the place of every id they had, which may have been a name.

        What stood there before a change of theirs goes with them.
        """
        pseudonym = client.pseudonym
        session.delete(client)
        session.flush()
        for put_right in session.scalars(select(Corrected).where(Corrected.pseudonym == pseudonym)):
            session.delete(put_right)
        others = {*session.scalars(select(Client.pseudonym))}
        lines = session.scalars(select(Audit).where(or_(Audit.subject == pseudonym, Audit.other == pseudonym)))
        for line in lines:
            line.was = ""
            if line.subject == pseudonym:
                line.subject = number
            if line.other and line.other not in others:
                line.other = number


def exported_visit(visit: Visit) -> dict[str, Any]:
    """Everything that is kept of a visit, as JSON's own kinds."""
    return {**without_photos(visit), "reports": [exported_report(kept) for kept in visit.reports]}


def without_photos(visit: Visit) -> dict[str, Any]:
    """Day, label, answers and record of a visit, as JSON's own kinds."""
    return {
        "date": visit.date,
        "label": visit.label,
        "intake": json.loads(visit.answers_json or "null"),
        "record": json.loads(visit.record or "null"),
    }


def exported_report(kept: StoredReport) -> dict[str, Any]:
    """A report with the reviews beside it, as JSON's own kinds."""
    reviews = [
        {name: getattr(said, name) for name in ("verdict", "finding", "reason", "reviewer", "at")}
        | {"revised": json.loads(said.body or "null")}
        for said in kept.reviews
    ]
    return {"pose": kept.pose, "report": json.loads(kept.body), "reviews": reviews}


def check(pseudonym: str) -> None:
    """Raises UsageError for what can be nobody's id."""
    if not is_id(pseudonym):
        raise UsageError("a client needs an id of characters that can be seen")


def random_number(word: str) -> str:
    """Stand-in in the log for an erased client: "erased-" and 16 hex digits."""
    return f"{word}-{secrets.token_hex(8)}"


def now() -> str:
    """This second in UTC, ISO."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _logged(line: Audit) -> Logged:
    return Logged(line.at, line.what, line.subject, line.actor, line.other, json.loads(line.was or "null"))
