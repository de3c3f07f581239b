"""Several photos of one standing: the best is taken, and at most two retakes are asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posture.findings.verdict import OUTLINE_LOST
from posture.followup.best_photo import MOST_RETAKES, choose
from posture.report.report import Report
from validation.record import GOLDEN


def report(name: str) -> Report:
    return Report.from_json((GOLDEN / f"{name}.json").read_text("utf-8"))


TYPICAL, TURNED, ARM = report("typical"), report("turned"), report("arm_over_back")


def test_the_samples_are_what_these_tests_take_them_for() -> None:
    assert (TYPICAL.status, TURNED.status, ARM.status) == ("analyzed", "refused", "analyzed")
    assert ARM.finding.tilt is None


@pytest.mark.parametrize(
    ("photos", "best"),
    [((TYPICAL,), 0), ((TYPICAL, TURNED), 0), ((TURNED, TYPICAL), 1), ((ARM, TURNED, TYPICAL), 2), ((ARM, TURNED), 0)],
)
def test_the_best_is_taken(photos: tuple[Report, ...], best: int) -> None:
    assert choose(photos, 1).best == best


def test_of_equal_photos_the_later_one() -> None:
    assert choose([TYPICAL, TYPICAL], 2).best == 1
    worse = replace(TURNED, warnings=TYPICAL.warnings * 3)
    assert choose([TURNED, worse], 2).best == 1  # the newest refusal is answered with its own reason


def test_a_good_photo_asks_for_none() -> None:
    assert choose([TYPICAL], 1).retake is None


def test_a_refusal_and_a_lost_outline_ask_for_the_one_thing_to_do_better() -> None:
    assert choose([TURNED], 1).retake == TURNED.reasons[0]
    assert choose([ARM], 1).retake.code in OUTLINE_LOST


def test_two_retakes_at_most_then_the_best_as_it_is() -> None:
    photos, enough = [TURNED] * (MOST_RETAKES + 1), MOST_RETAKES + 1
    assert choose(photos, 1).retake is not None  # all of them were brought at once
    assert not choose(photos, MOST_RETAKES).settle
    assert choose(photos, enough).retake is None
    assert choose(photos, enough).settle
    assert not choose(photos, enough, lenient=True).settle
    assert choose([ARM], enough).retake is None
