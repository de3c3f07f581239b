"""The page and the HTML report in a real browser, as a person meets them (make test-e2e)."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from validation.record import SAMPLES

pytestmark = pytest.mark.e2e
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.skip("SKIPPED LOUDLY: no chromium here; the page was not driven")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            break
        except OSError:
            time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(10)


def test_from_a_photo_to_a_plan(browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.set_input_files("input[type=file]", str(SAMPLES / "marked.jpg"))
    page.wait_for_selector("text=Next step that would tell more", timeout=60_000)
    page.wait_for_function("[...document.images].some(i => i.naturalWidth > 1000)")
    page.wait_for_selector("text=Exercises are shown after the safety questions")
    page.get_by_role("button", name="These are my answers").click()
    page.wait_for_selector("text=Plan:")
    page.get_by_text("Dead bug").last.click()
    page.wait_for_function("[...document.images].some(i => i.src.includes('svg') && i.naturalWidth > 50)")
    with page.expect_download() as report:
        page.get_by_role("button", name="Take the report with you").click()
    assert "Plan:" in Path(report.value.path()).read_text("utf-8")
    assert [url for url in requests if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))] == []


def test_a_text_file_named_jpg_gets_a_sentence(browser, address: str, tmp_path: Path) -> None:
    (tmp_path / "diary.jpg").write_text("Dear diary")
    page = browser.new_page()
    page.goto(address)
    page.set_input_files("input[type=file]", str(tmp_path / "diary.jpg"))
    page.wait_for_selector("text=not a JPEG, PNG, WebP or HEIC picture", timeout=60_000)
    assert page.get_by_text("Traceback").count() == 0


def test_the_report_page_on_a_phone_and_a_desk(browser, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "posture", "analyze", str(SAMPLES / "marked.jpg"), "--out", str(tmp_path)],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    for width in (390, 1100):
        page = browser.new_page(viewport={"width": width, "height": 800})
        errors: list[str] = []
        page.on("console", lambda message, errors=errors: errors.append(message.text))
        page.goto((tmp_path / "marked.html").as_uri())
        assert page.locator("h1").first.is_visible()
        assert page.evaluate("document.images[0].naturalWidth") > 1000
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert errors == []
