"""Which photos need a person's eyes: every reason, their order, and how few the readings near a cut may name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.errors import Issue
from posture.knowledge.load import Knowledge
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.report.report import Report
from posture.report.review_need import (
    KINDS,
    MOST_NAMED,
    NEAR_CUT_DEG,
    ReviewNeed,
    pressing,
    review_needs,
    review_queue,
    with_doubts,
)
from posture.text.language import load_language
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
TYPICAL = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))


def reading(tilt_deg: float, kind: str = "no_sign") -> Report:
    """The typical report with another reading."""
    finding = TYPICAL.finding
    assert finding is not None
    assert finding.tilt is not None
    tilt = replace(finding.tilt, quantity=Quantity(tilt_deg, 5.0, "deg"))
    return replace(TYPICAL, finding=replace(finding, tilt=tilt, kind=kind))  # type: ignore[arg-type]


def warned(*codes: str) -> Report:
    return replace(TYPICAL, warnings=tuple(Issue(code, f"seen: {code}", "again") for code in codes))


def kinds(report: Report) -> list[str]:
    return [need.kind for need in review_needs(report)]


def test_a_good_photo_asks_nobody() -> None:
    assert review_needs(TYPICAL) == ()
    assert TYPICAL.notes  # an unknown roll among them


@pytest.mark.parametrize("code", ["cropped", "small", "loose_clothing"])
def test_what_only_widens_intervals_asks_nobody(code: str) -> None:
    assert kinds(warned(code)) == []


def test_near_a_cut_is_what_the_verdict_calls_near() -> None:
    assert KNOWLEDGE.verdict.near_deg == NEAR_CUT_DEG


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("cut", ["backward", "less", "more", "clearly"])
def test_a_reading_within_a_degree_of_a_cut(cut: str, side: int) -> None:
    assert TYPICAL.finding is not None
    at = getattr(TYPICAL.finding.cuts, cut)
    (need,) = review_needs(reading(at + 0.7 * side))
    assert (need.kind, need.apart_deg) == ("near_cut", pytest.approx(0.7))
    assert need.issue.message.startswith("the reading lies 0.7° from the line between")
    assert review_needs(reading(at + 1.1 * side)) == ()
    assert review_needs(reading(at, "possible_sway_back")) == ()  # decided by something else


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("turned", ["refused"]),
        ("arm_over_back", ["arm_over_back"]),
        ("marked", ["outline_disagrees"]),
        ("loose_shirt", ["cannot_tell"]),
        ("sway_back", []),
    ],
)
def test_samples(sample: str, expected: list[str]) -> None:
    report = Report.from_json((GOLDEN / f"{sample}.json").read_text("utf-8"))
    if sample == "marked":  # recorded with its marks, which say the verdict
        report = replace(report, warnings=(Issue("outline_disagrees", "two models disagree", "plain wall"),))
    assert kinds(report) == expected


def test_a_red_flag_comes_first_and_an_emergency_alone() -> None:
    for flag, expected in (("fever", ["red_flag", "turned"]), ("saddle_numbness", ["red_flag"])):
        plan = advise("no_sign", Intake(asked=True, flags=(flag,)), KNOWLEDGE)
        assert kinds(replace(warned("turned_slightly"), plan=plan)) == expected


def test_reasons_stand_in_the_order_of_kinds() -> None:
    every = ["stickers_unsure", "second_person", "turned_slightly", "arm_over_back", "outline_disagrees"]
    found = with_doubts(review_needs(warned(*every)), [Issue("sex_differs", "the sex differs", "look")])
    assert [need.kind for need in found] == [
        "outline_disagrees", "arm_over_back", "turned", "identity", "identity", "points"
    ]  # fmt: skip
    assert list(KINDS)[:6] == ["red_flag", "refused", "near_cut", "outline_disagrees", "arm_over_back", "turned"]


def near(apart_deg: float) -> tuple[ReviewNeed, ...]:
    return (ReviewNeed("near_cut", Issue("near_cut", "near", "again"), apart_deg),)


def test_the_worked_numbers() -> None:
    arm = ReviewNeed("arm_over_back", Issue("arm_over_back", "arm", "again"))
    assert pressing((*near(0.4), arm)) == (2, 0.4, -2)
    needs: dict[int, tuple[ReviewNeed, ...]] = dict.fromkeys(range(5), ())
    assert review_queue(needs | {5: near(0.1), 6: near(0.3), 7: near(0.9)}) == [5, 6]


class TestQueue:
    def test_the_most_pressing_first(self) -> None:
        refused = (ReviewNeed("refused", Issue("no_person", "nobody", "again")),)
        turned = (ReviewNeed("turned", Issue("turned_slightly", "turned", "turn")),)
        needs = {0: (), 1: turned, 2: near(0.4), 3: refused, 4: near(0.1), **dict.fromkeys(range(5, 16), ())}
        assert review_queue(needs) == [3, 4, 2, 1]
        assert pressing(refused) < pressing(near(0.1)) < pressing(near(0.4)) < pressing(turned) < pressing(())

    def test_more_reasons_come_before_fewer_of_the_same_kind(self) -> None:
        one = (ReviewNeed("arm_over_back", Issue("arm_over_back", "arm", "again")),)
        both = (*one, ReviewNeed("turned", Issue("turned_slightly", "turned", "turn")))
        assert review_queue({0: one, 1: both}) == [1, 0]

    @pytest.mark.parametrize("photos", [1, 3, 4, 8, 100])
    def test_readings_near_a_cut_name_a_quarter_at_most_the_nearest(self, photos: int) -> None:
        needs = {k: near(k / 100) for k in range(photos)}
        assert review_queue(needs) == list(range(max(1, int(MOST_NAMED * photos))))

    def test_what_else_is_wrong_takes_no_place_of_theirs(self) -> None:
        arm = ReviewNeed("arm_over_back", Issue("arm_over_back", "arm", "again"))
        needs = {k: (*near(0.9), arm) for k in range(5)} | {k: near(0.1) for k in range(5, 9)}
        assert review_queue(needs) == [5, 0, 1, 2, 3, 4]

    def test_nothing_to_look_at(self) -> None:
        assert review_queue({}) == []
        assert review_queue({0: (), 1: ()}) == []


def test_every_reason_has_its_german() -> None:
    german = load_language("de", KNOWLEDGE)
    assert {words for words in KINDS.values() if words not in german.page} == set()
    said = "the reading lies 0.4° from the line between usual and more than usual"
    assert german.text(said) == "der Wert liegt 0,4° neben der Grenze zwischen üblich und mehr als üblich"
