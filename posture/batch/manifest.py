"""A CSV list of the photos of a batch: which, whose, when, what is known of the person."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from posture.batch.name_pattern import POSES, iso
from posture.batch.photos import Entry, outside
from posture.errors import UsageError
from posture.io.intake_files import read_intake
from posture.pipeline import Options
from posture.plan.intake import Intake

#: Columns of a manifest; ``file`` is the only one that must be there.
COLUMNS = ("file", "client_id", "visit_date", "pose", "sex", "stature_cm", "clothing",
           "tilt_deg", "tilt_sem_deg", "asis_x", "asis_y", "psis_x", "psis_y", "intake")  # fmt: skip
#: What may part the cells; spreadsheets of countries with a decimal comma write semicolons.
SEPARATORS = (",", ";", "\t")


def from_manifest(folder: Path, manifest: Path, intake: Intake) -> list[Entry]:
    """The photos that a CSV list names, in its order; commas, semicolons or tabs part its cells.

    Numbers may have a decimal comma, days may stand as 01.03.2026. Raises UsageError naming the line of what is wrong.
    """
    try:
        text = manifest.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--manifest {manifest}: {getattr(error, 'strerror', None) or 'not UTF-8 text: save it as CSV UTF-8'}"
        ) from error
    try:
        table = csv.DictReader(text.splitlines(), delimiter=_separator(text))
        columns, lines = table.fieldnames or (), [(table.line_num, line) for line in table]
    except csv.Error as error:
        raise UsageError(f"--manifest {manifest.name}: this is not a CSV list ({error})") from error
    unknown = set(columns) - set(COLUMNS)
    if "file" not in columns or unknown:
        wrong = f"unknown column {sorted(map(str, unknown))[0]!r}" if unknown else "no column 'file'"
        raise UsageError(f"--manifest {manifest.name}: {wrong}; columns are {', '.join(COLUMNS)}")
    entries = []
    for number, line in lines:
        where = f"--manifest {manifest.name}, line {number}"
        if None in line or None in line.values():
            raise UsageError(f"{where}: as many cells as columns are needed")
        cells = {name: cell.strip() for name, cell in line.items() if cell.strip()}
        if "file" not in cells:
            raise UsageError(f"{where}: the file is missing")
        try:
            entries.append(_entry(folder, cells, intake))
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from error
    return entries


def _separator(text: str) -> str:
    """Separator of the columns' names, of which one is ``file``; a comma where none fits."""
    head = text.splitlines()[0] if text else ""
    return next((sign for sign in SEPARATORS if "file" in next(csv.reader([head], delimiter=sign), [])), ",")


def _entry(folder: Path, cells: Mapping[str, str], intake: Intake) -> Entry:
    if "intake" in cells:
        intake_file = folder / cells["intake"]
        if outside(intake_file, folder) is not None:
            raise UsageError(f"intake {cells['intake']} lies outside of the folder")
        intake = read_intake(intake_file)
    if cells.get("pose", "relaxed") not in POSES:
        raise UsageError(f"pose {cells['pose']!r}: choose from {', '.join(POSES)}")
    person: dict[str, Any] = {name: cells[name] for name in ("sex", "clothing") if name in cells}
    if "stature_cm" in cells:
        person["stature_cm"] = _number(cells, "stature_cm")
    reading = {name: _number(cells, name) for name in ("tilt_deg", "tilt_sem_deg") if name in cells}
    if "tilt_sem_deg" in reading and "tilt_deg" not in reading:
        raise UsageError("tilt_sem_deg is the error of tilt_deg: give that, too")
    known = Intake.from_mapping({"person": person, "reading": reading})
    points = {name: _point(cells, name) for name in ("asis", "psis")}
    path = folder / cells["file"]
    return Entry(
        file=cells["file"],
        path=str(path),
        client_id=cells.get("client_id", ""),
        visit_date=iso(cells.get("visit_date", "")),
        pose=cells.get("pose", ""),
        intake=intake.updated(
            sex=known.sex,
            clothing=known.clothing,
            stature_cm=known.stature_cm,
            tilt_deg=known.tilt_deg,
            tilt_sem_deg=known.tilt_sem_deg,
        ),
        options=Options(asis=points["asis"], psis=points["psis"]),
        problem=outside(path, folder),
    )


def _point(cells: Mapping[str, str], name: str) -> tuple[float, float] | None:
    given = [f"{name}_{axis}" in cells for axis in "xy"]
    if any(given) and not all(given):
        raise UsageError(f"{name}_x and {name}_y go together")
    return (_number(cells, f"{name}_x"), _number(cells, f"{name}_y")) if all(given) else None


def _number(cells: Mapping[str, str], name: str) -> float:
    try:
        return float(cells[name].replace(",", "."))
    except ValueError:
        raise UsageError(f"{name} {cells[name]!r} is not a number") from None
