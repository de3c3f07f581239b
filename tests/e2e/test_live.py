"""The live pages in a real browser before a fake camera: guided, measured, coached, and every way a camera fails."""
# ruff: noqa: F811  fixtures of the other browser tests are named again where they are asked for

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.test_steps import PHONE, QUIET, Person, _barriers, server  # noqa: F401
from validation.live_page import film

pytestmark = pytest.mark.e2e
Opened = Callable[..., Person]


@pytest.fixture
def before(server: tuple[str, int], tmp_path: Path) -> Iterator[Opened]:
    """Opens the page in a browser whose camera sees a film; no camera at all without one."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("SKIPPED LOUDLY: no chromium here; the live pages were not driven")
    with sync_playwright() as playwright:
        browsers, people = [], []

        def opened(step: str = "live", allowed: bool = True, **seen: Any) -> Person:
            args = [part for part in QUIET if "fake" not in part]
            if seen:
                wide, tall = seen.pop("wide", 1280), seen.pop("tall", 720)
                camera = film(tmp_path / "seen.y4m", wide, tall, **seen)
                args += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
            if allowed:
                args.append("--use-fake-ui-for-media-stream")
            browsers.append(playwright.chromium.launch(executable_path=path, args=args))
            people.append(Person(browsers[-1], server[0]))
            people[-1].open(step)
            return people[-1]

        yield opened
        for person in people:
            assert person.asked_elsewhere() == []
            assert person.refused == []
        for browser in browsers:
            browser.close()


def switch_on(person: Person) -> Any:
    camera = person.page.frame_locator("iframe").first
    camera.get_by_text("Switch the camera on").click()
    return camera


def said(person: Person, words: str, seconds: float = 60) -> None:
    expect(person.page.get_by_role("status").first).to_contain_text(words, timeout=1000 * seconds)


def test_guided_measured_and_reported(before: Opened) -> None:
    """Somebody who stands still is told so, measured, and shown their result, which can be taken away."""
    person = before(sway_px=0.8)
    switch_on(person)
    said(person, "Measuring, stay like this.")
    page = person.page
    page.wait_for_url("**/result", timeout=120_000)
    page.wait_for_selector("h1:has-text('Your pelvis')")
    page.get_by_text("Show me the numbers").click()
    expect(page.get_by_text("Hip angle (trunk on thigh)").first).to_be_visible()
    person.go("take_away", "Save and print")
    expect(page.get_by_text("Everything (JSON)")).to_be_visible()


def test_who_sways_is_asked_to_stand_still_and_the_mirror_shows_them(before: Opened) -> None:
    from axe_playwright_python.sync_playwright import Axe

    person = before(sway_px=40)
    switch_on(person)
    said(person, "Stand still.")
    mirror = person.page.locator("#posture-mirror video")
    expect(mirror).to_be_visible()
    assert person.page.evaluate("document.querySelector('#posture-mirror video').videoWidth") == 1280
    assert _barriers(Axe().run(person.page).response) == []
    person.page.wait_for_timeout(6000)
    said(person, "Stand still.")
    assert person.page.url.endswith("/live")


def test_few_pixels_are_said_and_still_guided(before: Opened) -> None:
    person = before(wide=640, tall=480, sway_px=25)
    switch_on(person)
    expect(person.page.get_by_text("This camera sends few pixels")).to_be_visible(timeout=30_000)
    expect(person.page.get_by_text("640 × 480")).to_be_hidden()
    person.page.get_by_text("Show technical figures").click()
    expect(person.page.get_by_text("640 × 480")).to_be_visible(timeout=30_000)


def test_a_covered_camera_is_told(before: Opened) -> None:
    person = before(light=0.0)
    switch_on(person)
    said(person, "Uncover the camera")


def test_a_camera_that_ends_midway_is_told_and_comes_back_without_a_new_page(before: Opened) -> None:
    person = before(sway_px=40)
    camera = switch_on(person)
    said(person, "Stand still.")
    person.page.evaluate("document.querySelector('#posture-mirror video').srcObject.getTracks().forEach(t => t.stop())")
    said(person, "No picture comes")
    expect(person.page.locator("#posture-mirror video")).to_have_count(0)  # no frozen picture
    camera.get_by_text("Stop").click()
    said(person, "Switch the camera on")
    camera.get_by_text("Switch the camera on").click()
    said(person, "Stand still.")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"allowed": False, "sway_px": 1.0}, "The browser was told to refuse the camera"),
        ({}, "No camera was found"),
    ],
    ids=["refused", "none"],
)
def test_no_camera_and_no_permission_are_said(before: Opened, how: dict[str, Any], words: str) -> None:
    person = before(**how)
    switch_on(person)
    expect(person.page.get_by_role("alert").get_by_text(words)).to_be_visible(timeout=20_000)


def test_a_page_that_may_have_no_camera_says_how_to_open_it(before: Opened) -> None:
    """Over plain http from another computer a browser hides its cameras from the page."""
    person = before(sway_px=1.0)
    person.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    person.open("live")
    said_ = person.page.get_by_role("alert").get_by_text("The browser gives no camera to this page")
    expect(said_).to_be_visible(timeout=20_000)


def test_the_coach_asks_for_the_safety_questions_then_watches(before: Opened) -> None:
    person = before("coach", sway_px=0.8)
    page = person.page
    page.get_by_role("button", name="To the safety questions").click()
    page.wait_for_selector("h1:has-text('Before you begin')")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_selector("h1:has-text('Your photo')")
    page.get_by_text("Live", exact=True).first.click()
    page.locator("a[href$='/coach']").first.click()
    page.wait_for_selector("h1:has-text('Coach')")
    switch_on(person)
    said(person, "Kneel on one knee")
    page.get_by_role("button", name="That was it").click()
    said(person, "Kneel on one knee")


def test_the_desk_tells_who_does_not_sit(before: Opened) -> None:
    person = before("desk", sway_px=0.8)
    switch_on(person)
    said(person, "Nobody sits here.")
    expect(person.page.get_by_text("Sitting, min")).to_be_visible()


def test_the_live_pages_fit_a_phone(before: Opened) -> None:
    person = before(sway_px=1.0)
    person.page.set_viewport_size(PHONE)
    person.page.wait_for_timeout(800)
    wide = person.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= PHONE["width"]
