"""Reports of the sample pictures from recorded poses: whatever changes a number or a word changes a golden file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from validation.record import GOLDEN, SAMPLES, golden

NAMES = sorted(photo.stem for photo in SAMPLES.glob("*.jpg"))


@pytest.mark.parametrize("name", NAMES)
def test_golden_report(name: str) -> None:
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    # 0.001 of any unit: another processor may round the last of the four decimals otherwise
    assert_alike(golden(name), expected, name)


def assert_alike(made: Any, expected: Any, where: str) -> None:
    if isinstance(expected, dict):
        assert list(made) == list(expected), where
        for key in expected:
            assert_alike(made[key], expected[key], f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(made) == len(expected), where
        for i, (a, b) in enumerate(zip(made, expected, strict=True)):
            assert_alike(a, b, f"{where}[{i}]")
    elif isinstance(expected, float):
        assert made == pytest.approx(expected, abs=1e-3), where
    else:
        assert made == expected, where


def test_there_are_eight_samples_with_their_truth() -> None:
    truth = (SAMPLES / "truth.csv").read_text("utf-8").splitlines()
    assert sorted(line.split(",")[0] for line in truth[1:]) == NAMES
    assert len(NAMES) == 8
