"""Client files put right: nothing lost, nothing doubled, and the log keeps what was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from posture.clinic.archive import Archive
from posture.errors import UsageError
from posture.followup.timeline import Review
from posture.io.photos import latest_day
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.cli.test_main import said as said_by
from tests.clinic.test_archive import REPORTS, moved

TYPICAL = REPORTS["typical"]
PHOTO = TYPICAL.photo.sha256 or ""
TIGHT = Intake.from_mapping({"person": {"clothing": "tight"}, "safety": {"pain_0_10": 3}})
LOOSE = Intake.from_mapping({"person": {"clothing": "loose"}})


def days(archive: Archive, client: str) -> list[tuple[str, str]]:
    return [(entry.date, (entry.machine.photo.sha256 or "")[:4]) for entry in archive.history(client)]


def last(archive: Archive, client: str) -> dict[str, object]:
    return archive.log(client)[-1].to_dict()


def test_a_visit_moves_with_its_reviews_and_answers(archive: Archive) -> None:
    archive.keep("p71", "2026-03-01", "relaxed", TYPICAL, TIGHT)
    archive.review("p71", PHOTO, Review("accepted", reviewer="MK"))
    before = archive.history("p71")
    archive.by("AB").move_visit("p71", "2026-03-01", "p17")
    assert archive.history("p17") == before
    assert archive.history("p71") == []
    left, came = last(archive, "p71"), last(archive, "p17")
    assert (left["what"], left["by"], left["other"]) == ("visit moved away", "AB", "p17")
    assert left["was"] == {
        "date": "2026-03-01",
        "label": "",
        "intake": TIGHT.to_mapping(),
        "record": None,
        "photos": [{"sha256": PHOTO, "pose": "relaxed"}],
    }
    assert (came["what"], came["by"], came["other"], came["was"]) == ("visit moved here", "AB", "p71", None)


def test_a_visit_is_joined_only_when_asked_to(archive: Archive) -> None:
    archive.keep("p71", "2026-03-01", "relaxed", TYPICAL, LOOSE)
    archive.keep("p17", "2026-03-01", "relaxed", moved(TYPICAL, 5), TIGHT)
    with pytest.raises(UsageError, match="client 'p17' has a visit on 2026-03-01 already"):
        archive.move_visit("p71", "2026-03-01", "p17")
    assert len(archive.history("p71")) == len(archive.history("p17")) == 1
    archive.move_visit("p71", "2026-03-01", "p17", join=True)
    joined = archive.history("p17")
    assert {entry.machine.photo.sha256 for entry in joined} == {PHOTO, "f" * 64}
    assert joined[0].intake.clothing == "tight"  # what stood there stays; the log has the other answer
    assert joined[0].intake.pain_0_10 == 3
    was = archive.log("p71")[-1].was
    assert was is not None
    assert was["intake"]["person"]["clothing"] == "loose"


@pytest.mark.parametrize("newer", ["moved", "stays"])
def test_of_one_photo_twice_the_newer_report_stays_with_the_reviews_of_both(archive: Archive, newer: str) -> None:
    later = replace(TYPICAL, versions={**TYPICAL.versions, "posture": "10.0.0"})
    one, other = (later, TYPICAL) if newer == "moved" else (TYPICAL, later)
    archive.keep("p71", "2026-03-01", "relaxed", one)
    archive.review("p71", PHOTO, Review("refused", reason="moved", reviewer="AB"))
    archive.keep("p17", "2026-03-01", "relaxed", other)
    archive.review("p17", PHOTO, Review("accepted", reviewer="MK"))
    archive.move_visit("p71", "2026-03-01", "p17", join=True)
    (entry,) = archive.history("p17")
    assert entry.machine.versions["posture"] == "10.0.0"
    reviews = archive.export("p17")["visits"][0]["reports"][0]["reviews"]
    assert [review["reviewer"] for review in reviews] == ["AB", "MK"]
    was = next(line.was for line in archive.log("p17") if line.what == "visit moved here")
    assert was is not None
    assert [one["report"]["versions"]["posture"] for one in was["gave_way"]] == [TYPICAL.versions["posture"]]


def test_a_visit_gets_another_day_and_a_label(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "", TYPICAL)
    archive.redate_visit("p1", "2026-03-01", " 2026-03-02")
    assert archive.log("p1")[-1].before == "2026-03-01"
    archive.label_visit("p1", "2026-03-02", " after\tsurgery ")
    (entry,) = archive.history("p1")
    assert (entry.date, entry.label) == ("2026-03-02", "after surgery")
    archive.label_visit("p1", "2026-03-02", "")
    assert archive.log("p1")[-1].before == "2026-03-02, after surgery"


def test_two_days_that_were_one_are_joined(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "", TYPICAL)
    archive.keep("p1", "2026-03-02", "", moved(TYPICAL, 5))
    with pytest.raises(UsageError, match="join the two"):
        archive.redate_visit("p1", "2026-03-02", "2026-03-01")
    archive.redate_visit("p1", "2026-03-02", "2026-03-01", join=True)
    assert days(archive, "p1") == [("2026-03-01", PHOTO[:4]), ("2026-03-01", "ffff")]
    assert archive.log("p1")[-1].what == "visits joined"


def test_a_dropped_visit_is_whole_in_the_log_until_the_client_is_erased(archive: Archive) -> None:
    archive.keep("p1", "2026-03-01", "", TYPICAL, TIGHT)
    archive.keep("p1", "2026-04-01", "", TYPICAL)
    archive.drop_visit("p1", "2026-03-01")
    assert days(archive, "p1") == [("2026-04-01", PHOTO[:4])]
    was = archive.log("p1")[-1].was
    assert was is not None
    assert Report.from_json(json.dumps(was["reports"][0]["report"])).measurements == TYPICAL.measurements
    number = archive.erase("p1")
    assert {line.was for line in archive.log(number)} == {None}


def test_a_renamed_client_keeps_file_and_log(archive: Archive) -> None:
    archive.keep("Anna", "2026-03-01", "", TYPICAL)
    archive.add_note("Anna", "comes by bicycle")
    archive.rename_client("Anna", "p17")
    assert [one.pseudonym for one in archive.clients()] == ["p17"]
    assert archive.notes("p17")[0][1] == "comes by bicycle"
    assert [line.what for line in archive.log("p17")] == [
        "client added",
        "report added",
        "note added",
        "client renamed",
    ]
    assert archive.log("p17")[-1].before == "Anna"
    archive.keep("p2", "2026-03-01", "", TYPICAL)
    with pytest.raises(UsageError, match="client 'p17' is there already: merge the two"):
        archive.rename_client("p2", "p17")


def test_merging_loses_nothing_and_doubles_nothing(archive: Archive) -> None:
    for client, date, hip in (("p71", "2026-03-01", 1), ("p71", "2026-05-01", 2), ("p17", "2026-03-01", 3)):
        report = moved(TYPICAL, hip)
        archive.keep(client, date, "relaxed", replace(report, photo=replace(report.photo, sha256=f"{hip:064d}")))
        archive.add_note(client, f"{client} {date}")
    archive.by("MK").merge_clients("p71", "p17")
    assert [one.pseudonym for one in archive.clients()] == ["p17"]
    kept = sorted((entry.date, int(entry.machine.photo.sha256 or "")) for entry in archive.history("p17"))
    assert kept == [("2026-03-01", 1), ("2026-03-01", 3), ("2026-05-01", 2)]
    assert sorted(text for _, text in archive.notes("p17")) == ["p17 2026-03-01", "p71 2026-03-01", "p71 2026-05-01"]
    line = archive.log("p17")[-1]
    assert (line.what, line.by, line.before) == ("clients merged", "MK", "p71")
    assert line.was is not None
    assert [visit["date"] for visit in line.was["visits"]] == ["2026-03-01", "2026-05-01"]


#: Every way to put a file right, and what is wrong with it.
WRONG: list[tuple[Callable[[Archive], None], str]] = [
    (lambda archive: archive.move_visit("p1", "2026-03-01", "p1"), "in this client's file already"),
    (lambda archive: archive.move_visit("p1", "2026-03-09", "p2"), "has no visit on 2026-03-09"),
    (lambda archive: archive.move_visit("p1", "2026-03-01", "a\nb"), "needs an id"),
    (lambda archive: archive.redate_visit("p1", "2026-03-01", "2026-03-01"), "of this day already"),
    (lambda archive: archive.redate_visit("p1", "2026-03-01", "yesterday"), "write it like 2026-03-01"),
    (lambda archive: archive.redate_visit("p1", "2026-03-01", "2999-01-01"), "in the future"),
    (lambda archive: archive.drop_visit("p9", "2026-03-01"), "no client 'p9'"),
    (lambda archive: archive.rename_client("p1", "p1"), "is there already"),
    (lambda archive: archive.merge_clients("p1", "p1"), "name another one"),
    (lambda archive: archive.merge_clients("p1", "p9"), "no client 'p9'"),
]


@pytest.mark.parametrize(("correct", "said"), WRONG)
def test_what_cannot_be_put_right_is_said_and_changes_nothing(
    archive: Archive, correct: Callable[[Archive], None], said: str
) -> None:
    archive.keep("p1", "2026-03-01", "", TYPICAL)
    before = archive.log()
    with pytest.raises(UsageError, match=said):
        correct(archive)
    assert (archive.log(), days(archive, "p1")) == (before, [("2026-03-01", PHOTO[:4])])


def test_erasing_reaches_every_id_the_client_had(archive: Archive, url: str, tmp_path: Path) -> None:
    archive.keep("name-one", "2026-03-01", "", TYPICAL)
    archive.keep("other", "2026-04-01", "", TYPICAL)
    archive.move_visit("other", "2026-04-01", "name-one")
    archive.rename_client("name-one", "name-two")
    archive.keep("p17", "2026-05-01", "", TYPICAL)
    archive.merge_clients("name-two", "p17")
    number = archive.erase("p17")
    said = json.dumps([line.to_dict() for line in archive.log()])
    assert not [name for name in ("name-one", "name-two", "p17") if name in said]
    assert archive.log("other")[-1].other == number
    if url.startswith("sqlite"):
        left = (tmp_path / "clinic.db").read_bytes()
        assert not [name for name in (b"name-one", b"name-two", b"p17") if name in left]


class TestCommand:
    @pytest.fixture
    def results(self, tmp_path: Path) -> Path:
        lines = [
            {"client_id": client, "visit_date": day, "pose": "relaxed", "number": k, "report": TYPICAL.to_dict()}
            for k, (client, day) in enumerate((("p71", "2026-03-01"), ("p71", "2026-04-01"), ("p17", "2026-05-01")))
        ]
        (tmp_path / "results").mkdir()
        text = "\n".join(json.dumps(line) for line in [{"schema": 1}, *lines])
        (tmp_path / "results" / "journal.jsonl").write_text(text + "\n", "utf-8")
        return tmp_path / "results"

    def run(self, tmp_path: Path, *arguments: str) -> tuple[int, str]:
        code, out, error = said_by("clients", *arguments, "--db", f"sqlite:///{tmp_path / 'c.db'}")
        return code, out + error

    def test_a_batch_taken_in_again_brings_nothing_back_to_its_wrong_place(self, results: Path, tmp_path: Path) -> None:
        assert self.run(tmp_path, "add", str(results))[0] == 0
        for correct in (
            ("move", "p71", "2026-03-01", "--to", "p17", "--by", "MK"),
            ("visit", "p17", "2026-03-01", "--date", "2026-03-02", "--label", "first"),
            ("drop", "p17", "2026-05-01", "--yes"),
            ("merge", "p71", "--into", "p17"),
            ("rename", "p17", "p18"),
        ):
            code, said = self.run(tmp_path, *correct)
            assert code == 0, said
        summary = json.loads(self.run(tmp_path, "add", str(results), "--json")[1])
        assert (summary["added"], summary["known"], summary["corrected"]) == (0, 0, 3)
        listed = json.loads(self.run(tmp_path, "list", "--json")[1])["clients"]
        assert [(one["client"], one["visits"]) for one in listed] == [("p18", 2)]
        said = self.run(tmp_path, "add", str(results))[1]
        assert "Left out, as somebody moved or dropped them: 3." in said
        log = json.loads(self.run(tmp_path, "log", "p18", "--json")[1])["log"]
        assert {line["by"] for line in log if line["what"].startswith("visit moved")} == {"MK"}
        assert all(line["by"] for line in log)  # else the name of who is logged in
        assert "first" in self.run(tmp_path, "show", "p18")[1]

    def test_moved_back_it_is_taken_in_again(self, results: Path, tmp_path: Path) -> None:
        self.run(tmp_path, "add", str(results))
        self.run(tmp_path, "move", "p71", "2026-03-01", "--to", "p17")
        self.run(tmp_path, "move", "p17", "2026-03-01", "--to", "p71")
        assert json.loads(self.run(tmp_path, "add", str(results), "--json")[1])["known"] == 3

    def test_what_is_kept_by_a_person_is_kept(self, tmp_path: Path) -> None:
        archive = Archive(f"sqlite:///{tmp_path / 'c.db'}")
        archive.keep("p1", latest_day(), "", TYPICAL)
        archive.drop_visit("p1", latest_day())
        assert archive.was_corrected("p1", latest_day(), PHOTO)
        assert archive.keep("p1", latest_day(), "", TYPICAL) == "added"
        assert not archive.was_corrected("p1", latest_day(), PHOTO)

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (("drop", "p71", "2026-03-01"), "say --yes to do it"),
            (("visit", "p71", "2026-03-01"), "give --date, --label or both"),
            (("merge", "p71", "--into", "p99"), "no client 'p99'"),
            (("export", "p71", "--transaction"), "--transaction is for --format fhir"),
        ],
    )
    def test_what_is_missing_is_said(self, results: Path, tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
        self.run(tmp_path, "add", str(results))
        code, words = self.run(tmp_path, *asked)
        assert (code, said in words) == (2, True)

    @pytest.mark.parametrize(
        ("asked", "noted"),
        [
            (("export", "p17"), "exported"),
            (("export", "p17", "--format", "fhir", "--transaction"), "exported: fhir"),
            (("export", "--all", "--format", "csv", "--out", "{out}"), "exported: csv"),
            (("report", "p17", "--html", "--out", "{out}"), "exported: page"),
        ],
    )
    def test_what_leaves_the_files_is_in_the_log_with_who_took_it(
        self, results: Path, tmp_path: Path, asked: tuple[str, ...], noted: str
    ) -> None:
        self.run(tmp_path, "add", str(results))
        arguments = [one.format(out=tmp_path / "out") for one in asked]
        assert self.run(tmp_path, *arguments, "--by", "MK")[0] == 0
        log = json.loads(self.run(tmp_path, "log", "p17", "--json")[1])["log"]
        assert [(line["what"], line["by"]) for line in log][-1] == (noted, "MK")
