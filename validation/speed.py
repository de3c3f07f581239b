"""How fast, beside what cannot be made faster: ``python -m validation.speed`` writes docs/performance.md.

What is compared is timed in turns in one run, so that a busy machine slows both. The last line sums up the ratios, and
the exit code is 1 where one misses its bar.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from importlib.util import find_spec
from math import atan2, degrees
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import cv2
import numpy as np
from PIL import Image

from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.live.session import Eye
from posture.pipeline import examine
from posture.render.overlay import draw, jpeg
from posture.vision.mediapipe_models import mediapipe, pose_model
from posture.vision.mediapipe_pose import DEFAULT_PASSES, MediaPipeObserver
from posture.vision.model_pool import closing
from validation.batch import make_photos, peak_memory_mb, start
from validation.page import served, wait_for
from validation.record import SAMPLES
from validation.tables import put, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
#: Width and height of the photos: the samples', and a phone's 12 megapixels.
PHOTOS = ((720, 1280), (3000, 4000))
ROUNDS, STARTS, BATCH, FRAMES = 15, 7, 160, 150
#: The bars: whole over decode and all looks, over decode and one look (at most), two workers over one (at least).
OWN, ONE, SCALING = 1.35, 12.0, 1.8
Row = tuple[str, ...]
Task = Callable[[], object]


def in_turns(tasks: dict[str, Task], rounds: int = ROUNDS) -> dict[str, np.ndarray]:
    """Seconds that each task took in each round, all of them in turn, after one round that is not counted."""
    taken = {name: np.zeros(rounds) for name in tasks}
    for number in range(-1, rounds):
        for name, task in tasks.items():
            begin = time.perf_counter()
            task()
            if number >= 0:
                taken[name][number] = time.perf_counter() - begin
    return taken


def told(seconds: Iterable[float], unit: str = "ms") -> str:
    """Median and the middle half: 41 (40 to 44) ms."""
    low, middle, high = np.percentile(list(seconds), (25, 50, 75)) * (1000 if unit == "ms" else 1)
    places = 0 if unit == "ms" else 2
    return f"{middle:.{places}f} ({low:.{places}f} to {high:.{places}f}) {unit}"


def one_photo(folder: Path) -> tuple[list[Row], dict[str, float]]:
    """Our whole analysis of a photo beside decoding it and one look of the pose model at it, and beside a script."""
    knowledge, observer = Knowledge.load(), MediaPipeObserver()
    bare, image_of = bare_landmarker()
    rows, ratios = list[Row](), dict[str, float]()
    for size in PHOTOS:
        name = f"{size[0]}×{size[1]}"
        photo = folder / f"{name}.jpg"
        Image.open(SAMPLES / "typical.jpg").resize(size, Image.Resampling.LANCZOS).save(photo, "JPEG", quality=92)
        frame, picture = read_photo(photo), folder / "overlay.jpg"
        image = image_of(frame.pixels_hwc)

        def whole(photo: Path = photo, picture: Path = picture) -> None:
            frame = read_photo(photo)
            examination = examine(frame, observer, knowledge)
            picture.write_bytes(jpeg(draw(frame, examination)))
            picture.with_suffix(".json").write_text(examination.report.to_json(), "utf-8")

        def script(photo: Path = photo) -> float:
            return usual_script(bare, image_of, photo)

        taken = in_turns(
            {
                "posture": whole,
                "decode": lambda photo=photo: read_photo(photo),  # type: ignore[misc]
                "look": lambda image=image: bare(image),  # type: ignore[misc]
                "script": script,
            }
        )
        ours, decode, look, usual = (float(np.median(taken[key])) for key in ("posture", "decode", "look", "script"))
        ratios[f"{name}: whole / (decode + {DEFAULT_PASSES} looks)"] = ours / (decode + DEFAULT_PASSES * look)
        ratios[f"{name}: whole / (decode + 1 look)"] = ours / (decode + look)
        rows += [
            (f"{name}: posture, from file to JSON and annotated picture", told(taken["posture"])),
            (f"{name}: decode", told(taken["decode"])),
            (f"{name}: one bare look of the same model with its mask", told(taken["look"])),
            (f"{name}: a script of ten lines, one bare look, one angle", told(taken["script"])),
            (f"{name}: posture over that script", f"{ours / usual:.1f}"),
        ]
    return rows, ratios


def bare_landmarker() -> tuple[Callable[[Any], Any], Callable[[np.ndarray], Any]]:
    """One look of the pose model with its mask, nothing around it, and what makes pixels a picture for it."""
    module: Any = mediapipe()
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=pose_model(None, False)[0]), output_segmentation_masks=True
    )
    landmarker = vision.PoseLandmarker.create_from_options(options)
    closing().with_owner(module, landmarker)  # with the process
    return landmarker.detect, lambda pixels: module.Image(image_format=module.ImageFormat.SRGB, data=pixels)


def usual_script(look: Callable[[Any], Any], image_of: Callable[[np.ndarray], Any], photo: Path) -> float:
    """What somebody writes who has no posture: read, look once, one hip angle with no doubt about it."""
    picture = cv2.cvtColor(cv2.imread(str(photo)), cv2.COLOR_BGR2RGB)
    points = look(image_of(picture)).pose_landmarks[0]
    shoulder, hip, knee = (np.array([points[k].x, points[k].y]) * picture.shape[1::-1] for k in (11, 23, 25))
    trunk, thigh = shoulder - hip, knee - hip
    return degrees(atan2(trunk[0] * thigh[1] - trunk[1] * thigh[0], trunk @ thigh))


def batch(folder: Path) -> tuple[list[Row], dict[str, float]]:
    """Photos a second with one, two and four workers, from the fifth photo's line to the last, and greatest memory."""
    photos = folder / "photos"
    photos.mkdir()
    make_photos(photos, BATCH)
    seconds, rates, most = {}, {}, {}
    for workers in (1, 2, 4):
        out, begin = folder / f"out{workers}", time.perf_counter()
        running = start(photos, out, "--workers", str(workers))
        memory = Thread(target=lambda w=workers, r=running: most.update({w: peak_memory_mb(r)[0]}))  # type: ignore[misc]
        memory.start()
        done = list(lines_as_written(out / "journal.jsonl", running))
        memory.join()
        seconds[workers] = time.perf_counter() - begin
        rates[workers] = (done[-1][1] - done[0][1]) / (done[-1][0] - done[0][0])
    rows = [
        (
            f"batch of {BATCH} photos, workers: {workers}",
            f"{rates[workers]:.2f} photos a second, whole command {seconds[workers]:.0f} s, "
            f"greatest process {most[workers]:.0f} MB",
        )
        for workers in seconds
    ]
    return rows, {"batch: photos a second of two workers over one": rates[2] / rates[1]}


def lines_as_written(journal: Path, running: subprocess.Popen[bytes]) -> Iterator[tuple[float, int]]:
    """When how many photos were in a journal, from the fifth on, while a batch runs.

    Looked at five times a second and never twice at the same bytes: what watches must not take a core away.
    """
    while running.poll() is None and not journal.exists():
        time.sleep(0.2)
    lines = -1  # the first holds the settings
    with journal.open("rb") as file:
        while running.poll() is None:
            new = file.read().count(b"\n")
            lines += new
            if new and lines >= 5:
                yield time.perf_counter(), lines
            time.sleep(0.2)


def starts(folder: Path) -> list[Row]:
    """From process start: help, one photo, the app's first answer; and the memory one photo takes."""
    posture = [str(Path(sys.executable).parent / "posture")]
    photo = SAMPLES / "typical.jpg"
    commands = {
        "`posture --help` (bar 0.30 s)": [*posture, "--help"],
        "`posture analyze` of one photo (bar 2.50 s)": [*posture, "analyze", str(photo)],
        "the same with `--out`": [*posture, "analyze", str(photo), "--out", str(folder)],
    }
    taken = in_turns({name: lambda c=command: run(c) for name, command in commands.items()}, STARTS)  # type: ignore[misc]
    rows: list[Row] = [(name, told(seconds, "s")) for name, seconds in taken.items()]
    rows.append(("the app: page served from process start", told((app_start() for _ in range(3)), "s")))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        peak = pool.submit(peak_of, commands["the same with `--out`"]).result()
    rows.append(("memory of `posture analyze --out` of one photo (bar 600 MB)", f"{peak:.0f} MB"))
    return rows


def run(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def peak_of(command: list[str]) -> float:
    """Greatest memory, MB, of a command: run it in a process that has no other children."""
    run(command)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def app_start() -> float:
    begin = time.perf_counter()
    with served() as url:
        wait_for(url)
        urllib.request.urlopen(url, timeout=10).read()
        return time.perf_counter() - begin


def live() -> list[Row]:
    """What a live frame takes from the camera's pixels to the numbers shown, the person swaying."""
    rows = list[Row]()
    for tall, wide in ((480, 640), (720, 1280)):
        person = Image.open(SAMPLES / "typical.jpg").resize((tall * 720 // 1280, tall))
        frame = np.full((tall, wide, 3), 200, np.uint8)
        taken, eye = [], Eye()
        for k in range(FRAMES):
            shown = frame.copy()
            left = (wide - person.width) // 2 + round(1.4 * np.sin(k / 7))
            shown[:, left : left + person.width] = person
            begin = time.perf_counter()
            eye.look(shown, k / 25)
            taken.append(time.perf_counter() - begin)
        eye.close()
        p95, rate = 1000 * float(np.percentile(taken[10:], 95)), 1 / float(np.median(taken[10:]))
        rows.append(
            (f"live {wide}×{tall}: one frame", f"{told(taken[10:])}, p95 {p95:.0f} ms, {rate:.0f} frames a second")
        )
    return rows


def machine() -> str:
    """What it was measured on, in one line."""
    info = Path("/proc/cpuinfo")
    models = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")] \
        if info.exists() else [platform.processor()]  # fmt: skip
    packages = ", ".join(f"{name} {version(name)}" for name in ("mediapipe", "opencv-python", "numpy"))
    return f"{os.cpu_count()} cores of {models[0]}, Python {platform.python_version()}, {packages}."


def main() -> int:
    with TemporaryDirectory() as name:
        photo_rows, ratios = one_photo(Path(name))
        batch_rows, scaling = batch(Path(name))
        other = starts(Path(name)) + live()
    ratios |= scaling
    kept = {
        what: ratio >= SCALING if what in scaling else ratio <= (ONE if "1 look" in what else OWN)
        for what, ratio in ratios.items()
    }
    bars = {what: f"≥ {SCALING}" if what in scaling else f"≤ {ONE if '1 look' in what else OWN}" for what in ratios}
    rows = [
        (what, bars[what], f"{ratio:.2f}", "kept" if kept[what] else "**missed**") for what, ratio in ratios.items()
    ]
    text = table(("ratio", "bar", "reached", ""), rows)
    text += "\n\n" + table(("what", "median (middle half)"), [*photo_rows, *batch_rows, *other])
    if find_spec("Sports2D") is None:
        text += "\n\nSports2D was not installed beside it: its angle stage was not timed."
    put(DOCUMENT, "speed", f"{machine()}\n\n{text}")
    print(text)
    print("ratios: " + "; ".join(f"{what} {ratio:.2f} ({bars[what]})" for what, ratio in ratios.items()))
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
