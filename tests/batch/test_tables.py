"""What a batch leaves for people: workbook, summary, contact sheets, the queue of photos to look at."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from PIL import Image

from posture.batch import summary, workbook
from posture.batch.layout import photo_file
from posture.batch.tables import TableOptions, write_tables
from posture.errors import Issue
from posture.findings.verdict import WORDS
from posture.knowledge.load import Knowledge
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.render.panel import PANEL
from posture.report.report import Report
from posture.text.labels import NAMES
from posture.text.language import load_language
from tests.text.test_language import english_words, refusals
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
GERMAN = load_language("de", KNOWLEDGE)
SAMPLES = ("typical", "turned", "arm_over_back", "sway_back")


def report_of(sample: str) -> Report:
    return Report.from_json((GOLDEN / f"{sample}.json").read_text("utf-8"))


def line(number: int, report: Report, **more: Any) -> dict[str, Any]:
    report = replace(report, photo=replace(report.photo, sha256=f"{number:08x}" * 8))
    told = {"number": number, "file": f"p{number}/2026-03-01.jpg", "client_id": f"p{number}", "pose": "relaxed",
            "visit_date": "2026-03-01", "report": report.to_dict()}  # fmt: skip
    return told | more


LINES = [line(k, report_of(name)) for k, name in enumerate(SAMPLES)]


def write(out: Path, lines: list[dict[str, Any]], **options: Any) -> dict[str, int]:
    """The tables of some lines, each with a picture and a page where it was measured."""
    for one in lines:
        for kind in ("overlays", "pages"):
            file = out / photo_file(kind, one["number"], one["report"]["photo"]["sha256"])  # type: ignore[arg-type]
            file.parent.mkdir(parents=True, exist_ok=True)
            if kind == "overlays":
                Image.new("RGB", (720 + PANEL, 1280), (90, 120, 150)).save(file, "JPEG")
            else:
                file.write_text("<p>page</p>")
    return write_tables(out, lambda: iter(lines), TableOptions(**options), KNOWLEDGE)


def rows(out: Path, separator: str = ",") -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def cells(out: Path, sheet: int = 0) -> Iterator[dict[str, Any]]:
    """The rows of a sheet of the workbook by its titles."""
    titles, *others = load_workbook(out / "results.xlsx").worksheets[sheet].iter_rows()
    for row in others:
        yield {title.value: cell for title, cell in zip(titles, row, strict=True)}


class TestQueue:
    def test_place_and_reasons_stand_in_the_last_columns(self, tmp_path: Path) -> None:
        count = write(tmp_path, LINES)
        told = [(row["needs_review"], row["review_place"], row["review_why"]) for row in rows(tmp_path)]
        assert told == [
            ("false", "", ""), ("true", "1", "refused"), ("true", "2", "arm_over_back"), ("false", "", "")
        ]  # fmt: skip
        assert list(rows(tmp_path)[0])[-2:] == ["review_place", "review_why"]
        assert count["needs_review"] == 2

    def test_a_reading_near_a_cut_that_is_not_named_still_says_so(self, tmp_path: Path) -> None:
        report = report_of("typical")
        assert report.finding is not None
        assert report.finding.cuts is not None
        assert report.finding.tilt is not None
        near = []
        for k in range(5):
            quantity = replace(report.finding.tilt.quantity, value=report.finding.cuts.less + 0.9 - k / 10)
            tilt = replace(report.finding.tilt, quantity=quantity)
            near.append(line(k, replace(report, finding=replace(report.finding, tilt=tilt))))
        write(tmp_path, near)
        assert [row["review_why"] for row in rows(tmp_path)] == ["near_cut"] * 5
        assert [row["review_place"] for row in rows(tmp_path)] == ["", "", "", "", "1"]

    def test_doubts_about_whose_photo_it_is_name_it(self, tmp_path: Path) -> None:
        odd = [line(k, report_of("typical"), client_id="p1", file="p1/a.jpg") for k in range(3)]
        odd += [line(3, report_of("sway_back"), client_id="p1", told={"person": {"stature_cm": 190}}, file="p1/b.jpg")]
        for one in odd[:3]:
            one["told"] = {"person": {"stature_cm": 170}}
        write(tmp_path, odd)
        assert [row["review_why"] for row in rows(tmp_path)] == ["", "", "", "identity"]


class TestWorkbook:
    def test_it_is_made_of_the_same_bytes_each_time(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path, LINES, xlsx=True)
        first = (tmp_path / "results.xlsx").read_bytes()

        class Later(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return datetime(2031, 1, 1, tzinfo=tz)

        monkeypatch.setattr("openpyxl.packaging.core.datetime.datetime", Later)
        write(tmp_path, LINES, xlsx=True)
        assert (tmp_path / "results.xlsx").read_bytes() == first
        with ZipFile(tmp_path / "results.xlsx") as file:
            assert {info.date_time for info in file.infolist()} == {workbook.ALWAYS.timetuple()[:6]}
            assert file.testzip() is None

    def test_its_first_sheet_is_for_people(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, xlsx=True)
        typical, turned, arm, _ = cells(tmp_path)
        assert len(typical) == len(workbook.COLUMNS) <= 17
        assert typical["Date"].value == datetime(2026, 3, 1)
        assert (typical["Client"].value, typical["Pose"].value) == ("p0", "relaxed")
        assert typical["Verdict"].value == WORDS["no_sign"].capitalize()
        assert isinstance(typical["Forward tilt (°)"].value, float)
        assert typical["from (°)"].value < typical["Forward tilt (°)"].value < typical["to (°)"].value
        assert typical["Grade"].value == "C"
        assert isinstance(typical[f"{NAMES['contour_lordosis']} (°)"].value, float)
        assert typical["Plan"].value
        assert (typical["Look at it"].value, typical["Why"].value) == (None, None)
        assert (turned["Look at it"].value, turned["Verdict"].value) == (1, "Not measured")
        assert turned["Why"].value.startswith("The body is turned 36° from side-on")
        assert turned["What to do"].value == "Turn until one shoulder hides the other"
        assert arm["Forward tilt (°)"].value is None

    def test_its_links_lead_to_picture_and_page(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, xlsx=True)
        for row in cells(tmp_path):
            for title in ("Picture", "Report"):
                assert (tmp_path / row[title].hyperlink.target).is_file()

    def test_it_can_be_filtered_and_its_head_stays(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, xlsx=True)
        sheet = load_workbook(tmp_path / "results.xlsx").worksheets[0]
        assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:Q5", "C2")
        assert sheet.column_dimensions["H"].width == 48

    def test_its_second_sheet_is_the_whole_table(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, xlsx=True)
        for row, told in zip(cells(tmp_path, 1), rows(tmp_path), strict=True):
            assert list(row) == list(told)
            assert {name: _text(cell.value) for name, cell in row.items()} == {n: _text(t) for n, t in told.items()}

    def test_no_cell_is_a_formula(self, tmp_path: Path) -> None:
        write(tmp_path, [line(0, report_of("typical"), client_id="=1+1", file="=cmd()\x07.jpg")], xlsx=True)
        (row,) = cells(tmp_path)
        assert (row["Client"].value, row["Client"].data_type) == ("=1+1", "s")
        assert row["Picture"].data_type == "s"

    def test_an_emergency_stands_alone(self, tmp_path: Path) -> None:
        plan = advise("no_sign", Intake(asked=True, flags=("saddle_numbness",)), KNOWLEDGE)
        write(tmp_path, [line(0, replace(report_of("typical"), plan=plan))], xlsx=True)
        (row,) = cells(tmp_path)
        assert row["Verdict"].value == "Read the safety message first"
        assert [row[title].value for title in ("Forward tilt (°)", "Grade", "Plan")] == [None] * 3
        assert plan is not None
        assert row["Why"].value == plan.message.rstrip(".")

    def test_more_photos_than_a_workbook_takes_make_several(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, LINES, xlsx=True)
        monkeypatch.setattr(workbook, "SHARD", 3)
        write(tmp_path, LINES, xlsx=True)
        books = [load_workbook(file).worksheets[0].max_row for file in sorted(tmp_path.glob("*.xlsx"))]
        assert [file.name for file in sorted(tmp_path.glob("*.xlsx"))] == ["results_0001.xlsx", "results_0002.xlsx"]
        assert books == [4, 2]
        (tmp_path / "results_mine.xlsx").write_bytes(b"")
        write(tmp_path, LINES[:3], xlsx=True)
        assert sorted(file.name for file in tmp_path.glob("*.xlsx")) == ["results.xlsx", "results_mine.xlsx"]

    def test_it_speaks_german(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, xlsx=True, language=GERMAN)
        book = load_workbook(tmp_path / "results.xlsx").worksheets[0]
        words = " ".join(str(cell.value) for row in book.iter_rows() for cell in row if cell.value)
        assert english_words(words) == set()
        assert {title for title, _, _ in workbook.COLUMNS if title not in GERMAN.page} <= {"Plan"}


def _text(value: Any) -> str:
    """A cell as text; a number is the same in the workbook and in the CSV."""
    try:
        return str(float(value))
    except (TypeError, ValueError):
        return value or ""


def test_a_semicolon_comes_with_decimal_commas(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    plain = rows(tmp_path)
    write(tmp_path, LINES, separator=";")
    other = rows(tmp_path, ";")
    assert other[0]["hip_angle_deg"] == plain[0]["hip_angle_deg"].replace(".", ",")
    assert other[0]["version_posture"] == plain[0]["version_posture"]
    assert [row["finding"] for row in other] == [row["finding"] for row in plain]


class TestSummary:
    def page(self, out: Path) -> str:
        return (out / "summary.html").read_text("utf-8")

    def words(self, out: Path) -> str:
        body = re.sub(r"<style>.*?</style>", "", self.page(out), flags=re.S)
        return unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))

    def test_it_names_whom_to_look_at_with_picture_and_links(self, tmp_path: Path) -> None:
        write(tmp_path, LINES)
        said, page = self.words(tmp_path), self.page(tmp_path)
        assert "Photos: 4" in said
        assert "Measured: 3, refused: 1, to look at: 2." in said
        assert said.index("1. p1 · 2026-03-01 · relaxed") < said.index("2. p2 · 2026-03-01 · relaxed")
        assert "The body is turned 36° from side-on" in said
        assert "Not side view: 1" in said
        assert page.count('src="data:image/jpeg;base64,') == 2
        assert "p0 ·" not in said
        links = set(re.findall(r'href="([^"]+)"', page))
        assert all((tmp_path / link).exists() for link in links)
        assert {"results.csv", "contact_sheet_0001.jpg"} < links

    def test_it_shows_the_first_hundred_and_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(summary, "MOST_SHOWN", 2)
        arm = replace(report_of("sway_back"), warnings=(Issue("arm_over_back", "an arm covers the lower back", "x"),))
        write(tmp_path, [*(line(k, arm) for k in range(4)), line(4, report_of("turned"))])
        said = self.words(tmp_path)
        assert said.index("1. p4") < said.index("2. p0")
        assert "p1 ·" not in said
        assert "These are the first 2; the tables name all." in said

    def test_a_photo_without_picture_and_one_that_needs_nobody(self, tmp_path: Path) -> None:
        write_tables(tmp_path, lambda: iter(LINES), TableOptions(), KNOWLEDGE)
        assert self.words(tmp_path).count("no picture") == 2
        write(tmp_path, LINES[:1])
        assert "No photo asks for a look." in self.words(tmp_path)

    def test_a_name_cannot_write_html(self, tmp_path: Path) -> None:
        write(tmp_path, [line(0, report_of("turned"), client_id="<script>x</script>")])
        assert "<script>" not in self.page(tmp_path)

    def test_it_speaks_german(self, tmp_path: Path) -> None:
        write(tmp_path, LINES, language=GERMAN)
        assert 'lang="de"' in self.page(tmp_path)
        assert english_words(self.page(tmp_path)) == set()

    def test_every_reason_of_a_refusal_has_its_german(self) -> None:
        codes = {kind.code.replace("_", " ") for kind in refusals() if kind.code != "unsuitable"} | {"wrong points"}
        assert {code for code in codes if code not in GERMAN.page} <= {"not lying", "leg unclear"}  # of another photo


def test_a_contact_sheet_has_a_place_for_every_photo_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / "contact_sheet_0007.jpg").write_bytes(b"")
    write(tmp_path, LINES)
    assert [file.name for file in tmp_path.glob("contact_sheet*")] == ["contact_sheet_0001.jpg"]
    with Image.open(tmp_path / "contact_sheet_0001.jpg") as sheet:
        assert sheet.size == (8 * 180, 280)
        for k in range(4):  # the words stand below each picture
            low, high = sheet.crop((180 * k, 214, 180 * k + 180, 280)).convert("L").getextrema()
            assert high - low > 100


def test_a_photo_after_the_first_ten_thousand_has_a_folder_of_its_thousands() -> None:
    assert photo_file("overlays", 17, "ab12cd34ef") == "overlays/000017_ab12cd34.jpg"
    assert photo_file("reports", 9_999, None) == "reports/009999_unread.json"
    assert photo_file("pages", 10_017, "ab12cd34ef") == "pages/0001/010017_ab12cd34.html"
