"""Hours in minutes: does memory stay flat, and is anything left behind?

    python -m validation.soak app [MINUTES]      four browsers, two with photos and two live (20 minutes)
    python -m validation.soak batch [PHOTOS]     two workers (3,000 photos)

Both write temporary files into a folder of their own, which has to be empty at the end, and leave no process. Flat:
the last quarter's greatest memory is at most a tenth more than the second quarter's.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import TimeoutError as PageTimeout

from validation.batch import family, make_photos, resident_mb, start
from validation.live_page import ROUGH, film, pulse, server_process, viewer
from validation.page import DESK, SAMPLES, chromium, served, wait_for

MINUTES, PHOTOS, FLAT = 20, 3000, 1.1
#: A visitor with a camera stays so long, seconds.
LIVE_STAY_S = 120.0


def app(minutes: float) -> bool:
    """Visitors who come, bring a photo, forget everything and go, beside two who stand before a camera."""
    with TemporaryDirectory() as kept:
        camera = film(Path(kept) / "camera.y4m", 640, 480)
        temporary = Path(kept) / "tmp"
        temporary.mkdir()
        with served(TMPDIR=str(temporary)) as url, chromium() as first:
            wait_for(url)
            pid = server_process(url)
            path, plain = first.browser_type, ["--no-sandbox", "--disable-gpu"]
            flags = [*plain, *ROUGH, f"--use-file-for-fake-video-capture={camera}"]
            launch = {"executable_path": "/usr/bin/chromium"}
            second = path.launch(args=plain, **launch)
            eyes = [path.launch(args=flags, **launch) for _ in range(2)]
            watching = [viewer(eye, url) for eye in eyes]
            since = time.monotonic()
            memory, photos, rates, end = list[float](), 0, list[int](), time.monotonic() + 60 * minutes
            while time.monotonic() < end:
                for browser in (first, second):
                    visit(browser, url, SAMPLES / ("sway_back.jpg" if photos % 2 else "typical.jpg"))
                    photos += 1
                    memory.append(resident_mb(pid))
                rates += [pulse(page)[0] for page in watching]
                if time.monotonic() - since > LIVE_STAY_S:
                    for page in watching:
                        page.context.close()
                    watching, since = [viewer(eye, url) for eye in eyes], time.monotonic()
            for browser in (second, *eyes):
                browser.close()
        # while the browsers run, the server is under this process; afterwards neither may be
        left = [str(file.relative_to(temporary)) for file in temporary.rglob("*")]
        slowest = sorted(rate for rate in rates if rate)[: max(1, len(rates) // 20)]
        print(f"{photos} visitors with photos, two cameras at {min(slowest, default=0)} pictures a second or more")
        return told("server", memory, left, [pid] if alive(pid) else [])


def visit(browser: Any, url: str, photo: Path) -> None:
    context = browser.new_context(viewport=DESK, locale="en-GB")
    page = context.new_page()
    page.goto(f"{url}/photo")
    page.locator("input[type=file]").first.set_input_files(str(photo))
    page.wait_for_selector("[data-testid=stMetric], h1:has-text('signs'), h1:has-text('curve')", timeout=120_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    for _ in range(3):  # a click on a page that is just being exchanged for the next can be lost; a person sees it
        page.get_by_role("button", name="Forget everything", exact=True).click()
        page.get_by_role("button", name="Yes, forget everything").click()
        try:
            page.wait_for_selector("h1:has-text('Does my pelvis tip forward')", timeout=20_000)
            break
        except PageTimeout:
            print(f"clicked once more: {page.url}, {page.locator('h1').all_inner_texts()}", flush=True)
    else:
        raise SystemExit("the page does not forget")
    context.close()


def batch(count: int) -> bool:
    """A batch of so many photos, one in twenty faulty."""
    with TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("photos", "tmp"):
            (root / folder).mkdir()
        make_photos(root / "photos", count)
        os.environ["TMPDIR"] = str(root / "tmp")
        tempfile.tempdir = None
        begin, memory, members = time.monotonic(), list[float](), set[int]()
        running = start(root / "photos", root / "out", "--workers", "2")
        while running.poll() is None:
            members |= set(family(running.pid))
            memory.append(max(resident_mb(pid) for pid in family(running.pid)))
            time.sleep(1)
        seconds = time.monotonic() - begin
        rows = (root / "out" / "results.csv").read_bytes().count(b"\n") - 1
        print(f"{count} photos in {seconds:.0f} s, {rows} rows")
        left = [str(file.relative_to(root)) for file in (root / "tmp").rglob("*")]
        left += [str(file.relative_to(root)) for file in (root / "out").rglob(".*.part")]
        return told("greatest process", memory, left, [pid for pid in members if alive(pid)]) and rows >= count


def told(whose: str, memory: Sequence[float], left: Sequence[str], processes: Sequence[int]) -> bool:
    """Say how it went; whether it went well."""
    quarter = max(1, len(memory) // 4)
    early, late = max(memory[quarter : 2 * quarter]), max(memory[-quarter:])
    flat = late <= FLAT * early
    print(
        f"memory of the {whose}: {early:.0f} MB in the second quarter, {late:.0f} MB in the last: "
        f"{'flat' if flat else 'NOT FLAT'}"
    )
    print(f"temporary files left: {len(left)} {left[:5]}; processes left: {len(processes)}")
    return flat and not left and not processes


def alive(pid: int) -> bool:
    """Whether a process still runs: not gone, and not waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main(what: str, size: float | None) -> int:
    kept = batch(int(size or PHOTOS)) if what == "batch" else app(size or MINUTES)
    return 0 if kept else 1


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in ("app", "batch"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else None))
