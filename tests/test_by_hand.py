"""Joints that somebody set: the numbers follow them, and their doubt says that the model's habits no longer hold."""

from __future__ import annotations

import json
from math import hypot

import pytest

from posture.adapters.photo_files import read_photo
from posture.errors import UsageError
from posture.knowledge import Knowledge
from posture.measurement import Measurement
from posture.measures import MEASURES
from posture.pipeline import Examination, Options, examine
from posture.report import Report
from posture.sagittal import BODY_POINTS
from validation.record import SAMPLES, recorded

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
    before, after = measured().report, measured(shoulder=(x + 60, y)).report
    assert after.quality["yaw_deg"] == before.quality["yaw_deg"]
    assert after.facing == before.facing


def test_a_moved_hip_turns_nobody() -> None:
    x, y = where("hip")
    before = {warning.code for warning in measured().report.warnings}
    for step in (-50.0, 50.0):
        assert {warning.code for warning in measured(hip=(x + step, y)).report.warnings} == before


def test_the_report_names_the_points_and_comes_back_the_same() -> None:
    bones = Options(asis=(250, 575), psis=(380, 550), joints={"knee": where("knee")})
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
