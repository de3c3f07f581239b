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
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from math import atan2, degrees
from multiprocessing import get_context
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import cv2
import numpy as np
from PIL import Image

from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.live.session import FrameAnalyzer
from posture.vision.mediapipe_models import mediapipe, pose_model
from posture.vision.mediapipe_pose import FULL_PASSES
from posture.vision.model_pool import closing
from validation.batch import make_photos, peak_memory_mb, start
from validation.page import served, wait_for
from validation.record import SAMPLES
from validation.tables import put, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
#: Width and height of the photos: the samples', and a phone's 12 megapixels.
PHOTOS = ((720, 1280), (3000, 4000))
ROUNDS, STARTS, BATCH, FRAMES = 15, 7, 160, 150
#: The bars, at most: the whole with six looks over decode and six looks; the whole as it ships over decode and one
#: look, by size; processor seconds over those of 1.0.0; MB of a batch's process; share of a core that live frames take.
OWN, ONE, WORK, MEMORY_MB, LIVE_CORE = 1.35, (4.0, 3.5), 0.60, 350.0, 0.60
#: At least: two workers over one.
SCALING = 1.85
FPS = 25
Row = tuple[str, ...]
Task = Callable[[], object]


@dataclass(frozen=True)
class Ratio:
    """One figure and its bar; most bars are upper ones."""

    what: str
    reached: float
    bar: float
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the bar is kept."""
        return self.reached >= self.bar if self.at_least else self.reached <= self.bar

    @property
    def row(self) -> Row:
        """Its line in the table."""
        sign, digits = "≥" if self.at_least else "≤", 0 if self.bar > 20 else 2
        return self.what, f"{sign} {self.bar:g}", f"{self.reached:.{digits}f}", "kept" if self.kept else "**missed**"


class Version:
    """A version of posture in a process of its own, which takes one photo from file to report whenever it is called.

    worked : processor seconds of every call
    """

    def __init__(self, python: Path, photo: Path, picture: Path, *more: str) -> None:
        command = [str(python), "-P", str(Path(__file__).with_name("timed.py")), str(photo), str(picture), *more]
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self._process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, bufsize=1, env=clean)
        self.worked: list[float] = []

    def __call__(self) -> None:
        ask, answer = self._process.stdin, self._process.stdout
        if ask is None or answer is None:
            raise ValueError("a process without pipes")
        ask.write("once\n")
        self.worked.append(float(answer.readline().split()[1]))

    def close(self) -> None:
        self._process.communicate()


def first_release() -> Path | None:
    """The Python of 1.0.0 in an environment of its own, set up where it is missing; None where it cannot be."""
    script = Path(__file__).parent.parent / "tools" / "first_release.sh"
    said = subprocess.run(["sh", str(script)], stdout=PIPE, text=True, cwd=script.parent.parent, check=True).stdout
    return script.parent.parent / said.strip() if said.strip() else None


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


def spread(seconds: Iterable[float], unit: str = "ms") -> str:
    """Median and the middle half: 41 (40 to 44) ms."""
    low, middle, high = np.percentile(list(seconds), (25, 50, 75)) * (1000 if unit == "ms" else 1)
    places = 0 if unit == "ms" else 2
    return f"{middle:.{places}f} ({low:.{places}f} to {high:.{places}f}) {unit}"


def one_photo(folder: Path) -> tuple[list[Row], list[Ratio]]:
    """Our whole analysis of a photo beside decoding it, one look of the pose model at it, 1.0.0, and a script."""
    bare, image_of = bare_landmarker()
    before = first_release()
    rows, ratios = list[Row](), list[Ratio]()
    for size, most in zip(PHOTOS, ONE, strict=True):
        name = f"{size[0]}×{size[1]}"
        photo, picture = folder / f"{name}.jpg", folder / "overlay.jpg"
        Image.open(SAMPLES / "typical.jpg").resize(size, Image.Resampling.LANCZOS).save(photo, "JPEG", quality=92)
        image = image_of(read_photo(photo).pixels_hwc)
        versions = {
            "posture": Version(Path(sys.executable), photo, picture),
            "six": Version(Path(sys.executable), photo, picture, str(FULL_PASSES)),
        }
        if before is not None:
            versions["1.0.0"] = Version(before, photo, picture)
        try:
            taken = in_turns(
                {
                    **versions,
                    "decode": lambda photo=photo: read_photo(photo),  # type: ignore[misc]
                    "look": lambda image=image: bare(image),  # type: ignore[misc]
                    "script": lambda photo=photo: usual_script(bare, image_of, photo),  # type: ignore[misc]
                }
            )
        finally:
            for version_ in versions.values():
                version_.close()
        middle = {key: float(np.median(seconds)) for key, seconds in taken.items()}
        work = {key: float(np.median(one.worked[1:])) for key, one in versions.items()}
        decode, look = middle["decode"], middle["look"]
        ratios += [
            Ratio(f"{name}: whole / (decode + 1 look)", middle["posture"] / (decode + look), most),
            Ratio(
                f"{name}: whole with {FULL_PASSES} looks / (decode + {FULL_PASSES} looks)",
                middle["six"] / (decode + FULL_PASSES * look),
                OWN,
            ),
        ]
        rows += [
            (f"{name}: posture, from file to JSON and annotated picture", spread(taken["posture"])),
            (f"{name}: the same with `--passes {FULL_PASSES}`", spread(taken["six"])),
            (f"{name}: decode", spread(taken["decode"])),
            (f"{name}: one bare look of the same model with its mask", spread(taken["look"])),
            (f"{name}: a script of ten lines, one bare look, one angle", spread(taken["script"])),
            (f"{name}: posture over that script", f"{middle['posture'] / middle['script']:.1f}"),
            (f"{name}: processor time of posture", spread(versions["posture"].worked[1:])),
        ]
        if before is not None:
            ratios.append(Ratio(f"{name}: processor time over that of 1.0.0", work["posture"] / work["1.0.0"], WORK))
            rows += [
                (f"{name}: 1.0.0, from file to JSON and annotated picture", spread(taken["1.0.0"])),
                (f"{name}: processor time of 1.0.0", spread(versions["1.0.0"].worked[1:])),
                (f"{name}: 1.0.0 / (decode + 1 look)", f"{middle['1.0.0'] / (decode + look):.2f}"),
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


def batch(folder: Path) -> tuple[list[Row], list[Ratio]]:
    """Photos a second with one, two and four workers, from the fifth photo's line to the last, and greatest memory.

    One and two take turns.
    """
    photos = folder / "photos"
    photos.mkdir()
    make_photos(photos, BATCH)
    seconds, rates, most = defaultdict[int, list[float]](list), defaultdict[int, list[float]](list), dict[int, float]()
    for number, workers in enumerate((1, 2, 1, 2, 1, 2, 4)):
        out, begin = folder / f"out{number}", time.perf_counter()
        running = start(photos, out, "--workers", str(workers))
        seen = list[float]()
        memory = Thread(target=lambda r=running, s=seen: s.append(peak_memory_mb(r)[0]))  # type: ignore[misc]
        memory.start()
        done = list(lines_as_written(out / "journal.jsonl", running))
        memory.join()
        seconds[workers].append(time.perf_counter() - begin)
        rates[workers].append((done[-1][1] - done[0][1]) / (done[-1][0] - done[0][0]))
        most[workers] = max(most.get(workers, 0.0), *seen)
    rows = [
        (
            f"batch of {BATCH} photos, workers: {workers}",
            f"{np.median(rates[workers]):.2f} photos a second, whole command {np.median(seconds[workers]):.0f} s, "
            f"greatest process {most[workers]:.0f} MB",
        )
        for workers in seconds
    ]
    return rows, [
        Ratio(
            "batch: photos a second of two workers over one",
            float(np.median(rates[2]) / np.median(rates[1])),
            SCALING,
            at_least=True,
        ),
        Ratio("batch: greatest process of two workers, MB", most[2], MEMORY_MB),
    ]


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
    rows: list[Row] = [(name, spread(seconds, "s")) for name, seconds in taken.items()]
    rows.append(("the app: page served from process start", spread((app_start() for _ in range(3)), "s")))
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


def live() -> tuple[list[Row], list[Ratio]]:
    """What a live frame takes from the camera's pixels to the numbers shown, the person swaying."""
    rows, ratios = list[Row](), list[Ratio]()
    for tall, wide in ((480, 640), (720, 1280)):
        person = Image.open(SAMPLES / "typical.jpg").resize((tall * 720 // 1280, tall))
        frame = np.full((tall, wide, 3), 200, np.uint8)
        taken, worked, eye = list[float](), list[float](), FrameAnalyzer(Knowledge.load())
        for k in range(FRAMES):
            shown = frame.copy()
            left = (wide - person.width) // 2 + round(1.4 * np.sin(k / 7))
            shown[:, left : left + person.width] = person
            begin, busy = time.perf_counter(), time.process_time()
            eye.analyze(shown, k / FPS)
            taken.append(time.perf_counter() - begin)
            worked.append(time.process_time() - busy)
        eye.close()
        p95, rate = 1000 * float(np.percentile(taken[10:], 95)), 1 / float(np.median(taken[10:]))
        rows.append(
            (f"live {wide}×{tall}: one frame", f"{spread(taken[10:])}, p95 {p95:.0f} ms, {rate:.0f} frames a second")
        )
        core = FPS * float(np.mean(worked[10:]))
        rows.append((f"live {wide}×{tall}: share of a core at {FPS} frames a second", f"{core:.0%}"))
        if tall == 480:
            ratios.append(Ratio(f"live {wide}×{tall}: share of a core at {FPS} frames a second", core, LIVE_CORE))
    return rows, ratios


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
        batch_rows, batch_ratios = batch(Path(name))
        live_rows, live_ratios = live()
        other = starts(Path(name)) + live_rows
    ratios += batch_ratios + live_ratios
    text = table(("figure", "bar", "reached", ""), [ratio.row for ratio in ratios])
    text += "\n\n" + table(("what", "median (middle half)"), [*photo_rows, *batch_rows, *other])
    if find_spec("Sports2D") is None:
        text += "\n\nSports2D was not installed beside it: its angle stage was not timed."
    put(DOCUMENT, "speed", f"{machine()}\n\n{text}")
    print(text)
    print("figures: " + "; ".join(" ".join(ratio.row) for ratio in ratios))
    return 0 if all(ratio.kept for ratio in ratios) else 1


if __name__ == "__main__":
    sys.exit(main())
