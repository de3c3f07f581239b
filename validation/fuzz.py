"""Spoiled input by the hundred thousand: ``python -m validation.fuzz [EXECUTIONS] [TARGET ...]``.

Hypothesis spoils valid files: bytes flipped, cut, doubled, moved, words of the format put in, values of a JSON tree
exchanged. A target may refuse with the error it documents and must do nothing else; what it takes it must be able to
give back. At least a fifth of the executions have to get past the format itself, to the decoder or the checks behind.
A failure prints the smallest input found that causes it.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.exc import SQLAlchemyError

from posture.batch.manifest import from_manifest
from posture.batch.photos import Entry, named
from posture.cli.clients import _add
from posture.clinic.archive import Archive
from posture.errors import NotAnImage, TooManyPixels, UnsuitablePhoto, UsageError
from posture.io.intake_files import read_intake
from posture.io.photos import date_taken, read_photo_bytes
from posture.plan.intake import Intake
from posture.report.report import Report
from validation.record import SAMPLES

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
EXECUTIONS, ROUND = 100_000, 5_000
#: Least share of executions that has to reach the decoder or the checks.
REACHED = 0.2
#: What a file may hold instead of what it held.
ODD = (None, True, -1, 0, 2**63, 1e308, "", "\x00", "../../etc/passwd", "=1+1", "<b>", "\u202e", "é" * 40, [], {}, [[]])


@dataclass(frozen=True)
class Target:
    """What is fuzzed: spoiled bytes, and what is done with them, which says whether they reached the checks."""

    spoiled: st.SearchStrategy[bytes]
    run: Callable[[bytes], bool]


def bytes_from(seeds: list[bytes], words: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of the seeds with up to six places spoiled."""
    at = st.integers(0, 2**16)
    edits = st.lists(
        st.tuples(st.sampled_from(["flip", "set", "cut", "double", "word", "end"]), at, st.integers(0, 255)), max_size=6
    )

    def apply(seeded: bytes, changes: list[tuple[str, int, int]]) -> bytes:
        data = bytearray(seeded)
        for kind, place, value in changes:
            here = place % max(1, len(data))
            if kind == "flip" and data:
                data[here] ^= 1 << value % 8
            elif kind == "set" and data:
                data[here] = value
            elif kind == "cut":
                del data[here : here + 1 + value % 16]
            elif kind == "double":
                data[here:here] = data[here : here + 1 + value]
            elif kind == "word":
                data[here:here] = words[value % len(words)]
            elif kind == "end" and value % 4 == 0:
                del data[here:]
        return bytes(data)

    return st.builds(apply, st.sampled_from(seeds), edits)


def trees_from(seeds: list[Any]) -> st.SearchStrategy[bytes]:
    """JSON of one of the seeds with up to four values exchanged, taken away or doubled."""
    change = st.tuples(
        st.integers(0, 10_000), st.sampled_from(["odd", "drop", "double", "swap"]), st.integers(0, 10_000)
    )

    def apply(tree: Any, changes: list[tuple[int, str, int]]) -> bytes:
        tree = json.loads(json.dumps(tree))
        for number, kind, value in changes:
            places = list(_places(tree))
            if not places:
                break
            holder, key = places[number % len(places)]
            if kind == "odd":
                holder[key] = ODD[value % len(ODD)]
            elif kind == "drop":
                del holder[key]
            elif kind == "double" and isinstance(holder, dict):
                holder[f"{key}s"] = holder[key]
            else:
                other, name = places[value % len(places)]
                holder[key] = json.loads(json.dumps(other[name]))
        return json.dumps(tree).encode()

    return st.builds(apply, st.sampled_from(seeds), st.lists(change, max_size=4))


def _places(tree: Any) -> Any:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(items):
        yield tree, key
        yield from _places(value)


def photo() -> Target:
    """Photo reading: whatever opens as a picture has reached its decoder."""

    def run(data: bytes) -> bool:
        date_taken(data)
        try:
            frame = read_photo_bytes(data, "fuzzed")
        except (NotAnImage, TooManyPixels):
            return False
        except UnsuitablePhoto:
            return True  # the decoder gave up on it
        assert frame.pixels_hwc.dtype == np.uint8
        assert frame.pixels_hwc.ndim == 3
        return True

    pixels = np.random.default_rng(1).integers(0, 255, (40, 24, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 6, "2026:03:01 10:00:00"
    seeds = []
    for mode, name, options in (
        ("RGB", "JPEG", {"exif": exif}), ("CMYK", "JPEG", {}), ("L", "JPEG", {"progressive": True}),
        ("RGB", "PNG", {"exif": exif}), ("RGBA", "PNG", {}), ("P", "PNG", {"transparency": 3}), ("I;16", "PNG", {}),
        ("RGB", "WEBP", {"exif": exif}), ("RGBA", "WEBP", {"lossless": True}),
    ):  # fmt: skip
        image = Image.fromarray(pixels)
        image = image.convert("L").convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
        buffer = io.BytesIO()
        image.save(buffer, name, **options)
        seeds.append(buffer.getvalue())
    seeds.append((Path(__file__).parent.parent / "tests" / "data" / "upright.heic").read_bytes())
    words = [
        b"\xff\xd8\xff",
        b"\xff\xda",
        b"\x89PNG",
        b"IDAT",
        b"RIFF",
        b"WEBPVP8 ",
        b"ftypheic",
        b"Exif\0\0",
        b"\xff" * 4,
    ]
    return Target(bytes_from(seeds, words), run)


def intake(folder: Path) -> Target:
    """The intake file: what parses as TOML or JSON has reached the checks."""
    file = folder / "intake"

    def run(data: bytes) -> bool:
        file.write_bytes(data)
        try:
            answers = read_intake(file)
        except UsageError as error:
            return "neither TOML nor JSON" not in str(error) and "not a text file" not in str(error)
        assert Intake.from_mapping(answers.to_mapping()) == answers
        return True

    toml = (SAMPLES / "intake.toml").read_bytes()
    tree = read_intake(SAMPLES / "intake.toml").to_mapping()
    words = [
        b"[safety]",
        b"[[",
        b"= ",
        b'"',
        b"nan",
        b"inf",
        b"1e999",
        b"-0.0",
        b"true",
        b"\n",
        b"[tests.left]",
        b"\xff",
        b"[" * 3000,
    ]
    return Target(bytes_from([toml, json.dumps(tree).encode()], words) | trees_from([tree]), run)


def manifest(folder: Path) -> Target:
    """A batch's list of photos: what parses as a list with the right columns has reached the checks."""
    file = folder / "list.csv"
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"x")

    def run(data: bytes) -> bool:
        file.write_bytes(data)
        try:
            entries = from_manifest(folder, file, Intake())
        except UsageError as error:
            return ", line " in str(error)
        for entry in entries:
            assert entry.problem is not None or Path(entry.path).resolve().is_relative_to(folder.resolve())
        return bool(entries)

    header = "file,client_id,visit_date,pose,sex,stature_cm,clothing,asis_x,asis_y,psis_x,psis_y,intake\n"
    seeds = [
        f"{header}a.jpg,p1,2026-03-01,relaxed,f,168,tight,10,20,30,40,\nb.jpg,p2,20260302,tucked,,,,,,,,\n",
        'file,client_id\n"a.jpg","p ""1"""\nb.jpg,\n',
    ]
    words = [
        b",",
        b"\n",
        b'"',
        b"../",
        b"/etc/passwd",
        b"nan",
        b"\x00",
        b"\r",
        b"file",
        b"9" * 400,
        b"\xff",
        b"x" * 140_000,
    ]
    return Target(bytes_from([text.encode() for text in seeds], words), run)


def report() -> Target:
    """A report's JSON: what is JSON of this schema has reached the checks; what passes them comes back the same."""

    def run(data: bytes) -> bool:
        try:
            read = Report.from_json(data.decode("utf-8", "replace"))
        except UsageError as error:
            return "damaged" in str(error)
        again = Report.from_json(read.to_json())
        assert again.to_json() == read.to_json()
        return True

    trees = [json.loads(file.read_text("utf-8")) for file in sorted(GOLDEN.glob("*.json"))]
    words = [b"null", b"NaN", b"1e999", b"[" * 3000, b'"schema": 2,', b"{}", b"-1", b"true", b'""', b"9" * 400]
    return Target(trees_from(trees) | bytes_from([json.dumps(tree).encode() for tree in trees], words), run)


def pattern() -> Target:
    """A batch's path pattern and the path it reads; a pattern that is taken has reached the matching."""

    def run(data: bytes) -> bool:
        asked, _, path = data.decode("utf-8", "replace").partition("\n")
        try:
            entry = named(Entry(path, path), asked)
        except UsageError as error:
            return "is not a date" in str(error)
        assert entry.pose in ("", "relaxed", "arched", "tucked")
        return True

    seeds = [
        b"{client}/{date}_{pose}\nnorth/p17/2026-03-01_relaxed.jpg", b"{date}_{client}\n20260301_p.17.jpg",
        b"photos of {client} ({date})\nphotos of Anna (2026-02-30).jpg", b"{client}-{pose}\na-b-c-tucked.png",
    ]  # fmt: skip
    words = [b"{client}", b"{date}", b"{pose}", b"{", b"}", b"(.*)+", b"\\", b"/", b"..", b"$", b"a" * 300, b"-" * 50]
    return Target(bytes_from(seeds, words), run)


def archive(folder: Path) -> Target:
    """Taking a batch's journal into the client files: a line that is JSON with all its keys has reached the checks."""
    kept = Archive(f"sqlite:///{folder / 'fuzz.db'}")

    def run(data: bytes) -> bool:
        try:
            _add(data.decode("utf-8", "replace"), kept, set())
        except UsageError as error:
            if isinstance(error.__cause__, SQLAlchemyError):
                raise  # the checks let through what the database would not take
            return "not a line of a batch's journal" not in str(error)
        return True

    trees = []
    for number, file in enumerate(sorted(GOLDEN.glob("*.json"))):
        line = {"number": number, "file": file.name, "client_id": f"p{number}", "visit_date": "2026-03-01", "pose": ""}
        answers = read_intake(SAMPLES / "intake.toml").to_mapping()
        trees.append({**line, "told": answers, "report": json.loads(file.read_text("utf-8"))})
    words = [b"null", b"NaN", b"[" * 3000, b"{}", b"-1", b"\x00", b"\\ud800", b'"']
    return Target(trees_from(trees) | bytes_from([json.dumps(tree).encode() for tree in trees], words), run)


def fuzz(name: str, target: Target, executions: int) -> bool:
    """Run a target and say how it went; whether enough of it reached the checks. Raises what the target raised."""
    count, reached, begin = 0, 0, time.perf_counter()
    for number in range(-(-executions // ROUND)):

        @seed(number)
        @settings(
            max_examples=min(ROUND, executions),
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(target.spoiled)
        def one(data: bytes) -> None:
            nonlocal count, reached
            count += 1
            reached += target.run(data)

        one()
    share = reached / count
    kept = share >= REACHED
    taken = time.perf_counter() - begin
    words = "" if kept else f": MISSED, {REACHED:.0%} wanted"
    print(f"{name}: {count} executions in {taken:.0f} s, {share:.0%} past the format{words}", flush=True)
    return kept


def main(executions: int, names: list[str]) -> int:
    kept = []
    with TemporaryDirectory() as place:
        folder = Path(place)
        targets = {
            "photo": photo, "intake": lambda: intake(folder), "manifest": lambda: manifest(folder), "report": report,
            "pattern": pattern, "archive": lambda: archive(folder),
        }  # fmt: skip
        for name in names or targets:
            kept.append(fuzz(name, targets[name](), executions))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EXECUTIONS, sys.argv[2:]))
