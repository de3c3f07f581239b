"""An arm over the back: what is read of it, and the rule that tells it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.body.observation import Observation
from posture.body.pose import index
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import Network
from posture.measures.measurement import Measurement, Unmeasured
from posture.pipeline import analyze
from posture.quality.arms import LENGTH, ROWS, arm_features, arm_over_back
from tests.figures import Figure, Sees, frame, observation, side_on, with_pose
from tests.quality.test_view import codes
from validation.record import recorded

FIRST_ARM = 3 * ROWS.size - 2  # where the near arm's twelve numbers begin


STANDING, STRAIGHT = Figure(), Figure(hollow_px=0.0)


def with_arm(behind: float, figure: Figure = STANDING, side: str = "") -> Observation:
    """An arm that hangs straight at ``behind`` statures ahead of the back's outline, from shoulder to hip."""
    seen = observation(figure)
    assert seen.silhouette is not None
    forward = 1.0 if figure.facing == "right" else -1.0
    edge = seen.silhouette.masked.left_px if forward > 0 else seen.silhouette.masked.right_px
    xy = seen.pose.xy_px.copy()
    shoulder, hip = (seen.pose.point(name, figure.facing) for name in ("shoulder", "hip"))  # type: ignore[arg-type]
    for name, share in (("elbow", 0.45), ("wrist", 0.9)):
        y = shoulder[1] + share * (hip[1] - shoulder[1])
        x = np.interp(y, seen.silhouette.masked.rows_px, edge) + forward * behind * seen.stature_px
        xy[index(name, side or figure.facing)] = (x, y)  # type: ignore[arg-type]
    return with_pose(seen, xy_px=xy)


def by_clearance(covers: float, touches: float) -> ArmRule:
    """A rule that goes by the least clearance alone, percent of stature."""
    last = np.zeros((LENGTH, 1))
    last[-1] = -1.0
    network = Network(((last, np.zeros(1)),))
    return ArmRule("", "", np.zeros(LENGTH), np.ones(LENGTH), (network,), -covers, -touches)


class TestFeatures:
    def test_elbow_and_wrist_lie_where_they_were_put(self) -> None:
        numbers = arm_features(with_arm(0.05, STRAIGHT), side_on("right"))
        assert numbers is not None
        assert numbers.shape == (LENGTH,)
        elbow, wrist = numbers[FIRST_ARM + 2], numbers[FIRST_ARM + 4]
        assert (elbow, wrist) == pytest.approx((5.0, 5.0), abs=0.01)
        assert numbers[FIRST_ARM + 6] == pytest.approx(0.55)  # trunk lengths above the hip
        assert numbers[FIRST_ARM + 9] == pytest.approx(5.0 - 2.2, abs=0.05)  # the forearm's clearance

    def test_the_far_arm_is_read_too(self) -> None:
        numbers = arm_features(with_arm(-0.03, side="left"), side_on("right"))
        assert numbers is not None
        assert numbers[FIRST_ARM + 12 + 2] == pytest.approx(-3.0, abs=0.01)
        assert numbers[-1] < -3.0

    def test_size_and_side_change_nothing(self) -> None:
        plain = arm_features(with_arm(0.02, STRAIGHT), side_on("right"))
        large = arm_features(with_arm(0.02, replace(STRAIGHT, size=1200.0)), side_on("right"))
        other = arm_features(with_arm(0.02, replace(STRAIGHT, facing="left")), side_on("left"))
        assert plain is not None
        assert large == pytest.approx(plain, abs=0.25)
        assert other == pytest.approx(plain, abs=0.25)

    def test_without_an_outline_there_is_nothing_to_read(self) -> None:
        assert arm_features(replace(with_arm(0.02), silhouette=None), side_on("right")) is None


class TestRule:
    @pytest.mark.parametrize(
        ("behind", "problem", "said"),
        [(0.09, "", ""), (0.045, "", "touches"), (0.01, "an arm covers the lower back", "covers")],
    )
    def test_clear_near_and_over_the_back(self, behind: float, problem: str, said: str) -> None:
        found, issue = arm_over_back(with_arm(behind), side_on("right"), by_clearance(covers=0.0, touches=3.0))
        assert found == problem
        assert (issue is None) == (not said)
        if issue is not None:
            assert issue.message == f"an arm {said} the outline of the lower back"
            assert issue.retake.startswith("cross the arms")

    def test_a_covered_back_is_not_measured(self) -> None:
        knowledge = replace(Knowledge.load(), arms=by_clearance(covers=0.0, touches=3.0))
        clear, near, covered = (
            analyze(frame(), Sees(with_arm(behind)), knowledge=knowledge) for behind in (0.09, 0.045, 0.01)
        )
        for report in (clear, near):
            assert isinstance(report.measurements["lumbar_depth"], Measurement)
        assert [codes(r.warnings) for r in (clear, near, covered)] == [set(), {"arm_over_back"}, {"arm_over_back"}]
        depth = covered.measurements["lumbar_depth"]
        assert isinstance(depth, Unmeasured)
        assert depth.reason == "an arm covers the lower back"
        assert covered.finding is not None
        assert covered.finding.kind == "undetermined"
        assert isinstance(covered.measurements["hip_angle"], Measurement)

    def test_where_the_two_models_disagree_too_what_to_do_is_with_the_arm(self) -> None:
        knowledge = replace(Knowledge.load(), arms=by_clearance(covers=0.0, touches=3.0))
        covered, clear = with_arm(0.01), with_arm(0.09)
        alone = [replace(one, silhouette=replace(one.silhouette, second=None)) for one in (covered, clear)]
        said = [codes(analyze(frame(), Sees(one), knowledge=knowledge).warnings) for one in alone]
        assert said == [{"arm_over_back"}, {"outline_disagrees"}]

    def test_the_mean_of_its_networks_is_the_score(self) -> None:
        constant = [Network(((np.zeros((2, 1)), np.array([value])),)) for value in (1.0, 2.0)]
        rule = ArmRule("", "", np.zeros(2), np.ones(2), tuple(constant), 0.0, -1.0)
        assert rule.score(np.array([3.0, 4.0])) == 1.5

    @pytest.mark.parametrize(
        ("broken", "said"),
        [
            ({"spread": [0.0] * LENGTH}, "do not fit"),
            ({"mean": [0.0]}, "do not fit"),
            ({"networks": []}, "do not fit"),
            ({"networks": [[[[[1.0]], [1.0]]]]}, "layers"),
            ({"covers": "x"}, "x"),
        ],
    )
    def test_a_broken_file_is_no_rule(self, broken: dict, said: str) -> None:
        with pytest.raises(ValueError, match=said):
            ArmRule.read(Knowledge.load().arms.table() | broken)

    def test_it_reads_what_it_writes(self) -> None:
        shipped = Knowledge.load().arms
        again = ArmRule.read(shipped.table())
        numbers = arm_features(with_arm(0.02), side_on("right"))
        assert numbers is not None
        assert again.score(numbers) == pytest.approx(shipped.score(numbers), abs=1e-9)


class TestShipped:
    """The fitted rule on the sample people, whose arms are known."""

    @pytest.mark.parametrize(("name", "covered"), [("arm_over_back", True), ("typical", False), ("mild", False)])
    def test_sample_people(self, name: str, covered: bool) -> None:
        seen = recorded(name).observation
        assert seen is not None
        facing = "right" if seen.pose.point("toe", "left")[0] > seen.pose.point("heel", "left")[0] else "left"
        problem, _ = arm_over_back(seen, side_on(facing), Knowledge.load().arms)  # type: ignore[arg-type]
        assert bool(problem) == covered
