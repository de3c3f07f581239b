"""Request of a batch: its options, its photos, and the settings that may not change when it goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from posture._version import __version__
from posture.batch.identity import folded
from posture.batch.journal import SCHEMA
from posture.batch.manifest import from_manifest
from posture.batch.photos import Entry, from_folder, from_url
from posture.errors import UsageError
from posture.io.photos import latest_day
from posture.io.progress import Verbosity
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.text.language import ENGLISH, Language

#: Stands for every code of a refusal.
EVERY_CODE = "all"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the command line.

    retry : measure refused photos anew, `EVERY_CODE` or those of one code; it goes on with a batch, as ``resume`` does
    fold_clients : clients whose names differ by case or blanks only are one
    limit_s : what measuring one photo may take; None for no limit
    """

    knowledge: Knowledge
    folder: str
    out: Path
    workers: int
    scheduler: str | None
    resume: bool
    pattern: str | None
    manifest: Path | None
    names: bool
    intake: Intake
    show_face: bool
    xlsx: bool
    passes: int | None
    as_json: bool
    verbosity: Verbosity = "normal"
    language: Language = ENGLISH
    separator: str = ","
    retry: str | None = None
    fold_clients: bool = False
    limit_s: float | None = None


def entries_of(request: Request) -> list[Entry]:
    """Every photo that was asked for. Raises UsageError for none, for a list with faults and for days in the future."""
    entries, latest = _listed(request), latest_day()
    if request.fold_clients:
        entries = [replace(entry, client_id=folded(entry.client_id)) for entry in entries]
    late = [entry for entry in entries if entry.visit_date > latest]
    if late:
        which = f", such as {late[0].file!r}" if request.names else ""
        has = "has a day" if len(late) == 1 else "have days"
        raise UsageError(
            f"{len(late)} of {len(entries)} photos {has} in the future{which} ({late[0].visit_date}): "
            "correct it in the name or the list"
        )
    return entries


def _listed(request: Request) -> list[Entry]:
    if "://" in request.folder:
        entries = from_url(request.folder, request.pattern, request.intake)
        if not entries:
            raise UsageError(f"{request.folder} holds no photo (JPEG, PNG, WebP, HEIC)")
        return entries
    folder = Path(request.folder).absolute()  # a worker of a cluster stands elsewhere
    if not folder.is_dir():
        raise UsageError(f"{request.folder} is no folder")
    if request.manifest is not None:
        entries = from_manifest(folder, request.manifest, request.intake)
        if not entries:
            raise UsageError(f"--manifest {request.manifest} lists no photo")
    else:
        entries = from_folder(folder, request.pattern, request.intake, request.out.resolve())
    if not entries:
        raise UsageError(f"{request.folder} holds no photo (JPEG, PNG, WebP, HEIC)")
    return entries


def settings_of(request: Request, entries: Sequence[Entry]) -> dict[str, Any]:
    """Settings that must be the same for a batch to go on: everything that changes a number or a row.

    Photos and answers are held by the `PhotoList`. Without names there is none, and the photos must be the same.
    """
    drawn = {"show_face": request.show_face, "passes": request.passes, "language": request.language.code}
    settings = {"schema": SCHEMA, "posture": __version__, "names": request.names}
    if not request.names:
        photos = repr([(e.file, asdict(e)) for e in entries]).encode("utf-8", "backslashreplace")
        settings["photos"] = hashlib.sha256(photos).hexdigest()
    return settings | drawn
