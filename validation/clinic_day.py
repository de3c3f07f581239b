"""A clinic from its first photo to the last word of a client's file, by the commands alone, and what became of it.

    python -m validation.clinic_day [CLIENTS]      some quarter of an hour for 30; prints, writes nothing

Every client has six visits and two more poses on the first and the last. One photo in fifteen is spoiled, of ten kinds.
A batch of most photos is killed ten times; the folder grows, two spoiled photos are replaced and retried. Then come
the files: changes beside the truth, two ids of one person merged, a visit moved, reports written, a client erased. The
review by keys is driven in tests/e2e/test_clinic.py.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.pipeline import examine
from posture.vision.mediapipe_pose import MediaPipeObserver
from validation.record import SAMPLES

DAYS = tuple(f"2026-{month:02d}-10" for month in (1, 3, 5, 7, 9, 11))
#: People whose photos are good: of the samples, and of the renders beside the project where they are.
GOOD = ("typical", "mild", "sway_back", "loose_shirt")
RENDERS = Path(__file__).parent.parent.parent / "shared" / "renders"
GOOD_RENDERS = ("s301_003", "s301_005", "s301_006", "s301_007", "s301_010", "s301_013", "s301_015")
#: Of one client in five the hip bones are marked, and tilt forward by so much more from the fourth visit on, degrees.
CHANGE_DEG, MARKED_EVERY = 16.0, 5
KILLS = 10
#: One photo in so many is spoiled.
EVERY = 15
FAULTS = ("empty", "text", "cut", "nobody", "turned", "small", "copied", "other_name", "two_people", "arm")


@dataclass
class Folder:
    """Photos, the list that names them, and which were spoiled and how, by path."""

    root: Path
    rows: list[dict[str, str]] = field(default_factory=list)
    spoiled: dict[str, str] = field(default_factory=dict)

    def write_list(self, rows: list[dict[str, str]]) -> Path:
        """The manifest, as a spreadsheet of many countries writes it."""
        path = self.root / "list.csv"
        columns = ("file", "client_id", "visit_date", "pose", "clothing", "asis_x", "asis_y", "psis_x", "psis_y")
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, delimiter=";", restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path


def people() -> dict[str, Path]:
    """Pictures of people whose photos are good, by name."""
    renders = {name: RENDERS / f"{name}.jpg" for name in GOOD_RENDERS if RENDERS.is_dir()}
    return {name: SAMPLES / f"{name}.jpg" for name in GOOD} | renders


def marks_of() -> dict[str, tuple[float, float, float]]:
    """Near hip joint of each good sample and the body's height, + faces right, in widths of the picture."""
    observe, knowledge, found = MediaPipeObserver(), Knowledge.load(), {}
    for name, path in people().items():
        frame = read_photo(path)
        seen = examine(frame, observe, knowledge)
        assert seen.view is not None
        assert seen.observation is not None
        x, y = seen.view.pose.point("hip", seen.view.orientation.near)
        forward = seen.view.orientation.forward
        found[name] = (x / frame.width, y / frame.width, forward * seen.observation.stature_px / frame.width)
    return found


def make(folder: Path, clients: int) -> Folder:
    """All photos, each distinct by size, light and quality."""
    chance, made, hips = np.random.default_rng(5), Folder(folder), marks_of()
    files = {path.stem: path for path in sorted(SAMPLES.glob("*.jpg"))} | people()
    pictures = {name: Image.open(path).convert("RGB") for name, path in files.items()}
    good = list(people())
    for client in range(clients):
        person = good[client % len(good)]
        for visit, day in enumerate(DAYS):
            for pose in ("relaxed", "arched", "tucked") if visit in (0, len(DAYS) - 1) else ("relaxed",):
                name = f"zq{client:02d}/{day}_{pose}.jpg"
                path = folder / name
                path.parent.mkdir(exist_ok=True)
                wide = round(pictures[person].width * (0.9 + 0.2 * chance.random()))
                image = pictures[person].resize((wide, round(pictures[person].height * wide / pictures[person].width)))
                image = ImageEnhance.Brightness(image).enhance(0.9 + 0.2 * chance.random())
                image.save(path, "JPEG", quality=int(chance.integers(80, 96)))
                row = {
                    "file": name,
                    "client_id": f"zq{client:02d}",
                    "visit_date": day,
                    "pose": pose,
                    "clothing": "tight",
                }
                if client % MARKED_EVERY == 0 and pose == "relaxed":
                    row |= marks(hips[person], wide, 8.0 + (CHANGE_DEG if visit >= 3 else 0.0))
                made.rows.append(row)
    spoil(made, pictures)
    return made


def marks(hip: tuple[float, float, float], wide: int, tilt_deg: float) -> dict[str, str]:
    """ASIS and PSIS about the middle of the pelvis, the front lower by ``tilt_deg``."""
    x, y, stature = (share * wide for share in hip)
    half, up = 0.05 * stature, 0.045 * abs(stature)
    fall = np.tan(np.radians(tilt_deg)) * abs(half)
    points = {"asis_x": x + half, "asis_y": y - up + fall, "psis_x": x - half, "psis_y": y - up - fall}
    return {name: f"{value:.1f}".replace(".", ",") for name, value in points.items()}


def spoil(made: Folder, pictures: dict[str, Image.Image]) -> None:
    """One photo in fifteen, never of a client with marks; the kinds in turn."""
    free = [row for row in made.rows if int(row["client_id"][2:]) % MARKED_EVERY and row["pose"] == "relaxed"]
    step = len(free) / (len(made.rows) / EVERY)
    for k in range(len(made.rows) // EVERY):
        row, kind = free[int(k * step)], FAULTS[k % len(FAULTS)]
        path = made.root / row["file"]
        good = path.read_bytes()
        typical = pictures["typical"]
        if kind == "empty":
            path.write_bytes(b"")
        elif kind == "text":
            path.write_text("Dear diary")
        elif kind == "cut":
            path.write_bytes(good[: len(good) // 3])
        elif kind == "nobody":
            Image.new("RGB", (700, 1200), (120, 130, 140)).save(path, "JPEG")
        elif kind in ("turned", "arm"):
            pictures["turned" if kind == "turned" else "arm_over_back"].save(path, "JPEG", quality=90 + k % 5)
        elif kind == "small":
            Image.open(path).resize((170, 300)).save(path, "JPEG")
        elif kind == "copied":
            path.write_bytes((made.root / "zq01" / f"{DAYS[1]}_relaxed.jpg").read_bytes())
        elif kind == "other_name":
            row["client_id"] = row["client_id"].upper()
        else:
            both = Image.new("RGB", (2 * typical.width, typical.height))
            both.paste(typical, (0, 0))
            both.paste(pictures["mild"].resize(typical.size), (typical.width, 0))
            both.save(path, "JPEG")
        made.spoiled[row["file"]] = kind


def posture(*words: str, ends: tuple[int, ...] = (0,)) -> str:
    """What a command printed; it must end with one of ``ends``."""
    ran = subprocess.run([sys.executable, "-m", "posture", *words], capture_output=True, text=True, check=False)
    if ran.returncode not in ends:
        raise SystemExit(f"posture {' '.join(words)} ended with {ran.returncode}: {ran.stderr[-600:]}")
    return ran.stdout


def batch(made: Folder, out: Path, *more: str) -> list[str]:
    return [
        "batch",
        str(made.root),
        "--out",
        str(out),
        "--manifest",
        str(made.root / "list.csv"),
        "--workers",
        "2",
        *more,
    ]


def table(out: Path) -> dict[str, dict[str, str]]:
    """Rows of the results by file."""
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["file"] for row in rows}) == len(rows), "a photo stands twice"
    return {row["file"]: row for row in rows}


def killed(made: Folder, out: Path, a_photo_s: float, photos: int) -> None:
    """The batch, ended ten times by SIGKILL at a random moment."""
    chance = random.Random(3)
    for _ in range(KILLS):
        more = ["--resume"] if (out / "journal.jsonl").exists() else []
        command = [sys.executable, "-m", "posture", *batch(made, out, *more)]
        running = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(2 + 2 * a_photo_s * photos / KILLS * chance.random())
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def measured(made: Folder, out: Path) -> dict[str, dict[str, str]]:
    """The whole table after kills, growth and retry."""
    first = made.rows[: round(len(made.rows) * 0.87)]
    made.write_list(first)
    killed(made, out, 0.6, len(first))
    posture(*batch(made, out, "--resume"), ends=(0, 1))
    held = table(out)
    print(f"after {KILLS} kills and a resume: {len(held)} rows of {len(first)}", flush=True)
    made.write_list(made.rows)
    better = [file for file, kind in made.spoiled.items() if kind in ("empty", "nobody") and file in held][:2]
    for k, file in enumerate(better):
        Image.open(SAMPLES / "typical.jpg").save(made.root / file, "JPEG", quality=93 - k)
        del made.spoiled[file]
    posture(*batch(made, out, "--retry"), ends=(0, 1))
    grown = table(out)
    same = sum(_own(held[file]) == _own(grown[file]) for file in held if file not in better)
    print(
        f"grown: {len(grown)} rows of {len(made.rows)}; "
        f"rows that stayed as they were: {same} of {len(held) - len(better)}"
    )
    print(f"retried: {[(file, grown[file]['status']) for file in better]}", flush=True)
    return grown


def _own(row: dict[str, str]) -> dict[str, str]:
    """A row without its place in the queue of those to look at, which every new photo moves."""
    return {name: cell for name, cell in row.items() if name not in ("needs_review", "review_place", "review_why")}


def reviewed(made: Folder, rows: dict[str, dict[str, str]]) -> None:
    """How many need a person's eyes, and whether every spoiled photo is among them."""
    asked = {file for file, row in rows.items() if row["needs_review"] == "true"}
    missed = {file: kind for file, kind in made.spoiled.items() if file not in asked}
    good = [file for file in rows if file not in made.spoiled]
    print(
        f"needs review: {len(asked)} of {len(rows)} ({100 * len(asked) / len(rows):.0f} %, bar 25); of the good ones "
        f"{sum(file in asked for file in good)} of {len(good)}"
    )
    why = Counter(rows[file]["review_why"] for file in good if file in asked)
    print(f"why the good ones: {dict(why.most_common(6))}")
    print(f"spoiled and not named: {missed or 'none'} of {len(made.spoiled)}", flush=True)


def followed(db: str, clients: list[str]) -> None:
    """Every change that is told, beside the truth."""
    true, called, false = 0, 0, 0
    pairs = 0
    for client in clients:
        shown = json.loads(posture("clients", "show", client, "--db", db, "--json"))
        changed = {(one["from"], one["to"]) for one in shown["changed"] if one["measure"] in ("tilt", "asis_psis_tilt")}
        moved = int(client[2:]) % MARKED_EVERY == 0
        pairs += len(DAYS) - 1
        for before, after in itertools.pairwise(DAYS):
            is_true = moved and (before, after) == (DAYS[2], DAYS[3])
            true += is_true
            called += is_true and (before, after) in changed
            false += not is_true and (before, after) in changed
    print(f"true changes told: {called} of {true}; told of {false} of {pairs - true} unchanged pairs", flush=True)


def counted(db: str) -> dict[str, int]:
    """How many photos each client has."""
    return {
        one["client"]: one["reports"] for one in json.loads(posture("clients", "list", "--db", db, "--json"))["clients"]
    }


def filed(root: Path, out: Path, file: Path) -> None:
    """Two ids merged, a visit moved, reports, an erasure; nothing lost or doubled."""
    db = f"sqlite:///{file}"
    posture("clients", "add", str(out), "--db", db, "--by", "MK", ends=(0, 1))
    before = counted(db)
    capital = next(name for name in sorted(before) if name.isascii() and name[0] == "Z")
    whole = sum(before.values())
    print(f"in the files: {len(before)} ids, {whole} photos")
    followed(db, [name for name in sorted(before) if name[0] == "z"])
    posture("clients", "merge", capital, "--into", capital.lower(), "--db", db, "--by", "MK")
    posture("clients", "move", "zq03", DAYS[5], "--to", "zq04", "--join", "--db", db, "--by", "AS")
    posture("clients", "move", "zq04", DAYS[5], "--to", "zq03", "--join", "--db", db, "--by", "AS", ends=(0, 2))
    after = counted(db)
    print(f"after merging and moving: {len(after)} ids, {sum(after.values())} photos (before {whole})")
    began = time.monotonic()
    posture("clients", "report", "zq00", "--db", db, "--out", str(root / "charts"), "--by", "MK")
    charts = sorted((root / "charts").glob("*.pdf"))
    print(f"reports of one client: {len(charts)} in {time.monotonic() - began:.0f} s")
    rows = len(table(out))
    posture("clients", "erase", "zq06", "--yes", "--results", str(out), "--db", db, "--by", "MK")
    left = b"zq06" in file.read_bytes()
    traces = [path.name for path in out.rglob("*") if path.is_file() and b"zq06" in path.read_bytes()]
    print(f"results: {rows - len(table(out))} rows taken out, files that still name the client: {traces or 'none'}")
    log = json.loads(posture("clients", "log", "--db", db, "--json"))
    print(f"erased: still in the file {left}; lines of the log {len(log['log'] if isinstance(log, dict) else log)}")
    with sqlite3.connect(file) as opened:
        print(f"integrity: {opened.execute('pragma integrity_check').fetchone()[0]}", flush=True)


def left_over(root: Path) -> list[int]:
    """Processes that still work for this walk."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words: Any = line.read_bytes()
        except OSError:
            continue
        if str(root).encode() in words and int(line.parent.name) != os.getpid():
            found.append(int(line.parent.name))
    return found


def main(clients: int = 30) -> int:
    with TemporaryDirectory(prefix="clinic_day_") as name:
        root = Path(name)
        (root / "photos").mkdir()
        made = make(root / "photos", clients)
        print(f"{len(made.rows)} photos of {clients} clients, {len(made.spoiled)} spoiled", flush=True)
        rows = measured(made, root / "results")
        reviewed(made, rows)
        filed(root, root / "results", root / "clinic.db")
        print(f"processes left: {left_over(root) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
