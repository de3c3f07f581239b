"""Which of the faces found are heads: a hand, a knee or a shoe is none."""

from __future__ import annotations

import numpy as np
import pytest

from posture.body.pose import index
from posture.vision.faces import _PLAIN, Body, Circle, _detail, _seen, _smaller, _tiled_size, off_limbs
from tests.figures import Figure, observation, with_pose

SEEN = observation(Figure())
HEAD: Circle = (*map(float, SEEN.pose.middle("ear")), 80.0)


def at_size(picture: np.ndarray, side: int) -> np.ndarray:
    """A picture at the size at which local contrast is read for tiles of a side."""
    return _smaller(picture, _tiled_size(len(picture), picture.shape[1], side))


def plain(grey: np.ndarray, hidden: np.ndarray | None = None) -> bool:
    """Whether a tile of 192 px, in the middle of a larger picture, is left out."""
    small = [None if one is None else at_size(one.astype(np.uint8), 192) for one in (grey, hidden)]
    return _seen(_detail(*small), 96, 96, 192) < _PLAIN


def test_a_wall_lit_from_one_side_is_plain_and_a_faint_face_is_not() -> None:
    wall = np.linspace(90, 170, 384)[None, :] + np.zeros((384, 1))
    assert plain(wall)
    for x in (184, 200):
        wall[186:190, x - 3 : x + 3] -= 25  # two spots a tenth of the tile apart, of a tenth of the range
    assert not plain(wall)


def test_what_a_body_hides_does_not_count_and_what_is_beside_it_does() -> None:
    wall, hidden = np.full((384, 384), 180, np.uint8), np.zeros((384, 384), np.uint8)
    wall[140:, 160:210], hidden[140:, 160:210] = 40, 255
    assert not plain(wall)
    assert plain(wall, hidden)
    wall[160:164, 250:256] = wall[160:164, 264:270] = 90
    assert not plain(wall, hidden)


def test_what_lies_outside_a_tile_does_not_count() -> None:
    wall = np.full((384, 384), 180, np.uint8)
    wall[300:310, 20:60] = 0
    assert plain(wall)


def test_the_mask_of_a_body_is_its_outline() -> None:
    square = Body(np.array([[10.0, 20.0], [30.0, 20.0], [30.0, 60.0], [10.0, 60.0]]), (20.0, 10.0, 5.0))
    mask = square.mask(100, 50)
    assert mask.shape == (100, 50)
    assert mask[40, 20] == mask[8, 20] == 255
    assert mask[1, 20] == mask[40, 40] == 0


def at(name: str, radius: float, shift: float = 0.0) -> Circle:
    x, y = SEEN.pose.point(name, "right")
    return float(x) + shift, float(y), radius


@pytest.mark.parametrize("name", ["wrist", "ankle", "toe", "knee"])
def test_what_is_smaller_than_a_head_on_a_limb_is_none(name: str) -> None:
    assert off_limbs([at(name, 0.7 * HEAD[2])], SEEN.pose, HEAD) == []


@pytest.mark.parametrize("name", ["wrist", "ankle", "knee"])
def test_a_child_before_the_limb_is_as_large_as_a_head(name: str) -> None:
    circle = at(name, 0.8 * HEAD[2])
    assert off_limbs([circle], SEEN.pose, HEAD) == [circle]


def test_beside_a_limb_any_size_is_a_head() -> None:
    away = [at("ankle", 10.0, shift) for shift in (-80.0, 200.0)]
    assert off_limbs(away, SEEN.pose, HEAD) == away


def test_on_head_and_trunk_any_size_is_a_head() -> None:
    child = tuple((SEEN.pose.point("shoulder", "right") + SEEN.pose.point("hip", "right")) / 2)
    circles = [HEAD, (float(child[0]), float(child[1]), 20.0)]
    assert off_limbs(circles, SEEN.pose, HEAD) == circles


def test_a_limb_that_is_not_seen_hides_nothing() -> None:
    visibility = np.ones(33)
    for name in ("wrist", "finger"):
        for side in ("left", "right"):
            visibility[index(name, side)] = 0.2
    hidden = with_pose(SEEN, visibility=visibility).pose
    circle = at("wrist", 20.0)
    assert off_limbs([circle], hidden, HEAD) == [circle]


@pytest.mark.parametrize("side", [108, 216, 396])
def test_an_even_surface_beside_a_sharp_edge_hides_nothing(side: int) -> None:
    """Sums of squares round below zero there; a tile with such a point was left out, whatever else it held."""
    y, x = np.mgrid[0:1280, 0:720]
    disc = np.where(np.hypot(x - 350, (y - 600) / 1.7) < 190 + 25 * np.sin(x / 9), 255, 0).astype(np.uint8)
    assert np.isfinite(_detail(at_size(disc, side))).all()
    assert _seen(_detail(at_size(disc, side)), 150, 420, side) >= _PLAIN
