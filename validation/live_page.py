"""The live page in Debian's chromium before a fake camera: how many pictures a second, how long each, memory, idle.

    python -m validation.live_page [--minutes 10]
    python -m validation.live_page --pictures       docs/app/live_light.jpg and coach_light.jpg (after `make people`)

A generated person who sways (and so is never measured) is looked at at 640 × 480, then at 1280 × 720 for some minutes,
then by two viewers at once. Memory is that of the server's process; the last column is its CPU after Stop.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from PIL import Image

from validation.page import DESK, PICTURES, SAMPLES, chromium, served, wait_for
from validation.tables import table

FRAMES, FPS, SWAY_PX = 60, 30, 40
PULSE = re.compile(r"(\d+) pictures a second of (\d+) × (\d+) pixels, (\d+) ms each \(95 of 100 within (\d+) ms\)")
ROUGH = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def film(file: Path, wide: int, tall: int, sway_px: float = SWAY_PX, name: str = "typical", light: float = 1.0) -> Path:
    """What the fake camera sees, as uncompressed video (Y4M) that is played again and again."""
    picture = Image.open(SAMPLES / f"{name}.jpg").convert("RGB")
    person = np.asarray(picture.resize((tall * picture.width // picture.height, tall)))
    chance = np.random.default_rng(4)
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W{wide} H{tall} F{FPS}:1 Ip A1:1 C420jpeg\n".encode())
        for k in range(FRAMES):
            frame = np.empty((tall, wide, 3))
            frame[:] = person[5, 5]
            left = (wide - person.shape[1]) // 2 + round(sway_px * np.sin(2 * np.pi * k / FRAMES))
            frame[:, left : left + person.shape[1]] = person
            frame = light * np.clip(frame + chance.normal(0, 2, frame.shape), 0, 255)
            out.write(b"FRAME\n" + cv2.cvtColor(frame.astype(np.uint8), cv2.COLOR_RGB2YUV_I420).tobytes())
    return file


def viewer(browser: Any, url: str) -> Any:
    """A page whose camera is on."""
    page = browser.new_context(viewport=DESK, locale="en-GB", permissions=["camera"]).new_page()
    page.goto(f"{url}/live")
    page.wait_for_selector("h1:has-text('Live')")
    page.frame_locator("iframe").first.get_by_text("Switch the camera on").click()
    return page


def pulse(page: Any) -> tuple[int, ...]:
    """Rate, width, height, usual and slow time of a picture, as the page says them."""
    found = PULSE.search(page.locator("[data-testid=stMainBlockContainer]").inner_text())
    return tuple(map(int, found.groups())) if found else (0, 0, 0, 0, 0)


def server_process(url: str) -> int:
    """The process that listens at the port of the address."""
    port = url.rsplit(":", 1)[1]
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and f"--server.port\0{port}" in (folder / "cmdline").read_text(errors="replace"):
            return int(folder.name)
    raise SystemExit("the server's process was not found")


def memory_mb(pid: int) -> float:
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0]) / 1024


def cpu_s(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(ticks[11]) + int(ticks[12])) / 100


def watched(size: tuple[int, int], seconds: float, viewers: int, folder: Path) -> Sequence[str]:
    """One row of the table."""
    camera = film(folder / f"{size[1]}.y4m", *size)
    with served() as url, chromium([*ROUGH, f"--use-file-for-fake-video-capture={camera}"]) as browser:
        wait_for(url)
        pid = server_process(url)
        pages = [viewer(browser, url) for _ in range(viewers)]
        memory, pulses, end = [], [], time.monotonic() + 25 + seconds
        time.sleep(25)  # models are loaded, rates are told of the last 300 pictures
        while time.monotonic() < end:
            memory.append(memory_mb(pid))
            pulses += [pulse(page) for page in pages]
            time.sleep(5)
        for page in pages:
            page.frame_locator("iframe").first.get_by_text("Stop").click()
        time.sleep(12)
        before = cpu_s(pid)
        time.sleep(10)
        idle = 100 * (cpu_s(pid) - before) / 10
    rates, slow = [one[0] for one in pulses], [one[4] for one in pulses]
    sizes = {f"{one[1]} × {one[2]}" for one in pulses}
    return (
        " ".join(sorted(sizes)),
        str(viewers), f"{seconds / 60:.0f}", f"{np.median(rates):.0f} ({min(rates)} to {max(rates)})",
        f"{np.median([one[3] for one in pulses]):.0f}", f"{np.median(slow):.0f} ({max(slow)})",
        f"{memory[0]:.0f}, {max(memory):.0f}, {memory[-1]:.0f}", f"{idle:.0f} %",
    )  # fmt: skip


def pictures(folder: Path) -> None:
    """What docs/live.md shows."""
    for step, camera, words in (
        ("live", film(folder / "live.y4m", 1280, 720, 0.8), "Good. Stay like this."),
        ("coach", _kneeling(folder / "coach.y4m"), "Tuck the pelvis"),
    ):
        with served() as url, chromium([*ROUGH, f"--use-file-for-fake-video-capture={camera}"]) as browser:
            wait_for(url)
            page = browser.new_context(viewport=DESK, locale="en-GB", permissions=["camera"]).new_page()
            page.goto(f"{url}/safety")
            page.get_by_role("button", name="Continue").click()
            page.wait_for_selector("h1:has-text('Your photo')")
            page.get_by_text("Live", exact=True).first.click()
            page.locator(f"a[href$='/{step}']").first.click()
            page.frame_locator("iframe").first.get_by_text("Switch the camera on").click()
            page.get_by_role("status").first.get_by_text(words).wait_for(timeout=60_000)
            page.mouse.move(5, 400)
            page.wait_for_timeout(300)
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            shot.save(PICTURES / f"{step}_light.jpg", "JPEG", quality=80)


def _kneeling(file: Path) -> Path:
    """A generated person who kneels and falls into an arch, as a film of 1280 × 720."""
    from validation.exercises import CLIPS, RATE_HZ, frames

    clip = next(clip for clip in CLIPS if clip.name == "arched midway")
    with file.open("wb") as out:
        out.write(f"YUV4MPEG2 W1280 H720 F{RATE_HZ}:1 Ip A1:1 C420jpeg\n".encode())
        for _, picture, _ in frames(clip):
            frame = np.empty((720, 1280, 3), np.uint8)
            frame[:] = np.median(picture[:60], axis=(0, 1))
            frame[:, 437:842] = cv2.resize(picture, (405, 720))
            out.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
    return file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--pictures", action="store_true")
    options = parser.parse_args()
    if options.pictures:
        with TemporaryDirectory() as folder:
            pictures(Path(folder))
        return 0
    header = ("size", "viewers", "minutes", "pictures a second each", "usual ms", "95 % within ms (worst)",
              "MB at first, most, last", "CPU after Stop")  # fmt: skip
    with TemporaryDirectory() as folder:
        rows = [watched((640, 480), 60, 1, Path(folder)), watched((640, 480), 60, 2, Path(folder)),
                watched((1280, 720), 60 * options.minutes, 1, Path(folder))]  # fmt: skip
    print(table(header, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
