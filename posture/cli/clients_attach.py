"""``posture clients attach`` and ``detach``: visit files into a client's file, and their pictures out of it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from posture.cli.clients import files_of, shared_words, tell
from posture.clinic.attachment import PICTURE, REPORT, Attached, Attachment, read_attachment
from posture.errors import UsageError
from posture.export.visit_file import MOST_BYTES
from posture.io.photos import printable


def attach(
    client: str, files: Sequence[Path], day: str | None, new: bool, by: str | None, url: str | None, as_json: bool
) -> int:
    """Attach visit files to a client's visits, all of them or none."""
    if day is not None and len(files) > 1:
        raise UsageError("--date is for one file: attach the files one by one")
    read = [_read(path, day or "") for path in files]
    archive = files_of(url, by, make=new)
    done = archive.attach(client, read, new)
    photos = {one.photo for one in done}
    shared = {photo: clients for photo, clients in archive.photos_of_several().items() if photo in photos}
    summary = {
        "client": client,
        "attached": [{"file": printable(path.name), **asdict(one)} for path, one in zip(files, done, strict=True)],
        "two_clients": [{"photo": photo, "clients": clients} for photo, clients in shared.items()],
    }
    lines = [_words(path, one) for path, one in zip(files, done, strict=True)]
    tell(summary, as_json, "\n".join(lines) + shared_words(shared))
    return 0


def detach(client: str, date: str, sure: bool, by: str | None, url: str | None, as_json: bool) -> int:
    """Take the pictures of a visit away."""
    if not sure:
        raise UsageError(f"this takes the picture of {date} out of the file of {client!r} for good: say --yes to do it")
    pictures = files_of(url, by).remove_pictures(client, date)
    words = f"Taken away: the picture of {date}. Its numbers stay."
    tell({"client": client, "date": date, "pictures": pictures}, as_json, words)
    return 0


def _words(path: Path, done: Attached) -> str:
    return f"{printable(path.name)}: visit of {done.date}, {REPORT[done.report]}, {PICTURE[done.picture]}."


def _read(path: Path, day: str) -> Attachment:
    try:
        with path.open("rb") as file:
            return read_attachment(file.read(MOST_BYTES + 1), day)
    except OSError as error:
        raise UsageError(f"{printable(str(path))}: {error.strerror}") from error
    except UsageError as error:
        raise UsageError(f"{printable(str(path))}: {error}") from error
