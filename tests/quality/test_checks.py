"""The gates one by one: each limit holds to its last digit, and each check looks at the side that it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posture.body.observation import Observation
from posture.body.orientation import orientation_of
from posture.body.pose import Pose, Side, index
from posture.body.silhouette import Outline, Silhouette
from posture.errors import Issue, UnsuitablePhoto
from posture.geometry import rotated
from posture.knowledge.load import Knowledge
from posture.knowledge.quality_limits import QualityLimits
from posture.quality.checks import (
    Check,
    Scene,
    alone,
    contour_problem,
    hardly_turned,
    joints_seen,
    side_on,
    standing,
    tall,
    tall_enough,
    uneven_legs,
    whole,
)
from tests.figures import HEIGHT, WIDTH, Figure, observation, with_pose
from tests.quality.test_view import worlds

GATES = Knowledge.load().gates
FACINGS: tuple[Side, Side] = ("left", "right")


def scene(seen: Observation, gates: QualityLimits = GATES, lenient: bool = False, **stands: float) -> Scene:
    """A photo whose camera's roll nobody knows; ``stands`` sets how far the body is turned or twisted."""
    orientation = replace(orientation_of(seen.pose, None), **stands)  # type: ignore[arg-type]
    return Scene(seen, seen.pose, seen, seen.pose, orientation, gates, lenient)


def said(check: Check, of: Scene) -> list[tuple[bool, str, str]]:
    """Of everything that a check says: whether it refuses, its code and its message."""
    found = []
    for one in check(of):
        issue = one if isinstance(one, Issue) else one.issue()
        found.append((isinstance(one, UnsuitablePhoto), issue.code, str(issue.message)))
    return found


def codes(check: Check, of: Scene) -> set[str]:
    return {code for _, code, _ in said(check, of)}


def far(facing: Side) -> Side:
    return "left" if facing == "right" else "right"


def with_points(seen: Observation, side: Side, **places: tuple[float, float]) -> Observation:
    """Joints of one side put at (x, y) px of the photo."""
    xy = seen.pose.xy_px.copy()
    for name, place in places.items():
        xy[index(name, side)] = place
    return with_pose(seen, xy_px=xy)


def with_visibility(seen: Observation, visibility: float, *points: tuple[str, Side]) -> Observation:
    every = seen.pose.visibility.copy()
    for name, side in points:
        every[index(name, side)] = visibility
    return with_pose(seen, visibility=every)


def lying() -> Observation:
    """A level trunk, in all else a standing figure."""
    seen = observation(Figure())
    hip = seen.pose.point("hip", "right")
    return with_points(seen, "right", shoulder=(hip[0] - 250.0, hip[1]))


def one_leg_bent() -> Observation:
    seen = observation(Figure())
    ankle, knee = seen.pose.point("ankle", "left"), seen.pose.point("knee", "left")
    return with_points(seen, "left", ankle=tuple(rotated(ankle[None], tuple(knee), 20.0)[0]))


def one_foot_tipped() -> Observation:
    seen = observation(Figure())
    heel = seen.pose.point("heel", "left")
    return with_points(seen, "left", heel=(heel[0], heel[1] - 60.0))


LEVEL_THIGHS = worlds(observation(Figure()), knee=(0.0, 0.0, -0.4), ankle=(0.0, 0.4, -0.4))
LEVEL_SHANKS = worlds(observation(Figure()), knee=(0.0, 0.4, 0.0), ankle=(0.0, 0.4, 0.4))


class TestLimits:
    """A body exactly at a limit is within it; any more is too much."""

    @pytest.mark.parametrize(
        ("check", "seen", "limit", "value", "code"),
        [
            (standing, lying(), "lying_trunk_deg", 90.0, "lying"),
            (standing, LEVEL_THIGHS, "sitting_thigh_deg", 90.0, "sitting"),
            (standing, LEVEL_THIGHS, "sitting_knee_deg", 90.0, "sitting"),
            (standing, LEVEL_SHANKS, "squatting_knee_deg", 90.0, "squatting"),
            (standing, LEVEL_SHANKS, "squatting_shank_deg", 90.0, "squatting"),
            (standing, one_leg_bent(), "stepping_knee_deg", uneven_legs(one_leg_bent().pose)[0], "stepping"),
            (standing, one_foot_tipped(), "stepping_foot_deg", uneven_legs(one_foot_tipped().pose)[1], "stepping"),
        ],
        ids=["trunk", "thigh", "knee of sitting", "knee of squatting", "shank", "one knee", "one foot"],
    )
    def test_of_the_stance(self, check: Check, seen: Observation, limit: str, value: float, code: str) -> None:
        for most, refused in ((value, False), (np.nextafter(value, 0), True)):
            gates: dict[str, Any] = {limit: float(most)}
            assert (code in codes(check, scene(seen, replace(GATES, **gates)))) == refused

    def test_of_a_step(self) -> None:
        seen = observation(Figure(ankles_apart=0.2))
        (refused,) = standing(scene(seen))
        assert isinstance(refused, UnsuitablePhoto)
        apart = refused.facts[0]
        assert apart == pytest.approx(100 * 0.2 * 1000 / seen.stature_px)
        assert codes(standing, scene(seen, replace(GATES, stepping_ankles_pct=apart, stepping_knee_deg=90))) == set()

    def test_of_the_size(self) -> None:
        seen = observation(Figure())
        px = seen.height_in_photo_px
        more = float(np.nextafter(px, 2 * px))
        assert said(tall_enough, scene(seen, replace(GATES, too_small_px=px))) == []
        assert codes(tall_enough, scene(seen, replace(GATES, too_small_px=more))) == {"too_small"}
        for least, refused in ((px, False), (more, True)):
            limits = replace(GATES, too_small_px=2 * px, too_small_lenient_px=least)
            assert [hard for hard, *_ in said(tall_enough, scene(seen, limits, lenient=True))] == [refused]
        assert codes(tall, scene(seen, replace(GATES, too_small_px=px, small_px=2 * px))) == {"small"}
        assert said(tall, scene(seen, replace(GATES, small_px=px))) == []

    @pytest.mark.parametrize(
        ("check", "stands", "code"),
        [
            (hardly_turned, {"yaw_deg": GATES.yaw_warn_deg}, None),
            (hardly_turned, {"yaw_deg": GATES.yaw_warn_deg + 0.01}, "turned_slightly"),
            (hardly_turned, {"yaw_deg": 0.0, "twist_deg": GATES.twist_warn_deg}, None),
            (hardly_turned, {"yaw_deg": 0.0, "twist_deg": GATES.twist_warn_deg + 0.01}, "turned_slightly"),
            (side_on, {"yaw_deg": GATES.yaw_refuse_deg + 0.4}, None),
            (side_on, {"yaw_deg": GATES.yaw_refuse_deg + 0.6}, "not_side_view"),
        ],
        ids=["10°", "over 10°", "twist 10°", "twist over 10°", "20.4°", "20.6°"],
    )
    def test_of_the_turn(self, check: Check, stands: dict[str, float], code: str | None) -> None:
        assert codes(check, scene(observation(Figure()), **stands)) == ({code} if code else set())

    @pytest.mark.parametrize(("yaw_deg", "refused"), [(30.4, False), (30.6, True)])
    def test_of_the_turn_that_a_lenient_reading_still_takes(self, yaw_deg: float, refused: bool) -> None:
        turned = scene(observation(Figure()), lenient=True, yaw_deg=yaw_deg)
        assert [hard for hard, *_ in said(side_on, turned)] == [refused]

    @pytest.mark.parametrize(
        ("visibility", "missing", "warned"),
        [(0.499, True, False), (0.5, False, True), (0.799, False, True), (0.8, False, False)],
    )
    def test_of_visibility(self, visibility: float, missing: bool, warned: bool) -> None:
        hidden = scene(with_visibility(observation(Figure()), visibility, ("knee", "right")))
        assert hidden.missing == (["knee"] if missing else [])
        assert bool(said(joints_seen, hidden)) == warned

    @pytest.mark.parametrize("side", FACINGS)
    @pytest.mark.parametrize(("visibility", "judged"), [(0.5, True), (0.499, False)])
    def test_one_knee_that_can_just_be_seen_tells_of_sitting(self, side: Side, visibility: float, judged: bool) -> None:
        hidden = with_visibility(LEVEL_THIGHS, 0.1, ("knee", "left"), ("knee", "right"))
        seen = with_visibility(hidden, visibility, ("knee", side))
        assert ("sitting" in codes(standing, scene(seen))) == judged

    @pytest.mark.parametrize(
        ("place", "inside"),
        [
            ((-0.5, 700.0), True),
            ((-0.6, 700.0), False),
            ((WIDTH - 0.5, 700.0), True),
            ((WIDTH - 0.4, 700.0), False),
            ((450.0, -0.5), True),
            ((450.0, -0.6), False),
            ((450.0, HEIGHT - 0.5), True),
            ((450.0, HEIGHT - 0.4), False),
        ],
        ids=["left", "beyond left", "right", "beyond right", "top", "beyond top", "bottom", "beyond bottom"],
    )
    def test_the_picture_ends_at_the_edges_of_its_outermost_pixels(self, place, inside: bool) -> None:
        """Pixel 0 reaches from -0.5 to 0.5."""
        assert (scene(with_points(observation(Figure()), "right", knee=place)).missing == []) == inside


class TestPeople:
    @pytest.mark.parametrize(
        ("shares", "message"),
        [((0.49,), None), ((0.5,), "2 people"), ((0.2, 0.9, 1.4), "3 people")],
        ids=["smaller", "half as tall", "two of three"],
    )
    def test_as_tall_is_half_as_tall_or_more(self, shares: tuple[float, ...], message: str | None) -> None:
        seen = observation(Figure())
        others = tuple(share * seen.pose.extent_px for share in shares)
        found = [text for *_, text in said(alone, scene(replace(seen, others_px=others)))]
        assert found == ([f"{message} of similar size are in the picture"] if message else [])


class TestStance:
    @pytest.mark.parametrize("facing", FACINGS)
    def test_the_near_trunk_tells_of_lying(self, facing: Side) -> None:
        upright = observation(Figure(facing=facing))
        hip, shoulder = (tuple(upright.pose.point(name, facing)) for name in ("hip", "shoulder"))
        for lies in ({"shoulder": (hip[0] + 250, hip[1])}, {"hip": (shoulder[0] + 250, shoulder[1])}):
            assert codes(standing, scene(with_points(upright, facing, **lies))) == {"lying"}
            assert "lying" not in codes(standing, scene(with_points(upright, far(facing), **lies)))

    def test_a_trunk_without_length_is_not_in_the_picture(self) -> None:
        seen = observation(Figure())
        folded = with_points(seen, "right", shoulder=tuple(seen.pose.point("hip", "right")))
        assert said(standing, scene(folded)) == [(True, "cropped", "not in the picture or hidden: shoulder, hip")]

    @pytest.mark.parametrize("seen", [one_leg_bent(), one_foot_tipped()], ids=["knee", "foot"])
    def test_uneven_legs_refuse_strictly_and_warn_leniently(self, seen: Observation) -> None:
        for lenient in (False, True):
            assert [(hard, code) for hard, code, _ in said(standing, scene(seen, lenient=lenient))] == [
                (not lenient, "stepping")
            ]

    @pytest.mark.parametrize("side", FACINGS)
    def test_a_leg_that_swings_from_the_hip_is_bent_no_more(self, side: Side) -> None:
        pose = observation(Figure()).pose
        assert uneven_legs(swung(pose, side, ("knee", "ankle", "heel", "toe"), "hip", 20.0)) == (
            pytest.approx(0, abs=1e-9),
            pytest.approx(20),
        )

    @pytest.mark.parametrize(("left", "right", "apart"), [(10, 10, 0), (10, -10, 20), (-10, -10, 0), (0, 10, 10)])
    def test_feet_are_uneven_by_how_much_more_one_is_tipped(self, left: float, right: float, apart: float) -> None:
        pose = observation(Figure()).pose
        for side, deg in zip(FACINGS, (left, right), strict=True):
            pose = swung(pose, side, ("toe",), "heel", deg)
        assert uneven_legs(pose) == (pytest.approx(0), pytest.approx(apart, abs=1e-9))


def swung(pose: Pose, side: Side, names: tuple[str, ...], about: str, deg: float) -> Pose:
    """Points of one side turned about a joint in the picture."""
    xy = pose.xy_px.copy()
    at = [index(name, side) for name in names]
    xy[at] = rotated(xy[at], tuple(pose.point(about, side)), deg)
    return replace(pose, xy_px=xy)


class TestWords:
    def test_every_missing_point_is_named_from_head_to_foot(self) -> None:
        hidden = with_visibility(observation(Figure()), 0.1, ("toe", "right"), ("hip", "right"), ("ear", "right"))
        assert said(whole, scene(hidden)) == [(True, "cropped", "not in the picture or hidden: ear, hip, toe")]

    @pytest.mark.parametrize(("size", "code"), [(300, "too_small"), (500, "small")])
    def test_a_live_picture_warns_by_size_twice(self, size: float, code: str) -> None:
        """A live camera takes bodies too small for a photo: under 350 px it gives no curve of the back."""
        seen = observation(Figure(size=size))
        ((refused, found, message),) = said(tall, scene(seen, replace(GATES, too_small_px=100)))
        assert (refused, found) == (False, code)
        assert message == f"the body is {seen.height_in_photo_px:.0f} pixels tall; 800 are better"

    def test_a_body_of_just_the_least_height_for_a_curve_is_small_and_no_less(self) -> None:
        seen = observation(Figure(size=300))
        gates = replace(GATES, too_small_px=100, contour_px=seen.height_in_photo_px)
        assert codes(tall, scene(seen, gates)) == {"small"}
        assert "pixels tall" not in contour_problem(scene(seen, gates))[0]


def outlined(facing: Side, back: np.ndarray, belly: np.ndarray) -> Observation:
    """A body whose back and belly stand ahead of upright lines 200 px apart by given px, row by row."""
    seen = observation(Figure(facing=facing))
    left, right = (300 + back, 500 + belly) if facing == "right" else (300 - belly, 500 - back)
    outline = Outline(ROWS, left, right)
    return replace(seen, silhouette=Silhouette(outline, outline, outline))


ROWS = np.arange(0.0, HEIGHT)
#: A bulge that is straight nowhere.
ROUND = 40 * np.sin(ROWS / 40)
WOBBLE = np.where(ROWS % 2 == 0, 1.0, -1.0)


def straight_between(facing: Side, low_pct: float, high_pct: float) -> np.ndarray:
    """A back that is straight between two heights above the hip, percent of stature, and curves away beyond them."""
    seen = observation(Figure(facing=facing))
    hip, stature = seen.pose.point("hip", facing)[1], seen.stature_px
    top, bottom = hip - high_pct / 100 * stature, hip - low_pct / 100 * stature
    return 0.05 * (np.maximum(top - ROWS, 0) ** 2 + np.maximum(ROWS - bottom, 0) ** 2)


@pytest.mark.parametrize("facing", FACINGS)
class TestContour:
    def test_a_straight_edge_is_looked_for_behind_the_body(self, facing: Side) -> None:
        problem, issue = contour_problem(scene(outlined(facing, 0 * ROWS, ROUND)))
        assert problem == "part of the back's outline is a straight edge behind it"
        assert issue == Issue.of("straight_edge")
        assert contour_problem(scene(outlined(facing, ROUND, 0 * ROWS))) == ("", None)

    @pytest.mark.parametrize(("rms_pct", "straight"), [(0.0398, True), (0.0402, False)])
    def test_straight_is_within_004_percent_of_stature(self, facing: Side, rms_pct: float, straight: bool) -> None:
        wobble = rms_pct / 100 * observation(Figure()).stature_px * WOBBLE
        problem, _ = contour_problem(scene(outlined(facing, wobble, ROUND)))
        assert ("straight edge" in problem) == straight

    @pytest.mark.parametrize(
        ("low_pct", "high_pct", "straight"),
        [(-1.9, 15.0, True), (-5.0, 12.0, False), (13.0, 29.9, True), (16.0, 33.0, False), (5.0, 17.0, False)],
        ids=["from the seat", "from the thigh", "upper back", "neck", "short"],
    )
    def test_where_a_straight_edge_counts(self, facing: Side, low_pct: float, high_pct: float, straight: bool) -> None:
        """From 2 % of stature under the hip to 30 % above it, 16 % long, whatever the far hip does."""
        seen = outlined(facing, straight_between(facing, low_pct, high_pct), ROUND)
        x, y = seen.pose.point("hip", facing)
        for one in (seen, with_points(seen, far(facing), hip=(x, y + 200))):
            assert ("straight edge" in contour_problem(scene(one))[0]) == straight

    def test_what_the_models_disagree_about_is_said(self, facing: Side) -> None:
        seen = outlined(facing, ROUND, ROUND)
        assert seen.silhouette is not None
        mask = seen.silhouette.masked
        hip, stature = seen.pose.point("hip", facing)[1], seen.stature_px
        # a tenth of the rows compared, 10 % of stature further out: an RMS of 10 √0.1 = 3.16 %
        out = np.where(np.abs(mask.rows_px - hip + 0.1 * stature) < 0.025 * stature, 0.1 * stature, 0.0)
        left, right = (out, 0.0) if facing == "right" else (0.0, out)
        other = Outline(mask.rows_px, mask.left_px - left, mask.right_px + right)
        for second, words in ((None, "one of them saw none"), (other, "they differ by 3.2 % of body height")):
            problem, issue = contour_problem(scene(replace(seen, silhouette=Silhouette(mask, mask, second))))
            assert problem == "two models disagree about the back's outline"
            assert issue is not None
            assert issue.message == f"two models disagree about the back's outline: {words}"

    def test_why_there_is_no_outline(self, facing: Side) -> None:
        seen = observation(Figure(facing=facing))
        loose = replace(scene(seen), clothing="loose")
        assert contour_problem(loose) == ("loose clothing hides the back", Issue.of("loose_clothing"))
        unseen = scene(replace(seen, silhouette=None))
        assert contour_problem(unseen) == (
            "the body could not be told from the background",
            Issue.of("no_outline"),
        )
        small = scene(observation(Figure(facing=facing, size=200)))
        assert contour_problem(small) == (
            "the body is under 350 pixels tall, too few for the curve of the back",
            None,
        )
