"""A visit saved to a file and opened again in a real browser: before and after, side by side."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.test_steps import Person, browser, chromium, film, forget, person, server  # noqa: F401
from validation.record import SAMPLES

pytestmark = pytest.mark.e2e


def saved(visitor: Person, photo: Path, folder: Path, with_picture: bool = True) -> Path:
    """The file of a visit that shows a photo."""
    page = visitor.bring(photo)
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    visitor.go("take_away", "Save and print")
    if not with_picture:
        page.get_by_text("With the photo, its face blurred").click()
        page.wait_for_timeout(1500)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Save this visit", exact=True).click()
    assert re.fullmatch(r"posture_visit_\d{4}-\d\d-\d\d\.zip", download.value.suggested_filename)
    file = folder / f"{photo.stem}.zip"
    download.value.save_as(file)
    return file


def open_visit(page: Any, file: Path) -> None:
    page.locator("input[aria-label='A saved visit']").set_input_files(str(file))


def test_a_visit_is_saved_opened_and_compared(person: Callable[..., Person], shared: Path, tmp_path: Path) -> None:  # noqa: F811
    visitor = person()
    file = saved(visitor, shared / "renders" / "s301_010.jpg", tmp_path)
    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == ["picture.jpg", "visit.json"]
        told = json.loads(archive.read("visit.json"))
        picture = Image.open(io.BytesIO(archive.read("picture.jpg")))
    assert told["report"]["photo"]["file"] == ""
    assert not picture.getexif()
    page = visitor.page
    forget(page)
    page.wait_for_selector("h1:has-text('Does my pelvis tip forward')")
    page.get_by_role("button", name="Compare with a saved visit").click()
    page.wait_for_selector("h1:has-text('Before and after')")
    open_visit(page, file)
    page.wait_for_selector(f"text=Saved on {told['date']}: Your pelvis")
    expect(page.get_by_text("then the two are compared")).to_be_visible()
    page.get_by_role("button", name="Bring a photo of today").click()
    page.wait_for_selector("h1:has-text('Your photo')")
    page.locator("input[type=file]").first.set_input_files(str(shared / "renders" / "s301_003.jpg"))
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    page.get_by_role("button", name="Compare with the saved visit").click()
    page.wait_for_selector("h1:has-text('Before and after')")
    verdict = page.locator("h2").first
    expect(verdict).to_have_text(re.compile("(real change|within the error|not comparable)"), timeout=60_000)
    both = page.get_by_alt_text(re.compile("^The photos of .*(real change|within the error|not comparable)"))
    expect(both).to_be_visible()
    assert both.evaluate("image => image.naturalWidth") > 1200
    page.reload()
    expect(verdict).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Close").click()
    expect(verdict).to_have_count(0)


def test_an_opened_visit_fills_the_forms(person: Callable[..., Person], tmp_path: Path) -> None:  # noqa: F811
    visitor = person()
    page = visitor.bring(SAMPLES / "mild.jpg")
    page.get_by_text("About you (changes the numbers)").click()
    height = page.get_by_label("Height in cm")
    height.fill("172")
    height.press("Enter")
    page.wait_for_timeout(1500)
    visitor.go("take_away", "Save and print")
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Save this visit", exact=True).click()
    download.value.save_as(tmp_path / "visit.zip")
    forget(page)
    page.wait_for_selector("text=Photos, answers and results are forgotten.")
    visitor.go("compare", "Before and after")
    open_visit(page, tmp_path / "visit.zip")
    page.get_by_role("button", name="Use these answers").click()
    expect(page.get_by_role("button", name="Use these answers")).to_have_count(0)
    visitor.go("photo", "Your photo")
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "typical.jpg"))
    page.wait_for_selector("[data-testid=stMetric]", timeout=60_000)
    page.get_by_text("About you (changes the numbers)").click()
    expect(page.get_by_label("Height in cm")).to_have_value("172")


def test_a_visit_without_its_picture_holds_none(person: Callable[..., Person], tmp_path: Path) -> None:  # noqa: F811
    file = saved(person(), SAMPLES / "mild.jpg", tmp_path, with_picture=False)
    assert zipfile.ZipFile(file).namelist() == ["visit.json"]


def test_a_file_that_is_no_visit_gets_a_sentence(person: Callable[..., Person], tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "diary.zip").write_bytes(b"Dear diary")
    page = person().open("compare")
    open_visit(page, tmp_path / "diary.zip")
    page.wait_for_selector("text=This is no saved visit, or it is damaged")
    assert page.get_by_text("Traceback").count() == 0
