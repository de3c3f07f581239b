"""A batch's results as a queue: the order, what people decided, and what is said of a folder that is none."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from posture.batch.review_queue import DECISIONS, Decision, decisions, note_decision, read_queue
from posture.errors import UsageError
from posture.report.report import Report
from validation.record import GOLDEN

REPORTS = {path.stem: Report.from_json(path.read_text("utf-8")) for path in sorted(GOLDEN.glob("*.json"))}


def results(folder: Path, reports: list[Report], torn: str = "") -> Path:
    """A results folder that holds these reports."""
    folder.mkdir(exist_ok=True)
    lines = [
        {"number": k, "file": f"b{k}_2026-03-01_relaxed.jpg", "client_id": f"b{k}", "visit_date": "2026-03-01",
         "pose": "relaxed", "told": {}, "report": report.to_dict()}
        for k, report in enumerate(reports)
    ]  # fmt: skip
    text = "\n".join(json.dumps(line) for line in [{"schema": 3, "photos": "x"}, *lines])
    (folder / "journal.jsonl").write_text(f"{text}\n{torn}", "utf-8")
    return folder


def decision(number: int, sha256: str, verdict: str = "accepted", reviewer: str = "MK") -> Decision:
    return Decision(
        number, sha256, "p1", "2026-03-01", "relaxed", verdict, "", "", reviewer, f"2026-03-02T10:00:0{number}"
    )


def test_refused_photos_come_first_and_a_line_being_written_is_left_out(tmp_path: Path) -> None:
    folder = results(tmp_path, [REPORTS["typical"], REPORTS["turned"], REPORTS["mild"]], torn='{"number": 3')
    queue = read_queue(folder)
    assert (queue[0].report.status, len(queue)) == ("refused", 3)
    assert {one.client for one in queue} == {"b0", "b1", "b2"}
    assert queue[0].picture is None


def test_the_last_decision_of_a_photo_counts(tmp_path: Path) -> None:
    assert decisions(tmp_path) == {}
    for one in (decision(1, "a"), decision(2, "b"), decision(1, "a", "refused", "AB")):
        note_decision(tmp_path, one)
    made = decisions(tmp_path)
    assert {key: (one.verdict, one.reviewer) for key, one in made.items()} == {
        (1, "a"): ("refused", "AB"),
        (2, "b"): ("accepted", "MK"),
    }
    assert made[1, "a"].review.reviewer == "AB"
    assert (tmp_path / DECISIONS).stat().st_mode & 0o777 == 0o600


def test_two_reviewers_at_once_lose_nothing(tmp_path: Path) -> None:
    def decide(k: int) -> None:
        note_decision(tmp_path, replace(decision(0, f"{k:064d}"), reason="x" * 500))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(200)))
    assert len(decisions(tmp_path)) == 200


@pytest.mark.parametrize("spoiled", ["", "Dear diary\n"])
def test_a_folder_without_results_is_said(tmp_path: Path, spoiled: str) -> None:
    if spoiled:
        (tmp_path / "journal.jsonl").write_text(spoiled)
    with pytest.raises(UsageError, match="holds no results of a batch"):
        read_queue(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        note_decision(tmp_path / "gone", decision(1, "a"))
