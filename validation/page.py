"""How long the web page lets people wait, and what it looks like.

    python -m validation.page speed         page ready from process start, a 12-megapixel photo to its finding
    python -m validation.page pictures      docs/app/*.jpg, what docs/app.md shows, and pictures.json, what they say

Both drive the real page in Debian's chromium, headless, with computer-generated people.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from PIL import Image
from playwright.sync_api import sync_playwright

from posture.clinic.archive import Archive
from validation.clinic import load

ROOT = Path(__file__).parent.parent
PICTURES, SAMPLES = ROOT / "docs" / "app", ROOT / "sample_images"
PHOTO, LATER = SAMPLES / "mild.jpg", SAMPLES / "posterior.jpg"
#: What every picture says and was made from; tests/test_pictures.py compares it with today's verdicts.
SIDECAR = PICTURES / "pictures.json"
#: A photo of today's phones.
TWELVE_MEGAPIXELS = (3024, 4032)
STARTS, UPLOADS = 5, 9
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@contextmanager
def served(**environment: str) -> Iterator[str]:
    """The page of ``make app`` at a free port, ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(url: str) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the page did not start")


@contextmanager
def chromium(more: Sequence[str] = ()) -> Iterator[Any]:
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("chromium is missing: sudo apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *more])
        yield browser
        browser.close()


def speed() -> None:
    """Medians over fresh browsers, as somebody who comes for the first time meets the page."""
    with chromium() as browser, TemporaryDirectory() as folder:
        ready = []
        for _ in range(STARTS):
            page = browser.new_page()
            begin = time.perf_counter()
            with served() as url:
                wait_for(url)
                page.goto(url)
                page.wait_for_selector("h1")
                ready.append(time.perf_counter() - begin)
            page.close()
        photo = Path(folder) / "phone.jpg"
        Image.open(PHOTO).resize(TWELVE_MEGAPIXELS).save(photo, "JPEG", quality=92)
        found, drawn = [], []
        with served() as url:
            wait_for(url)
            time.sleep(4)  # the models are loaded while somebody reads the first page
            for _ in range(UPLOADS):
                context = browser.new_context(viewport=DESK, locale="en-GB")
                page = context.new_page()
                page.goto(f"{url}/photo")
                page.wait_for_selector("input[type=file]", state="attached")
                page.wait_for_timeout(1000)
                begin = time.perf_counter()
                page.set_input_files("input[type=file]", str(photo))
                page.wait_for_selector("h1:has-text('Your pelvis')")
                found.append(time.perf_counter() - begin)
                page.wait_for_function("[...document.images].some(image => image.naturalHeight > 500)")
                drawn.append(time.perf_counter() - begin)
                context.close()
    for words, times, bar in (
        ("page ready from process start", ready, 3.5),
        ("12 megapixels, upload to finding", found, 1.5),
        ("12 megapixels, upload to annotated picture", drawn, None),
    ):
        kept = "" if bar is None else f", bar {bar} s: {'kept' if median(times) < bar else 'MISSED'}"
        print(f"{words}: median {median(times):.2f} s of {len(times)} ({min(times):.2f} to {max(times):.2f}){kept}")


def month_earlier(visit: bytes) -> bytes:
    """A saved visit as if it had been saved 30 days before today."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(visit)) as saved, ZipFile(made, "w") as earlier:
        for name in saved.namelist():
            part = saved.read(name)
            if name == "visit.json":
                day = (date.today() - timedelta(days=30)).isoformat()
                part = json.dumps({**json.loads(part), "date": day}).encode()
            earlier.writestr(name, part)
    return made.getvalue()


class Tour:
    """Walks the page and keeps a picture of every step."""

    def __init__(self, browser: Any, url: str, kind: str, **context: Any) -> None:
        self.kind, self.url = kind, url
        self.inputs: list[Path] = []
        self.points: dict[str, list[int]] = {}
        self.said: dict[str, Any] = {}
        self.context = browser.new_context(**{"viewport": DESK, "locale": "en-GB", **context})
        self.page = self.context.new_page()
        self.page.goto(url)
        self.page.wait_for_selector("h1")

    def keep(self, name: str, whole: bool = True) -> None:
        page, size = self.page, self.page.viewport_size
        page.wait_for_timeout(1200)
        if whole:
            tall = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
            page.set_viewport_size({"width": size["width"], "height": min(3200, max(size["height"], tall + 40))})
            page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
            page.wait_for_timeout(600)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.set_viewport_size(size)
        picture.save(PICTURES / f"{name}_{self.kind}.jpg", "JPEG", quality=82, optimize=True)
        number = page.get_by_test_id("stMetricValue")
        shown = number.count() > 0
        self.said[f"{name}_{self.kind}.jpg"] = {
            "language": "en",
            "verdict": page.locator("h1").first.inner_text() if shown else None,
            "number": number.first.inner_text() if shown else None,
            "points": dict(self.points) if shown else {},
            "inputs": {path.name: sha256(path.read_bytes()).hexdigest() for path in self.inputs},
        }

    def go(self, step: str) -> None:
        if self.kind == "phone":
            self.page.get_by_test_id("stExpandSidebarButton").click()
            self.page.wait_for_timeout(600)
        self.page.locator(f"a[href$='/{step}']").first.click()
        self.page.wait_for_timeout(1200)

    def walk(self) -> None:
        page = self.page
        self.keep("start")
        self.go("guide")
        self.keep("guide")
        self.go("photo")
        self.keep("photo")
        page.locator("input[type=file]").first.set_input_files(str(PHOTO))
        self.inputs = [PHOTO]
        page.wait_for_selector("[data-testid=stMetric]")
        self.keep("result", whole=False)
        page.get_by_text("Show me the numbers").click()
        self.keep("numbers")
        page.get_by_text("Set stickers, hip bones or joints by hand").click()
        for bone, across, down in (("front", 0.66, 0.43), ("back", 0.35, 0.33)):
            part = page.locator(".picture img")
            part.scroll_into_view_if_needed()
            box = part.bounding_box()
            page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
            page.get_by_text(f"I felt the {bone} bone here").click()
            page.wait_for_timeout(1500)
            across, down = re.findall(r"(\d+) (?:across|down)", page.locator(".heard").inner_text())
            self.points[{"front": "asis", "back": "psis"}[bone]] = [int(across), int(down)]
        page.wait_for_selector("text=marked ASIS and PSIS")
        self.keep("points")
        self.go("safety")
        self.keep("safety")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_selector("h1:has-text('Your plan')")
        self.go("refine")
        self.keep("refine")
        self.go("plan")
        page.get_by_text("Bridge", exact=True).last.click()
        self.keep("plan")
        self.go("take_away")
        self.keep("take_away")
        self.compare()
        self.context.close()

    def compare(self) -> None:
        """Save the visit, bring another photo, and open what was saved."""
        page = self.page
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save this visit", exact=True).click()
        visit = month_earlier(Path(saved.value.path()).read_bytes())
        self.go("photo")
        page.get_by_role("button", name="Remove").click()
        page.wait_for_selector("text=No photo at hand?")
        page.locator("input[type=file]").first.set_input_files(str(LATER))
        page.wait_for_selector("[data-testid=stMetric]")
        self.inputs = [PHOTO, LATER]
        self.go("compare")
        file = {"name": "visit.zip", "mimeType": "application/zip", "buffer": visit}
        page.locator("input[type=file]").first.set_input_files(file)
        page.wait_for_selector("h2:has-text('Forward tilt of the pelvis')")
        self.keep("compare")

    def walk_the_clinic(self) -> None:
        page = self.page
        page.goto(f"{self.url}/review")
        page.wait_for_selector("h1:has-text('Review photos')")
        with TemporaryDirectory() as folder:
            for k, name in enumerate(("typical", "marked", "turned", "loose_shirt")):
                shutil.copy(SAMPLES / f"{name}.jpg", Path(folder) / f"k{k}_2026-11-22_relaxed.jpg")
            photos = [str(path) for path in sorted(Path(folder).iterdir())]
            self.inputs = [SAMPLES / f"{name}.jpg" for name in ("typical", "marked", "turned", "loose_shirt")]
            page.locator("input[type=file]").first.set_input_files(photos)
            page.wait_for_selector("text=0 of 4 looked at", timeout=60_000)
        page.get_by_label("Your initials").fill("MK")
        page.get_by_label("Your initials").press("Enter")
        page.get_by_label("Your initials").blur()
        page.wait_for_timeout(2500)  # until the page listens to keys
        page.keyboard.press("x")  # the first has no numbers, so it cannot be accepted
        page.wait_for_selector("text=Why is it not used?")
        page.keyboard.press("1")
        page.wait_for_selector("text=1 of 4 looked at")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(1500)
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(1500)
        self.keep("review", whole=False)
        page.keyboard.press("x")
        self.keep("refuse", whole=False)
        page.goto(f"{self.url}/clients")
        page.wait_for_selector("text=p001")
        self.keep("clients")
        page.get_by_role("button", name="p001").click()
        page.wait_for_selector("text=Erase this client")
        self.keep("client")
        self.context.close()


def pictures() -> None:
    """Every page on a desk in light and dark, and on a phone; the clinic's pages in light; and the sidecar."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    said: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        files = f"sqlite:///{folder}/clinic.db"
        load(Archive(files), clients=6)
        with chromium() as browser, served(POSTURE_DB=files) as url:
            wait_for(url)
            tour = Tour(browser, url, "light")
            tour.walk_the_clinic()
            said |= tour.said
    with chromium() as browser, served() as url:
        wait_for(url)
        for kind, context in (
            ("light", {}),
            ("dark", {"color_scheme": "dark"}),
            ("phone", {"viewport": PHONE, "device_scale_factor": 1.5}),
        ):
            tour = Tour(browser, url, kind, **context)
            tour.walk()
            said |= tour.said
    SIDECAR.write_text(json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    print(f"{len(said)} pictures in {PICTURES.relative_to(ROOT)}")


if __name__ == "__main__":
    {"speed": speed, "pictures": pictures}[sys.argv[1]]()
