"""What a batch leaves behind: one table of all photos, a contact sheet, a page that sums up."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from posture.export.csv import Row, intake_row, row, safe
from posture.findings.assess import UNCLEAR, WORDS
from posture.io.atomic import write_atomic
from posture.plan.intake import Intake
from posture.render import theme
from posture.render.html.plan import page
from posture.render.panel import PANEL
from posture.report.report import Report
from posture.text.language import ENGLISH

Lines = Iterable[Mapping[str, Any]]

#: Code in the column of warnings for a photo that stands under an earlier client, too.
OTHER_CLIENT = "same_photo_other_client"
#: Columns that hold somebody's ids and words, also where they look like numbers.
WORDS_ONLY = ("number", "file", "client_id", "visit_date", "pose", "duplicate_of", "same_photo_as", "sha256", "reasons",
              "warnings", "notes")  # fmt: skip
#: Thumbnails across and down one contact sheet, and the size of each with its caption, px.
ACROSS, DOWN, CELL = 8, 5, (180, 260)
#: What XLSX cannot hold.
ILLEGAL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def write_tables(out: Path, lines: Lines, names: bool, xlsx: bool) -> dict[str, int]:
    """Write results.csv (and results.xlsx), contact sheets and summary.html; how many photos were what.

    ``lines`` are read once, in order, one at a time; each file appears whole or not at all. Raises OSError.
    """
    count: Counter[str] = Counter()
    findings, reasons, clients = Counter[str](), Counter[str](), set[str]()
    first, owners = dict[tuple[str, str], str](), dict[str, tuple[str, str]]()
    part = out / ".results.csv"
    sheet = _Sheets(out)
    with part.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for line in lines:
            report = Report.from_json(json.dumps(line["report"]))
            cells = _row(line, report, names, first, owners)
            if writer is None:
                writer = csv.DictWriter(file, list(cells), lineterminator="\n")
                writer.writeheader()
            writer.writerow(safe(cells))
            count[report.status] += 1
            count["needs_review"] += cells["needs_review"] == "true"
            count["duplicates"] += bool(cells["duplicate_of"])
            count["two_clients"] += bool(cells["same_photo_as"])
            if report.finding is not None and not report.emergency:
                findings[report.finding.kind] += 1
            reasons.update(reason.code for reason in report.reasons)
            if line["client_id"]:
                clients.add(line["client_id"])
            sheet.add(line["number"], report)
    part.replace(out / "results.csv")
    sheets = sheet.close()
    if xlsx:
        _xlsx(out)
    _summary(out, count, findings, reasons, len(clients), sheets)
    return {name: count[name] for name in ("analyzed", "refused", "needs_review", "duplicates", "two_clients")}


def needs_review(report: Report) -> bool:
    """A refusal, any warning, a red flag, a finding that cannot tell or is clear neither way."""
    sent = report.plan is not None and report.plan.mode == "refer"
    unclear = report.finding is not None and report.finding.kind in UNCLEAR
    return report.status == "refused" or bool(report.warnings) or sent or unclear


def _row(
    line: Mapping[str, Any],
    report: Report,
    names: bool,
    first: dict[tuple[str, str], str],
    owners: dict[str, tuple[str, str]],
) -> Row:
    """A photo's cells: who and when, then `report_csv.row` without the file's name where names are left out.

    ``first`` and ``owners`` hold what was seen before: the number of each client's photos, and of each photo the first
    client with its number.
    """
    number, client = f"{line['number']:06d}", line["client_id"]
    photo = report.photo.sha256 or number
    earlier = first.setdefault((client, photo), number)
    owner, there = owners.setdefault(photo, (client, number)) if client else (client, number)
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
        "needs_review": str(needs_review(report) or owner != client).lower(),
        "duplicate_of": "" if earlier == number else earlier,
        "same_photo_as": "" if owner == client else there,
    }
    return who | measured | intake_row(Intake.from_mapping(line.get("told", {})))


def stem(number: int, sha256: str | None) -> str:
    """Name of a photo's own files, which tells nobody's name: 000017_ab12cd34."""
    return f"{number:06d}_{(sha256 or 'unread')[:8]}"


class _Sheets:
    """Contact sheets: every overlay small, with its number and what was found."""

    def __init__(self, out: Path) -> None:
        self.out, self.made, self.at = out, 0, 0
        self.image: Image.Image | None = None

    def add(self, number: int, report: Report) -> None:
        if self.image is None:
            self.image = Image.new("RGB", (ACROSS * CELL[0], DOWN * CELL[1]), theme.WASH)
        x, y = self.at % ACROSS * CELL[0], self.at // ACROSS * CELL[1]
        overlay = self.out / "overlays" / f"{stem(number, report.photo.sha256)}.jpg"
        if overlay.is_file():
            with Image.open(overlay) as picture:
                wide = picture.width
                picture.draft("RGB", (2 * CELL[0], 2 * CELL[1]))
                photo = picture.crop((0, 0, round(picture.width * (1 - PANEL / wide)), picture.height))
                photo.thumbnail((CELL[0] - 12, CELL[1] - 40))
                self.image.paste(photo, (x + (CELL[0] - photo.width) // 2, y + 6))
        kind = report.finding.kind if report.finding is not None else " ".join(r.code for r in report.reasons)
        pen = ImageDraw.Draw(self.image)
        pen.text((x + 8, y + CELL[1] - 30), f"{number:06d}", fill=theme.INK)
        pen.text((x + 8, y + CELL[1] - 17), kind[:28], fill=theme.SOFT)
        self.at += 1
        if self.at == ACROSS * DOWN:
            self._save()

    def close(self) -> list[str]:
        """Names of all sheets; those of an earlier, longer run are removed."""
        if self.at:
            self._save()
        names = [f"contact_sheet_{k:04d}.jpg" for k in range(1, self.made + 1)]
        for old in self.out.glob("contact_sheet_*.jpg"):
            if old.name not in names:
                old.unlink()
        return names

    def _save(self) -> None:
        assert self.image is not None
        self.made += 1
        rows = -(-self.at // ACROSS)
        part = self.out / ".contact_sheet"
        self.image.crop((0, 0, self.image.width, rows * CELL[1])).save(part, "JPEG", quality=85)
        part.replace(self.out / f"contact_sheet_{self.made:04d}.jpg")
        self.image, self.at = None, 0


def _xlsx(out: Path) -> None:
    """results.xlsx from results.csv, row by row; every cell that is no number is text."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.freeze_panes = "B2"
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        names = next(rows)
        for cells in (names, *rows):
            made = []
            for name, text in zip(names, cells, strict=True):
                cell = WriteOnlyCell(sheet, value=_cell(name, text))
                if isinstance(cell.value, str):
                    cell.data_type = "s"
                made.append(cell)
            sheet.append(made)
    part = out / ".results.xlsx"
    book.save(part)
    part.replace(out / "results.xlsx")


def _cell(name: str, text: str) -> float | str | None:
    """A number of a measured or told column as a number; ids, dates and words as they are, whatever they look like."""
    if name in WORDS_ONLY or not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", text):
        return ILLEGAL_CHARACTERS.sub("", text) or None
    return float(text)


def _summary(
    out: Path, count: Counter[str], findings: Counter[str], reasons: Counter[str], clients: int, sheets: list[str]
) -> None:
    total = max(1, count["analyzed"] + count["refused"])
    text = page(
        "batch.html",
        ENGLISH,
        plan=None,
        count=count,
        clients=clients,
        findings=[(WORDS[kind], n, round(100 * n / total)) for kind, n in findings.most_common()],  # type: ignore[index]
        reasons=[(code.replace("_", " "), n, round(100 * n / total)) for code, n in reasons.most_common()],
        sheets=sheets,
        xlsx=(out / "results.xlsx").exists(),
    )
    write_atomic(out / "summary.html", text)
