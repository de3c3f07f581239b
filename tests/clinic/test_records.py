"""What a visit holds beside photos: kept, shown on one timeline with the tilt, exported; what differs from before."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as Xml
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fhir.resources.R4B.bundle import Bundle

from posture.clinic.archive import Archive
from posture.clinic.research_csv import MEANINGS, photo_rows, table
from posture.errors import UsageError
from posture.export.calendar import calendar, training_days
from posture.export.fhir import SYSTEM, bundle
from posture.followup.record_lines import consent_lines, difference_lines, record_lines
from posture.followup.timeline import timelines
from posture.followup.visit_record import Activity, ClientRecord, Consent, Protocol, VisitRecord
from posture.knowledge.load import Knowledge
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.plan.schedule import programme
from posture.render.charts.course import course
from posture.render.html.visit import Clinic, render_visit
from posture.report.practice import Practice
from posture.text.language import ENGLISH, load_language
from tests.cli.test_main import said as said_by
from tests.clinic.test_archive import REPORTS
from tests.followup.test_timeline import entry

KNOWLEDGE = Knowledge.load()
GERMAN = load_language("de", KNOWLEDGE)
TYPICAL = REPORTS["typical"]
WATCHED = Practice("glute_bridge", "left", 20.0, 10, (1.0, 2.0, 1.5), {"lift higher": 2})
WHOLE = VisitRecord(
    pain_week_0_10=4,
    activities=(Activity("climbing stairs", 5), Activity("sitting an hour", 3)),
    exercise_days=9,
    exercise_days_planned=12,
    practice=(WATCHED,),
    inclinometer_deg=12.5,
    protocol=Protocol("barefoot", "shorts", "stand as always", "MK", 3.0),
)
CONSENT = Consent("photo and record", "2", "2026-03-01")
KEPT = ClientRecord(
    {
        "2026-01-01": replace(WHOLE, pain_week_0_10=7, protocol=Protocol("shoes", "Shorts", distance_m=2.0)),
        "2026-03-01": WHOLE,
    },
    (CONSENT,),
)
HISTORY = [entry("2026-01-01", 10.0), entry("2026-02-01", 8.0), entry("2026-03-01", 4.0)]


class TestRecord:
    def test_it_comes_back_as_it_was_written(self) -> None:
        assert VisitRecord.from_mapping(json.loads(json.dumps(WHOLE.to_mapping()))) == WHOLE
        assert VisitRecord.from_mapping({}) == VisitRecord()
        assert VisitRecord().to_mapping() == {}

    def test_nothing_is_lost_where_a_nought_is_told(self) -> None:
        nought = VisitRecord(pain_week_0_10=0, exercise_days=0, inclinometer_deg=0)
        assert VisitRecord.from_mapping(nought.to_mapping()) == nought
        assert WHOLE.updated(nought).pain_week_0_10 == 0

    def test_what_is_told_later_takes_the_place_and_the_rest_stays(self) -> None:
        later = WHOLE.updated(VisitRecord(pain_week_0_10=2, protocol=Protocol(footwear="socks")))
        assert (later.pain_week_0_10, later.protocol.footwear, later.protocol.cue) == (2, "socks", "stand as always")
        assert later.activities == WHOLE.activities

    def test_function_is_the_mean_of_the_activities(self) -> None:
        assert WHOLE.function_0_10 == 4
        assert VisitRecord().function_0_10 is None

    @pytest.mark.parametrize(
        ("make", "said"),
        [
            (lambda: VisitRecord(pain_week_0_10=11), "not a number from 0 to 10"),
            (lambda: Activity("stairs", -1), "not a number from 0 to 10"),
            (lambda: Activity("stairs", float("nan")), "not a number from 0 to 10"),
            (lambda: Activity(" ", 1), "needs a name"),
            (lambda: VisitRecord(activities=(Activity("a", 1),) * 4), "no more than 3"),
            (lambda: VisitRecord(inclinometer_deg=90), "from -45 to 60"),
            (lambda: VisitRecord(exercise_days=-1), "days of exercise"),
            (lambda: Protocol(distance_m=0), "distance of the camera"),
            (lambda: Consent("form", "", "2026-03-01"), "needs the name of its form"),
            (lambda: Consent("form", "1", "yesterday"), "write it like 2026-03-01"),
        ],
    )
    def test_what_cannot_be_is_said(self, make: type, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            make()

    def test_what_differs_from_last_time(self) -> None:
        assert KEPT.differences("2026-03-01") == (
            "2026-01-01",
            [("footwear", "shoes", "barefoot"), ("distance", "2 m", "3 m")],
        )
        assert KEPT.differences("2026-01-01") == ("", [])
        assert KEPT.differences("2026-02-01")[1] == []  # nothing was told that day
        assert difference_lines(KEPT, "2026-03-01", GERMAN)[0] == "Schuhe: shoes am 2026-01-01, jetzt barefoot"

    def test_words(self) -> None:
        assert record_lines(WHOLE, ENGLISH) == [
            "Pain over the last week: 4 of 10",
            "climbing stairs: 5 of 10 (10: as before)",
            "sitting an hour: 3 of 10 (10: as before)",
            "Function, mean of 2 activities: 4 of 10",
            "Days of exercise since the last visit: 9 of 12 planned",
            "Tilt by inclinometer: 12.5°",
            "Footwear: barefoot",
            "Clothes in the photo: shorts",
            "Words to the client: stand as always",
            "Photo taken by: MK",
            "Distance of the camera: 3 m",
        ]
        assert "Kippung nach Inklinometer: 12,5°" in record_lines(WHOLE, GERMAN)
        assert consent_lines([CONSENT], GERMAN) == ["photo and record, Fassung 2, unterschrieben am 2026-03-01"]


class TestFiles:
    def test_a_record_is_kept_with_the_visit_and_the_log_has_what_was(self, archive: Archive) -> None:
        archive.keep("p1", "2026-03-01", "", TYPICAL)
        files = archive.by("MK")
        files.record("p1", "2026-03-01", WHOLE)
        files.record("p1", "2026-03-01", VisitRecord(pain_week_0_10=2))
        files.consent("p1", CONSENT)
        files.consent("p1", CONSENT)
        kept = archive.client_record("p1")
        assert kept == ClientRecord({"2026-03-01": replace(WHOLE, pain_week_0_10=2)}, (CONSENT,))
        told = [line for line in archive.log("p1") if line.by == "MK"]
        assert [line.what for line in told] == ["visit recorded", "visit recorded", "consent kept"]
        assert told[0].was is None
        assert told[1].was == {"date": "2026-03-01", "record": json.loads(json.dumps(WHOLE.to_mapping()))}
        exported = archive.export("p1")
        assert exported["visits"][0]["record"]["pain_week_0_10"] == 2
        assert exported["consents"] == [{"template": "photo and record", "version": "2", "date": "2026-03-01"}]

    def test_a_day_without_a_photo_can_be_recorded(self, archive: Archive) -> None:
        archive.keep("p1", "2026-03-01", "", TYPICAL)
        archive.record("p1", "2026-02-01", VisitRecord(pain_week_0_10=5))
        assert sorted(archive.client_record("p1").records) == ["2026-02-01"]
        assert [listed.visits for listed in archive.clients()] == [2]
        with pytest.raises(UsageError, match="no client"):
            archive.record("p9", "2026-02-01", VisitRecord(pain_week_0_10=5))

    def test_joined_visits_keep_both_records_and_merged_clients_their_consents(self, archive: Archive) -> None:
        for client, told in (("p71", WHOLE), ("p17", VisitRecord(pain_week_0_10=1))):
            archive.keep(client, "2026-03-01", "", TYPICAL)
            archive.record(client, "2026-03-01", told)
        archive.consent("p71", CONSENT)
        archive.merge_clients("p71", "p17")
        kept = archive.client_record("p17")
        assert kept == ClientRecord({"2026-03-01": replace(WHOLE, pain_week_0_10=1)}, (CONSENT,))

    def test_a_record_goes_with_its_client(self, archive: Archive) -> None:
        archive.keep("p1", "2026-03-01", "", TYPICAL)
        archive.record("p1", "2026-03-01", VisitRecord(protocol=Protocol(cue="stand like a heron")))
        archive.record("p1", "2026-03-01", VisitRecord(pain_week_0_10=1))
        archive.erase("p1")
        assert "heron" not in json.dumps([line.to_dict() for line in archive.log()])


class TestOut:
    def test_one_picture_has_tilt_pain_function_and_reading_over_the_same_days(self) -> None:
        tilt = next(line for line in timelines(HISTORY, KNOWLEDGE) if line.measure == "tilt")
        drawn = course(tilt, KEPT.records)
        assert drawn is not None
        words, svg = drawn
        assert "Pain, last week: 2026-01-01: 7; 2026-03-01: 4." in words
        assert "Function: 2026-01-01: 4; 2026-03-01: 4." in words
        root = Xml.fromstring(svg)
        dots = {round(float(one.get("cx", "0"))) for one in root.findall("circle")}
        readings = {round(float((one.get("d") or "")[1:].split()[0])) for one in root.findall("path")}
        assert readings < dots  # a reading stands over its visit's tilt and pain
        assert len(root.findall("circle")) == 3 + 2
        assert "9/12" in svg
        german = course(tilt, KEPT.records, GERMAN)
        assert german is not None
        assert "Schmerz, letzte Woche" in german[1]

    def test_without_a_score_the_tilt_stands_alone(self) -> None:
        assert course(None, {"2026-01-01": VisitRecord(protocol=Protocol("shoes"))}) is None
        alone = course(None, {"2026-01-01": VisitRecord(pain_week_0_10=3)})
        assert alone is not None
        assert alone[0] == "Pain, last week: 2026-01-01: 3."

    def test_the_page_tells_record_warning_and_consent(self) -> None:
        page = render_visit("p1", HISTORY[-1], HISTORY, Clinic(), KNOWLEDGE, KEPT)
        for words in (
            "Pain over the last week: 4 of 10",
            "Differs from last time",
            "Footwear: shoes on 2026-01-01, now barefoot; Distance of the camera: 2 m on 2026-01-01, now 3 m",
            "Consent: photo and record, version 2, signed on 2026-03-01",
            "lift higher (2×)",
            "Pain, last week: 2026-01-01: 7",
        ):
            assert words in page
        first = render_visit("p1", HISTORY[0], HISTORY, Clinic(), KNOWLEDGE, KEPT)
        assert "Differs from last time" not in first
        assert "signed on" not in first

    def test_columns_of_the_record_with_their_meaning(self) -> None:
        rows = photo_rows("p1", HISTORY, KNOWLEDGE, KEPT)
        read = list(csv.DictReader(io.StringIO(table(rows, list(rows[0])))))
        last = read[-1]
        told = [last[name] for name in ("pain_week_0_10", "activity_1", "activity_2_0_10", "function_0_10", "cue")]
        assert told == ["4", "climbing stairs", "3", "4.0", "stand as always"]
        assert (last["set_up_differs"], last["consent_version"]) == ("footwear;distance", "2")
        assert (read[1]["pain_week_0_10"], read[1]["consent_version"]) == ("", "")
        assert set(MEANINGS) <= set(rows[0])

    def test_a_day_without_a_photo_has_its_row(self) -> None:
        kept = ClientRecord({"2026-02-15": VisitRecord(pain_week_0_10=5)})
        rows = photo_rows("p1", HISTORY, KNOWLEDGE, kept)
        assert [row["visit_date"] for row in rows] == ["2026-01-01", "2026-02-01", "2026-02-15", "2026-03-01"]
        assert (rows[2]["pain_week_0_10"], rows[2]["sha256"], list(rows[2])) == (5, "", list(rows[0]))

    @pytest.mark.parametrize("transaction", [False, True])
    def test_fhir_holds_every_score_and_the_consent(self, transaction: bool) -> None:
        whole = Bundle.model_validate_json(bundle("p1", HISTORY, KNOWLEDGE, transaction, KEPT))
        addresses = [one.fullUrl for one in whole.entry]
        assert len(addresses) == len(set(addresses))
        told = json.loads(bundle("p1", HISTORY, KNOWLEDGE, transaction, KEPT))
        resources = [one["resource"] for one in told["entry"]]
        scores = {
            (one["effectiveDateTime"], one["code"]["coding"][0]["code"]): one.get("valueQuantity", {}).get("value")
            for one in resources
            if one["resourceType"] == "Observation"
        }
        for name, value in (("pain_week", 4), ("function", 4.0), ("exercise_days", 9), ("inclinometer", 12.5)):
            assert scores["2026-03-01", name] == value
        assert ("2026-03-01", "set_up") in scores
        (consent,) = (one for one in resources if one["resourceType"] == "Consent")
        assert (consent["dateTime"], consent["policyRule"]["text"]) == ("2026-03-01", "photo and record, version 2")
        (system,) = (one for one in resources if one["resourceType"] == "CodeSystem")
        known = {one["code"] for one in system["concept"]}
        used = [
            coding["code"]
            for one in resources
            if one["resourceType"] == "Observation"
            for part in (one, *one.get("component", ()))
            for coding in part["code"]["coding"]
            if coding["system"] == SYSTEM
        ]
        assert set(used) <= known


class TestCommand:
    def run(self, tmp_path: Path, *arguments: str) -> tuple[int, str]:
        code, out, error = said_by("clients", *arguments, "--db", f"sqlite:///{tmp_path / 'c.db'}")
        return code, out + error

    @pytest.fixture(autouse=True)
    def _a_client(self, tmp_path: Path) -> None:
        archive = Archive(f"sqlite:///{tmp_path / 'c.db'}")
        for day in ("2026-01-01", "2026-03-01"):
            archive.keep("p1", day, "", TYPICAL)

    def test_a_record_is_kept_and_what_differs_is_said(self, tmp_path: Path) -> None:
        first = ("--pain", "7", "--activity", "climbing stairs=3", "--footwear", "shoes", "--distance", "2")
        code, said = self.run(tmp_path, "record", "p1", "2026-01-01", *first, "--by", "MK")
        assert (code, "Differs" in said) == (0, False)
        second = ("--pain", "4", "--activity", "climbing stairs=6", "--exercised", "9", "--inclinometer", "12.5")
        code, said = self.run(tmp_path, "record", "p1", "2026-03-01", *second, "--footwear", "barefoot")
        assert code == 0
        assert "Differs from last time. Footwear: shoes on 2026-01-01, now barefoot." in said
        code, said = self.run(tmp_path, "record", "p1", "2026-03-01", "--json")
        assert json.loads(said)["record"]["inclinometer_deg"] == 12.5
        assert (
            self.run(tmp_path, "consent", "p1", "--template", "photo", "--version", "2", "--date", "2026-01-01")[0] == 0
        )
        said = self.run(tmp_path, "show", "p1")[1]
        assert "2026-03-01: Pain over the last week: 4 of 10; climbing stairs: 6 of 10" in said
        assert "Consent: photo, version 2, signed on 2026-01-01." in said
        shown = json.loads(self.run(tmp_path, "show", "p1", "--json")[1])
        assert shown["records"]["2026-01-01"]["pain_week_0_10"] == 7
        assert shown["consents"] == [{"template": "photo", "version": "2", "date": "2026-01-01"}]

    def test_the_coachs_report_and_the_plans_calendar_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "coach.json").write_text(replace(TYPICAL, practice=(WATCHED,)).to_json(), "utf-8")
        told = Intake(asked=True, weekdays=("monday", "thursday"), days_per_week=2)
        plan = advise("marked_anterior_tilt", told, KNOWLEDGE)
        assert plan is not None
        weeks = programme(plan, told)
        assert weeks is not None
        (tmp_path / "plan.ics").write_bytes(calendar(plan, weeks, KNOWLEDGE, date(2026, 1, 1)))
        self.run(tmp_path, "record", "p1", "2026-01-01", "--pain", "1")
        files = ("--practice", str(tmp_path / "coach.json"), "--calendar", str(tmp_path / "plan.ics"))
        assert self.run(tmp_path, "record", "p1", "2026-03-01", *files)[0] == 0
        kept = json.loads(self.run(tmp_path, "record", "p1", "2026-03-01", "--json")[1])["record"]
        assert kept["practice"][0]["exercise"] == "glute_bridge"
        days = {(plan_day) for plan_day in range(date(2026, 1, 5).toordinal(), date(2026, 3, 1).toordinal() + 1)
                if date.fromordinal(plan_day).weekday() in (0, 3)}  # fmt: skip
        assert 0 < kept["exercise_days_planned"] <= len(days)
        data = (tmp_path / "plan.ics").read_bytes()
        assert training_days(data, date(2026, 1, 4), date(2026, 1, 11)) == 2
        assert training_days(data, date(2026, 1, 5), date(2026, 1, 8)) == 1

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (("record", "p1", "2026-03-01"), "has no record of 2026-03-01"),
            (("record", "p1", "2026-03-01", "--pain", "11"), "not a number from 0 to 10"),
            (("record", "p1", "2026-03-01", "--activity", "stairs"), "write it like 'climbing stairs=5'"),
            (("record", "p1", "2026-03-01", "--activity", "stairs=x"), "write it like 'climbing stairs=5'"),
            (("record", "p1", "2026-13-01", "--pain", "1"), "write it like 2026-03-01"),
            (("record", "p9", "2026-03-01", "--pain", "1"), "no client 'p9'"),
            (("record", "p1", "2026-03-01", "--calendar", "/nowhere.ics"), "No such file"),
            (("record", "p1", "2026-03-01", "--calendar", "README.md"), "not the calendar of a plan"),
            (("consent", "p1", "--template", " ", "--version", "1"), "needs the name of its form"),
        ],
    )
    def test_what_cannot_be_kept_is_said(self, tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
        code, words = self.run(tmp_path, *asked)
        assert code == 2, words
        assert said in words

    def test_a_report_without_the_coach_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "plain.json").write_text(TYPICAL.to_json(), "utf-8")
        code, said = self.run(tmp_path, "record", "p1", "2026-03-01", "--practice", str(tmp_path / "plain.json"))
        assert (code, "the coach wrote nothing" in said) == (2, True)
