"""One client's tilt over the visits: one level, the rotation since, and what is shown subtracts to what is judged."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.followup.change import OwnError
from posture.followup.joint_reading import joint_change, joint_readings, with_joint
from posture.followup.timeline import Entry, changes, followed, timelines
from posture.knowledge.load import Knowledge
from posture.measures.measurement import MARKED
from posture.plan.intake import Intake
from posture.render.charts.visit import timeline
from posture.report.report import Report
from posture.text.language import load_language
from tests.followup.test_rotation import photo

KNOWLEDGE = Knowledge.load()
OTHER_SIDE = "left" if photo(0, 0.0).facing == "right" else "right"


def test_a_visit_whose_turn_another_line_read_stands_alone_and_is_no_level() -> None:
    older = replace(photo(0, 5.0, estimate=12.0), versions={**photo(0, 0.0).versions, "rotation": "1999"})
    reports = [older, photo(1, 1.0), photo(2, 4.0)]
    joints = [one for one in joint_readings(reports, KNOWLEDGE) if one is not None]
    assert [one.how for one in joints] == ["alone", "outlines", "outlines"]
    assert [one.level for one in joints] == [False, True, False]
    assert [one.measured.quantity.value for one in joints] == [12.0, 9.0, 12.0]
    assert joints[0].because == "the outlines cannot be compared"


def values(*reports: Report) -> list[float | None]:
    return [None if one is None else one.measured.quantity.value for one in joint_readings(reports, KNOWLEDGE)]


def history(*reports: Report) -> list[Entry]:
    return [Entry(f"2026-{k:02d}-01", "relaxed", report) for k, report in enumerate(reports, 1)]


class TestReadings:
    def test_the_worked_numbers(self) -> None:
        outlines = (photo(1, 4.0, estimate=9.0), photo(2, 7.0, estimate=15.0), photo(3, 9.0, estimate=2.0))
        assert values(*outlines) == pytest.approx([9.0, 12.0, 14.0])
        marked = (outlines[0], photo(2, 7.0, estimate=15.0, marked=14.0), outlines[2])
        assert values(*marked) == pytest.approx([11.0, 14.0, 16.0])

    def test_grades_and_doubts(self) -> None:
        first, second, third = joint_readings([photo(1, 3.0), photo(2, 10.0, marked=14.0), photo(3, 7.0)], KNOWLEDGE)
        assert [one.measured.grade for one in (first, second, third)] == ["B", "A", "B"]
        assert third.measured.quantity.sigma == pytest.approx((3.6**2 + 2 * 2.0**2) ** 0.5)

    def test_marks_stay_as_they_are(self) -> None:
        """Marks are never averaged with outlines, and a second marked visit shows its own."""
        two = (photo(1, 4.0, marked=14.0), photo(2, 9.0), photo(3, 5.0, marked=12.0))
        assert values(*two) == pytest.approx([14.0, 19.0, 12.0])

    def test_what_nothing_connects_stands_alone_and_says_why(self) -> None:
        other_side = replace(photo(2, 9.0, estimate=20.0), facing=OTHER_SIDE)
        without_outline = photo(3, None, estimate=21.0)
        _, alone, bare = joint_readings([photo(1, 4.0), other_side, without_outline], KNOWLEDGE)
        assert (alone.how, alone.measured.quantity.value) == ("alone", 20.0)
        assert "different sides" in alone.because
        assert (bare.how, bare.measured.quantity.value) == ("alone", 21.0)
        assert "cannot be compared" in bare.because

    def test_the_level_is_one_that_others_can_be_compared_with(self) -> None:
        other_side = replace(photo(1, 9.0, estimate=20.0), facing=OTHER_SIDE)
        assert values(other_side, photo(2, 4.0, estimate=9.0), photo(3, 7.0)) == pytest.approx([20.0, 9.0, 12.0])

    def test_nothing_read_nothing_shown(self) -> None:
        bare = replace(photo(1, None), measurements={})
        assert values(bare) == [None]
        assert values(bare, photo(2, 4.0, estimate=9.0)) == [None, 9.0]


READINGS = st.lists(
    st.tuples(st.floats(-10, 30), st.floats(-10, 30), st.none() | st.floats(-5, 35)), min_size=2, max_size=6
)


class TestChanges:
    @given(READINGS, st.none() | st.just(OwnError({"pelvic_tilt_estimate": 2.0, MARKED: 1.0}, 5)))
    def test_what_is_shown_subtracts_to_what_is_judged(self, drawn, own: OwnError | None) -> None:
        reports = [photo(k, turn, estimate, marked) for k, (turn, estimate, marked) in enumerate(drawn)]
        for one, other in combinations(joint_readings(reports, KNOWLEDGE), 2):
            change = joint_change(one, other, own, KNOWLEDGE)
            assert change.diff == pytest.approx(other.measured.quantity.value - one.measured.quantity.value)
            assert (change.verdict == "changed") == (abs(change.diff) > change.mdc95)

    def test_each_pair_is_judged_by_its_own_error(self) -> None:
        """Outlines alone √2 · 2.66 · 1.96, two marks √2 · 2.5 · 1.96, a carried and another marked visit both."""
        level, carried, later, marked = joint_readings(
            [photo(1, 4.0, marked=14.0), photo(2, 6.0), photo(3, 8.0), photo(4, 8.0, marked=15.0)], KNOWLEDGE
        )
        outlines, marks = KNOWLEDGE.tilt_model.rotation.sem, KNOWLEDGE.errors[MARKED].repeat_sd

        def mdc95(one, other) -> float:
            return joint_change(one, other, None, KNOWLEDGE).mdc95

        assert mdc95(level, carried) == mdc95(carried, later) == pytest.approx(1.96 * 2**0.5 * outlines, abs=1e-3)
        assert mdc95(level, marked) == pytest.approx(1.96 * 2**0.5 * marks, abs=1e-3)
        both = (outlines**2 + marks**2) ** 0.5
        assert mdc95(carried, marked) == pytest.approx(1.96 * 2**0.5 * both, abs=1e-3)

    def test_neighbours_show_the_joint_reading_and_no_other_tilt(self) -> None:
        told = changes(history(photo(1, 4.0), photo(2, 7.0), photo(3, 16.0)), KNOWLEDGE)
        tilts = [change for _, _, change in told if "tilt" in change.measure]
        assert [change.measure for change in tilts] == ["tilt", "tilt"]
        assert [change.diff for change in tilts] == pytest.approx([3.0, 9.0])
        assert [change.verdict for change in tilts] == ["no_detectable_change", "changed"]


class TestHistory:
    def test_every_visit_shows_its_joint_reading(self) -> None:
        shown = followed(history(photo(1, 3.0), photo(2, 10.0, marked=14.0), photo(3, 7.0)), KNOWLEDGE)
        tilts = [entry.report(KNOWLEDGE).finding.tilt for entry in shown]
        assert [tilt.quantity.value for tilt in tilts] == pytest.approx([7.0, 14.0, 11.0])
        assert [tilt.grade for tilt in tilts] == ["B", "A", "B"]

    def test_what_was_handed_out_does_not_move_when_a_visit_is_added(self) -> None:
        many = history(photo(1, 3.0), photo(2, 8.0), photo(3, 7.0), photo(4, 7.0, marked=20.0))
        for k in range(1, len(many) + 1):
            until = followed(many[:k], KNOWLEDGE)
            assert [e.report(KNOWLEDGE).finding.tilt for e in followed(many, KNOWLEDGE)[:k]] == [
                e.report(KNOWLEDGE).finding.tilt for e in until
            ] or k < 4
        assert followed(many[:2], KNOWLEDGE)[1].report(KNOWLEDGE).finding.tilt.quantity.value == pytest.approx(14.0)

    def test_the_verdict_follows_and_the_plan_only_with_it(self) -> None:
        """An estimate of 9 is usual; carried from marks of 20 it is not, and the plan is that of the verdict shown."""
        own = photo(2, 4.0, estimate=9.0)
        level, joint = joint_readings([photo(1, 4.0, marked=22.0), own], KNOWLEDGE)
        assert level.level
        shown = with_joint(own, joint, Intake(asked=True), KNOWLEDGE)
        assert shown.finding.kind == "marked_anterior_tilt"
        assert shown.plan.mode == "both"
        assert with_joint(own, None, Intake(), KNOWLEDGE) is own

    def test_the_line_of_the_tilt(self) -> None:
        visits = history(photo(1, 3.0), photo(2, 10.0, marked=14.0), photo(3, 7.0), photo(4, None))
        line = timelines(visits, KNOWLEDGE)[0]
        assert line.measure == "tilt"
        assert [point.quantity.value for point in line.points[:3]] == pytest.approx([7.0, 14.0, 11.0])
        assert [point.comparable for point in line.points] == [True, True, True, False]
        for one, other in pairwise(line.points[:3]):
            if one.since_first is not None:
                assert other.since_first.diff - one.since_first.diff == pytest.approx(
                    other.quantity.value - one.quantity.value
                )
        words, _ = timeline(line)
        assert "from the first visit's marks" not in words
        assert "rotation of the pelvis since (grade B)." in words
        assert "Drehung des Beckens" in timeline(line, load_language("de", KNOWLEDGE))[0]
        others = timelines(visits, KNOWLEDGE)
        assert not {"asis_psis_tilt", "pelvic_tilt_estimate"} & {other.measure for other in others}

    def test_a_trend_follows_the_rotation_not_the_estimates(self) -> None:
        visits = history(*(photo(k, 10.0 - 3.0 * k, estimate=9.0 + (-1) ** k) for k in range(3)))
        line = timelines(visits, KNOWLEDGE)[0]
        assert [point.quantity.value for point in line.points] == pytest.approx([10.0, 7.0, 4.0])
        assert line.trend is not None
        assert line.trend.per_month.value == pytest.approx(-3.0 * 30 / 29.5, abs=0.05)
        assert "rotation of the pelvis since, told from both outlines at once" in timeline(line)[0]

    def test_a_trend_goes_by_the_error_of_how_each_visit_is_read(self) -> None:
        visits = history(photo(1, 10.0, marked=14.0), *(photo(k, 10.0 - k) for k in (2, 3)))

        def sigma(own: OwnError) -> float:
            line = timelines(visits, KNOWLEDGE, own)[0]
            assert line.trend is not None
            return line.trend.per_month.sigma

        assert sigma(OwnError({MARKED: 0.1}, 5)) > 1
        assert sigma(OwnError({MARKED: 0.1, "pelvic_tilt_estimate": 0.1}, 5)) < 0.1
