"""The days of a history, and files named after a client."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from posture.followup.timeline import Entry, visits
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
