"""One client taken out of a batch's results: rows, pictures, pages, decisions, and the names of their files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posture.batch.journal import begun
from posture.batch.layout import SUFFIX, photo_file
from posture.batch.lock import alone_in
from posture.batch.notes import NOT_FITTING
from posture.batch.photo_list import LIST, PhotoList
from posture.batch.photos import JOURNAL
from posture.batch.review_queue import DECISIONS, Decision, decisions
from posture.batch.tables import TableOptions, write_tables
from posture.errors import UsageError
from posture.io.atomic import write_atomic
from posture.io.photos import printable, shown
from posture.knowledge.load import Knowledge
from posture.text.language import load_language

#: The journal without the client, until everything else is done.
PART = f".{JOURNAL}"


@dataclass(slots=True)
class _Sorted:
    """A client's lines in a journal, apart from all others.

    gone : hash and file of each of their photos, by number · renamed : how many rows of somebody else bore their id
    """

    settings: Mapping[str, Any]
    gone: dict[int, tuple[str | None, str]] = field(default_factory=dict)
    renamed: int = 0


def check_results(out: Path) -> None:
    """Raises UsageError for a folder that holds no results of a batch."""
    try:
        holds = begun(out / JOURNAL)
    except OSError as error:
        raise UsageError(f"{shown(out)} holds no results of a batch: {error.strerror}") from error
    if not holds:
        raise UsageError(f"{shown(out)} holds no results of a batch: {JOURNAL} is empty")


def erase_client(out: Path, client: str, knowledge: Knowledge) -> int:
    """Take a client out of a batch's results; how many photos they had there.

    A photo is whose the review of the folder says, else whose the batch says. Tables, sheets and the page that sums up
    are made anew without them, the others keep their numbers. The journal changes last: ended on the way, the same
    call goes on. Raises UsageError for a folder without results, one that a batch is writing into or that is damaged.
    """
    check_results(out)
    try:
        with alone_in(out):
            found = _sort(out, client)
            if found.gone or found.renamed or _decided(out, client):
                write_tables(out, lambda: _lines(out / PART), _options(out, found.settings, knowledge), knowledge)
                _remove_files(out, found)
                _remove_decisions(out, client, found)
                (out / PART).replace(out / JOURNAL)
            else:
                (out / PART).unlink()
    except OSError as error:
        raise UsageError(f"{shown(out)}: {error.strerror or error}; give the same command again") from error
    return len(found.gone)


def _sort(out: Path, client: str) -> _Sorted:
    """Write the journal without the client beside the old one; what it holds of them."""
    decided, journal = decisions(out), out / JOURNAL
    with journal.open("rb") as old, (out / PART).open("wb") as new:
        try:
            first = old.readline()
            found = _Sorted(json.loads(first))
            new.write(first)
            for text in old:
                if not text.endswith(b"\n"):
                    break  # the line that was being written when the batch was ended
                new.write(_without(text, client, decided, found))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            (out / PART).unlink()
            raise UsageError(f"{shown(journal)} is damaged; nothing was changed") from None
    shutil.copymode(journal, out / PART)
    return found


def _without(text: bytes, client: str, decided: Mapping[tuple[int, str], Decision], found: _Sorted) -> bytes:
    """A line of the journal without the client: as it was, under whom the review gave it to, or nothing."""
    line = json.loads(text)
    sha256 = line["report"]["photo"]["sha256"]
    said = decided.get((line["number"], sha256 or ""))
    owner = line["client_id"] if said is None else said.client
    if owner.strip() == client:
        found.gone[line["number"]] = sha256, line["file"]
        return b""
    if said is None or line["client_id"].strip() != client:
        return text
    found.renamed += 1
    line |= {"client_id": said.client, "visit_date": said.date, "pose": said.pose}
    return json.dumps(line, ensure_ascii=True, sort_keys=True).encode() + b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """The photos' lines of a journal, in the order of their numbers, the first of a number alone."""
    places: dict[int, int] = {}
    with path.open("rb") as file:
        at = len(file.readline())
        for text in file:
            places.setdefault(json.loads(text)["number"], at)
            at += len(text)
        for number in sorted(places):
            file.seek(places[number])
            yield json.loads(file.readline())


def _options(out: Path, settings: Mapping[str, Any], knowledge: Knowledge) -> TableOptions:
    """Options that the tables of a folder were written with."""
    table = out / "results.csv"
    head = table.read_bytes()[:7] if table.is_file() else b""
    language = load_language(settings.get("language", "en"), knowledge)
    return TableOptions(
        names=settings.get("names", True),
        xlsx=any(out.glob("results*.xlsx")),
        separator=";" if head == b"number;" else ",",
        language=language,
    )


def _remove_files(out: Path, found: _Sorted) -> None:
    """Remove each photo's own files, and its file's name from the lists."""
    for number, (sha256, _) in found.gone.items():
        for kind in SUFFIX:
            (out / photo_file(kind, number, sha256)).unlink(missing_ok=True)
    PhotoList(out / LIST).forget(found.gone)
    unfit, names = out / NOT_FITTING, {printable(file) for _, file in found.gone.values()}
    if unfit.is_file():
        left = [name for name in unfit.read_text("utf-8").splitlines() if name not in names]
        write_atomic(unfit, "".join(f"{name}\n" for name in left))


def _decided(out: Path, client: str) -> bool:
    """Whether any decision, also one that no longer counts, names the client."""
    path = out / DECISIONS
    lines = path.read_bytes().splitlines(keepends=True) if path.is_file() else []
    return any(_names(line, client) for line in lines)


def _names(line: bytes, client: str, gone: Collection[int] = ()) -> bool:
    """Whether a whole line of the decisions names the client, or a photo that is gone."""
    if not line.endswith(b"\n"):
        return False
    said = json.loads(line)
    return said["client"].strip() == client or said["number"] in gone


def _remove_decisions(out: Path, client: str, found: _Sorted) -> None:
    """Write the decisions anew without the client's; one that somebody adds meanwhile is not lost."""
    path = out / DECISIONS
    while path.is_file():
        before = path.read_bytes()
        kept = [line for line in before.splitlines(keepends=True) if not _names(line, client, found.gone)]
        if path.stat().st_size == len(before):
            write_atomic(path, b"".join(kept), private=True)
            return
