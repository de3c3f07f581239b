"""The clinic's pages without a browser: what is kept, what is asked for, who sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from posture.app.clinic import cases, review
from posture.app.clinic.cases import MOST_CASES, Case
from posture.app.navigation import plain
from posture.app.photo import hash_of
from posture.batch.layout import photo_file
from posture.batch.photos import Entry
from posture.batch.review_queue import decisions
from posture.batch.worker import not_measured
from posture.cli.clients import add
from posture.clinic.archive import Archive
from posture.errors import Unreadable, UsageError
from posture.findings.verdict import WORDS
from posture.followup.timeline import Review
from posture.followup.visit_record import Consent, Protocol, VisitRecord
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.report.practice import Practice
from tests.batch.test_review_queue import REPORTS, results
from tests.followup.test_timeline import entry
from validation.record import SAMPLES

pytestmark = pytest.mark.usefixtures("components_looked_for_once")

KNOWLEDGE = Knowledge.load()
PAGE = """
from posture.app import questionnaire
questionnaire.keep_answers()
from posture.app.clinic import {name}
{name}.show()
"""
TYPICAL, TURNED = ((SAMPLES / f"{name}.jpg").read_bytes() for name in ("typical", "turned"))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """Client files of the test's own, with a client of three visits."""
    url = f"sqlite:///{tmp_path / 'clinic.db'}"
    monkeypatch.setenv("POSTURE_DB", url)
    monkeypatch.setattr(streamlit, "switch_page", lambda _page: streamlit.stop())
    cases._opened.cache_clear()
    archive = Archive(url)
    for k, hip_deg in enumerate((4.0, 7.0, 10.0), 1):
        seen = entry(f"2026-0{k}-01", hip_deg)
        archive.keep("p1", seen.date, "relaxed", seen.machine)
    yield archive
    cases._opened.cache_clear()


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The state of a visitor, outside of any page."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(streamlit, "session_state", state)
    return state


#: What a visitor has typed who has given initials.
SIGNED = {"told_reviewer": "MK"}


def page(name: str, state: dict[str, Any] | None = None) -> AppTest:
    shown = AppTest.from_string(PAGE.format(name=name), default_timeout=60)
    for key, value in (state or {}).items():
        shown.session_state[key] = value
    shown.run()
    assert not shown.exception
    return shown


def press(shown: AppTest, label: str) -> AppTest:
    next(button for button in shown.button if label in button.label).click()
    shown.run()
    assert not shown.exception
    return shown


def said(shown: AppTest) -> str:
    kinds = ("title", "header", "markdown", "caption", "error", "info", "success")
    return " ".join(str(part.value) for kind in kinds for part in shown.get(kind))


class TestCases:
    def test_names_tell_who_and_when_and_the_most_pressing_comes_first(self, brought: dict[str, Any]) -> None:
        for data, name in (
            (TYPICAL, "k1_2026-05-01_relaxed.jpg"),
            (TURNED, "k2_20260502_arched.jpg"),
            (b"Dear diary", "x.jpg"),
        ):
            cases.add(data, name, review.PATTERN, Intake())
        cases.add(TYPICAL, "k1_2026-05-01_relaxed.jpg", review.PATTERN, Intake())
        assert [(case.client, case.date, case.pose, case.machine.status) for case in brought["cases"]] == [
            ("k2", "2026-05-02", "arched", "refused"),
            ("", "", "", "refused"),
            ("k1", "2026-05-01", "relaxed", "analyzed"),
        ]

    def test_no_more_than_memory_holds(self, brought: dict[str, Any]) -> None:
        cases.add(b"Dear diary", "p1.jpg", "{client}", Intake())
        brought["cases"] *= MOST_CASES
        cases.add(b"Dear diary", "p1.jpg", "{client}", Intake())  # an upload that a click cut short comes once more
        with pytest.raises(UsageError, match="no more than 60 photos"):
            cases.add(TYPICAL, "a.jpg", "", Intake())

    def test_a_pattern_that_cannot_be_meant_is_said(self, brought: dict[str, Any]) -> None:
        with pytest.raises(UsageError, match="--pattern"):
            cases.add(TYPICAL, "a.jpg", "{who}", Intake())
        assert not brought["cases"]

    @pytest.mark.parametrize(
        ("client", "day"), [("", "2026-05-01"), ("k1", ""), ("k1", "yesterday"), ("k1", "2999-05-01")]
    )
    def test_without_who_and_when_nothing_is_kept(
        self, brought: dict[str, Any], files: Archive, client: str, day: str
    ) -> None:
        cases.add(TYPICAL, "a.jpg", "", Intake())
        case: Case = brought["cases"][0]
        case.client, case.date = client, day
        with pytest.raises(UsageError, match=r"missing|in the future"):
            case.decide(Review("accepted", reviewer="MK"))
        assert case.review is None
        assert [listed.pseudonym for listed in files.clients()] == ["p1"]

    def test_points_that_were_moved_stand_beside_the_machines_report(
        self, brought: dict[str, Any], files: Archive
    ) -> None:
        cases.add(TYPICAL, "k1_2026-05-01_relaxed.jpg", review.PATTERN, Intake())
        case: Case = brought["cases"][0]
        assert case.photo is not None
        case.photo.put("hip", (320.0, 600.0))
        case.decide(Review("accepted", reviewer="MK"))
        kept = files.history("k1")[0]
        assert kept.machine.to_json() == case.machine.to_json()
        assert kept.machine.by_hand == ()
        assert kept.report(KNOWLEDGE).by_hand == ("hip",)
        assert kept.review is not None
        assert kept.review.reviewer == "MK"

    def test_an_id_corrected_after_the_decision_moves_the_photo(self, brought: dict[str, Any], files: Archive) -> None:
        cases.add(TYPICAL, "wrong_2026-05-01_relaxed.jpg", review.PATTERN, Intake())
        case: Case = brought["cases"][0]
        case.decide(Review("accepted", reviewer="MK"))
        case.client, case.date, case.pose = "right", "2026-05-02", "arched"
        case.decide(Review("accepted", reviewer="MK"))
        assert [listed.pseudonym for listed in files.clients()] == ["p1", "right"]
        kept = files.history("right")
        assert [(one.date, one.pose) for one in kept] == [("2026-05-02", "arched")]
        assert kept[0].machine.finding is None
        case.pose = "relaxed"
        assert case.machine.finding is not None

    def test_the_same_photo_of_two_clients_goes_to_both(self, brought: dict[str, Any], files: Archive) -> None:
        for client in ("k1", "k2"):
            cases.add(TYPICAL, f"{client}_2026-05-01_relaxed.jpg", review.PATTERN, Intake())
        mine: list[Case] = brought["cases"]
        assert mine[0].key != mine[1].key
        for case in mine:
            case.decide(Review("accepted", reviewer="MK"))
        assert [listed.pseudonym for listed in files.clients()] == ["k1", "k2", "p1"]

    def test_a_pose_that_was_asked_for_has_no_finding_with_moved_points_either(
        self, brought: dict[str, Any], files: Archive
    ) -> None:
        cases.add(TYPICAL, "k1_2026-05-01_arched.jpg", review.PATTERN, Intake())
        case: Case = brought["cases"][0]
        assert case.photo is not None
        case.photo.put("hip", (320.0, 600.0))
        case.decide(Review("accepted", reviewer="MK"))
        kept = files.history("k1")[0].report(KNOWLEDGE)
        assert kept.by_hand == ("hip",)
        assert (kept.finding, kept.plan) == (None, None)


class TestReview:
    @pytest.fixture
    def mine(self) -> list[Case]:
        state: dict[str, Any] = {}
        with pytest.MonkeyPatch.context() as outside:
            outside.setattr(streamlit, "session_state", state)
            for k, data in enumerate((TYPICAL, TURNED)):
                cases.add(data, f"k{k}_2026-05-01_relaxed.jpg", review.PATTERN, Intake())
        return list(state["cases"])

    def test_an_empty_page_asks_for_photos(self) -> None:
        assert "Every photo is measured here" in said(page("review"))

    def test_accepting_goes_on_to_the_next(self, mine: list[Case], files: Archive) -> None:
        mine.reverse()
        shown = page("review", {"cases": mine, **SIGNED})
        press(shown, "Accept")
        assert files.history(mine[0].client)[0].review is not None
        assert shown.session_state["case"] == 1
        assert "turned" in said(shown)

    def test_a_refused_photo_cannot_be_accepted(self, mine: list[Case], files: Archive) -> None:
        shown = page("review", {"cases": mine, **SIGNED})
        assert "turned" in said(shown)
        assert next(button for button in shown.button if button.label == "Accept").disabled
        assert mine[0].machine.status == "refused"
        with pytest.raises(UsageError, match="could not be measured"):
            mine[0].decide(Review("accepted", reviewer="MK"))
        assert mine[0].review is None
        assert mine[0].client not in {listed.pseudonym for listed in files.clients()}

    def test_refusing_asks_why_and_a_finding_which(self, mine: list[Case], files: Archive) -> None:
        shown = press(page("review", {"cases": mine, **SIGNED}), "Do not use")
        assert "Why is it not used?" in said(shown)
        shown = press(press(press(shown, "Back"), "Do not use"), "moved or blurred")
        shown = press(shown, "Another finding")
        shown.text_input(key=f"words_{mine[1].key}").set_value("knees bent on purpose")
        shown.run()
        shown = press(shown, WORDS["no_sign"])
        kept = [files.history(case.client)[0].review for case in mine]
        assert [review and (review.verdict, review.finding, review.reason) for review in kept] == [
            ("refused", None, "moved or blurred"),
            ("overridden", "no_sign", "knees bent on purpose"),
        ]
        assert "All photos have been looked at" in said(shown)

    def test_without_an_id_it_says_so_and_stays(self, mine: list[Case]) -> None:
        mine.reverse()  # the first one was measured: the button can be pressed
        mine[0].client = ""
        shown = press(page("review", {"cases": mine, **SIGNED}), "Accept")
        assert "client's id is missing" in shown.error[0].value
        assert mine[0].review is None


class TestFolder:
    """The review of a batch's results: by keys, over a reload, by two people."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        reports = [REPORTS["typical"], REPORTS["turned"], REPORTS["mild"]]
        folder = results(tmp_path / "results", reports)
        (folder / "overlays").mkdir()
        (folder / photo_file("overlays", 0, reports[0].photo.sha256)).write_bytes(TYPICAL)
        return folder

    def open(self, folder: Path, by: str = "MK", **more: str) -> AppTest:
        shown = AppTest.from_string(PAGE.format(name="review"), default_timeout=60)
        for name, value in {"folder": str(folder), "by": by, **more}.items():
            shown.query_params[name] = value
        shown.run()
        assert not shown.exception
        return shown

    def test_a_folder_is_reviewed_over_a_reload_and_nothing_is_asked_twice(self, folder: Path, files: Archive) -> None:
        shown = self.open(folder)
        assert "0 of 3 looked at" in str(shown.get("progress")[0].proto.text)
        assert shown.text_input(key="told_reviewer").value == "MK"
        shown = press(press(shown, "Do not use"), "moved or blurred")
        press(shown, "Accept")
        again = self.open(folder)  # a reload: a new session by the same address
        assert "2 of 3 looked at" in str(again.get("progress")[0].proto.text)
        press(again, "Accept")
        assert "All photos have been looked at" in said(self.open(folder))
        kept = {name: files.history(name)[0].review for name in ("b0", "b1", "b2")}
        assert {name: review and (review.verdict, review.reviewer) for name, review in kept.items()} == {
            "b0": ("accepted", "MK"),
            "b1": ("refused", "MK"),
            "b2": ("accepted", "MK"),
        }
        assert {line.by for line in files.log() if line.what.startswith("report ") and line.client in kept} == {"MK"}

    def test_the_photo_that_was_shown_is_shown_again(self, folder: Path) -> None:
        shown = press(self.open(folder), "→")
        at = shown.query_params["photo"]
        assert at in ("2", ["2"])
        assert self.open(folder, photo="2").session_state["case"] == 1

    def test_a_second_reviewer_sees_what_the_first_decided(self, folder: Path) -> None:
        first, second = self.open(folder), self.open(folder, by="AB")
        press(press(first, "Do not use"), "moved or blurred")
        second.run()
        assert "1 of 3 looked at" in str(second.get("progress")[0].proto.text)
        press(press(second, "Do not use"), "another reason")
        assert [one.reviewer for one in decisions(folder).values()] == ["AB"]  # the same photo, decided again

    def test_without_initials_nothing_is_decided(self, folder: Path, files: Archive) -> None:
        shown = press(press(self.open(folder, by=""), "Do not use"), "moved or blurred")
        assert "Write your initials first" in shown.error[0].value
        assert decisions(folder) == {}
        assert [one.pseudonym for one in files.clients()] == ["p1"]

    def test_a_corrected_id_is_where_the_batch_is_taken_in(self, folder: Path, files: Archive) -> None:
        shown = self.open(folder)
        key = shown.session_state["folder_cases"][0].key
        shown.text_input(key=f"client_{key}").set_value("p17").run()
        press(press(shown, "Do not use"), "moved or blurred")
        assert add(folder, "MK", str(files._database._engine.url), as_json=True) == 0
        listed = {one.pseudonym: one.reports for one in files.clients()}
        assert listed["p17"] == 1
        turned = REPORTS["turned"].photo.sha256
        owners = [one.pseudonym for one in files.clients() for seen in files.history(one.pseudonym)
                  if seen.machine.photo.sha256 == turned]  # fmt: skip
        assert owners == ["p17"]

    def test_points_need_the_photo_itself(self, tmp_path: Path) -> None:
        report = replace(REPORTS["typical"], photo=replace(REPORTS["typical"].photo, sha256=hash_of(TYPICAL)))
        folder, photos = results(tmp_path / "results", [report]), tmp_path / "photos"
        photos.mkdir()
        assert "name the folder of the photos" in press(self.open(folder), "Move points").error[0].value
        (photos / "b0_2026-03-01_relaxed.jpg").write_bytes(TURNED)
        shown = press(self.open(folder, photos=str(photos)), "Move points")
        assert "is another one than the batch measured" in shown.error[0].value
        (photos / "b0_2026-03-01_relaxed.jpg").write_bytes(TYPICAL)
        shown = press(self.open(folder, photos=str(photos)), "Move points")
        assert not shown.error
        assert shown.session_state["folder_cases"][0].photo is not None

    def test_a_folder_that_is_none_is_said(self, tmp_path: Path) -> None:
        assert "holds no results of a batch" in self.open(tmp_path / "gone").error[0].value

    def test_other_computers_open_only_what_the_server_was_started_with(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POSTURE_PASSPHRASE_HASH", "x")
        assert "from another computer only results under" in self.open(folder).error[0].value.lower()
        monkeypatch.setenv("POSTURE_RESULTS", str(tmp_path / "elsewhere"))
        assert "from another computer" in self.open(folder / ".." / "results").error[0].value.lower()
        monkeypatch.setenv("POSTURE_RESULTS", str(tmp_path))
        assert not self.open(folder).error


class TestClients:
    def test_the_list_and_a_client(self) -> None:
        shown = page("clients")
        assert "visits: 3, photos: 3" in said(shown)
        shown = press(shown, "p1")
        assert shown.title[0].value == "p1"
        assert "2026-03-01: 10°" in said(shown)

    def test_nobody_by_an_id_is_said(self) -> None:
        shown = AppTest.from_string(PAGE.format(name="clients"), default_timeout=60)
        shown.query_params["client"] = "p9"
        shown.run()
        assert "No client 'p9'" in shown.error[0].value

    def test_erasing_needs_the_id_written_out(self, files: Archive) -> None:
        shown = press(page("clients"), "p1")
        assert "Write your initials above" in said(shown)
        assert not [button for button in shown.button if button.label == "Erase for good"]
        shown.text_input(key="told_reviewer").set_value("MK")
        shown.run()
        erase = next(button for button in shown.button if button.label == "Erase for good")
        assert erase.disabled
        shown.text_input(key="erase_p1").set_value("p1")
        shown.run()
        shown = press(shown, "Erase for good")
        assert files.clients() == []
        assert "What may still hold traces" in said(shown)

    def test_a_logo_that_is_no_picture_is_said_on_the_page(
        self, files: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = SimpleNamespace(getvalue=lambda: b"Dear diary", file_id="x")
        monkeypatch.setattr(streamlit, "file_uploader", lambda *_args, **_more: upload)
        shown = page("clients")
        next(field for field in shown.text_input if field.label == "Name of the clinic").set_value("Lake")
        next(button for button in shown.button if button.label == "Keep").click()
        shown.run()
        assert not shown.exception
        assert "The logo is not a JPEG, PNG or WebP picture" in said(shown)
        assert "/tmp" not in said(shown)
        assert files.clinic() == ("", "")

    def test_who_reviewed_is_said(self, files: Archive) -> None:
        sha256 = files.history("p1")[0].machine.photo.sha256 or ""
        files.review("p1", sha256, Review("accepted", reviewer="MK"))
        assert "accepted (MK)" in said(press(page("clients"), "p1")).replace("\\", "")

    def test_a_file_that_is_no_photo_can_be_left_out_and_not_accepted(self) -> None:
        mine = [Case("x.jpg", "", "", "", not_measured(Entry("", ""), Unreadable("half").issue(), "0" * 64), None)]
        shown = page("review", {"cases": mine})
        assert next(button for button in shown.button if button.label == "Accept").disabled
        press(shown, "Leave it out")
        assert mine == []

    def test_a_client_with_a_note_alone_can_be_read_and_erased(self, files: Archive) -> None:
        files.add_note("p1", "comes by bicycle")
        for seen in files.history("p1"):
            files.drop("p1", seen.date, "relaxed", seen.machine.photo.sha256 or "")
        shown = press(page("clients", SIGNED), "p1")
        assert "comes by bicycle" in shown.text[0].value
        shown.text_input(key="erase_p1").set_value("p1")
        shown.run()
        press(shown, "Erase for good")
        assert files.clients() == []

    def corrected(self, wrong: str, typed: str = "", join: bool = False) -> AppTest:
        """The page of p1 after its visit of 2026-03-01 was put right."""
        shown = press(page("clients", SIGNED), "p1")
        shown.selectbox(key="wrong_p1").select(wrong).run()
        if wrong not in ("id", "merge"):
            shown.selectbox(key="wrong_day_p1").select("2026-03-01").run()
        if typed:
            shown.text_input(key=f"right_{wrong}_p1").set_value(typed).run()
        if join:
            shown.checkbox(key="join_p1").check().run()
        return press(shown, "Drop this visit" if wrong == "drop" else "Put right")

    @pytest.mark.parametrize(
        ("wrong", "typed", "left", "noted"),
        [
            ("day", "2026-03-05", {"p1": ["2026-01-01", "2026-02-01", "2026-03-05"]}, "visit dated anew"),
            ("label", "after surgery", {"p1": ["2026-01-01", "2026-02-01", "2026-03-01"]}, "visit labelled"),
            ("owner", "p2", {"p1": ["2026-01-01", "2026-02-01"], "p2": ["2026-03-01"]}, "visit moved away"),
            ("drop", "", {"p1": ["2026-01-01", "2026-02-01"]}, "visit dropped"),
            ("id", "p9", {"p9": ["2026-01-01", "2026-02-01", "2026-03-01"]}, "client renamed"),
        ],
    )
    def test_a_file_is_put_right_and_the_log_names_who_did_it(
        self, files: Archive, wrong: str, typed: str, left: dict[str, list[str]], noted: str
    ) -> None:
        shown = self.corrected(wrong, typed)
        assert "The file is put right." in said(shown)
        kept = {one.pseudonym: [entry.date for entry in files.history(one.pseudonym)] for one in files.clients()}
        assert kept == left
        line = next(line for line in files.log() if line.what == noted)
        assert line.by == "MK"
        assert noted in said(shown)

    def test_two_ids_of_one_person_are_merged_on_the_page(self, files: Archive) -> None:
        files.keep("p2", "2026-06-01", "", entry("2026-06-01", 5.0, "p2").machine)
        shown = self.corrected("merge", "p2")
        assert shown.title[0].value == "p2"
        assert [one.pseudonym for one in files.clients()] == ["p2"]

    def test_a_correction_that_cannot_be_made_is_said(self, files: Archive) -> None:
        shown = self.corrected("day", "2026-02-01")
        assert "join the two" in shown.error[0].value
        self.corrected("day", "2026-02-01", join=True)
        assert [entry.date for entry in files.history("p1")] == ["2026-01-01", "2026-02-01", "2026-02-01"]

    def test_behind_a_proxy_the_log_has_the_name_it_signed_in(
        self, monkeypatch: pytest.MonkeyPatch, files: Archive
    ) -> None:
        from posture.app import auth
        from posture.app.clinic import actor

        monkeypatch.setenv(auth.HEADER, "X-User")
        monkeypatch.setattr(actor.st, "context", SimpleNamespace(headers={"X-User": "m.k@clinic.example"}))
        monkeypatch.setattr(streamlit, "session_state", {"told_reviewer": "MK"})
        actor.files().add_note("p1", "comes by bicycle")
        assert files.log("p1")[-1].by == "MK, m.k@clinic.example"

    def test_a_visit_is_recorded_on_the_page_and_what_differs_is_warned_of(self, files: Archive) -> None:
        files.record("p1", "2026-01-01", VisitRecord(protocol=Protocol(footwear="shoes")))
        shown = press(page("clients", SIGNED), "p1")
        assert "No consent is kept" in said(shown)
        shown.select_slider(key="pain_p1").set_value(4.0)
        shown.text_input(key="activity_0_p1").set_value("climbing stairs")
        shown.select_slider(key="score_0_p1").set_value(5.0)
        shown.text_input(key="footwear_p1").set_value("barefoot")
        shown = press(shown, "Keep the record")
        kept = files.client_record("p1").records["2026-03-01"]
        assert (kept.pain_week_0_10, kept.function_0_10, kept.protocol.footwear) == (4, 5, "barefoot")
        assert kept.exercise_days is None
        assert files.log("p1")[-1].by == "MK"
        assert "Footwear\\: shoes on 2026\\-01\\-01, now barefoot" in shown.warning[0].value
        assert "Pain, last week: 2026-03-01: 4" in said(shown)

    def test_what_the_coach_watched_is_taken_over_when_asked_to(self, files: Archive) -> None:
        watched = Practice("glute_bridge", "left", 20.0, 10, (1.0, 2.0, 1.5), {})
        shown = press(page("clients", {**SIGNED, "practice": [watched]}), "p1")
        next(box for box in shown.checkbox if "coach watched" in box.label).check()
        shown = press(shown, "Keep the record")
        assert files.client_record("p1").records["2026-03-01"].practice == (watched,)
        assert "10 (1.0 – 2.0 – 1.5 s)" in said(shown)

    def test_a_consent_is_kept_and_a_blank_one_is_said(self, files: Archive) -> None:
        shown = press(press(page("clients", SIGNED), "p1"), "Keep the consent")
        assert "A consent needs the name of its form" in shown.error[0].value
        shown.text_input(key="template_p1").set_value("photo and record")
        shown.text_input(key="version_p1").set_value("2")
        shown.text_input(key="signed_p1").set_value("2026-01-01")
        shown = press(shown, "Keep the consent")
        assert files.client_record("p1").consents == (Consent("photo and record", "2", "2026-01-01"),)
        assert "photo and record, version 2, signed on" in said(shown)

    def test_notes_are_words_not_pages(self, files: Archive) -> None:
        files.add_note("p1", "<script>alert(1)</script> [x](http://x.example)")
        shown = press(page("clients"), "p1")
        assert "<script>alert(1)</script> [x](http://x.example)" in shown.text[0].value
        assert "<script" not in said(shown)

    def test_the_clinics_own_error_is_gone_by_once_somebody_says_so(self, files: Archive) -> None:
        for k in range(1, 4):
            seen = entry(f"2026-0{k}-01", 5.0 + k, f"again{k}")
            files.keep("p1", seen.date, "relaxed", seen.machine)
        shown = press(page("clients"), "Work it out")
        assert "From 3 pairs" in said(shown)
        go_by = next(button for button in shown.button if "Go by it" in button.label)
        assert go_by.disabled
        next(box for box in shown.checkbox if "stepped away" in box.label).check()
        shown.run()
        press(shown, "Go by it from now on")
        own = files.own_error()
        assert own is not None
        assert own.pairs == 3


def test_what_somebody_typed_is_shown_as_it_is() -> None:
    assert plain("p*1* [x](http://x)") == r"p\*1\* \[x\]\(http\://x\)"
    assert plain("two\nlines |") == r"two lines \|"


@pytest.mark.parametrize(("header", "shown"), [("clinic", True), ("photo", False), (None, False)])
def test_who_came_by_the_link_never_sees_the_clinics_pages(
    monkeypatch: pytest.MonkeyPatch, header: str | None, shown: bool
) -> None:
    from posture.app import navigation

    headers = {} if header is None else {"X-Posture-Pages": header}
    monkeypatch.setattr(navigation.st, "context", SimpleNamespace(headers=headers, cookies={}, locale="en"))
    monkeypatch.setattr(navigation.st, "Page", lambda *_, **told: told["url_path"])
    assert list(navigation.clinic_pages()) == (["review", "clients"] if shown else [])
