"""The chance behind a verdict: Bayes once, against simulation; cuts that give the chances they are for."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.errors import KnowledgeError
from posture.findings.chance import Cuts, Likelihood, chance, cuts, of_outline, of_points, posterior
from posture.knowledge.load import Knowledge, build
from posture.knowledge.records import VerdictRules
from posture.quantity import Quantity
from tests.knowledge.test_load import tables

RULES = Knowledge.load().verdict
LINE = of_outline(RULES)
READINGS = st.floats(-20, 45)


def test_the_worked_numbers() -> None:
    line = Likelihood(3.5, 0.7, 4.0, 2.5)
    assert line.rotation(20.4).value == pytest.approx(24.14, abs=0.01)
    assert posterior(20.4, line, RULES).value == pytest.approx(15.1, abs=0.05)
    assert posterior(20.4, line, RULES).sigma == pytest.approx(3.5, abs=0.05)
    assert chance(15.8, LINE, RULES).forward == pytest.approx(0.25, abs=0.005)
    assert chance(15.8, LINE, RULES).ordinary_forward == pytest.approx(1 / 9, abs=0.001)


def test_against_a_population_that_was_drawn() -> None:
    """Of people drawn by the prior and read by the line, those who read near 18° have the chances that are told."""
    rng = np.random.default_rng(5)
    rotation = rng.normal(RULES.prior_mean_deg, RULES.prior_sd_deg, 4_000_000)
    reading = RULES.intercept_deg + RULES.slope * rotation + rng.normal(0, RULES.residual_deg, rotation.size)
    near = rotation[np.abs(reading - 18) < 0.1]
    told = chance(18.0, replace(LINE, zero_doubt=0.0), RULES)
    # some 25,000 people are near: a share is known to 0.003
    assert told.forward == pytest.approx(np.mean(near > 15), abs=0.01)
    assert told.clearly_forward == pytest.approx(np.mean(near > 20), abs=0.01)
    assert told.little_forward == pytest.approx(np.mean(near < 5), abs=0.01)
    assert told.ordinary_forward == pytest.approx(np.mean(rotation > 15), abs=0.001)


def test_the_cuts_of_the_shipped_line() -> None:
    found = cuts(LINE, RULES)
    assert (found.less, found.more, found.clearly) == tuple(pytest.approx(x, abs=0.1) for x in (4.7, 15.8, 19.5))


@pytest.mark.parametrize("rules", [RULES, replace(RULES, p_backward=0.4)], ids=["shipped", "backward from 40 %"])
@pytest.mark.parametrize(
    "likelihood", [LINE, of_points(3.6), of_points(1.0)], ids=["outline", "points", "surer points"]
)
def test_at_each_cut_the_chance_is_the_one_it_stands_for(likelihood: Likelihood, rules: VerdictRules) -> None:
    found = cuts(likelihood, rules)
    assert chance(found.more, likelihood, rules).forward == pytest.approx(rules.p_may)
    assert chance(found.clearly, likelihood, rules).forward == pytest.approx(rules.p_probably)
    assert chance(found.less, likelihood, rules).little_forward == pytest.approx(rules.p_less)
    assert chance(found.backward, likelihood, rules).backward == pytest.approx(rules.p_backward)
    assert found.backward < found.less < found.more < found.clearly


def test_the_nearest_cut_has_its_name() -> None:
    lines = Cuts(-10.0, 4.0, 16.0, 20.0)
    assert [lines.nearest(reading) for reading in (-30, 3, 11, 17.9, 18.1, 60)] == [
        "backward", "less", "more", "more", "clearly", "clearly",
    ]  # fmt: skip


def test_the_range_over_the_mean_of_people_in_general() -> None:
    """Over means of 7.5 to 11.5 a reading of 22 stays within 34 to 87 %, one of 17 within 13 to 55 %."""
    for reading, least, most in ((22.0, 0.34, 0.87), (17.0, 0.13, 0.55)):
        low, high = chance(reading, LINE, RULES).forward_range
        assert low <= chance(reading, LINE, RULES).forward <= high
        assert low >= least - 0.02
        assert high <= most + 0.02


@pytest.mark.parametrize("reading", [5.0, 17.0, 22.0])
def test_the_range_is_the_chance_among_people_who_stand_further_back_and_further_forward(reading: float) -> None:
    doubt = RULES.prior_mean_doubt_deg
    others = [replace(RULES, prior_mean_deg=RULES.prior_mean_deg + shift) for shift in (-doubt, doubt)]
    ends = [chance(reading, LINE, among).forward for among in others]
    assert chance(reading, LINE, RULES).forward_range == pytest.approx(ends)
    assert doubt > 1


def test_points_are_read_on_the_scale_of_the_rotation_itself() -> None:
    """No line and no doubt of the zero: at 5°, read for certain, one of two stands under 5°."""
    assert of_points(3.6).rotation(20.4) == Quantity(20.4, 3.6, "deg")
    assert chance(5.0, of_points(0.001), RULES).little_forward == pytest.approx(0.5, abs=1e-3)


@given(READINGS, st.floats(0.01, 5))
def test_a_higher_reading_never_makes_forward_less_likely(reading: float, more: float) -> None:
    low, high = chance(reading, LINE, RULES), chance(reading + more, LINE, RULES)
    assert high.forward >= low.forward
    assert high.clearly_forward >= low.clearly_forward
    assert high.little_forward <= low.little_forward
    assert high.backward <= low.backward


@given(READINGS, st.floats(0.5, 9), st.floats(0, 9))
def test_noise_draws_the_rotation_to_people_in_general(reading: float, quiet: float, more: float) -> None:
    a, b = (posterior(reading, of_points(sigma), RULES) for sigma in (quiet, quiet + more))
    mean = RULES.prior_mean_deg
    assert abs(b.value - mean) <= abs(a.value - mean) + 1e-9
    assert a.sigma - 1e-9 <= b.sigma <= RULES.prior_sd_deg + 1e-9


@given(READINGS)
def test_chances_of_ever_more_are_ever_smaller(reading: float) -> None:
    told = chance(reading, LINE, RULES)
    assert 0 <= told.clearly_forward <= told.forward <= 1
    assert 0 <= told.backward <= told.little_forward <= 1
    assert all(math.isfinite(x) for x in (*told.forward_range, *asdict(cuts(LINE, RULES)).values()))


def test_points_without_doubt_are_what_they_read() -> None:
    assert posterior(20.0, of_points(0.0), RULES) == Quantity(20.0, 0.0, "deg")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"p_may": 0.6}, "not in order"),
        ({"slope": 0.0}, "must be positive"),
        ({"prior_mean_deg": 13.0}, "must be twice that"),
        ({"prior_source": "nobody"}, "source nobody"),
        ({"slop": 1.0}, "slop unknown"),
    ],
)
def test_spoilt_rules_are_refused(change: dict[str, object], said: str) -> None:
    spoilt = {**tables()["verdict"], **change}
    with pytest.raises(KnowledgeError, match=said):
        build(tables() | {"verdict": spoilt})
