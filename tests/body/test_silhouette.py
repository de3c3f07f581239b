"""Edges of a mask, row by row, and the agreement of two outlines."""

from __future__ import annotations

import numpy as np
import pytest

from posture.body.silhouette import Outline, back_line_difference, straightest, trace


def mask_of(*runs: tuple[int, int], rows: int = 20, columns: int = 60) -> np.ndarray:
    mask = np.zeros((rows, columns), np.float32)
    for first, last in runs:
        mask[:, first : last + 1] = 1
    return mask


def axis(x: float, rows: int = 20) -> np.ndarray:
    return np.array([[x, 0], [x, rows - 1]], float)


def test_edges_are_between_the_pixels() -> None:
    outline = trace(mask_of((3, 6)), axis(5), 0, 19)
    assert outline is not None
    assert set(outline.left_px) == {2.5}
    assert set(outline.right_px) == {6.5}


def test_a_soft_border_is_interpolated() -> None:
    mask = mask_of((3, 6))
    mask[:, 2] = 0.25
    outline = trace(mask, axis(5), 0, 19)
    assert outline is not None
    assert outline.left_px[0] == pytest.approx(3 - 0.5 / 0.75)


def test_an_arm_beside_the_body_is_not_the_body() -> None:
    outline = trace(mask_of((10, 14), (20, 35)), axis(28), 0, 19)
    assert outline is not None
    assert outline.left_px[0] == 19.5


def test_a_few_empty_rows_are_bridged_and_many_refused() -> None:
    mask = mask_of((20, 30))
    mask[7] = 0
    outline = trace(mask, axis(25), 0, 19)
    assert outline is not None
    assert outline.left_px[7] == 19.5
    mask[5:10] = 0
    assert trace(mask, axis(25), 0, 19) is None


def test_a_body_far_from_the_axis_is_no_body() -> None:
    assert trace(mask_of((40, 50)), axis(5), 0, 19) is None


def test_rows_outside_the_mask_are_cut_off() -> None:
    outline = trace(mask_of((20, 30)), axis(25), -5, 100)
    assert outline is not None
    assert (outline.rows_px[0], outline.rows_px[-1]) == (0, 19)
    assert trace(mask_of((20, 30)), axis(25), 19, 19) is None


def test_difference_of_two_outlines_forgives_a_constant_and_shows_a_bump() -> None:
    rows = np.arange(100.0)
    straight = Outline(rows, np.full(100, 10.0), np.full(100, 50.0))
    shifted = Outline(rows, np.full(100, 13.0), np.full(100, 50.0))
    bumped = Outline(rows, np.where((rows >= 40) & (rows < 60), 20.0, 10.0), np.full(100, 50.0))
    assert back_line_difference(straight, shifted, "left", 0, 99) == 0
    assert back_line_difference(straight, bumped, "left", 0, 99) == pytest.approx(np.sqrt(0.2 * 100))
    assert back_line_difference(straight, bumped, "right", 0, 99) == 0
    assert back_line_difference(straight, bumped, "left", 70, 99) == 0


def test_an_outline_has_one_length() -> None:
    with pytest.raises(ValueError, match="one common length"):
        Outline(np.arange(3.0), np.arange(3.0), np.arange(2.0))


def test_a_door_frame_is_straighter_than_any_back() -> None:
    """A bow of 3 px over 160 rows leaves 3 sqrt(4 / 45) px RMS beside the best line; a leaning frame nothing."""
    rows = np.arange(400.0)
    bow = 3 * ((rows - 200) / 80) ** 2
    frame = np.where((rows > 100) & (rows < 300), 20 + 0.02 * rows, bow)
    for side in ("left", "right"):
        backs = [Outline(rows, left, left + 100) for left in (bow, frame)]
        curved, straight = (straightest(back, side, 0, 399, 160) for back in backs)
        assert curved == pytest.approx(3 * np.sqrt(4 / 45), abs=0.02)
        assert straight == pytest.approx(0, abs=1e-9)
    assert straightest(backs[0], "left", 0, 100, 160) == np.inf
