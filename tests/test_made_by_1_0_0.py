"""What version 1.0.0 made can still be read: reports, client files, a folder of results, and its commands.

``tests/data/made_by_1_0_0`` was written by 1.0.0 itself. What a later version adds may stand beside it; nothing of it
may be lost or changed.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import posture
from posture.cli.main import app
from posture.clinic.archive import Archive
from posture.report.report import Report
from tests.conftest import ROOT

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


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


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
    assert lost({**old, "warnings": []}, {**new, "warnings": []}) == []


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
        report, review = entry.report, entry.review
        said = None if review is None else [review.verdict, review.finding, review.reason, review.reviewer]
        finding = None if report.finding is None else report.finding.kind
        assert (entry.date, entry.pose, report.photo.sha256) == (old["date"], old["pose"], old["sha256"])
        assert (report.status, finding, said) == (old["status"], old["finding"], old["review"])
        numbers = json.loads(report.to_json())["measurements"]
        assert lost(measured[old["sha256"]]["measurements"], numbers) == []
    assert [list(note) for note in archive.notes(kept["client"])] == kept["notes"]
    assert lost(kept["tests"], archive.export(kept["client"])["visits"][0]["intake"]["tests"]) == []


def test_the_client_files_hold_a_review_a_note_and_a_test() -> None:
    assert any(entry["review"] for one in CLIENTS for entry in one["history"])
    assert any(one["notes"] for one in CLIENTS)
    assert all(one["tests"] for one in CLIENTS)


def test_going_on_with_a_folder_of_results_measures_nothing_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the photos' paths are part of what must be the same
    shutil.copytree(MADE / "results", "results")
    shutil.copy(MADE / "answers.toml", tmp_path)
    journal = Path("results/journal.jsonl")
    settings, *lines = journal.read_text("utf-8").splitlines(keepends=True)
    assert json.loads(settings)["posture"] == "1.0.0"
    # a batch goes on with the version that began it; all else of its first line has to be what 1.0.0 wrote
    renewed = json.dumps({**json.loads(settings), "posture": posture.__version__}, sort_keys=True)
    journal.write_text("".join([renewed + "\n", *lines]), "utf-8")
    for line in lines:
        file = Path("photos") / json.loads(line)["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()  # its pixels are not asked for again
    before = {path: path.read_bytes() for path in Path("results").rglob("*.json*")}
    asked = ["batch", "photos", "--out", "results", "--pattern", "{client}/{date}_{pose}", "--intake", "answers.toml"]
    said = CliRunner().invoke(app, [*asked, "--workers", "1", "--resume", "--json"])
    assert said.exit_code == 1, (said.output, said.exception)  # one was refused
    assert (json.loads(said.stdout)["analyzed"], json.loads(said.stdout)["refused"]) == (3, 1)
    assert {path: path.read_bytes() for path in Path("results").rglob("*.json*")} == before
    old, new = ((place / "results.csv").read_text("utf-8") for place in (MADE / "results", Path("results")))
    assert lost(table(old), table(new)) == []


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
