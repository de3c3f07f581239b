"""Joints that somebody set: the numbers follow them, and their doubt says that the model's habits no longer hold."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from math import hypot

import numpy as np
import pytest

from posture.body.sagittal import BODY_POINTS
from posture.body.silhouette import Outline, Silhouette
from posture.errors import PointOffBody, UsageError
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import Measurement
from posture.pipeline import Examination, Options, examine
from posture.report.report import Report
from posture.text.language import load_language
from tests.conftest import ROOT
from tests.figures import Figure, Sees, frame, observation
from validation.record import SAMPLES, recorded

KNOWLEDGE = Knowledge.load()

FRAME, SEEN = read_photo(SAMPLES / "typical.jpg"), recorded("typical")


def measured(**joints: tuple[float, float]) -> Examination:
    return examine(FRAME, SEEN, options=Options(joints=joints))


def where(name: str) -> tuple[float, float]:
    """A joint of the near side in the photo's own pixels."""
    plain = measured()
    assert plain.view is not None
    assert plain.report.facing is not None
    x, y = plain.view.pose.point(name, plain.report.facing) * FRAME.photo_px_per_px
    return float(x), float(y)


def test_the_hip_angle_follows_the_knee() -> None:
    x, y = where("knee")
    before, after = measured().report, measured(knee=(x - 20, y)).report
    for name in ("hip_angle", "knee_flexion", "thigh_incl", "shank_incl"):
        assert after.measurements[name].raw != before.measurements[name].raw
    assert after.measurements["trunk_incl"] == before.measurements["trunk_incl"]


@pytest.mark.parametrize("joint", [name for name in BODY_POINTS if name not in ("heel", "toe")])
def test_the_table_names_every_measure_that_a_joint_moves(joint: str) -> None:
    x, y = where(joint)
    before, after = measured().report.measurements, measured(**{joint: (x + 9, y - 7)}).report.measurements
    angles = {name: measure.joints for name, measure in MEASURES.items() if measure.joints}
    moved = {name for name in angles if abs(after[name].raw - before[name].raw) > 1e-9}
    assert moved == {name for name, joints in angles.items() if joint in joints}


def test_the_models_offset_is_not_taken_off_but_doubted() -> None:
    before, after = measured().report, measured(knee=where("knee")).report
    offset = Knowledge.load().errors["hip_angle"].offset
    one, other = before.measurements["hip_angle"], after.measurements["hip_angle"]
    assert one.quantity.value == pytest.approx(one.raw - offset)
    assert other.quantity.value == pytest.approx(other.raw)
    assert other.quantity.sigma == pytest.approx(hypot(one.quantity.sigma, offset), rel=0.05)


def test_the_estimate_is_doubted_by_what_a_joint_may_move_it() -> None:
    before, after = measured().report, measured(hip=where("hip"), shoulder=where("shoulder")).report
    one, other = (report.measurements["pelvic_tilt_estimate"] for report in (before, after))
    assert isinstance(one, Measurement)
    assert isinstance(other, Measurement)
    assert other.quantity.value == pytest.approx(one.quantity.value, abs=1e-6)
    assert one.quantity.sigma < other.quantity.sigma < 3 * one.quantity.sigma


def test_turn_and_facing_stay_as_the_model_saw_them() -> None:
    x, y = where("shoulder")
    before, after = measured().report, measured(shoulder=(x + 40, y)).report
    assert after.quality["yaw_deg"] == before.quality["yaw_deg"]
    assert after.facing == before.facing


def test_a_moved_hip_turns_nobody() -> None:
    x, y = where("hip")
    before = {warning.code for warning in measured().report.warnings}
    for step in (-50.0, 50.0):
        assert {warning.code for warning in measured(hip=(x + step, y)).report.warnings} == before


def test_the_report_names_the_points_and_comes_back_the_same() -> None:
    bones = Options(asis=(259, 578), psis=(354, 537), joints={"knee": where("knee")})
    report = examine(read_photo(SAMPLES / "marked.jpg"), recorded("marked"), options=bones).report
    assert report.by_hand == ("asis", "psis", "knee")
    assert Report.from_json(report.to_json()) == Report.from_json(json.dumps(report.to_dict()))
    assert Report.from_json(report.to_json()).by_hand == report.by_hand
    assert measured().report.by_hand == ()


def test_a_joint_that_does_not_exist_or_lies_outside_is_refused() -> None:
    with pytest.raises(UsageError, match="elbow: choose from ear, shoulder, hip"):
        Options(joints={"elbow": (1, 1)})
    with pytest.raises(UsageError, match=r"knee \(9999, 5\) lies outside the photo"):
        measured(knee=(9999, 5))


class TestOffTheBody:
    """A point beside the body was meant otherwise: it is asked about, not measured."""

    SEEN = observation(Figure())

    def beside(self, name: str, share: float) -> tuple[float, float]:
        """A point so many statures behind the back at the height of a joint; the figure faces right."""
        outline = self.SEEN.silhouette.refined  # type: ignore[union-attr]
        y = self.SEEN.pose.point(name, "right")[1]
        left = outline.left_px[round(y - outline.rows_px[0])]
        return float(left - share * self.SEEN.stature_px), float(y)

    def test_the_worked_number(self) -> None:
        rows = np.arange(100.0, 200.0)
        side = Outline(rows, np.full(100, 50.0), np.full(100, 90.0))
        assert side.outside_px(70, 150) == 0
        assert side.outside_px(45, 150) == 5
        assert side.outside_px(93, 203) == pytest.approx(5)
        assert side.outside_px(45, 99) == 0  # above it nothing is known
        others = [replace(side, left_px=np.full(100, left)) for left in (51.0, 54.0)]
        assert Silhouette(side, *others).outside_px(45, 150) == 5

    @pytest.mark.parametrize("name", ["shoulder", "hip"])
    def test_a_joint(self, name: str) -> None:
        with pytest.raises(PointOffBody, match=rf"^{name} \(.*\) lies \d+ px off the body's outline \(2\.0 % of"):
            examine(frame(), Sees(self.SEEN), options=Options(joints={name: self.beside(name, 0.02)}))
        near = examine(frame(), Sees(self.SEEN), options=Options(joints={name: self.beside(name, 0.009)}))
        assert near.report.by_hand == (name,)

    def test_hip_bones(self) -> None:
        x, y = self.beside("hip", 0.03)
        with pytest.raises(PointOffBody, match=r"PSIS .* set it on the body") as caught:
            examine(frame(), Sees(self.SEEN), options=Options(asis=(480, y), psis=(x, y)))
        assert caught.value.name == "psis"

    def test_pixels_are_the_photos(self) -> None:
        large = replace(frame(), width=1800, height=2800)
        x, y = self.beside("hip", 0.02)
        told = f"lies {0.02 * self.SEEN.stature_px * 2:.0f} px off"
        with pytest.raises(PointOffBody, match=told):
            examine(large, Sees(self.SEEN), options=Options(joints={"hip": (2 * x, 2 * y)}))

    def test_left_out_with_a_warning_where_that_was_asked_for(self) -> None:
        x, y = self.beside("hip", 0.03)
        options = Options(asis=(480, y), psis=(x, y), skip_off_body=True)
        report = examine(frame(), Sees(self.SEEN), options=options).report
        plain = examine(frame(), Sees(self.SEEN)).report
        (warning,) = (one for one in report.warnings if one.code == "marks_off_body")
        assert "the marks were not used" in warning.message
        german = load_language("de", KNOWLEDGE).text(str(PointOffBody("hip", (12, 34), 56.7, 4.32)))
        assert german.startswith("Hüfte (12, 34) liegt 57 px neben dem Umriss des Körpers (4,3 % seiner Höhe): Setzen")
        assert load_language("de", KNOWLEDGE).text(warning.message).endswith("Die Markierungen wurden nicht verwendet")
        assert report.measurements == plain.measurements
        assert report.by_hand == ()

    def test_a_photo_that_is_refused_anyway_says_its_own_reason(self) -> None:
        seen = observation(Figure(yaw_gap=0.6))
        report = examine(frame(), Sees(seen), options=Options(joints={"hip": self.beside("hip", 0.1)})).report
        assert report.status == "refused"

    def test_without_an_outline_nothing_is_said(self) -> None:
        seen = replace(self.SEEN, silhouette=None)
        report = examine(frame(), Sees(seen), options=Options(joints={"hip": self.beside("hip", 0.02)})).report
        assert report.by_hand == ("hip",)

    def test_the_old_example_is_refused_and_the_readmes_is_right(self) -> None:
        """60 px beside the body it was taken for grade A; the generator of the picture knows where the bones are."""
        photo = read_photo(SAMPLES / "marked.jpg")
        with pytest.raises(PointOffBody, match=r"PSIS \(424, 530\) lies 5\d px off"):
            examine(photo, recorded("marked"), options=Options(asis=(259, 578), psis=(424, 530)))
        readme = (ROOT / "docs" / "guide" / "command_line.md").read_text("utf-8")
        (told,) = re.findall(r"analyze sample_images/marked\.jpg --asis (\d+),(\d+) --psis (\d+),(\d+)", readme)
        ax, ay, px, py = map(int, told)
        report = examine(photo, recorded("marked"), options=Options(asis=(ax, ay), psis=(px, py))).report
        tilt = report.measurements["asis_psis_tilt"]
        assert isinstance(tilt, Measurement)
        with (SAMPLES / "truth.csv").open(newline="", encoding="utf-8") as rows:
            truth = {row["name"]: float(row["asis_psis"]) for row in csv.DictReader(rows)}
        assert tilt.quantity.value == pytest.approx(truth["marked"], abs=1.5)
