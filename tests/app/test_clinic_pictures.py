"""Saved visits attached on a client's page: said, shown before and after, taken away; in both languages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from posture.app.clinic.put_right import TAKEN_OUT, WRONG
from posture.clinic.archive import ELSEWHERE, Archive
from posture.clinic.attachment import PICTURE, REPORT, read_attachment
from posture.followup.pictured import NO_TILT
from posture.knowledge.load import Knowledge
from posture.text.language import load_language
from tests.app.test_clinic import SIGNED, files, page, press, said  # noqa: F401
from tests.clinic.test_pictures import saved, shown

pytestmark = pytest.mark.usefixtures("components_looked_for_once")
GERMAN = load_language("de", Knowledge.load())


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the page's field for several files holds."""
    held: list[Any] = []
    usual = streamlit.file_uploader

    def field(*words: Any, **more: Any) -> Any:
        return list(held) if more.get("accept_multiple_files") else usual(*words, **more)

    monkeypatch.setattr(streamlit, "file_uploader", field)
    return held


def upload(data: bytes) -> SimpleNamespace:
    return SimpleNamespace(getvalue=lambda: data, file_id="x", name="posture_visit.zip")


def pictures(shown: AppTest) -> list[str]:
    """The words of the pictures that the page shows as photos."""
    return [one.caption for part in shown.get("image") for one in part.proto.imgs]


class TestAttach:
    def test_a_saved_visit_is_attached_under_its_day_and_said(self, files: Archive, uploads: list[Any]) -> None:  # noqa: F811
        uploads.append(upload(saved("2026-04-01", 12.0)))
        client = press(press(page("clients", SIGNED), "p1"), "Attach")
        assert "2026-04-01: report added, its picture is kept." in said(client)
        assert list(shown(files, "p1")) == ["2026-04-01"]
        assert files.log("p1")[-1].by == "MK"
        assert "picture attached" in said(client)
        client = press(client, "Attach")
        assert "2026-04-01: report known already, a picture of it is kept already." in said(client)
        assert len(files.history("p1")) == 4

    def test_another_day_can_be_given_and_what_cannot_be_is_said(self, files: Archive, uploads: list[Any]) -> None:  # noqa: F811
        client = press(press(page("clients", SIGNED), "p1"), "Attach")
        assert "Choose a saved visit first." in said(client)
        uploads.append(upload(saved("2026-04-01", 12.0)))
        for typed, words in (("yesterday", "The day of the visit is missing"), ("2999-01-01", "lies in the future")):
            client.text_input(key="attach_day_p1").set_value(typed)
            client = press(client, "Attach")
            assert words in client.error[0].value
        client.text_input(key="attach_day_p1").set_value("2026-04-09")
        press(client, "Attach")
        assert list(shown(files, "p1")) == ["2026-04-09"]

    @pytest.mark.parametrize("data", [b"Dear diary", saved("2026-04-01")[:-300]])
    def test_a_damaged_file_gets_one_sentence_and_changes_nothing(
        self,
        files: Archive,  # noqa: F811
        uploads: list[Any],
        data: bytes,
    ) -> None:
        uploads += [upload(saved("2026-05-01", 9.0)), upload(data)]
        before = files.log()
        client = press(press(page("clients", SIGNED), "p1"), "Attach")
        (error,) = client.error
        assert "saved visit" in error.value
        assert files.log() == before

    def test_nobody_without_initials_attaches(self) -> None:
        client = press(page("clients"), "p1")
        assert not [button for button in client.button if button.label == "Attach"]

    def test_the_photo_of_another_client_is_said(self, files: Archive, uploads: list[Any]) -> None:  # noqa: F811
        uploads.append(upload(saved("2026-04-01", 12.0)))
        files.attach("p2", [read_attachment(saved("2026-04-01", 12.0))], new=True)
        client = press(press(page("clients", SIGNED), "p1"), "Attach")
        assert "The same photo is in the file of p2, too" in said(client)


class TestBeforeAndAfter:
    @pytest.fixture
    def attached(self, files: Archive) -> Archive:  # noqa: F811
        """p1's visits of January and March have a picture."""
        for k, hip_deg in ((1, 4.0), (3, 10.0)):
            files.attach("p1", [read_attachment(saved(f"2026-0{k}-01", hip_deg, seed=k))])
        return files

    def test_two_pictures_stand_beside_each_other_in_the_outlines_place(self, attached: Archive) -> None:
        assert len(attached.history("p1")) == 3  # the photos were there: none is doubled
        client = press(page("clients"), "p1")
        (words,) = pictures(client)
        assert words.startswith("The photos of 2026-01-01 and 2026-03-01.")
        assert "Forward tilt of the pelvis: within error, 0°" in said(client).replace("\\", "")
        assert "laid over each other" not in said(client)
        assert (client.selectbox(key="after_p1").value, client.selectbox(key="before_p1_2026-03-01").value) == (
            "2026-03-01", "2026-01-01"
        )  # fmt: skip

    def test_another_visit_is_chosen(self, attached: Archive) -> None:
        attached.attach("p1", [read_attachment(saved("2026-02-01", 7.0, seed=2))])
        client = press(page("clients"), "p1")
        client.selectbox(key="before_p1_2026-03-01").select("2026-02-01").run()
        assert pictures(client)[0].startswith("The photos of 2026-02-01 and 2026-03-01.")
        client.selectbox(key="after_p1").select("2026-02-01").run()
        assert pictures(client)[0].startswith("The photos of 2026-01-01 and 2026-02-01.")

    def test_a_visit_that_is_attached_later_is_the_one_shown(self, attached: Archive, uploads: list[Any]) -> None:
        uploads.append(upload(saved("2026-04-01", 12.0)))
        client = press(press(page("clients", SIGNED), "p1"), "Attach")
        assert pictures(client)[0].startswith("The photos of 2026-01-01 and 2026-04-01.")
        assert len(attached.history("p1")) == 4

    def test_a_picture_is_taken_away_on_the_page_and_the_outlines_are_back(self, attached: Archive) -> None:
        client = press(page("clients", SIGNED), "p1")
        client.selectbox(key="wrong_p1").select("picture").run()
        days = client.selectbox(key="wrong_day_p1")
        assert days.options == ["2026-03-01", "2026-01-01"]
        client = press(client, "Take the picture away")
        assert list(shown(attached, "p1")) == ["2026-01-01"]
        assert attached.log("p1")[-1].by == "MK"
        assert pictures(client) == []
        assert "laid over each other" in said(client)
        assert "picture taken away" in said(client)

    @pytest.mark.usefixtures("attached")
    def test_it_speaks_german(self) -> None:
        client = press(page("clients", {**SIGNED, "told_language": "de"}), "p1")
        assert pictures(client)[0].startswith("Die Fotos vom 01.01.2026 und vom 01.03.2026.")
        assert "Vorkippung des Beckens: innerhalb des Fehlers" in said(client).replace("\\", "")
        assert "Ein anderes Bild wird hier nie aufbewahrt." in said(client)
        assert any(button.label == "Anhängen" for button in client.button)


def test_without_a_picture_there_is_none_to_take_away() -> None:
    client = press(page("clients", SIGNED), "p1")
    assert WRONG["picture"] not in client.selectbox(key="wrong_p1").options


def test_after_erasing_the_page_says_what_batches_hold() -> None:
    client = press(page("clients", SIGNED), "p1")
    client.text_input(key="erase_p1").set_value("p1").run()
    assert "results folder holds rows, pictures and decisions of this id" in said(press(client, "Erase for good"))


@pytest.mark.parametrize(
    "words",
    [*REPORT.values(), *PICTURE.values(), *TAKEN_OUT.values(), *WRONG.values(), ELSEWHERE, NO_TILT,
     "picture attached", "picture replaced", "picture taken away"],
)  # fmt: skip
def test_every_word_has_its_german(words: str) -> None:
    assert GERMAN.text(words) != words
