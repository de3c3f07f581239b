"""Stickers on ASIS and PSIS: found in drawn pictures, judged, used, offered, never swapped."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, cos, degrees, radians, sin

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.body.observation import FoundMarks, Observation, ReplayObserver
from posture.cli.terminal import sticker_options
from posture.errors import UsageError
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement, Unmeasured
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.vision.spots import _contrast, spots
from posture.vision.stickers import find_markers, surely
from tests.figures import HEIGHT, WIDTH, Figure, Sees, frame, observation
from validation.record import SAMPLES, recorded

GATES = Knowledge.load().gates
RED, SKIN, WALL = (210, 40, 40), (190, 150, 125), (215, 215, 210)


def drawn(
    seen: Observation,
    tilt: float = 12.0,
    colour: tuple[int, int, int] = RED,
    radius: float = 5.0,
    dots: int = 2,
    flat: float = 1.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A body of one colour before a wall, with stickers as far apart as people's; (picture, ASIS, PSIS)."""
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    assert seen.silhouette is not None
    outline = seen.silhouette.masked
    edges = [np.column_stack([edge, outline.rows_px]) for edge in (outline.left_px, outline.right_px[::-1])]
    edges[1][:, 1] = outline.rows_px[::-1]
    cv2.fillPoly(picture, [np.round(np.vstack(edges)).astype(np.int32)], SKIN)
    pose = seen.pose
    forward = 1.0 if pose.point("toe", "left")[0] > pose.point("heel", "left")[0] else -1.0
    stature, hip = pose.stature_px, pose.middle("hip")
    middle = hip + np.array([forward * -0.001, -0.053]) * stature
    half = 0.052 * stature * np.array([forward * cos(radians(tilt)), sin(radians(tilt))])
    asis, psis = middle + half, middle - half
    for at in (asis, psis)[:dots]:
        axes = (round(flat * radius * 16), round(radius * 16))
        centre = (round(at[0] * 16), round(at[1] * 16))
        cv2.ellipse(picture, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, shift=4)
    return cv2.GaussianBlur(picture, (0, 0), 0.8), asis, psis


def found(seen: Observation, picture: np.ndarray) -> FoundMarks | None:
    assert seen.silhouette is not None
    return find_markers(picture, seen.pose, seen.silhouette.masked)


@settings(max_examples=25)
@given(
    st.sampled_from(["left", "right"]),
    st.floats(-5, 28),
    st.sampled_from([RED, (32, 150, 60), (34, 84, 200), (20, 180, 200), (18, 18, 20)]),
    st.floats(3.5, 8),
)
def test_two_dots_are_found_to_a_pixel_whatever_their_colour(
    facing: str, tilt: float, colour: tuple[int, int, int], radius: float
) -> None:
    seen = observation(Figure(facing=facing))
    picture, asis, psis = drawn(seen, tilt, colour, radius)
    marks = found(seen, picture)
    assert marks is not None
    assert np.hypot(*(np.array(marks.asis_px) - asis)) < 1
    assert np.hypot(*(np.array(marks.psis_px) - psis)) < 1
    run, drop = np.array(marks.asis_px) - marks.psis_px
    assert degrees(atan2(drop, abs(run))) == pytest.approx(tilt, abs=0.7)
    assert marks.radius_px == pytest.approx(radius, rel=0.25)


def test_the_pair_is_sure_enough_to_be_used() -> None:
    seen = observation(Figure())
    marks = found(seen, drawn(seen)[0])
    assert marks is not None
    assert marks.confidence > GATES.stickers_sure


def test_a_dot_seen_at_a_slant_is_a_spot_and_a_stripe_is_none() -> None:
    seen = observation(Figure())
    for flat, radius, is_spot in ((0.45, 7, True), (0.12, 16, False)):
        picture, asis, _ = drawn(seen, flat=flat, radius=radius)
        near = [spot for spot in spots(picture, seen.pose) if np.hypot(*(spot.xy_px - asis)) < radius]
        assert bool(near) is is_spot


@pytest.mark.parametrize("dots", [0, 1])
def test_less_than_two_dots_are_no_pair(dots: int) -> None:
    seen = observation(Figure())
    marks = found(seen, drawn(seen, dots=dots)[0])
    assert marks is None or marks.confidence < GATES.stickers_likely


def test_two_colours_are_not_sure() -> None:
    seen = observation(Figure())
    picture, _, psis = drawn(seen)
    cv2.circle(picture, tuple(np.round(psis).astype(int)), 6, (34, 84, 200), -1, cv2.LINE_AA)
    marks = found(seen, picture)
    assert marks is None or marks.confidence < GATES.stickers_sure


def test_a_print_of_dots_is_not_taken_for_stickers() -> None:
    seen = observation(Figure())
    picture, *_ = drawn(seen, dots=0)
    hip = seen.pose.middle("hip")
    for k in range(24):
        at = hip + [(k % 5 - 2) * 30, (k // 5 - 4) * 30]
        cv2.circle(picture, tuple(np.round(at).astype(int)), 6, RED, -1, cv2.LINE_AA)
    marks = found(seen, picture)
    assert marks is None or marks.confidence < GATES.stickers_sure


class TestPipeline:
    @staticmethod
    def seen(confidence: float, tilt: float = 15.0) -> Observation:
        one = observation(Figure())
        hip = one.pose.middle("hip")
        half = 50 * np.array([cos(radians(tilt)), sin(radians(tilt))])
        asis, psis = (tuple(map(float, hip + [0, -50] + sign * half)) for sign in (1, -1))
        return replace(one, found_marks=FoundMarks(asis, psis, 5.0, confidence))  # type: ignore[arg-type]

    def test_a_sure_pair_is_measured_and_said(self) -> None:
        report = analyze(frame(), Sees(self.seen(0.97)))
        tilt = report.measurements["asis_psis_tilt"]
        assert isinstance(tilt, Measurement)
        assert (tilt.grade, tilt.method) == ("A", "stickers found over ASIS and PSIS")
        assert tilt.quantity.value == pytest.approx(15.0)
        assert report.finding is not None
        assert report.finding.tilt.quantity.value == pytest.approx(15, abs=0.5)
        assert report.finding.tilt.method == "stickers found over ASIS and PSIS"
        assert report.stickers is not None
        assert report.stickers.used
        assert Report.from_json(report.to_json()).to_json() == report.to_json()

    def test_a_likely_pair_is_offered_and_not_measured(self) -> None:
        report = analyze(frame(), Sees(self.seen(0.6)))
        assert isinstance(report.measurements["asis_psis_tilt"], Unmeasured)
        (offer,) = [warning for warning in report.warnings if warning.code == "stickers_unsure"]
        assert "say so" in offer.retake
        assert sticker_options(report).startswith("--asis ")
        assert report.stickers is not None
        assert not report.stickers.used

    @pytest.mark.parametrize(("tilt", "taken"), [(13.0, True), (-14.0, False), (40.0, False)])
    def test_a_sure_pair_that_the_outline_contradicts_is_offered(self, tilt: float, taken: bool) -> None:
        photo, one = read_photo(SAMPLES / "typical.jpg"), recorded("typical")  # faces left
        half = 50 * np.array([-cos(radians(tilt)), sin(radians(tilt))])
        asis, psis = (
            tuple(map(float, one.observation.pose.middle("hip") + [0, -50] + sign * half)) for sign in (1, -1)
        )
        one = ReplayObserver(replace(one.observation, found_marks=FoundMarks(asis, psis, 5.0, 0.99)), one.model_sha256)
        report = analyze(photo, one, intake=Intake(clothing="tight"))
        assert report.stickers.used == taken
        assert isinstance(report.measurements["asis_psis_tilt"], Measurement) == taken
        assert ("stickers_unsure" in {warning.code for warning in report.warnings}) != taken
        assert report.finding.tilt.grade == ("A" if taken else "C")
        said = analyze(photo, one, intake=Intake(clothing="tight"), options=Options(stickers_confirmed=True))
        assert said.stickers.used
        assert said.finding.tilt.quantity.value == pytest.approx(tilt, abs=0.5)
        told_not = analyze(photo, one, intake=Intake(clothing="tight"), options=Options(use_stickers=False))
        assert "stickers_unsure" not in {warning.code for warning in told_not.warnings}

    def test_an_unlikely_pair_is_not_spoken_of(self) -> None:
        report = analyze(frame(), Sees(self.seen(0.1)))
        assert report.stickers is None
        assert "stickers_unsure" not in {warning.code for warning in report.warnings}

    def test_where_they_are_only_offered_a_sure_pair_is_not_measured(self) -> None:
        report = analyze(frame(), Sees(self.seen(0.97)), options=Options(use_stickers=False))
        assert isinstance(report.measurements["asis_psis_tilt"], Unmeasured)
        assert report.stickers is not None
        assert not report.stickers.used

    @pytest.mark.parametrize("confidence", [0.6, 0.97])
    def test_points_given_win(self, confidence: float) -> None:
        options = Options(asis=(550, 620), psis=(450, 620))
        report = analyze(frame(), Sees(self.seen(confidence)), options=options)
        tilt = report.measurements["asis_psis_tilt"]
        assert isinstance(tilt, Measurement)
        assert (tilt.method, tilt.quantity.value) == ("marked ASIS and PSIS", pytest.approx(0.0))
        assert "stickers_unsure" not in {warning.code for warning in report.warnings}

    @pytest.mark.parametrize("facing", ["left", "right"])
    def test_points_the_wrong_way_round_are_asked_about(self, facing: str) -> None:
        front, rear = ((550, 620), (450, 600)) if facing == "right" else ((350, 620), (450, 600))
        see = Sees(observation(Figure(facing=facing)))
        assert analyze(frame(), see, options=Options(asis=front, psis=rear)).status == "analyzed"
        with pytest.raises(UsageError, match="were the two swapped"):
            analyze(frame(), see, options=Options(asis=rear, psis=front))

    def test_points_far_from_the_hips_are_asked_about(self) -> None:
        with pytest.raises(UsageError, match="% of the body's height from the hip joint"):
            analyze(frame(), Sees(observation(Figure())), options=Options(asis=(550, 100), psis=(450, 600)))

    def test_a_larger_sticker_is_less_sure(self) -> None:
        small, large = self.seen(0.97), self.seen(0.97)
        assert large.found_marks is not None
        large = replace(large, found_marks=replace(large.found_marks, radius_px=15.0))
        sigmas = []
        for one in (small, large):
            tilt = analyze(frame(), Sees(one), intake=Intake(clothing="tight")).measurements["asis_psis_tilt"]
            assert isinstance(tilt, Measurement)
            sigmas.append(tilt.quantity.sigma)
        assert sigmas[0] < sigmas[1]


@given(reach=st.floats(2, 9))
@settings(max_examples=20)
def test_contrast_is_the_third_smallest_difference_of_eight(reach: float) -> None:
    picture = np.random.default_rng(5).uniform(0, 60, (30, 41, 3)).astype(np.float32)
    away, slant = round(reach), round(reach / 2**0.5)
    ways = [(away, 0), (slant, slant), (0, away), (-slant, slant)]
    wider = np.pad(picture, ((10, 10), (10, 10), (0, 0)), mode="edge")
    sides = [
        np.linalg.norm(wider[10 + y : 40 + y, 10 + x : 51 + x] - picture, axis=2)
        for right, down in ways
        for x, y in ((right, down), (-right, -down))
    ]
    assert np.allclose(_contrast(picture, reach), np.sort(sides, axis=0)[2], atol=1e-3)


@pytest.mark.parametrize(
    ("contrast", "ratio", "left"), [(15.0, 0.6, 0.99), (11.0, 0.6, 0.6), (15.0, 0.35, 0.6), (11.0, 0.35, 0.6)]
)
def test_a_pair_with_a_faint_or_long_spot_is_offered_and_not_taken(contrast: float, ratio: float, left: float) -> None:
    features = np.array([contrast / 30, 0.5, 0.1, ratio, 0.4, 0.1, 1.0, 0.0])
    assert surely(0.99, features) == left
    assert surely(0.2, features) == 0.2
    assert GATES.stickers_likely < surely(0.99, features)
    assert (surely(0.99, features) >= GATES.stickers_sure) == (left == 0.99)
