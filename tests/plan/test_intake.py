"""The intake file: what is kept, and errors that name the key and the choices."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posture.errors import UsageError
from posture.io.intake_files import read_intake
from posture.plan.intake import EMERGENCY_FLAGS, PROMPT_FLAGS, Intake, SideTests

#: The example of the contract, whole.
EXAMPLE = """
schema = 1
[person]
sex = "f"
age_years = 42
stature_cm = 168
clothing = "tight"
[safety]
asked = true
flags = []
pain_0_10 = 3
pain_weeks = 5
pain_assessed = true
pain_worsening = false
leg_pain = "none"
conditions = ["pregnancy"]
cleared_by_clinician = false
[signs]
feels_tight = true
looks_arched = false
[tests.left]
thomas_thigh_deg = 8
thomas_knee_flexion_deg = 60
lumbar_flat = true
hip_flexion_hold_s = 14
slr_effort_0_5 = 1
length = "short"
strength = "weak"
[life]
sitting_h_day = 9
minutes_per_day = 10
days_per_week = 5
equipment = ["band", "ball", "step"]
"""


def test_the_example_of_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "intake.toml"
    file.write_text(EXAMPLE)
    intake = read_intake(file)
    assert (intake.sex, intake.age_years, intake.clothing) == ("f", 42, "tight")
    assert (intake.asked, intake.conditions, intake.leg_pain) == (True, ("pregnancy",), "none")
    assert intake.signs == ("feels_tight",)
    assert intake.tests["left"] == SideTests(8, 60, True, 14, 1, "short", "weak")
    assert intake.tests["right"] == SideTests()
    assert intake.equipment == ("band", "ball", "step")


def test_json_reads_alike(tmp_path: Path) -> None:
    file = tmp_path / "intake.json"
    file.write_text(json.dumps({"person": {"sex": "m"}, "safety": {"asked": True}}))
    assert read_intake(file) == Intake(sex="m", asked=True)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())  # as some editors begin a text
    assert read_intake(file) == Intake(sex="m", asked=True)


def test_nothing_said_is_nothing_known() -> None:
    assert Intake.from_mapping({}) == Intake()
    assert Intake().asked is False


@pytest.mark.parametrize(
    ("section", "key", "low", "high"),
    [
        ("person", "age_years", 0, 120),
        ("person", "stature_cm", 50, 250),
        ("safety", "pain_0_10", 0, 10),
        ("safety", "pain_weeks", 0, 5200),
        ("life", "sitting_h_day", 0, 24),
        ("life", "days_per_week", 0, 7),
        ("life", "minutes_per_day", 0, 1440),
        ("reading", "tilt_deg", -45, 60),
        ("reading", "tilt_sem_deg", 0.5, 15),
        ("reading", "range_position", -0.5, 1.5),
    ],
)
def test_numbers_keep_to_their_range(section: str, key: str, low: float, high: float) -> None:
    for value in (low, high):
        assert getattr(Intake.from_mapping({section: {key: value}}), key) == value
    for value in (low - 1, high + 1):
        with pytest.raises(UsageError, match=f"{section}.{key}"):
            Intake.from_mapping({section: {key: value}})


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("thomas_thigh_deg", -90, 90),
        ("thomas_knee_flexion_deg", -30, 160),
        ("hip_flexion_hold_s", 0, 600),
        ("slr_effort_0_5", 0, 5),
    ],
)
def test_test_results_keep_to_their_range(key: str, low: int, high: int) -> None:
    for value in (low, high):
        assert getattr(Intake.from_mapping({"tests": {"left": {key: value}}}).tests["left"], key) == value
    for value in (low - 1, high + 1):
        with pytest.raises(UsageError, match=key):
            Intake.from_mapping({"tests": {"left": {key: value}}})


@pytest.mark.parametrize("flag", [*EMERGENCY_FLAGS, *PROMPT_FLAGS])
def test_every_flag_can_be_said(flag: str) -> None:
    assert Intake.from_mapping({"safety": {"flags": [flag]}}).flags == (flag,)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"persn": {}}, "persn: unknown; choose from schema, person"),
        ({"person": {"size": 3}}, "person.size: unknown; choose from sex, age_years"),
        ({"person": {"sex": "x"}}, "person.sex: 'x' is not one of f, m"),
        ({"person": {"age_years": -1}}, "person.age_years: -1 is not a number from 0 to 120"),
        ({"person": {"age_years": True}}, "person.age_years: True is not a number"),
        ({"person": {"age_years": float("nan")}}, "not a number from 0 to 120"),
        ({"person": "me"}, "person: 'me' is not a table"),
        ({"safety": {"flags": ["cold"]}}, "safety.flags: 'cold' is not one of saddle_numbness"),
        ({"safety": {"flags": "fever"}}, "safety.flags: 'fever' is not a list"),
        ({"safety": {"asked": "yes"}}, "safety.asked: 'yes' is not true or false"),
        ({"safety": {"leg_pain": "knee"}}, "not one of none, thigh, below_knee"),
        ({"signs": {"tight": True}}, "signs.tight: unknown"),
        ({"signs": {"feels_tight": 1}}, "signs.feels_tight: 1 is not true or false"),
        ({"tests": {"middle": {}}}, "tests.middle: unknown; choose from left, right"),
        ({"tests": {"left": {"length": "long"}}}, "tests.left.length: 'long' is not one of short, normal, unclear"),
        ({"tests": {"left": {"slr_effort_0_5": 2.5}}}, "not a whole number from 0 to 5"),
        ({"tests": {"left": 3}}, "tests.left: 3 is not a table"),
        ({"life": {"equipment": ["rope"]}}, "life.equipment: 'rope' is not one of"),
        ({"schema": 2}, "schema: this version reads 1"),
    ],
)
def test_errors_name_the_key_and_the_choices(answers: dict, says: str) -> None:
    with pytest.raises(UsageError) as error:
        Intake.from_mapping(answers)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"persn": {}}, "persn: unknown; choose from schema, person, reading, safety, life, movement, signs, tests"),
        ({"person": "me"}, "person: 'me' is not a table of answers"),
        ({"tests": {"left": 3}}, "tests.left: 3 is not a table of answers"),
        ({"person": {"clothing": "x"}}, "person.clothing: 'x' is not one of tight, normal, loose"),
        (
            {"movement": {"helps": "walking"}},
            "movement.helps: 'walking' is not a list; choose from bending_forward, bending_back, sitting, walking",
        ),
        (
            {"movement": {"helps": ["walking", "x"]}},
            "movement.helps: 'x' is not one of bending_forward, bending_back, sitting, walking",
        ),
        ({"reading": {"tilt_deg": "12"}}, "reading.tilt_deg: '12' is not a number from -45 to 60"),
        ({"life": {"days_per_week": True}}, "life.days_per_week: True is not a whole number from 0 to 7"),
        ({"life": {"days_per_week": "3"}}, "life.days_per_week: '3' is not a whole number from 0 to 7"),
    ],
    ids=["section", "table", "side's table", "choice", "list", "choice in a list", "words", "yes", "words for a count"],
)
def test_an_error_is_one_whole_sentence(answers: dict, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        Intake.from_mapping(answers)
    assert str(error.value) == sentence


def test_what_is_said_twice_is_kept_once_in_the_order_said() -> None:
    kept = Intake.from_mapping({"life": {"equipment": ["chair", "band", "chair"]}})
    assert kept.equipment == ("chair", "band")


@pytest.mark.parametrize("text", ["sex = ", "{", "\x00\x01", "[person"], ids=["half", "brace", "binary", "bracket"])
def test_a_file_that_is_neither_toml_nor_json(tmp_path: Path, text: str) -> None:
    file = tmp_path / "intake.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=r"intake\.toml: neither TOML nor JSON"):
        read_intake(file)


def test_a_missing_or_binary_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_intake(tmp_path / "none.toml")
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not a text file"):
        read_intake(tmp_path / "x.toml")


def test_options_win_over_the_file() -> None:
    assert Intake(age_years=40).updated(age_years=0) == Intake(age_years=0)
    assert Intake(sex="f", stature_cm=160).updated(sex="m", stature_cm=None) == Intake(sex="m", stature_cm=160)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


RIGHT = tomllib.loads(EXAMPLE)


def table(right: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A table of the example with some of its answers: each as it should be, or anything at all."""
    some = {
        key: (table(value) if isinstance(value, dict) else st.just(value)) | ANYTHING for key, value in right.items()
    }
    return st.fixed_dictionaries({}, optional=some)


@given(table(RIGHT))
@settings(max_examples=300)
def test_whatever_stands_in_the_file_it_is_kept_or_named(answers: dict[str, Any]) -> None:
    """Any other exception than UsageError fails the test."""
    try:
        kept = Intake.from_mapping(answers)
    except UsageError:
        return
    assert Intake.from_mapping(kept.to_mapping()) == kept


def test_answers_are_written_as_they_are_read() -> None:
    answers = {
        "schema": 1,
        "person": {"sex": "f", "age_years": 42, "clothing": "tight"},
        "safety": {"asked": True, "flags": ["fever"], "conditions": ["hernia"], "leg_pain": "thigh"},
        "life": {"sitting_h_day": 9, "equipment": ["band"]},
        "signs": {"feels_tight": True},
        "tests": {"left": {"thomas_thigh_deg": 8, "lumbar_flat": False, "length": "short"}},
    }
    assert Intake.from_mapping(answers).to_mapping() == answers
    assert Intake().to_mapping() == {"schema": 1}


def test_what_helps_cannot_hurt() -> None:
    with pytest.raises(UsageError, match="movement: sitting stands under helps and under hurts; keep one"):
        Intake.from_mapping({"movement": {"helps": ["walking", "sitting"], "hurts": ["sitting"]}})


@pytest.mark.parametrize(
    "answers",
    [
        {"movement": {"helps": ["walking"], "hurts": ["bending_back"]}},
        {"life": {"weekdays": ["monday", "friday"], "equipment": []}},
        {"reading": {"range_position": 0.85}},
    ],
)
def test_new_answers_come_back_as_they_were(answers: dict) -> None:
    assert Intake.from_mapping(answers).to_mapping() == {"schema": 1} | answers
