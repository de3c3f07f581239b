"""Client files: kept, listed, compared, exported, and erased down to the bytes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from posture.clinic.archive import Archive
from posture.clinic.attachment import read_attachment
from posture.clinic.open import open_archive
from posture.clinic.tables import Base
from posture.errors import UsageError
from posture.export.visit_file import Visit as SavedVisit
from posture.export.visit_file import visit_file
from posture.followup.change import OwnError
from posture.followup.timeline import Review
from posture.followup.visit_picture import VisitPicture
from posture.followup.visit_record import ClientRecord, Consent, VisitRecord
from posture.io.photos import latest_day
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.cli.test_main import said as said_by
from tests.conftest import ROOT
from tests.figures import Figure, Sees, frame, observation
from validation.record import GOLDEN, SAMPLES

KNOWLEDGE = Knowledge.load()

REPORTS = {path.stem: Report.from_json(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}

TYPICAL = (SAMPLES / "typical.jpg").read_bytes()


@pytest.fixture
def in_a_file(tmp_path: Path) -> Archive:
    return Archive(f"sqlite:///{tmp_path / 'clinic.db'}")


def moved(report: Report, by_deg: float) -> Report:
    """The same report of another photo, whose hip angle differs."""
    measured = report.measurements["hip_angle"]
    assert isinstance(measured, Measurement)
    other = replace(measured, quantity=measured.quantity.shifted(by_deg))
    photo = replace(report.photo, sha256="f" * 64)
    return replace(report, photo=photo, measurements={**report.measurements, "hip_angle": other})


def test_a_report_is_kept_once_and_comes_back_without_its_file_name(archive: Archive) -> None:
    report = replace(REPORTS["typical"], photo=replace(REPORTS["typical"].photo, file="Anna Example.jpg"))
    told = [archive.keep("p1", "2026-03-01", pose, report) for pose in ("relaxed", "relaxed", "arched")]
    assert told == ["added", "known", "added"]
    kept = archive.history("p1")
    assert [entry.pose for entry in kept] == ["relaxed", "arched"]
    assert kept[0].report(KNOWLEDGE) == replace(report, photo=replace(report.photo, file=""))


def test_the_list_counts_and_searches(archive: Archive) -> None:
    for client, date in (("p1", "2026-03-01"), ("p1", "2026-05-01"), ("p2", "2026-04-01"), ("q%", "2026-01-01")):
        archive.keep(client, date, "", REPORTS["typical"])
    assert [(c.pseudonym, c.visits, c.last) for c in archive.clients("p")] == [
        ("p1", 2, "2026-05-01"),
        ("p2", 1, "2026-04-01"),
    ]
    assert [c.pseudonym for c in archive.clients("%")] == ["q%"]


def test_visits_come_in_the_order_of_their_days(archive: Archive) -> None:
    for date in ("2026-05-01", "2025-12-24", "2026-01-07"):
        archive.keep("p1", date, "", REPORTS["typical"])
    assert [entry.date for entry in archive.history("p1")] == ["2025-12-24", "2026-01-07", "2026-05-01"]


def test_a_reviewer_speaks_beside_the_machine(archive: Archive) -> None:
    report = REPORTS["typical"]
    archive.keep("p1", "2026-03-01", "", report)
    own = Review("overridden", "no_sign", "knees bent on purpose", "rev1")
    archive.review("p1", report.photo.sha256 or "", own)
    entry = archive.history("p1")[0]
    assert entry.review is not None
    assert replace(entry.review, at="") == own
    assert entry.report(KNOWLEDGE).finding == entry.machine.finding == report.finding
    with pytest.raises(UsageError, match="no report of photo"):
        archive.review("p1", "0" * 64, own)


def test_points_that_a_reviewer_moved_stand_beside_the_machines_report(archive: Archive) -> None:
    report = REPORTS["typical"]
    archive.keep("p1", "2026-03-01", "", report)
    shifted = Report.from_json(moved(report, 5).to_json())  # in the digits that are kept
    revised = replace(shifted, photo=replace(report.photo, file="Anna.jpg"), by_hand=("hip",))
    archive.review("p1", report.photo.sha256 or "", Review("accepted", revised=revised))
    archive.review("p1", report.photo.sha256 or "", Review("refused", reason="someone else"))
    entry = archive.history("p1")[0]
    assert entry.machine == replace(report, photo=replace(report.photo, file=""))
    assert entry.report(KNOWLEDGE) == replace(revised, photo=replace(report.photo, file=""))
    assert entry.review is not None
    assert (entry.review.verdict, entry.review.reason) == ("refused", "someone else")
    assert not entry.counts


def test_what_was_told_is_kept_with_the_visit(archive: Archive) -> None:
    told = Intake.from_mapping({"tests": {"left": {"thomas_thigh_deg": 8, "lumbar_flat": True}}})
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"], told)
    archive.keep("p1", "2026-03-01", "", REPORTS["marked"])
    archive.keep("p1", "2026-05-01", "", REPORTS["marked"])
    assert [entry.intake for entry in archive.history("p1")] == [told, told, Intake()]
    assert archive.export("p1")["visits"][0]["intake"]["tests"]["left"]["thomas_thigh_deg"] == 8


def test_what_was_told_is_added_to_never_wiped(archive: Archive) -> None:
    first = Intake.from_mapping({"safety": {"flags": ["night_pain"]}, "tests": {"left": {"thomas_thigh_deg": 8}}})
    later = Intake.from_mapping({"safety": {"flags": ["fever"]}, "person": {"clothing": "tight"}})
    for told in (first, later, Intake()):
        archive.keep("p1", "2026-03-01", "", REPORTS["typical"], told)
    kept = archive.history("p1")[0].intake
    assert kept.flags == ("night_pain", "fever")
    assert kept.tests["left"].thomas_thigh_deg == 8
    assert kept.clothing == "tight"


def test_a_photo_measured_again_by_another_version_takes_the_old_ones_place(archive: Archive) -> None:
    report = REPORTS["typical"]
    old = replace(report, versions={**report.versions, "calibration": "2020"})
    archive.keep("p1", "2026-03-01", "", old)
    archive.review("p1", report.photo.sha256 or "", Review("accepted", reviewer="MK"))
    assert archive.keep("p1", "2026-03-01", "", report) == "renewed"
    entry = archive.history("p1")[0]
    assert entry.machine.versions == report.versions
    assert entry.review is not None
    assert archive.log()[-1].what == "report measured again"


def test_an_older_version_takes_nobodys_place(archive: Archive) -> None:
    report = REPORTS["typical"]
    told = Intake.from_mapping({"person": {"clothing": "tight"}})
    archive.keep("p1", "2026-03-01", "", report, told)
    for older in ({"calibration": "2020.01.01"}, {"posture": "0.9.0"}):
        old = replace(report, versions={**report.versions, **older})
        loose = Intake.from_mapping({"person": {"clothing": "loose"}})
        assert archive.keep("p1", "2026-03-01", "", old, loose) == "older"
    (entry,) = archive.history("p1")
    assert (entry.machine.versions, entry.intake.clothing) == (report.versions, "tight")
    newer = replace(report, versions={**report.versions, "posture": "10.0.0"})
    assert archive.keep("p1", "2026-03-01", "", newer) == "renewed"


def test_marks_that_come_later_take_the_place_and_are_not_lost_again(archive: Archive) -> None:
    plain = REPORTS["typical"]
    marked = replace(plain, by_hand=("asis", "psis"))
    moved = replace(marked, by_hand=("asis", "psis", "hip"))
    refused = replace(
        plain, status="refused", measurements={}, finding=None, versions={**plain.versions, "model_sha256": None}
    )
    told = [archive.keep("p1", "2026-03-01", "", one) for one in (plain, marked, marked, moved, plain, refused)]
    assert told == ["added", "renewed", "known", "renewed", "known", "known"]
    assert archive.history("p1")[0].machine.by_hand == ("asis", "psis", "hip")


def test_a_photo_seen_again_without_the_answers_keeps_what_they_called_for(archive: Archive) -> None:
    plain, told = REPORTS["typical"], Intake(asked=True, flags=("leg_weakness",), age_years=15)
    urgent = analyze(frame(), Sees(observation(Figure(hollow_px=60))), intake=told)
    archive.keep("p1", "2026-03-01", "relaxed", urgent, told)
    unasked = analyze(frame(), Sees(observation(Figure(hollow_px=60))))
    assert archive.keep("p1", "2026-03-01", "relaxed", unasked) == "known"
    archive.keep("p1", "2026-03-01", "", plain)
    for entry in archive.history("p1"):
        assert entry.report(KNOWLEDGE).emergency
        assert entry.report(KNOWLEDGE).finding is None
        compared = [m.comparison for m in entry.report(KNOWLEDGE).measurements.values() if isinstance(m, Measurement)]
        assert not any(compared)


def test_points_that_were_taken_back_no_longer_count(archive: Archive) -> None:
    report = REPORTS["typical"]
    archive.keep("p1", "2026-03-01", "", report)
    for review in (Review("accepted", revised=replace(report, by_hand=("hip",))), Review("accepted")):
        archive.review("p1", report.photo.sha256 or "", review)
    assert archive.history("p1")[0].report(KNOWLEDGE).by_hand == ()


def test_photos_without_a_hash_are_kept_apart(archive: Archive) -> None:
    unread = replace(REPORTS["turned"], photo=replace(REPORTS["turned"].photo, sha256=None))
    told = [archive.keep("p1", "2026-03-01", "", unread, unread=number) for number in ("4", "7", "7")]
    assert told == ["added", "added", "known"]


def test_a_report_kept_in_the_wrong_place_is_dropped_with_its_empty_visit(archive: Archive) -> None:
    sha256 = REPORTS["typical"].photo.sha256 or ""
    for client, date in (("p1", "2026-03-01"), ("p1", "2026-04-01"), ("p2", "2026-03-01")):
        archive.keep(client, date, "", REPORTS["typical"])
        archive.review(client, sha256, Review("accepted"))
    archive.drop("p1", "2026-03-01", "", sha256)
    archive.drop("p2", "2026-03-01", "", sha256)
    assert [(c.pseudonym, c.visits, c.last) for c in archive.clients()] == [("p1", 1, "2026-04-01")]
    assert [line for line in archive.log() if "p2" in line.client + line.other] == []  # it may have been a name


@pytest.mark.parametrize("client", ["", "  ", "a\0b", "a\nb", "\udcff", "\u202e"])
def test_an_id_that_cannot_be_seen_is_refused(archive: Archive, client: str) -> None:
    with pytest.raises(UsageError, match="needs an id"):
        archive.keep(client, "2026-03-01", "", REPORTS["typical"])
    with pytest.raises(UsageError, match="needs an id"):
        archive.history(client)


def test_many_at_once_lose_nothing(url: str) -> None:
    """Eight threads open the files at once and keep photos of the same new client and visit."""
    reports = [moved(REPORTS["typical"], k) for k in range(8)]
    reports = [replace(r, photo=replace(r.photo, sha256=f"{k:064d}")) for k, r in enumerate(reports)]

    def keep(report: Report) -> str:
        for _ in range(20):
            try:
                return Archive(url).keep("p1", "2026-03-01", "", report)
            except UsageError as error:
                if "locked" not in str(error) and "nothing was changed" not in str(error):
                    raise
        raise AssertionError("never kept")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(keep, reports)) == ["added"] * 8
    assert len(Archive(url).history("p1")) == 8


def test_an_upgrade_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    config = Config()
    config.set_main_option("script_location", "posture.clinic:migrations")
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO client (pseudonym) VALUES ('p1')")
    killed = (
        "import os; from alembic import op; from posture.clinic.archive import Archive; "
        f"op.create_index = lambda *a, **k: os._exit(9); Archive({url!r})"
    )
    assert subprocess.run([sys.executable, "-c", killed], cwd=ROOT, check=False).returncode == 9
    assert [c.pseudonym for c in Archive(url).clients()] == ["p1"]


@pytest.mark.parametrize("spoiled", ["UPDATE visit SET told = '{'", "UPDATE report SET body = 'x'"])
def test_a_damaged_row_is_said(in_a_file: Archive, tmp_path: Path, spoiled: str) -> None:
    in_a_file.keep("p1", "2026-03-01", "", REPORTS["typical"])
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        connection.execute(spoiled)
    for ask in (in_a_file.history, in_a_file.export):
        with pytest.raises(UsageError, match=r"damaged|not a report"):
            ask("p1")


def test_a_password_is_never_shown() -> None:
    for url in ("postgresql+nodriver://u:SECRET@h/db", "postgresql+psycopg://u:SECRET@h:x/db"):
        with pytest.raises(UsageError) as error:
            Archive(url)
        assert "SECRET" not in str(error.value)


def test_the_clinics_own_error_is_kept_and_removed(archive: Archive) -> None:
    own = OwnError({"hip_angle": 1.5}, 4)
    archive.set_own_error(own)
    archive.set_own_error(replace(own, pairs=5))
    assert archive.own_error() == OwnError({"hip_angle": 1.5}, 5)
    archive.set_own_error(None)
    assert archive.own_error() is None


def test_an_export_holds_everything(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"])
    archive.add_note("p1", "comes by bicycle")
    told = json.loads(json.dumps(archive.export("p1")))
    assert told["visits"][0]["reports"][0]["report"]["photo"]["sha256"] == REPORTS["typical"].photo.sha256
    assert told["notes"][0]["text"] == "comes by bicycle"
    assert [line["what"] for line in told["audit"]] == ["client added", "report added", "note added"]


def test_an_erased_client_is_gone_from_every_table(archive: Archive, url: str) -> None:
    for client in ("p1", "p2"):
        archive.keep(client, "2026-03-01", "", REPORTS["typical"])
        archive.add_note(client, "a line")
        archive.review(client, REPORTS["typical"].photo.sha256 or "", Review("refused", reason="blurred"))
    archive.erase("p1")
    with create_engine(url).connect() as connection:
        left = {
            name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() for name in Base.metadata.tables
        }
    assert left == {
        "client": 1,
        "visit": 1,
        "report": 1,
        "review": 1,
        "note": 1,
        "setting": 0,
        "audit": 9,
        "corrected": 0,
        "consent": 0,
        "picture": 0,
    }
    assert [c.pseudonym for c in archive.clients()] == ["p2"]


def test_erasing_leaves_no_byte_and_a_random_number_in_the_log(in_a_file: Archive, tmp_path: Path) -> None:
    archive = in_a_file
    for client in ("pseudonym-alpha", "pseudonym-beta"):
        archive.keep(client, "2026-03-01", "", REPORTS["typical"])
        archive.add_note(client, f"a line about {client}")
    assert b"pseudonym-alpha" in (tmp_path / "clinic.db").read_bytes()
    number = archive.erase("pseudonym-alpha")
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"pseudonym-alpha" not in left
    assert b"pseudonym-beta" in left
    log = archive.log(number)
    assert [line.what for line in log] == ["client added", "report added", "note added", "erased"]
    with pytest.raises(UsageError, match="no client 'pseudonym-alpha'"):
        archive.history("pseudonym-alpha")


def test_the_migrations_make_the_tables_of_today(archive: Archive, url: str) -> None:
    assert archive.clients() == []
    with create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


#: How a clinic's rows were written by each older version, and what came after the last of them.
WRITTEN = {
    "0001": (
        "INSERT INTO client (pseudonym) VALUES ('p1')",
        "INSERT INTO visit (client_id, date) VALUES (1, '2026-03-01')",
        "INSERT INTO report (visit_id, sha256, pose, body) VALUES (1, '{sha256}', 'relaxed', '{body}')",
        "INSERT INTO override (report_id, finding, reason, reviewer, at) "
        "VALUES (1, 'no_sign', 'knees bent', 'rev1', '2026-03-02T10:00:00+00:00')",
        "INSERT INTO note (client_id, text, at) VALUES (1, 'comes by bicycle', '2026-03-02T10:00:00+00:00')",
        "INSERT INTO audit (at, what, subject) VALUES ('2026-03-02T10:00:00+00:00', 'client added', 'p1')",
    ),
    "0002": (
        "INSERT INTO client (pseudonym) VALUES ('p1')",
        "INSERT INTO visit (client_id, date, told) VALUES (1, '2026-03-01', '')",
        "INSERT INTO report (visit_id, sha256, pose, body) VALUES (1, '{sha256}', 'relaxed', '{body}')",
        "INSERT INTO review (report_id, verdict, finding, reason, reviewer, at, body) "
        "VALUES (1, 'overridden', 'no_sign', 'knees bent', 'rev1', '2026-03-02T10:00:00+00:00', '')",
        "INSERT INTO note (client_id, text, at) VALUES (1, 'comes by bicycle', '2026-03-02T10:00:00+00:00')",
        "INSERT INTO audit (at, what, subject) VALUES ('2026-03-02T10:00:00+00:00', 'client added', 'p1')",
        'INSERT INTO setting (name, body) VALUES (\'clinic\', \'{"name": "Lake", "logo": ""}\')',
    ),
}


WRITTEN["0003"] = (
    *WRITTEN["0002"],
    "UPDATE visit SET label = 'after surgery'",
    "UPDATE audit SET actor = 'MK', was = '{\"date\": \"2026-02-01\"}'",
    "INSERT INTO corrected (client_id, pseudonym, date, sha256) VALUES (1, 'p71', '2026-02-01', '{sha256}')",
)
WRITTEN["0004"] = (
    *WRITTEN["0003"],
    "UPDATE visit SET record = '{\"pain_week_0_10\": 3}'",
    "INSERT INTO consent (client_id, template, version, date) VALUES (1, 'photo and record', '2', '2026-03-01')",
)


def test_every_older_version_is_known_here() -> None:
    scripts = ScriptDirectory(str(ROOT / "posture" / "clinic" / "migrations"))
    assert {script.revision for script in scripts.walk_revisions()} - {scripts.get_current_head()} == set(WRITTEN)


@pytest.mark.parametrize("version", WRITTEN)
def test_a_database_of_an_older_version_is_brought_up_to_date(version: str, url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "posture.clinic:migrations")
    report = REPORTS["typical"]
    body = report.to_json().replace("'", "''")
    with create_engine(url).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for line in WRITTEN[version]:
            said = line.replace("{sha256}", report.photo.sha256 or "").replace("{body}", body)
            connection.exec_driver_sql(said.replace("%", "%%") if "postgresql" in url else said)
    archive = Archive(url)
    entry = archive.history("p1")[0]
    assert entry.machine == report
    assert entry.review == Review("overridden", "no_sign", "knees bent", "rev1", "2026-03-02T10:00:00+00:00")
    exported = archive.export("p1")
    assert exported["notes"][0]["text"] == "comes by bicycle"
    since_3 = version >= "0003"
    by, was = ("MK", {"date": "2026-02-01"}) if since_3 else ("", None)
    assert [(line["what"], line["by"], line["was"]) for line in exported["audit"]] == [("client added", by, was)]
    assert entry.label == ("after surgery" if since_3 else "")
    assert archive.was_corrected("p71", "2026-02-01", report.photo.sha256 or "") == since_3
    since_4 = ClientRecord(
        {"2026-03-01": VisitRecord(pain_week_0_10=3)}, (Consent("photo and record", "2", "2026-03-01"),)
    )
    assert archive.client_record("p1") == (since_4 if version >= "0004" else ClientRecord())
    archive.record("p1", "2026-03-01", VisitRecord(pain_week_0_10=4))
    assert archive.client_record("p1").records["2026-03-01"].pain_week_0_10 == 4
    assert entry.picture is None
    picture = VisitPicture(TYPICAL, 700.0, (300.0, 900.0), 0.0)
    archive.attach("p1", [read_attachment(visit_file(SavedVisit("2026-03-01", report, Intake(), picture)))])
    assert archive.history("p1")[0].picture is not None
    archive.review("p1", report.photo.sha256 or "", Review("accepted"))
    assert archive.history("p1")[0].review != entry.review
    with create_engine(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_what_is_there(archive: Archive, url: str) -> None:
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"])
    assert len(Archive(url).clients()) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer posture"),
        ("DROP TABLE alembic_version", "another program"),
        ("ALTER TABLE client RENAME TO customer", "another program"),
    ],
)
def test_a_database_that_is_not_ours_is_left_alone(in_a_file: Archive, tmp_path: Path, make: str, said: str) -> None:
    in_a_file.keep("p1", "2026-03-01", "", REPORTS["typical"])
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        connection.execute(make)
    with pytest.raises(UsageError, match=said):
        Archive(f"sqlite:///{tmp_path / 'clinic.db'}")


def test_a_database_of_another_kind_gets_no_table(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE foo (id INTEGER)")
    before = (tmp_path / "shop.db").read_bytes()
    with pytest.raises(UsageError, match="another program"):
        Archive(f"sqlite:///{tmp_path / 'shop.db'}")
    assert (tmp_path / "shop.db").read_bytes() == before


def test_files_that_are_not_there_are_said_and_not_made(tmp_path: Path) -> None:
    gone = tmp_path / "clinics" / "gone.db"
    for asked in (("show", "p1"), ("list",), ("erase", "p1", "--yes"), ("repeatability",)):
        code, _, error = said_by("clients", *asked, "--db", f"sqlite:///{gone}")
        assert code == 2
        assert "there are no client files yet; posture clients add" in error
    assert not gone.parent.exists()


def test_asking_makes_no_tables(url: str) -> None:
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).touch()
    with pytest.raises(UsageError, match="there are no client files yet"):
        Archive(url, make=False)
    Archive(url)
    assert Archive(url, make=False).clients() == []


def test_an_address_says_how_to_write_one_and_shows_no_password() -> None:
    with pytest.raises(UsageError, match=r"like sqlite:///clients\.db"):
        Archive("c.db")
    with pytest.raises(UsageError, match="name a file, or nothing is kept"):
        Archive("sqlite://")
    with pytest.raises(UsageError, match="not a URI"):
        Archive("sqlite:///file::memory:?uri=true")
    with pytest.raises(UsageError, match="write an @ of the password as %40") as raised:
        Archive("postgresql+psycopg://u:sec@cret@127.0.0.1:1/x")
    assert "cret" not in str(raised.value)


@pytest.mark.parametrize("url", ["no address", "oracle9://x", "sqlite:////proc/none/clinic.db"])
def test_an_address_that_cannot_be_one_is_said(url: str) -> None:
    with pytest.raises(UsageError, match="client files "):
        Archive(url)


def test_a_file_that_is_no_database_and_one_that_is_locked_are_said(in_a_file: Archive, tmp_path: Path) -> None:
    assert in_a_file.clients() == []
    (tmp_path / "text.db").write_text("Dear diary, " * 100)
    with pytest.raises(UsageError, match="not a database"):
        Archive(f"sqlite:///{tmp_path / 'text.db'}")
    other = sqlite3.connect(tmp_path / "clinic.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    archive = Archive.__new__(Archive)
    with pytest.raises(UsageError, match="locked"):
        archive.__init__(f"sqlite:///{tmp_path / 'clinic.db'}?timeout=0.1")  # type: ignore[misc]
    other.close()


class TestCommand:
    @pytest.fixture
    def results(self, tmp_path: Path) -> Path:
        """A batch's journal: p1 on three days, somebody without an id, and a line cut short."""
        report = REPORTS["typical"]
        lines = [
            {"client_id": "p1", "visit_date": "2026-03-01", "pose": "relaxed", "report": report.to_dict()},
            {"client_id": "p1", "visit_date": "2026-06-01", "pose": "relaxed", "report": moved(report, 20).to_dict()},
            {"client_id": "p1", "visit_date": "2026-06-01", "pose": "", "report": REPORTS["turned"].to_dict()},
            {"client_id": "", "visit_date": "2026-03-01", "pose": "", "report": report.to_dict()},
        ]
        (tmp_path / "results").mkdir()
        text = "\n".join(json.dumps(line) for line in [{"schema": 1}, *lines])
        (tmp_path / "results" / "journal.jsonl").write_text(text + '\n{"client_id": "p', "utf-8")
        return tmp_path / "results"

    def run(self, tmp_path: Path, *arguments: str) -> tuple[int, str]:
        code, out, error = said_by("clients", *arguments, "--db", f"sqlite:///{tmp_path / 'c.db'}")
        return code, out + error

    def test_from_a_batch_to_a_history_and_out_again(self, results: Path, tmp_path: Path) -> None:
        code, said = self.run(tmp_path, "add", str(results), "--json")
        assert (code, json.loads(said)) == (
            0,
            {
                "added": 3,
                "renewed": 0,
                "known": 0,
                "older": 0,
                "corrected": 0,
                "without_client_or_date": 1,
                "in_the_future": 0,
                "two_clients": [],
            },
        )
        assert json.loads(self.run(tmp_path, "add", str(results), "--json")[1])["known"] == 3
        assert json.loads(self.run(tmp_path, "list", "--json")[1])["clients"][0]["visits"] == 2
        said = self.run(tmp_path, "show", "p1")[1]
        assert "Hip angle (trunk on thigh): 20° from 2026-03-01 to 2026-06-01" in said
        assert "notmeasured:" in re.sub(r"[\s│]", "", said)
        assert json.loads(self.run(tmp_path, "export", "p1")[1])["client"] == "p1"
        code, said = self.run(tmp_path, "erase", "p1")
        assert code == 2
        assert "--yes" in said
        code, said = self.run(tmp_path, "erase", "p1", "--yes")
        assert code == 0
        assert "backups" in said
        assert self.run(tmp_path, "show", "p1")[0] == 2

    def test_the_log_says_what_was_changed_and_names_nobody_who_was_erased(self, results: Path, tmp_path: Path) -> None:
        self.run(tmp_path, "add", str(results))
        log = json.loads(self.run(tmp_path, "log", "p1", "--json")[1])["log"]
        assert [line["what"] for line in log] == ["client added", *["report added"] * 3]
        assert all(line["at"].endswith("+00:00") for line in log)
        number = json.loads(self.run(tmp_path, "erase", "p1", "--yes", "--json")[1])["erased"]
        assert self.run(tmp_path, "log", "p1") == (
            2, "posture: nothing was ever changed of 'p1': posture clients log shows who is in the log\n"
        )  # fmt: skip
        code, said = self.run(tmp_path, "log")
        assert code == 0
        assert "p1" not in said
        assert json.loads(self.run(tmp_path, "log", number, "--json")[1])["log"][-1]["what"] == "erased"

    def test_marks_of_one_visit_are_carried_to_the_next(self, tmp_path: Path) -> None:
        from tests.followup.test_rotation import photo

        (tmp_path / "results").mkdir()
        photos = {"2026-03-01": photo(1, 10.0, marked=14.0), "2026-06-01": photo(2, 7.0)}
        lines = [
            {"client_id": "p1", "visit_date": day, "pose": "relaxed", "report": one.to_dict()}
            for day, one in photos.items()
        ]
        text = "\n".join(json.dumps(line) for line in [{"schema": 1}, *lines])
        (tmp_path / "results" / "journal.jsonl").write_text(text, "utf-8")
        assert self.run(tmp_path, "add", str(tmp_path / "results"))[0] == 0
        told = json.loads(self.run(tmp_path, "show", "p1", "--json")[1])
        tilts = [visit["report"]["finding"]["tilt"] for visit in told["visits"]]
        assert [(tilt["value"], tilt["grade"]) for tilt in tilts] == [(14.0, "A"), (11.0, "B")]
        assert tilts[1]["sigma"] == pytest.approx(4.58, abs=0.01)
        said = self.run(tmp_path, "show", "p1")[1]
        assert "11° (2 to 20°)" in said
        assert "No change by more than measurement error between neighbouring visits that were compared" in said

    def test_ids_are_words_not_markup_and_a_bad_one_stops_nothing(self, results: Path, tmp_path: Path) -> None:
        first, *lines = (results / "journal.jsonl").read_text("utf-8").splitlines()
        report = json.loads(lines[0])["report"]
        odd = [
            {"client_id": client, "visit_date": "2026-03-01", "pose": "", "number": k, "report": report}
            for k, client in enumerate((" ", "\u202e", "[/red]", "p[b]1"))
        ]
        text = "\n".join([first, *map(json.dumps, odd), *lines[:-1]])
        (results / "journal.jsonl").write_text(text + "\n", "utf-8")
        code, said = self.run(tmp_path, "add", str(results), "--json")
        assert (code, json.loads(said)["added"], json.loads(said)["without_client_or_date"]) == (0, 5, 3)
        said = self.run(tmp_path, "list")[1]
        assert "[/red]" in said
        assert "p[b]1" in said
        assert self.run(tmp_path, "show", "[/red]")[0] == 0

    def added(self, tmp_path: Path, *lines: tuple[str, str]) -> tuple[int, str]:
        """What is said when a journal with these clients and days, all of one photo, is taken in."""
        (tmp_path / "results").mkdir()
        told = [
            {"client_id": client, "visit_date": day, "pose": "", "report": REPORTS["typical"].to_dict()}
            for client, day in lines
        ]
        text = "\n".join(json.dumps(line) for line in [{"schema": 1}, *told])
        (tmp_path / "results" / "journal.jsonl").write_text(text + "\n", "utf-8")
        return self.run(tmp_path, "add", str(tmp_path / "results"))

    def test_a_day_in_the_future_is_left_out_and_said(self, tmp_path: Path) -> None:
        code, said = self.added(tmp_path, ("p1", "2999-05-01"), ("p1", latest_day()))
        assert (code, "Reports added: 1" in said) == (0, True)
        assert "Left out, as their day lies in the future: 1; correct the day and measure them again." in said
        assert json.loads(self.run(tmp_path, "show", "p1", "--json")[1])["visits"][0]["date"] == latest_day()

    def test_a_photo_of_two_clients_is_kept_and_said(self, tmp_path: Path) -> None:
        sha256 = REPORTS["typical"].photo.sha256 or ""
        code, said = self.added(tmp_path, ("p1", "2026-05-01"), ("p1", "2026-05-02"), ("p2", "2026-05-01"))
        assert code == 0
        assert f"Photo {sha256[:8]} is in the files of p1 and p2: see whose it is." in said
        again = json.loads(self.run(tmp_path, "add", str(tmp_path / "results"), "--json")[1])
        assert again["two_clients"] == [{"photo": sha256, "clients": ["p1", "p2"]}]

    def test_a_folder_without_a_batch_is_said(self, tmp_path: Path) -> None:
        code, said = self.run(tmp_path, "add", str(tmp_path))
        assert code == 2
        assert "holds no batch" in said


class TestForThisUserAlone:
    """Modes of what is made, with a umask that would let everybody read and write."""

    @pytest.fixture(autouse=True)
    def _open_umask(self) -> Iterator[None]:
        before = os.umask(0)
        yield
        os.umask(before)

    def test_a_new_file_and_the_folders_made_for_it(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o755)
        file = tmp_path / "share" / "posture" / "clients.db"
        kept = Archive(f"sqlite:///{file}")
        kept.keep("p1", "2026-03-01", "", REPORTS["typical"])
        folders = [mode(folder) for folder in (file.parent, file.parent.parent, tmp_path)]
        assert (mode(file), folders) == (0o600, [0o700, 0o700, 0o755])

    def test_what_is_written_beside_it(self, tmp_path: Path) -> None:
        file = tmp_path / "clients.db"
        Archive(f"sqlite:///{file}")
        with sqlite3.connect(file) as other:
            other.execute("PRAGMA journal_mode=WAL")
            other.execute("CREATE TABLE beside (one)")
            other.commit()
            beside = sorted(path.name for path in tmp_path.iterdir())
            assert beside == ["clients.db", "clients.db-shm", "clients.db-wal"]
            assert {mode(path) for path in tmp_path.iterdir()} == {0o600}

    def test_an_older_file_is_tightened_and_the_users_own_folder_is_left(self, tmp_path: Path) -> None:
        file = tmp_path / "clients.db"
        Archive(f"sqlite:///{file}")
        beside = tmp_path / "clients.db-journal"
        beside.touch(0o644)
        for path, wide in ((file, 0o644), (tmp_path, 0o755)):
            path.chmod(wide)
        Archive(f"sqlite:///{file}", make=False)
        assert [mode(path) for path in (file, beside, tmp_path) if path.exists()] in (
            [0o600, 0o600, 0o755],
            [0o600, 0o755],
        )

    def test_a_stricter_file_stays_as_strict(self, tmp_path: Path) -> None:
        file = tmp_path / "clients.db"
        Archive(f"sqlite:///{file}")
        file.chmod(0o400)
        with suppress(UsageError):
            Archive(f"sqlite:///{file}", make=False)
        assert mode(file) == 0o400

    def test_the_database_of_another_program_is_not_touched(self, tmp_path: Path) -> None:
        file = tmp_path / "other.db"
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE theirs (one)")
        file.chmod(0o644)
        with pytest.raises(UsageError, match="another program"):
            Archive(f"sqlite:///{file}")
        assert mode(file) == 0o644

    def test_the_data_folder_of_an_older_version_is_tightened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        tmp_path.chmod(0o755)
        folder = tmp_path / "posture"
        folder.mkdir(0o755)
        open_archive(None, make=True)
        assert (mode(folder), mode(folder / "clients.db"), mode(tmp_path)) == (0o700, 0o600, 0o755)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
