"""Everything `make fuzz` has broken once, kept small."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from posture.batch.journal import Journal
from posture.batch.manifest import from_manifest
from posture.cli.clients import add
from posture.errors import UnsuitablePhoto, UsageError
from posture.io.intake_files import read_intake
from posture.io.photos import read_photo_bytes
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.conftest import ROOT
from validation.record import SAMPLES


def golden() -> dict[str, Any]:
    return json.loads((ROOT / "tests" / "golden" / "marked.json").read_text("utf-8"))


class TestReport:
    @pytest.mark.parametrize(
        ("measure", "key", "value"),
        [
            ("hip_angle", "sigma", 1e308),
            ("hip_angle", "sigma", 10**400),
            ("hip_angle", "z", None),
            ("hip_angle", "value", "7"),
            ("hip_angle", "grade", "E"),
        ],
    )
    def test_a_number_that_is_none_is_damage(self, measure: str, key: str, value: object) -> None:
        report = golden()
        report["measurements"][measure][key] = value
        with pytest.raises(UsageError):
            Report.from_json(json.dumps(report))

    @pytest.mark.parametrize("text", ['{"schema": NaN}', "[" * 100_000, '{"schema": 1e999}'])
    def test_json_that_cannot_be_held(self, text: str) -> None:
        with pytest.raises(UsageError, match="no JSON"):
            Report.from_json(text)

    def test_what_is_missing_is_named(self) -> None:
        report = golden()
        del report["finding"]["because"]
        with pytest.raises(UsageError, match=r"finding must contain.*because"):
            Report.from_json(json.dumps(report))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"person": ' + "[" * 100_000, "a = " + "[" * 100_000])
def test_an_intake_without_end(tmp_path: Path, text: str) -> None:
    (tmp_path / "intake").write_text(text)
    with pytest.raises(UsageError, match="answers in "):
        read_intake(tmp_path / "intake")


@pytest.mark.parametrize("text", ["file" + "x" * 140_000, "file\n" + "x" * 140_000])
def test_a_cell_without_end_in_a_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(UsageError, match="not a CSV list"):
        from_manifest(tmp_path, tmp_path / "list.csv", Intake())


def test_damaged_exif_says_nothing_on_the_terminal() -> None:
    data = (SAMPLES / "mild.jpg").read_bytes()
    exif = b"\xff\xe1\x00\x16Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02\x01\x12"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read_photo_bytes(data[:2] + exif + data[2:], "")
        except UnsuitablePhoto as error:
            pytest.fail(f"the pixels are whole: {error}")


LINE = {"number": 0, "client_id": "p1", "visit_date": "2026-03-01", "pose": "", "told": {}, "report": {}}


class TestJournal:
    @pytest.mark.parametrize(
        "line",
        [
            "[]", "7", "null", "{}", "[" * 100_000, "Dear diary", json.dumps({**LINE, "client_id": 7}),
            json.dumps({**LINE, "visit_date": "yesterday"}), json.dumps({**LINE, "told": []}), json.dumps(LINE),
        ],
    )  # fmt: skip
    def test_a_line_that_no_batch_wrote_is_named_and_those_before_it_are_kept(self, tmp_path: Path, line: str) -> None:
        whole = json.dumps({**LINE, "report": golden()})
        (tmp_path / "journal.jsonl").write_text(f"{{}}\n{whole}\n{line}\n", "utf-8")
        db = f"sqlite:///{tmp_path / 'clients.db'}"
        with pytest.raises(UsageError, match=r"line 3: .*the lines before it are kept"):
            add(tmp_path, None, db, as_json=True)
        (tmp_path / "journal.jsonl").write_text(f"{{}}\n{whole}\n{line}", "utf-8")  # torn: the batch was ended in it
        assert add(tmp_path, None, db, as_json=True) == 0

    @pytest.mark.parametrize("line", ["[]", "null", '{"a": 1}', "[" * 100_000])
    def test_a_batch_goes_on_from_the_last_whole_line(self, tmp_path: Path, line: str) -> None:
        file = tmp_path / "journal.jsonl"
        whole = [json.dumps({"number": number, "report": {"status": "analyzed"}}) for number in (4, 5)]
        file.write_text(f'{{"schema": 1}}\n{whole[0]}\n{line}\n{whole[1]}\n', "utf-8")
        with Journal(file, {"schema": 1}, resume=True) as journal:
            assert 4 in journal
            assert 5 not in journal
        assert file.read_text("utf-8").count("\n") == 2
