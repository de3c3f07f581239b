"""The gates: each refusal and warning on a figure that has that fault and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.knowledge import Knowledge
from posture.observation import Observation
from posture.pose import NOSE, index
from posture.silhouette import Outline, Silhouette
from posture.view import View, look, roll_of_plumb_line
from tests.figures import Figure, observation, with_pose

GATES = Knowledge.load().gates


def judged(seen: Observation, **said) -> View:
    return look(seen, GATES, **said)


def codes(remarks) -> set[str]:
    return {remark.code for remark in remarks}


def moved(seen: Observation, **points: tuple[float, float]) -> Observation:
    """Joints of both sides moved by (dx, dy) px in the photo."""
    xy = seen.pose.xy_px.copy()
    for name, shift in points.items():
        for side in ("left", "right"):
            xy[index(name, side)] += shift
    return with_pose(seen, xy_px=xy)


def worlds(seen: Observation, **vectors: tuple[float, float, float]) -> Observation:
    """Metric joints of both legs below the hip set to given places."""
    world = seen.pose.world_m.copy()
    for name, place in vectors.items():
        for side in ("left", "right"):
            world[index(name, side)] = place
    return with_pose(seen, world_m=world)


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_good_photo_passes(facing: str) -> None:
    view = judged(observation(Figure(facing=facing)))
    assert view.body is not None
    assert view.facing == facing
    assert view.reasons == ()
    assert codes(view.warnings) == {"roll_unknown"}
    assert view.body.contour is not None
    assert codes(judged(observation(Figure(facing=facing)), roll_deg=0.0).warnings) == set()


@pytest.mark.parametrize(
    ("gap", "refused", "refused_leniently", "warned"),
    [(0.05, False, False, False), (0.18, False, False, True), (0.27, True, False, False), (0.45, True, True, False)],
    ids=["4 degrees", "15 degrees", "23 degrees", "41 degrees"],
)
def test_yaw(gap: float, refused: bool, refused_leniently: bool, warned: bool) -> None:
    seen = observation(Figure(yaw_gap=gap))
    strict, lenient = judged(seen), judged(seen, lenient=True)
    assert ("not_side_view" in codes(strict.reasons)) == refused
    assert ("not_side_view" in codes(lenient.reasons)) == refused_leniently
    assert ("turned_slightly" in codes(strict.warnings)) == (warned or refused)
    if refused and not refused_leniently:
        assert "not_side_view" in codes(lenient.warnings)
    assert strict.facing == "right"


def test_yaw_of_a_known_turn() -> None:
    # shoulders 0.69 of the trunk apart, turned by 15 degrees: a gap of 0.69 sin 15
    seen = observation(Figure(yaw_gap=0.69 * np.sin(np.radians(15))))
    assert judged(seen).quality["yaw_deg"] == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize(("hip_turn", "warned"), [(5, False), (9.9, False)], ids=["5 degrees", "9.9 degrees"])
def test_a_small_twist_passes(hip_turn: float, warned: bool) -> None:
    assert ("turned_slightly" in codes(judged(_twisted(hip_turn)).warnings)) == warned


def test_shoulders_turned_against_hips_warn() -> None:
    gates = replace(GATES, yaw_warn_deg=15.0)  # so that the twist alone can be what warns
    view = look(_twisted(12), gates)
    assert ["against each other" in w.message for w in view.warnings if w.code == "turned_slightly"] == [True]


def _twisted(hip_turn: float) -> Observation:
    seen = observation(Figure(yaw_gap=0.0))
    xy = seen.pose.xy_px.copy()
    trunk = np.hypot(*(seen.pose.middle("shoulder") - seen.pose.middle("hip")))
    xy[index("hip", "left"), 0] += 0.38 * np.sin(np.radians(hip_turn)) * trunk
    return with_pose(seen, xy_px=xy)


def test_feet_against_face_is_unclear() -> None:
    seen = observation(Figure())
    xy = seen.pose.xy_px.copy()
    xy[NOSE, 0] = seen.pose.middle("ear")[0] - 60
    view = judged(with_pose(seen, xy_px=xy))
    assert "facing_unclear" in codes(view.reasons)
    assert view.facing is None
    assert "facing_unclear" in codes(judged(with_pose(seen, xy_px=xy), lenient=True).reasons)


def test_lying() -> None:
    seen = moved(observation(Figure()), shoulder=(400.0, 250.0), ear=(500.0, 330.0))
    assert "lying" in codes(judged(seen, lenient=True).reasons)


def test_sitting_is_seen_from_the_front_too() -> None:
    seen = worlds(observation(Figure()), knee=(0.0, 0.1, -0.4), ankle=(0.0, 0.5, -0.4))
    assert codes(judged(seen, lenient=True).reasons) == {"sitting"}


def test_squatting() -> None:
    seen = worlds(observation(Figure()), knee=(0.3, 0.25, 0.0), ankle=(0.05, 0.6, 0.0))
    assert "squatting" in codes(judged(seen, lenient=True).reasons)


def test_one_bent_leg_is_no_squat() -> None:
    seen = observation(Figure())
    world = seen.pose.world_m.copy()
    world[index("knee", "left")], world[index("ankle", "left")] = (0.3, 0.25, 0.0), (0.05, 0.6, 0.0)
    assert judged(with_pose(seen, world_m=world)).body is not None


def test_stepping_refuses_strictly_and_warns_leniently() -> None:
    seen = observation(Figure(ankles_apart=0.2))
    assert "stepping" in codes(judged(seen).reasons)
    lenient = judged(seen, lenient=True)
    assert lenient.body is not None
    assert "stepping" in codes(lenient.warnings)
    assert "stepping" not in codes(judged(observation(Figure(ankles_apart=0.08))).reasons)


@pytest.mark.parametrize(
    ("name", "refused_leniently"), [("ear", False), ("ankle", False), ("hip", True), ("shoulder", True)]
)
def test_hidden_points(name: str, refused_leniently: bool) -> None:
    seen = observation(Figure())
    visibility = seen.pose.visibility.copy()
    visibility[index(name, "right")] = 0.3
    hidden = with_pose(seen, visibility=visibility)
    strict, lenient = judged(hidden), judged(hidden, lenient=True)
    assert codes(strict.reasons) == {"cropped"}
    assert name in strict.reasons[0].message
    assert ("cropped" in codes(lenient.reasons)) == refused_leniently
    if lenient.body is not None:
        assert name not in lenient.body.points


def test_points_outside_the_photo_are_cropped() -> None:
    seen = moved(observation(Figure()), toe=(0.0, 400.0), heel=(0.0, 400.0), ankle=(0.0, 400.0))
    assert "cropped" in codes(judged(seen).reasons)


def test_a_barely_visible_joint_warns() -> None:
    seen = observation(Figure())
    visibility = seen.pose.visibility.copy()
    visibility[index("knee", "right")] = 0.7
    view = judged(with_pose(seen, visibility=visibility))
    assert view.body is not None
    assert "cropped" in codes(view.warnings)


@pytest.mark.parametrize(
    ("size", "refused", "refused_leniently", "warned"),
    [(1000, False, False, False), (750, False, False, True), (400, True, False, False), (180, True, True, False)],
)
def test_size(size: float, refused: bool, refused_leniently: bool, warned: bool) -> None:
    seen = observation(Figure(size=size))
    assert ("too_small" in codes(judged(seen).reasons)) == refused
    assert ("too_small" in codes(judged(seen, lenient=True).reasons)) == refused_leniently
    assert ("small" in codes(judged(seen).warnings)) == warned


def test_a_photo_decoded_smaller_is_judged_by_its_own_pixels() -> None:
    seen = replace(observation(Figure(size=600)), photo_px_per_px=2.0)
    assert "small" not in codes(judged(seen).warnings)


@pytest.mark.parametrize(("other", "code"), [(900.0, "several_people"), (200.0, "second_person")])
def test_other_people(other: float, code: str) -> None:
    view = judged(replace(observation(Figure()), others_px=(other,)))
    assert code in codes(view.reasons) | codes(view.warnings)
    assert (view.body is None) == (code == "several_people")


def test_loose_clothing_hides_the_contour_and_nothing_else() -> None:
    view = judged(observation(Figure()), clothing="loose")
    assert "loose_clothing" in codes(view.warnings)
    assert view.body is not None
    assert view.body.contour is None
    assert "loose" in view.body.contour_problem


def test_disagreeing_or_missing_outlines_hide_the_contour() -> None:
    seen = observation(Figure())
    assert seen.silhouette is not None
    good = seen.silhouette.masked
    pulled = good.left_px.copy()
    pulled[300:420] -= 30  # a door frame behind the back
    for silhouette in (
        None,
        Silhouette(good, good, None),
        Silhouette(good, good, Outline(good.rows_px, pulled, good.right_px)),
    ):
        view = judged(replace(seen, silhouette=silhouette))
        assert view.body is not None
        assert view.body.contour is None
        assert "outline_disagrees" in codes(view.warnings)


def test_small_bodies_have_no_contour() -> None:
    view = judged(observation(Figure(size=300)), lenient=True)
    assert view.body is not None
    assert view.body.contour is None
    assert "pixels" in view.body.contour_problem


@pytest.mark.parametrize(
    ("behind", "measured", "warned"),
    [(0.06, True, False), (0.036, True, True), (0.026, False, True)],
    ids=["clear", "touching", "covering"],
)
def test_an_arm_over_the_back(behind: float, measured: bool, warned: bool) -> None:
    """The forearm's middle line at ``behind`` statures ahead of the back's outline; it is 0.022 thick."""
    figure = Figure(hollow_px=0.0)
    seen = observation(figure)
    assert seen.silhouette is not None
    xy = seen.pose.xy_px.copy()
    shoulder, hip = seen.pose.point("shoulder", "right"), seen.pose.point("hip", "right")
    for name, share in (("elbow", 0.45), ("wrist", 0.95)):
        y = shoulder[1] + share * (hip[1] - shoulder[1])
        back = np.interp(y, seen.silhouette.masked.rows_px, seen.silhouette.masked.left_px)
        xy[index(name, "right")] = (back + behind * seen.stature_px, y)
    view = judged(with_pose(seen, xy_px=xy))
    assert view.body is not None
    assert (view.body.contour is not None) == measured
    assert ("arm_over_back" in codes(view.warnings)) == warned


@pytest.mark.parametrize(
    ("upper", "lower", "roll"),
    [
        ((100, 0), (100, 100), 0),
        ((90, 0), (100, 100), 5.71),
        ((110, 0), (100, 100), -5.71),
        ((100, 100), (90, 0), 5.71),
    ],
)
def test_roll_of_a_plumb_line(upper, lower, roll: float) -> None:
    assert roll_of_plumb_line(upper, lower) == pytest.approx(roll, abs=0.01)


def test_every_remark_says_what_to_do() -> None:
    views = [
        judged(observation(Figure(yaw_gap=0.3, ankles_apart=0.3, size=400))),
        judged(replace(observation(Figure(size=700)), others_px=(900.0, 100.0), silhouette=None)),
    ]
    for view in views:
        for remark in (*view.reasons, *view.warnings):
            assert len(remark.message) > 10
            assert len(remark.retake) > 10
