"""Visit files attached to clients: kept once, put right with their reports, and erased down to the bytes."""

from __future__ import annotations

import io
import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posture.clinic.archive import Archive
from posture.clinic.attachment import Attached, read_attachment
from posture.clinic.research_csv import photo_rows
from posture.clinic.research_csv import table as csv_table
from posture.errors import UsageError
from posture.export.fhir import bundle
from posture.export.visit_file import Visit, visit_file
from posture.followup.visit_picture import VisitPicture
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.cli.test_main import said as said_by
from tests.clinic.test_archive import REPORTS
from tests.followup.test_timeline import entry

KNOWLEDGE = Knowledge.load()
ANSWERS = Intake.from_mapping({"person": {"clothing": "tight"}})


def noise(seed: int) -> bytes:
    """A JPEG whose every part is its own."""
    data = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (500, 300, 3), np.uint8)
    Image.fromarray(pixels).save(data, "JPEG", quality=90)
    return data.getvalue()


def picture(seed: int = 1) -> VisitPicture:
    return VisitPicture(noise(seed), 420.0, (150.0, 470.0), 0.5)


def saved(day: str, hip_deg: float = 10.0, seed: int | None = 1, report: Report | None = None) -> bytes:
    """A visit file; without a ``seed`` it has no picture."""
    shown = None if seed is None else picture(seed)
    return visit_file(Visit(day, report or entry(day, hip_deg).machine, ANSWERS, shown))


def attach(archive: Archive, client: str, data: bytes, day: str = "", new: bool = True) -> Attached:
    (done,) = archive.attach(client, [read_attachment(data, day)], new)
    return done


def shown(archive: Archive, client: str) -> dict[str, bytes]:
    """The pictures of a client by their day."""
    return {one.date: one.picture().jpeg for one in archive.history(client) if one.picture is not None}


def left_of(jpeg: bytes, folder: Path) -> int:
    """How many of twenty pieces of a picture stand in any file of a folder."""
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    places = range(700, len(jpeg) - 64, (len(jpeg) - 800) // 20)
    return sum(jpeg[at : at + 24] in everything for at in places)


def test_a_visit_file_brings_report_answers_and_picture(archive: Archive) -> None:
    done = attach(archive.by("MK"), "p1", saved("2026-03-01"))
    assert (done.date, done.report, done.picture) == ("2026-03-01", "added", "added")
    (kept,) = archive.history("p1")
    assert (kept.date, kept.pose, kept.intake) == ("2026-03-01", "", ANSWERS)
    assert kept.picture is not None
    back = kept.picture()
    assert (back.jpeg, back.stature_px, back.ankle_px, back.roll_deg) == (noise(1), 420.0, (150.0, 470.0), 0.5)
    assert [(line.what, line.by) for line in archive.log("p1")] == [
        ("client added", "MK"), ("report added", "MK"), ("picture attached", "MK")
    ]  # fmt: skip


def test_of_a_picture_the_pixels_alone_are_kept(archive: Archive) -> None:
    """A visit file that another program made may tell where and with what a photo was taken."""
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "a camera of somebody"
    Image.open(io.BytesIO(noise(1))).save(written, "JPEG", quality=90, exif=exif, comment=b"at home")
    said = VisitPicture(written.getvalue(), 420.0, (150.0, 470.0), 0.5)
    data = visit_file(Visit("2026-03-01", entry("2026-03-01", 10.0).machine, ANSWERS, said))
    attach(archive, "p1", data)
    kept = shown(archive, "p1")["2026-03-01"]
    assert b"a camera of somebody" not in kept
    assert b"at home" not in kept
    seen = np.asarray(Image.open(io.BytesIO(kept)), float)
    assert np.abs(seen - np.asarray(Image.open(io.BytesIO(said.jpeg)))).mean() < 6
    assert attach(archive, "p1", data).picture == "known"


def test_the_same_file_twice_is_kept_once(archive: Archive) -> None:
    attach(archive, "p1", saved("2026-03-01"))
    again = attach(archive, "p1", saved("2026-03-01"))
    assert (again.report, again.picture) == ("known", "known")
    assert len(archive.history("p1")) == 1
    assert [line.what for line in archive.log("p1")] == ["client added", "report added", "picture attached"]


def test_without_a_picture_the_numbers_are_attached_and_a_kept_picture_stays(archive: Archive) -> None:
    assert attach(archive, "p1", saved("2026-03-01", seed=None)).picture == "none"
    assert archive.history("p1")[0].picture is None
    attach(archive, "p1", saved("2026-03-01"))
    assert attach(archive, "p1", saved("2026-03-01", seed=None)).picture == "none"
    assert shown(archive, "p1") == {"2026-03-01": noise(1)}


def test_a_photo_of_a_batch_gets_its_picture_and_is_not_doubled(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "relaxed", entry("2026-03-01", 10.0).machine)
    done = attach(archive, "p1", saved("2026-03-01"))
    assert (done.report, done.picture) == ("known", "added")
    (kept,) = archive.history("p1")
    assert kept.pose == "relaxed"
    assert kept.picture is not None


def test_a_pose_that_was_asked_for_keeps_numbers_alone(archive: Archive) -> None:
    report = REPORTS["typical"]
    assert report.finding is not None
    old = replace(report, versions={**report.versions, "calibration": "2020"}, finding=None, plan=None)
    archive.keep("p1", "2026-03-01", "arched", old)
    assert attach(archive, "p1", saved("2026-03-01", report=report)).report == "renewed"
    (kept,) = archive.history("p1")
    assert (kept.pose, kept.machine.finding) == ("arched", None)


def test_a_photo_of_another_day_is_refused_and_the_day_can_be_given(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "relaxed", entry("2026-03-01", 10.0).machine)
    late = saved("2026-03-04", report=entry("2026-03-01", 10.0).machine)
    with pytest.raises(UsageError, match="already, under 2026-03-01: give that day"):
        attach(archive, "p1", late)
    assert attach(archive, "p1", late, "2026-03-01").picture == "added"
    assert list(shown(archive, "p1")) == ["2026-03-01"]


def test_an_older_report_changes_nothing_but_a_picture_that_was_missing(archive: Archive) -> None:
    new = REPORTS["typical"]
    old = replace(new, versions={**new.versions, "posture": "0.9.0"})
    archive.keep("p1", "2026-03-01", "", new)
    done = attach(archive, "p1", saved("2026-03-01", seed=1, report=old))
    assert (done.report, done.picture) == ("older", "added")
    assert attach(archive, "p1", saved("2026-03-01", seed=2, report=old)).picture == "known"
    (kept,) = archive.history("p1")
    assert (kept.machine.versions, kept.intake) == (new.versions, Intake())
    assert shown(archive, "p1") == {"2026-03-01": noise(1)}


def test_a_later_file_of_the_photo_replaces_its_picture(archive: Archive) -> None:
    for seed in (1, 2):
        done = attach(archive, "p1", saved("2026-03-01", seed=seed))
    assert done.picture == "replaced"
    assert shown(archive, "p1") == {"2026-03-01": noise(2)}
    assert archive.log("p1")[-1].what == "picture replaced"


def test_nobody_is_added_by_a_slip_and_several_files_are_attached_or_none(archive: Archive) -> None:
    good = read_attachment(saved("2026-03-01"))
    with pytest.raises(UsageError, match="no client 'p71'"):
        archive.attach("p71", [good])
    archive.keep("p1", "2026-01-01", "", entry("2026-05-01", 3.0).machine)
    before = archive.log()
    with pytest.raises(UsageError, match="under 2026-01-01"):
        archive.attach("p1", [good, read_attachment(saved("2026-05-01", 3.0))])
    assert [one.date for one in archive.history("p1")] == ["2026-01-01"]
    assert archive.log() == before


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday"])
def test_a_day_that_cannot_be_is_said(day: str) -> None:
    with pytest.raises(UsageError, match="the day of the visit"):
        read_attachment(saved("2026-03-01"), day)


def test_live_photos_without_a_hash_are_told_apart_by_their_files(archive: Archive) -> None:
    report = entry("2026-03-01", 10.0).machine
    unnamed = replace(report, photo=replace(report.photo, sha256=None))
    done = [attach(archive, "p1", saved("2026-03-01", seed=k, report=unnamed)).report for k in (1, 2, 2)]
    assert done == ["added", "added", "known"]


def test_a_picture_is_taken_away_for_good_and_the_log_says_so(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'clinic.db'}")
    attach(archive, "p1", saved("2026-03-01"))
    assert left_of(noise(1), tmp_path) > 15
    assert archive.by("AB").remove_pictures("p1", "2026-03-01") == 1
    assert left_of(noise(1), tmp_path) == 0
    assert len(archive.history("p1")) == 1
    assert shown(archive, "p1") == {}
    line = archive.log("p1")[-1]
    assert (line.what, line.by, line.was) == ("picture taken away", "AB", {"date": "2026-03-01"})
    with pytest.raises(UsageError, match="has no picture of a visit on 2026-03-01"):
        archive.remove_pictures("p1", "2026-03-01")


def test_erasing_leaves_no_byte_of_a_picture(tmp_path: Path) -> None:
    archive = Archive(f"sqlite:///{tmp_path / 'clinic.db'}")
    attach(archive, "p1", saved("2026-03-01", seed=1))
    attach(archive, "p2", saved("2026-04-01", seed=2))
    archive.erase("p1")
    assert left_of(noise(1), tmp_path) == 0
    assert left_of(noise(2), tmp_path) > 15
    assert shown(archive, "p2") == {"2026-04-01": noise(2)}


class TestPutRight:
    """A picture goes where its report goes."""

    @pytest.fixture
    def two(self, archive: Archive) -> Archive:
        """p1 and p2 with a visit each, a picture in both."""
        attach(archive, "p1", saved("2026-03-01", 10.0, 1))
        attach(archive, "p2", saved("2026-04-01", 12.0, 2))
        return archive

    def test_moved_dated_anew_and_renamed(self, two: Archive) -> None:
        two.move_visit("p1", "2026-03-01", "p2")
        assert shown(two, "p2") == {"2026-03-01": noise(1), "2026-04-01": noise(2)}
        two.redate_visit("p2", "2026-03-01", "2026-04-01", join=True)
        assert sorted(one.picture().jpeg for one in two.history("p2") if one.picture) == sorted([noise(1), noise(2)])
        two.rename_client("p2", "p3")
        assert shown(two, "p3") == {"2026-04-01": two.history("p3")[-1].picture().jpeg}  # type: ignore[misc]

    def test_merging_keeps_both_pictures(self, two: Archive) -> None:
        two.merge_clients("p1", "p2")
        assert shown(two, "p2") == {"2026-03-01": noise(1), "2026-04-01": noise(2)}

    @pytest.mark.parametrize("held", ["one", "both"])
    def test_of_one_photo_in_two_files_a_picture_stays(self, archive: Archive, held: str) -> None:
        report = entry("2026-03-01", 10.0).machine
        if held == "both":
            attach(archive, "p2", saved("2026-03-01", seed=2))
        else:
            archive.keep("p2", "2026-03-01", "", report)
        attach(archive, "p1", saved("2026-03-01", seed=1))
        archive.merge_clients("p1", "p2")
        assert shown(archive, "p2") == {"2026-03-01": noise(2 if held == "both" else 1)}
        assert len(archive.history("p2")) == 1

    def test_of_one_photo_the_newer_reports_picture_stays(self, archive: Archive) -> None:
        new = REPORTS["typical"]
        old = replace(new, versions={**new.versions, "posture": "0.9.0"})
        attach(archive, "p2", saved("2026-03-01", seed=2, report=old))
        attach(archive, "p1", saved("2026-03-01", seed=1, report=new))
        archive.merge_clients("p1", "p2")
        assert shown(archive, "p2") == {"2026-03-01": noise(1)}

    def test_a_dropped_visit_takes_its_picture_and_the_log_keeps_none(self, two: Archive) -> None:
        two.drop_visit("p1", "2026-03-01")
        assert "jpeg" not in json.dumps([line.to_dict() for line in two.log()])
        assert archive_counts(two) == 1

    @pytest.mark.parametrize("belongs", [("p3", "2026-03-01", ""), ("p1", "2026-03-05", "relaxed")])
    def test_a_photo_that_a_reviewer_gives_to_another_takes_its_picture_along(
        self, two: Archive, belongs: tuple[str, str, str]
    ) -> None:
        report = entry("2026-03-01", 10.0).machine
        two.keep(*belongs, report)
        two.drop("p1", "2026-03-01", "", report.photo.sha256 or "", belongs)
        assert shown(two, belongs[0]) == {belongs[1]: noise(1)}
        assert archive_counts(two) == 2

    def test_a_batch_that_measures_the_photo_again_leaves_its_picture(self, two: Archive) -> None:
        report = entry("2026-03-01", 10.0).machine
        newer = replace(report, versions={**report.versions, "posture": "99.0.0"})
        assert two.keep("p1", "2026-03-01", "", newer) == "renewed"
        assert shown(two, "p1") == {"2026-03-01": noise(1)}


def archive_counts(archive: Archive) -> int:
    """How many pictures the files hold."""
    with archive._database._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM picture").scalar() or 0)


def test_tables_and_fhir_hold_no_picture_and_the_whole_export_does(archive: Archive) -> None:
    attach(archive, "p1", saved("2026-03-01"))
    history, kept = archive.history("p1"), archive.client_record("p1")
    rows = photo_rows("p1", history, KNOWLEDGE, kept)
    for text in (csv_table(rows, list(rows[0])), bundle("p1", history, KNOWLEDGE, kept=kept)):
        assert "9j/" not in text  # how a JPEG begins in base64
        assert not any(word in text.lower() for word in ("jpeg", "picture", "ankle_px", "attachment"))
        assert max(map(len, text.split('"'))) < 5000
    exported = json.loads(json.dumps(archive.export("p1")))["visits"][0]["reports"][0]["picture"]
    assert b64decode(exported["jpeg_base64"]) == noise(1)
    assert exported["ankle_px"] == [150.0, 470.0]


class TestCommand:
    @pytest.fixture
    def db(self, tmp_path: Path) -> str:
        url = f"sqlite:///{tmp_path / 'c.db'}"
        Archive(url).keep("p1", "2026-01-01", "relaxed", entry("2026-01-01", 4.0).machine)
        return url

    def run(self, db: str, *words: str) -> tuple[int, str]:
        code, out, error = said_by("clients", *words, "--db", db)
        return code, out + error

    def test_attached_said_and_taken_away(self, db: str, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_bytes(saved("2026-03-01", 10.0, 1))
        (tmp_path / "b.zip").write_bytes(saved("2026-04-01", 11.0, None))
        files = str(tmp_path / "a.zip"), str(tmp_path / "b.zip")
        code, said = self.run(db, "attach", "p1", *files, "--by", "MK")
        assert code == 0
        assert "a.zip: visit of 2026-03-01, report added, its picture is kept." in said
        assert "b.zip: visit of 2026-04-01, report added, no picture in the file." in said
        again = json.loads(self.run(db, "attach", "p1", *files, "--json")[1])["attached"]
        assert [(one["report"], one["picture"]) for one in again] == [("known", "known"), ("known", "none")]
        assert self.run(db, "detach", "p1", "2026-03-01")[0] == 2
        code, said = self.run(db, "detach", "p1", "2026-03-01", "--yes", "--by", "MK")
        assert (code, "Taken away: the picture of 2026-03-01" in said) == (0, True)
        assert Archive(db).log("p1")[-1].by == "MK"

    def test_another_day_and_a_new_client(self, db: str, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_bytes(saved("2026-03-01"))
        code, said = self.run(db, "attach", "p9", str(tmp_path / "a.zip"))
        assert (code, "no client 'p9'" in said) == (2, True)
        assert self.run(db, "attach", "p9", str(tmp_path / "a.zip"), "--new", "--date", "2026-02-28")[0] == 0
        assert list(shown(Archive(db), "p9")) == ["2026-02-28"]
        code, said = self.run(
            db, "attach", "p1", str(tmp_path / "a.zip"), str(tmp_path / "a.zip"), "--date", "2026-02-28"
        )
        assert (code, "--date" in said) == (2, True)

    def test_a_photo_of_two_clients_is_said(self, db: str, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_bytes(saved("2026-01-01", 4.0))
        said = self.run(db, "attach", "p2", str(tmp_path / "a.zip"), "--new")[1]
        assert "is in the files of p1 and p2: see whose it is" in said

    @pytest.mark.parametrize("spoiled", ["cut", "text", "gone"])
    def test_a_damaged_file_gets_one_sentence_and_changes_nothing(self, db: str, tmp_path: Path, spoiled: str) -> None:
        (tmp_path / "a.zip").write_bytes(saved("2026-03-01"))
        if spoiled != "gone":
            (tmp_path / "b.zip").write_bytes(saved("2026-04-01")[:-300] if spoiled == "cut" else b"Dear diary")
        before = Archive(db).log()
        code, said = self.run(db, "attach", "p1", str(tmp_path / "a.zip"), str(tmp_path / "b.zip"))
        assert code == 2
        assert said.startswith("posture: ")
        assert "b.zip" in said
        assert len(said.strip().splitlines()) == 1
        assert Archive(db).log() == before
