"""What two photos of one person tell together: the turn of the pelvis, and a level carried from one marked photo."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.body.sagittal import Contour, SagittalBody
from posture.findings.verdict import assess
from posture.followup.change import OwnError, compare, own_error
from posture.followup.rotation import pelvic_rotation_change, propagate_marks
from posture.followup.timeline import Entry, visits
from posture.geometry import UncertainPoint
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED, Measurement, Measurements, Unmeasured
from posture.measures.rotation_feature import CARRIED, rotation_feature
from posture.quantity import Quantity
from posture.report.report import Report
from tests.figures import Figure
from tests.measures.test_measures import body_of
from tests.measures.test_pelvic_tilt_estimate import like_the_fitted
from validation.record import GOLDEN
from validation.vectors import load

KNOWLEDGE = Knowledge.load()
MODEL = KNOWLEDGE.tilt_model
TURN = MODEL.rotation
REPORT = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))


def photo(number: int, turn: float | None, estimate: float = 9.0, marked: float | None = None) -> Report:
    """A photo of one person: its turn ± 2, an estimate, and marks that read ``marked`` ± 3.6."""
    told: dict[str, Measurement | Unmeasured] = {
        ESTIMATED: Measurement(Quantity(estimate, 5.5, "deg"), 3.5, "C", "whole outline, tight clothes", estimate),
        MARKED: Unmeasured("the front and back hip bones (ASIS, PSIS) are not marked"),
    }
    if marked is not None:
        told[MARKED] = Measurement(Quantity(marked, 3.6, "deg"), 2.5, "A", "marked ASIS and PSIS", marked)
    name = replace(REPORT.photo, sha256=f"{number:064d}")
    turned_by = None if turn is None else Quantity(turn, 2.0, "deg")
    finding = assess(Measurements(told), KNOWLEDGE, "tight")
    return replace(REPORT, photo=name, measurements=Measurements(told), rotation=turned_by, finding=finding)


def pairs_of_one_person() -> list[tuple[tuple[np.ndarray, float], tuple[np.ndarray, float]]]:
    """Outline vectors and true rotations of people photographed twice, whom the line was not fitted on."""
    pairs = []
    for name in ("tuning_within", "cousins_twice"):
        people = load(name)
        of: dict[int, list[tuple[np.ndarray, float]]] = {}
        for vector, truth in zip(people.vectors, people.truths, strict=True):
            of.setdefault(truth["seed"], []).append((vector, truth["rotation"]))
        pairs += [(photos[0], photos[-1]) for photos in of.values() if len(photos) > 1]
    return pairs


def enlarged(body: SagittalBody, factor: float) -> SagittalBody:
    """The same person in a larger picture."""
    assert body.contour is not None
    points = {n: UncertainPoint(factor * p.x, factor * p.y, factor * p.sigma) for n, p in body.points.items()}
    contour = Contour(factor * body.contour.dorsal_xy, factor * body.contour.ventral_xy, (), ())
    return replace(body, points=points, stature_px=factor * body.stature_px, contour=contour)


def change_of(measure: str, before: Report, after: Report, own: OwnError | None = None):
    return next(change for change in compare(before, after, KNOWLEDGE, own) if change.measure == measure)


class TestTurn:
    def test_of_generated_people_photographed_twice_it_tells_the_change_of_rotation(self) -> None:
        """Judged people, whose true rotations are known: most changes lie within two SD of the truth, and the sign of
        those over 8° is always right.
        """
        people = pairs_of_one_person()
        assert len(people) > 40
        off, sure = [], []
        for (first, turned_first), (second, turned_second) in people:
            read, true = TURN.weights @ second - TURN.weights @ first, turned_second - turned_first
            off.append(abs(read - true) / (sqrt(2) * TURN.error))
            if abs(true) > 8:
                sure.append(np.sign(read) == np.sign(true))
        assert np.mean(np.array(off) < 2) > 0.9
        assert len(sure) > 5
        assert all(sure)

    def test_size_in_the_picture_and_the_side_that_is_faced_do_not_matter(self) -> None:
        body = like_the_fitted()
        turn = rotation_feature(body, MODEL)
        assert turn is not None
        for other in (replace(body, facing="left"), enlarged(body, 1.7)):
            again = rotation_feature(other, MODEL)
            assert again is not None
            assert (again.value, again.sigma) == (pytest.approx(turn.value, abs=1e-6), turn.sigma)

    def test_an_outline_unlike_the_fitted_ones_has_none(self) -> None:
        assert rotation_feature(body_of(Figure(hollow_px=150.0, trunk=20.0)), MODEL) is None
        assert (
            rotation_feature(replace(like_the_fitted(), contour=None, contour_problem="an arm hides it"), MODEL) is None
        )

    def test_the_worked_number(self) -> None:
        turn = pelvic_rotation_change(photo(1, 4.0), photo(2, 10.0))
        assert turn is not None
        assert (turn.value, turn.sigma) == (pytest.approx(6.0), pytest.approx(2.8, abs=0.05))

    def test_both_photos_doubts_add_in_quadrature(self) -> None:
        before, after = (replace(photo(k, 4.0), rotation=Quantity(4.0 * k, s, "deg")) for k, s in ((1, 3.0), (2, 4.0)))
        assert pelvic_rotation_change(before, after) == Quantity(4.0, 5.0, "deg")

    @given(st.floats(-40, 40), st.floats(-40, 40), st.floats(-100, 100))
    def test_what_is_the_persons_own_cancels(self, before: float, after: float, own: float) -> None:
        told = [pelvic_rotation_change(photo(1, before + zero), photo(2, after + zero)) for zero in (0.0, own)]
        assert told[0] is not None
        assert told[1] is not None
        assert told[1].value == pytest.approx(told[0].value, abs=1e-9)

    def test_other_clothes_are_another_zero(self) -> None:
        other = photo(2, 10.0)
        estimate = other.measurements[ESTIMATED]
        assert isinstance(estimate, Measurement)
        other = replace(other, measurements={ESTIMATED: replace(estimate, method="whole outline, normal clothes")})
        assert pelvic_rotation_change(photo(1, 4.0), other) is None
        assert pelvic_rotation_change(photo(1, None), photo(2, 10.0)) is None

    def test_a_report_keeps_it(self) -> None:
        assert Report.from_json(photo(1, 4.25).to_json()).rotation == Quantity(4.25, 2.0, "deg")
        assert Report.from_json(photo(1, None).to_json()).rotation is None

    def test_it_follows_a_turn_within_a_person(self) -> None:
        """Photos of generated people that were not fitted on: most of a turn is told, whoever it is."""
        from validation.observed import load_set
        from validation.vectors import outlines

        people = outlines(load_set("within")[:60])
        turns, true = people.vectors @ TURN.weights, people.column("rotation")
        seeds = people.column("seed")
        own = [seeds == seed for seed in np.unique(seeds)]
        moved, truly = (np.concatenate([column[k] - column[k].mean() for k in own]) for column in (turns, true))
        assert np.polyfit(truly, moved, 1)[0] == pytest.approx(1.0, abs=0.2)
        assert np.corrcoef(truly, moved)[0, 1] > 0.9


class TestCompare:
    def test_the_turn_takes_the_place_of_two_estimates(self) -> None:
        """Estimates of 9 and 14 beside a turn of 11: the outlines together say more, and 9 + 11 is what is shown."""
        change = change_of(ESTIMATED, photo(1, 4.0), photo(2, 15.0, estimate=14.0))
        assert (change.before, change.after, change.diff) == (9.0, pytest.approx(20.0), pytest.approx(11.0))
        assert change.mdc95 == pytest.approx(1.96 * sqrt(2) * TURN.sem, abs=1e-3)
        assert change.verdict == "changed"
        assert "both outlines" in change.because

    def test_the_outlines_say_nothing_of_other_measures(self) -> None:
        """A hip angle that stayed the same beside a pelvis that turned by 11."""
        hip = Measurement(Quantity(5.0, 4.0, "deg"), 2.0, "D", "points", 5.0)
        before, after = (
            replace(one, measurements=Measurements(one.measurements | {"hip_angle": hip}))
            for one in (photo(1, 4.0), photo(2, 15.0))
        )
        change = change_of("hip_angle", before, after)
        assert (change.diff, change.because) == (0.0, "within measurement error")

    @pytest.mark.parametrize("marked", [(14.0, None), (None, 14.0)], ids=["before", "after"])
    def test_marks_in_one_photo_leave_the_estimates_change_as_it_is(self, marked: tuple) -> None:
        change = change_of(ESTIMATED, photo(1, 4.0, marked=marked[0]), photo(2, 15.0, marked=marked[1]))
        assert (change.before, change.after, change.diff) == (9.0, pytest.approx(20.0), pytest.approx(11.0))

    def test_without_it_the_estimates_are_compared(self) -> None:
        change = change_of(ESTIMATED, photo(1, None), photo(2, 15.0, estimate=14.0))
        assert change.diff == pytest.approx(5.0)
        assert change.mdc95 == pytest.approx(1.96 * sqrt(2) * 3.5, abs=1e-2)

    def test_a_clinics_own_error_counts_here_too(self) -> None:
        change = change_of(ESTIMATED, photo(1, 4.0), photo(2, 6.0), OwnError({ESTIMATED: 0.5}, 10))
        assert change.verdict == "changed"
        assert "your own" in change.because

    def test_the_smallest_change_is_the_one_that_the_report_tells(self) -> None:
        assert Knowledge.load().errors[ESTIMATED].repeat_sd == round(TURN.sem, 2)

    def test_a_clinics_error_of_marks_says_nothing_of_what_outlines_tell(self) -> None:
        marked, bare = photo(1, 4.0, marked=14.0), photo(2, 6.0)
        change = change_of(MARKED, marked, bare, OwnError({MARKED: 0.13}, 5))
        assert (change.verdict, change.mdc95) == (
            "no_detectable_change",
            pytest.approx(1.96 * sqrt(2) * TURN.sem, abs=1e-3),
        )
        change = change_of(MARKED, marked, bare, OwnError({MARKED: 9.0, ESTIMATED: 0.5}, 5))
        assert change.verdict == "changed"

    def test_carried_marks_tell_nothing_of_the_error_of_marks(self) -> None:
        pairs = [(photo(2 * k, 4.0, marked=14.0), photo(2 * k + 1, 5.0)) for k in range(3)]
        assert MARKED not in own_error(pairs, KNOWLEDGE).sem
        assert own_error(pairs, KNOWLEDGE).sem[ESTIMATED] == pytest.approx(sqrt(1 / 2))


class TestCarried:
    def test_the_worked_number(self) -> None:
        level = propagate_marks(photo(1, 10.0, marked=14.0), photo(2, 7.0), KNOWLEDGE)
        assert level is not None
        assert (level.quantity.value, level.grade, level.method) == (pytest.approx(11.0), "B", CARRIED)
        assert level.quantity.sigma == pytest.approx(4.6, abs=0.05)
        assert (level.quantity.unit, level.sem) == ("deg", TURN.sem)  # the scatter of the turn, not that of the marks

    def test_the_raw_value_is_carried_like_the_calibrated_one(self) -> None:
        marked = photo(1, 10.0, marked=14.0)
        marks = marked.measurements[MARKED]
        assert isinstance(marks, Measurement)
        marked = replace(marked, measurements=Measurements(marked.measurements | {MARKED: replace(marks, raw=15.5)}))
        level = propagate_marks(marked, photo(2, 7.0), KNOWLEDGE)
        assert level is not None
        assert level.raw == pytest.approx(12.5)

    def test_marks_of_its_own_say_more(self) -> None:
        assert propagate_marks(photo(1, 10.0, marked=14.0), photo(2, 7.0, marked=12.0), KNOWLEDGE) is None
        change = change_of(MARKED, photo(1, 10.0, marked=14.0), photo(2, 7.0, marked=12.0))
        assert change.diff == pytest.approx(-2.0)

    def test_no_marks_no_level(self) -> None:
        assert propagate_marks(photo(1, 10.0), photo(2, 7.0), KNOWLEDGE) is None
        assert "not measured before" in change_of(MARKED, photo(1, 10.0), photo(2, 7.0)).because

    @pytest.mark.parametrize("first", [True, False], ids=["marked before", "marked after"])
    def test_two_photos_of_which_one_is_marked_are_compared(self, first: bool) -> None:
        before, after = photo(1, 10.0, marked=14.0 if first else None), photo(2, 2.0, marked=None if first else 6.0)
        change = change_of(MARKED, before, after)
        assert (change.before, change.after, change.diff) == tuple(map(pytest.approx, (14.0, 6.0, -8.0)))
        assert change.verdict == "changed"

    def test_the_marked_photo_of_a_day_is_gone_by(self) -> None:
        marked, plain = photo(2, 10.0, marked=14.0), photo(1, 3.0)
        for day in ([plain, marked], [marked, plain]):
            (chosen,) = visits([Entry("2026-01-01", "relaxed", one) for one in day], KNOWLEDGE)
            assert chosen.report(KNOWLEDGE) is marked
