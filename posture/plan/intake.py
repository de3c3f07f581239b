"""Answers of the person: safety questions, test results, daily life. `Intake.from_mapping` is the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from posture.body.pose import Side
from posture.errors import UsageError

#: From this age on there is a finding and a plan.
ADULT_YEARS = 18
Length = Literal["short", "normal", "unclear", "untested"]
Strength = Literal["weak", "fine", "unclear", "untested"]

EMERGENCY_FLAGS = ("saddle_numbness", "bladder_or_bowel", "sexual_function", "leg_weakness", "sciatica_both_legs")
PROMPT_FLAGS = (
    "trauma",
    "minor_trauma_osteoporosis",
    "cancer_history",
    "fever",
    "weight_loss",
    "infection_risk",
    "steroids",
    "night_pain",
)
CONDITIONS = (
    "pregnancy",
    "hip_replacement",
    "hip_impingement",
    "hip_instability",
    "recent_surgery",
    "osteoporosis",
    "spondylolisthesis",
    "hernia",
    "abdominal_or_vascular_disease",
    "anticoagulants",
)
SIGNS = (
    "front_hip_stiffness",
    "hard_to_straighten_after_sitting",
    "ache_after_walking_or_training",
    "looks_arched",
    "feels_tight",
    "felt_nothing_in_stretch",
)
#: Movements that may help or hurt; from the structured care of article004.
Movement = Literal["bending_forward", "bending_back", "sitting", "walking"]
MOVEMENTS: tuple[Movement, ...] = ("bending_forward", "bending_back", "sitting", "walking")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EQUIPMENT = ("pad", "wall", "chair", "bed", "band", "step", "ball", "couch")


@dataclass(frozen=True, slots=True)
class SideTests:
    """Results of the two tests of one hip: raw numbers, or the judged result, which wins.

    thomas_thigh_deg : thigh above (+) or below (-) horizontal · thomas_knee_flexion_deg : 0 straight
    hip_flexion_hold_s : seconds · slr_effort_0_5 : effort of a straight-leg raise
    """

    thomas_thigh_deg: float | None = None
    thomas_knee_flexion_deg: float | None = None
    lumbar_flat: bool | None = None
    hip_flexion_hold_s: float | None = None
    slr_effort_0_5: int | None = None
    length: Literal["short", "normal", "unclear"] | None = None
    strength: Literal["weak", "fine", "unclear"] | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """One person's answers; None or empty means not answered, and is never read as "no" where safety is concerned.

    tilt_deg : the pelvic tilt as an inclinometer or a phone on a calliper reads it, ASIS to PSIS, + anterior
    tilt_sem_deg : its error between sessions, one SD
    equipment : what is at hand, () for nothing of it · weekdays : on which there is time, () for any
    helps, hurts : movements that ease or bring the complaint
    range_position : from three poses, 0 fully tucked to 1 fully arched
    """

    sex: Literal["f", "m"] | None = None
    age_years: float | None = None
    stature_cm: float | None = None
    clothing: Literal["tight", "normal", "loose"] | None = None
    tilt_deg: float | None = None
    tilt_sem_deg: float | None = None
    asked: bool = False
    flags: tuple[str, ...] = ()
    pain_0_10: float | None = None
    pain_weeks: float | None = None
    pain_assessed: bool = False
    pain_worsening: bool = False
    leg_pain: Literal["none", "thigh", "below_knee"] | None = None
    conditions: tuple[str, ...] = ()
    cleared_by_clinician: bool = False
    signs: tuple[str, ...] = ()
    tests: Mapping[Side, SideTests] = field(default_factory=lambda: {"left": SideTests(), "right": SideTests()})
    sitting_h_day: float | None = None
    minutes_per_day: float | None = None
    days_per_week: int | None = None
    equipment: tuple[str, ...] | None = None
    weekdays: tuple[str, ...] = ()
    helps: tuple[Movement, ...] = ()
    hurts: tuple[Movement, ...] = ()
    range_position: float | None = None

    @property
    def minor(self) -> bool:
        """Whether an age under 18 was told: then there are measurements only, and no comparison with adults."""
        return self.age_years is not None and self.age_years < ADULT_YEARS

    @classmethod
    def from_mapping(cls, answers: Mapping[str, Any]) -> Intake:
        """Check answers in the shape of the intake file and keep them.

        Raises UsageError naming the first unknown key or value and the choices:
        {"safety": {"flags": ["cold"]}} raises «safety.flags: 'cold' is not one of saddle_numbness, ...».
        """
        _known("", answers, ("schema", *_SECTIONS, "signs", "tests"))
        if answers.get("schema", 1) != 1:
            raise UsageError(f"schema: this version reads 1, not {answers['schema']!r}")
        kept: dict[str, Any] = {}
        for section, fields in _SECTIONS.items():
            kept |= _section(section, _table(answers, section), fields)
        signs = _table(answers, "signs")
        _known("signs", signs, SIGNS)
        kept["signs"] = tuple(name for name in SIGNS if _boolean("signs." + name, signs.get(name, False)))
        tests = _table(answers, "tests")
        _known("tests", tests, ("left", "right"))
        kept["tests"] = {
            side: SideTests(**_section(f"tests.{side}", _table(tests, side, "tests."), _TEST_FIELDS))
            for side in ("left", "right")
        }
        if both := set(kept.get("helps", ())) & set(kept.get("hurts", ())):
            raise UsageError(f"movement: {sorted(both)[0]} stands under helps and under hurts; keep one")
        return cls(**kept)

    def to_mapping(self) -> dict[str, Any]:
        """The answers in the shape of the intake file, those alone that were given; `from_mapping` reads them back."""
        kept: dict[str, Any] = {}
        for section, fields in _SECTIONS.items():
            kept[section] = {key: _plain(getattr(self, key)) for key in fields if _kept(key, getattr(self, key))}
        kept["signs"] = dict.fromkeys(self.signs, True)
        tests = {
            side: {key: value for key in _TEST_FIELDS if (value := getattr(tests, key)) is not None}
            for side, tests in self.tests.items()
        }
        kept["tests"] = {side: answers for side, answers in tests.items() if answers}
        return {"schema": 1} | {name: table for name, table in kept.items() if table}

    def updated(self, **answers: Any) -> Intake:
        """The same answers with those given here, not None, put in: command-line options win over the file."""
        return replace(self, **{name: value for name, value in answers.items() if value is not None})


def _given(value: Any) -> bool:
    return value is not None and value is not False and value != ()


def _kept(name: str, value: Any) -> bool:
    """Whether an answer is written down: no equipment is an answer, no condition is none."""
    return _given(value) or (name == "equipment" and value is not None)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


Check = Callable[[str, Any], Any]


def _number(low: float, high: float, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise UsageError(f"{key}: {value!r} is not a number from {low:g} to {high:g}")
    return value


def _whole(low: int, high: int, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UsageError(f"{key}: {value!r} is not a whole number from {low} to {high}")
    return value


def _boolean(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{key}: {value!r} is not true or false")
    return value


def _one_of(choices: tuple[str, ...], key: str, value: Any) -> str:
    if value not in choices:
        raise UsageError(f"{key}: {value!r} is not one of {', '.join(choices)}")
    return str(value)


def _some_of(choices: tuple[str, ...], key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"{key}: {value!r} is not a list; choose from {', '.join(choices)}")
    return tuple(dict.fromkeys(_one_of(choices, key, item) for item in value))


_SECTIONS: dict[str, dict[str, Check]] = {
    "person": {
        "sex": partial(_one_of, ("f", "m")),
        "age_years": partial(_number, 0, 120),
        "stature_cm": partial(_number, 50, 250),
        "clothing": partial(_one_of, ("tight", "normal", "loose")),
    },
    "reading": {
        "tilt_deg": partial(_number, -45, 60),
        "tilt_sem_deg": partial(_number, 0.5, 15),
        "range_position": partial(_number, -0.5, 1.5),
    },
    "safety": {
        "asked": _boolean,
        "flags": partial(_some_of, (*EMERGENCY_FLAGS, *PROMPT_FLAGS)),
        "pain_0_10": partial(_number, 0, 10),
        "pain_weeks": partial(_number, 0, 5200),
        "pain_assessed": _boolean,
        "pain_worsening": _boolean,
        "leg_pain": partial(_one_of, ("none", "thigh", "below_knee")),
        "conditions": partial(_some_of, CONDITIONS),
        "cleared_by_clinician": _boolean,
    },
    "life": {
        "sitting_h_day": partial(_number, 0, 24),
        "minutes_per_day": partial(_number, 0, 1440),
        "days_per_week": partial(_whole, 0, 7),
        "equipment": partial(_some_of, EQUIPMENT),
        "weekdays": partial(_some_of, WEEKDAYS),
    },
    "movement": {
        "helps": partial(_some_of, MOVEMENTS),
        "hurts": partial(_some_of, MOVEMENTS),
    },
}
_TEST_FIELDS: dict[str, Check] = {
    "thomas_thigh_deg": partial(_number, -90, 90),
    "thomas_knee_flexion_deg": partial(_number, -30, 160),
    "lumbar_flat": _boolean,
    "hip_flexion_hold_s": partial(_number, 0, 600),
    "slr_effort_0_5": partial(_whole, 0, 5),
    "length": partial(_one_of, ("short", "normal", "unclear")),
    "strength": partial(_one_of, ("weak", "fine", "unclear")),
}


def _table(answers: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    table = answers.get(name, {})
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}{name}: {table!r} is not a table of answers")
    return table


def _known(path: str, table: Mapping[str, Any], choices: tuple[str, ...]) -> None:
    for key in table:
        if key not in choices:
            raise UsageError(f"{path + '.' if path else ''}{key}: unknown; choose from {', '.join(choices)}")


def _section(path: str, table: Mapping[str, Any], fields: Mapping[str, Check]) -> dict[str, Any]:
    _known(path, table, tuple(fields))
    return {key: fields[key](f"{path}.{key}", value) for key, value in table.items()}
