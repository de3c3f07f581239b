"""What version 1.0.0 made can still be read: reports, client files, a folder of results, and its commands.

``tests/data/made_by_1_0_0`` was written by 1.0.0 itself. What a later version adds may stand beside it; nothing of it
may be lost or changed.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from posture.cli.main import app
from posture.clinic.archive import Archive
from posture.errors import UsageError
from posture.followup.visit_record import ClientRecord, Consent, VisitRecord
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED
from posture.report.report import Report
from tests.conftest import ROOT

KNOWLEDGE = Knowledge.load()

MADE = ROOT / "tests" / "data" / "made_by_1_0_0"
CLIENTS = json.loads((MADE / "clients.json").read_text("utf-8"))
HELP = sorted((MADE / "help").glob("*.txt"))


def lost(old: Any, new: Any, where: str = "") -> list[str]:
    """What of an older object a newer one does not say any more."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = [f"{where}.{key} is gone" for key in old.keys() - new.keys()]
        return found + [one for key in old.keys() & new.keys() for one in lost(old[key], new[key], f"{where}.{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [one for k, pair in enumerate(zip(old, new, strict=True)) for one in lost(*pair, f"{where}[{k}]")]
    return [] if old == new else [f"{where}: {old!r} became {new!r}"]


def test_what_is_lost_is_seen() -> None:
    assert lost({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}], "d": 4}) == []
    assert lost({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == [".a[1].b: 2 became 3"]
    assert lost({"a": 1}, {}) == [".a is gone"]


@pytest.mark.parametrize("file", sorted((MADE / "reports").glob("*.json")), ids=lambda file: file.stem)
def test_a_report_says_the_same_after_it_was_read(file: Path) -> None:
    text = file.read_text("utf-8")
    old, new = json.loads(text), json.loads(Report.from_json(text).to_json())
    told = [*new["warnings"], *new.get("notes", ())]  # a later version may tell a warning as a note
    assert [one for one in old["warnings"] if one not in told] == []
    # its finding is made anew by today's rules, and a reading of the tilt has its place among people now
    assert (old["finding"] is None) == (new["finding"] is None)
    for name in (MARKED, ESTIMATED):
        for key in ("z", "percentile", "norm"):
            old["measurements"].get(name, {}).pop(key, None)
    made_anew = {"warnings": [], "schema": 2, "finding": None}
    assert lost({**old, **made_anew}, {**new, **made_anew}) == []


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    shutil.copy(MADE / "clients.db", tmp_path)
    return Archive(f"sqlite:///{tmp_path / 'clients.db'}", make=False)


def test_the_client_files_list_the_same_clients(archive: Archive) -> None:
    listed = [(one.pseudonym, one.visits, one.reports, one.last) for one in archive.clients()]
    assert listed == [(one["client"], one["visits"], one["reports"], one["last"]) for one in CLIENTS]


@pytest.mark.parametrize("kept", CLIENTS, ids=[one["client"] for one in CLIENTS])
def test_a_client_has_the_same_history(archive: Archive, kept: dict[str, Any]) -> None:
    history = archive.history(kept["client"])
    assert len(history) == len(kept["history"])
    lines = [json.loads(line) for line in (MADE / "results" / "journal.jsonl").read_text("utf-8").splitlines()[1:]]
    measured = {line["report"]["photo"]["sha256"]: line["report"] for line in lines}
    for entry, old in zip(history, kept["history"], strict=True):
        report, review = entry.report(KNOWLEDGE), entry.review
        said = None if review is None else [review.verdict, review.finding, review.reason, review.reviewer]
        assert (entry.date, entry.pose, report.photo.sha256) == (old["date"], old["pose"], old["sha256"])
        assert (report.status, said) == (old["status"], old["review"])
        assert (report.finding is None) == (old["finding"] is None)
        numbers = json.loads(report.to_json())["measurements"]
        before = measured[old["sha256"]]["measurements"]
        assert {name: one.get("value") for name, one in before.items()} == {
            name: one.get("value") for name, one in numbers.items()
        }
    assert [list(note) for note in archive.notes(kept["client"])] == kept["notes"]
    assert archive.client_record(kept["client"]) == ClientRecord()
    assert {line.by for line in archive.log(kept["client"])} == {""}
    assert lost(kept["tests"], archive.export(kept["client"])["visits"][0]["intake"]["tests"]) == []


def test_a_client_of_1_0_0_can_be_recorded_put_right_and_erased(archive: Archive) -> None:
    first, other = (one["client"] for one in CLIENTS[:2])
    day = CLIENTS[0]["history"][0]["date"]
    kept = len(archive.history(first)) + len(archive.history(other))
    archive.record(first, day, VisitRecord(pain_week_0_10=4))
    archive.consent(first, Consent("photo and record", "2", day))
    archive.merge_clients(first, other)
    assert len(archive.history(other)) == kept
    assert archive.client_record(other).records[day].pain_week_0_10 == 4
    archive.erase(other)
    assert {one.pseudonym for one in archive.clients()} == {one["client"] for one in CLIENTS} - {first, other}


def test_the_client_files_hold_a_review_a_note_and_a_test() -> None:
    assert any(entry["review"] for one in CLIENTS for entry in one["history"])
    assert any(one["notes"] for one in CLIENTS)
    assert all(one["tests"] for one in CLIENTS)


def test_a_folder_of_results_is_not_gone_on_with_but_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reports have another schema: a sentence says so and nothing is touched; its clients are taken over."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(MADE / "results", "results")
    shutil.copy(MADE / "answers.toml", tmp_path)
    for line in Path("results/journal.jsonl").read_text("utf-8").splitlines()[1:]:
        file = Path("photos") / json.loads(line)["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    before = {path: path.read_bytes() for path in Path("results").rglob("*") if path.is_file()}
    asked = ["batch", "photos", "--out", "results", "--pattern", "{client}/{date}_{pose}", "--intake", "answers.toml"]
    said = CliRunner().invoke(app, [*asked, "--workers", "1", "--resume"])
    assert isinstance(said.exception, UsageError)
    assert "holds a batch of an older or newer version: choose another folder" in str(said.exception)
    after = {path: path.read_bytes() for path in Path("results").rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    url = f"sqlite:///{tmp_path / 'new.db'}"
    added = CliRunner().invoke(app, ["clients", "add", "results", "--db", url, "--json"])
    assert added.exit_code == 0, (added.output, added.exception)
    assert json.loads(added.stdout)["added"] == len(CLIENTS[0]["history"]) + len(CLIENTS[1]["history"])


@pytest.mark.parametrize("file", HELP, ids=lambda file: file.stem)
def test_a_command_has_the_options_it_had(file: Path) -> None:
    words = file.stem.split("_")[1:]
    command: Any = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]
    names = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    options, _, commands = file.read_text("utf-8").partition("Options:")[2].partition("Commands:")
    asked = set(re.findall(r"(?m)^  (--[a-z][a-z-]*)", options))
    assert {"--help"} <= asked <= names
    assert set(re.findall(r"(?m)^  ([a-z]+) ", commands)) <= set(getattr(command, "commands", {}))


def test_there_is_a_text_for_every_command_of_1_0_0() -> None:
    assert len(HELP) == 20
    assert sum("Commands:" in file.read_text("utf-8") for file in HELP) == 2
