"""What is taken away beside the HTML page: CSV that every spreadsheet reads, PDF that asks for nothing, charts."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as Xml
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pypdf
import pytest

from posture.errors import SetupError, install_hint
from posture.export.csv import as_csv, row
from posture.followup.three_poses import ThreePoses
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.quantity import Quantity
from posture.render import pdf as report_pdf
from posture.render.charts.bell import among_people, bell, own_range
from posture.render.html.report import render
from posture.report.report import Report
from posture.text.language import load_language
from validation.record import GOLDEN, SAMPLES

KNOWLEDGE = Knowledge.load()
REPORTS = {path.stem: Report.from_json(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}


def test_csv_holds_what_the_report_holds() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(list(REPORTS.values())))))
    assert len(rows) == len(REPORTS)
    for told, report in zip(rows, REPORTS.values(), strict=True):
        data = report.to_dict()
        for name in MEASURES:
            unit = "pct" if name in ("head_forward", "lumbar_depth") else "deg"
            one = data["measurements"].get(name, {})
            assert told[f"{name}_{unit}"] == str(one.get("value", ""))
            for part in ("sigma", "low95", "high95", "mdc95"):
                assert told[f"{name}_{part}"] == str(one.get(part, ""))
            assert told[f"{name}_unmeasured"] == one.get("unmeasured", "")
        assert told["status"] == report.status
        assert told["finding"] == ("" if report.finding is None else report.finding.kind)


def test_every_photo_has_the_same_columns() -> None:
    assert len({tuple(row(report)) for report in REPORTS.values()}) == 1


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@sum", "\tx"])
def test_no_cell_is_a_formula(name: str) -> None:
    report = REPORTS["typical"]
    table = as_csv([replace(report, photo=replace(report.photo, file=name))])
    assert next(csv.DictReader(io.StringIO(table)))["file"] == f"'{name}"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    page = render(REPORTS["typical"], KNOWLEDGE)
    try:
        return report_pdf.to_pdf(page)
    except SetupError as error:
        pytest.skip(f"SKIPPED LOUDLY: {error}")


def test_the_pdf_is_one_and_names_nothing_outside(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF-")
    assert addresses(pdf) == []
    assert addresses(report_pdf.to_pdf('<a href="https://example.org/">x</a>')) == ["https://example.org/"]
    assert len(pdf) > 10_000


def addresses(pdf: bytes) -> list[str]:
    """Where the links of a PDF lead; they stand in it compressed."""
    links = [link for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for link in page.get("/Annots") or []]
    return [link.get_object()["/A"]["/URI"] for link in links]


def test_the_pdf_fetches_no_file_and_no_address(tmp_path: Path) -> None:
    """A page with a picture from a file is drawn as one with a broken picture; sizes vary with the fonts' date."""
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>')
    pages = [f'<p>x</p><img src="{source}">' for source in ("data:,", secret.as_uri())]
    broken, refused = (drawn(report_pdf.to_pdf(page)) for page in pages)
    assert broken == refused
    fetched = pytest.importorskip("weasyprint").HTML(string=pages[1]).write_pdf()
    assert drawn(fetched) != broken  # so a picture that was fetched would show


def drawn(pdf: bytes) -> list[tuple[bytes, int]]:
    """Drawing commands of every page, and how many pictures it holds."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [(page.get_contents().get_data(), len(page["/Resources"].get("/XObject", {}))) for page in pages]


def test_the_pdf_asks_no_server_for_anything(pdf: bytes) -> None:  # noqa: ARG001
    asked: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Notes) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        page = (
            f'<link rel="stylesheet" href="{here}/a.css"><style>@import "{here}/b.css"; '
            f'p {{ background: url("{here}/c.png") }}</style><p>x<img src="{here}/d.png"></p>'
        )
        report_pdf.to_pdf(page)
        assert asked == []
        pytest.importorskip("weasyprint").HTML(string=page).write_pdf()
        assert set(asked) == {"/a.css", "/b.css", "/c.png", "/d.png"}  # so an address that was asked would show
        server.shutdown()


def test_half_a_photo_stays_an_error_once_a_pdf_was_made() -> None:
    """WeasyPrint tells Pillow, for the whole process, to take damaged pictures."""
    code = (
        "import sys; from pathlib import Path; from posture.render.pdf import pdf_problem, to_pdf\n"
        "pdf_problem() or to_pdf('<p>x</p>')\n"
        "from posture.io.photos import read_photo_bytes; from posture.errors import Unreadable\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "try: read_photo_bytes(data[: len(data) // 2], 'half')\n"
        "except Unreadable: print('an error')\n"
    )
    command = [sys.executable, "-c", code, str(SAMPLES / "typical.jpg")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "an error\n"


def test_without_pango_or_weasyprint_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(SetupError, match=re.escape(install_hint("app"))):
        report_pdf.to_pdf("<p>x</p>")
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    monkeypatch.delitem(sys.modules, "weasyprint")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SetupError, match="libpango-1"):
        report_pdf.to_pdf("<p>x</p>")


@pytest.mark.parametrize("code", ["en", "de"])
@pytest.mark.parametrize("name", REPORTS)
def test_charts_are_pictures_with_words(name: str, code: str) -> None:
    charts = among_people(REPORTS[name], KNOWLEDGE, load_language(code, KNOWLEDGE))
    finding = REPORTS[name].finding
    assert bool(charts) == (finding is not None and finding.tilt is not None)
    for words, svg in charts:
        assert Xml.fromstring(svg).attrib["aria-label"] == words


def test_a_chart_puts_the_person_where_they_are() -> None:
    """On a scale of -3.2 to +3.2 SD over 592 px from 24, the mean lies in the middle and +1 SD at 412.5."""
    people = Quantity(10, 5, "deg")
    assert 'cx="320.0"' in bell("t", "a", people, Quantity(10, 2, "deg"))
    assert 'cx="412.5"' in bell("t", "a", people, Quantity(15, 0.1, "deg"))


def test_the_own_range_is_drawn_where_it_is_known() -> None:
    told = ThreePoses(Quantity(0.5, 0.1, ""), Quantity(20, 3, "deg"), "cue", True, ())
    words, svg = own_range(told)
    assert words == "You stand at 50 % of your range of 20°."
    assert 'cx="320.0"' in svg
    assert own_range(replace(told, position=None)) is None
