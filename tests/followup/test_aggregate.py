"""Two photos of one standing read together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.findings.verdict import SECOND_PHOTO
from posture.followup.aggregate import read_together, systematic_sigma
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED
from posture.plan.intake import Intake
from tests.followup.test_rotation import photo

KNOWLEDGE = Knowledge.load()
CLOTHES_DECLARED = Intake(asked=True, clothing="tight")


def test_the_tilt_is_the_middle_of_both_and_surer_than_one() -> None:
    one, other = photo(1, 4.0, estimate=15.0), photo(2, 5.0, estimate=18.0)
    both = read_together(one, [other], KNOWLEDGE, CLOTHES_DECLARED)
    assert both.finding.tilt.quantity.value == pytest.approx(16.5)
    lasting = systematic_sigma(ESTIMATED, 5.5, KNOWLEDGE)
    assert lasting < both.finding.tilt.quantity.sigma
    assert both.finding.kind == "mild_anterior_tilt"
    assert one.finding.kind == "no_sign"
    assert both.plan.mode == "both"
    assert both.photo == one.photo


def test_it_asks_for_no_third_photo() -> None:
    one = photo(1, 4.0, estimate=15.5)
    assert one.finding.next_steps[0] == SECOND_PHOTO
    both = read_together(one, [photo(2, 4.0, estimate=15.7)], KNOWLEDGE, CLOTHES_DECLARED)
    assert "close to the line" in both.finding.headline
    assert SECOND_PHOTO not in both.finding.next_steps


def test_what_cannot_be_compared_is_left_out() -> None:
    one = photo(1, 4.0, estimate=15.0)
    other_side = replace(photo(2, 5.0, estimate=18.0), facing="right" if one.facing == "left" else "left")
    bare = replace(photo(3, 5.0), measurements={})
    assert read_together(one, [other_side, bare], KNOWLEDGE, CLOTHES_DECLARED) is one
    nothing = replace(one, finding=None)
    assert read_together(nothing, [photo(2, 5.0)], KNOWLEDGE, CLOTHES_DECLARED) is nothing


def test_marks_are_read_with_marks_alone() -> None:
    marked = photo(1, 4.0, marked=14.0)
    assert read_together(marked, [photo(2, 5.0, estimate=30.0)], KNOWLEDGE, CLOTHES_DECLARED) is marked
    both = read_together(marked, [photo(2, 5.0, marked=18.0)], KNOWLEDGE, CLOTHES_DECLARED)
    assert both.finding.tilt.quantity.value == pytest.approx(16.0)
