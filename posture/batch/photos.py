"""Which photos a batch measures, whose they are and when they were taken: from folders, file names, or a CSV list."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from posture.errors import Issue, OutsideFolder, UsageError
from posture.io.intake_files import read_intake
from posture.io.photos import shown
from posture.pipeline import Options
from posture.plan.intake import Intake

#: What a batch writes into its folder; the pictures of a folder that holds the first are its results, not photos.
JOURNAL, RESULTS, SHEETS = "journal.jsonl", ("overlays", "reports", "pages"), "contact_sheet_"
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
POSES = ("relaxed", "arched", "tucked")
#: Poses that were asked for, which say nothing about how somebody stands.
ASKED_FOR = POSES[1:]
#: Columns of a manifest; ``file`` is the only one that must be there.
COLUMNS = ("file", "client_id", "visit_date", "pose", "sex", "stature_cm", "clothing",
           "tilt_deg", "tilt_sem_deg", "asis_x", "asis_y", "psis_x", "psis_y", "intake")  # fmt: skip
_PLACES = {
    "client": r"(?P<client>[^/]+?)",
    "date": r"(?P<date>\d{4}-?\d{2}-?\d{2})",
    "pose": rf"(?P<pose>{'|'.join(POSES)})",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of a batch.

    file : its path under the folder, with slashes · visit_date : ISO, or empty · pose : of POSES, or empty
    problem : why it is not even opened; None as a rule
    """

    file: str
    path: str
    client_id: str = ""
    visit_date: str = ""
    pose: str = ""
    intake: Intake = field(default_factory=Intake)
    options: Options = field(default_factory=Options)
    problem: Issue | None = None


def from_folder(folder: Path, pattern: str | None, intake: Intake, leave_out: Path) -> list[Entry]:
    """Every photo under a folder at any depth, in the order of its path; links that lead out of it are refused rows.

    Links to folders inside are followed, to each folder once and in no circle.

    ``pattern`` reads client, date and pose from the end of the path without its suffix: "{client}/{date}_{pose}" reads
    "north/p17/2026-03-01_relaxed.jpg" as p17, 2026-03-01, relaxed. A path that does not fit, or whose date no calendar
    has, has none of them. Hidden files, the folder ``leave_out`` and what batches wrote are passed over. Raises
    UsageError for a folder that cannot be read.
    """
    reader = None if pattern is None else _reader(pattern)
    entries = []
    for path in _photos(folder, leave_out):
        file = shown(path.relative_to(folder).as_posix())
        entry = Entry(file, str(path), intake=intake, problem=_outside(path, folder))
        entries.append(_with_who_and_when(entry, pattern, reader))
    return entries


def from_url(url: str, pattern: str | None, intake: Intake) -> list[Entry]:
    """The same for a folder of any file system that fsspec knows: "file:///data/photos", "s3://clinic/photos".

    Raises UsageError where the address cannot be read.
    """
    import fsspec

    reader = None if pattern is None else _reader(pattern)
    try:
        system, root = fsspec.core.url_to_fs(url)
        paths = sorted(system.find(root))
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"{url}: {error}") from error
    entries = []
    made = {str(path).removesuffix(JOURNAL) for path in paths if str(path).endswith("/" + JOURNAL)}
    results = tuple(folder + name for folder in made for name in (*(part + "/" for part in RESULTS), SHEETS))
    for path in paths:
        file = str(path).removeprefix(str(root)).lstrip("/")
        hidden = any(part.startswith(".") for part in file.split("/"))
        if file.lower().endswith(SUFFIXES) and not hidden and not str(path).startswith(results):
            entry = Entry(file, str(system.unstrip_protocol(path)), intake=intake)
            entries.append(_with_who_and_when(entry, pattern, reader))
    return entries


def named(entry: Entry, pattern: str) -> Entry:
    """The entry with client, date and pose as its name tells them. Raises UsageError for a pattern that cannot be."""
    return _with_who_and_when(entry, pattern, _reader(pattern)) if pattern else entry


def _with_who_and_when(entry: Entry, pattern: str | None, reader: re.Pattern[str] | None) -> Entry:
    if pattern is None or reader is None:
        return entry
    depth = 1 + pattern.count("/")
    named = reader.fullmatch("/".join(entry.file.rsplit(".", 1)[0].split("/")[-depth:]))
    parts = {} if named is None else named.groupdict()
    try:
        day = _iso(parts.get("date") or "")
    except UsageError:  # digits that no calendar has: the name says something else
        return entry
    return replace(entry, client_id=parts.get("client") or "", visit_date=day, pose=parts.get("pose") or "")


def from_manifest(folder: Path, manifest: Path, intake: Intake) -> list[Entry]:
    """The photos that a CSV list names, in its order. Raises UsageError naming the line of what is wrong in it."""
    try:
        text = manifest.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--manifest {manifest}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from error
    table = csv.DictReader(text.splitlines())
    try:
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


def _entry(folder: Path, cells: Mapping[str, str], intake: Intake) -> Entry:
    if "intake" in cells:
        intake_file = folder / cells["intake"]
        if _outside(intake_file, folder) is not None:
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
        visit_date=_iso(cells.get("visit_date", "")),
        pose=cells.get("pose", ""),
        intake=intake.updated(
            sex=known.sex,
            clothing=known.clothing,
            stature_cm=known.stature_cm,
            tilt_deg=known.tilt_deg,
            tilt_sem_deg=known.tilt_sem_deg,
        ),
        options=Options(asis=points["asis"], psis=points["psis"]),
        problem=_outside(path, folder),
    )


def _point(cells: Mapping[str, str], name: str) -> tuple[float, float] | None:
    given = [f"{name}_{axis}" in cells for axis in "xy"]
    if any(given) and not all(given):
        raise UsageError(f"{name}_x and {name}_y go together")
    return (_number(cells, f"{name}_x"), _number(cells, f"{name}_y")) if all(given) else None


def _number(cells: Mapping[str, str], name: str) -> float:
    try:
        return float(cells[name])
    except ValueError:
        raise UsageError(f"{name} {cells[name]!r} is not a number") from None


def _photos(folder: Path, leave_out: Path) -> Iterator[Path]:
    def unread(error: OSError) -> None:
        raise UsageError(f"{error.filename}: {error.strerror}; allow yourself to read it, or move it away") from error

    followed = {folder.resolve()}
    for root, folders, files in os.walk(folder, onerror=unread, followlinks=True):
        here = Path(root)
        results = JOURNAL in files or here.resolve() == leave_out
        inner = []
        for name in sorted(folders):
            path, target = here / name, (here / name).resolve()
            if name.startswith(".") or target.is_relative_to(leave_out) or (results and name in RESULTS):
                continue
            if not path.is_symlink():
                inner.append(name)
            elif _outside(path, folder) is not None:
                yield path  # a row that says so
            elif not (target in followed or here.resolve().is_relative_to(target)):  # no circle, no folder thrice
                followed.add(target)
                inner.append(name)
        folders[:] = inner
        for name in sorted(files):
            made = results and name.startswith(SHEETS)
            if not name.startswith(".") and name.lower().endswith(SUFFIXES) and not made:
                yield here / name


def _outside(path: Path, folder: Path) -> Issue | None:
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a loop of links, a name that no system takes
        inside = False
    return None if inside else OutsideFolder().issue()


def _reader(pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern. Raises UsageError for a place that does not exist or stands twice."""
    parts = re.split(r"(\{[^{}]*\})", pattern)
    if any(brace in part for part in parts[::2] for brace in "{}"):
        raise UsageError(f"--pattern {pattern}: a brace stands alone; write {{client}}, {{date}} and {{pose}}")
    places = [part[1:-1] for part in parts[1::2]]
    for place in places:
        if place not in _PLACES:
            raise UsageError(f"--pattern: {{{place}}} is none of {', '.join('{' + name + '}' for name in _PLACES)}")
    if not places or len(places) > len(set(places)):
        raise UsageError("--pattern: give at least one of {client}, {date} and {pose}, and each but once")
    return re.compile("".join(_PLACES[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts))


def _iso(text: str) -> str:
    """A date as ISO: "20260301" gives 2026-03-01. Raises UsageError for none."""
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a date like 2026-03-01") from None
