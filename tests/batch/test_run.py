"""A batch: one row a photo whatever happens, the same rows however many workers, and going on after any end."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PIL import Image

from posture.batch import lock, pool, run, worker
from posture.batch.journal import SCHEMA, Journal
from posture.batch.manifest import from_manifest
from posture.batch.photos import Entry, from_folder, from_url
from posture.batch.request import Request, entries_of
from posture.batch.tables import TableOptions, write_tables
from posture.batch.worker import not_measured
from posture.errors import Unreadable, UsageError
from posture.io import photos as photo_files
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.conftest import ROOT
from validation.record import SAMPLES

#: How long a test waits for what takes a second, before it fails.
LONG_S = 30.0
ODD = "=cmd()\n'quoted' \u202e.jpg"


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine photos in folders of clients, five of them faulty, one a twin, one a link that leads out."""
    folder = tmp_path_factory.mktemp("photos")
    for name in ("c1", "c2/deeper", ".hidden"):
        (folder / name).mkdir(parents=True)
    shutil.copy(SAMPLES / "typical.jpg", folder / "c1" / "2026-03-01_relaxed.jpg")
    shutil.copy(SAMPLES / "mild.jpg", folder / "c1" / "20260501_relaxed.JPG")
    shutil.copy(SAMPLES / "typical.jpg", folder / "c1" / "2026-05-02_arched.jpg")
    shutil.copy(SAMPLES / "turned.jpg", folder / "c2" / "deeper" / ODD)
    shutil.copy(SAMPLES / "mild.jpg", folder / ".hidden" / "no.jpg")
    (folder / "c2" / "empty.png").write_bytes(b"")
    (folder / "c2" / "half.jpg").write_bytes((SAMPLES / "typical.jpg").read_bytes()[:9000])
    (folder / "c2" / "notes.txt").write_text("no photo")
    (folder / "c2" / "book.jpeg").write_bytes(b"%PDF-1.7")
    (folder / "c2" / "out.jpg").symlink_to(SAMPLES / "mild.jpg")
    dated = Image.open(SAMPLES / "sway_back.jpg")
    exif = dated.getexif()
    exif.get_ifd(0x8769)[0x9003] = "2025:12:24 10:00:00"
    dated.save(folder / "c2" / "exif.jpg", exif=exif)
    return folder


PATTERN = "{client}/{date}_{pose}"


def asked(photos: Path, out: Path) -> Request:
    """What the command line asks with the pattern and one worker."""
    return Request(
        knowledge=Knowledge.load(),
        folder=str(photos), out=out, workers=1, scheduler=None, resume=False, pattern=PATTERN, manifest=None,
        names=True, intake=Intake(), show_face=False, xlsx=False, passes=1, as_json=True,
    )  # fmt: skip


def posture(*arguments: object) -> tuple[int, str]:
    """Exit code and all that was said."""
    command = [sys.executable, "-m", "posture", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def start(photos: Path, out: Path, *more: str, workers: int = 1) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "posture", "batch", str(photos), "--out", str(out), "--pattern", PATTERN]
    command += ["--passes", "1", "--workers", str(workers), *more]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


@pytest.fixture(scope="module")
def done(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an undisturbed batch by one worker."""
    out = tmp_path_factory.mktemp("one") / "out"
    assert start(photos, out).wait(120) == 1
    return out


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reports_written(out: Path) -> dict[str, int]:
    """When each report was written: a photo that is measured again gets another."""
    return {path.name: path.stat().st_mtime_ns for path in (out / "reports").glob("*.json")}


@pytest.mark.usefixtures("here")
def test_a_results_folder_that_is_made_is_for_this_user_alone(tmp_path: Path) -> None:
    photos, made, own = tmp_path / "photos", tmp_path / "to" / "made", tmp_path / "own"
    before = os.umask(0)
    try:
        for folder in (photos, own):
            folder.mkdir(0o755)
        shutil.copy(SAMPLES / "typical.jpg", photos)
        for out in (made, own):
            run.run(asked(photos, out))
        assert {path.stat().st_mode & 0o777 for path in (made, made / "reports", made / "overlays")} == {0o700}
        assert own.stat().st_mode & 0o777 == 0o755
    finally:
        os.umask(before)


def test_one_row_a_photo_with_who_and_when(done: Path) -> None:
    told = {row["file"]: row for row in rows(done)}
    assert len(told) == len(rows(done)) == 9
    first = told["c1/2026-03-01_relaxed.jpg"]
    assert (first["client_id"], first["visit_date"], first["pose"]) == ("c1", "2026-03-01", "relaxed")
    assert first["status"] == "analyzed"
    assert float(first["hip_angle_deg"]) == pytest.approx(2, abs=6)
    assert told["c1/20260501_relaxed.JPG"]["visit_date"] == "2026-05-01"
    assert told["c2/exif.jpg"]["visit_date"] == "2025-12-24"
    assert {row["reasons"] for row in told.values()} >= {"not_an_image", "outside_folder", "not_side_view"}
    assert told["c2/half.jpg"]["status"] == "refused"
    assert all(row["needs_review"] == "true" for row in told.values() if row["status"] == "refused")


def test_a_note_alone_asks_nobody_to_look(done: Path) -> None:
    measured = [row for row in rows(done) if row["status"] == "analyzed"]
    noted = [row for row in measured if row["notes"] == "roll_unknown" and not row["warnings"]]
    assert noted
    for row in noted:
        assert row["needs_review"] == "false" or row["review_why"] in ("near_cut", "cannot_tell", "identity")
    assert "false" in {row["needs_review"] for row in noted}


def test_twins_are_named_and_poses_that_were_asked_for_find_nothing(done: Path) -> None:
    arched = next(row for row in rows(done) if row["pose"] == "arched")
    assert arched["duplicate_of"] == next(row for row in rows(done) if "03-01" in row["file"])["number"]
    assert arched["finding"] == ""
    assert arched["plan_mode"] == ""


def test_names_cannot_harm(done: Path) -> None:
    odd = next(row for row in rows(done) if "quoted" in row["file"])
    assert not odd["file"].startswith(("=", "+", "-", "@"))
    names = [path.name for folder in ("reports", "overlays") for path in (done / folder).iterdir()]
    assert all(set(name) <= set("0123456789abcdef_unread.jsonpg") for name in names)
    assert [path.name for path in done.rglob(".*")] == [lock.LOCK]


def test_every_photo_has_its_json_and_every_measured_one_its_picture(done: Path) -> None:
    assert len(list((done / "reports").glob("*.json"))) == 9
    measured = [row for row in rows(done) if row["status"] == "analyzed"]
    for row in measured:
        assert (done / "overlays" / f"{row['number']}_{row['sha256'][:8]}.jpg").is_file()
    assert (done / "contact_sheet_0001.jpg").is_file()
    page = (done / "summary.html").read_text("utf-8")
    assert "Photos: 9" in page
    assert "Outside folder" in page


def test_a_result_folder_inside_the_photos_is_no_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos" / "out" / "overlays").mkdir(parents=True)
    for name in ("a.jpg", "out/overlays/b.jpg"):
        (tmp_path / "photos" / name).write_bytes(b"")
    entries = entries_of(asked(Path("photos"), Path("photos/out")))
    assert [entry.file for entry in entries] == ["a.jpg"]


def test_the_results_of_other_batches_are_no_photos(tmp_path: Path) -> None:
    for folder in ("", "2025/results/"):
        for name in ("a.jpg", "journal.jsonl", "overlays/000000_ab.jpg", "contact_sheet_0001.jpg"):
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / name).write_bytes(b"")
    (tmp_path / "overlays" / "journal.jsonl").unlink(missing_ok=True)
    (tmp_path / "p1" / "overlays").mkdir(parents=True)
    (tmp_path / "p1" / "overlays" / "mine.jpg").write_bytes(b"")
    wanted = ["2025/results/a.jpg", "a.jpg", "p1/overlays/mine.jpg"]
    assert sorted(e.file for e in from_folder(tmp_path, None, Intake(), tmp_path / "out")) == wanted
    assert sorted(e.file for e in from_url(f"file://{tmp_path}", None, Intake())) == wanted


@pytest.mark.slow
def test_results_beside_the_photos_can_be_resumed(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    shutil.copy(SAMPLES / "mild.jpg", tmp_path / "reports" / "mine.jpg")
    shutil.copy(SAMPLES / "typical.jpg", tmp_path)
    first = posture("batch", tmp_path, "--out", tmp_path, "--passes", 1, "--json")
    again = posture("batch", tmp_path, "--out", tmp_path, "--passes", 1, "--json", "--resume")
    assert (first[0], first) == (0, again)
    assert json.loads(again[1])["photos"] == 1


@pytest.mark.parametrize("passes", [0, 17])
def test_looks_that_cannot_be_meant_measure_nothing(photos: Path, tmp_path: Path, passes: int) -> None:
    code, said = posture("batch", photos, "--out", tmp_path / "out", "--passes", passes)
    assert code == 2
    assert "--passes" in said
    assert not (tmp_path / "out").exists()


def test_a_model_that_cannot_be_had_is_no_fault_of_the_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_passes: int) -> None:
        raise UsageError("the pose model is gone")

    monkeypatch.setattr(worker, "_observer", gone)
    task = worker.Task(0, Entry("a.jpg", str(SAMPLES / "mild.jpg")), False, True, 1)
    with pytest.raises(UsageError, match="the pose model is gone"):
        worker.measure(task)


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p1").mkdir()
    whole = os.scandir

    def scandir(path: str) -> Any:
        if Path(path).name == "p1":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return whole(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(UsageError, match="p1: Permission denied; allow yourself"):
        from_folder(tmp_path, None, Intake(), tmp_path / "out")


@pytest.mark.slow
def test_more_workers_make_the_same_table(photos: Path, done: Path, tmp_path: Path) -> None:
    assert start(photos, tmp_path / "out", workers=3).wait(120) == 1
    assert (tmp_path / "out" / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


@pytest.mark.slow
def test_killed_and_resumed_it_makes_the_same_table(photos: Path, done: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    journal = out / "journal.jsonl"
    for lines in (3, 6):  # the settings and two photos, then five
        running = start(photos, out, *(["--resume"] if journal.exists() else []))
        while running.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < lines):
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)
        assert running.wait(10) == -signal.SIGKILL
    kept = journal.read_bytes()
    written = reports_written(out)
    with journal.open("ab") as file:
        file.write(b'{"number": 3, "fi')  # the line that was being written
    assert start(photos, out, "--resume").wait(120) == 1
    assert journal.read_bytes().startswith(kept)
    measured = {json.loads(line)["number"] for line in kept.splitlines()[1:]}
    assert {name: at for name, at in reports_written(out).items() if int(name[:6]) in measured} == {
        name: at for name, at in written.items() if int(name[:6]) in measured
    }
    assert (out / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


@pytest.mark.slow
class TestAnEndFromOutside:
    """Workers end with their batch, and whoever reads its pipe is told so; a signal that can be answered is."""

    @pytest.fixture
    def running(self, photos: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
        """A batch by two workers in a process group of its own."""
        command = [sys.executable, "-m", "posture", "batch", str(photos), "--out", str(tmp_path / "out")]
        command += ["--pattern", PATTERN, "--passes", "1", "--workers", "2"]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as running:
            yield running
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)

    def wait_for(self, lines: int, running: subprocess.Popen[str], journal: Path) -> None:
        while running.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < lines):
            time.sleep(0.01)
        assert running.poll() is None

    def ended(self, running: subprocess.Popen[str]) -> str:
        """All that was said, once nobody holds the pipes and no process is left; far longer than it may take."""
        said = "".join(running.communicate(timeout=LONG_S))
        until = time.monotonic() + LONG_S
        while self.is_anybody_left(running.pid) and time.monotonic() < until:
            time.sleep(0.05)
        assert not self.is_anybody_left(running.pid)
        return said

    def is_anybody_left(self, group: int) -> bool:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        return True

    def test_killed_it_takes_its_workers_along(self, running: subprocess.Popen[str], tmp_path: Path) -> None:
        self.wait_for(3, running, tmp_path / "out" / "journal.jsonl")
        running.kill()
        assert "Traceback" not in self.ended(running)

    @pytest.mark.parametrize("lines", [1, 3], ids=["workers begin", "workers measure"])
    @pytest.mark.parametrize(
        ("number", "everybody"),
        [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)],
        ids=["asked to end", "all asked to end", "Ctrl-C"],
    )
    def test_asked_to_end_it_says_how_far_it_came(
        self, running: subprocess.Popen[str], tmp_path: Path, number: signal.Signals, everybody: bool, lines: int
    ) -> None:
        journal = tmp_path / "out" / "journal.jsonl"
        self.wait_for(lines, running, journal)
        (os.killpg if everybody else os.kill)(running.pid, number)
        said = self.ended(running).splitlines()[-1:]  # the lines before tell of paths that do not fit the pattern
        kept = journal.read_bytes()
        measured = kept.count(b"\n") - 1
        assert running.returncode == 128 + number
        assert said == [
            f"posture: stopped, {measured} of 9 photos are measured and kept: go on with the same command and --resume"
        ]
        assert kept.endswith(b"\n")

    def test_what_was_stopped_goes_on(
        self, running: subprocess.Popen[str], photos: Path, done: Path, tmp_path: Path
    ) -> None:
        self.wait_for(3, running, tmp_path / "out" / "journal.jsonl")
        running.terminate()
        self.ended(running)
        assert start(photos, tmp_path / "out", "--resume").wait(120) == 1
        assert (tmp_path / "out" / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


def test_a_batch_that_is_there_is_not_overwritten(photos: Path, done: Path) -> None:
    code, said = posture("batch", photos, "--out", done, "--pattern", PATTERN, "--passes", 1)
    assert code == 2
    assert "--resume" in said
    code, said = posture("batch", photos, "--out", done, "--resume", "--passes", 1)
    assert code == 2
    assert "other photos or answers" in said


def test_resuming_what_is_complete_measures_nothing(photos: Path, done: Path) -> None:
    before, written = (done / "results.csv").read_bytes(), reports_written(done)
    code, said = posture("batch", photos, "--out", done, "--pattern", PATTERN, "--passes", 1, "--resume", "--json")
    assert reports_written(done) == written
    assert code == 1
    assert json.loads(next(line for line in said.splitlines() if line.startswith("{")))["photos"] == 9
    assert (done / "results.csv").read_bytes() == before


def test_names_are_left_out_and_xlsx_holds_the_same(photos: Path, tmp_path: Path) -> None:
    code, _ = posture("batch", photos / "c1", "--out", tmp_path / "out", "--no-names", "--xlsx", "--passes", 1,
                      "--workers", 1)  # fmt: skip
    assert code == 0
    written = [(tmp_path / "out" / "results.csv").read_text("utf-8")]
    written += [path.read_text("utf-8") for path in (tmp_path / "out" / "reports").iterdir()]
    written.append((tmp_path / "out" / "journal.jsonl").read_text("utf-8"))
    assert not any("relaxed.jpg" in text for text in written)
    sheet = load_workbook(tmp_path / "out" / "results.xlsx")["results"]
    told = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert told[0] == list(rows(tmp_path / "out")[0])
    angle = told[0].index("hip_angle_deg")
    assert told[1][angle] == float(rows(tmp_path / "out")[0]["hip_angle_deg"])
    assert told[1][0] == "000000"


@pytest.mark.parametrize("listed", [False, True], ids=["folder", "manifest"])
def test_whoever_measures_gets_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, listed: bool) -> None:
    """A worker of a cluster stands elsewhere."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"")
    (tmp_path / "list.csv").write_text("file\na.jpg\n")
    monkeypatch.chdir(tmp_path)
    request = replace(asked(Path("photos"), Path("out")), manifest=Path("list.csv") if listed else None)
    assert [entry.path for entry in entries_of(request)] == [str(tmp_path / "photos" / "a.jpg")]


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("listed", [False, True], ids=["pattern", "manifest"])
def test_a_day_in_the_future_is_refused(tmp_path: Path, listed: bool, names: bool) -> None:
    latest = photo_files.latest_day()
    for day in (latest, "2999-05-01"):
        (tmp_path / f"p1_{day}.jpg").write_bytes(b"")
    (tmp_path / "list.csv").write_text(f"file,visit_date\np1_{latest}.jpg,{latest}\np1_2999-05-01.jpg,2999-05-01\n")
    told = {"manifest": tmp_path / "list.csv", "pattern": None} if listed else {"pattern": "{client}_{date}"}
    with pytest.raises(UsageError, match=r"1 of 2 photos has a day in the future.*: correct it") as said:
        entries_of(replace(asked(tmp_path, tmp_path / "out"), names=names, **told))
    assert ("p1_2999-05-01.jpg" in str(said.value)) == names


def test_today_is_a_day_anywhere_on_earth() -> None:
    """The first to have a day are 14 hours ahead of UTC."""
    assert photo_files.latest_day(datetime(2026, 3, 1, 9, 59, tzinfo=UTC)) == "2026-03-01"
    assert photo_files.latest_day(datetime(2026, 3, 1, 10, 0, tzinfo=UTC)) == "2026-03-02"


def test_a_photo_under_two_clients_is_flagged(tmp_path: Path) -> None:
    """Whose it is, somebody has to say; a twin of the same client is no such case."""
    photo = not_measured(Entry("", ""), Unreadable("half").issue(), "ab" * 32)
    marked = Report.from_json((ROOT / "tests/golden/marked.json").read_text("utf-8"))
    whole = replace(marked, warnings=(), finding=None)  # nothing else asks anybody to look
    lines = [
        {"number": k, "file": f"{k}.jpg", "client_id": client, "visit_date": "", "pose": "", "report": report.to_dict()}
        for k, (client, report) in enumerate(
            [("p1", whole), ("p1", whole), ("p2", whole), ("", whole), ("p1", photo), ("p2", photo)]
        )
    ]
    count = write_tables(tmp_path, lambda: iter(lines), TableOptions(), Knowledge.load())
    told = [(row["warnings"], row["duplicate_of"], row["same_photo_as"]) for row in rows(tmp_path)]
    flag = "same_photo_other_client"
    assert told == [
        ("", "", ""), ("", "000000", ""), (flag, "", "000000"), ("", "", ""), ("", "", ""), (flag, "", "000004")
    ]  # fmt: skip
    assert rows(tmp_path)[2]["needs_review"] == "true"
    assert rows(tmp_path)[0]["needs_review"] == "false"
    assert count["two_clients"] == 2


def test_linked_folders_are_followed_inside_and_rows_outside(tmp_path: Path) -> None:
    """Whatever way the links lead: no circle, nothing passed over in silence."""
    photos = tmp_path / "photos"
    for name in ("p1/deep/a.jpg", "p2/b.jpg", ".store/c.jpg", "../elsewhere/d.jpg", "out/overlays/e.jpg"):
        (photos / name).parent.mkdir(parents=True, exist_ok=True)
        (photos / name).write_bytes(b"")
    for link, target in {
        "p3": "p1", "p4": ".store", "p5": "../elsewhere", "p1/up": "..", "p1/deep/self": ".", "p2/one": "../p1/deep",
        "p1/deep/two": "../../p2", "made": "out",
    }.items():  # fmt: skip
        (photos / link).symlink_to(target)
    entries = from_folder(photos, None, Intake(), photos / "out")
    assert {entry.file for entry in entries if entry.problem is None} >= {
        "p1/deep/a.jpg",
        "p2/b.jpg",
        "p3/deep/a.jpg",
        "p4/c.jpg",
    }
    assert {Path(entry.file).name for entry in entries} == {"a.jpg", "b.jpg", "c.jpg", "p5"}
    assert len(entries) < 20
    (out,) = [entry for entry in entries if entry.problem is not None]
    assert (out.file, out.problem.code if out.problem else "") == ("p5", "outside_folder")


class TestManifest:
    def read(self, folder: Path, text: str) -> list[Entry]:
        (folder / "list.csv").write_text(text, "utf-8")
        return from_manifest(folder, folder / "list.csv", Intake(clothing="tight"))

    def test_every_column(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text("[safety]\nasked = true\n")
        entry = self.read(
            tmp_path,
            "file,client_id,visit_date,pose,sex,stature_cm,clothing,asis_x,asis_y,psis_x,psis_y,intake\n"
            "a.jpg,p1,2026-03-01,relaxed,f,168,normal,1,2,3,4,a.toml\n",
        )[0]
        assert (entry.client_id, entry.visit_date, entry.pose) == ("p1", "2026-03-01", "relaxed")
        assert (entry.intake.sex, entry.intake.stature_cm, entry.intake.clothing) == ("f", 168, "normal")
        assert entry.intake.asked
        assert (entry.options.asis, entry.options.psis) == ((1, 2), (3, 4))

    def test_what_is_not_told_stays_as_told_for_all(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, "file\na.jpg\n")[0].intake.clothing == "tight"

    @pytest.mark.parametrize("sign", [";", "\t"])
    def test_as_spreadsheets_of_other_countries_write_it(self, tmp_path: Path, sign: str) -> None:
        cells = [
            "file,client_id,visit_date,stature_cm,asis_x,asis_y,psis_x,psis_y",
            "a.jpg,p1,01.03.2026,168_5,1_5,2,3,4",
        ]
        text = "\n".join(cells).replace(",", sign).replace("_5", ",5").replace("client,id", "client_id")
        entry = self.read(tmp_path, "\ufeff" + text)[0]
        assert (entry.client_id, entry.visit_date) == ("p1", "2026-03-01")
        assert (entry.intake.stature_cm, entry.options.asis) == (168.5, (1.5, 2))

    def test_another_encoding_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "list.csv").write_bytes("file\nMüller.jpg\n".encode("cp1252"))
        with pytest.raises(UsageError, match="not UTF-8 text: save it as CSV UTF-8"):
            from_manifest(tmp_path, tmp_path / "list.csv", Intake())

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("photo\na.jpg\n", "no column 'file'|unknown column 'photo'"),
            ("file,colour\na.jpg,red\n", "unknown column 'colour'"),
            ("file,pose\na.jpg,sitting\n", "line 2: pose 'sitting'"),
            ("file,visit_date\na.jpg,yesterday\n", "line 2: 'yesterday' is not a date"),
            ("file,stature_cm\na.jpg,tall\n", "line 2: stature_cm 'tall' is not a number"),
            ("file,asis_x\na.jpg,3\n", "line 2: asis_x and asis_y go together"),
            ("file,intake\na.jpg,../../answers.toml\n", "line 2: intake .* lies outside"),
            ("file,pose\na.jpg\n", "line 2: as many cells as columns"),
            ("file,client_id\n,p1\n", "line 2: the file is missing"),
            ("file,client_id\na.jpg,p1\n\n\n,p1\n", "line 5: the file is missing"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            self.read(tmp_path, text)

    def test_a_path_that_leads_out_is_a_refused_row(self, tmp_path: Path) -> None:
        for path in ("../a.jpg", "/etc/hostname"):
            entry = self.read(tmp_path, f"file\n{path}\n")[0]
            assert entry.problem is not None
            assert entry.problem.code == "outside_folder"


@pytest.mark.parametrize("pattern", ["{name}", "{client}_{client}", "plain", "{client", "{client}_{{date}"])
def test_a_pattern_that_cannot_be_meant(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(UsageError, match="--pattern"):
        from_folder(tmp_path, pattern, Intake(), tmp_path / "out")


class _Breaking(Executor):
    """A pool whose worker is ended by photo number 2, and by that one every time."""

    def __init__(self) -> None:
        self.inner = ThreadPoolExecutor(1)
        self.broken = False

    def submit(self, _measure: Any, task: worker.Task) -> Future[Any]:  # type: ignore[override]
        if self.broken:
            raise BrokenProcessPool

        def work() -> worker.Done:
            if task.number == 2:
                self.broken = True
            if self.broken:
                raise BrokenProcessPool
            return worker.Done({"number": task.number}, None)

        return self.inner.submit(work)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.inner.shutdown(wait=wait, cancel_futures=cancel_futures)


def test_a_photo_that_ends_its_worker_gets_a_row_and_the_others_are_measured() -> None:
    tasks = [worker.Task(k, Entry(f"{k}.jpg", f"/nowhere/{k}.jpg"), False, True, 1) for k in range(6)]
    lines = [done.line for done in pool.measured(tasks, _Breaking, 3)]
    assert sorted(line["number"] for line in lines) == list(range(6))
    ended = next(line for line in lines if line["number"] == 2)
    assert ended["report"]["reasons"][0]["code"] == "worker_ended"
    assert all("report" not in line for line in lines if line["number"] != 2)


@pytest.mark.slow
class TestCluster:
    """The same batch on Dask: a real cluster of processes, one of them killed midway."""

    def test_the_same_table_though_a_worker_is_killed(
        self, photos: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        distributed = pytest.importorskip("distributed")
        monkeypatch.chdir(tmp_path)
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            relative = Path(os.path.relpath(photos, ROOT))  # seen from where the batch stands, not from the workers
            running = start(relative, tmp_path / "out", "--scheduler", cluster.scheduler_address)
            journal = tmp_path / "out" / "journal.jsonl"
            while running.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < 3):
                time.sleep(0.1)
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            assert running.wait(120) == 1
        assert (tmp_path / "out" / "results.csv").read_bytes() == (done / "results.csv").read_bytes()

    def test_a_cluster_that_does_not_answer_is_said(self, photos: Path, tmp_path: Path) -> None:
        pytest.importorskip("distributed")
        code, said = posture("batch", photos, "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
        assert code == 2
        assert "no cluster answers" in said

    def test_a_cluster_without_workers_is_said_before_anything_is_written(
        self, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        distributed = pytest.importorskip("distributed")
        monkeypatch.setattr(pool, "CLUSTER_S", 0.2)
        with distributed.LocalCluster(n_workers=0, processes=True, dashboard_address=None) as cluster:
            request = replace(asked(photos, tmp_path / "out"), scheduler=cluster.scheduler_address)
            with pytest.raises(UsageError, match=r"no worker .* dask worker"):
                run.run(request)
        assert not (tmp_path / "out").exists()

    def test_a_cluster_whose_workers_leave_midway_is_said(self) -> None:
        """Nothing is done within the wait, and the cluster has nobody left to do it."""

        class Waiting(ThreadPoolExecutor):
            def submit(self, *_: Any, **__: Any) -> Future[Any]:  # type: ignore[override]
                return Future()

        def nobody() -> None:
            raise UsageError("no worker")

        task = worker.Task(0, Entry("a.jpg", "/nowhere/a.jpg"), False, True, 1)
        with pytest.raises(UsageError, match="no worker"):
            list(pool.measured([task], lambda: Waiting(1), 1, check=nobody, check_s=0.01))

    def test_photos_by_url(self, photos: Path, tmp_path: Path) -> None:
        fsspec = pytest.importorskip("fsspec")
        code, _ = posture("batch", f"file://{photos}/c1", "--out", tmp_path / "out", "--passes", 1, "--workers", 1)
        assert code == 0
        assert [row["file"] for row in rows(tmp_path / "out")] == sorted(
            path.name for path in (photos / "c1").iterdir()
        )
        memory = fsspec.filesystem("memory")
        memory.pipe("/clinic/p1/2026-03-01_relaxed.jpg", (SAMPLES / "typical.jpg").read_bytes())
        memory.pipe("/clinic/p1/notes.txt", b"no photo")
        entry = from_url("memory://clinic", PATTERN, Intake())[0]
        assert (entry.client_id, entry.visit_date) == ("p1", "2026-03-01")
        line = worker.measure(worker.Task(0, entry, False, True, 1)).line
        assert line["report"]["status"] == "analyzed"


@pytest.mark.usefixtures("here")
def test_two_batches_never_write_into_one_folder(
    photos: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, said = tmp_path / "out", list[str]()

    def second_begins(task: worker.Task) -> worker.Done:
        if task.number == 4:
            said.append(posture("batch", photos, "--passes", "1", "--out", out, "--pattern", PATTERN, "--resume")[1])
        return measured_once(task)

    monkeypatch.setattr(pool, "measure", second_begins)
    assert run.run(asked(photos, out)) == 1
    assert ["another batch is writing" in one for one in said] == [True]
    assert (out / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos are measured in a thread of this process, each once: what these tests are about is the disk."""
    monkeypatch.setattr(run, "make_engine", lambda *_: (lambda: ThreadPoolExecutor(1), 3, ()))
    monkeypatch.setattr(pool, "measure", measured_once)


_measured: dict[str, worker.Done] = {}


def measured_once(task: worker.Task) -> worker.Done:
    if repr(task) not in _measured:
        _measured[repr(task)] = worker.measure(task)
    return _measured[repr(task)]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "fault", [OSError(errno.EIO, "Input/output error"), FileNotFoundError()], ids=["disk", "share"]
)
def test_a_file_that_could_not_be_read_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for name in ("mild", "typical"):
        shutil.copy(SAMPLES / f"{name}.jpg", photos)
    (photos / "none.jpg").write_bytes(b"%PDF-1.7")
    monkeypatch.setattr(pool, "measure", worker.measure)
    request = asked(photos, out)
    assert run.run(replace(request, out=tmp_path / "undisturbed")) == 1
    with monkeypatch.context() as broken:
        read = photo_files.within_limit
        broken.setattr(
            photo_files,
            "within_limit",
            lambda file: (_ for _ in ()).throw(fault) if "mild" in str(file.name) else read(file),
        )
        assert run.run(request) == 1
    assert [row["status"] for row in rows(out)] == ["refused", "refused", "analyzed"]
    written = reports_written(out)
    assert run.run(replace(request, resume=True)) == 1
    assert (out / "results.csv").read_bytes() == (tmp_path / "undisturbed" / "results.csv").read_bytes()
    again = reports_written(out)
    assert again.keys() == reports_written(tmp_path / "undisturbed").keys()
    assert [again[name] == at for name, at in sorted(written.items()) if name in again] == [True, True]
    assert (out / "journal.jsonl").read_bytes().count(b"\n") == 4


@pytest.mark.usefixtures("here")
def test_marks_beside_the_body_cost_a_row_no_more_than_the_marks(tmp_path: Path) -> None:
    folder, out = tmp_path / "photos", tmp_path / "out"
    folder.mkdir()
    shutil.copy(SAMPLES / "marked.jpg", folder / "a.jpg")
    (tmp_path / "list.csv").write_text("file,asis_x,asis_y,psis_x,psis_y\na.jpg,259,578,424,530\n")
    assert run.run(replace(asked(folder, out), pattern=None, manifest=tmp_path / "list.csv")) == 0
    (row,) = rows(out)
    assert (row["status"], row["reasons"]) == ("analyzed", "")
    assert "marks_off_body" in row["warnings"].split()
    (file,) = (out / "reports").iterdir()
    report = json.loads(file.read_text("utf-8"))
    assert "unmeasured" in report["measurements"]["asis_psis_tilt"]
    assert any(one["message"].startswith("PSIS (424, 530) lies") for one in report["warnings"])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("at", ["reports", "journal.jsonl", "results.csv"])
def test_a_full_disk_loses_and_doubles_nothing(
    photos: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The disk is full at the third file, line or row; what was measured stays, and going on makes the same table."""
    out, full = tmp_path / "out", OSError(errno.ENOSPC, "No space left on device")
    count = 0

    def third(*_: object) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise full

    with monkeypatch.context() as broken:
        if at == "reports":
            write = Path.write_bytes
            broken.setattr(Path, "write_bytes", lambda path, data: third() or write(path, data))
        elif at == "journal.jsonl":
            add = Journal._write
            broken.setattr(Journal, "_write", lambda self, line: third() or add(self, line))
        else:
            broken.setattr(csv.DictWriter, "writerow", third)
        with pytest.raises(
            UsageError, match=r"No space left on device; what was measured is kept, go on with --resume"
        ):
            run.run(asked(photos, out))
    assert not (out / "results.csv").exists()
    assert run.run(replace(asked(photos, out), resume=True)) == 1
    assert (out / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


@pytest.mark.slow
def test_a_real_full_disk(photos: Path, done: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "none", small], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here: a disk that is really full is NOT tested")
    try:
        code, said = posture(
            "batch", photos, "--passes", "1", "--out", small / "out", "--workers", "1", "--pattern", PATTERN
        )
        assert code == 2
        assert "No space left on device" in said
        assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,size=20m", small], check=True)
        code, said = posture(
            "batch", photos, "--passes", "1", "--out", small / "out", "--workers", "1", "--pattern", PATTERN, "--resume"
        )
        assert code == 1, said
        assert (small / "out" / "results.csv").read_bytes() == (done / "results.csv").read_bytes()
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.usefixtures("here")
def test_a_disk_full_at_the_very_first_line_is_no_batch_yet(photos: Path, done: Path, tmp_path: Path) -> None:
    for torn in (b"", b'{"schema": 1, "po'):
        out = tmp_path / f"out{len(torn)}"
        out.mkdir()
        (out / "journal.jsonl").write_bytes(torn)
        assert run.run(asked(photos, out)) == 1
        assert (out / "results.csv").read_bytes() == (done / "results.csv").read_bytes()


def test_a_folder_of_another_version_is_left_as_it_is(photos: Path, done: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(done, old)
    first, *lines = (old / "journal.jsonl").read_text("utf-8").splitlines(keepends=True)
    (old / "journal.jsonl").write_text("".join([json.dumps(json.loads(first) | {"posture": "0.0.1"}) + "\n", *lines]))
    before = {path: path.read_bytes() for path in old.rglob("*") if path.is_file()}
    code, said = posture("batch", photos, "--passes", "1", "--out", old, "--pattern", PATTERN, "--resume")
    assert code == 2
    assert "another version" in said
    assert {path: path.read_bytes() for path in old.rglob("*") if path.is_file()} == before


def test_a_folder_that_cannot_be_written_is_said(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    code, said = posture("batch", photos, "--out", tmp_path / "out")
    assert code == 2
    assert "--out" in said
    assert "choose another folder" in said
    assert "Traceback" not in said


def test_no_folder_and_an_empty_one_are_said(tmp_path: Path) -> None:
    assert "is no folder" in posture("batch", tmp_path / "none", "--out", tmp_path / "out")[1]
    assert "holds no photo" in posture("batch", tmp_path, "--out", tmp_path / "out")[1]
    (tmp_path / "list.csv").write_text("file\n")
    said = posture("batch", tmp_path, "--out", tmp_path / "out", "--manifest", tmp_path / "list.csv")[1]
    assert "list.csv lists no photo" in said


@pytest.mark.parametrize("line", ["[1]", '{"number": []}', '"text"'])
def test_a_journal_of_something_else_is_said(tmp_path: Path, line: str) -> None:
    (tmp_path / "journal.jsonl").write_text(line + "\n")
    with pytest.raises(UsageError, match="damaged at its start"):
        Journal(tmp_path / "journal.jsonl", {"schema": SCHEMA}, resume=True)


@pytest.mark.parametrize(("name", "option"), [("names", "--no-names"), ("show_face", "--show-face")])
def test_another_choice_is_named_as_it_was_written(tmp_path: Path, name: str, option: str) -> None:
    settings = {"schema": SCHEMA, name: False}
    with Journal(tmp_path / "journal.jsonl", settings, resume=False):
        pass
    with pytest.raises(UsageError, match=f"another choice of {option}:"):
        Journal(tmp_path / "journal.jsonl", {**settings, name: True}, resume=True)
