"""Two reports of one person, a clinic's own error, several shots of one standing."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf, nan, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from posture.cli.main import app
from posture.errors import UsageError
from posture.followup.aggregate import combine, systematic_sigma
from posture.followup.change import OwnError, comparable, compare, judged, own_error
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement, Measurements, Unmeasured
from posture.pipeline import analyze
from posture.quantity import Quantity
from posture.report.report import Report
from tests.figures import Figure, Sees, frame, observation

KNOWLEDGE = Knowledge.load()
BASE = analyze(frame(), Sees(observation(Figure())))


def shot(number: int = 0, sem: float = 2.0, **values: float) -> Report:
    """A report with these values, each with an SEM; ``number`` tells the photos apart."""
    told = {name: Measurement(Quantity(value, 4.0, "deg"), sem, "D", "points", value) for name, value in values.items()}
    return replace(BASE, photo=replace(BASE.photo, sha256=f"{number:064d}", file=f"{number}.jpg"), measurements=told)


def turned(report: Report, yaw_deg: float | None) -> Report:
    return replace(report, quality={**BASE.quality, "yaw_deg": yaw_deg})


FIVE = shot(2, hip_angle=5.0)
UNSEEN = Measurements({"hip_angle": Unmeasured("an arm hides it")})
MEASURE_AGAIN = (
    "the photos were measured with different versions of the tool: measure both again, and where a reviewer had set "
    "points, set them again"
)


def only(before: Report, after: Report, own: OwnError | None = None):
    (change,) = compare(before, after, KNOWLEDGE, own)
    return change


class TestCompare:
    @pytest.mark.parametrize(
        ("after", "verdict"),
        [(9.5, "no_detectable_change"), (9.6, "changed"), (-1.5, "no_detectable_change"), (-1.6, "changed")],
    )
    def test_the_smallest_real_change_is_196_roots_of_both_errors(self, after: float, verdict: str) -> None:
        change = only(shot(1, hip_angle=4.0), shot(2, hip_angle=after))
        assert change.mdc95 == pytest.approx(1.96 * sqrt(8), abs=1e-3)  # 5.54
        assert (change.verdict, change.diff) == (verdict, pytest.approx(after - 4.0))

    @given(st.floats(-30, 30), st.floats(-30, 30))
    def test_there_and_back_is_the_same_change(self, a: float, b: float) -> None:
        there, back = only(shot(1, hip_angle=a), shot(2, hip_angle=b)), only(shot(2, hip_angle=b), shot(1, hip_angle=a))
        assert there.verdict == back.verdict
        assert there.diff == -back.diff

    def test_own_error_takes_the_place_of_the_reports(self) -> None:
        own = OwnError({"hip_angle": 1.0}, 10)
        change = only(shot(1, hip_angle=4.0), shot(2, hip_angle=7.5), own)
        assert change.mdc95 == pytest.approx(2.228 * sqrt(2), abs=1e-3)
        assert change.verdict == "changed"
        assert change.because == "changed by more than your own measurement error over 10 pairs"

    @pytest.mark.parametrize(
        ("other", "reason"),
        [
            (replace(FIVE, facing="left"), "the photos show different sides: facing right before, left after"),
            (replace(FIVE, status="refused", measurements={}), "the photo after could not be measured"),
            (replace(FIVE, versions={**BASE.versions, "model_sha256": "0"}), MEASURE_AGAIN),
            (turned(FIVE, 18.0), "the body is turned 2° from side-on in one photo and 18° in the other"),
            (shot(1, hip_angle=5), "both reports are of the same photo"),
            (replace(shot(2), measurements=UNSEEN), "not measured after: an arm hides it"),
            (shot(2), "not measured after: the report does not hold it"),
        ],
        ids=["side", "refused", "model", "yaw", "same photo", "unmeasured", "absent"],
    )
    def test_what_cannot_be_compared_says_why(self, other: Report, reason: str) -> None:
        before = turned(shot(1, hip_angle=4.0), 2.0)
        change = only(before, other)
        assert (change.verdict, change.diff, change.mdc95) == ("not_comparable", None, None)
        assert change.because == reason
        assert comparable(before, other) == reason.startswith("not measured")

    def test_what_cannot_be_compared_keeps_its_values_and_their_unit(self) -> None:
        change = only(shot(1, hip_angle=4.0), replace(FIVE, facing="left"))
        assert (change.before, change.after, change.unit) == (4.0, 5.0, "deg")
        change = only(replace(shot(1), measurements=UNSEEN), FIVE)
        assert (change.before, change.after, change.unit) == (None, 5.0, "deg")
        assert change.because == "not measured before: an arm hides it"
        change = only(replace(shot(1), measurements=UNSEEN), replace(shot(2), measurements=UNSEEN))
        assert (change.before, change.after, change.unit) == (None, None, "")

    def test_a_refused_first_photo_is_named(self) -> None:
        refused = replace(shot(1), status="refused", measurements={})
        assert only(refused, FIVE).because == "the photo before could not be measured"

    @pytest.mark.parametrize(
        ("before", "after", "alike"),
        [(0.0, 10.0, True), (0.0, 10.1, False), (10.1, 0.0, False), (12.0, 14.0, True), (None, 30.0, True),
         (30.0, None, True)],
        ids=["10 apart", "a little more", "the other way", "both turned", "unknown before", "unknown after"],
    )  # fmt: skip
    def test_ten_degrees_of_turn_apart_is_the_most(
        self, before: float | None, after: float | None, alike: bool
    ) -> None:
        assert comparable(turned(shot(1, hip_angle=4.0), before), turned(FIVE, after)) == alike

    def test_more_than_the_smallest_real_change_is_a_change(self) -> None:
        for end, verdict, because in (
            (9.5, "no_detectable_change", "within measurement error"),
            (9.51, "changed", "changed by more than measurement error"),
            (-1.51, "changed", "changed by more than measurement error"),
        ):
            change = judged("hip_angle", (4.0, end), 5.5, "deg", "measurement error")
            assert (change.verdict, change.because, change.diff) == (verdict, because, end - 4.0)

    def test_reports_of_schema_1_without_a_tilt_model_are_compared_whatever_their_calibration(self) -> None:
        old = {name: told for name, told in BASE.versions.items() if name != "rotation"}
        one, other = (replace(shot(k, hip_angle=4.0), versions={**old, "calibration": f"2025.{k}"}) for k in (1, 2))
        assert comparable(one, other)

    def test_other_norms_and_calibrations_are_compared(self) -> None:
        newer = {**BASE.versions, "norms": "2030", "calibration": "2030", "verdict": "2030"}
        change = only(shot(1, hip_angle=4.0), replace(shot(2, hip_angle=5.0), versions=newer))
        assert change.verdict == "no_detectable_change"

    def test_by_another_line_for_the_turn_all_but_the_tilt_is_compared(self) -> None:
        """Reports of schema 1 name the line by the version of the whole tilt model."""
        old = {name: told for name, told in BASE.versions.items() if name != "rotation"}
        today = KNOWLEDGE.tilt_model.rotation.version
        named = [{**BASE.versions, "rotation": "1999"}]
        named += [{**old, "calibration": f"2026.11.23.1, tilt {tilt}"} for tilt in (today, "2026.10")]
        for versions, verdict in zip(named, ("not_comparable", "no_detectable_change", "not_comparable"), strict=True):
            before = replace(shot(1, hip_angle=4.0, pelvic_tilt_estimate=9.0), versions=versions)
            angle, tilt = compare(before, shot(2, hip_angle=5.0, pelvic_tilt_estimate=10.0), KNOWLEDGE)
            assert angle.verdict == "no_detectable_change"
            assert tilt.verdict == verdict
            assert (tilt.because == MEASURE_AGAIN) == (verdict == "not_comparable")

    def test_other_methods_are_not_compared(self) -> None:
        after = shot(2, hip_angle=4.0)
        measured = after.measurements["hip_angle"]
        assert isinstance(measured, Measurement)
        after = replace(after, measurements={"hip_angle": replace(measured, method="stickers")})
        assert "different ways: points before, stickers after" in only(shot(1, hip_angle=4.0), after).because


class TestOwnError:
    def test_differences_of_2_2_and_1_give_122(self) -> None:
        values = ((5, 7), (5, 3), (5, 6))
        pairs = [(shot(2 * k, hip_angle=a), shot(2 * k + 1, hip_angle=b)) for k, (a, b) in enumerate(values)]
        own = own_error(pairs, KNOWLEDGE)
        assert own.sem["hip_angle"] == pytest.approx(sqrt(9 / 6))
        assert own.pairs == 3

    def test_a_measure_missing_once_has_none(self) -> None:
        pairs = [(shot(2 * k, hip_angle=5, trunk_incl=1), shot(2 * k + 1, hip_angle=6, trunk_incl=2)) for k in range(2)]
        pairs.append((shot(8, hip_angle=5, trunk_incl=1), shot(9, hip_angle=6)))
        assert list(own_error(pairs, KNOWLEDGE).sem) == ["hip_angle"]

    def test_two_pairs_are_too_few(self) -> None:
        with pytest.raises(UsageError) as error:
            own_error([(shot(1), shot(2))] * 2, KNOWLEDGE)
        assert str(error.value) == (
            "pairs of photos: 2, which say too little: 3 or more are needed, each of one person who stepped away and "
            "back in between"
        )

    def test_a_measure_that_never_moved_has_none(self) -> None:
        """No clinic measures without error: that of the reports stays."""
        pairs = [(shot(2 * k, hip_angle=5, trunk_incl=1), shot(2 * k + 1, hip_angle=6, trunk_incl=1)) for k in range(3)]
        assert list(own_error(pairs, KNOWLEDGE).sem) == ["hip_angle"]

    @pytest.mark.parametrize(
        ("sem", "pairs"),
        [(0.0, 3), (-1.0, 3), (inf, 3), (nan, 3), (1.0, 2)],
        ids=["none", "negative", "boundless", "no number", "two pairs"],
    )
    def test_an_error_is_a_positive_number_from_three_pairs(self, sem: float, pairs: int) -> None:
        assert OwnError({"hip_angle": 1e-3}, 3).pairs == 3
        with pytest.raises(UsageError, match="own errors need 3 pairs or more and a positive number for every measure"):
            OwnError({"hip_angle": sem}, pairs)

    def test_a_pair_of_two_sides_is_named(self) -> None:
        pairs = [(shot(1, hip_angle=1), replace(shot(2, hip_angle=2), facing="left"))] * 3
        with pytest.raises(UsageError, match=r"1\.jpg and 2\.jpg: the photos show different sides"):
            own_error(pairs, KNOWLEDGE)


class TestRepeated:
    def test_the_worked_number(self) -> None:
        one = combine([shot(k, sem=3.0, hip_angle=v) for k, v in enumerate((5.0, 6.0, 7.0))], KNOWLEDGE)["hip_angle"]
        assert (one.value, one.sd, one.outliers, one.shots) == (6.0, 1.0, (), 3)
        assert one.sigma == pytest.approx(3.50, abs=0.01)

    def test_a_shot_that_does_not_belong_is_named_and_left_out(self) -> None:
        one = combine([shot(k, hip_angle=v) for k, v in enumerate((5.0, 30.0, 6.0, 5.5))], KNOWLEDGE)["hip_angle"]
        assert one.outliers == (1,)
        assert one.value == 5.5

    def test_of_two_shots_none_is_called_wrong(self) -> None:
        one = combine([shot(1, hip_angle=5.0), shot(2, hip_angle=40.0)], KNOWLEDGE)["hip_angle"]
        assert one.outliers == ()
        assert one.value == 22.5

    @given(st.integers(2, 12))
    def test_more_shots_never_know_less_and_never_better_than_what_is_wrong_with_all(self, n: int) -> None:
        some, more = (
            combine([shot(k, hip_angle=5.0) for k in range(m)], KNOWLEDGE)["hip_angle"].sigma for m in (n, n + 1)
        )
        error = KNOWLEDGE.errors["hip_angle"]
        assert some > more > sqrt(error.model_sd**2 + error.realism_sd**2)

    def test_the_cameras_roll_is_in_all_shots_and_stays(self) -> None:
        shots = [replace(analyze(frame(), Sees(observation(Figure()))), photo=replace(BASE.photo, sha256=f"{k:064d}"))
                 for k in range(9)]  # fmt: skip
        single = shots[0].measurements["trunk_incl"]
        assert isinstance(single, Measurement)
        assert combine(shots, KNOWLEDGE)["trunk_incl"].sigma < single.quantity.sigma
        for name, roll in (("trunk_incl", KNOWLEDGE.gates.roll_unknown_deg), ("hip_angle", 0.0)):
            lasting = sqrt(6.0**2 - KNOWLEDGE.errors[name].usual_jitter ** 2 + roll**2)
            assert systematic_sigma(name, 6.0, KNOWLEDGE) == pytest.approx(lasting)

    def test_the_estimate_never_gets_surer_than_its_policy(self) -> None:
        """All but the scatter between photos of one person stays: 4 with 2.43 leaves 3.18."""
        one = combine([shot(k, pelvic_tilt_estimate=10.0) for k in range(9)], KNOWLEDGE)["pelvic_tilt_estimate"]
        assert one.sigma > systematic_sigma("pelvic_tilt_estimate", 4.0, KNOWLEDGE) == pytest.approx(3.18, abs=0.01)

    def test_a_single_shot_combines_nothing(self) -> None:
        assert combine([shot(1, hip_angle=5.0), shot(2)], KNOWLEDGE) == {}


class TestCommands:
    @staticmethod
    def run(*words: object):
        return CliRunner().invoke(app, [str(word) for word in words])

    @staticmethod
    def written(folder: Path, *reports: Report) -> list[Path]:
        files = []
        for report in reports:
            files.append(folder / f"{report.photo.file}.json")
            files[-1].write_text(report.to_json())
        return files

    def test_compare_as_json_has_the_keys_of_the_contract(self, tmp_path: Path) -> None:
        files = self.written(tmp_path, shot(1, hip_angle=4.0), shot(2, hip_angle=14.0))
        result = self.run("compare", *files, "--json")
        assert result.exit_code == 0
        (change,) = json.loads(result.stdout)["changes"]
        assert {"measure", "before", "after", "diff", "mdc95", "verdict", "because"} <= set(change)
        assert (change["measure"], change["verdict"], change["diff"]) == ("hip_angle", "changed", 10.0)

    def test_repeatability_feeds_compare(self, tmp_path: Path) -> None:
        shots = [shot(k, hip_angle=5.0 + 0.1 * (k % 2)) for k in range(6)]
        result = self.run("repeatability", *self.written(tmp_path, *shots), "--json")
        assert result.exit_code == 0
        (tmp_path / "sem.json").write_text(result.stdout)
        assert json.loads(result.stdout)["pairs"] == 3
        files = self.written(tmp_path, shot(8, hip_angle=4.0), shot(9, hip_angle=5.0))
        plain, own = (
            json.loads(self.run("compare", *files, "--json", *more).stdout)["changes"][0]["verdict"]
            for more in ((), ("--sem", tmp_path / "sem.json"))
        )
        assert (plain, own) == ("no_detectable_change", "changed")

    def test_tables_for_people(self, tmp_path: Path) -> None:
        files = self.written(tmp_path, shot(1, hip_angle=4.0), shot(2, hip_angle=14.0))
        said = self.run("compare", *files).stdout
        assert "changed more than measurement error" in said
        said = self.run("repeatability", *self.written(tmp_path, *(shot(k, hip_angle=k) for k in range(6)))).stdout
        assert "over 3 pairs" in said

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"sem": {"hip": 1}, "pairs": 5}',
            '{"sem": {"hip_angle": 0}, "pairs": 5}',
            '{"sem": {"hip_angle": 1}, "pairs": 1}',
        ],
    )
    def test_a_wrong_error_file_is_a_sentence(self, tmp_path: Path, text: str) -> None:
        files = self.written(tmp_path, shot(1, hip_angle=4.0), shot(2, hip_angle=14.0))
        (tmp_path / "sem.json").write_text(text)
        result = self.run("compare", *files, "--sem", tmp_path / "sem.json")
        assert isinstance(result.exception, UsageError)
        assert "sem.json" in str(result.exception)

    def test_a_photo_in_place_of_a_report_is_a_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0")
        result = self.run("compare", tmp_path / "a.jpg", tmp_path / "none.json")
        assert "posture analyze PHOTO --out DIR" in str(result.exception)

    def test_two_refused_reports_are_a_sentence(self, tmp_path: Path) -> None:
        refused = [replace(shot(k), status="refused") for k in (1, 2)]
        result = self.run("compare", *self.written(tmp_path, *refused))
        assert "could not be measured" in str(result.exception)

    def test_repeat_needs_two_photos(self) -> None:
        assert "two or more photos" in str(self.run("analyze", "a.jpg", "--repeat").exception)

    def test_odd_reports_are_no_pairs(self, tmp_path: Path) -> None:
        result = self.run("repeatability", *self.written(tmp_path, shot(1), shot(2), shot(3)))
        assert "no pairs" in str(result.exception)
