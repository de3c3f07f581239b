"""Every measure on figures drawn with known angles, and the laws that hold for any body."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from posture.body.observation import Marks
from posture.body.sagittal import Given, SagittalBody
from posture.errors import DegenerateGeometry
from posture.geometry import UncertainPoint
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES, take_all
from posture.measures.back_curve import _smoothed, back_curve, curves
from posture.measures.lengths import SCALE_SD, lengths_cm
from posture.measures.measurement import Measurement, Measurements, Unmeasured
from posture.quality.view import prepare_view
from posture.quantity import Quantity
from tests.figures import Figure, joints, observation

GATES, MODEL = Knowledge.load().gates, Knowledge.load().tilt_model
LEANS = st.floats(-12, 12)
FIGURES = st.builds(
    Figure,
    trunk=LEANS,
    thigh=LEANS,
    shank=st.floats(-2, 12),
    facing=st.sampled_from(["left", "right"]),
    size=st.floats(600, 1100),
    hollow_px=st.floats(15, 60),
)


def one_hollow(figure: Figure) -> bool:
    """Whether the lumbar hollow is the only one: a straight-sided figure bent at the hip has a second one there.

    Where both are of nearly one depth a pixel chooses between them; standing people's trunks lean behind their thighs.
    """
    return figure.trunk - figure.thigh < 2 or figure.hollow_px > 0.06 * figure.size


def body_of(figure: Figure, roll_deg: float | None = None, **said) -> SagittalBody:
    roll = None if roll_deg is None else Quantity(roll_deg, GATES.roll_known_deg, "deg")
    view = prepare_view(observation(figure), GATES, Given(roll=roll, **said), lenient=True)
    assert view.body is not None, view.reasons
    return view.body


def value(figure: Figure, name: str, **said) -> float:
    measured = take_all(body_of(figure, **said), MODEL)[name]
    assert isinstance(measured, Measurement), measured
    return measured.quantity.value


@settings(max_examples=60)
@given(FIGURES)
def test_drawn_angles_come_back(figure: Figure) -> None:
    points = joints(figure)
    taken = take_all(body_of(figure), MODEL)
    measured = {name: m.quantity.value for name, m in taken.items() if isinstance(m, Measurement)}
    displacement = np.degrees(np.arctan2(*points["hip"]))
    assert measured["trunk_incl"] == pytest.approx(figure.trunk, abs=1e-6)
    assert measured["thigh_incl"] == pytest.approx(figure.thigh, abs=1e-6)
    assert measured["shank_incl"] == pytest.approx(figure.shank, abs=1e-6)
    assert measured["hip_angle"] == pytest.approx(figure.thigh - figure.trunk, abs=1e-6)
    assert measured["knee_flexion"] == pytest.approx(figure.shank - figure.thigh, abs=1e-6)
    assert measured["pelvic_displacement"] == pytest.approx(displacement, abs=1e-6)
    head = 100 * (points["ear"] - points["shoulder"])[0] / (0.288 * figure.size)
    assert measured["head_forward"] == pytest.approx(head, abs=1e-6)


@settings(max_examples=40)
@given(FIGURES)
def test_a_mirrored_figure_measures_the_same(figure: Figure) -> None:
    other = replace(figure, facing="left" if figure.facing == "right" else "right")
    for name, measured in take_all(body_of(figure), MODEL).items():
        if isinstance(measured, Measurement):
            # half a pixel of resampled outline is 0.2° of a tangent over 2 % of a stature of 600 px
            assert value(other, name) == pytest.approx(measured.quantity.value, abs=0.2), name


@settings(max_examples=40)
@given(FIGURES, st.floats(0.7, 1.2))
def test_scale_changes_no_angle(figure: Figure, factor: float) -> None:
    assume(one_hollow(figure))
    size = min(1100.0, figure.size * factor)
    scaled = replace(figure, size=size, hollow_px=figure.hollow_px * size / figure.size)
    for name in ("hip_angle", "trunk_incl", "knee_flexion", "lumbar_depth", "contour_lordosis"):
        assert value(scaled, name) == pytest.approx(value(figure, name), abs=0.3), name


@settings(max_examples=40)
@given(FIGURES, st.floats(-6, 6))
def test_roll_safe_measures_do_not_feel_roll_and_a_known_roll_is_undone(figure: Figure, roll: float) -> None:
    assume(one_hollow(figure))
    rolled = replace(figure, roll_deg=roll)
    for name in ("hip_angle", "knee_flexion", "lumbar_depth", "contour_lordosis"):
        assert value(rolled, name) == pytest.approx(value(figure, name), abs=0.5), name
    forward = 1 if figure.facing == "right" else -1
    assert value(rolled, "trunk_incl") == pytest.approx(figure.trunk - forward * roll, abs=1e-6)
    assert value(rolled, "trunk_incl", roll_deg=roll) == pytest.approx(figure.trunk, abs=1e-6)
    # the deepest point lies on a whole pixel; where a small body bends fastest, one pixel is about 1° of tangent
    assert value(rolled, "sacral_tangent", roll_deg=roll) == pytest.approx(value(figure, "sacral_tangent"), abs=1.5)


@settings(max_examples=30)
@given(FIGURES, st.floats(1, 8), st.floats(1.01, 2))
def test_more_noise_never_lowers_sigma(figure: Figure, sigma: float, factor: float) -> None:
    quiet = take_all(body_of(replace(figure, sigma_px=sigma)), MODEL)
    loud = take_all(body_of(replace(figure, sigma_px=sigma * factor)), MODEL)
    for name, measured in quiet.items():
        noisier = loud[name]
        if isinstance(measured, Measurement) and isinstance(noisier, Measurement):
            assert noisier.quantity.sigma >= measured.quantity.sigma
            assert noisier.sem >= measured.sem


def test_a_deeper_hollow_is_a_larger_curve() -> None:
    for name in ("lumbar_depth", "contour_lordosis"):
        values = [value(Figure(hollow_px=depth), name) for depth in (15, 30, 45, 60)]
        assert values == sorted(values)
        assert values[-1] > 2 * values[0]


def test_an_unknown_roll_widens_only_what_hangs_on_the_vertical() -> None:
    unknown, known = take_all(body_of(Figure()), MODEL), take_all(body_of(Figure(), roll_deg=0.0), MODEL)
    for name in ("trunk_incl", "thigh_incl", "pelvic_displacement", "head_forward", "sacral_tangent"):
        assert unknown[name].quantity.sigma > known[name].quantity.sigma, name
    for name in ("hip_angle", "knee_flexion", "contour_lordosis", "lumbar_depth"):
        assert unknown[name].quantity.sigma == pytest.approx(known[name].quantity.sigma), name


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize(
    ("drop", "tilt_deg"), [(0, 0), (20, 11.31), (-20, -11.31)], ids=["level", "anterior", "posterior"]
)
def test_asis_psis_tilt_sign(facing: str, drop: float, tilt_deg: float) -> None:
    forward = 100 if facing == "right" else -100
    marks = Marks(asis_px=(450 + forward, 600 + drop), psis_px=(450, 600), sigma_px=2.0)
    assert value(Figure(facing=facing), "asis_psis_tilt", marks=marks) == pytest.approx(tilt_deg, abs=0.01)


def test_asis_psis_tilt_without_or_with_useless_marks() -> None:
    assert isinstance(take_all(body_of(Figure()), MODEL)["asis_psis_tilt"], Unmeasured)
    together = Marks(asis_px=(452, 600), psis_px=(450, 600), sigma_px=2.0)
    assert isinstance(take_all(body_of(Figure(), marks=together), MODEL)["asis_psis_tilt"], Unmeasured)


def test_the_doubts_of_a_marked_tilt() -> None:
    """Clicks of 2 px on points 100 px apart, an unknown roll of 2 degrees, and the turn of the body."""
    marks = Marks(asis_px=(550, 600), psis_px=(450, 600), sigma_px=2.0)
    body = body_of(Figure(yaw_gap=0.1), marks=marks)
    measured = take_all(body, MODEL)["asis_psis_tilt"]
    clicks = np.degrees(np.hypot(2, 2) / 100)
    assert measured.sem == pytest.approx(np.hypot(clicks, GATES.roll_unknown_deg))
    assert measured.quantity.sigma == pytest.approx(np.hypot(measured.sem, 0.06 * body.yaw_deg))
    assert isinstance(take_all(replace(body, psis=None), MODEL)["asis_psis_tilt"], Unmeasured)


def test_a_missing_point_leaves_the_other_measures_alone() -> None:
    body = body_of(Figure())
    without = replace(body, points={name: p for name, p in body.points.items() if name != "ankle"})
    taken = take_all(without, MODEL)
    for name in ("shank_incl", "knee_flexion", "pelvic_displacement"):
        assert taken[name] == Unmeasured("the ankle is not in the picture or hidden")
    assert isinstance(taken["hip_angle"], Measurement)


def test_points_on_top_of_each_other_are_unmeasured() -> None:
    body = body_of(Figure())
    knee = body.points["knee"]
    taken = take_all(replace(body, points={**body.points, "ankle": UncertainPoint(knee.x, knee.y + 1, 2.0)}), MODEL)
    assert isinstance(taken["shank_incl"], Unmeasured)


def test_no_contour_is_said_with_its_reason() -> None:
    taken = take_all(replace(body_of(Figure()), contour=None, contour_problem="an arm covers the lower back"), MODEL)
    for name in ("contour_lordosis", "lumbar_depth", "sacral_tangent"):
        assert taken[name] == Unmeasured("an arm covers the lower back")


def test_grades_and_units() -> None:
    marks = Marks(asis_px=(550, 600), psis_px=(450, 600), sigma_px=2.0)
    for name, measured in take_all(body_of(Figure(), marks=marks), MODEL).items():
        if isinstance(measured, Measurement):
            contour = name in ("contour_lordosis", "lumbar_depth", "sacral_tangent", "pelvic_tilt_estimate")
            assert measured.grade == ("A" if name == "asis_psis_tilt" else "C" if contour else "D")
            assert measured.quantity.unit == MEASURES[name].unit


def test_every_name_of_the_contract_is_a_measure() -> None:
    contract = [
        "trunk_incl",
        "thigh_incl",
        "shank_incl",
        "hip_angle",
        "knee_flexion",
        "pelvic_displacement",
        "head_forward",
        "contour_lordosis",
        "lumbar_depth",
        "sacral_tangent",
        "asis_psis_tilt",
        "pelvic_tilt_estimate",
    ]
    assert [name for name in MEASURES if name in contract] == contract
    level = {"trunk_incl", "thigh_incl", "shank_incl", "pelvic_displacement", "head_forward", "sacral_tangent"}
    assert {name for name in contract if MEASURES[name].to_vertical} == level
    assert {name for name, measure in MEASURES.items() if measure.unit == "%"} == {"head_forward", "lumbar_depth"}


class TestBackCurve:
    """Against a hollow whose shape is known in closed form: a cosine of depth 40 on a straight back."""

    HEIGHT = np.arange(-300.0, 420.0)

    def curve(self, depth: float, lean_deg: float = 0.0):
        share = self.HEIGHT / 320
        hollow = np.where((share > 0) & (share < 1), depth * (1 - np.cos(2 * np.pi * share)) / 2, 0.0)
        straight = np.column_stack([hollow, self.HEIGHT])
        turned = straight @ np.array([[np.cos(a := np.radians(lean_deg)), -np.sin(a)], [np.sin(a), np.cos(a)]])
        return back_curve(turned, hip_y=0.0, trunk_px=400.0, stature_px=700.0)

    def test_depth(self) -> None:
        # smoothing by a Gaussian of 8.4 px lowers a cosine of wavelength 320 px by exp(-(2 pi 8.4 / 320)² / 2) = 1.4 %
        assert self.curve(40).depth == pytest.approx(40, rel=0.02)

    def test_inflection_tangents(self) -> None:
        curve = self.curve(40)
        steepest = np.degrees(np.arctan(40 * np.pi / 320))
        assert curve.lean_deg.max() == pytest.approx(steepest, rel=0.03)
        assert curve.lean_deg.min() == pytest.approx(-steepest, rel=0.03)

    @pytest.mark.parametrize("width", [0.3, 8.4, 20.5])
    def test_the_smoothing_is_scipys(self, width: float) -> None:
        line = np.cumsum(np.random.default_rng(3).normal(size=(700, 2)), axis=0)
        smooth, slope = _smoothed(line, width)
        for ours, order in ((smooth, 0), (slope, 1)):
            theirs = gaussian_filter1d(line, width, axis=0, order=order, mode="nearest")
            np.testing.assert_allclose(ours, theirs, atol=1e-10)

    def read(self, back, height=HEIGHT):
        return back_curve(np.column_stack([back, height]), hip_y=0.0, trunk_px=400.0, stature_px=700.0)

    def test_of_two_hollows_the_deeper_is_the_lower_back(self) -> None:
        def dip(middle: float, depth: float):
            return depth * np.exp(-(((self.HEIGHT - middle) / 35) ** 2))

        for deeper in (60.0, 250.0):
            back = dip(60.0, 40 if deeper == 60 else 15) + dip(250.0, 40 if deeper == 250 else 15)
            curve = self.read(back)
            assert curve.xy[curve.apex, 1] == pytest.approx(deeper, abs=12)

    @pytest.mark.parametrize("missing", ["seat", "shoulder"])
    def test_half_an_outline_is_refused(self, missing: str) -> None:
        part = self.HEIGHT > -100 if missing == "seat" else self.HEIGHT < 300
        with pytest.raises(DegenerateGeometry, match="from the seat to the shoulder"):
            self.read(np.zeros(part.sum()), self.HEIGHT[part])

    def test_a_round_back_or_a_hollow_of_the_neck_is_no_lumbar_hollow(self) -> None:
        with pytest.raises(DegenerateGeometry, match="no hollow"):
            self.read(0.0005 * (self.HEIGHT - 60) ** 2)
        with pytest.raises(DegenerateGeometry, match="no hollow"):
            self.read(
                np.where(self.HEIGHT > 310, 20 * np.sin((self.HEIGHT - 310) / 80 * np.pi), 0.0) * 1.0
                + 0.0002 * (self.HEIGHT - 100) ** 2
            )

    def test_a_notch_is_no_lumbar_hollow(self) -> None:
        notch = np.where(np.abs(self.HEIGHT - 100) < 8, 12.0, 0.0) + 0.0004 * (self.HEIGHT - 100) ** 2
        with pytest.raises(DegenerateGeometry, match="no hollow"):
            self.read(notch)

    @pytest.mark.parametrize("lean_deg", [-8.0, 8.0])
    def test_leaning_changes_neither_depth_nor_turn(self, lean_deg: float) -> None:
        upright, leaning = self.curve(40), self.curve(40, lean_deg)
        assert leaning.depth == pytest.approx(upright.depth, rel=0.01)
        turn = np.ptp(leaning.lean_deg)
        assert turn == pytest.approx(np.ptp(upright.lean_deg), rel=0.02)


def test_shares_of_the_body_as_centimetres() -> None:
    """Each by its own whole: the ear by the trunk, the hollow by the line over it; the scale's doubt is in both."""
    body = body_of(Figure(hollow_px=60))
    share = Measurement(Quantity(10.0, 1.0, "%"), 1.0, "C", "drawn", 10.0)
    told = lengths_cm(body, Measurements({"head_forward": share, "lumbar_depth": share}), 170.0)
    wholes_px = {"head_ahead_of_shoulder": 0.288 * 1000, "lumbar_depth": curves(body)[0].chord}
    assert abs(wholes_px["lumbar_depth"] - wholes_px["head_ahead_of_shoulder"]) > 20
    for name, whole_px in wholes_px.items():
        whole_cm = 170.0 / body.stature_px * whole_px
        assert told[name].value == pytest.approx(whole_cm / 10, rel=0.01)
        assert told[name].sigma == pytest.approx(whole_cm * np.hypot(0.01, SCALE_SD / 10), rel=0.01)
    assert SCALE_SD > 0
