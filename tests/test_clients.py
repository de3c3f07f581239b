"""Client files: kept, listed, compared, exported, and erased down to the bytes."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from posture.adapters.archive import Archive, Base
from posture.errors import UsageError
from posture.measurement import Measurement
from posture.report import Report
from tests.conftest import ROOT
from validation.record import GOLDEN

REPORTS = {path.stem: Report.from_json(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
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
    assert archive.keep("p1", "2026-03-01", "relaxed", report)
    assert not archive.keep("p1", "2026-03-01", "relaxed", report)
    assert archive.keep("p1", "2026-03-01", "arched", report)
    kept = archive.history("p1")
    assert [entry.pose for entry in kept] == ["relaxed", "arched"]
    assert kept[0].report == replace(report, photo=replace(report.photo, file=""))


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
    archive.override("p1", report.photo.sha256 or "", "no_sign", "knees bent on purpose", "rev1")
    entry = archive.history("p1")[0]
    assert entry.override == "no_sign"
    assert entry.report.finding == report.finding
    with pytest.raises(UsageError, match="no report of photo"):
        archive.override("p1", "0" * 64, "no_sign", "", "rev1")


def test_an_export_holds_everything(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"])
    archive.add_note("p1", "comes by bicycle")
    told = json.loads(json.dumps(archive.export("p1")))
    assert told["visits"][0]["reports"][0]["report"]["photo"]["sha256"] == REPORTS["typical"].photo.sha256
    assert told["notes"][0]["text"] == "comes by bicycle"
    assert [line["what"] for line in told["audit"]] == ["client added", "report added", "note added"]


def test_erasing_leaves_no_byte_and_a_random_number_in_the_log(archive: Archive, tmp_path: Path) -> None:
    for client in ("pseudonym-alpha", "pseudonym-beta"):
        archive.keep(client, "2026-03-01", "", REPORTS["typical"])
        archive.add_note(client, f"a line about {client}")
    assert b"pseudonym-alpha" in (tmp_path / "clinic.db").read_bytes()
    number = archive.erase("pseudonym-alpha")
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"pseudonym-alpha" not in left
    assert b"pseudonym-beta" in left
    log = archive.audit()
    assert [what for _, what, subject in log if subject == number][-1] == "erased"
    assert len([what for _, what, subject in log if subject == number]) == 4
    with pytest.raises(UsageError, match="no client 'pseudonym-alpha'"):
        archive.history("pseudonym-alpha")


def test_the_migrations_make_the_tables_of_today(archive: Archive, tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    assert archive.clients() == []
    with create_engine(f"sqlite:///{tmp_path / 'clinic.db'}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_keeps_what_is_there(archive: Archive, tmp_path: Path) -> None:
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"])
    assert len(Archive(f"sqlite:///{tmp_path / 'clinic.db'}").clients()) == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "newer posture"),
        ("DROP TABLE alembic_version", "another program"),
    ],
)
def test_a_database_that_is_not_ours_is_left_alone(archive: Archive, tmp_path: Path, make: str, said: str) -> None:
    archive.keep("p1", "2026-03-01", "", REPORTS["typical"])
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        connection.execute(make)
    with pytest.raises(UsageError, match=said):
        Archive(f"sqlite:///{tmp_path / 'clinic.db'}")


@pytest.mark.parametrize("url", ["no address", "oracle9://x", "sqlite:////proc/none/clinic.db"])
def test_an_address_that_cannot_be_one_is_said(url: str) -> None:
    with pytest.raises(UsageError, match="--db"):
        Archive(url)


def test_a_file_that_is_no_database_and_one_that_is_locked_are_said(archive: Archive, tmp_path: Path) -> None:
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
            {"client_id": "p1", "visit_date": "2026-06-01", "pose": "relaxed", "report": moved(report, 12).to_dict()},
            {"client_id": "p1", "visit_date": "2026-06-01", "pose": "", "report": REPORTS["turned"].to_dict()},
            {"client_id": "", "visit_date": "2026-03-01", "pose": "", "report": report.to_dict()},
        ]
        (tmp_path / "results").mkdir()
        text = "\n".join(json.dumps(line) for line in [{"schema": 1}, *lines])
        (tmp_path / "results" / "journal.jsonl").write_text(text + '\n{"client_id": "p', "utf-8")
        return tmp_path / "results"

    def run(self, tmp_path: Path, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "posture", "clients", *arguments, "--db", f"sqlite:///{tmp_path / 'c.db'}"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_from_a_batch_to_a_history_and_out_again(self, results: Path, tmp_path: Path) -> None:
        code, said = self.run(tmp_path, "add", str(results), "--json")
        assert (code, json.loads(said)) == (0, {"added": 3, "known": 0, "without_client_or_date": 1})
        assert json.loads(self.run(tmp_path, "add", str(results), "--json")[1])["known"] == 3
        assert json.loads(self.run(tmp_path, "list", "--json")[1])["clients"][0]["visits"] == 2
        said = self.run(tmp_path, "show", "p1")[1]
        assert "Hip angle (trunk on thigh): 12° from 2026-03-01 to 2026-06-01" in said
        assert "notmeasured:" in re.sub(r"[\s│]", "", said)
        assert json.loads(self.run(tmp_path, "export", "p1")[1])["client"] == "p1"
        code, said = self.run(tmp_path, "erase", "p1")
        assert code == 2
        assert "--yes" in said
        code, said = self.run(tmp_path, "erase", "p1", "--yes")
        assert code == 0
        assert "backups" in said
        assert self.run(tmp_path, "show", "p1")[0] == 2

    def test_a_folder_without_a_batch_is_said(self, tmp_path: Path) -> None:
        code, said = self.run(tmp_path, "add", str(tmp_path))
        assert code == 2
        assert "holds no batch" in said
