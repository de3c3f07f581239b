"""A set by the clock."""

from __future__ import annotations

import pytest

from posture.knowledge.load import Knowledge
from posture.live.pace import READY_S, Pace, pace_of


def test_two_repetitions_of_a_tempo() -> None:
    pace = pace_of({"sets": 2, "reps": 2, "tempo": "2 s up, 3 s down", "days_per_week": 3})
    assert pace == Pace(2, ((2.0, "up"), (3.0, "down")))
    beats = [pace.at(READY_S + seconds) for seconds in (-1.0, 0.5, 3.0, 5.5, 9.9, 10.0)]
    assert [(beat.phase, beat.rep, beat.doing) for beat in beats] == [
        ("ready", 1, ""),
        ("go", 1, "up"),
        ("go", 1, "down"),
        ("go", 2, "up"),
        ("go", 2, "down"),
        ("done", 2, ""),
    ]
    assert beats[2].left_s == pytest.approx(2.0)
    assert [pace.reps_at(READY_S + seconds) for seconds in (-3.0, 4.9, 5.0, 60.0)] == [0, 0, 1, 2]


def test_a_hold_is_counted_down_and_repetitions_without_a_tempo_have_the_plan_s_three_seconds() -> None:
    hold = pace_of({"reps": 1, "hold_s": 30})
    assert hold is not None
    assert (hold.at(READY_S + 10).doing, hold.at(READY_S + 10).left_s) == ("hold", pytest.approx(20))
    plain = pace_of({"reps": 4})
    assert plain is not None
    assert plain.repetition_s == 3


def test_every_exercise_of_a_plan_has_a_pace_or_counts_nothing(knowledge: Knowledge) -> None:
    for exercise in knowledge.exercises.values():
        for dose in (exercise.dose, exercise.low_dose):
            pace = pace_of(dose)
            assert (pace is None) == ("reps" not in dose), exercise.id
            if pace is not None and exercise.kind not in ("test", "habit"):
                assert 6 <= pace.reps * pace.repetition_s <= 120, exercise.id
