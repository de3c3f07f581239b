"""The tables about looks by need, and about arms and other things over the back, on drawn figures."""

from __future__ import annotations

from dataclasses import replace

from posture.knowledge.load import Knowledge
from tests.figures import Figure, observation
from validation.arms import arm_section
from validation.covers import cover_section
from validation.judge import Bars, judge
from validation.observed import Seen
from validation.passes import row

TRUTH = {"name": "a", "fit": "tight", "rotation": 12.0, "yaw": 0.0, "arm_over_back": 0.0}


def seen(hollow: float, looks: int = 6, **truth: object) -> Seen:
    return Seen(TRUTH | truth, replace(observation(Figure(hollow_px=hollow)), passes=looks), "0")


def test_the_same_pictures_change_nothing() -> None:
    few, six = (judge([seen(30, looks), seen(40, looks)], told=False) for looks in (2, 6))
    _, n, near, further, same, far, answered, _, lost, looks = row("tight", few, six)
    assert (n, near, further, same, far, lost, looks) == ("2", "100.0%", "100.0%", "100.0%", "0", "0", "2.0")
    assert answered == "100%, 100%"


def test_a_reading_that_moves_is_counted() -> None:
    few, six = judge([seen(30, 2), seen(30, 2)], told=False), judge([seen(30), seen(60)], told=False)
    _, _, near, further, *_ = row("tight", few, six)
    assert (near, further) == ("50.0%", "50.0%")


def test_a_refusal_that_is_lost_is_counted() -> None:
    good = seen(20)
    assert good.observation is not None
    crowd = Seen(TRUTH, replace(good.observation, others_px=(good.observation.pose.extent_px,)), "0")
    assert row("x", judge([good], told=False), judge([crowd], told=False))[-2] == "1"


def test_arms_are_told_by_how_far_they_reach_over_the_back() -> None:
    bars = Bars()
    people = [seen(20), seen(20, arm_over_back=0.5), seen(20, arm_over_back=3.0)]
    assert Knowledge.load().arms.covers > Knowledge.load().arms.touches
    lines = arm_section(judge(people), bars).splitlines()
    assert [line.split(" | ")[1:3] for line in lines[2:]] == [
        ["1", "1"],
        ["1", "1"],
        ["0", "0"],
        ["0", "0"],
        ["1", "1"],
    ]
    assert bars.rows[0][2] == "100.0% of 1"
    assert not bars.rows[0][3]


def test_what_hangs_over_the_back_is_counted_by_kind() -> None:
    bars = Bars()
    apart = seen(20, covers="bag", cover_over_back=2.0)
    assert apart.observation is not None
    assert apart.observation.silhouette is not None
    silhouette = replace(apart.observation.silhouette, second=None)
    people = [
        seen(20, covers="hair", cover_over_back=0.7),
        seen(20, covers="hair", cover_over_back=0.5),  # not by 1 cm
        seen(20, covers="hair", cover_over_back=3.0, arm_over_back=1.0),  # an arm besides
        replace(apart, observation=replace(apart.observation, silhouette=silhouette)),
        seen(20, covers="jacket", cover_over_back=0.9),
    ]
    lines = cover_section(judge(people), judge([seen(20)]), bars).splitlines()
    counts = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:6] for line in lines[2:]}
    assert counts == {
        "long hair": ["1", "0", "1", "0", "0"],
        "a bag": ["1", "0", "0", "1", "0"],
        "a jacket": ["1", "0", "1", "0", "0"],
        "any of them": ["3", "0", "2", "1", "0"],
        "nothing": ["1", "0", "1", "0", "0"],
    }
    assert bars.rows[0][2] == "67% of 3"
    assert not bars.rows[0][3]
