"""The modified Thomas test: the angle, the words for it, and points of a lying person."""

from __future__ import annotations

import json
from math import cos, radians, sin
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from posture.body.frame import Frame
from posture.cli.main import app
from posture.cli.terminal import OPTIONS, retake
from posture.errors import Issue, LegUnclear, NotLying, UsageError
from posture.geometry import UncertainPoint, rotated
from posture.plan.thomas import thomas
from posture.render.overlay import draw_leg
from posture.vision.thomas_photo import roll_of_level_line
from tests.conftest import ROOT

SIGMA = 1.0


def leg(thigh: float, bend: float = 80.0, roll: float = 0.0, outwards: float = 1.0) -> dict[str, UncertainPoint]:
    """A hanging leg in picture pixels, the camera rolled clockwise by ``roll``."""
    hip = np.array([600.0, 500.0])
    knee = hip + 200 * np.array([outwards * cos(radians(thigh)), -sin(radians(thigh))])
    down = radians(thigh - bend)
    ankle = knee + 200 * np.array([outwards * cos(down), -sin(down)])
    xy = rotated(np.array([hip, knee, ankle]), (640.0, 360.0), -roll)
    return {
        name: UncertainPoint(float(x), float(y), SIGMA)
        for name, (x, y) in zip(("hip", "knee", "ankle"), xy, strict=True)
    }


@given(st.floats(-40, 40), st.floats(0, 120), st.floats(-8, 8), st.sampled_from([1.0, -1.0]))
def test_given_points_give_the_angle_to_a_tenth(thigh: float, bend: float, roll: float, outwards: float) -> None:
    told = thomas(leg(thigh, bend, roll, outwards), roll, 0.0, True)
    assert told.thigh.value == pytest.approx(thigh, abs=0.1)
    assert told.knee_flexion is not None
    assert told.knee_flexion.value == pytest.approx(bend, abs=0.1)


def test_the_worked_number() -> None:
    points = {"hip": (0, 100), "knee": (100, 90), "ankle": (100, 190)}
    told = thomas({name: UncertainPoint(*xy, 0.1) for name, xy in points.items()}, 0.0, 0.5, True)
    assert told.thigh.value == pytest.approx(5.7, abs=0.05)
    assert told.knee_flexion is not None
    assert told.knee_flexion.value == pytest.approx(95.7, abs=0.05)


@pytest.mark.parametrize(
    ("thigh", "word"),
    [(5.2, "short"), (4.8, "unclear"), (0.0, "unclear"), (-4.8, "unclear"), (-5.2, "normal")],
)
def test_the_limits_of_the_thigh(thigh: float, word: str) -> None:
    assert thomas(leg(thigh), 0.0, 0.5, True).length_one_joint == word


@pytest.mark.parametrize(("bend", "word"), [(60.0, "short"), (67.0, "unclear"), (74.0, "normal")])
def test_the_limit_of_the_knee(bend: float, word: str) -> None:
    assert thomas(leg(-8.0, bend), 0.0, 0.5, True).length_two_joint == word


def test_a_doubt_larger_than_the_angle_leaves_it_unclear() -> None:
    unsure = {name: UncertainPoint(p.x, p.y, 20.0) for name, p in leg(7.0).items()}
    assert thomas(unsure, 0.0, 0.5, True).length_one_joint == "unclear"


@pytest.mark.parametrize("flat", [None, False])
def test_without_a_flat_back_nothing_is_called(flat: bool | None) -> None:
    told = thomas(leg(15.0, 40.0), 0.0, 0.5, flat)
    assert (told.length_one_joint, told.length_two_joint) == ("unclear", "unclear")
    assert told.warnings[-1].code == "lumbar_not_flat"


def test_no_ankle_no_knee() -> None:
    points = {name: point for name, point in leg(0.0).items() if name != "ankle"}
    told = thomas(points, 0.0, 0.5, True)
    assert (told.knee_flexion, told.length_two_joint) == (None, None)


def test_a_standing_leg_is_no_hanging_one() -> None:
    with pytest.raises(NotLying, match="nobody lies at a table's end"):
        thomas(leg(-88.0), 0.0, 0.5, True)


@pytest.mark.parametrize("bend", [-60.0, 140.0])
def test_a_knee_that_no_hanging_leg_has_is_asked_about(bend: float) -> None:
    with pytest.raises(UsageError, match="check hip, knee and ankle"):
        thomas(leg(5.0, bend), 0.0, 0.5, True)


def test_an_ankle_on_the_knee_leaves_the_thigh() -> None:
    points = leg(8.0)
    told = thomas({**points, "ankle": points["knee"]}, 0.0, 0.5, True)
    assert (told.length_one_joint, told.knee_flexion) == ("short", None)


def test_the_tables_edge_tells_the_roll() -> None:
    assert roll_of_level_line((0, 100), (100, 90)) == pytest.approx(5.7, abs=0.05)
    assert roll_of_level_line((100, 90), (0, 100)) == pytest.approx(5.7, abs=0.05)


def test_the_picture_shows_the_leg_and_the_horizontal() -> None:
    frame = Frame(np.full((720, 1280, 3), 255, np.uint8), 1280, 720, "0" * 64, "x")
    picture = draw_leg(frame, leg(10.0), 0.0)
    hip, knee = leg(10.0)["hip"], leg(10.0)["knee"]
    middle = picture[round((hip.y + knee.y) / 2), round((hip.x + knee.x) / 2)]
    assert middle[2] > middle[0]  # the leg is blue
    beside = picture[round(hip.y), round(min(hip.x, knee.x)) + 20 : round(max(hip.x, knee.x)) - 20].astype(int)
    pink = (beside[:, 0] > beside[:, 1] + 40) & (beside[:, 2] > beside[:, 1] + 40)
    assert 0.3 < pink.mean() < 0.9  # a dashed line, level through the hip


def test_the_head_that_was_seen_is_blurred() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    frame = Frame(pixels, 1280, 720, "0" * 64, "x")
    plain, blurred = draw_leg(frame, leg(10.0), 0.0), draw_leg(frame, leg(10.0), 0.0, [(200.0, 200.0, 60.0)])
    assert np.ptp(plain[180:220, 180:220].astype(float)) > 200
    assert np.ptp(blurred[180:220, 180:220].astype(float)) < 100
    np.testing.assert_array_equal(plain[400:], blurred[400:])


class TestCommand:
    @pytest.fixture
    def photo(self, tmp_path: Path) -> Path:
        cv2.imwrite(str(tmp_path / "lying.png"), np.full((720, 1280, 3), 200, np.uint8))
        return tmp_path / "lying.png"

    @staticmethod
    def run(*words: object):
        return CliRunner().invoke(app, ["thomas", *map(str, words)])

    def test_given_points_need_no_model(self, photo: Path) -> None:
        points = ("--hip", "600,500", "--knee", "800,480", "--ankle", "810,680", "--level", "0,500,1000,500")
        result = self.run(photo, *points, "--lumbar-flat", "--side", "left", "--json", "--out", photo.parent / "out")
        assert result.exit_code == 0
        told = json.loads(result.stdout)
        assert (told["side"], told["length_one_joint"]) == ("left", "short")
        assert told["thigh_deg"] == pytest.approx(5.71, abs=0.01)
        assert (photo.parent / "out" / "lying_thomas.jpg").exists()

    def test_words_for_people(self, photo: Path) -> None:
        said = self.run(photo, "--hip", "600,500", "--knee", "800,480").stdout
        assert "thigh 6° above level" in said
        assert "Less sure" in said

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--hip", "1,2"), "hip and knee go together"),
            (("--hip", "1,2", "--knee", "9000,5"), "knee (9000, 5) lies outside the photo"),
            (("--hip", "1,2", "--knee", "3"), "--knee 3: give 2 numbers"),
            (("--side", "both"), "choose left or right"),
            (("--hip", "1,2", "--knee", "1,2"), "hip and knee are the same point"),
            (("--plumb", "1,1,1,9", "--level", "1,1,9,1"), "not both"),
            (("--hip", "600,500", "--knee", "800,480", "--level", "1,1,1,90"), "level wants the table's edge"),
        ],
    )
    def test_wrong_words_are_sentences(self, photo: Path, words: tuple[str, ...], said: str) -> None:
        result = self.run(photo, *words)
        assert isinstance(result.exception, UsageError)
        assert said in str(result.exception)

    def test_a_standing_person_is_a_refusal(self) -> None:
        result = self.run(ROOT / "sample_images" / "mild.jpg", "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["refused"]["code"] == "not_lying"

    def test_nobody_there_is_a_refusal(self, photo: Path) -> None:
        result = self.run(photo, "--json")
        assert result.exit_code == 1
        assert json.loads(result.stdout)["refused"]["code"] == "no_person"

    def test_a_missing_photo(self) -> None:
        assert self.run("none.jpg").exit_code == 2


def test_the_command_line_adds_the_options_that_do_it() -> None:
    assert retake(LegUnclear().issue()).endswith(f"({OPTIONS['leg_unclear']})")
    other = Issue("dark", "it is dark", "put the light on")
    assert retake(other) == "put the light on"
