"""The days of a history, and files named after a client."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from posture.errors import UsageError
from posture.followup.timeline import Entry, visits
from posture.io.photos import latest_day
from posture.knowledge.load import Knowledge


def file_name(pseudonym: str) -> str:
    """A file's name for a client: what no file system minds, with a part of its hash where it is not the id itself.

    Capitals count as such: some file systems take P1 and p1 for the same.
    """
    plain = re.sub(r"[^a-z0-9_-]", "_", pseudonym.lower())[:60]
    return plain if plain == pseudonym else f"{plain}_{sha256(pseudonym.encode()).hexdigest()[:8]}"


def days(history: Sequence[Entry], knowledge: Knowledge) -> list[Entry]:
    """One photo a day: the one to go by, or the last of a day that has none."""
    days = {entry.date: entry for entry in history}
    return list((days | {entry.date: entry for entry in visits(history, knowledge)}).values())


def visit_day(text: str) -> str:
    """A visit's day, ISO: "2026-03-01". Raises UsageError for what is no day, and for one that lies in the future."""
    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UsageError("the day of the visit is missing or not understood; write it like 2026-03-01") from None
    if day > latest_day():
        raise UsageError("the day of the visit lies in the future")
    return day
