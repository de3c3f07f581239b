"""Three poses of one person: position in the own range, and what keeps photos from being compared."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from posture.cli.main import app
from posture.cli.protocol import to_dict
from posture.followup.three_poses import POSES, three_poses
from posture.measures.measurement import Measurement
from posture.pipeline import analyze
from posture.quantity import Quantity
from posture.report.report import Report
from tests.figures import Figure, Sees, frame, observation

BASE = analyze(frame(), Sees(observation(Figure())))
NUMBER = {pose: k for k, pose in enumerate(POSES)}


def measured(**values: float) -> dict[str, Measurement]:
    return {name: Measurement(Quantity(v, 3.0, "deg"), 2.0, "C", "outline", v) for name, v in values.items()}


def photo(pose: str, cue: float, **quality: float) -> Report:
    """A report whose outline is turned by ``cue`` ± 2.3 degrees."""
    name = replace(BASE.photo, sha256=f"{NUMBER[pose]:064d}")
    turn = Quantity(cue, 2.3, "deg")
    return replace(BASE, photo=name, rotation=turn, measurements={}, quality={**BASE.quality, **quality})


def poses(relaxed: float = 12.0, arched: float = 22.0, tucked: float = 2.0) -> dict[str, Report]:
    cues = {"relaxed": relaxed, "arched": arched, "tucked": tucked}
    return {pose: photo(pose, cue) for pose, cue in cues.items()}


def larger(name: str, factor: float) -> dict:
    value = BASE.quality[name]
    assert value is not None
    return {"quality": {**BASE.quality, name: factor * value}}


def test_the_worked_number() -> None:
    told = three_poses(poses())
    assert told.comparable
    assert told.position is not None
    assert told.range is not None
    assert (told.position.value, told.range.value) == (pytest.approx(0.5), pytest.approx(20.0))
    assert told.position.sigma == pytest.approx(0.141, abs=0.001)
    assert told.range.sigma == pytest.approx(3.25, abs=0.01)


@given(st.floats(-20, 20), st.floats(0, 1), st.floats(12, 35))
def test_bone_and_cloth_cancel(offset: float, position: float, span: float) -> None:
    """What is the same in all three photos changes nothing."""
    told = [three_poses(poses(start + position * span, start + span, start)).position for start in (0.0, offset)]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].value == pytest.approx(position, abs=1e-6)
    assert told[1].value == pytest.approx(position, abs=1e-6)


def test_a_smaller_range_is_less_sure() -> None:
    wide, narrow = (three_poses(poses(span / 2, span, 0.0)).position for span in (24.0, 12.0))
    assert wide is not None
    assert narrow is not None
    assert narrow.sigma == pytest.approx(2 * wide.sigma)


def test_stickers_in_all_three_are_surer_than_the_outline() -> None:
    reports = poses()
    for pose, tilt in (("relaxed", 12.0), ("arched", 22.0), ("tucked", 2.0)):
        more = {**reports[pose].measurements, **measured(asis_psis_tilt=tilt)}
        reports[pose] = replace(reports[pose], measurements=more)
    told, plain = three_poses(reports), three_poses(poses())
    assert "stickers" in told.cue
    assert told.position is not None
    assert plain.position is not None
    assert told.position.sigma < plain.position.sigma / 2


@pytest.mark.parametrize(
    ("pose", "changed", "code", "said"),
    [
        ("arched", {"facing": "left"}, "other_side", "arched photo shows the person facing left"),
        ("tucked", larger("body_height_px", 1.06), "other_scale", "6 % larger or smaller in the tucked photo"),
        ("tucked", larger("thigh_depth_pct", 1.2), "other_clothes", "clothes are not the same"),
        ("arched", {"rotation": None}, "no_cue", "in the arched photo"),
        ("relaxed", {"photo": replace(BASE.photo, sha256=f"{1:064d}")}, "same_photo", "two of the three"),
    ],
    ids=["side", "scale", "clothes", "no outline", "same photo"],
)  # fmt: skip
def test_what_is_not_comparable_names_the_photo(pose: str, changed: dict, code: str, said: str) -> None:
    reports = poses()
    reports[pose] = replace(reports[pose], **changed)
    told = three_poses(reports)
    assert (told.position, told.comparable) == (None, False)
    assert told.reasons[0].code == code
    assert said in told.reasons[0].message


def test_a_refused_photo_says_which_and_why() -> None:
    reports = poses()
    reports["tucked"] = analyze(frame(), Sees(observation(Figure(yaw_gap=0.5))))
    told = three_poses(reports)
    assert told.reasons[0].message.startswith("the tucked photo: the body is turned")


def test_arched_and_tucked_the_wrong_way_round_are_asked_about() -> None:
    told = three_poses(poses(arched=2.0, tucked=22.0))
    assert [reason.code for reason in told.reasons] == ["swapped"]


def test_no_range_no_position() -> None:
    told = three_poses(poses(arched=14.0, tucked=10.0))
    assert told.position is None
    assert told.range is not None
    assert [reason.code for reason in told.reasons] == ["no_range"]


def test_the_keys_of_the_contract() -> None:
    keys = {"position", "position_sigma", "range_deg", "range_sigma", "comparable", "reasons"}
    assert keys <= set(to_dict(three_poses(poses())))


def test_missing_photos_are_named(tmp_path: Path) -> None:
    files = [str(tmp_path / name) for name in ("a.jpg", "b.jpg", "c.jpg")]
    result = CliRunner().invoke(
        app, ["protocol", "--relaxed", files[0], "--arched", files[1], "--tucked", files[2], "--json"]
    )
    assert result.exit_code == 2
    told = json.loads(result.stdout)
    assert [reason["code"] for reason in told["reasons"]] == ["missing_file"] * 3


def test_a_relaxed_photo_outside_the_other_two_is_asked_about() -> None:
    told = three_poses(poses(relaxed=22.0, arched=12.0, tucked=2.0))
    assert (told.position, told.comparable) == (None, False)
    assert [reason.code for reason in told.reasons] == ["swapped"]


@pytest.mark.parametrize(("first", "other", "comparable"), [(2.0, 2.5, True), (2.0, 4.0, False), (2.0, None, False)])
def test_photos_of_other_rolls_are_not_compared(first: float, other: float | None, comparable: bool) -> None:
    reports = poses()
    for pose, roll in (("relaxed", first), ("arched", first), ("tucked", other)):
        reports[pose] = replace(reports[pose], quality={**reports[pose].quality, "roll_deg": roll})
    assert three_poses(reports).comparable is comparable


def test_arched_and_tucked_are_compared_with_each_other_too() -> None:
    reports = poses()
    height = BASE.quality["body_height_px"]
    assert height is not None
    for pose, factor in (("arched", 1.045), ("tucked", 0.957)):
        reports[pose] = replace(reports[pose], quality={**BASE.quality, "body_height_px": factor * height})
    assert [reason.code for reason in three_poses(reports).reasons] == ["other_scale"]
