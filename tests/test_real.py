"""The suite of real photos: how it scores, on drawn figures; the photos themselves are not part of the project."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posture.errors import NoPerson
from posture.pipeline import Options, analyze, examine
from tests.figures import Figure, Sees, frame, observation
from validation.real import POINTS, POINTS_FILE, Errors, Readings, as_expected, faults, verdict, walks

STANDS, STEPS = Sees(observation(Figure())), Sees(observation(Figure(ankles_apart=0.2)))
WALKER = {"view": "side", "facing": "right", "pose": "walking", "people": "1"}


def both(sees: Sees):
    return [analyze(frame(), sees, options=Options(lenient=lenient)) for lenient in (False, True)]


class TestExpected:
    @pytest.mark.parametrize(
        ("row", "codes"),
        [
            ({"view": "side", "pose": "walking", "people": "1"}, set()),
            ({"view": "none", "pose": "no person", "people": "0"}, {"no_person"}),
            ({"view": "front", "pose": "sitting", "people": "4"}, {"not_side_view", "sitting", "several_people"}),
            ({"view": "side", "pose": "standing, cut at the chest/waist", "people": "1"}, {"cropped"}),
        ],
    )
    def test_the_manifest_is_read(self, row: dict[str, str], codes: set[str]) -> None:
        assert faults(row) == codes
        assert walks(row) == (row["pose"] == "walking")

    def test_a_walker_who_is_measured_without_a_verdict_is_as_expected(self) -> None:
        strict, lenient = both(STEPS)
        assert strict.status == "refused"
        assert as_expected(WALKER, strict, lenient) == ""

    def test_a_verdict_of_a_walker_is_not(self) -> None:
        strict, lenient = both(STANDS)
        assert verdict(lenient)
        assert as_expected(WALKER, strict, lenient) == "verdict strict, verdict lenient"

    def test_the_wrong_side_is_not(self) -> None:
        strict, lenient = both(STEPS)
        assert as_expected({**WALKER, "facing": "left"}, strict, lenient) == "faces right"

    def test_a_fault_has_to_be_named(self) -> None:
        empty = {"view": "none", "facing": "n/a", "pose": "no person", "people": "0"}
        assert as_expected(empty, *both(Sees(NoPerson("x")))) == ""
        assert as_expected(empty, *both(STEPS)) == "not refused for its fault"


class TestPoints:
    def readings(self, shift: float) -> Readings:
        """Both readings on the figure itself, the second one further to the right."""
        seen = STANDS.seen
        points = np.array([seen.pose.point(name, "right") for name in POINTS])
        rows = np.linspace(400, 700, 12)
        back = np.interp(rows, seen.silhouette.refined.rows_px, seen.silhouette.refined.left_px)
        return Readings(
            np.array([points, points + (shift, 0)]), rows, np.array([back, back + shift]), np.zeros(12, bool)
        )

    def test_errors_and_repeats_are_percent_of_stature(self) -> None:
        errors = Errors([], [], [], [])
        off = errors.add(examine(frame(), STANDS), self.readings(4.0))
        pct = 100 / STANDS.seen.stature_px
        assert off == pytest.approx(-2 * pct, abs=1e-9)  # the mean of both lies 2 px to the right
        assert errors.points[0] == pytest.approx(2 * pct)
        assert errors.repeat_sd() == pytest.approx(4 * pct / np.sqrt(2))
        assert len(errors.rows()) == len(POINTS) + 1

    def test_rows_that_an_arm_hides_do_not_count(self) -> None:
        hand = self.readings(0.0)
        hidden = replace(hand, hidden=np.arange(12) < 3)
        off = Errors([], [], [], []).add(examine(frame(), STANDS), hidden)
        assert np.isnan(off[:3]).all()
        assert np.isfinite(off[3:]).all()

    def test_every_reading_is_whole(self) -> None:
        for name, told in json.loads(POINTS_FILE.read_text()).items():
            assert len(told["rows"]) == 12, name
            for reading in ("first", "second"):
                assert set(told[reading]) == {*POINTS, "back", "covered"}, name
                assert len(told[reading]["back"]) == 12, name

    def test_another_photo_of_that_name_is_refused(self, tmp_path: Path) -> None:
        other = tmp_path / next(iter(json.loads(POINTS_FILE.read_text())))
        other.write_bytes(b"something else")
        with pytest.raises(ValueError, match="is not the photo"):
            Readings.of(other)
        assert Readings.of(tmp_path / "unknown.jpg") is None
