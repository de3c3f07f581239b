"""Files that are written whole or not at all, on a disk that takes only so much."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from posture.io.atomic import write_atomic
from tests.cli.test_main import said


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """The system refuses to let a file of this process grow over a size, bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_text_and_bytes_take_the_place_of_what_was_there(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a.txt", "first, longer than what comes")
    write_atomic(tmp_path / "a.txt", "größer")
    write_atomic(tmp_path / "b", b"\xff\x00")
    assert files(tmp_path) == {"a.txt": "größer".encode(), "b": b"\xff\x00"}


def test_a_full_disk_leaves_the_old_file_and_nothing_half(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"old")
    with no_file_over(5_000), pytest.raises(OSError, match="File too large"):
        write_atomic(tmp_path / "a", bytes(50_000))
    with no_file_over(5_000), pytest.raises(OSError, match="File too large"):
        write_atomic(tmp_path / "b", bytes(50_000))
    assert files(tmp_path) == {"a": b"old"}


def test_a_plan_written_to_a_full_disk_keeps_the_one_before(tmp_path: Path) -> None:
    out, asked = tmp_path / "out", ("plan", "--finding", "mild_anterior_tilt", "--out", tmp_path / "out")
    assert said(*asked)[0] == 0
    before = files(out)
    assert len(before["plan.html"]) > 6_000
    with no_file_over(6_000):
        code, _, error = said(*asked, "--lang", "de")
    assert (code, error.strip()) == (2, f"posture: --out {out}: File too large")
    after = files(out)
    assert after.keys() == before.keys()
    assert after["plan.html"] == before["plan.html"]
