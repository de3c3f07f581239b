"""One visit as one file: a ZIP of ``visit.json`` and, by choice, ``picture.jpg``; read back with care.

The shape of ``visit.json`` is posture/data/visit.schema.json. A file that comes back may hold anything: its size, its
names, its JSON and its picture are checked before they are used.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from posture.errors import UnsuitablePhoto, UsageError
from posture.followup.visit_picture import VisitPicture
from posture.io.photos import read_photo_bytes
from posture.message import Message
from posture.plan.intake import Intake
from posture.report.codec import parsed, rounded
from posture.report.report import Report

#: What the file is called in full, and what it may hold: the most bytes of each part, unpacked.
KIND, PARTS = "application/zip", {"visit.json": 2 * 2**20, "picture.jpg": 12 * 2**20}
MOST_BYTES = 16 * 2**20
DAMAGED = "this saved visit is damaged: {why}"
NO_VISIT = "this is no saved visit, or it is damaged: choose the file that Save and print gave you"
#: A ZIP holds a time for each part; it tells of nobody.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One visit: its day (ISO), the report, the answers, and the picture where one is kept."""

    date: str
    report: Report
    intake: Intake
    picture: VisitPicture | None = None


def visit_file(visit: Visit) -> bytes:
    """The file of a visit, without the photo's name, which may name a person; the same visit gives the same bytes."""
    report = replace(visit.report, photo=replace(visit.report.photo, file=""))
    shown = visit.picture
    content = {
        "posture_visit": 1,
        "date": visit.date,
        "report": report.to_dict(),
        "intake": visit.intake.to_mapping(),
        "picture": None
        if shown is None
        else {
            "stature_px": rounded(shown.stature_px),
            "ankle_px": [rounded(value) for value in shown.ankle_px],
            "roll_deg": rounded(shown.roll_deg),
        },
    }
    parts = {"visit.json": json.dumps(content, ensure_ascii=False, allow_nan=False).encode()}
    if shown is not None:
        parts["picture.jpg"] = shown.jpeg
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, data in parts.items():
            archive.writestr(ZipInfo(name, _NO_TIME), data)
    return made.getvalue()


def read_visit(data: bytes) -> Visit:
    """The visit in a file. Raises UsageError in one sentence for what is no visit, is damaged or is too large."""
    parts = _parts(data)
    try:
        text = parts["visit.json"].decode()
    except UnicodeDecodeError:
        raise UsageError(Message(DAMAGED, why="visit.json is no text")) from None
    content = parsed(text)
    if wrong := _fault(content):
        raise UsageError(Message(DAMAGED, why=wrong))
    try:
        date.fromisoformat(content["date"])
    except ValueError:
        raise UsageError(Message(DAMAGED, why=f"{content['date']} is no day")) from None
    if (content["picture"] is None) != ("picture.jpg" not in parts):
        raise UsageError(Message(DAMAGED, why="its picture and what it says of it do not go together"))
    report, answers = Report.from_dict(content["report"]), Intake.from_mapping(content["intake"])
    picture = None if content["picture"] is None else _picture(parts["picture.jpg"], content["picture"])
    return Visit(content["date"], report, answers, picture)


def _parts(data: bytes) -> dict[str, bytes]:
    """Parts of the file by name, each within its limit, which is checked before it is unpacked."""
    if len(data) > MOST_BYTES:
        raise UsageError(
            Message("this file is too large for a saved visit: the most is {most} MB", most=MOST_BYTES // 2**20)
        )
    try:
        with ZipFile(BytesIO(data)) as archive:
            found = archive.infolist()
            names = [one.filename for one in found]
            if "visit.json" not in names or len(set(names)) != len(names) or not set(names) <= set(PARTS):
                raise UsageError(NO_VISIT)
            parts = {}
            for one in found:
                with archive.open(one) as part:
                    parts[one.filename] = part.read(PARTS[one.filename] + 1)
                if len(parts[one.filename]) > PARTS[one.filename]:
                    raise UsageError(Message(DAMAGED, why=f"{one.filename} is too large"))
            return parts
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise UsageError(NO_VISIT) from error


@cache
def _check() -> Callable[[Any], Any]:
    import fastjsonschema

    schema = json.loads((resources.files("posture") / "data" / "visit.schema.json").read_text("utf-8"))
    check: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False)
    return check


def _fault(content: Any) -> str:
    """First departure of an object from visit.schema.json, in words; empty where there is none."""
    from fastjsonschema import JsonSchemaValueException

    try:
        _check()(content)
    except JsonSchemaValueException as error:
        return str(error.message).removeprefix("data.")[:200]
    return ""


def _picture(jpeg: bytes, content: dict[str, Any]) -> VisitPicture:
    try:
        if not jpeg.startswith(b"\xff\xd8\xff"):
            raise UsageError(Message(DAMAGED, why="its picture is no JPEG"))
        read_photo_bytes(jpeg, "")
    except UnsuitablePhoto as error:
        raise UsageError(Message(DAMAGED, why=f"its picture cannot be read ({error})")) from error
    (x, y) = content["ankle_px"]
    return VisitPicture(jpeg, content["stature_px"], (x, y), content["roll_deg"])
