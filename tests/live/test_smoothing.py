"""The filter of the live numbers: calm at rest, quick when something moves, honest about gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.live.smoothing import GAP_S, Smoothed, smooth

RATE_HZ = 25


def fold(values: list[float | None], start: Smoothed | None = None) -> list[Smoothed | None]:
    made: list[Smoothed | None] = []
    now = start
    for k, value in enumerate(values):
        now = smooth(now, k / RATE_HZ, value)
        made.append(now)
    return made


@given(st.floats(-90, 90))
def test_a_value_that_stays_is_kept(value: float) -> None:
    assert all(one is not None and one.value == pytest.approx(value) for one in fold([value] * 30))


@given(st.floats(-90, 90), st.floats(-90, 90))
def test_it_moves_with_its_numbers(shift: float, value: float) -> None:
    noise = np.random.default_rng(1).normal(value, 1, 40)
    here, there = fold(list(noise)), fold(list(noise + shift))
    assert [a.value + shift for a in here if a] == pytest.approx([b.value for b in there if b])


def test_jitter_at_rest_falls_to_a_third() -> None:
    noise = list(np.random.default_rng(2).normal(10, 1, 500))
    smoothed = [one.value for one in fold(noise)[50:] if one]
    assert np.std(smoothed) < np.std(noise) / 3
    assert np.mean(smoothed) == pytest.approx(10, abs=0.15)


def test_a_step_is_followed_within_half_a_second() -> None:
    made = fold([0.0] * 25 + [30.0] * 25)
    after = [one.value for one in made[25:] if one]
    assert after[round(0.5 * RATE_HZ)] > 27
    assert max(after) < 30.5


def test_without_a_value_there_is_none_and_after_a_gap_it_begins_anew() -> None:
    made = fold([10.0, None, 20.0])
    assert made[1] is None
    assert made[2] is not None
    assert made[2].value == 20.0
    before = Smoothed(0.0, 10.0, 0.0)
    assert smooth(before, GAP_S + 0.01, 20.0) == Smoothed(GAP_S + 0.01, 20.0, 0.0)
    near = smooth(before, GAP_S, 20.0)
    assert near is not None
    assert 10 < near.value < 20


def test_the_same_time_twice_changes_nothing_and_time_never_runs_backwards() -> None:
    before = Smoothed(1.0, 10.0, 2.0)
    assert smooth(before, 1.0, 99.0) == before
    with pytest.raises(ValueError, match="backwards"):
        smooth(before, 0.5, 10.0)
