"""How a long run says how far it is: nothing, a line every half minute, or a line an item."""

from __future__ import annotations

import threading

import pytest

from posture.io import progress
from posture.io.progress import EVERY_S, Verbosity, Watch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("verbosity", "lines"),
    [
        ("quiet", []),
        ("normal", ["5 of 6 photos, 0.1 a second, about 20 s left"]),
        ("verbose", ["first", "second"]),
    ],
)
def test_a_log_gets_a_line_every_half_minute(
    verbosity: Verbosity, lines: list[str], clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    with Watch(6, 3, verbosity) as watch:  # three were measured before this run began
        for clock[0], line in ((EVERY_S - 10, "first"), (2 * (EVERY_S - 10), "second")):
            watch.step(line.strip)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == lines


def test_a_log_goes_on_while_one_photo_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.01)
    said, whole = threading.Event(), Watch._say

    def say(watch: Watch, line: str) -> None:
        whole(watch, line)
        said.set()

    monkeypatch.setattr(Watch, "_say", say)
    with Watch(6, 3):
        assert said.wait(30)
    assert capsys.readouterr().err.startswith("3 of 6 photos\n")


def test_long_spans_are_told_in_minutes(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Watch(181) as watch:
        clock[0] = 60.0
        watch.step(str)
    assert capsys.readouterr().err == "1 of 181 photos, 0.0 a second, about 180 min left\n"
