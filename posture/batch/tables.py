"""Files of a finished batch: one table of all photos, workbooks, contact sheets, a summary page."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posture.batch.contact_sheet import ContactSheets
from posture.batch.identity import OTHER_CLIENT, Claim, identity_doubts
from posture.batch.photo_row import photo_row
from posture.batch.summary import Tally, write_summary
from posture.batch.workbook import Workbooks
from posture.export.csv import Row, intake_row, row, safe
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.report.review_need import ReviewNeed, review_columns, review_needs, review_queue, with_doubts
from posture.text.language import ENGLISH, Language

#: Gives the photos' lines of the journal, in order, each time it is called.
Lines = Callable[[], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Options of the tables.

    names : files' names stand in them · separator : of the CSV; with ";" its decimal sign is a comma
    """

    names: bool = True
    xlsx: bool = False
    separator: str = ","
    language: Language = ENGLISH


@dataclass(frozen=True, slots=True)
class _Review:
    """Needs of a look of every photo that has any, and the place in the queue of those that are named."""

    needs: Mapping[int, tuple[ReviewNeed, ...]]
    place: Mapping[int, int]
    photos: int


@dataclass(slots=True)
class _Seen:
    """Rows before this one: the number of each client's photos, and of each photo the first client."""

    first: dict[tuple[str, str], str] = field(default_factory=dict)
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)


def write_tables(out: Path, lines: Lines, options: TableOptions, knowledge: Knowledge) -> dict[str, int]:
    """Write results.csv (and workbooks), contact sheets and summary.html; how many photos were what.

    ``lines`` are read twice, in order, one at a time; each file appears whole or not at all. Raises OSError.
    """
    review, tally, seen = _review(lines, knowledge), Tally(), _Seen()
    sheets = ContactSheets(out)
    books = Workbooks(out, review.photos, options.language) if options.xlsx else None
    part = out / ".results.csv"
    with part.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for line in lines():
            report, number = Report.from_json(json.dumps(line["report"]), knowledge), line["number"]
            needs, place = review.needs.get(number, ()), review.place.get(number)
            cells = _row(line, report, options.names, seen) | review_columns(needs, str(place or ""))
            cells["needs_review"] = str(cells["needs_review"]).lower()
            if writer is None:
                writer = csv.DictWriter(file, list(cells), delimiter=options.separator, lineterminator="\n")
                writer.writeheader()
            writer.writerow(_localised(safe(cells), options.separator))
            photo = photo_row(out, line, report, needs, place, knowledge, options.language)
            tally.add(photo, report, needs)
            tally.count["duplicates"] += bool(cells["duplicate_of"])
            tally.count["two_clients"] += bool(cells["same_photo_as"])
            sheets.add(photo)
            if books is not None:
                books.add(photo, safe(cells))
    part.replace(out / "results.csv")
    files = ["results.csv", *(books.close() if books is not None else [])]
    write_summary(out, tally, files, sheets.close(), options.language)
    return {name: tally.count[name] for name in ("analyzed", "refused", "needs_review", "duplicates", "two_clients")}


def _review(lines: Lines, knowledge: Knowledge) -> _Review:
    """The first reading: why each photo should be looked at, and which are named, the most pressing first."""
    needs, claims = dict[int, tuple[ReviewNeed, ...]](), list[Claim]()
    for line in lines():
        report = Report.from_json(json.dumps(line["report"]), knowledge)
        needs[line["number"]] = review_needs(report)
        claims.append(_claim(line, report))
    for number, doubts in identity_doubts(claims).items():
        needs[number] = with_doubts(needs[number], doubts)
    place = {number: k for k, number in enumerate(review_queue(needs), 1)}
    return _Review({number: found for number, found in needs.items() if found}, place, len(needs))


def _claim(line: Mapping[str, Any], report: Report) -> Claim:
    intake = Intake.from_mapping(line.get("told", {}))
    return Claim(
        number=line["number"],
        client=line["client_id"],
        file=line["file"],
        sha256=report.photo.sha256,
        sex=intake.sex,
        stature_cm=intake.stature_cm,
        age_years=intake.age_years,
        day=line["visit_date"],
    )


def _row(line: Mapping[str, Any], report: Report, names: bool, seen: _Seen) -> Row:
    """A photo's cells: who and when, then `row` without the file's name where names are left out, then the answers."""
    number, client = f"{line['number']:06d}", line["client_id"]
    photo = report.photo.sha256 or number
    earlier = seen.first.setdefault((client, photo), number)
    owner, there = seen.owners.setdefault(photo, (client, number)) if client else (client, number)
    measured = row(report)
    file = measured.pop("file")
    if owner != client:  # whose it is, somebody has to say
        measured["warnings"] = f"{measured['warnings']} {OTHER_CLIENT}".strip()
    who: Row = {
        "number": number,
        **({"file": file} if names else {}),
        "client_id": client,
        "visit_date": line["visit_date"],
        "pose": line["pose"],
        "needs_review": "",
        "duplicate_of": "" if earlier == number else earlier,
        "same_photo_as": "" if owner == client else there,
    }
    return who | measured | intake_row(Intake.from_mapping(line.get("told", {})))


def _localised(cells: Row, separator: str) -> Row:
    """Numbers with a decimal comma where a semicolon parts the cells, as spreadsheets of such countries read them."""
    if separator != ";":
        return cells
    return {name: str(cell).replace(".", ",") if isinstance(cell, float) else cell for name, cell in cells.items()}
