"""Camera roll from what stands upright: measured on drawn door frames, not on bodies, clutter or leaning things."""

from __future__ import annotations

from dataclasses import replace
from math import cos, radians, sin, tan

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.body.observation import FoundRoll
from posture.body.silhouette import Outline
from posture.knowledge.load import Knowledge
from posture.pipeline import Options, analyze
from posture.vision.roll import find_roll
from tests.figures import Figure, Sees, frame, observation

GATES = Knowledge.load().gates
TALL, WIDE = 1280, 720


def room(roll: float, doors: tuple[float, ...] = (80, 240), converging: float = 0.0) -> np.ndarray:
    """Door frames in a picture of a camera rolled clockwise; ``converging`` is degrees of lean a picture's width."""
    picture = np.full((TALL, WIDE, 3), 205, np.uint8)
    for x in doors:
        for edge, shade in ((0, 120), (16, 160)):
            lean = roll + converging * ((x + edge) / WIDE - 0.5)
            top, low = x + edge - 400 * tan(radians(lean)), x + edge + 400 * tan(radians(lean))
            corners = np.array([(top, 240), (top + 12, 240), (low + 12, 1040), (low, 1040)])
            cv2.fillPoly(picture, [np.round(corners * 16).astype(np.int32)], (shade,) * 3, cv2.LINE_AA, shift=4)
    noise = np.random.default_rng(0).normal(0, 2.5, picture.shape)
    return np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)


@settings(max_examples=15)
@given(st.floats(-5, 5))
def test_a_door_frame_tells_the_roll(roll: float) -> None:
    found = find_roll(room(roll), None)
    assert found is not None
    assert found.roll_deg == pytest.approx(roll, abs=0.3)
    assert found.confidence > GATES.roll_sure
    assert found.sigma_deg >= 0.5


def test_a_mirrored_room_rolls_the_other_way() -> None:
    here, there = find_roll(room(2.0), None), find_roll(np.ascontiguousarray(room(2.0)[:, ::-1]), None)
    assert here is not None
    assert there is not None
    assert there.roll_deg == pytest.approx(-here.roll_deg, abs=0.15)


def test_lines_that_converge_are_no_roll() -> None:
    """A camera that looks a little down sees the left door lean one way and the right one the other."""
    found = find_roll(room(1.0, doors=(60, 600), converging=1.2), None)
    assert found is not None
    assert found.roll_deg == pytest.approx(1.0, abs=0.3)


def seen_by(roll: float, pitch: float, walls: tuple[float, ...], person: float) -> tuple[np.ndarray, Outline, float]:
    """Door frames 3.6 m before a phone that looks down by ``pitch``; a person ``person`` m to the right, 3 m away.

    Returns picture, the person's outline, and how far what is upright leans to the left where they stand, degrees.
    """
    focal = 0.78 * TALL
    c, s, cp, sp = cos(radians(roll)), sin(radians(roll)), cos(radians(pitch)), sin(radians(pitch))

    def at(x: float, y: float, z: float) -> np.ndarray:
        """Pixel of a point x m right, y m above the lens and z m ahead of it."""
        up, ahead = cp * y + sp * z, cp * z - sp * y
        across, high = c * x - s * up, s * x + c * up
        return np.array([WIDE / 2 + focal * across / ahead, TALL / 2 - focal * high / ahead])

    picture = np.full((TALL, WIDE, 3), 205, np.uint8)
    for x in walls:
        for edge, shade in ((0.0, 120), (0.08, 160)):
            corners = [
                at(x + edge, 1.2, 3.6),
                at(x + edge + 0.06, 1.2, 3.6),
                at(x + edge + 0.06, -0.9, 3.6),
                at(x + edge, -0.9, 3.6),
            ]
            cv2.fillPoly(
                picture, [np.round(np.array(corners) * 16).astype(np.int32)], (shade,) * 3, cv2.LINE_AA, shift=4
            )
    noise = np.random.default_rng(0).normal(0, 2.5, picture.shape)
    picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)
    top, foot = at(person, 0.8, 3.0), at(person, -0.9, 3.0)
    rows = np.arange(np.ceil(top[1]), np.floor(foot[1]))
    middle = np.interp(rows, (top[1], foot[1]), (top[0], foot[0]))
    lean = np.degrees(np.arctan2(foot[0] - top[0], foot[1] - top[1]))
    return picture, Outline(rows, middle - 60, middle + 60), float(lean)


@pytest.mark.parametrize("person", [-0.5, 0.0, 0.5])
@pytest.mark.parametrize("pitch", [-6.0, 0.0, 4.0])
def test_the_roll_is_the_one_where_the_person_stands(person: float, pitch: float) -> None:
    """Away from the middle of the picture what is upright leans by more or less than the camera rolls."""
    picture, outline, lean = seen_by(1.0, pitch, (-0.9, -0.15, 0.75), person)
    found = find_roll(picture, outline)
    assert found is not None
    assert found.roll_deg == pytest.approx(lean, abs=0.3)


@pytest.mark.slow
def test_the_interval_holds_the_roll_of_people_anywhere_and_a_small_doubt_is_kept() -> None:
    """Sixty rooms with one to three doors, a phone held at any roll and pitch, the person anywhere."""
    rng = np.random.default_rng(7)
    errors, sigmas = [], []
    for _ in range(60):
        doors = tuple(sorted(rng.uniform(-1.1, 1.0, rng.integers(1, 4))))
        picture, outline, lean = seen_by(rng.normal(0, 2), rng.normal(0, 3), doors, rng.uniform(-0.55, 0.55))
        found = find_roll(picture, outline)
        if found is not None and found.confidence >= GATES.roll_sure:
            errors.append(abs(found.roll_deg - lean))
            sigmas.append(found.sigma_deg)
    error, sigma = np.array(errors), np.array(sigmas)
    assert len(error) > 45
    assert np.mean(error < 1.96 * sigma) >= 0.95
    assert (sigma < 0.65).sum() > 8
    assert error[sigma < 0.65].max() < 0.3


def test_far_from_every_line_the_doubt_grows() -> None:
    near, far = (find_roll(*seen_by(1.0, 0.0, (-0.9, -0.6), person)[:2]) for person in (-0.3, 0.7))
    assert near is not None
    assert far is not None
    assert far.sigma_deg > 1.3 * near.sigma_deg


def test_no_line_no_roll() -> None:
    assert find_roll(room(0.0, doors=()), None) is None


def test_the_bodys_own_edges_do_not_count() -> None:
    rows = np.arange(200.0, 1100.0)
    body = Outline(rows, np.full(rows.shape, 60.0), np.full(rows.shape, 300.0))
    assert find_roll(room(3.0), body) is None


def test_things_leaning_every_way_are_not_sure() -> None:
    picture = room(0.0, doors=())
    for k, lean in enumerate((-8, -5, -2, 1, 4, 7)):
        x = 60 + 110 * k
        shift = 300 * tan(radians(lean))
        cv2.line(picture, (round(x - shift), 300), (round(x + shift), 900), (60, 60, 60), 9, cv2.LINE_AA)
    found = find_roll(picture, None)
    assert found is None or found.confidence < GATES.roll_sure


class TestPipeline:
    @staticmethod
    def report(confidence: float, options: Options | None = None):
        seen = replace(observation(Figure(roll_deg=3.0)), found_roll=FoundRoll(3.0, 0.6, confidence))
        return analyze(frame(), Sees(seen), options=options)

    def test_a_sure_roll_is_taken_out(self) -> None:
        level = analyze(frame(), Sees(observation(Figure()))).measurements["trunk_incl"]
        rolled = self.report(0.9)
        assert rolled.measurements["trunk_incl"].quantity.value == pytest.approx(level.quantity.value, abs=0.1)  # type: ignore[union-attr]
        assert rolled.measurements["trunk_incl"].quantity.sigma < level.quantity.sigma  # type: ignore[union-attr]
        assert rolled.quality["roll_deg"] == 3.0
        assert "roll_unknown" not in {note.code for note in rolled.notes}

    def test_an_unsure_one_is_not(self) -> None:
        assert self.report(0.4).quality["roll_deg"] is None

    def test_a_plumb_line_given_wins(self) -> None:
        assert self.report(0.9, Options(plumb=((100, 0), (100, 1300)))).quality["roll_deg"] == 0.0
