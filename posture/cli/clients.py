"""``posture clients``: the clinic's client files, from batches in to histories out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from posture.batch.photos import JOURNAL
from posture.batch.review_queue import Decision, decisions
from posture.cli.compare import print_own_error
from posture.clinic.merge import photo_key
from posture.clinic.open import open_archive
from posture.errors import UsageError
from posture.findings.verdict import WORDS
from posture.followup.change import own_error
from posture.followup.record_lines import consent_lines, difference_lines, record_lines
from posture.followup.timeline import STANDING, Entry, Review, changes, followed, is_id, repeats
from posture.io.photos import latest_day, printable
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.report.codec import rounded
from posture.report.report import Report
from posture.text.labels import NAMES, TILT, number
from posture.text.language import ENGLISH
from posture.text.presentation import present

if TYPE_CHECKING:
    from posture.clinic.archive import Archive

#: Where nobody has reviewed a folder.
NONE: Mapping[tuple[int, str], Decision] = {}
#: What a history shows of each visit beside the tilt.
SHOWN = ("contour_lordosis", "hip_angle", "trunk_incl")


def files_of(url: str | None, by: str | None, make: bool = False) -> Archive:
    """The client files in the hands of somebody: by their initials, else by the name they are logged in as."""
    if by is None:
        try:
            by = getuser()
        except (KeyError, OSError):  # a process without a user of its own: nobody is named
            by = ""
    return open_archive(url, make=make).by(by)


def add(results: Path, by: str | None, url: str | None, as_json: bool) -> int:
    """Take what a batch measured into the files of its clients; photos without a client or a usable day stay out."""
    journal = results / JOURNAL
    archive, count, photos, decided = files_of(url, by, make=True), Counter[str](), set[str](), decisions(results)
    try:
        with journal.open(encoding="utf-8") as lines:
            next(lines, None)  # the settings
            for number, text in enumerate(lines, 2):
                try:
                    count[_add(text, archive, photos, decided)] += 1
                except UsageError as error:
                    if not text.endswith("\n"):
                        break  # the line that was being written when the batch was ended
                    raise UsageError(f"{journal}, line {number}: {error}; the lines before it are kept") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{results} holds no batch ({JOURNAL}): {getattr(error, 'strerror', error)}") from error
    summary: dict[str, Any] = {name: count[name] for name in ("added", "renewed", "known", "older")}
    summary["corrected"] = count["corrected"]
    summary |= {"without_client_or_date": count["without"], "in_the_future": count["future"]}
    shared = {photo: clients for photo, clients in archive.photos_of_several().items() if photo in photos}
    summary["two_clients"] = [{"photo": photo, "clients": clients} for photo, clients in shared.items()]
    tell(
        summary,
        as_json,
        f"Reports added: {count['added']}, measured again: {count['renewed']}, known already: {count['known']}, "
        f"without a client or a date: {count['without']}."
        + (f" Left out, as newer ones are kept: {count['older']}." if count["older"] else "")
        + (f" Left out, as somebody moved or dropped them: {count['corrected']}." if count["corrected"] else "")
        + (
            f" Left out, as their day lies in the future: {count['future']}; correct the day and measure them again."
            if count["future"]
            else ""
        )
        + shared_words(shared),
    )
    return 0


def shared_words(shared: Mapping[str, list[str]]) -> str:
    """Words about photos in the files of several clients; empty where there is none."""
    return "".join(
        f" Photo {photo[:8]} is in the files of {' and '.join(map(printable, clients))}: see whose it is."
        for photo, clients in shared.items()
    )


def _add(text: str, archive: Archive, photos: set[str], decided: Mapping[tuple[int, str], Decision] = NONE) -> str:
    """Keep one line of a journal, its photo's hash among ``photos``; what became of it.

    Whose it is and when goes by what somebody ``decided`` at the review of the folder, else by the batch.

    Raises UsageError for what no batch writes.
    """
    try:
        line = json.loads(text)
        client, day, pose, report = (line[name] for name in ("client_id", "visit_date", "pose", "report"))
        if (said := decided.get((line.get("number", -1), report["photo"]["sha256"] or ""))) is not None:
            client, day, pose = said.client, said.date, said.pose
        answers = line.get("told", {})  # journals of older versions have none
        if not all(isinstance(one, str) for one in (client, day, pose)) or not isinstance(answers, dict):
            raise TypeError
        if day:
            date.fromisoformat(day)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise UsageError("this is not a line of a batch's journal") from None
    if not (is_id(client.strip()) and day):
        return "without"
    if day > latest_day():
        return "future"
    read = Report.from_json(json.dumps(report))
    client, unread = client.strip(), str(line.get("number", ""))
    if archive.was_corrected(client, day, photo_key(read, unread)):
        return "corrected"
    photos.add(read.photo.sha256 or "")
    return archive.keep(client, day, pose, read, Intake.from_mapping(answers), unread)


def list_all(search: str, url: str | None, as_json: bool) -> int:
    """Every client with visits and reports."""
    found = open_archive(url).clients(search)
    if as_json:
        rows = [{"client": c.pseudonym, "visits": c.visits, "reports": c.reports, "last": c.last} for c in found]
        _print_json({"clients": rows})
        return 0
    table = Table(title=f"Clients: {len(found)}", title_justify="left")
    for column in ("Client", "Visits", "Last visit"):
        table.add_column(column, overflow="fold")
    for client in found:
        table.add_row(escape(client.pseudonym), str(client.visits), client.last)
    _console().print(table)
    return 0


def log(about: str, url: str | None, as_json: bool) -> int:
    """The log of changes: of everybody, or of one client or the number that stands for an erased one."""
    lines = open_archive(url).log(about or None)
    if about and not lines:
        raise UsageError(f"nothing was ever changed of {about!r}: posture clients log shows who is in the log")
    if as_json:
        _print_json({"log": [line.to_dict() for line in lines]})
        return 0
    table = Table(title=f"Changes: {len(lines)}", title_justify="left")
    for column in ("When (UTC)", "What", "Client", "Other client", "Before", "By"):
        table.add_column(column, overflow="fold")
    for line in lines:
        cells = line.at, line.what, line.client, line.other, line.before, line.by
        table.add_row(*map(escape, cells))
    _console().print(table)
    return 0


def show(pseudonym: str, url: str | None, as_json: bool) -> int:
    """A client's history: the numbers of every visit, and what changed between neighbours by more than the error."""
    archive, knowledge = open_archive(url), Knowledge.load()
    kept = archive.client_record(pseudonym)
    entries = [entry for entry in archive.history(pseudonym) if entry.pose in STANDING]
    visits = [(entry, entry.report(knowledge)) for entry in followed(entries, knowledge)]
    moves = changes(entries, knowledge, kept.own)
    changed = [one for one in moves if one[2].verdict == "changed"]
    if as_json:
        _print_json(
            {
                "client": pseudonym,
                "visits": [
                    {
                        "date": entry.date,
                        "label": entry.label,
                        "pose": entry.pose,
                        "review": _review(entry),
                        "report": report.to_dict(),
                    }
                    for entry, report in visits
                ],
                "changed": [{"from": a, "to": b, "measure": c.measure, "diff": c.diff} for a, b, c in changed],
                "records": {day: record.to_mapping() for day, record in kept.records.items()},
                "consents": [asdict(consent) for consent in kept.consents],
            }
        )
        return 0
    table = Table(title=escape(f"Client {pseudonym}"), title_justify="left")
    for column in ("Visit", "Pelvis", TILT, "Grade", *(NAMES[name] for name in SHOWN)):
        table.add_column(column, overflow="fold")
    for entry, report in visits:
        tilt = present(report, knowledge).tilt
        table.add_row(
            escape(f"{entry.date} {entry.label}".strip()),
            escape(_finding(report, entry.review)),
            "–" if tilt is None else f"{tilt.value} ({tilt.interval})",
            "–" if tilt is None else tilt.grade,
            *(_value(report.measurements.quantity(name)) for name in SHOWN),
        )
    console = _console()
    console.print(table)
    for before_date, after_date, change in changed:
        unit = "deg" if change.unit == "deg" else "%"
        console.print(
            f"{NAMES[change.measure]}: {number(change.diff or 0.0, unit)} from {before_date} to {after_date}, "
            f"more than measurement error ({number(change.mdc95 or 0.0, unit)})."
        )
    compared = [one for one in moves if one[2].verdict != "not_comparable"]
    if compared and not changed:
        console.print("No change by more than measurement error between neighbouring visits that were compared.")
    for before_date, after_date, change in moves:
        if change.measure == "tilt" and change.verdict == "not_comparable":
            console.print(f"Not compared, {before_date} and {after_date}: {change.because}.", markup=False)
    for day, record in kept.records.items():
        lines = record_lines(record, ENGLISH) + difference_lines(kept, day, ENGLISH)
        console.print(f"{day}: {'; '.join(lines)}.", markup=False)
    for line in consent_lines(kept.consents, ENGLISH):
        console.print(f"Consent: {line}.", markup=False)
    return 0


def repeatability(keep: bool, forget: bool, by: str | None, url: str | None, as_json: bool) -> int:
    """The clinic's own measurement error from photos of one client on one day; kept for every later verdict."""
    archive = files_of(url, by)
    if forget:
        archive.set_own_error(None)
        tell({"sem": None}, as_json, "The reports' own errors hold again.")
        return 0
    knowledge = Knowledge.load()
    pairs = [pair for client in archive.clients() for pair in repeats(archive.history(client.pseudonym), knowledge)]
    own = own_error(pairs, knowledge)
    if keep:
        archive.set_own_error(own)
    if as_json:
        _print_json({"sem": {name: rounded(sem) for name, sem in own.sem.items()}, "pairs": own.pairs, "kept": keep})
        return 0
    print_own_error(own)
    _console().print(
        "It counts only where people stepped away and back between the two photos of a day. "
        + ("It holds from now on." if keep else "Say --keep to go by it from now on.")
    )
    return 0


def _review(entry: Entry) -> dict[str, Any] | None:
    said = entry.review
    return None if said is None else {"verdict": said.verdict, "finding": said.finding, "reason": said.reason}


def _finding(report: Report, review: Review | None) -> str:
    if report.status == "refused":
        machine = "not measured: " + ", ".join(reason.code.replace("_", " ") for reason in report.reasons)
    elif report.emergency:
        machine = "medical help first: see the report"
    else:
        machine = "measurements only" if report.finding is None else WORDS[report.finding.kind]
    if review is None or review.verdict == "accepted":
        return machine
    said = WORDS[review.finding] if review.finding else "refused, " + review.reason
    return f"{machine} (reviewer: {said})"


def _value(quantity: Quantity | None) -> str:
    if quantity is None:
        return "–"
    return f"{number(quantity.value, quantity.unit)} ± {number(quantity.sigma, quantity.unit)}"


def tell(values: dict[str, Any], as_json: bool, words: str) -> None:
    """Print what was done: as one JSON object, or in words."""
    if as_json:
        _print_json(values)
    else:
        _console().print(words, markup=False, soft_wrap=True)


def _print_json(values: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 150)
