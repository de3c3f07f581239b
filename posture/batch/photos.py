"""Which photos a batch measures, whose they are and when they were taken: from folders and file names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from posture.batch.name_pattern import NamePattern
from posture.errors import Issue, OutsideFolder, UsageError
from posture.io.photos import shown
from posture.pipeline import Options
from posture.plan.intake import Intake

#: What a batch writes into its folder; the pictures of a folder that holds the first are its results, not photos.
JOURNAL, RESULTS, SHEETS = "journal.jsonl", ("overlays", "reports", "pages"), "contact_sheet_"
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo of a batch.

    file : its path under the folder, with slashes · visit_date : ISO, or empty · pose : of `POSES`, or empty
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

    ``pattern`` is a `NamePattern`; a path that does not fit has what could be read of it. Hidden files, the folder
    ``leave_out`` and what batches wrote are passed over. Raises UsageError for a folder that cannot be read.
    """
    reader = None if pattern is None else NamePattern(pattern)
    entries = []
    for path in _photos(folder, leave_out):
        file = shown(path.relative_to(folder).as_posix())
        entry = Entry(file, str(path), intake=intake, problem=outside(path, folder))
        entries.append(_with_who_and_when(entry, reader))
    return entries


def from_url(url: str, pattern: str | None, intake: Intake) -> list[Entry]:
    """The same for a folder of any file system that fsspec knows: "file:///data/photos", "s3://clinic/photos".

    Raises UsageError where the address cannot be read.
    """
    import fsspec

    reader = None if pattern is None else NamePattern(pattern)
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
            entries.append(_with_who_and_when(entry, reader))
    return entries


def named(entry: Entry, pattern: str) -> Entry:
    """The entry with client, date and pose as its name tells them. Raises UsageError for a pattern that cannot be."""
    return _with_who_and_when(entry, NamePattern(pattern)) if pattern else entry


def _with_who_and_when(entry: Entry, pattern: NamePattern | None) -> Entry:
    if pattern is None:
        return entry
    said = pattern.read(entry.file)
    return replace(entry, client_id=said.client, visit_date=said.day, pose=said.pose)


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
            elif outside(path, folder) is not None:
                yield path  # a row that says so
            elif not (target in followed or here.resolve().is_relative_to(target)):  # no circle, no folder thrice
                followed.add(target)
                inner.append(name)
        folders[:] = inner
        for name in sorted(files):
            made = results and name.startswith(SHEETS)
            if not name.startswith(".") and name.lower().endswith(SUFFIXES) and not made:
                yield here / name


def outside(path: Path, folder: Path) -> Issue | None:
    """The refusal of a path that leads out of the folder; None for one inside."""
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a loop of links, a name that no system takes
        inside = False
    return None if inside else OutsideFolder().issue()
