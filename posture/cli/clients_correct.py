"""``posture clients move``, ``visit``, ``drop``, ``rename`` and ``merge``: client files put right."""

from __future__ import annotations

from posture.cli.clients import files_of, tell
from posture.errors import UsageError


def move(client: str, date: str, to: str, join: bool, by: str | None, url: str | None, as_json: bool) -> int:
    """Move a visit to another client."""
    files_of(url, by).move_visit(client, date, to, join)
    words = f"The visit of {date} is in the file of {to} now."
    tell({"moved": date, "from": client, "to": to}, as_json, words)
    return 0


def visit(
    client: str,
    date: str,
    new: tuple[str | None, str | None],
    join: bool,
    by: str | None,
    url: str | None,
    as_json: bool,
) -> int:
    """Give a visit another day, another label, or both: ``new`` holds them, None where one stays."""
    day, label = new
    if day is None and label is None:
        raise UsageError("nothing to change: give --date, --label or both")
    files = files_of(url, by)
    if label is not None:
        files.label_visit(client, date, label)
    if day is not None:
        files.redate_visit(client, date, day, join)
    tell({"client": client, "date": day or date, "label": label}, as_json, f"The visit of {day or date} is put right.")
    return 0


def drop(client: str, date: str, sure: bool, by: str | None, url: str | None, as_json: bool) -> int:
    """Take a visit out of the files."""
    if not sure:
        raise UsageError(f"this takes the visit of {date} out of the file of {client!r}: say --yes to do it")
    files_of(url, by).drop_visit(client, date)
    words = f"Dropped: the visit of {date}. The log keeps it until the client is erased."
    tell({"client": client, "dropped": date}, as_json, words)
    return 0


def rename(client: str, new: str, by: str | None, url: str | None, as_json: bool) -> int:
    """Give a client another id."""
    files_of(url, by).rename_client(client, new)
    tell({"renamed": client, "to": new}, as_json, f"{client} is {new} now; the log keeps the old id.")
    return 0


def merge(client: str, into: str, by: str | None, url: str | None, as_json: bool) -> int:
    """Put everything of one client into another's file."""
    files_of(url, by).merge_clients(client, into)
    tell({"merged": client, "into": into}, as_json, f"Everything of {client} is in the file of {into} now.")
    return 0
