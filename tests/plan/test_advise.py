"""Safety first, then tests, then the pattern: the decision tables and the law of cautions."""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import replace
from importlib import resources

import pytest

from posture.findings.verdict import WORDS
from posture.knowledge.load import Knowledge
from posture.plan.advise import (
    GLUTEALS_TOO,
    NEAR_END,
    NOTHING_LEFT,
    OPTIONAL,
    UNSEEN,
    advise,
    check_safety,
    how_soon,
    judge_tests,
)
from posture.plan.intake import CONDITIONS, EMERGENCY_FLAGS, MOVEMENTS, PROMPT_FLAGS, Intake, SideTests
from posture.text.language import load_language

KNOWLEDGE = Knowledge.load()
CLEAR = Intake(asked=True)


def plan(kind: str = "no_sign", intake: Intake = CLEAR):
    made = advise(kind, intake, KNOWLEDGE)
    assert made is not None
    return made


def both(length: str | None = None, strength: str | None = None, **said) -> Intake:
    tests = SideTests(length=length, strength=strength)
    return replace(CLEAR, tests={"left": tests, "right": tests}, **said)


def ids(made) -> set[str]:
    return {item.id for item in made.items}


class TestSafety:
    @pytest.mark.parametrize("flag", EMERGENCY_FLAGS)
    @pytest.mark.parametrize("cleared", [False, True])
    def test_an_emergency_stands_alone_and_cannot_be_cleared(self, flag: str, cleared: bool) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, flags=(flag,), cleared_by_clinician=cleared))
        assert (made.mode, made.safety, made.items) == ("refer", "emergency", ())
        assert made.message == KNOWLEDGE.cautions[flag].message

    @pytest.mark.parametrize("flag", PROMPT_FLAGS)
    def test_a_prompt_flag_refers_until_cleared(self, flag: str) -> None:
        asked = replace(CLEAR, flags=(flag,))
        made = plan("mild_anterior_tilt", asked)
        assert (made.mode, made.safety, made.items) == ("refer", "prompt", ())
        assert made.message == KNOWLEDGE.cautions[flag].message
        assert plan("mild_anterior_tilt", replace(asked, cleared_by_clinician=True)).items

    @pytest.mark.parametrize(
        ("answers", "safety"),
        [
            ({"leg_pain": "below_knee"}, "prompt"),
            ({"leg_pain": "thigh"}, "clear"),
            ({"pain_worsening": True}, "prompt"),
            ({"pain_0_10": 7}, "prompt"),
            ({"pain_0_10": 6}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 13}, "prompt"),
            ({"pain_0_10": 3, "pain_weeks": 13, "pain_assessed": True}, "clear"),
            ({"pain_0_10": 0, "pain_weeks": 13}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 12}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 4, "age_years": 60}, "prompt"),
            ({"pain_0_10": 3, "pain_weeks": 4, "age_years": 19}, "prompt"),
            ({"pain_0_10": 3, "pain_weeks": 4, "age_years": 40}, "clear"),
            ({"pain_0_10": 0, "pain_weeks": 4, "age_years": 60}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 7, "age_years": 60}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 6, "age_years": 60}, "prompt"),
            ({"pain_0_10": 3, "pain_weeks": 6, "age_years": 51}, "prompt"),
            ({"pain_0_10": 3, "pain_weeks": 6, "age_years": 50}, "clear"),
            ({"pain_0_10": 3, "pain_weeks": 6, "age_years": 20}, "clear"),
            ({"pain_0_10": 3, "age_years": 60}, "clear"),
            ({"pain_weeks": 13}, "prompt"),
        ],
    )
    def test_pain_rules(self, answers: dict, safety: str) -> None:
        assert check_safety(replace(CLEAR, **answers), KNOWLEDGE)[0] == safety

    @pytest.mark.parametrize(
        ("answers", "safety"),
        [
            ({"pain_0_10": 0}, "clear"),
            ({"pain_0_10": 0, "leg_pain": "none"}, "clear"),
            ({"pain_0_10": 0, "leg_pain": "thigh"}, "prompt"),
            ({"pain_0_10": 1}, "prompt"),
            ({}, "prompt"),  # nobody said that there is no pain
            ({"pain_0_10": 0, "flags": ("cancer_history", "weight_loss")}, "prompt"),
            ({"pain_0_10": 0, "flags": ("cancer_history", "leg_weakness")}, "emergency"),
        ],
    )
    def test_cancer_is_weighed_with_pain_and_other_flags(self, answers: dict, safety: str) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, **{"flags": ("cancer_history",)} | answers))
        assert made.safety == safety
        note = KNOWLEDGE.cautions["cancer_history"].note
        assert (made.message == f"{note} {OPTIONAL}") == (note in made.message) == (safety == "clear")
        assert bool(made.items) == (safety == "clear")

    @pytest.mark.parametrize(
        ("answers", "soon"),
        [
            ({}, None),
            ({"flags": ("sexual_function",)}, "now"),
            ({"flags": ("weight_loss", "fever")}, "today"),
            ({"pain_worsening": True}, "days"),
            ({"pain_0_10": 3, "pain_weeks": 13}, "weeks"),
            ({"flags": ("fever",), "cleared_by_clinician": True}, None),
            ({"flags": ("fever", "saddle_numbness"), "cleared_by_clinician": True}, "now"),
        ],
    )
    def test_every_stop_says_how_soon(self, answers: dict, soon: str | None) -> None:
        assert how_soon(replace(CLEAR, **answers), KNOWLEDGE) == soon

    def test_an_emergency_outranks_a_prompt(self) -> None:
        made = plan(intake=replace(CLEAR, flags=("fever", "leg_weakness")))
        assert made.safety == "emergency"
        assert KNOWLEDGE.cautions["fever"].message not in made.message

    def test_every_flag_of_a_level_is_said(self) -> None:
        for flags in (("leg_weakness", "saddle_numbness"), ("fever", "weight_loss")):
            message = plan(intake=replace(CLEAR, flags=flags)).message
            assert message == " ".join(KNOWLEDGE.cautions[flag].message for flag in flags)

    def test_a_prompt_flag_counts_and_is_cleared_whether_or_not_all_was_asked(self) -> None:
        assert plan(intake=Intake(flags=("fever",))).safety == "prompt"
        assert plan(intake=Intake(flags=("fever",), cleared_by_clinician=True)).safety == "not_asked"

    def test_a_referral_holds_nothing_but_its_message(self) -> None:
        made = plan(intake=replace(CLEAR, flags=("fever",)))
        assert (made.unknowns, made.retest_weeks, made.retest_with) == ((), 0, ())
        assert made.sides == {"left": "refer", "right": "refer"}
        assert made.because == "A safety question was answered yes; a professional comes before any exercise."

    @pytest.mark.parametrize("first", sorted((*EMERGENCY_FLAGS, *PROMPT_FLAGS)))
    def test_of_any_two_flags_a_referral_says_every_one_of_the_graver_kind_and_nothing_else(self, first: str) -> None:
        """Whatever else was answered: no exercise, no test, no decision, and each message once."""
        for second in (*EMERGENCY_FLAGS, *PROMPT_FLAGS):
            flags = tuple(dict.fromkeys((first, second)))
            grave = [flag for flag in flags if flag in EMERGENCY_FLAGS] or list(flags)
            told = replace(CLEAR, flags=flags, conditions=("pregnancy",), sitting_h_day=9, age_years=40)
            made = plan("marked_anterior_tilt", told)
            assert (made.mode, set(made.sides.values())) == ("refer", {"refer"})
            assert made.safety == ("emergency" if set(flags) & set(EMERGENCY_FLAGS) else "prompt")
            assert (made.items, made.evidence, made.unknowns) == ((), (), ())
            for flag, caution in KNOWLEDGE.cautions.items():
                assert made.message.count(caution.message) == (flag in grave), (flags, flag)

    @pytest.mark.parametrize("pain", [0.5, 1.0])
    def test_a_little_pain_is_pain(self, pain: float) -> None:
        young = replace(CLEAR, age_years=19, pain_0_10=pain, pain_weeks=1)
        assert check_safety(young, KNOWLEDGE)[0] == "prompt"
        long = replace(CLEAR, pain_0_10=pain, pain_weeks=52)
        assert check_safety(long, KNOWLEDGE)[0] == "prompt"
        assert check_safety(replace(long, pain_0_10=0), KNOWLEDGE)[0] == "clear"

    def test_not_asked_is_said(self) -> None:
        made = plan("mild_anterior_tilt", Intake())
        assert made.safety == "not_asked"
        assert "not answered" in made.message

    def test_flags_count_even_if_nobody_said_that_they_asked(self) -> None:
        assert plan(intake=Intake(flags=("leg_weakness",))).mode == "refer"

    @pytest.mark.parametrize("age", [1, 17.9])
    def test_no_plan_under_18(self, age: float) -> None:
        assert advise("no_sign", replace(CLEAR, age_years=age), KNOWLEDGE) is None
        assert advise("no_sign", replace(CLEAR, age_years=18), KNOWLEDGE) is not None

    def test_red_flags_come_before_the_age(self) -> None:
        for flag, safety in (("leg_weakness", "emergency"), ("fever", "prompt")):
            told = advise("no_sign", replace(CLEAR, age_years=12, flags=(flag,)), KNOWLEDGE)
            assert told is not None
            assert (told.safety, told.mode, told.items) == (safety, "refer", ())

    def test_every_caution_of_the_data_has_an_intake_key_and_every_key_a_caution(self) -> None:
        cautions = KNOWLEDGE.cautions
        assert {c.id for c in cautions.values() if c.intake == "safety.conditions"} == set(CONDITIONS)
        flags = {c.id for c in cautions.values() if c.intake == "safety.flags"}
        assert flags == set(EMERGENCY_FLAGS) | set(PROMPT_FLAGS)
        for caution in cautions.values():
            assert caution.level == (
                "emergency" if caution.id in EMERGENCY_FLAGS else "condition" if caution.id in CONDITIONS else "prompt"
            )

    @pytest.mark.parametrize("condition", CONDITIONS)
    def test_law_of_cautions(self, condition: str) -> None:
        """With a condition answered yes, no exercise carrying it is in any plan that can be made."""
        lengths, strengths = (None, "short", "normal", "unclear"), (None, "weak", "fine", "unclear")
        for kind, length, strength in itertools.product(WORDS, lengths, strengths):
            made = plan(kind, both(length, strength, conditions=(condition,), sitting_h_day=9))
            for item in made.items:
                assert condition not in item.cautions, (kind, length, strength, item.id)
                assert condition not in KNOWLEDGE.exercises[item.id].cautions

    def test_what_was_left_out_is_said(self) -> None:
        made = plan(intake=both("short", "fine", conditions=("hip_replacement",)))
        assert "half_kneeling_tuck" not in ids(made)
        assert "Left out because of an artificial hip joint" in made.because


class TestJudging:
    @pytest.mark.parametrize(
        ("tests", "length"),
        [
            ({}, "untested"),
            ({"thomas_thigh_deg": 8, "lumbar_flat": True}, "short"),
            ({"thomas_thigh_deg": 8}, "unclear"),
            ({"thomas_thigh_deg": 8, "lumbar_flat": False}, "unclear"),
            ({"thomas_thigh_deg": 5, "lumbar_flat": True}, "unclear"),
            ({"thomas_thigh_deg": 5.5, "lumbar_flat": True}, "short"),
            ({"thomas_thigh_deg": -5, "lumbar_flat": True}, "unclear"),
            ({"thomas_thigh_deg": -6, "lumbar_flat": True}, "normal"),
            ({"thomas_thigh_deg": -6, "lumbar_flat": True, "length": "short"}, "short"),
        ],
    )
    def test_length(self, tests: dict, length: str) -> None:
        intake = replace(CLEAR, tests={"left": SideTests(**tests), "right": SideTests()})
        assert judge_tests(intake, "left")[0] == length
        assert judge_tests(intake, "right")[0] == "untested"

    @pytest.mark.parametrize(
        ("own", "other", "strength"),
        [
            ({}, {}, "untested"),
            ({"hip_flexion_hold_s": 9.9}, {}, "weak"),
            ({"hip_flexion_hold_s": 10}, {}, "unclear"),
            ({"hip_flexion_hold_s": 19.9}, {}, "unclear"),
            ({"hip_flexion_hold_s": 27}, {"hip_flexion_hold_s": 40}, "weak"),
            ({"hip_flexion_hold_s": 14}, {}, "unclear"),
            ({"hip_flexion_hold_s": 20}, {}, "fine"),
            ({"hip_flexion_hold_s": 25}, {"hip_flexion_hold_s": 40}, "weak"),
            ({"hip_flexion_hold_s": 28}, {"hip_flexion_hold_s": 40}, "fine"),
            ({"hip_flexion_hold_s": 25, "slr_effort_0_5": 2}, {}, "weak"),
            ({"hip_flexion_hold_s": 25, "slr_effort_0_5": 1}, {}, "fine"),
            ({"slr_effort_0_5": 2}, {}, "weak"),
            ({"slr_effort_0_5": 0}, {}, "unclear"),
            ({"hip_flexion_hold_s": 5, "strength": "fine"}, {}, "fine"),
        ],
    )
    def test_strength(self, own: dict, other: dict, strength: str) -> None:
        intake = replace(CLEAR, tests={"left": SideTests(**own), "right": SideTests(**other)})
        assert judge_tests(intake, "left")[1] == strength
        swapped = replace(CLEAR, tests={"right": SideTests(**own), "left": SideTests(**other)})
        assert judge_tests(swapped, "right")[1] == strength


#: What a forward verdict adds to whatever the tests decide.
FORWARD_TOO = {
    "marked_anterior_tilt": {"glute_bridge", "hamstring_bridge", "dead_bug"},
    "mild_anterior_tilt": {"glute_bridge", "dead_bug"},
}


class TestDecision:
    @pytest.mark.parametrize(
        ("length", "strength", "mode", "exercises"),
        [
            ("short", "weak", "both", "couch_active_mobility flexor_lengthened_eccentric glute_bridge dead_bug"),
            ("short", "fine", "stretch",
             "half_kneeling_tuck couch_active_mobility glute_bridge dead_bug sitting_breaks"),
            ("short", None, "stretch", "half_kneeling_tuck hold_test"),
            ("short", "unclear", "stretch", "half_kneeling_tuck hold_test"),
            ("normal", "weak", "strengthen", "flexor_neutral flexor_shortened flexor_lengthened_eccentric"),
            ("normal", "fine", "neither", "general_activity arch_tuck_control"),
            ("normal", None, "neither", "general_activity hold_test"),
            ("normal", "unclear", "neither", "general_activity hold_test"),
            (None, "weak", "strengthen", "flexor_neutral flexor_shortened thomas_test"),
            ("unclear", "weak", "strengthen", "flexor_neutral flexor_shortened thomas_test"),
            (None, "fine", "neither", "general_activity thomas_test"),
            ("unclear", "fine", "neither", "general_activity thomas_test"),
        ],
    )  # fmt: skip
    def test_tests_decide_whatever_the_pattern(self, length, strength, mode: str, exercises: str) -> None:
        for kind in WORDS:
            made = plan(kind, both(length, strength))
            assert made.mode == mode
            assert ids(made) == set(exercises.split()) | FORWARD_TOO.get(kind, set())
            assert (GLUTEALS_TOO in made.because) == (kind in FORWARD_TOO)

    @pytest.mark.parametrize(
        ("kind", "mode", "exercises"),
        [
            ("marked_anterior_tilt", "both",
             "glute_bridge hamstring_bridge dead_bug abdominal_draw_in couch_active_mobility flexor_neutral "
             "thomas_test hold_test"),
            ("mild_anterior_tilt", "both",
             "couch_active_mobility flexor_neutral glute_bridge dead_bug thomas_test hold_test"),
            ("no_sign", "neither", "general_activity sitting_breaks arch_tuck_control"),
            ("inconclusive", "neither", "general_activity sitting_breaks arch_tuck_control"),
            ("possible_sway_back", "strengthen", "flexor_neutral flexor_shortened abdominal_draw_in stand_tall_cue"),
            ("possible_flat_back", "neither", "arch_tuck_control general_activity"),
            ("posterior_tilt", "neither", "arch_tuck_control general_activity"),
            ("less_forward", "neither", "arch_tuck_control general_activity"),
            ("undetermined", "neither", "general_activity thomas_test hold_test"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("tested", [(None, None), ("unclear", "unclear")], ids=["untested", "unclear"])
    def test_pattern_when_no_test_decided(self, kind: str, mode: str, exercises: str, tested: tuple) -> None:
        made = plan(kind, both(*tested))
        assert made.mode == mode
        assert ids(made) == set(exercises.split())
        assert not any(item.kind == "stretch" for item in made.items)

    def test_what_a_verdict_adds_is_said_only_where_tests_decide_the_rest(self) -> None:
        for kind in FORWARD_TOO:
            assert GLUTEALS_TOO not in plan(kind).because
            one_side = replace(CLEAR, tests={"left": SideTests(length="short"), "right": SideTests()})
            assert GLUTEALS_TOO in plan(kind, one_side).because

    def test_a_short_side_of_unknown_strength_starts_low(self) -> None:
        (stretch,) = [i for i in plan(intake=both("short")).items if i.id == "half_kneeling_tuck"]
        assert dict(stretch.dose) == dict(KNOWLEDGE.exercises["half_kneeling_tuck"].low_dose)
        (stretch,) = [i for i in plan(intake=both("short", "fine")).items if i.id == "half_kneeling_tuck"]
        assert dict(stretch.dose) == dict(KNOWLEDGE.exercises["half_kneeling_tuck"].dose)

    def test_sides_of_different_dose_stay_apart(self) -> None:
        tests = {"left": SideTests(length="short"), "right": SideTests(length="short", strength="fine")}
        doses = {
            item.side: dict(item.dose)
            for item in plan(intake=replace(CLEAR, tests=tests)).items
            if item.id == "half_kneeling_tuck"
        }
        exercise = KNOWLEDGE.exercises["half_kneeling_tuck"]
        assert doses == {"left": dict(exercise.low_dose), "right": dict(exercise.dose)}

    @pytest.mark.parametrize(
        ("kind", "full"),
        [("marked_anterior_tilt", {"glute_bridge", "hamstring_bridge", "dead_bug", "abdominal_draw_in"}),
         ("mild_anterior_tilt", set())],
    )  # fmt: skip
    def test_the_verdict_sets_the_dose_and_no_photo_chooses_for_the_flexors(self, kind: str, full: set[str]) -> None:
        """Clearly forward: gluteals, hamstrings and abdominals in full; the flexors at the low dose until tested."""
        made = plan(kind)
        for item in made.items:
            exercise = KNOWLEDGE.exercises[item.id]
            if exercise.kind != "test":
                assert dict(item.dose) == dict(exercise.dose if item.id in full else exercise.low_dose), item.id
        assert "until they are tested" in made.because

    def test_three_steps_of_one_verdict(self) -> None:
        """Usual, a little forward and clearly forward are three plans, also where both flexors are tested."""
        for intake in (CLEAR, both("normal", "weak"), both("normal", "fine"), both("short", "fine")):
            plans = [plan(kind, intake) for kind in ("no_sign", "mild_anterior_tilt", "marked_anterior_tilt")]
            told = [{(item.id, str(sorted(item.dose.items()))) for item in made.items} for made in plans]
            assert told[1] != told[2]
            assert told[0] != told[2]

    @pytest.mark.parametrize("tested", list(itertools.product(("short", "normal", "unclear"), ("weak", "fine", None))))
    def test_a_clear_forward_tilt_asks_for_gluteals_and_abdominals_whatever_the_tests_say(self, tested) -> None:
        assert {"glute_bridge", "hamstring_bridge", "dead_bug"} <= ids(plan("marked_anterior_tilt", both(*tested)))
        assert {"glute_bridge", "dead_bug"} <= ids(plan("mild_anterior_tilt", both(*tested)))

    def test_unequal_sides_get_their_own_and_the_mode_is_their_union(self) -> None:
        tests = {
            "left": SideTests(length="short", strength="fine"),
            "right": SideTests(length="normal", strength="weak"),
        }
        made = plan(intake=replace(CLEAR, tests=tests))
        assert dict(made.sides) == {"left": "stretch", "right": "strengthen"}
        assert made.mode == "both"
        side = {item.id: item.side for item in made.items}
        assert side["half_kneeling_tuck"] == "left"
        assert side["flexor_neutral"] == "right"
        assert side["sitting_breaks"] == "none"

    def test_one_side_neither_leaves_the_other_ones_mode(self) -> None:
        tests = {
            "left": SideTests(length="normal", strength="fine"),
            "right": SideTests(length="short", strength="fine"),
        }
        assert plan(intake=replace(CLEAR, tests=tests)).mode == "stretch"

    def test_both_sides_alike_are_one_item(self) -> None:
        made = plan(intake=both("short", "fine"))
        assert [item.side for item in made.items if item.id == "half_kneeling_tuck"] == ["both"]

    @pytest.mark.parametrize(("hours", "breaks"), [(None, False), (5.9, False), (6, True)])
    def test_much_sitting_brings_breaks(self, hours: float | None, breaks: bool) -> None:
        assert ("sitting_breaks" in ids(plan("posterior_tilt", replace(CLEAR, sitting_h_day=hours)))) == breaks

    def test_a_clear_plan_says_what_exercise_does_not_do(self) -> None:
        assert plan().message == OPTIONAL

    def test_an_item_is_its_exercise(self) -> None:
        for item in plan("mild_anterior_tilt", both("short", "weak")).items:
            exercise = KNOWLEDGE.exercises[item.id]
            assert (item.kind, item.weeks, item.cautions, item.answers, item.source) == (
                exercise.kind, exercise.weeks, exercise.cautions, exercise.answers, exercise.source,
            )  # fmt: skip
            assert item.dose in (exercise.dose, exercise.low_dose)

    def test_the_words_of_a_plan(self) -> None:
        made = plan("no_sign", replace(CLEAR, tests={"left": SideTests(length="short"), "right": SideTests()}))
        assert made.retest_with == ("thomas_test", "hold_test", "photo")
        assert made.retest_weeks == 6
        assert made.unknowns[-1] == "hours of sitting a day"
        assert plan("no_sign", replace(CLEAR, sitting_h_day=0.0)).unknowns[-1] != "hours of sitting a day"
        rows = [row.because for row in (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values())]
        left, right = (row for row in dict.fromkeys(rows) if row in made.because)
        assert {left, right} == set(re.split("(?:Left|Right) side: ", made.because.replace(". Right", ".Right"))[1:])
        unseen = advise(
            None, replace(CLEAR, tests={"left": SideTests(length="short"), "right": SideTests()}), KNOWLEDGE
        )
        assert unseen is not None
        assert unseen.because.endswith(f"Right side: {UNSEEN}")
        same = replace(CLEAR, tests={side: SideTests(length="short") for side in ("left", "right")})
        assert "side:" not in plan("no_sign", same).because
        assert plan("no_sign", Intake()).message == (
            "The safety questions were not answered. Read them before you do any exercise."
        )

    def test_each_that_is_left_out_is_named_and_those_after_it_stay(self) -> None:
        free, bound = both("short", "weak"), both("short", "weak", conditions=("hernia", "osteoporosis"))
        before, after = plan("no_sign", free), plan("no_sign", bound)
        gone = [item for item in before.items if set(item.cautions) & {"hernia", "osteoporosis"}]
        assert [item.id for item in after.items] == [item.id for item in before.items if item not in gone]
        named = ", ".join(KNOWLEDGE.exercises[name].name for name in dict.fromkeys(item.id for item in gone))
        assert f"Left out because of a hernia, thin bones: {named}." in after.because

    def test_unknowns_and_retest(self) -> None:
        made = plan(intake=both("short", None))
        assert "left hip flexors: strength untested (hold test)" in made.unknowns
        assert not any("length" in unknown for unknown in made.unknowns)
        assert "right hip flexors: length unclear (Thomas photo)" in plan(intake=both("unclear")).unknowns
        assert (made.retest_weeks, made.retest_with) == (6, ("thomas_test", "hold_test", "photo"))

    def test_without_exercises_there_is_nothing_to_test_again(self) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, conditions=CONDITIONS, hurts=MOVEMENTS))
        assert (made.items, made.retest_weeks, made.retest_with) == ((), 0, ())
        assert made.because.endswith(NOTHING_LEFT)

    def test_a_refused_photo_has_a_plan_only_where_the_intake_decides(self) -> None:
        assert advise(None, CLEAR, KNOWLEDGE) is None
        one_test = advise(None, both("short"), KNOWLEDGE)
        assert one_test is not None
        assert one_test.mode == "stretch"
        decided = advise(None, both("short", "fine"), KNOWLEDGE)
        assert decided is not None
        assert decided.mode == "stretch"
        referred = advise(None, replace(CLEAR, flags=("fever",)), KNOWLEDGE)
        assert referred is not None
        assert referred.mode == "refer"


class TestWalk:
    """Every finding, every pair of results on either side, every safety level: one answer with its reason."""

    @pytest.mark.parametrize("kind", sorted(WORDS))
    def test_all_combinations(self, kind: str) -> None:
        results = list(itertools.product(("short", "normal", "unclear", None), ("weak", "fine", "unclear", None)))
        sides = [SideTests(length=length, strength=strength) for length, strength in results]
        modes = set()
        for left, right in itertools.product(sides, sides):
            made = advise(kind, Intake(asked=True, tests={"left": left, "right": right}), KNOWLEDGE)
            assert made is not None
            modes.add(made.mode)
            assert made.because.endswith(".")
            assert made.evidence
            assert set(made.evidence) <= set(KNOWLEDGE.sources)
            wanted = {made.sides["left"], made.sides["right"]} - {"neither"}
            assert made.mode == ("neither" if not wanted else wanted.pop() if len(wanted) == 1 else "both")
            static = {"half_kneeling_tuck", "lunge_stretch", "supine_edge_stretch", "standing_stagger"}
            for side, tests in (("left", left), ("right", right)):
                if tests.length == "normal":  # nobody tested long enough is told to stretch that side
                    assert not any(item.id in static and item.side in (side, "both") for item in made.items)
        assert modes >= {"stretch", "strengthen", "both", "neither"}

    @pytest.mark.parametrize("safety", ["clear", "not_asked", "prompt", "emergency"])
    def test_safety_comes_first_whatever_was_tested(self, safety: str) -> None:
        flags = {"prompt": ("fever",), "emergency": ("leg_weakness",)}.get(safety, ())
        for kind, length, strength in itertools.product(WORDS, ("short", "normal", None), ("weak", "fine", None)):
            side = SideTests(length=length, strength=strength)
            intake = Intake(asked=safety != "not_asked", flags=flags, tests={"left": side, "right": side})
            made = advise(kind, intake, KNOWLEDGE)
            assert made is not None
            assert made.safety == safety
            assert (made.mode == "refer") == (safety in ("prompt", "emergency")) == (made.items == ())


THOMAS_SHORT = {"thomas_thigh_deg": 9, "lumbar_flat": True}
THOMAS_NORMAL = {"thomas_thigh_deg": -12, "lumbar_flat": True}
FINE, FEW = {"hip_flexion_hold_s": 25}, {"hip_flexion_hold_s": 8}
UNEQUAL = {"left": {"length": "short", "strength": "fine"}, "right": {"length": "normal", "strength": "weak"}}


@pytest.mark.parametrize(
    ("kind", "answers", "mode", "there", "absent"),
    [
        ("marked_anterior_tilt", {"both": THOMAS_SHORT | FINE}, "stretch",
         "half_kneeling_tuck glute_bridge dead_bug", "flexor_neutral"),
        ("inconclusive", {"both": THOMAS_NORMAL | FEW, "signs": {"feels_tight": True}},
         "strengthen",
         "flexor_neutral flexor_shortened flexor_lengthened_eccentric", "half_kneeling_tuck standing_stagger"),
        ("no_sign", UNEQUAL, "both", "half_kneeling_tuck flexor_neutral", ""),
        ("mild_anterior_tilt", {}, "both", "couch_active_mobility flexor_neutral thomas_test hold_test",
         "lunge_stretch"),
        ("marked_anterior_tilt", {"flags": ["saddle_numbness"]}, "refer", "", "glute_bridge"),
        ("mild_anterior_tilt", {"both": THOMAS_SHORT | FINE, "conditions": ["anticoagulants"],
                                "equipment": ["ball"]}, "stretch", "half_kneeling_tuck", "ball_release"),
        ("mild_anterior_tilt", {"both": THOMAS_SHORT | FINE, "equipment": ["ball"]}, "stretch",
         "ball_release", ""),
        ("possible_sway_back", {}, "strengthen", "stand_tall_cue abdominal_draw_in", "couch_active_mobility"),
        ("posterior_tilt", {}, "neither", "arch_tuck_control", "half_kneeling_tuck flexor_neutral"),
        ("no_sign", {"both": {"thomas_thigh_deg": 9}}, "neither", "general_activity", "half_kneeling_tuck"),
        ("undetermined", {"both": {"slr_effort_0_5": 3}}, "strengthen", "flexor_neutral thomas_test", "lunge_stretch"),
    ],
    ids=["short and fine", "feels tight, long, weak", "each side its own", "nothing tested", "numb saddle",
         "blood thinners, no ball", "a ball at hand", "sway-back", "tipped back", "back not flat: unclear",
         "hard to lift"],
)  # fmt: skip
def test_told_cases(kind: str, answers: dict, mode: str, there: str, absent: str) -> None:
    told = dict(answers)
    sides = {side: told.pop(side, told.get("both", {})) for side in ("left", "right")}
    told.pop("both", None)
    life = {"equipment": told.pop("equipment")} if "equipment" in told else {}
    signs = told.pop("signs", {})
    intake = Intake.from_mapping({"safety": {"asked": True, **told}, "tests": sides, "life": life, "signs": signs})
    made = advise(kind, intake, KNOWLEDGE)
    assert made is not None
    assert made.mode == mode
    assert set(there.split()) <= ids(made)
    assert not set(absent.split()) & ids(made)


class TestInputsThatCount:
    """Equipment, movements, and the own range change the plan, and the plan says how."""

    WEAK = both("normal", "weak")

    @pytest.mark.parametrize(
        ("equipment", "there", "absent"),
        [
            (None, "flexor_neutral flexor_lengthened_eccentric", "flexor_seated_press"),
            ((), "flexor_seated_press flexor_shortened", "flexor_neutral flexor_lengthened_eccentric"),
            (("band", "wall", "chair", "step"), "flexor_neutral flexor_shortened", "flexor_lengthened_eccentric"),
            (("band", "wall", "bed"), "flexor_neutral flexor_lengthened_eccentric", "flexor_seated_press"),
        ],
    )
    def test_equipment_chooses_the_variant(self, equipment: tuple | None, there: str, absent: str) -> None:
        made = plan(intake=replace(self.WEAK, equipment=equipment))
        assert set(there.split()) <= ids(made)
        assert not set(absent.split()) & ids(made)
        told = [e.name for name in absent.split() if (e := KNOWLEDGE.exercises[name]).without]
        assert all(f"Something is not at hand for: {name}. In its place: " in made.because for name in told)
        german = load_language("de", KNOWLEDGE).text(made.because)
        assert german.count("Ein Hilfsmittel fehlt für: ") == german.count(". Stattdessen: ") == len(told)
        shortened = [item for item in made.items if item.id == "flexor_shortened"]
        assert len(shortened) == 1  # asked for by itself and as a variant, on both sides: once

    def test_a_variant_needs_less_and_forbids_no_more(self) -> None:
        variants = {e.id: KNOWLEDGE.exercises[e.without] for e in KNOWLEDGE.exercises.values() if e.without}
        assert set(variants) == {"supine_edge_stretch", "flexor_neutral", "flexor_lengthened_eccentric"}
        for name, variant in variants.items():
            assert set(variant.cautions) <= set(KNOWLEDGE.exercises[name].cautions)
            assert variant.per_side == KNOWLEDGE.exercises[name].per_side

    def test_a_movement_that_hurts_leaves_out_and_says_so(self) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, hurts=("bending_back",)))
        assert "couch_active_mobility" not in ids(made)
        name = KNOWLEDGE.exercises["couch_active_mobility"].name
        assert f"Left out because bending back hurts: {name}." in made.because
        assert "sitting_breaks" in ids(plan("mild_anterior_tilt", replace(CLEAR, hurts=("sitting",))))

    def test_a_movement_that_helps_comes_first(self) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, helps=("walking",)))
        assert made.items[0].id == "general_activity"
        assert {item.id for item in made.items} - {"general_activity"} == ids(plan("mild_anterior_tilt"))

    @pytest.mark.parametrize(
        ("position", "control"), [(None, False), (0.5, False), (0.79, False), (0.8, True), (0.2, True), (1.1, True)]
    )
    def test_near_an_end_of_the_own_range_control_is_practised(self, position: float | None, control: bool) -> None:
        made = plan("mild_anterior_tilt", replace(CLEAR, range_position=position))
        assert ("arch_tuck_control" in ids(made)) == control
        assert (NEAR_END in made.because) == control

    @pytest.mark.parametrize("kind", sorted(WORDS))
    def test_every_combination_has_exercises_or_says_whom_to_ask(self, kind: str) -> None:
        equipment = (None, (), ("band", "wall"))
        for things, hurts, condition in itertools.product(equipment, (None, *MOVEMENTS), (None, *CONDITIONS)):
            answers = {"hurts": (hurts,) if hurts else (), "conditions": (condition,) if condition else ()}
            for length, strength in itertools.product((None, "short", "normal"), (None, "weak", "fine")):
                made = plan(kind, replace(both(length, strength), equipment=things, **answers))
                assert made.items or NOTHING_LEFT in made.because
                for item in made.items:
                    exercise = KNOWLEDGE.exercises[item.id]
                    assert condition not in exercise.cautions
                    assert hurts not in exercise.movements


class TestCorrections:
    """What five articles say otherwise, corrected as (a) to (f) of docs/science.md, Corrections of the articles."""

    def texts(self) -> str:
        said = [str(part) for e in KNOWLEDGE.exercises.values() for part in (e.steps, e.cues, e.answers, e.evidence)]
        background = (resources.files("posture") / "data" / "background.toml").read_text("utf-8")
        return " ".join([*said, background, *(row.because for row in KNOWLEDGE.decisions)]).lower()

    def test_a_the_supine_stretch_loads_the_hanging_leg(self) -> None:
        exercise = KNOWLEDGE.exercises["supine_edge_stretch"]
        assert "hangs off the edge" in " ".join(exercise.cues)
        assert "bed" in exercise.equipment

    def test_b_tightness_tilt_and_pain_are_claims_of_low_certainty(self) -> None:
        claims = tomllib.loads((resources.files("posture") / "data" / "background.toml").read_text("utf-8"))["claim"]
        assert all(claim["certainty"] in ("very low", "low") for claim in claims)
        assert claims[0]["against"]

    def test_c_nothing_says_that_flexors_cause_a_disc_herniation_or_sciatica(self) -> None:
        assert "herniat" not in self.texts()
        assert "sciatica" not in self.texts()

    def test_d_the_psoas_is_not_pressed_where_that_could_harm(self) -> None:
        avoided = {"pregnancy", "abdominal_or_vascular_disease", "hernia", "anticoagulants"}
        assert avoided <= set(KNOWLEDGE.exercises["ball_release"].cautions)

    def test_e_felt_tightness_asks_for_both_tests_and_decides_nothing(self) -> None:
        plain, tight = (advise("no_sign", Intake(signs=signs), KNOWLEDGE) for signs in ((), ("feels_tight",)))
        assert plain is not None
        assert tight is not None
        assert {"thomas_test", "hold_test"} <= {item.id for item in tight.items}
        assert tight.mode == plain.mode

    def test_f_the_marketing_figure_is_not_repeated(self) -> None:
        assert "37 %" not in self.texts()
        assert "37%" not in self.texts()
