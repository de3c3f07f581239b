"""The gates: each refusal and warning on a figure that has that fault and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.body.observation import Marks, Observation
from posture.body.overrides import roll_of_plumb_line
from posture.body.pose import NOSE, Side, index
from posture.body.sagittal import Given
from posture.body.silhouette import Outline, Silhouette
from posture.geometry import UncertainPoint, rotated
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.load import Knowledge
from posture.quality.checks import uneven_legs
from posture.quality.view import HAND_SIGMA_PCT, View, common_roll, prepare_view, thigh_depth_pct
from posture.quantity import Quantity
from tests.figures import Figure, observation, with_pose

GATES = Knowledge.load().gates


def judged(
    seen: Observation,
    roll_deg: float | None = None,
    roll_sigma_deg: float | None = None,
    lenient: bool = False,
    arms: ArmRule | None = None,
    **said,
) -> View:
    sigma_deg = GATES.roll_known_deg if roll_sigma_deg is None else roll_sigma_deg
    roll = None if roll_deg is None else Quantity(roll_deg, sigma_deg, "deg")
    return prepare_view(seen, GATES, Given(roll=roll, **said), lenient, arms)


def codes(issues) -> set[str]:
    return {issue.code for issue in issues}


def moved(seen: Observation, **points: tuple[float, float]) -> Observation:
    """Joints of both sides moved by (dx, dy) px in the photo."""
    xy = seen.pose.xy_px.copy()
    for name, shift in points.items():
        for side in ("left", "right"):
            xy[index(name, side)] += shift
    return with_pose(seen, xy_px=xy)


def worlds(seen: Observation, **vectors: tuple[float, float, float]) -> Observation:
    """Metric joints of both legs set to given places from their hip."""
    world = seen.pose.world_m.copy()
    for name, place in vectors.items():
        for side in ("left", "right"):
            world[index(name, side)] = world[index("hip", side)] + place
    return with_pose(seen, world_m=world)


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_good_photo_passes(facing: str) -> None:
    view = judged(observation(Figure(facing=facing)))
    assert view.body is not None
    assert view.facing == facing
    assert view.reasons == ()
    assert (codes(view.warnings), codes(view.notes)) == (set(), {"roll_unknown"})
    assert view.body.contour is not None
    level = judged(observation(Figure(facing=facing)), roll_deg=0.0)
    assert (level.warnings, level.notes) == ((), ())


def test_what_is_told_of_a_photos_quality() -> None:
    seen = observation(Figure(sigma_px=2.0, yaw_gap=0.69 * np.sin(np.radians(4))))
    visibility = seen.pose.visibility.copy()
    visibility[index("knee", "right")], visibility[index("knee", "left")] = 0.8, 0.6
    seen = replace(with_pose(seen, visibility=visibility), passes=5, body_share=0.97, photo_px_per_px=2.0)
    quality = dict(judged(seen, roll_deg=1.5).quality)
    depth = quality.pop("thigh_depth_pct")
    assert quality == {
        "yaw_deg": pytest.approx(4, abs=0.1),
        "roll_deg": 1.5,
        "body_height_px": 2 * np.ptp(seen.pose.xy_px[:, 1]),
        "visibility": 0.8,
        "landmark_sigma_pct": pytest.approx(200 / seen.pose.stature_px, rel=1e-3),
        "looks": 5,
        "masks_agree": 0.97,
    }
    assert depth is not None


def test_what_is_known_goes_into_the_body() -> None:
    seen = observation(Figure(facing="left"))
    marks = Marks((400.0, 700.0), (480.0, 690.0), 3.0)
    body = judged(seen, roll_deg=2.0, roll_sigma_deg=0.7, marks=marks, clothing="normal").body
    assert body is not None
    assert (body.facing, body.clothing, body.roll_sigma_deg, body.by_hand) == ("left", "normal", 0.7, frozenset())
    assert body.yaw_deg == judged(seen, roll_deg=2.0).quality["yaw_deg"]
    assert body.asis is not None
    assert body.asis.sigma == 3.0
    for said, sigma in (({}, GATES.roll_unknown_deg), ({"roll_deg": 0.0}, GATES.roll_known_deg)):
        plain = judged(seen, **said).body
        assert plain is not None
        assert plain.roll_sigma_deg == sigma
    assert judged(seen).pose is seen.pose


def test_a_thigh_of_known_depth() -> None:
    """A trapezoid that is 90 px deep at the hip and 1 px shallower every 10 px down, of a body of 1000 px."""
    height = np.linspace(0, 1000, 1001)
    deep = 90 - (500 - height) / 10
    edges = [np.column_stack([edge, height])[::-1] for edge in (-deep / 2, deep / 2)]
    body = judged(observation(Figure())).body
    assert body is not None
    assert body.contour is not None
    contour = replace(body.contour, dorsal_xy=edges[0][::-1], ventral_xy=edges[1][::-1])
    drawn = replace(body, contour=contour, points={"hip": UncertainPoint(0.0, 500.0, 1.0)}, stature_px=1000.0)
    assert thigh_depth_pct(drawn) == pytest.approx(9 - 1.4)  # the middle of 0.10 to 0.18 statures under the hip
    assert thigh_depth_pct(replace(drawn, points={})) is None
    assert thigh_depth_pct(replace(drawn, contour=None)) is None


@pytest.mark.parametrize(("better", "value"), [("left", 0.9), ("right", 0.95)])
def test_without_a_facing_the_better_seen_side_is_near(better: str, value: float) -> None:
    seen = observation(Figure())
    xy, visibility = seen.pose.xy_px.copy(), seen.pose.visibility.copy()
    xy[NOSE, 0] = seen.pose.middle("ear")[0] - 60
    for name in ("hip", "knee", "ankle"):
        visibility[index(name, "left")], visibility[index(name, "right")] = 0.9, 0.7 if better == "left" else 0.95
    view = judged(with_pose(seen, xy_px=xy, visibility=visibility))
    assert view.facing is None
    assert view.body is None
    assert view.quality["visibility"] == value


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_joint_set_by_hand_in_a_rolled_photo(facing: Side) -> None:
    """A knee set where the figure's own knee is says the same, with the hand's own doubt; so does the roll."""
    for roll in (None, 12.0):
        seen = observation(Figure(facing=facing, roll_deg=roll or 0.0))
        knee = tuple(seen.pose.point("knee", facing))
        plain = judged(seen, roll_deg=roll).body
        body = judged(seen, roll_deg=roll, joints={"knee": knee}).body
        assert plain is not None
        assert body is not None
        assert body.by_hand == {"knee"}
        assert (body.point("knee").x, body.point("knee").y) == pytest.approx(
            (plain.point("knee").x, plain.point("knee").y)
        )
        assert body.point("knee").sigma == pytest.approx(HAND_SIGMA_PCT / 100 * seen.pose.stature_px)
        assert plain.point("hip").y - plain.point("ankle").y == pytest.approx(489, abs=2)


def test_a_turn_that_only_the_metric_shoulders_show() -> None:
    seen = observation(Figure(yaw_gap=0.0))
    world = seen.pose.world_m.copy()
    world[11], world[12] = (0.0, 0.0, 0.0), (0.1, 0.3, 0.1 / np.tan(np.radians(30)))
    assert judged(with_pose(seen, world_m=world)).quality["yaw_deg"] == pytest.approx(30, abs=0.1)


def test_a_turn_of_a_body_without_a_trunk_and_of_shoulders_too_far_apart() -> None:
    seen = observation(Figure())
    xy = seen.pose.xy_px.copy()
    for side in ("left", "right"):
        xy[index("shoulder", side)] = xy[index("hip", side)]
    assert judged(with_pose(seen, xy_px=xy), lenient=True).quality["yaw_deg"] == 90
    assert judged(observation(Figure(yaw_gap=2.0)), lenient=True).quality["yaw_deg"] == 90


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
    said = [r.message for r in (*lenient.reasons, *lenient.warnings) if r.code == "not_side_view"]
    assert all(f"limit {30 if refused_leniently else 20}°" in words for words in said)
    assert strict.facing == "right"


def test_yaw_of_a_known_turn() -> None:
    # shoulders 0.69 of the trunk apart, turned by 15 degrees: a gap of 0.69 sin 15
    seen = observation(Figure(yaw_gap=0.69 * np.sin(np.radians(15))))
    assert judged(seen).quality["yaw_deg"] == pytest.approx(15, abs=0.1)


@pytest.mark.parametrize(("hip_turn", "warned"), [(5, False), (9.9, False)], ids=["5 degrees", "9.9 degrees"])
def test_a_small_twist_passes(hip_turn: float, warned: bool) -> None:
    assert ("turned_slightly" in codes(judged(_twisted(hip_turn)).warnings)) == warned


def test_shoulders_and_hips_turned_alike_are_no_twist() -> None:
    seen = _twisted(12)
    xy = seen.pose.xy_px.copy()
    trunk = np.hypot(*(seen.pose.middle("shoulder") - seen.pose.middle("hip")))
    xy[index("shoulder", "left"), 0] += 0.69 * np.sin(np.radians(12)) * trunk
    view = prepare_view(with_pose(seen, xy_px=xy), replace(GATES, yaw_warn_deg=15.0))
    assert "turned_slightly" not in codes(view.warnings)


def test_shoulders_turned_against_hips_warn() -> None:
    gates = replace(GATES, yaw_warn_deg=15.0)  # so that the twist alone can be what warns
    view = prepare_view(_twisted(12), gates)
    assert ["against each other" in w.message for w in view.warnings if w.code == "turned_slightly"] == [True]


def _twisted(hip_turn: float) -> Observation:
    seen = observation(Figure(yaw_gap=0.0))
    xy = seen.pose.xy_px.copy()
    trunk = np.hypot(*(seen.pose.middle("shoulder") - seen.pose.middle("hip")))
    xy[index("hip", "left"), 0] += 0.38 * np.sin(np.radians(hip_turn)) * trunk
    return with_pose(seen, xy_px=xy)


@pytest.mark.parametrize(("yaw", "refused"), [(20.4, False), (20.6, True)])
def test_a_turn_is_judged_in_whole_degrees(yaw: float, refused: bool) -> None:
    seen = observation(Figure(yaw_gap=0.69 * np.sin(np.radians(yaw))))
    assert ("not_side_view" in codes(judged(seen).reasons)) == refused


@pytest.mark.parametrize(("yaw", "warned"), [(9.5, False), (10.5, True)])
def test_a_slight_turn_warns_from_ten_degrees(yaw: float, warned: bool) -> None:
    gates = replace(GATES, twist_warn_deg=90.0)  # so that the turn alone can be what warns
    seen = observation(Figure(yaw_gap=0.69 * np.sin(np.radians(yaw))))
    assert ("turned_slightly" in codes(prepare_view(seen, gates).warnings)) == warned


def test_a_known_roll_is_taken_out_before_anything_is_judged() -> None:
    tilted = observation(Figure(roll_deg=50.0, size=600))
    assert "lying" in codes(judged(tilted, lenient=True).reasons)
    assert "lying" not in codes(judged(tilted, lenient=True, roll_deg=50.0).reasons)
    assert "lying" in codes(judged(tilted, lenient=True, roll_deg=-50.0).reasons)


def test_feet_against_face_is_unclear() -> None:
    seen = observation(Figure())
    xy = seen.pose.xy_px.copy()
    xy[NOSE, 0] = seen.pose.middle("ear")[0] - 60
    view = judged(with_pose(seen, xy_px=xy))
    assert "facing_unclear" in codes(view.reasons)
    assert view.facing is None
    assert "facing_unclear" in codes(judged(with_pose(seen, xy_px=xy), lenient=True).reasons)


@pytest.mark.parametrize(("lean", "lies"), [(44.0, False), (-44.0, False), (46.0, True), (-46.0, True), (170.0, True)])
def test_lying(lean: float, lies: bool) -> None:
    assert ("lying" in codes(judged(observation(Figure(trunk=lean, size=700)), lenient=True).reasons)) == lies


def leg(thigh: float, bend: float) -> dict[str, tuple[float, float, float]]:
    """Knee and ankle of a leg whose thigh points at the camera and whose knee bends, by so many degrees."""
    a, b = np.radians(thigh), np.radians(bend - thigh)
    knee = np.array([0.0, 0.4 * np.cos(a), -0.4 * np.sin(a)])
    ankle = knee + [0.0, 0.4 * np.cos(b), 0.4 * np.sin(b)]
    return {"knee": tuple(knee), "ankle": tuple(ankle)}


@pytest.mark.parametrize(
    ("thigh", "bend", "codes_given"),
    [
        (50, 50, {"sitting"}),
        (50, 40, set()),
        (40, 40, set()),
        (40, 50, set()),
        (30, 50, {"squatting"}),
        (50, 70, {"sitting", "squatting"}),
        (80, 85, {"sitting"}),
    ],
)
def test_sitting_and_squatting_by_thigh_knee_and_shank(thigh: float, bend: float, codes_given: set[str]) -> None:
    """The shank leans by bend - thigh: over 15 degrees with a bent knee is a squat."""
    seen = worlds(observation(Figure()), **leg(thigh, bend))
    assert codes(judged(seen).reasons) == codes_given


def test_legs_that_nobody_sees_are_not_judged() -> None:
    seen = worlds(observation(Figure()), **leg(80, 85))
    visibility = seen.pose.visibility.copy()
    visibility[[index("knee", "left"), index("knee", "right")]] = 0.3
    assert "sitting" not in codes(judged(with_pose(seen, visibility=visibility)).reasons)
    visibility[index("knee", "left")] = 0.9  # the far knee alone is seen: that is enough
    assert "sitting" in codes(judged(with_pose(seen, visibility=visibility)).reasons)


def test_who_sits_is_not_also_said_to_step() -> None:
    seen = worlds(observation(Figure(ankles_apart=0.3)), **leg(80, 85))
    assert codes(judged(seen).reasons) == {"sitting"}


@pytest.mark.parametrize(("share", "steps"), [(0.1195, False), (0.1205, True)])
def test_a_step_is_twelve_percent_of_stature(share: float, steps: bool) -> None:
    seen = observation(Figure(ankles_apart=0.3))
    xy = seen.pose.xy_px.copy()
    xy[index("ankle", "left")] = xy[index("ankle", "right")] + [share * seen.stature_px, 0.0]
    moved_apart = with_pose(seen, xy_px=xy)
    assert moved_apart.stature_px == seen.stature_px
    gates = replace(GATES, stepping_knee_deg=180, stepping_foot_deg=180)
    assert ("stepping" in codes(prepare_view(moved_apart, gates).reasons)) == steps


def test_a_step_is_told_in_shares_of_the_body_as_a_level_camera_sees_it() -> None:
    """A camera held askew makes a body look lower, and the same feet wider apart beside it."""
    gates = replace(GATES, stepping_knee_deg=180, stepping_foot_deg=180)
    stature = observation(Figure()).stature_px / 1000
    for share, steps in ((0.115, False), (0.125, True)):
        for roll_deg in (0.0, 30.0, -30.0):
            askew = observation(Figure(ankles_apart=share * stature, roll_deg=roll_deg))
            view = prepare_view(askew, gates, Given(roll=Quantity(roll_deg, 0.5, "deg")))
            assert ("stepping" in codes(view.reasons)) == steps


def test_a_camera_that_was_not_moved_has_the_median_of_its_photos_rolls() -> None:
    told = [
        judged(observation(Figure(roll_deg=r)), roll_deg=r, roll_sigma_deg=s) for r, s in ((1, 0.4), (4, 0.5), (2, 0.6))
    ]
    silent, refused = judged(observation(Figure())), judged(observation(Figure(size=180)), roll_deg=9.0)
    assert refused.body is None
    assert common_roll([told[0], None, told[1], silent, refused, told[2]]) == Quantity(2.0, 0.5, "deg")
    assert common_roll([None, silent, refused]) is None


@pytest.mark.parametrize(
    ("point", "apart_deg", "steps"), [("knee", 12, False), ("knee", 14, True), ("toe", 14, False), ("toe", 16, True)]
)
def test_a_leg_bent_or_a_foot_tipped_more_is_a_step(point: str, apart_deg: float, steps: bool) -> None:
    seen = observation(Figure())
    pose = seen.pose
    joint, end = {"knee": ("knee", "ankle"), "toe": ("heel", "toe")}[point]
    xy, about = pose.xy_px.copy(), pose.point(joint, "left")
    moved = [name for name in ("ankle", "heel", "toe") if point == "knee"] or [end]
    for name in moved:
        xy[index(name, "left")] = rotated(pose.point(name, "left")[None], tuple(about), apart_deg)[0]
    if point == "knee":  # the foot stays flat
        for name in ("heel", "toe"):
            xy[index(name, "left")] = (
                xy[index("ankle", "left")] + pose.point(name, "left") - pose.point("ankle", "left")
            )
    gates = replace(GATES, stepping_ankles_pct=100)
    reasons = prepare_view(with_pose(seen, xy_px=xy), gates).reasons
    assert codes(reasons) == ({"stepping"} if steps else set())
    knees, feet = uneven_legs(with_pose(seen, xy_px=xy).pose)
    assert (knees if point == "knee" else feet) == pytest.approx(apart_deg, abs=0.2)


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


@pytest.mark.parametrize("shift", [-600.0, 600.0], ids=["left", "right"])
def test_a_body_beyond_either_side_of_the_photo_is_cropped(shift: float) -> None:
    seen = observation(Figure())
    assert "cropped" in codes(judged(with_pose(seen, xy_px=seen.pose.xy_px + [shift, 0.0])).reasons)


@pytest.mark.parametrize(("visibility", "warned"), [(0.79, True), (0.81, False)])
def test_a_barely_visible_joint_warns(visibility: float, warned: bool) -> None:
    seen = observation(Figure())
    every = seen.pose.visibility.copy()
    every[index("knee", "right")] = visibility
    view = judged(with_pose(seen, visibility=every))
    assert view.body is not None
    assert ("cropped" in codes(view.warnings)) == warned


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


@pytest.mark.parametrize(("share", "code"), [(0.51, "several_people"), (0.49, "second_person")])
@pytest.mark.parametrize("lenient", [False, True])
def test_other_people(share: float, code: str, lenient: bool) -> None:
    seen = observation(Figure())
    view = judged(replace(seen, others_px=(share * seen.pose.extent_px,)), lenient=lenient)
    assert code in codes(view.reasons) | codes(view.warnings)
    assert (view.body is None) == (code == "several_people")


def test_the_limit_that_is_said_is_the_one_that_holds() -> None:
    seen = observation(Figure(size=180))
    (strict,) = [r for r in judged(seen).reasons if r.code == "too_small"]
    (lenient,) = [r for r in judged(seen, lenient=True).reasons if r.code == "too_small"]
    assert "500" in strict.message
    assert "200" in lenient.message
    (warned,) = [r for r in judged(observation(Figure(size=400)), lenient=True).warnings if r.code == "too_small"]
    assert "500" in warned.message


@pytest.mark.parametrize("clothing", [None, "tight", "normal"])
def test_clothes_that_are_not_loose_keep_the_contour(clothing: str | None) -> None:
    body = judged(observation(Figure()), clothing=clothing).body
    assert body is not None
    assert body.contour is not None
    assert (body.contour.ventral_xy[:, 0] - body.contour.dorsal_xy[:, 0]).min() > 50
    assert np.all(np.diff(body.contour.dorsal_xy[:, 1]) > 0)


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


@pytest.mark.parametrize(
    ("bump_pct", "from_hip_pct", "kept"),
    [
        (0.4, 0.0, True),
        (1.6, 0.0, False),
        (3.0, 25.0, False),
        (3.0, -12.0, False),
        (3.0, 38.0, True),
        (3.0, -25.0, True),
    ],
    ids=["slight", "clear", "upper back", "seat", "neck", "thigh"],
)
def test_where_and_how_much_two_outlines_may_differ(bump_pct: float, from_hip_pct: float, kept: bool) -> None:
    """A bump 5 % of stature long: RMS over half a stature is bump * sqrt(0.1), so 0.3 % is a bump of 0.95 %."""
    seen = observation(Figure())
    assert seen.silhouette is not None
    good, stature = seen.silhouette.masked, seen.stature_px
    middle = seen.pose.point("hip", "right")[1] - from_hip_pct / 100 * stature
    bump = np.where(np.abs(good.rows_px - middle) < 0.025 * stature, bump_pct / 100 * stature, 0.0)
    other = Outline(good.rows_px, good.left_px - bump, good.right_px)
    body = judged(replace(seen, silhouette=Silhouette(good, good, other))).body
    assert body is not None
    assert (body.contour is not None) == kept


def test_small_bodies_have_no_contour() -> None:
    view = judged(observation(Figure(size=300)), lenient=True)
    assert view.body is not None
    assert view.body.contour is None
    assert "pixels" in view.body.contour_problem


@pytest.mark.parametrize(
    ("upper", "lower", "roll"),
    [
        ((100, 0), (100, 100), 0),
        ((90, 0), (100, 100), 5.71),
        ((110, 0), (100, 100), -5.71),
        ((100, 100), (90, 0), 5.71),
        ((90, 50), (100, 150), 5.71),
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
        for issue in (*view.reasons, *view.warnings):
            assert len(issue.message) > 10
            assert len(issue.retake) > 10


def test_a_straight_edge_behind_the_back_puts_the_outline_aside() -> None:
    view = judged(observation(Figure(hollow_px=0.0)))
    assert view.body is not None
    assert view.body.contour is None
    assert "straight edge" in view.body.contour_problem
    assert "outline_disagrees" in codes(view.warnings)


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_turned_bodys_near_shoulder_stays_where_it_is_and_only_its_doubt_grows(facing: Side) -> None:
    """Shoulders 48 px and hips 10 px apart: half of the difference, 19 px, beside the shoulder's own 8 px."""
    seen = observation(Figure(facing=facing))
    xy, sigma, forward = seen.pose.xy_px.copy(), seen.pose.sigma_px.copy(), 1 if facing == "right" else -1
    other: Side = "left" if facing == "right" else "right"
    for name, gap in (("shoulder", 48.0), ("hip", 10.0)):
        xy[index(name, other), 0] = xy[index(name, facing), 0] - forward * gap
    sigma[index("shoulder", facing)], sigma[index("shoulder", other)] = 8.0, 1.0
    turned = with_pose(seen, xy_px=xy, sigma_px=sigma)
    plain, body = judged(seen).body, judged(turned).body
    assert plain is not None
    assert body is not None
    assert body.yaw_deg > GATES.yaw_warn_deg
    shoulder = body.point("shoulder")
    assert (shoulder.x, shoulder.y) == (plain.point("shoulder").x, plain.point("shoulder").y)
    assert shoulder.sigma == pytest.approx(float(np.hypot(8.0, 19.0)))


@pytest.mark.parametrize(("turn", "widened"), [(9.0, False), (14.0, True)])
def test_the_shoulder_of_a_turned_body_is_less_sure_by_what_it_may_stand_out(turn: float, widened: bool) -> None:
    gap = 0.69 * float(np.sin(np.radians(turn)))  # of the trunk's length; the hips of the figure have none
    seen = observation(Figure(yaw_gap=gap, sigma_px=1.0))
    body = judged(seen).body
    assert body is not None
    out = gap * 288 / 2 if widened else 0.0
    assert body.point("shoulder").sigma == pytest.approx(float(np.hypot(1.0, out)), rel=0.01)
    assert body.point("hip").sigma == pytest.approx(1.0)
