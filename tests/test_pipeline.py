"""When a few looks at a photo will do, and what is said of somebody who does not stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.body.frame import Frame
from posture.body.observation import Observation, Settled
from posture.findings.settling import CLEAR_OF_CUTS_DEG, CLEAR_OF_REFUSAL_DEG, STAYS_WITHIN_DEG
from posture.findings.verdict import BY_CHANCE
from posture.knowledge.load import Knowledge
from posture.measures.measurement import MARKED, Measurement
from posture.pipeline import Options, analyze
from posture.plan.intake import Intake
from posture.report.report import Report
from tests.figures import MODEL, Figure, Sees, frame, observation
from tests.quality.test_view import codes

CLEAR = observation(Figure(trunk=-3, thigh=3, shank=5, hollow_px=34))


class Looks:
    """An observer that shows one observation after another until it is told that all is settled."""

    model_sha256 = MODEL

    def __init__(self, *shown: Observation) -> None:
        self.shown, self.said = shown, list[bool]()

    def __call__(self, _frame: Frame, settled: Settled | None = None) -> Observation:
        assert settled is not None
        for seen in self.shown:
            self.said.append(settled(seen))
            if self.said[-1]:
                break
        return seen


def tilt_of(report: Report) -> float:
    assert report.finding is not None
    assert report.finding.tilt is not None
    return report.finding.tilt.quantity.value


def read(seen: Observation) -> Report:
    return analyze(frame(), Sees(seen))


def figure(settles: bool) -> Observation:
    """A figure without warnings whose reading lies far from every cut, or near one."""
    for hollow in np.arange(10.0, 60.0, 2.0):
        seen = observation(Figure(hollow_px=hollow))
        finding = read(seen).finding
        if finding is None or finding.tilt is None or finding.cuts is None or finding.kind not in BY_CHANCE:
            continue
        if (finding.cuts.clearance(finding.tilt.quantity.value) >= CLEAR_OF_CUTS_DEG) == settles:
            return seen
    pytest.fail("no figure is like that")


class TestHowOftenIsLooked:
    def test_once_where_all_is_clear(self) -> None:
        looks = Looks(figure(settles=True), CLEAR)
        report = analyze(frame(), looks)
        assert looks.said == [True]
        assert report.measurements == read(looks.shown[0]).measurements

    def test_again_near_a_cut_and_no_more_where_the_reading_stays(self) -> None:
        near = figure(settles=False)
        looks = Looks(near, replace(near), near)
        analyze(frame(), looks)
        assert looks.said == [False, True]

    def test_on_where_the_reading_moves(self) -> None:
        near, other = figure(settles=False), figure(settles=True)
        assert abs(tilt_of(read(near)) - tilt_of(read(other))) > STAYS_WITHIN_DEG
        looks = Looks(near, other, other)
        report = analyze(frame(), looks)
        assert looks.said == [False, False, True]
        assert report.measurements == read(other).measurements

    def test_again_where_something_is_wrong_with_the_photo(self) -> None:
        clear = figure(settles=True)
        crowded = replace(clear, others_px=(100.0,))
        nothing_seen = replace(clear, silhouette=None)
        refused = replace(clear, others_px=(clear.pose.extent_px,))
        for seen in (crowded, nothing_seen, refused):
            looks = Looks(seen, clear)
            analyze(frame(), looks)
            assert not looks.said[0]

    def test_again_where_a_turn_is_nearly_one_that_is_refused(self) -> None:
        limit = Knowledge.load().gates.yaw_refuse_deg - CLEAR_OF_REFUSAL_DEG
        for gap, settled in ((0.20, True), (0.23, False)):
            turned = observation(Figure(hollow_px=30.0, yaw_gap=gap))
            looks = Looks(turned, CLEAR)
            analyze(frame(), looks)
            assert (read(turned).quality["yaw_deg"] < limit) == settled
            assert read(turned).status == "analyzed"
            assert looks.said[0] == settled

    def test_again_and_no_more_where_it_stays_refused(self) -> None:
        clear = figure(settles=True)
        refused = replace(clear, others_px=(clear.pose.extent_px,))
        looks = Looks(refused, replace(refused), clear)
        assert analyze(frame(), looks).status == "refused"
        assert looks.said == [False, True]

    def test_of_a_minor_only_what_is_wrong_counts(self) -> None:
        looks = Looks(figure(settles=False), CLEAR)
        assert analyze(frame(), looks, intake=Intake(age_years=12)).finding is None
        assert looks.said == [True]


class TestWhoDoesNotStand:
    STEPS = Sees(observation(Figure(ankles_apart=0.2)))

    def test_the_joints_are_measured_and_no_verdict_is_said(self) -> None:
        report = analyze(frame(), self.STEPS, options=Options(lenient=True))
        assert "stepping" in codes(report.warnings)
        assert report.finding is not None
        assert report.finding.kind == "undetermined"
        assert report.finding.tilt is None
        hip = report.measurements["hip_angle"]
        assert isinstance(hip, Measurement)
        assert hip.comparison is None  # norms are of people who stand
        assert not isinstance(report.measurements["contour_lordosis"], Measurement)
        assert report.finding.next_steps[0] == "Take the photo again: stand still with both feet side by side."

    def test_not_even_of_marked_bones(self) -> None:
        hip = observation(Figure(ankles_apart=0.2)).pose.point("hip", "right")
        marks = {"asis": (float(hip[0]) + 60, float(hip[1]) - 50), "psis": (float(hip[0]) - 60, float(hip[1]) - 80)}
        report = analyze(frame(), self.STEPS, options=Options(lenient=True, **marks))
        assert isinstance(report.measurements[MARKED], Measurement)
        assert report.finding is not None
        assert report.finding.kind == "undetermined"

    def test_a_typed_reading_counts_however_somebody_stands(self) -> None:
        report = analyze(frame(), self.STEPS, intake=Intake(tilt_deg=22.0), options=Options(lenient=True))
        assert tilt_of(report) == 22.0

    @pytest.mark.parametrize(("turn", "compared"), [(15.4, True), (15.6, False)])
    def test_nobody_turned_over_15_degrees_is_compared_with_others(self, turn: float, compared: bool) -> None:
        gap = 0.69 * float(np.sin(np.radians(turn)))
        report = analyze(frame(), Sees(observation(Figure(yaw_gap=gap))))
        assert round(report.quality["yaw_deg"], 1) == turn
        trunk = report.measurements["trunk_incl"]
        assert isinstance(trunk, Measurement)
        assert (trunk.comparison is not None) == compared
