"""What a name says by a pattern, also a name that does not fit it."""

from __future__ import annotations

import pytest

from posture.batch.name_pattern import NameParts, NamePattern, iso
from posture.errors import UsageError

WHOLE = NamePattern("{client}/{date}_{pose}")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("north/p17/2026-03-01_relaxed.jpg", NameParts("p17", "2026-03-01", "relaxed")),
        ("p17/20260301_arched.JPG", NameParts("p17", "2026-03-01", "arched")),
        ("p17/2026-03-01 front.jpg", NameParts("p17", "2026-03-01", "", fits=False)),
        ("p17/relaxed 2026-03-01.jpg", NameParts("p17", "2026-03-01", "relaxed", fits=False)),
        ("p17/2026-02-30_relaxed.jpg", NameParts("p17", "", "relaxed", fits=False)),
        ("p17/IMG_20261345.jpg", NameParts("p17", fits=False)),
        ("p17/2026-03-01 2026-04-01.jpg", NameParts("p17", fits=False)),
        ("p17/120260301.jpg", NameParts("p17", fits=False)),
        ("p17/unrelaxed.jpg", NameParts("p17", fits=False)),
        ("2026-03-01_relaxed.jpg", NameParts("", "2026-03-01", "relaxed", fits=False)),
        ("x.jpg", NameParts(fits=False)),
    ],
)
def test_what_can_be_read_is_kept(file: str, said: NameParts) -> None:
    assert WHOLE.read(file) == said


def test_a_client_is_not_guessed_in_a_part_that_does_not_fit() -> None:
    pattern = NamePattern("{client}_{date}")
    assert pattern.read("p1_2026-03-01.jpg") == NameParts("p1", "2026-03-01")
    assert pattern.read("IMG_20261345.jpg") == NameParts(fits=False)
    assert pattern.read("2026-03-01 Ann.jpg") == NameParts("", "2026-03-01", fits=False)


def test_words_of_the_pattern_itself_must_stand_there() -> None:
    assert NamePattern("{client}/side.{date}").read("p1/side.2026-03-01.jpg") == NameParts("p1", "2026-03-01")
    assert not NamePattern("{client}/side.{date}").read("p1/sidex2026-03-01.jpg").fits


@pytest.mark.parametrize(
    ("text", "day"), [("", ""), ("20260301", "2026-03-01"), ("01.03.2026", "2026-03-01"), ("1.3.2026", "2026-03-01")]
)
def test_days(text: str, day: str) -> None:
    assert iso(text) == day


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "31.02.2026", "03/01/2026"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        iso(text)
