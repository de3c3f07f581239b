"""A batch of a thousand photos: the same table by any number of workers, on a cluster, after any end; and how fast.

    python -m validation.batch [PHOTOS]     makes them in a temporary folder, prints what came of it, writes nothing

Photos are the samples, made distinct by size, light and quality; one in twenty is faulty, of ten kinds.
"""

from __future__ import annotations

import io
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageEnhance

from validation.record import SAMPLES

#: How often the last batch is ended by SIGKILL at a random moment.
KILLS = 20


def make_photos(folder: Path, count: int) -> None:
    """Distinct photos of 40 clients; every twentieth is faulty."""
    chance = np.random.default_rng(7)
    samples = [Image.open(path).convert("RGB") for path in sorted(SAMPLES.glob("*.jpg"))]
    for k in range(count):
        place = folder / f"p{k % 40:02d}"
        place.mkdir(exist_ok=True)
        path = place / f"2026-{1 + k // 40 % 12:02d}-{1 + k // 480:02d}_relaxed.jpg"
        if k % 20 == 7:
            make_faulty(path, k // 20 % 10)
            continue
        image = samples[k % len(samples)]
        scale = 0.85 + 0.3 * chance.random()
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR)
        image = ImageEnhance.Brightness(image).enhance(0.8 + 0.4 * chance.random())
        image.save(path, "JPEG", quality=int(chance.integers(70, 96)))


def make_faulty(path: Path, kind: int) -> None:
    good = (SAMPLES / "typical.jpg").read_bytes()
    if kind == 0:
        path.write_bytes(b"")
    elif kind == 1:
        path.write_text("Dear diary")
    elif kind == 2:
        path.write_bytes(good[: len(good) // 3])
    elif kind == 3:
        path.write_bytes(b"%PDF-1.7 a book")
    elif kind == 4:
        path.write_bytes(good)  # the same bytes each time
    elif kind == 5:
        Image.new("RGB", (700, 1200), (120, 130, 140)).save(path, "JPEG")
    elif kind == 6:
        path.write_bytes((SAMPLES / "turned.jpg").read_bytes())
    elif kind == 7:
        data = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(data, "PNG")
        path.write_bytes(data.getvalue())
    elif kind == 8:
        path.symlink_to("/etc/hostname")
    else:
        Image.open(SAMPLES / "mild.jpg").resize((90, 160)).save(path, "JPEG")


def start(photos: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "posture", "batch", str(photos), "--out", str(out), *more]
    command += ["--pattern", "{client}/{date}_{pose}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def on_dask(photos: Path, out: Path, lines: int) -> bytes:
    """The table of the same batch on a cluster of two processes, one killed when the journal has so many lines."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        running, journal = start(photos, out, "--scheduler", cluster.scheduler_address), out / "journal.jsonl"
        while running.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < lines):
            time.sleep(0.5)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        running.wait()
    return (out / "results.csv").read_bytes()


def peak_memory_mb(running: subprocess.Popen[bytes]) -> tuple[float, list[float]]:
    """Greatest memory of the parent and of all its processes while it runs, and the parent's every ten seconds."""
    most, own, began = 0.0, list[float](), time.monotonic()
    while running.poll() is None:
        sizes = [resident_mb(pid) for pid in family(running.pid)]
        most = max(most, max(sizes, default=0.0))
        if len(own) < (time.monotonic() - began) / 10:
            own.append(resident_mb(running.pid))
        time.sleep(0.5)
    return most, own


def family(pid: int) -> list[int]:
    found = [pid]
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == pid:
            found.append(int(status.parent.name))
    return found


def resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, IndexError):
        return 0.0


def cpu_s() -> float:
    """Processor time of all processes that were waited for, the workers of a batch that has ended among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(count: int) -> None:
    with TemporaryDirectory() as name:
        root = Path(name)
        photos = root / "photos"
        photos.mkdir()
        make_photos(photos, count)
        tables, rates = {}, {}
        for workers in (1, 2, 4):
            out, began, used = root / f"out{workers}", time.monotonic(), cpu_s()
            running = start(photos, out, "--workers", str(workers))
            peak, own = peak_memory_mb(running)
            seconds, used = time.monotonic() - began, cpu_s() - used
            tables[workers], rates[workers] = (out / "results.csv").read_bytes(), count / seconds
            print(
                f"{workers} workers: {seconds:.0f} s, {count / seconds:.2f} photos/s, {used / count:.2f} CPU s each; "
                f"greatest process {peak:.0f} MB; "
                f"parent {own[1] if len(own) > 1 else 0:.0f} MB after 10 s, {own[-1] if own else 0:.0f} MB at the end",
                flush=True,
            )
        lines = tables[1].decode().splitlines()
        print(f"rows {len(lines) - 1} of {count}; identical with 1, 2 and 4: {len(set(tables.values())) == 1}")
        print(f"two workers over one: {rates[2] / rates[1]:.2f} (bar 1.8)", flush=True)
        same = on_dask(photos, root / "dask", count // 3) == tables[1]
        print(f"on Dask, one of two workers killed midway: identical: {same}", flush=True)
        chance, out = random.Random(3), root / "killed"
        usual = count / rates[2] / KILLS
        for _ in range(KILLS):
            going_on = ["--resume"] if (out / "journal.jsonl").exists() else []
            running = start(photos, out, "--workers", "2", *going_on)
            time.sleep(1.5 + 1.6 * usual * chance.random())
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        start(photos, out, "--workers", "2", "--resume").wait()
        same = (out / "results.csv").read_bytes() == tables[1]
        print(f"killed {KILLS} times and resumed: table byte-identical: {same}")
        shutil.rmtree(out)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
