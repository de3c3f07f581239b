"""How a person stands to the camera: facing, near side, turn and twist, before a level camera and a tilted one."""

from __future__ import annotations

from dataclasses import replace
from math import radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.body.orientation import (
    HIP_SPACING,
    SHOULDER_SPACING,
    Orientation,
    facing_of,
    forward_by_face,
    forward_by_feet,
    orientation_of,
    unrolled,
)
from posture.body.pose import NOSE, Pose, index
from posture.quantity import Quantity
from tests.figures import Figure, observation

LEVEL = observation(Figure()).pose


def with_feet(left: float, right: float, pose: Pose = LEVEL) -> Pose:
    """Toes so many px right of their heels in the picture."""
    xy = pose.xy_px.copy()
    for side, ahead in (("left", left), ("right", right)):
        xy[index("toe", side), 0] = xy[index("heel", side), 0] + ahead
    return replace(pose, xy_px=xy)


def with_nose(ahead: float, pose: Pose = LEVEL) -> Pose:
    """A nose so many px right of the middle of the ears."""
    xy = pose.xy_px.copy()
    xy[NOSE, 0] = pose.middle("ear")[0] + ahead
    return replace(pose, xy_px=xy)


def turned(shoulders_deg: float, hips_deg: float) -> Pose:
    """Shoulders and hips as far apart in the picture as such turns bring them; level pairs, so the trunk's length is
    that between their middles.
    """
    xy = LEVEL.xy_px.copy()
    for name in ("shoulder", "hip"):
        xy[index(name, "right"), 0] = xy[index(name, "left"), 0] = 400.0
    trunk = abs(xy[index("shoulder", "left"), 1] - xy[index("hip", "left"), 1])
    for name, spacing, deg in (("shoulder", SHOULDER_SPACING, shoulders_deg), ("hip", HIP_SPACING, hips_deg)):
        half = spacing * sin(radians(deg)) * trunk / 2
        xy[index(name, "left"), 0] += half
        xy[index(name, "right"), 0] -= half
    return replace(LEVEL, xy_px=xy)


class TestFacing:
    @pytest.mark.parametrize(
        ("feet", "nose", "facing"),
        [
            ((60, 60), 40, "right"),
            ((-60, -60), -40, "left"),
            ((60, 60), -40, None),
            ((-60, -60), 40, None),
            ((60, 60), 0, None),
            ((0, 0), 40, None),
            ((30, -10), 40, "right"),
            ((-10, 30), 40, "right"),
            ((10, -30), -40, "left"),
            ((-30, 10), -40, "left"),
            ((0.25, 0.25), 0.25, "right"),
            ((-0.25, -0.25), -0.25, "left"),
        ],
        ids=["right", "left", "feet right, face left", "feet left, face right", "face at us", "feet at us",
             "left foot decides", "right foot decides", "right foot decides for left", "left foot decides for left",
             "barely right", "barely left"],
    )  # fmt: skip
    def test_both_feet_together_and_the_face_tell(self, feet, nose: float, facing: str | None) -> None:
        assert facing_of(with_nose(nose, with_feet(*feet))) == facing

    @pytest.mark.parametrize(
        ("ahead", "forward"), [(40, 1), (0.4, 1), (-0.4, -1), (-40, -1)], ids=["right", "barely", "barely left", "left"]
    )
    def test_feet_alone_and_the_face_alone_tell_too(self, ahead: float, forward: int) -> None:
        against = with_nose(-ahead, with_feet(ahead, ahead))
        assert (forward_by_feet(against), forward_by_face(against)) == (forward, -forward)

    def test_the_side_that_is_faced_is_the_near_one(self) -> None:
        for facing, pose in (("right", LEVEL), ("left", observation(Figure(facing="left")).pose)):
            assert (orientation_of(pose, None).facing, orientation_of(pose, None).near) == (facing, facing)

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_without_a_facing_the_better_seen_leg_is_near(self, side: str) -> None:
        visibility = np.full(len(LEVEL.visibility), 0.8)
        visibility[index("ankle", side)] = 0.9
        stands = orientation_of(replace(with_nose(-40), visibility=visibility), None)
        assert (stands.facing, stands.near) == (None, side)

    def test_belly_and_back_lie_on_either_side(self) -> None:
        right, left = (Orientation(None, near, 0.0, 0.0, None) for near in ("right", "left"))
        assert (right.forward, right.far, right.dorsal, right.ventral) == (1, "left", "left", "right")
        assert (left.forward, left.far, left.dorsal, left.ventral) == (-1, "right", "right", "left")


class TestTurn:
    @pytest.mark.parametrize(
        ("shoulders", "hips", "yaw", "twist"),
        [(12, 12, 12, 0), (20, 5, 20, 15), (5, 20, 20, 15), (0, 0, 0, 0), (90, 90, 90, 0)],
        ids=["alike", "shoulders more", "hips more", "side-on", "frontal"],
    )
    def test_the_turn_is_the_larger_one_and_the_twist_their_difference(self, shoulders, hips, yaw, twist) -> None:
        stands = orientation_of(turned(shoulders, hips), None)
        assert (stands.yaw_deg, stands.twist_deg) == (pytest.approx(yaw, abs=1e-6), pytest.approx(twist, abs=1e-6))

    def test_pairs_further_apart_than_they_can_be_are_frontal(self) -> None:
        xy = turned(90, 90).xy_px.copy()
        for name in ("shoulder", "hip"):
            xy[index(name, "left"), 0] += 200
        stands = orientation_of(replace(LEVEL, xy_px=xy), None)
        assert (stands.yaw_deg, stands.twist_deg) == (90, 0)

    def test_a_trunk_of_a_pixel_is_measured_as_any_other(self) -> None:
        small = replace(LEVEL, xy_px=turned(30, 10).xy_px / 500)
        assert orientation_of(small, None).twist_deg == pytest.approx(20)


class TestRoll:
    def test_a_quarter_turn_of_the_camera(self) -> None:
        """About the picture's corner, which stays where it is, as the outline of the back is turned."""
        xy = LEVEL.xy_px.copy()
        xy[0], xy[1] = (0, 100), (0, 0)
        level = unrolled(replace(LEVEL, xy_px=xy), Quantity(90.0, 0.5, "deg"))
        assert level.xy_px[:2] == pytest.approx(np.array([[-100, 0], [0, 0]]))

    def test_nothing_is_turned_by_a_roll_that_nobody_knows(self) -> None:
        assert unrolled(LEVEL, None) is LEVEL

    @given(st.floats(-60, 60), st.sampled_from(["left", "right"]))
    def test_a_known_roll_changes_nothing_that_is_told(self, roll_deg: float, facing: str) -> None:
        straight, tilted = (
            orientation_of(
                observation(Figure(facing=facing, yaw_gap=0.2, roll_deg=deg)).pose, Quantity(deg, 0.5, "deg")
            )
            for deg in (0.0, roll_deg)
        )
        assert (tilted.facing, tilted.near) == (straight.facing, straight.near) == (facing, facing)
        assert (tilted.yaw_deg, tilted.twist_deg) == pytest.approx((straight.yaw_deg, straight.twist_deg), abs=1e-6)
        assert tilted.roll_deg == roll_deg
