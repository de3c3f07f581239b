"""The coach on what the preview saw of generated people, and on motion drawn by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from posture.body.pose import LANDMARKS, NOSE, Pose, index
from posture.body.silhouette import Outline
from posture.errors import KnowledgeError
from posture.knowledge.exercise_rules import ExerciseRules, Window
from posture.knowledge.load import Knowledge, build
from posture.live.coach import Coaching, coach, practices
from posture.live.exercise_angles import Form, form_of
from posture.render.html.report import practice_rows, render
from posture.report.practice import Practice
from posture.report.report import Report
from posture.text.language import load_language
from tests.knowledge.test_load import tables
from validation.exercises import CLIPS, Clip, both_sides, coached, load
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
DRILLS = KNOWLEDGE.drills
KNEEL, LIFT = DRILLS["half_kneeling_tuck"], DRILLS["flexor_neutral"]
STANDING: dict[str, float | None] = {
    "trunk": -3.0, "front_thigh": -2.0, "front_shank": 4.0, "front_knee": 2.0, "back_knee": 2.0, "back_thigh": -2.0,
    "knees_apart": 3.0, "raised_thigh": -2.0, "standing_knee": 2.0, "hollow": 10.0,
    "back": 1.0, "raised": 0.0,
}  # fmt: skip
KNEELING = STANDING | {"front_thigh": 75.0, "front_shank": -3.0, "front_knee": 72.0, "back_knee": 90.0, "hollow": 9.0}
STAND = [STANDING] * 20


def fold(forms: list[Form | None], drill: ExerciseRules, rate_hz: float = 10.0) -> Coaching:
    state = Coaching()
    for k, form in enumerate(forms):
        state = coach(state, k / rate_hz, form, drill)
    return state


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: f"{clip.exercise}, {clip.name}")
def test_generated_motion(clip: Clip) -> None:
    """Repetitions right within one, seconds within a half, each fault its own cue, none on good form."""
    drill = DRILLS[clip.exercise]
    state, cues = coached(load(clip, "seen"), drill)
    truth, _ = coached(load(clip, "true"), drill)
    (held, reps), (true_held, true_reps) = both_sides(state), both_sides(truth)
    assert held == pytest.approx(true_held, abs=0.5)
    assert reps == pytest.approx(true_reps, abs=1)
    assert {cue.startswith(clip.fault) for cue in cues} == ({True} if clip.fault else set())
    assert len(set(cues)) == (1 if clip.fault else 0)


def test_the_truth_of_the_clips_is_not_empty() -> None:
    whole = {clip.exercise: both_sides(coached(load(clip, "true"), DRILLS[clip.exercise])[0]) for clip in CLIPS
             if clip.name == "good form"}  # fmt: skip
    assert whole["half_kneeling_tuck"][0] > 10
    assert whole["lunge_stretch"][0] > 10
    assert whole["flexor_neutral"][1] == 5


class TestHold:
    def test_ten_seconds_of_good_form_are_ten_seconds(self) -> None:
        state = fold([*STAND, *[KNEELING] * 101], KNEEL)
        assert state.good
        assert state.held_s == pytest.approx(10.0, abs=0.2)
        assert state.side == "right"

    def test_at_five_frames_a_second_as_well(self) -> None:
        assert fold([*STAND, *[KNEELING] * 51], KNEEL, 5.0).held_s == pytest.approx(10.0, abs=0.4)

    def test_the_clock_stops_with_the_fault_and_goes_on_after_it(self) -> None:
        bent = KNEELING | {"trunk": 30.0}
        state = fold([*STAND, *[KNEELING] * 50, *[bent] * 30, *[KNEELING] * 50], KNEEL)
        assert state.held_s == pytest.approx(10.0, abs=0.5)
        assert practices(state, KNEEL)[0].cues == {"Bring your trunk upright.": 1}

    def test_a_slip_of_the_model_is_nothing(self) -> None:
        bent = KNEELING | {"trunk": 40.0}
        state = fold([*STAND, *[KNEELING] * 20, bent, *[KNEELING] * 20, None, *[KNEELING] * 20], KNEEL)
        assert state.held_s == pytest.approx(6.2, abs=0.2)
        assert not state.cue

    def test_who_leaves_has_kept_what_was_held_and_the_other_side_is_its_own(self) -> None:
        left = KNEELING | {"back": 0.0}
        state = fold([*STAND, *[KNEELING] * 30, *[STANDING] * 10, *[left] * 50, *[STANDING] * 10], KNEEL)
        held = {side: one.held_s for side, one in state.done.items()}
        assert held == {"right": pytest.approx(3.0, abs=0.3), "left": pytest.approx(5.0, abs=0.3)}

    def test_who_is_out_of_the_picture_is_not_counted(self) -> None:
        state = fold([*STAND, *[KNEELING] * 30, *[None] * 50, *[KNEELING] * 30], KNEEL)
        assert practices(state, KNEEL)[0].held_s == pytest.approx(6.0, abs=0.5)

    def test_nothing_is_said_before_the_exercise_begins(self) -> None:
        assert fold([*STAND, *[STANDING] * 50], KNEEL).phase == "begin"
        assert fold([KNEELING] * 50, KNEEL).phase == "stand"
        assert not practices(fold([*STAND] * 3, KNEEL), KNEEL)

    def test_an_arch_is_told_against_how_one_stands(self) -> None:
        arched = KNEELING | {"hollow": 13.5}
        assert fold([*STAND, *[arched] * 20], KNEEL).cue.startswith("Tuck the pelvis")
        unknown = KNEELING | {"hollow": None}
        assert fold([*STAND, *[unknown] * 20], KNEEL).good  # what cannot be seen breaks no rule


def lifts(tops: list[float], frames: int = 20) -> list[Form | None]:
    forms: list[Form | None] = [*STAND]
    for top in tops:
        angles = [*np.linspace(-2, top, frames), *[top] * 10, *np.linspace(top, -2, frames), *[-2.0] * 6]
        forms += [STANDING | {"raised_thigh": float(angle)} for angle in angles]
    return forms


class TestLift:
    def test_repetitions_their_tempo_and_how_long_they_stay_up(self) -> None:
        done = fold(lifts([60.0] * 3), LIFT).done["left"]
        assert done.reps == 3
        assert done.rise_s == pytest.approx([1.1] * 3, abs=0.3)
        assert done.top_s == pytest.approx([1.3] * 3, abs=0.3)
        assert not done.cues

    def test_one_that_does_not_come_up_is_said_and_not_counted(self) -> None:
        done = fold(lifts([60.0, 30.0, 60.0]), LIFT).done["left"]
        assert done.reps == 2
        assert done.cues == {"Lift the knee halfway to hip height.": 1}

    def test_quick_ones_are_counted_and_said(self) -> None:
        done = fold(lifts([60.0] * 2, frames=6), LIFT).done["left"]
        assert done.reps == 2
        assert list(done.cues) == ["More slowly: two seconds up, two down."]


def stick(knee_ahead: float, forward: float = 1.0) -> Pose:
    """A body of trunk 100 and legs of 100 and 100 px; the left knee is ahead by an angle, the shanks hang."""
    xy = np.zeros((LANDMARKS, 2))
    drop = {"shoulder": 0.0, "hip": 100.0, "knee": 200.0, "ankle": 300.0}
    for name, y in drop.items():
        for side in ("left", "right"):
            xy[index(name, side)] = (0.0, y)  # type: ignore[call-overload]
    angle = np.radians(knee_ahead)
    knee = np.array([100 * np.sin(angle), 100 + 100 * np.cos(angle)])
    xy[index("knee", "left")], xy[index("ankle", "left")] = knee, knee + (0, 100)
    xy[NOSE] = (10, -50)
    xy[:, 0] *= forward
    return Pose(xy, np.ones(LANDMARKS), np.ones(LANDMARKS), np.zeros((LANDMARKS, 3)))


class TestForm:
    @pytest.mark.parametrize("forward", [1.0, -1.0], ids=["facing right", "facing left"])
    def test_a_level_thigh_is_90_whichever_way_the_body_faces(self, forward: float) -> None:
        form = form_of(stick(90.0, forward), None)
        assert form["raised_thigh"] == pytest.approx(90.0)
        assert form["front_knee"] == pytest.approx(90.0)
        assert form["front_shank"] == pytest.approx(0.0)
        assert form["trunk"] == pytest.approx(0.0)
        assert (form["raised"], form["back"]) == (0.0, 1.0)
        assert form["knees_apart"] == pytest.approx(100.0)

    @pytest.mark.parametrize("forward", [1.0, -1.0], ids=["facing right", "facing left"])
    def test_the_hollow_is_its_depth_under_the_line_that_bridges_it(self, forward: float) -> None:
        rows = np.arange(0.0, 140.0)
        back = -30 + 12 * np.exp(-(((rows - 70) / 15) ** 2))  # 12 px deep, of a trunk of 100
        left, right = (back, back + 80) if forward > 0 else (-back - 80, -back)
        form = form_of(stick(0.0, forward), Outline(rows, left, right))
        assert form["hollow"] == pytest.approx(12, abs=0.6)
        assert form_of(stick(0.0, forward), Outline(rows[:40], left[:40], right[:40]))["hollow"] is None


BACKWARDS = {"angle": "raised_thigh", "rest": 50, "top": 20, "low_cue": "a", "least_rise_s": 1, "fast_cue": "b"}


class TestData:
    def test_every_word_of_the_coach_has_its_german(self) -> None:
        german = load_language("de", KNOWLEDGE)
        for drill in DRILLS.values():
            said = [drill.begin, *(rule.cue for rule in drill.form)]
            said += [drill.lift.low_cue, drill.lift.fast_cue] if drill.lift else []
            assert all(german.text(words) != words for words in said), drill.exercise

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"exercise": "handstand"}, "no exercise handstand"),
            ({"source": ["nobody"]}, "nobody"),
            ({"stance": []}, "needs a stance"),
            ({"stance": [{"angle": "elbow"}]}, "elbow"),
            ({"stance": [{"angle": "trunk", "low": 5, "high": 2}]}, "empty"),
            ({"lift": BACKWARDS}, "rises"),
        ],
    )
    def test_a_damaged_rule_is_named(self, change: dict[str, object], words: str) -> None:
        made = tables()
        made["coaching"]["drill"][0].update(change)
        with pytest.raises(KnowledgeError, match=words):
            build(made)

    def test_a_window_holds_what_nobody_knows(self) -> None:
        window = Window("trunk", -10, 10)
        assert window.holds(None)
        assert window.holds(12, slack=2)
        assert not window.holds(12)


def test_what_was_practised_stands_in_the_report() -> None:
    report = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
    done = (
        *practices(fold(lifts([60.0, 30.0, 60.0]), LIFT), LIFT),
        Practice("glute_bridge", None, 31.0, 0, None, {}, watched=False),
    )
    told = replace(report, practice=done)
    again = Report.from_json(told.to_json())
    assert again.practice[1] == done[1]
    assert again.practice[0].reps == 2
    page = render(told, KNOWLEDGE)
    assert "Practised before the camera" in page
    assert "not watched" in page
    assert "Practised before the camera" not in render(report, KNOWLEDGE)
    assert "Vor der Kamera" in render(told, KNOWLEDGE, language=load_language("de", KNOWLEDGE))
    assert len(practice_rows(done, KNOWLEDGE, load_language("en", KNOWLEDGE))) == 2
    older = {name: part for name, part in report.to_dict().items() if name != "practice"}
    assert Report.from_json(json.dumps(older)).practice == ()
