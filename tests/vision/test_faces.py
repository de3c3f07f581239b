"""Which of the faces found are heads: a hand, a knee or a shoe is none."""

from __future__ import annotations

import numpy as np
import pytest

from posture.body.pose import index
from posture.vision.faces import _PLAIN, Body, Circle, _detail, off_limbs
from tests.figures import Figure, observation, with_pose

SEEN = observation(Figure())
HEAD: Circle = (*map(float, SEEN.pose.middle("ear")), 80.0)


def test_a_wall_lit_from_one_side_is_plain_and_a_faint_face_is_not() -> None:
    slope = np.linspace(110, 150, 192)[None, :, None] + np.zeros((192, 1, 3))
    assert _detail(slope.astype(np.uint8)) < _PLAIN
    eyes = slope.copy()
    for x in (88, 104):
        eyes[90:94, x - 3 : x + 3] -= 25  # two spots a tenth of the tile apart, of a tenth of the range
    assert _detail(eyes.astype(np.uint8)) > _PLAIN


def test_what_a_body_hides_does_not_count_and_what_is_beside_it_does() -> None:
    tile, hidden = np.full((192, 192, 3), 180, np.uint8), np.zeros((192, 192), np.uint8)
    tile[40:, 60:110], hidden[40:, 60:110] = 40, 255
    assert _detail(tile) > _PLAIN
    assert _detail(tile, hidden) < _PLAIN
    tile[60:64, 150:156] = tile[60:64, 164:170] = 90
    assert _detail(tile, hidden) > _PLAIN


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
