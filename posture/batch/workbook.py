"""The XLSX of a batch: a sheet for people with links, and the full table beside it; the same bytes each time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter

from posture.batch.layout import SHARD
from posture.batch.photo_row import PhotoRow
from posture.export.csv import Row
from posture.render import theme
from posture.text.labels import NAMES
from posture.text.language import Language

#: What XLSX cannot hold.
ILLEGAL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: When every file and workbook is said to be made: a ZIP knows no earlier day.
ALWAYS = datetime(1980, 1, 1)
#: Title, width in letters and number format of every column of the sheet for people.
COLUMNS: tuple[tuple[str, int, str], ...] = (
    ("Number", 9, "000000"),
    ("Client", 14, "@"),
    ("Date", 12, "yyyy-mm-dd"),
    ("Pose", 12, "@"),
    ("Picture", 30, "@"),
    ("Report", 10, "@"),
    ("Look at it", 10, "0"),
    ("Why", 48, "@"),
    ("What to do", 40, "@"),
    ("Verdict", 36, "@"),
    ("Forward tilt (°)", 10, "0"),
    ("from (°)", 9, "0"),
    ("to (°)", 9, "0"),
    ("Grade", 8, "@"),
    (f"{NAMES['contour_lordosis']} (°)", 12, "0"),
    (f"{NAMES['lumbar_depth']} (%)", 12, "0.0"),
    ("Plan", 40, "@"),
)


class Workbooks:
    """Workbooks of a batch, each of at most `SHARD` photos: as many as a person opens, and links as Excel takes."""

    def __init__(self, out: Path, photos: int, language: Language) -> None:
        self.out, self.language, self.names = out, language, list[str]()
        self._several = photos > SHARD
        self._photos, self._rows = list[PhotoRow](), list[Row]()

    def add(self, photo: PhotoRow, cells: Row) -> None:
        """One photo as people read it, and its row of the full table."""
        self._photos.append(photo)
        self._rows.append(cells)
        if len(self._photos) == SHARD:
            self._save()

    def close(self) -> list[str]:
        """Names of all workbooks; those of an earlier run with fewer or more photos are removed."""
        if self._photos:
            self._save()
        for old in self.out.glob("results*.xlsx"):
            if re.fullmatch(r"results(_\d{4})?\.xlsx", old.name) and old.name not in self.names:
                old.unlink()
        return self.names

    def _save(self) -> None:
        name = f"results_{len(self.names) + 1:04d}.xlsx" if self._several else "results.xlsx"
        write_workbook(self.out / name, self._photos, self._rows, self.language)
        self.names.append(name)
        self._photos, self._rows = [], []


def write_workbook(path: Path, photos: Sequence[PhotoRow], rows: Sequence[Row], language: Language) -> None:
    """Write one workbook: ``photos`` as people read them, beside them the ``rows`` of the table. Raises OSError."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = ALWAYS
    _people(book, photos, language)
    _table(book, rows)
    part = path.with_name(f".{path.name}")
    ExcelWriter(book, _Timeless(part)).save()
    part.replace(path)


class _Timeless:
    """A ZIP whose files were all written `ALWAYS`, with what openpyxl asks of one."""

    def __init__(self, path: Path) -> None:
        self._zip = ZipFile(path, "w", ZIP_DEFLATED)
        self.namelist, self.close = self._zip.namelist, self._zip.close

    def writestr(self, name: str, data: bytes | str) -> None:
        """One file of the archive by its content."""
        self._zip.writestr(self._info(name), data)

    def write(self, path: str, name: str) -> None:
        """One file of the archive by its path on disk."""
        with Path(path).open("rb") as source, self._zip.open(self._info(name), "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target)

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, (ALWAYS.year, ALWAYS.month, ALWAYS.day, 0, 0, 0))
        info.compress_type = ZIP_DEFLATED
        return info


def _people(book: Workbook, photos: Sequence[PhotoRow], language: Language) -> None:
    tr = language.text
    sheet = book.create_sheet(tr("Photos"))
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{1 + len(photos)}"
    for k, (_, width, _) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(k)].width = width
    sheet.append([_head(sheet, tr(title)) for title, _, _ in COLUMNS])
    for photo in photos:
        sheet.append(list(_cells(sheet, photo, tr("open"))))


def _head(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, value=title)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=theme.LINE.removeprefix("#"))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cells(sheet: Any, photo: PhotoRow, to_open: str) -> Iterator[Any]:
    links = {"Picture": photo.picture, "Report": photo.page}
    picture = photo.file or (to_open if photo.picture else "")
    values = (
        photo.number, photo.client, _day(photo.day), photo.pose, picture, to_open if photo.page else "", photo.place,
        photo.why, photo.to_do, photo.verdict, photo.tilt, photo.low, photo.high, photo.grade, photo.curve,
        photo.depth, photo.plan,
    )  # fmt: skip
    for (title, _, kind), value in zip(COLUMNS, values, strict=True):
        cell = WriteOnlyCell(sheet, value=_plain(value) if isinstance(value, str) else value)
        if isinstance(cell.value, str):
            cell.data_type = "s"  # also what begins like a formula
        cell.number_format = kind
        cell.alignment = Alignment(wrap_text=kind == "@", vertical="top")
        if photo.place is not None and title in ("Number", "Look at it"):
            cell.fill = PatternFill("solid", fgColor="FDF0D5")
        if links.get(title):
            cell.hyperlink = links[title]
            cell.font = Font(color=theme.LEG.removeprefix("#"), underline="single")
        yield cell


def _day(day: str) -> date | str:
    with suppress(ValueError):
        return date.fromisoformat(day)
    return day


def _table(book: Workbook, rows: Sequence[Row]) -> None:
    """The full table; every cell that is no number is text."""
    sheet = book.create_sheet("results")
    sheet.freeze_panes = "B2"
    for cells in (list(rows[0]), *(row.values() for row in rows)):
        made = []
        for value in cells:
            cell = WriteOnlyCell(sheet, value=_plain(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            made.append(cell)
        sheet.append(made)


def _plain(value: str | float | None) -> str | float | None:
    """A cell without what XLSX cannot hold; an empty text is no cell."""
    return ILLEGAL_CHARACTERS.sub("", value) or None if isinstance(value, str) else value
