"""From finding and answers to a plan: safety first, then tests, then the pattern (docs/science.md, Decision tables).

"Mode" speaks of the hip flexors alone: stretch (lengthen), strengthen (no static stretch), both, neither, or refer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from posture.body.pose import Side
from posture.findings.verdict import Kind as FindingKind
from posture.knowledge.load import Knowledge
from posture.knowledge.records import URGENCIES, Decision, Exercise, Urgency
from posture.plan.choice import Choice, Item, choose, near_an_end
from posture.plan.intake import EMERGENCY_FLAGS, PROMPT_FLAGS, Intake, Length, Movement, SideTests, Strength

Mode = Literal["stretch", "strengthen", "both", "neither", "refer"]
Safety = Literal["clear", "not_asked", "prompt", "emergency"]
#: The prompt flag that a person without any pain may have and still exercise.
CANCER = "cancer_history"
SIDES: tuple[Side, Side] = ("left", "right")

OPTIONAL = (
    "Changing posture is optional. These exercises can improve mobility and strength; they have not been shown to "
    "change pelvic tilt by more than about 1-2° or to remove pain by doing so."
)
#: Limits of the Thomas photo and the hold test; all provisional (docs/science.md, Tests of the hip flexors).
SHORT_ABOVE_DEG, NORMAL_BELOW_DEG = 5.0, -5.0
WEAK_HOLD_S, FINE_HOLD_S, SIDE_SHARE, WEAK_EFFORT = 10.0, 20.0, 0.7, 2
PAIN_SEVERE, PAIN_LONG_WEEKS, PAIN_NEW_WEEKS = 7, 12, 6


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and its reasons; ``items`` is empty when a professional comes first (mode refer, or all is forbidden).

    because : one sentence a decision · evidence : the sources that it rests on
    """

    mode: Mode
    sides: Mapping[Side, Mode]
    safety: Safety
    message: str
    items: tuple[Item, ...]
    unknowns: tuple[str, ...]
    because: str
    evidence: tuple[str, ...]
    retest_weeks: int
    retest_with: tuple[str, ...]


#: Why a forward verdict adds to what the tests decide.
GLUTEALS_TOO = "Since the pelvis may tip forward more than usual, gluteals and abdominals are trained as well."
#: Why there is little to say of a side that nobody tested, where no photo was measured.
UNSEEN = "Not tested, and no photo was measured: the two tests come first."


#: What a plan says to somebody whose three poses lie near an end of the own range.
NEAR_END = "You usually stand near an end of your own range: control of the pelvis is practised as well."
#: Movements as a sentence names them.
MOVEMENT_WORDS: Mapping[Movement, str] = {
    "bending_forward": "bending forward",
    "bending_back": "bending back",
    "sitting": "sitting",
    "walking": "walking",
}
#: What a plan says that the person's conditions leave without any item.
NOTHING_LEFT = (
    "That leaves no exercise for now. Ask your doctor, surgeon or physiotherapist which ones you may do. Until then, "
    "everyday movement that feels fine can go on."
)


def advise(kind: FindingKind | None, intake: Intake, knowledge: Knowledge) -> Plan | None:
    """The plan for one person from the kind of finding and the answers.

    Answers that call for a professional come first, at any age. ``kind`` None is a refused photo: then only an intake
    that decides by itself gives a plan, else None. Under 18 years there is none.
    """
    if sent := referral(intake, knowledge):
        return sent
    if intake.minor:
        return None
    safety, message = check_safety(intake, knowledge)
    judged = {side: judge_tests(intake, side) for side in SIDES}
    tested = any(result != "untested" for pair in judged.values() for result in pair)
    if kind is None and not tested:
        return None
    sides = {side: _decision(*judged[side], kind or "undetermined", knowledge) for side in SIDES}
    choice = choose(kind, sides, judged, intake, knowledge)
    unseen = [side for side in SIDES if kind is None and judged[side] == ("untested", "untested")]
    because = _because({side: UNSEEN if side in unseen else plan.because for side, plan in sides.items()})
    pattern = None if kind is None else knowledge.patterns[kind]
    forward = any(kind in extra.kinds for extra in knowledge.extras)
    if forward and any(plan is not pattern for plan in sides.values()):
        because.append(GLUTEALS_TOO)
    because += _what_changed(choice, intake, knowledge)
    return Plan(
        mode=_union(plan.mode for plan in sides.values()),
        sides={side: plan.mode for side, plan in sides.items()},
        safety=safety,
        message=message or " ".join([*_notes(intake, knowledge), OPTIONAL]),
        items=choice.items,
        unknowns=_unknowns(judged, intake),
        because=" ".join(because),
        evidence=tuple(dict.fromkeys(source for plan in sides.values() for source in plan.evidence)),
        retest_weeks=6 if choice.items else 0,
        retest_with=("thomas_test", "hold_test", "photo") if choice.items else (),
    )


def _what_changed(choice: Choice, intake: Intake, knowledge: Knowledge) -> list[str]:
    """Sentences on what the answers added to the decisions' exercises, put in their place, or left out."""
    said = [NEAR_END] if near_an_end(intake) else []
    said += [f"Something is not at hand for: {old.name}. In its place: {new.name}." for old, new in choice.replaced]
    if choice.forbidden:
        names = sorted({name for one in choice.forbidden for name in one.cautions} & {*intake.conditions})
        conditions = ", ".join(knowledge.cautions[name].called for name in names)
        said.append(f"Left out because of {conditions}: {_names(choice.forbidden)}.")
    said += [f"Left out because {MOVEMENT_WORDS[m]} hurts: {_names(left)}." for m, left in choice.hurting.items()]
    return said if choice.items else [*said, NOTHING_LEFT]


def _names(exercises: Iterable[Exercise]) -> str:
    return ", ".join(exercise.name for exercise in exercises)


def check_safety(intake: Intake, knowledge: Knowledge) -> tuple[Safety, str]:
    """The safety level of the answers and what is to be said. An emergency cannot be cleared."""
    emergencies = [flag for flag in intake.flags if flag in EMERGENCY_FLAGS]
    if emergencies:
        return "emergency", " ".join(knowledge.cautions[flag].message for flag in emergencies)
    prompts = _prompts(intake)
    if prompts and not intake.cleared_by_clinician:
        return "prompt", " ".join(knowledge.cautions[flag].message for flag in prompts)
    if not intake.asked:
        return "not_asked", "The safety questions were not answered. Read them before you do any exercise."
    return "clear", ""


def how_soon(intake: Intake, knowledge: Knowledge) -> Urgency | None:
    """Urgency by the answers: the soonest of all that stop a plan; None where none does."""
    if check_safety(intake, knowledge)[0] not in ("emergency", "prompt"):
        return None
    stops = [*(flag for flag in intake.flags if flag in EMERGENCY_FLAGS), *_prompts(intake)]
    asked = {knowledge.cautions[name].urgency for name in stops}
    return next(urgency for urgency in URGENCIES if urgency in asked)


def _prompts(intake: Intake) -> list[str]:
    """Answers that send to a professional before any exercise.

    Cancer, now or in the past, sends where there is pain, or where nobody said that there is none, or with any other
    answer of these: Finucane 2020 weighs such signs together.
    """
    prompts = [flag for flag in intake.flags if flag in PROMPT_FLAGS] + _pain_rules(intake)
    painless = intake.pain_0_10 == 0 and intake.leg_pain in (None, "none")
    return [] if prompts == [CANCER] and painless else prompts


def _notes(intake: Intake, knowledge: Knowledge) -> list[str]:
    """Notes beside a plan, of answers that alone do not stop it."""
    painless_cancer = CANCER in intake.flags and not intake.cleared_by_clinician and not _prompts(intake)
    return [knowledge.cautions[CANCER].note] if painless_cancer else []


def _pain_rules(intake: Intake) -> list[str]:
    pain, weeks, age = intake.pain_0_10, intake.pain_weeks, intake.age_years
    hurts = pain is None or pain > 0
    rules = {
        "leg_pain_below_knee": intake.leg_pain == "below_knee",
        "pain_worsening": intake.pain_worsening,
        "pain_severe": pain is not None and pain >= PAIN_SEVERE,
        "pain_long_unassessed": weeks is not None and weeks > PAIN_LONG_WEEKS and hurts and not intake.pain_assessed,
        "new_pain_age": age is not None
        and not 20 <= age <= 50
        and pain is not None
        and pain > 0
        and weeks is not None
        and weeks <= PAIN_NEW_WEEKS,
    }
    return [name for name, applies in rules.items() if applies]


def judge_tests(intake: Intake, side: Side) -> tuple[Length, Strength]:
    """Length and strength of one side's hip flexors; a judged result wins over raw numbers.

    Thigh +8° with a flat lower back is "short", the same without is "unclear"; a hold of 14 s is "unclear", of 9 s
    "weak". Limits: docs/science.md, Tests of the hip flexors.
    """
    own, other = intake.tests[side], intake.tests["right" if side == "left" else "left"]
    return _length(own), _strength(own, other)


def _length(tests: SideTests) -> Length:
    if tests.length is not None:
        return tests.length
    if tests.thomas_thigh_deg is None:
        return "untested"
    if not tests.lumbar_flat:
        return "unclear"
    if tests.thomas_thigh_deg > SHORT_ABOVE_DEG:
        return "short"
    return "normal" if tests.thomas_thigh_deg < NORMAL_BELOW_DEG else "unclear"


def _strength(tests: SideTests, other: SideTests) -> Strength:
    if tests.strength is not None:
        return tests.strength
    hold, effort, other_hold = tests.hip_flexion_hold_s, tests.slr_effort_0_5, other.hip_flexion_hold_s
    if hold is None and effort is None:
        return "untested"
    if effort is not None and effort >= WEAK_EFFORT:
        return "weak"
    if hold is None:
        return "unclear"
    lags = other_hold is not None and hold < SIDE_SHARE * other_hold
    if hold < WEAK_HOLD_S or lags:
        return "weak"
    return "fine" if hold >= FINE_HOLD_S else "unclear"


def _decision(length: Length, strength: Strength, kind: FindingKind, knowledge: Knowledge) -> Decision:
    """The one row of the decision tables that fits a side: its tests where they say something, else the pattern."""
    for row in knowledge.decisions:
        if length in row.length and strength in row.strength:
            return row
    return knowledge.patterns[kind]


def _union(modes: Iterable[Mode]) -> Mode:
    parts = set(modes) - {"neither"}
    if not parts:
        return "neither"
    return parts.pop() if len(parts) == 1 else "both"


def _unknowns(judged: Mapping[Side, tuple[Length, Strength]], intake: Intake) -> tuple[str, ...]:
    words = []
    for side, (length, strength) in judged.items():
        for name, result, test in (("length", length, "Thomas photo"), ("strength", strength, "hold test")):
            if result in ("unclear", "untested"):
                words.append(f"{side} hip flexors: {name} {result} ({test})")
    if intake.sitting_h_day is None:
        words.append("hours of sitting a day")
    return tuple(words)


def _because(reasons: Mapping[Side, str]) -> list[str]:
    """Reasons, once where both sides share one, else side by side."""
    left, right = reasons["left"], reasons["right"]
    return [left] if left == right else [f"Left side: {left}", f"Right side: {right}"]


def referral(intake: Intake, knowledge: Knowledge) -> Plan | None:
    """The plan that sends to a professional and holds nothing else; None where no answer asks for one."""
    safety, message = check_safety(intake, knowledge)
    if safety not in ("emergency", "prompt"):
        return None
    return Plan(
        mode="refer",
        sides={"left": "refer", "right": "refer"},
        safety=safety,
        message=message,
        items=(),
        unknowns=(),
        because="A safety question was answered yes; a professional comes before any exercise.",
        evidence=(),
        retest_weeks=0,
        retest_with=(),
    )
