"""What leaves the client files: pages, bundles, tables; nobody's name in a path, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as Xml
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from fhir.resources.R4B.bundle import Bundle
from PIL import Image

from posture.body.body_outline import BodyOutline
from posture.clinic.archive import Archive
from posture.clinic.days import file_name
from posture.clinic.research_csv import CHANGE_MEANINGS, MEANINGS, change_rows, dictionary, photo_rows, table
from posture.errors import UsageError
from posture.export.fhir import SYSTEM, bundle
from posture.findings.verdict import WORDS
from posture.followup.timeline import Entry, Review, timelines
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.render.charts.visit import before_after, timeline
from posture.render.html.visit import Clinic, outlines, render_visit
from posture.report.report import Report
from posture.text.intake_lines import intake_lines
from posture.text.language import load_language
from tests.cli.test_main import said as said_by
from tests.figures import Figure, Sees, frame, observation
from tests.followup.test_timeline import entry, hip
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
FIGURE = Sees(observation(Figure(hollow_px=60)))
REPORTS = {path.stem: Report.from_json(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}
TOLD = Intake.from_mapping(
    {
        "person": {"clothing": "tight"},
        "safety": {"asked": True, "pain_0_10": 3},
        "tests": {"left": {"thomas_thigh_deg": -4, "lumbar_flat": False, "hip_flexion_hold_s": 14}},
        "life": {"sitting_h_day": 9},
    }
)
HISTORY = [
    Entry(f"2026-0{k}-01", "relaxed", report, TOLD if k == 2 else Intake())
    for k, report in enumerate(REPORTS.values(), 1)
]


class TestFhir:
    def resources(self, history: list[Entry], kind: str) -> list[dict[str, object]]:
        told = json.loads(bundle("p1", history, KNOWLEDGE))
        return [e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == kind]

    def test_the_bundle_is_valid_and_every_reference_leads_to_one_of_its_own(self) -> None:
        text = bundle("p1", HISTORY, KNOWLEDGE)
        whole = Bundle.model_validate_json(text)
        addresses = [one.fullUrl for one in whole.entry]
        assert len(addresses) == len(set(addresses))
        for line in text.splitlines():
            if '"reference"' in line:
                assert line.split('"')[3] in addresses
        assert bundle("p1", HISTORY, KNOWLEDGE) == text
        assert bundle("p2", HISTORY, KNOWLEDGE) != text

    def test_two_files_of_one_day_that_could_not_be_read_are_two_reports(self) -> None:
        torn = replace(REPORTS["turned"], photo=replace(REPORTS["turned"].photo, sha256=None))
        whole = Bundle.model_validate_json(bundle("p1", [Entry("2026-03-01", "", torn)] * 2, KNOWLEDGE))
        addresses = [one.fullUrl for one in whole.entry]
        assert len(addresses) == len(set(addresses))
        reports = [one.resource for one in whole.entry if one.resource.get_resource_type() == "DiagnosticReport"]
        assert [one.identifier[0].value for one in reports] == ["unread 1", "unread 2"]

    def test_every_measure_of_every_photo_is_an_observation_with_its_doubt(self) -> None:
        told = self.resources(HISTORY[-1:], "Observation")
        assert len(told) == len(HISTORY[-1].report(KNOWLEDGE).measurements)
        one = next(o for o in told if o["code"]["coding"][0]["code"] == "hip_angle")  # type: ignore[index]
        measured = HISTORY[-1].report(KNOWLEDGE).measurements["hip_angle"]
        assert isinstance(measured, Measurement)
        assert one["valueQuantity"]["value"] == measured.quantity.value  # type: ignore[index]
        assert (one["valueQuantity"]["code"], one["valueQuantity"]["system"]) == ("deg", "http://unitsofmeasure.org")  # type: ignore[index]
        parts = {c["code"]["coding"][0]["code"]: c["valueQuantity"]["value"] for c in one["component"]}  # type: ignore[attr-defined]
        assert parts["low95"] == pytest.approx(measured.quantity.low95, abs=1e-3)
        assert parts["mdc95"] == pytest.approx(measured.mdc95, abs=1e-3)
        assert measured.method in one["method"]["text"]  # type: ignore[index]

    def test_what_was_not_measured_says_why(self) -> None:
        loose = [entry for entry in HISTORY if entry.report(KNOWLEDGE) is REPORTS["loose_shirt"]]
        told = self.resources(loose, "Observation")
        why = [o["dataAbsentReason"]["text"] for o in told if "dataAbsentReason" in o]  # type: ignore[index]
        assert any("loose" in text for text in why)

    @pytest.mark.parametrize(
        ("review", "status"),
        [
            (None, "preliminary"),
            (Review("accepted"), "final"),
            (Review("refused", reason="moved"), "entered-in-error"),
            (Review("overridden", "no_sign", "knees bent", "MK"), "final"),
        ],
    )
    def test_the_status_tells_who_looked(self, review: Review | None, status: str) -> None:
        seen = replace(HISTORY[-1], review=review)
        told = self.resources([seen], "DiagnosticReport")[0]
        words = {"accepted": "accepted", "refused": "not to be used", "overridden": WORDS["no_sign"]}
        assert told["status"] == status
        assert told["conclusion"] == HISTORY[-1].report(KNOWLEDGE).finding.headline  # type: ignore[union-attr]
        said = [o for o in self.resources([seen], "Observation") if "valueString" in o]
        assert [o["valueString"] for o in said] == ([] if review is None else [words[review.verdict]])

    def test_the_reviewer_is_the_performer_by_initials(self) -> None:
        seen = [replace(one, review=Review("accepted", reviewer="MK")) for one in HISTORY[-2:]]
        (person,) = self.resources(seen, "Practitioner")
        assert person["identifier"] == [{"system": "urn:posture:reviewer", "value": "MK"}]
        whole = json.loads(bundle("p1", seen, KNOWLEDGE))["entry"]
        address = next(one["fullUrl"] for one in whole if one["resource"]["resourceType"] == "Practitioner")
        performers = [one["performer"] for one in self.resources(seen, "DiagnosticReport")]
        said = [one["performer"] for one in self.resources(seen, "Observation") if "valueString" in one]
        assert performers == said == [[{"reference": address, "display": "MK"}]] * 2
        assert self.resources([replace(HISTORY[-1], review=Review("accepted"))], "Practitioner") == []

    def test_every_code_is_in_the_code_system_that_the_bundle_carries(self) -> None:
        seen = replace(HISTORY[-1], review=Review("accepted"))
        (system,) = self.resources([*HISTORY, seen], "CodeSystem")
        assert (system["url"], system["content"]) == (SYSTEM, "complete")
        known = {one["code"] for one in system["concept"]}  # type: ignore[attr-defined]
        assert system["count"] == len(known)
        used = {
            coding["code"]
            for one in self.resources([*HISTORY, seen], "Observation")
            for part in (one, *one.get("component", ()))  # type: ignore[attr-defined]
            for coding in part["code"]["coding"]
            if coding["system"] == SYSTEM
        }
        assert used
        assert used <= known

    def test_a_transaction_says_how_a_server_finds_each_resource_again(self) -> None:
        seen = [replace(one, review=Review("accepted", reviewer="MK")) for one in HISTORY]
        text = bundle("p1", seen, KNOWLEDGE, transaction=True)
        whole = Bundle.model_validate_json(text)
        assert whole.type == "transaction"
        asked = [one.request.url for one in whole.entry]
        assert len(asked) == len(set(asked)) == len(json.loads(bundle("p1", seen, KNOWLEDGE))["entry"])
        for one in whole.entry:
            kind = one.resource.get_resource_type()
            assert one.request.method == "PUT"
            if kind == "CodeSystem":
                assert one.request.url == f"CodeSystem?url={SYSTEM}"
                continue
            assert one.request.url == f"{kind}?identifier=urn:ietf:rfc:3986|{one.fullUrl}"
            known = [(name.system, name.value) for name in one.resource.identifier]
            assert ("urn:ietf:rfc:3986", one.fullUrl) in known

    def test_a_refused_photo_keeps_its_report(self) -> None:
        agreed = replace(HISTORY[-1], machine=REPORTS["turned"], review=Review("accepted"))
        told = self.resources([agreed], "DiagnosticReport")[0]
        assert told["status"] == "final"
        assert str(told["conclusion"]).startswith("Not measured: ")


class TestTables:
    def test_every_photo_is_a_row_and_every_column_has_its_meaning(self) -> None:
        rows = photo_rows("p1", HISTORY, KNOWLEDGE)
        columns = list(rows[0])
        read = list(csv.DictReader(io.StringIO(table(rows, columns))))
        assert [row["visit_date"] for row in read] == [e.date for e in HISTORY]
        assert read[1]["thomas_thigh_deg_left"] == "-4"
        assert read[1]["redflag_any"] == "false"
        assert read[0]["redflag_any"] == ""
        meanings = dictionary(columns, MEANINGS, "photos")
        assert [row["column"] for row in meanings] == columns
        assert all(row["meaning"] for row in meanings)
        assert set(MEANINGS) <= set(columns)

    def test_what_a_measures_column_means(self) -> None:
        said = {
            row["column"]: str(row["meaning"])
            for row in dictionary(photo_rows("p", HISTORY, KNOWLEDGE)[0], MEANINGS, "photos")
        }
        assert said["lumbar_depth_mdc95"].endswith("exceeds measurement error, percent")
        assert said["hip_angle_deg"].startswith("Hip angle (trunk on thigh), degrees; plus extended")
        assert "why there is no number" in said["asis_psis_tilt_unmeasured"]

    def test_changes_stand_between_neighbouring_visits(self) -> None:
        entries = [entry("2026-03-01", 4.0), entry("2026-05-01", 7.0), entry("2026-07-01", 14.0)]
        rows = [row for row in change_rows("p1", entries, KNOWLEDGE, None) if row["measure"] == "hip_angle"]
        assert [(row["t0"], row["t1"], row["diff"], row["verdict"]) for row in rows] == [
            ("2026-03-01", "2026-05-01", 3.0, "no_detectable_change"),
            ("2026-05-01", "2026-07-01", 7.0, "changed"),
        ]
        assert list(rows[0]) == list(CHANGE_MEANINGS)

    def test_no_cell_is_a_formula(self) -> None:
        seen = replace(HISTORY[0], review=Review("refused", reason="=cmd()", reviewer="@x"))
        row = next(csv.DictReader(io.StringIO(table(rows := photo_rows("=1+1", [seen], KNOWLEDGE), list(rows[0])))))
        assert (row["client_id"], row["review_reason"], row["reviewer"]) == ("'=1+1", "'=cmd()", "'@x")


class TestCharts:
    def test_a_timeline_says_what_it_shows(self) -> None:
        words, svg = timeline(hip([entry("2026-01-01", 10.0), entry("2026-01-31", 8.0), entry("2026-03-02", 4.0)]))
        assert words.startswith("Hip angle (trunk on thigh). 2026-01-01: 10°; 2026-03-02: 4°: changed by more than")
        assert "A month: −3.0° (−5.1° to −0.9°)" in words
        root = Xml.fromstring(svg)
        assert len(root.findall("circle")) == 3
        assert len([line for line in root.findall("line") if line.get("stroke-width") == "2.5"]) == 1

    def test_a_rate_has_the_languages_decimals(self) -> None:
        line = hip([entry("2026-01-01", 10.0), entry("2026-01-31", 8.0), entry("2026-03-02", 4.0)])
        assert "Im Monat: −3,0° (−5,1° bis −0,9°)" in timeline(line, load_language("de", KNOWLEDGE))[0]

    def test_two_visits_draw_no_trend(self) -> None:
        words, svg = timeline(hip([entry("2026-01-01", 10.0), entry("2026-01-31", 8.0)]))
        assert "A month" not in words
        assert not [line for line in Xml.fromstring(svg).findall("line") if line.get("stroke-width") == "2.5"]

    def test_the_band_is_as_wide_as_the_error_of_the_change(self) -> None:
        """Photos of different SEM: what stands outside of the band has changed, and the words name the same error."""
        first, last = entry("2026-01-01", 10.0), entry("2026-03-01", 16.0)
        measured = last.machine.measurements["hip_angle"]
        assert isinstance(measured, Measurement)
        wide = replace(last.machine, measurements={"hip_angle": replace(measured, sem=4.0)})
        words, svg = timeline(hip([first, replace(last, machine=wide)]))
        assert "no change beyond measurement error (8°)" in words  # 1.96 √(1.5² + 4²) = 8.4
        band = [
            float(point.split(",")[1]) for point in Xml.fromstring(svg).findall("polygon")[0].get("points", "").split()
        ]
        dot = float(Xml.fromstring(svg).findall("circle")[1].get("cy", "0"))
        assert min(band) < dot < max(band)

    def test_values_of_any_size_are_drawn(self) -> None:
        assert "9000°" in timeline(hip([entry("2026-01-01", 1.0), entry("2026-02-01", 9000.0)]))[0]

    def test_outlines_that_cannot_be_compared_are_not_laid_over_each_other(self) -> None:
        first, last = entry("2026-01-01", 10.0), entry("2026-03-01", 16.0)
        assert len(outlines([first, last], KNOWLEDGE, load_language("en", KNOWLEDGE))) == 1
        other = replace(last, machine=replace(last.machine, versions={**last.machine.versions, "model_sha256": "x"}))
        assert outlines([first, other], KNOWLEDGE, load_language("en", KNOWLEDGE)) == []

    def test_outlines_lie_over_each_other_at_the_ankle(self) -> None:
        column = BodyOutline(5.0, (-2.0,) * 3, (8.0,) * 3)
        _, svg = before_after(("2026-01-01", column), ("2026-05-01", replace(column, ventral_pct=(9.0,) * 3)))
        lines = [line.get("points", "").split() for line in Xml.fromstring(svg).findall("polyline")]
        assert lines[0] == lines[2]
        before, after = (float(line[0].split(",")[0]) for line in (lines[1], lines[3]))
        assert after - before == pytest.approx(5.0)  # one percent of stature

    def test_words_are_safe_in_the_picture(self) -> None:
        column = BodyOutline(5.0, (-2.0,) * 3, (8.0,) * 3)
        _, svg = before_after(("<b>&", column), ("2026-05-01", column))
        assert "<b>" not in svg


class TestPage:
    def test_the_page_of_a_visit(self) -> None:
        history = [entry("2026-01-01", 10.0), entry("2026-02-01", 8.0), replace(entry("2026-03-01", 4.0), intake=TOLD)]
        seen = replace(history[2], review=Review("overridden", "no_sign", "knees <b>bent", "MK"))
        photos = [*history[:2], seen, entry("2026-04-01", 90.0)]
        page = render_visit("p <1>", seen, photos, Clinic("Lake & Son"), KNOWLEDGE)
        for words in (
            "Client p &lt;1&gt;, visit of 2026-03-01",
            "Lake &amp; Son",
            f"{WORDS['no_sign']}: knees &lt;b&gt;bent",
            "(MK)",
            "Thomas test, left: thigh −4° above horizontal, lower back not flat",
            "Hip-flexion hold, left: 14 s",
            "2026-01-01: 10°; 2026-03-01: 4°",
            "laid over each other at the ankle",
        ):
            assert words in page
        assert "2026-04-01" not in page
        assert "<script" not in page

    def test_no_exercise_before_the_questions(self) -> None:
        unasked = replace(entry("2026-01-01", 10.0), machine=analyze(frame(), FIGURE))
        page = render_visit("p1", unasked, [unasked], Clinic(), KNOWLEDGE)
        assert unasked.report(KNOWLEDGE).plan.items
        assert "safety questions were not answered" in page
        names = [KNOWLEDGE.exercises[item.id].name for item in unasked.report(KNOWLEDGE).plan.items]
        assert not [name for name in names if name in page]

    def test_what_was_asked_and_is_nothing_is_told_as_such(self) -> None:
        told = Intake.from_mapping(
            {
                "safety": {"asked": True, "pain_weeks": 0},
                "tests": {"left": {"thomas_thigh_deg": -0.4, "lumbar_flat": True}},
                "life": {"minutes_per_day": 10, "days_per_week": 2},
            }
        )
        assert intake_lines(told, KNOWLEDGE, load_language("en", KNOWLEDGE)) == [
            "Thomas test, left: thigh 0° above horizontal, lower back flat",
            "Safety questions: none answered yes",
            "Minutes for exercise a day: 10",
            "Days for exercise a week: 2",
        ]

    def test_the_days_of_a_dose_are_those_at_hand(self) -> None:
        told = Intake(asked=True, days_per_week=2)
        short = Entry("2026-01-01", "", analyze(frame(), FIGURE, intake=told), told)
        page = render_visit("p1", short, [short], Clinic(), KNOWLEDGE)
        assert "2 days a week" in page
        assert not re.search("[3-6] days a week", page)

    def test_an_arched_photo_of_an_adult_is_not_said_to_be_a_childs(self) -> None:
        arched = replace(analyze(frame(), FIGURE), finding=None, plan=None)
        entry = Entry("2026-01-01", "arched", arched)
        page = render_visit("p1", entry, [entry], Clinic(), KNOWLEDGE)
        assert "no norm exists" in page
        assert "the norms are of adults" not in page

    def test_a_visit_that_sends_to_a_professional_has_no_plan(self) -> None:
        told = Intake(asked=True, flags=("fever",))
        sent = Entry("2026-01-01", "", analyze(frame(), FIGURE), told)
        page = render_visit("p1", sent, [sent], Clinic(), KNOWLEDGE)
        assert "See a professional first" in page
        assert "<h2>Plan" not in page

    def test_an_emergency_stands_alone(self) -> None:
        told = Intake(asked=True, flags=("leg_weakness",))
        urgent = Entry("2026-01-01", "", analyze(frame(), FIGURE, intake=told), told)
        page = render_visit("p1", urgent, [urgent], Clinic(), KNOWLEDGE)
        assert "Get help now" in page
        assert "°" not in page
        assert urgent.report(KNOWLEDGE).finding.headline not in page

    def test_all_that_can_decide_a_plan_is_told(self) -> None:
        told = Intake.from_mapping(
            {
                "person": {"age_years": 34, "stature_cm": 171, "sex": "f"},
                "safety": {"flags": ["fever"], "conditions": ["hernia"], "pain_0_10": 4, "pain_weeks": 3,
                           "leg_pain": "thigh", "pain_worsening": True, "pain_assessed": True,
                           "cleared_by_clinician": True},
                "signs": {"feels_tight": True},
                "tests": {"right": {"length": "short", "strength": "weak", "slr_effort_0_5": 2,
                                    "thomas_knee_flexion_deg": 70}},
            }
        )  # fmt: skip
        assert intake_lines(told, KNOWLEDGE, load_language("en", KNOWLEDGE)) == [
            "Thomas test, right: knee bent by 70°",
            "Effort of a straight-leg raise, right: 2 of 5",
            "Length of the hip flexors as judged, right: short",
            "Strength of the hip flexors as judged, right: weak",
            f"{KNOWLEDGE.cautions['fever'].question} Yes.",
            f"{KNOWLEDGE.cautions['hernia'].question} Yes.",
            "Pain: 4 of 10",
            "Weeks of pain: 3",
            "Age: 34 years",
            "Body height: 171 cm",
            "Pain in a leg: in the thigh",
            "The pain is getting worse",
            "A professional has looked at it",
            "A doctor or physiotherapist has said that I may exercise",
            "The front of my hips feels tight",
        ]
        german = " ".join(intake_lines(told, KNOWLEDGE, load_language("de", KNOWLEDGE)))
        assert "Länge der Hüftbeuger nach Urteil der testenden Person, rechts: verkürzt" in german
        assert "judged" not in german

    @pytest.mark.parametrize("name", REPORTS)
    def test_every_report_has_a_page_in_both_languages(self, name: str) -> None:
        seen = Entry("2026-03-01", "", REPORTS[name], TOLD)
        german = render_visit("p1", seen, [seen], Clinic(), KNOWLEDGE, language=load_language("de", KNOWLEDGE))
        assert "Besuch vom 01.03.2026" in german
        assert "visit of 2026-03-01" in render_visit("p1", seen, [seen], Clinic(), KNOWLEDGE)

    def test_a_logo_that_is_no_picture_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "logo.png").write_text("Dear diary")
        for name in ("logo.png", "none.png"):
            with pytest.raises(UsageError, match="logo "):
                Clinic.with_logo("", tmp_path / name)


@pytest.mark.parametrize(
    ("client", "name"),
    [("p17", "p17"), ("../etc/passwd", "___etc_passwd_7fef78f5"), ("名", "__51a5d681")],
)
def test_a_files_name_stays_in_its_folder(client: str, name: str) -> None:
    assert file_name(client) == name


def test_two_clients_never_share_a_file() -> None:
    assert len({file_name(client) for client in ("a/b", "a.b", "a_b", "A_b", "a b")}) == 5


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestCommand:
    @pytest.fixture
    def db(self, tmp_path: Path) -> str:
        archive = Archive(url := f"sqlite:///{tmp_path / 'clinic.db'}")
        for k, hip_deg in enumerate((4.0, 6.0, 3.0, 5.0, 4.0, 7.0)):
            seen = entry(f"2026-0{1 + k // 2}-01", hip_deg, f"{k}")
            archive.keep("p1", seen.date, "relaxed", seen.machine)
        archive.keep("../p2", "2026-03-01", "", REPORTS["turned"])
        return url

    def run(self, *arguments: str) -> tuple[int, str, str]:
        return said_by("clients", *arguments)

    def test_pages_for_the_chart_of_all_clients(self, db: str, tmp_path: Path) -> None:
        Image.new("RGB", (40, 20), "green").save(tmp_path / "logo.png")
        out = tmp_path / "charts"
        clinic = ["--clinic", "Clinic by the Lake", "--logo", str(tmp_path / "logo.png")]
        code, said, error = self.run("report", "--all", "--out", str(out), *clinic, "--json", "--db", db)
        if "Pango" in error:
            pytest.skip("Pango is missing: PDF is NOT tested")
        assert code == 0, error
        files = sorted(path.name for path in out.iterdir())
        assert len(json.loads(said)["written"]) == len(files) == 4
        assert files[-3:] == ["p1_2026-01-01.pdf", "p1_2026-02-01.pdf", "p1_2026-03-01.pdf"]
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(out / files[-1]).pages)
        for words in ("Clinic by the Lake", "Client p1, visit of 2026-03-01", "Over the visits"):
            assert words in text

    @pytest.mark.parametrize(
        "asked",
        [["report", "p1", "--html"], ["export", "--all"], ["export", "--all", "--format", "csv"]],
        ids=["pages", "files", "tables"],
    )
    def test_what_leaves_the_files_is_for_this_user_alone(self, db: str, tmp_path: Path, asked: list[str]) -> None:
        made, own = tmp_path / "to" / "made", tmp_path / "own"
        before = os.umask(0)
        try:
            own.mkdir(0o755)
            for out in (made, own):
                assert self.run(*asked, "--out", str(out), "--db", db)[0] == 0
            for out in (made, made.parent):
                assert mode(out) == 0o700
            assert mode(own) == 0o755  # it is the user's: left as it was
            written = [*made.iterdir(), *own.iterdir()]
            assert len(written) >= 4
            assert {mode(file) for file in written} == {0o600}
            written[0].chmod(0o644)
            assert self.run(*asked, "--out", str(made), "--db", db)[0] == 0
            assert mode(written[0]) == 0o600
        finally:
            os.umask(before)

    def test_one_visit_as_a_web_page(self, db: str, tmp_path: Path) -> None:
        asked = ["report", "p1", "--visit", "2026-02-01", "--html", "--lang", "de", "--db", db]
        assert self.run(*asked, "--out", str(tmp_path / "one"))[0] == 0
        assert [path.name for path in (tmp_path / "one").iterdir()] == ["p1_2026-02-01.html"]
        code, _, error = self.run("report", "p1", "--visit", "2020-01-01", "--html", "--out", str(tmp_path), "--db", db)
        assert (code, "no visit on 2020-01-01" in error) == (2, True)

    def test_tables_and_bundles(self, db: str, tmp_path: Path) -> None:
        code, said, _ = self.run(
            "export", "--all", "--format", "csv", "--out", str(tmp_path / "r"), "--json", "--db", db
        )
        assert (code, json.loads(said)["photos"]) == (0, 7)
        assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
            "changes.csv",
            "dictionary.csv",
            "photos.csv",
        ]
        code, said, _ = self.run("export", "p1", "--format", "fhir", "--db", db)
        assert Bundle.model_validate_json(said).type == "collection"
        assert self.run("export", "--all", "--out", str(tmp_path / "all"), "--db", db)[0] == 0
        assert len(list((tmp_path / "all").glob("*.json"))) == 2

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (["export"], "name one client, or say --all"),
            (["export", "p1", "--all"], "name one client, or say --all"),
            (["export", "--all"], "--all needs a folder"),
            (["export", "p1", "--format", "csv"], "give a folder"),
            (["export", "p1", "--format", "xml"], "choose json, fhir or csv"),
            (["export", "p9"], "no client 'p9'"),
            (["report", "p1", "--html", "--out", "/proc/none"], "--out"),
            (["export", "p1", "--out", "."], "give the name of a file"),
        ],
    )
    def test_what_cannot_be_written_is_said(self, db: str, asked: list[str], said: str) -> None:
        code, _, error = self.run(*asked, "--db", db)
        assert code == 2
        assert said in error
        assert "Traceback" not in error

    def test_the_clinics_own_error_is_told_kept_and_gone_by(self, db: str) -> None:
        code, said, _ = self.run("repeatability", "--keep", "--json", "--db", db)
        told = json.loads(said)
        assert (code, told["pairs"], told["kept"]) == (0, 3, True)
        assert told["sem"]["hip_angle"] == pytest.approx(((4 + 4 + 9) / 6) ** 0.5, abs=1e-3)
        archive = Archive(db)
        own = archive.own_error()
        assert own is not None
        assert own.pairs == 3
        line = next(line for line in timelines(archive.history("p1"), KNOWLEDGE, own) if line.measure == "hip_angle")
        assert line.mdc95 == pytest.approx(own.mdc95("hip_angle"))
        assert self.run("repeatability", "--forget", "--db", db)[0] == 0
        assert archive.own_error() is None
