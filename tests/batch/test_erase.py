"""A client taken out of a batch's results: no byte of the id is left, the others stay as they were."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from posture.batch import erase, run
from posture.batch.erase import erase_client
from posture.batch.lock import alone_in
from posture.batch.request import Request
from posture.batch.review_queue import DECISIONS, Decision, decisions, note_decision, read_queue
from posture.clinic.archive import Archive
from posture.errors import UsageError
from posture.knowledge.load import Knowledge
from tests.batch.test_growth import measured, request_, rows  # noqa: F401
from tests.cli.test_main import said as said_by
from tests.clinic.test_archive import REPORTS

KNOWLEDGE = Knowledge.load()
GONE, STAYS = "quokka17", "wombat03"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two clients with three photos each, one of each refused."""
    for client in (GONE, STAYS):
        (tmp_path / "photos" / client).mkdir(parents=True)
        for k, kind in enumerate(("typical", "turned", "typical"), 1):
            (tmp_path / "photos" / client / f"2026-03-0{k}_relaxed.jpg").write_text(f"{kind} {client} {k}")
    return tmp_path / "photos"


@pytest.fixture
def asked(request_: Request) -> Request:  # noqa: F811
    return replace(request_, pattern="{client}/{date}_{pose}", xlsx=True)


@pytest.fixture
def out(asked: Request, measured: list[str]) -> Path:  # noqa: F811
    run.run(asked)
    measured.clear()
    return asked.out


def traces(out: Path, word: str) -> list[str]:
    """Files that hold a word, workbooks unpacked."""
    found = []
    for path in out.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                data = b"".join(book.read(name) for name in book.namelist())
        found += [path.name] if word.encode() in data or word in path.name else []
    return sorted(found)


def decide(out: Path, number: int, client: str, reviewer: str = "MK") -> None:
    sha256 = next(one.key[1] for one in read_queue(out) if one.number == number)
    note_decision(
        out, Decision(number, sha256, client, "2026-03-09", "", "refused", "", "moved", reviewer, f"2026-04-0{number}")
    )


def of(out: Path, client: str) -> list[int]:
    return sorted(one.number for one in read_queue(out) if one.client == client)


def test_nothing_of_the_client_is_left_and_the_others_keep_their_numbers(out: Path) -> None:
    before = {row["number"]: row for row in rows(out)}
    own, others = of(out, GONE), of(out, STAYS)
    decide(out, own[0], GONE)
    decide(out, others[0], STAYS)
    assert len(traces(out, GONE)) >= 5
    files = len([path for path in out.rglob("*") if path.is_file()])
    assert erase_client(out, GONE, KNOWLEDGE) == 3
    assert traces(out, GONE) == []
    left = {row["number"]: row for row in rows(out)}
    assert sorted(left) == [f"{number:06d}" for number in others]
    moved = ("review_place",)  # the place in the queue
    for number, row in left.items():
        assert {k: v for k, v in row.items() if k not in moved} == {
            k: v for k, v in before[number].items() if k not in moved
        }
    assert of(out, STAYS) == others
    assert [one.client for one in decisions(out).values()] == [STAYS]
    # of each photo: report and picture; the page of the two that were measured and the one refused
    assert files - len([path for path in out.rglob("*") if path.is_file()]) == 9
    assert (out / DECISIONS).stat().st_mode & 0o777 == 0o600
    assert erase_client(out, GONE, KNOWLEDGE) == 0


def test_a_batch_goes_on_and_measures_nothing_again_once_the_photos_are_gone(
    out: Path,
    asked: Request,
    photos: Path,
    measured: list[str],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    erase_client(out, GONE, KNOWLEDGE)
    table = (out / "results.csv").read_bytes()
    shutil.rmtree(photos / GONE)
    capsys.readouterr()
    run.run(replace(asked, resume=True))
    assert measured == []
    assert "gone" not in capsys.readouterr().err
    assert (out / "results.csv").read_bytes() == table
    (photos / STAYS / "2026-05-01_relaxed.jpg").write_text("typical new")
    run.run(replace(asked, resume=True))
    assert [row["number"] for row in rows(out)][-1] == "000006"
    assert traces(out, GONE) == []


def test_a_photo_is_whose_the_review_says(out: Path) -> None:
    own, others = of(out, GONE), of(out, STAYS)
    decide(out, own[0], "emu5")  # the batch was wrong: it is somebody else's
    decide(out, others[0], GONE)  # and this one is theirs
    decide(out, others[1], GONE)
    decide(out, others[1], STAYS, "AB")  # put right again
    assert erase_client(out, GONE, KNOWLEDGE) == 3
    assert [(one.number, one.client) for one in sorted(read_queue(out), key=lambda one: one.number)] == [
        (own[0], "emu5"), (others[1], STAYS), (others[2], STAYS)
    ]  # fmt: skip
    assert {row["client_id"] for row in rows(out)} == {"emu5", STAYS}
    assert GONE not in (out / DECISIONS).read_text()
    assert {one.reviewer for one in decisions(out).values()} == {"MK", "AB"}


@pytest.mark.parametrize("step", ["write_tables", "_remove_files", "_remove_decisions"])
def test_ended_on_the_way_the_same_call_goes_on(out: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    decide(out, of(out, GONE)[0], GONE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(erase, step, full)
        with pytest.raises(UsageError, match="No space left on device; give the same command again"):
            erase_client(out, GONE, KNOWLEDGE)
    assert erase_client(out, GONE, KNOWLEDGE) == 3
    assert traces(out, GONE) == []


def test_a_folder_that_is_none_is_damaged_or_is_written_into_is_left_alone(out: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no results of a batch"):
        erase_client(tmp_path, GONE, KNOWLEDGE)
    with alone_in(out), pytest.raises(UsageError, match="another batch is writing"):
        erase_client(out, GONE, KNOWLEDGE)
    journal = out / "journal.jsonl"
    journal.write_bytes(journal.read_bytes() + b"Dear diary\n")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="is damaged; nothing was changed"):
        erase_client(out, GONE, KNOWLEDGE)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_the_last_client_leaves_an_empty_batch(out: Path) -> None:
    for client in (GONE, STAYS):
        erase_client(out, client, KNOWLEDGE)
    assert rows(out) == []
    assert traces(out, STAYS) == []


class TestCommand:
    def run(self, tmp_path: Path, *words: str) -> tuple[int, str]:
        code, said, error = said_by("clients", *words, "--db", f"sqlite:///{tmp_path / 'c.db'}")
        return code, said + error

    def test_files_and_results_in_one_command(self, out: Path, tmp_path: Path) -> None:
        assert self.run(tmp_path, "add", str(out))[0] == 0
        code, said = self.run(tmp_path, "erase", GONE, "--yes", "--results", str(out))
        assert code == 0
        assert f"Photos taken out of {out}: 3." in said
        assert "Take the photos themselves out of the photo folder" in said
        assert "results folder holds rows, pictures and decisions" in said
        assert traces(tmp_path / "out", GONE) == []
        assert [one.pseudonym for one in Archive(f"sqlite:///{tmp_path / 'c.db'}").clients()] == [STAYS]

    def test_results_alone_once_the_client_is_erased(self, out: Path, tmp_path: Path) -> None:
        self.run(tmp_path, "add", str(out))
        code, said = self.run(tmp_path, "erase", GONE, "--yes")
        assert (code, "--results FOLDER" in said) == (0, True)
        assert traces(out, GONE)
        told = json.loads(self.run(tmp_path, "erase", GONE, "--yes", "--results", str(out), "--json")[1])
        assert (told["erased"], list(told["results"].values())) == (None, [3])
        code, said = self.run(tmp_path, "erase", GONE, "--yes", "--results", str(out))
        assert (code, f"no client '{GONE}'" in said) == (2, True)

    def test_a_wrong_folder_changes_nothing(self, out: Path, tmp_path: Path) -> None:
        self.run(tmp_path, "add", str(out))
        for words in (("--results", str(out), "--results", str(tmp_path)), ()):
            more = ("--yes",) if words else ()
            assert self.run(tmp_path, "erase", GONE, *more, *words)[0] == 2
        assert traces(out, GONE)
        assert len(Archive(f"sqlite:///{tmp_path / 'c.db'}").clients()) == 2


def test_a_journal_of_the_first_version_and_a_torn_line_are_read(tmp_path: Path) -> None:
    line = {"number": 0, "file": "", "client_id": GONE, "visit_date": "2026-03-01", "pose": "",
            "report": REPORTS["typical"].to_dict()}  # fmt: skip
    (tmp_path / "journal.jsonl").write_text(
        f'{{"schema": 1}}\n{json.dumps(line)}\n{json.dumps(line | {"number": 1, "client_id": STAYS})}\n{{"num', "utf-8"
    )
    assert erase_client(tmp_path, GONE, KNOWLEDGE) == 1
    assert [row["client_id"] for row in rows(tmp_path)] == [STAYS]
