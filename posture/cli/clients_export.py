"""Exports of the client files: pages for the chart, bundles for other systems, tables for research."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from posture.cli.clients import files_of, tell
from posture.clinic.days import days, file_name
from posture.errors import UsageError
from posture.io.atomic import private_folder, write_atomic
from posture.io.photos import shown
from posture.knowledge.load import Knowledge

if TYPE_CHECKING:
    from posture.clinic.archive import Archive

Kind = Literal["json", "fhir", "csv"]
#: How the files of all clients end.
ENDINGS = {"json": ".json", "fhir": ".fhir.json"}


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages for the chart that are asked for.

    visit : its day (ISO), None for all · clinic, logo : the head of the page, as kept where not given
    as_html : web pages in place of PDF · lang : the language's code
    """

    out: Path
    visit: str | None
    clinic: str
    logo: Path | None
    as_html: bool
    lang: str


def report(client: str | None, everybody: bool, pages: Pages, by: str | None, url: str | None, as_json: bool) -> int:
    """Write a page for the chart of every visit, of one client or of all."""
    from posture.errors import SetupError
    from posture.render.html.visit import Clinic, render_visit
    from posture.render.pdf import pdf_problem, to_pdf
    from posture.text.language import load_language

    archive, knowledge = files_of(url, by), Knowledge.load()
    language = load_language(pages.lang, knowledge)
    kept_name, kept_logo = archive.clinic()
    clinic = Clinic(pages.clinic or kept_name, Clinic.with_logo("", pages.logo).logo or kept_logo)
    if not pages.as_html and (problem := pdf_problem()):
        raise SetupError(f"{problem}; or ask for --html")
    written = []
    for name in _who(client, everybody, [listed.pseudonym for listed in archive.clients()]):
        history, kept = archive.history(name), archive.client_record(name)
        for entry in days(history, knowledge):
            if pages.visit is not None and entry.date != pages.visit:
                continue
            page = render_visit(name, entry, history, clinic, knowledge, kept, language)
            data = page.encode() if pages.as_html else to_pdf(page)
            path = pages.out / f"{file_name(name)}_{entry.date}.{'html' if pages.as_html else 'pdf'}"
            _write(path, data)
            written.append(path)
            archive.note_export([name], "page" if pages.as_html else "pdf")
    if not written:
        raise UsageError("nothing to write: no visit" + (f" on {pages.visit}" if pages.visit else ""))
    summary = {"written": [shown(path) for path in written]}
    tell(summary, as_json, f"Pages: {len(written)}, written to {shown(pages.out.resolve())}")
    return 0


def export(
    client: str | None,
    everybody: bool,
    form: tuple[Kind, bool],
    out: Path | None,
    by: str | None,
    url: str | None,
    as_json: bool,
) -> int:
    """Everything that is kept of one client or of all: as JSON, as FHIR, or as tables for research.

    form : the kind, and for FHIR whether it is a transaction
    """
    from posture.export.fhir import bundle

    archive, knowledge, (kind, transaction) = files_of(url, by), Knowledge.load(), form
    names = _who(client, everybody, [listed.pseudonym for listed in archive.clients()])
    if kind == "csv":
        return _tables(archive, names, out, as_json)
    make: Callable[[str], str] = {
        "json": lambda name: json.dumps(archive.export(name), ensure_ascii=False, indent=1) + "\n",
        "fhir": lambda name: bundle(name, archive.history(name), knowledge, transaction, archive.client_record(name)),
    }[kind]
    if out is None and everybody:
        raise UsageError("--all needs a folder: give it with --out")
    if kind == "fhir":
        archive.note_export(names, kind)
    if out is None:
        sys.stdout.write(make(names[0]))
        return 0
    for name in names:
        _write(out / (file_name(name) + ENDINGS[kind]) if everybody else out, make(name).encode())
    tell(
        {"clients": len(names), "out": shown(out)}, as_json, f"Clients: {len(names)}, written to {shown(out.resolve())}"
    )
    return 0


def _tables(archive: Archive, names: list[str], out: Path | None, as_json: bool) -> int:
    """photos.csv, changes.csv and dictionary.csv."""
    from posture.clinic.research_csv import CHANGE_MEANINGS, MEANINGS, change_rows, dictionary, photo_rows, table

    if out is None:
        raise UsageError("--format csv writes three tables: give a folder with --out")
    own, knowledge = archive.own_error(), Knowledge.load()
    files = {name: archive.history(name) for name in names}
    archive.note_export(names, "csv")
    kept = {name: archive.client_record(name) for name in names}
    photos = [row for name in names for row in photo_rows(name, files[name], knowledge, kept[name])]
    changes = [row for name in names for row in change_rows(name, files[name], knowledge, own)]
    columns, of_change = list(photos[0]) if photos else [], list(CHANGE_MEANINGS)
    meanings = dictionary(columns, MEANINGS, "photos") + dictionary(of_change, CHANGE_MEANINGS, "changes")
    _write(out / "photos.csv", table(photos, columns).encode())
    _write(out / "changes.csv", table(changes, of_change).encode())
    _write(out / "dictionary.csv", table(meanings, ["table", "column", "meaning"]).encode())
    summary = {"photos": len(photos), "changes": len(changes), "out": shown(out)}
    tell(summary, as_json, f"Photos: {len(photos)}, changes: {len(changes)}, written to {shown(out.resolve())}")
    return 0


def _who(client: str | None, everybody: bool, known: list[str]) -> list[str]:
    if (client is None) != everybody:
        raise UsageError("name one client, or say --all")
    if client is None:
        if not known:
            raise UsageError("there are no clients yet: posture clients add RESULTS takes in a batch")
        return known
    return [client]


def _write(path: Path, data: bytes) -> None:
    if path.is_dir() or not path.name:
        raise UsageError(f"--out {path}: a folder; give the name of a file in it")
    try:
        private_folder(path.parent)
        write_atomic(path, data, private=True)
    except OSError as error:
        raise UsageError(f"--out {path}: {error.strerror}") from error
