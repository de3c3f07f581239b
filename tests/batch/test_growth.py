"""A batch that grows and is put right: photos added and gone, refused ones measured anew, a limit of time."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from posture.batch import layout, notes, pool, run, worker
from posture.batch.photo_list import LIST, PhotoList
from posture.batch.photos import Entry
from posture.batch.request import EVERY_CODE, Request
from posture.errors import UsageError
from posture.io.progress import Verbosity
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.render.overlay import jpeg
from posture.render.panel import PANEL
from posture.report.report import Report
from validation.record import GOLDEN

#: What a faked photo holds, and the report that it gets.
SAMPLES = {name: Report.from_json((GOLDEN / f"{name}.json").read_text("utf-8")) for name in ("typical", "turned")}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files in the order in which they are measured, here and by their first word: "typical", or nothing legible."""
    done = list[str]()

    def report(entry: Entry, _task: Any) -> tuple[Report, str, bytes | None]:
        done.append(entry.file)
        said = worker.photo_bytes(entry.path).decode()
        sample = SAMPLES[said.split()[0]]
        photo = replace(sample.photo, file=entry.file, sha256=worker.hashlib.sha256(said.encode()).hexdigest())
        return replace(sample, photo=photo), "", jpeg(Image.new("RGB", (90 + PANEL, 160)))

    def make_engine(*_: Any) -> tuple[Callable[[], Executor], int, tuple[type[Exception], ...], Callable[[], None]]:
        return lambda: ThreadPoolExecutor(1), 2, (), lambda: None

    monkeypatch.setattr(worker, "_report", report)
    monkeypatch.setattr(run, "make_engine", make_engine)
    return done


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, content in {"b.jpg": "typical b", "d.jpg": "turned d", "f.jpg": "typical f"}.items():
        (folder / name).write_text(content)
    return folder


@pytest.fixture
def request_(photos: Path, tmp_path: Path) -> Request:
    return Request(
        knowledge=Knowledge.load(), folder=str(photos), out=tmp_path / "out", workers=1, scheduler=None, resume=False,
        pattern=None, manifest=None, names=True, intake=Intake(), show_face=False, xlsx=False, passes=1, as_json=True,
    )  # fmt: skip


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(out: Path) -> list[tuple[str, str]]:
    return [(row["number"], row["file"]) for row in rows(out)]


class TestGrowth:
    def test_new_photos_are_added_with_the_next_numbers(
        self, photos: Path, request_: Request, measured: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        run.run(request_)
        for name in ("a.jpg", "e.jpg"):
            (photos / name).write_text(f"typical {name}")
        measured.clear()
        capsys.readouterr()
        run.run(replace(request_, resume=True))
        assert measured == ["a.jpg", "e.jpg"]
        assert files(request_.out) == [
            ("000000", "b.jpg"), ("000001", "d.jpg"), ("000002", "f.jpg"), ("000003", "a.jpg"), ("000004", "e.jpg")
        ]  # fmt: skip
        said = capsys.readouterr()
        assert "Photos added to this batch: 2." in said.err
        assert json.loads(said.out)["photos"] == 5

    def test_it_grows_twice_and_while_it_was_stopped(
        self, photos: Path, request_: Request, measured: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep = run._keep

        def stop(out: Path, done: worker.Done) -> None:
            if len(measured) > 1:
                raise run.Stopped(15)
            keep(out, done)

        with monkeypatch.context() as stopped:
            stopped.setattr(run, "_keep", stop)
            assert run.run(request_) == 128 + 15
        (photos / "a.jpg").write_text("typical a")
        run.run(replace(request_, resume=True))
        (photos / "c.jpg").write_text("typical c")
        run.run(replace(request_, resume=True))
        assert [file for _, file in files(request_.out)] == ["b.jpg", "d.jpg", "f.jpg", "a.jpg", "c.jpg"]

    def test_gone_ones_are_said_and_keep_their_rows(
        self, photos: Path, request_: Request, measured: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        run.run(request_)
        before = (request_.out / "results.csv").read_bytes()
        (photos / "b.jpg").unlink()
        measured.clear()
        run.run(replace(request_, resume=True))
        said = capsys.readouterr()
        assert "Photos of this batch that are gone: 1" in said.err
        assert "  b.jpg" in said.err
        assert json.loads(said.out.splitlines()[-1])["gone"] == 1
        assert (measured, (request_.out / "results.csv").read_bytes()) == ([], before)
        (photos / "b.jpg").write_text("typical b")
        run.run(replace(request_, resume=True))
        assert "gone" not in capsys.readouterr().err
        assert (request_.out / "results.csv").read_bytes() == before

    @pytest.mark.usefixtures("measured")
    def test_other_answers_and_another_folder_are_refused(
        self, photos: Path, request_: Request, tmp_path: Path
    ) -> None:
        run.run(request_)
        kept = {path: path.read_bytes() for path in request_.out.rglob("*") if path.is_file()}
        other = replace(request_, resume=True, intake=Intake(clothing="tight"))
        with pytest.raises(UsageError, match=r"other photos or answers \(such as 'b.jpg'\)"):
            run.run(other)
        (tmp_path / "others").mkdir()
        (tmp_path / "others" / "z.jpg").write_text("typical z")
        with pytest.raises(UsageError, match="other photos or answers"):
            run.run(replace(request_, resume=True, folder=str(tmp_path / "others")))
        shutil.copytree(photos, tmp_path / "copied")
        with pytest.raises(UsageError, match="other photos or answers"):
            run.run(replace(request_, resume=True, folder=str(tmp_path / "copied")))
        assert {path: path.read_bytes() for path in request_.out.rglob("*") if path.is_file()} == kept

    @pytest.mark.usefixtures("measured")
    def test_without_names_it_cannot_grow_and_says_so(self, photos: Path, request_: Request) -> None:
        nameless = replace(request_, names=False)
        run.run(nameless)
        assert not (request_.out / LIST).exists()
        run.run(replace(nameless, resume=True))
        (photos / "a.jpg").write_text("typical a")
        with pytest.raises(UsageError, match="a batch without names cannot grow"):
            run.run(replace(nameless, resume=True))

    @pytest.mark.usefixtures("measured")
    @pytest.mark.parametrize("content", ["[1]\n", '{"file": "a.jpg"}\n', "half", None])
    def test_a_list_that_is_damaged_or_missing_is_said(self, request_: Request, content: str | None) -> None:
        run.run(request_)
        if content is None:
            (request_.out / LIST).unlink()
        else:
            (request_.out / LIST).write_text(content)
        with pytest.raises(UsageError, match=r"photos\.jsonl is (damaged|missing): choose another folder"):
            run.run(replace(request_, resume=True))

    def test_a_photo_that_is_listed_twice_has_two_numbers(self, tmp_path: Path) -> None:
        entries = [Entry("a.jpg", "/a.jpg"), Entry("a.jpg", "/a.jpg", pose="arched"), Entry("b.jpg", "/b.jpg")]
        listed = PhotoList(tmp_path / LIST)
        first = listed.number(entries[:2])
        listed.keep(first)
        assert dict(first.entries) == {0: entries[0], 1: entries[1]}
        again = PhotoList(tmp_path / LIST).number(entries)
        assert (dict(again.entries), again.added) == ({k: entries[k] for k in range(3)}, 1)

    @pytest.mark.usefixtures("measured")
    def test_many_photos_stand_in_folders_of_their_thousands(
        self, photos: Path, request_: Request, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(layout, "SHARD", 2)
        run.run(request_)
        assert sorted(file.relative_to(request_.out).as_posix()[:14] for file in request_.out.rglob("*.json")) == [
            "reports/000000", "reports/000001", "reports/0001/0"
        ]  # fmt: skip
        (photos / "f.jpg").write_text("turned f")
        run.run(replace(request_, retry=EVERY_CODE))  # f was not refused
        assert len(list((request_.out / "overlays" / "0001").iterdir())) == 1


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("verbosity", ["quiet", "normal"])
def test_that_tables_of_many_photos_are_written_is_said(
    request_: Request, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verbosity: Verbosity
) -> None:
    monkeypatch.setattr(run, "MANY", 3)
    run.run(replace(request_, verbosity=verbosity))
    assert ("Writing the tables of 3 photos." in capsys.readouterr().err) == (verbosity == "normal")


class TestRetry:
    def test_refused_photos_are_measured_anew(self, photos: Path, request_: Request, measured: list[str]) -> None:
        assert run.run(request_) == 1
        (photos / "d.jpg").write_text("typical d, taken again")
        measured.clear()
        assert run.run(replace(request_, retry=EVERY_CODE)) == 0
        assert measured == ["d.jpg"]
        assert [row["status"] for row in rows(request_.out)] == ["analyzed"] * 3
        for kind in ("reports", "overlays", "pages"):
            assert len(list((request_.out / kind).iterdir())) == 3  # what was written of the refused one is gone

    def test_those_of_one_code(self, photos: Path, request_: Request, measured: list[str]) -> None:
        run.run(request_)
        measured.clear()
        run.run(replace(request_, retry="not_side_view"))
        assert measured == ["d.jpg"]
        with pytest.raises(UsageError, match=r"--retry lying: .*codes of this batch: not_side_view"):
            run.run(replace(request_, retry="lying"))
        (photos / "d.jpg").write_text("typical d")
        run.run(replace(request_, retry=EVERY_CODE))
        with pytest.raises(UsageError, match="none is refused"):
            run.run(replace(request_, retry="lying"))

    def test_a_refused_photo_that_is_gone_keeps_its_row(
        self, photos: Path, request_: Request, measured: list[str]
    ) -> None:
        run.run(request_)
        before = rows(request_.out)
        (photos / "d.jpg").unlink()
        measured.clear()
        run.run(replace(request_, retry=EVERY_CODE))
        assert (measured, rows(request_.out)) == ([], before)


class TestNotes:
    @pytest.fixture
    def named(self, photos: Path, request_: Request) -> Iterator[Request]:
        for name in ("p1/2026-03-01_relaxed.jpg", "p1/IMG_1.jpg", "P1/20260401 front.jpg"):
            (photos / name).parent.mkdir(exist_ok=True)
            (photos / name).write_text(f"typical {name}")
        return replace(request_, pattern="{client}/{date}_{pose}")

    @pytest.mark.usefixtures("measured")
    def test_every_name_that_does_not_fit_is_listed_and_what_it_says_is_kept(
        self, named: Request, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run.run(named)
        said = capsys.readouterr().err
        assert "5 of 6 paths do not fit --pattern {client}/{date}_{pose}. What they say is kept:" in said
        assert all(f"  {name}\n" in said for name in ("b.jpg", "p1/IMG_1.jpg", "P1/20260401 front.jpg"))
        told = {row["file"]: (row["client_id"], row["visit_date"], row["pose"]) for row in rows(named.out)}
        assert told["p1/IMG_1.jpg"] == ("p1", "", "")
        assert told["P1/20260401 front.jpg"] == ("P1", "2026-04-01", "")
        assert told["b.jpg"] == ("", "", "")
        assert not (named.out / notes.NOT_FITTING).exists()

    @pytest.mark.usefixtures("measured")
    def test_many_names_stand_in_a_file(
        self, named: Request, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(notes, "MOST_LISTED", 2)
        run.run(named)
        assert "all of them stand in" in capsys.readouterr().err
        assert len((named.out / notes.NOT_FITTING).read_text("utf-8").splitlines()) == 5

    @pytest.mark.usefixtures("measured")
    def test_without_names_they_are_counted(self, named: Request, capsys: pytest.CaptureFixture[str]) -> None:
        run.run(replace(named, names=False))
        said = capsys.readouterr().err
        assert "5 of 6 paths do not fit" in said
        assert "IMG" not in said

    @pytest.mark.usefixtures("measured")
    def test_clients_that_are_perhaps_one_are_asked_about(
        self, named: Request, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run.run(named)
        assert "Are 'P1' and 'p1' one client? They are kept apart: correct the names, or give --fold-clients." in (
            capsys.readouterr().err
        )
        odd = {row["file"]: row["review_why"] for row in rows(named.out) if "identity" in row["review_why"]}
        assert odd == {"P1/20260401 front.jpg": "identity"}
        run.run(replace(named, fold_clients=True, out=named.out.with_name("folded")))
        assert "one client?" not in capsys.readouterr().err
        assert {row["client_id"] for row in rows(named.out.with_name("folded"))} == {"", "p1"}


class TestTimeLimit:
    def test_a_photo_beyond_it_gets_a_row_and_the_others_are_measured(self, tmp_path: Path) -> None:
        """Real processes: the one that takes too long ends, another takes its place."""
        for k in range(3):
            shutil.copy(GOLDEN.parents[1] / "sample_images" / "typical.jpg", tmp_path / f"{k}.jpg")
        entries = [Entry(f"{k}.jpg", str(tmp_path / f"{k}.jpg")) for k in range(3)]
        limits = (None, 0.01, 300.0)
        tasks = [
            worker.Task(k, entry, False, True, 1, limit_s=limit)
            for k, (entry, limit) in enumerate(zip(entries, limits, strict=True))
        ]
        done = {one.line["number"]: one.line["report"] for one in pool.measured(tasks, *pool.make_engine(None, 1))}
        assert [done[k]["status"] for k in range(3)] == ["analyzed", "refused", "analyzed"]
        (reason,) = done[1]["reasons"]
        assert (reason["code"], done[1]["photo"]["file"]) == ("time_limit", "1.jpg")

    def test_without_a_limit_nothing_is_watched(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(worker.faulthandler, "dump_traceback_later", lambda *_, **__: pytest.fail("watched"))
        with worker.time_limit(None):
            pass
