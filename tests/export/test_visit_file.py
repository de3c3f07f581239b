"""A saved visit comes back as it was, and whatever else is given gets one sentence."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from posture.errors import UsageError
from posture.export.visit_file import MOST_BYTES, PARTS, Visit, read_visit, visit_file
from posture.followup.visit_picture import VisitPicture
from posture.plan.intake import Intake
from posture.report.report import Report
from validation.record import GOLDEN

REPORT = Report.from_json((GOLDEN / "mild.json").read_text("utf-8"))
ANSWERS = Intake.from_mapping({"person": {"age_years": 40}, "safety": {"asked": True, "pain_0_10": 2}})


def jpeg(kind: str = "JPEG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (300, 500), (120, 130, 140)).save(data, kind)
    return data.getvalue()


VISIT = Visit("2026-11-29", REPORT, ANSWERS, VisitPicture(jpeg(), 420.0, (150.0, 470.0), 0.5))


def packed(**changed: object) -> bytes:
    """The file of a visit with some keys of its JSON changed."""
    with zipfile.ZipFile(io.BytesIO(visit_file(VISIT))) as archive:
        told = json.loads(archive.read("visit.json")) | changed
    return archive_of({"visit.json": json.dumps(told).encode(), "picture.jpg": jpeg()})


def archive_of(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def test_a_visit_comes_back_as_it_was_without_the_photos_name() -> None:
    named = replace(REPORT, photo=replace(REPORT.photo, file="Anna Schmidt.jpg"))
    data = visit_file(replace(VISIT, report=named))
    assert b"Anna" not in data
    back = read_visit(data)
    assert back.report.to_dict() == replace(REPORT, photo=replace(REPORT.photo, file="")).to_dict()
    assert (back.date, back.intake) == (VISIT.date, ANSWERS)
    assert back.picture is not None
    assert VISIT.picture is not None
    assert (back.picture.jpeg, back.picture.ankle_px) == (VISIT.picture.jpeg, (150.0, 470.0))


def test_the_same_visit_gives_the_same_bytes() -> None:
    assert visit_file(VISIT) == visit_file(VISIT)


def test_without_a_picture_there_is_none_in_the_file() -> None:
    data = visit_file(replace(VISIT, picture=None))
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["visit.json"]
    assert read_visit(data).picture is None


SPOILED = {
    "no zip": b"Dear diary",
    "nothing": b"",
    "another zip": archive_of({"letter.txt": b"Dear Anna"}),
    "one part too many": archive_of({"visit.json": b"{}", "virus.exe": b"MZ"}),
    "a way out of the folder": archive_of({"visit.json": b"{}", "../picture.jpg": jpeg()}),
    "no JSON": archive_of({"visit.json": b"{"}),
    "no text": archive_of({"visit.json": b"\xff\xfe\x00"}),
    "a bomb": archive_of({"visit.json": b" " * (PARTS["visit.json"] + 1)}),
    "another shape": packed(posture_visit=2),
    "a key too many": packed(more=1),
    "no day": packed(date="2026-13-45"),
    "no report": packed(report={"schema": 2}),
    "answers of another kind": packed(intake={"person": {"age_years": "old"}}),
    "a body of no height": packed(picture={"stature_px": 0, "ankle_px": [1, 2], "roll_deg": 0}),
    "a picture that is told and not there": archive_of({"visit.json": json.dumps(
        json.loads(zipfile.ZipFile(io.BytesIO(visit_file(VISIT))).read("visit.json"))).encode()}),
    "a picture that is there and not told": packed(picture=None),
    "a picture of another kind": archive_of({
        "visit.json": zipfile.ZipFile(io.BytesIO(visit_file(VISIT))).read("visit.json"), "picture.jpg": jpeg("PNG")}),
    "half a picture": archive_of({
        "visit.json": zipfile.ZipFile(io.BytesIO(visit_file(VISIT))).read("visit.json"), "picture.jpg": jpeg()[:300]}),
    "half a file": visit_file(VISIT)[:-200],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPOILED))
def test_a_spoiled_file_gets_one_sentence(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_visit(SPOILED[name])
    assert 10 < len(str(caught.value)) < 400
    assert "Traceback" not in str(caught.value)


def test_a_file_too_large_is_not_unpacked() -> None:
    with pytest.raises(UsageError, match="too large for a saved visit: the most is 16 MB"):
        read_visit(visit_file(VISIT) + bytes(MOST_BYTES))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_bytes_changed_anywhere_give_a_visit_or_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(visit_file(VISIT))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(UsageError):
        assert read_visit(bytes(whole)).report.status == "analyzed"
