"""Probability of a pelvic rotation beyond a limit, given one reading of the tilt.

A reading is likelihood, people in general are the prior, Bayes' rule is applied once. The outline's reading is itself a
regression: it follows a rotation with a slope under 1, and the line that says so was fitted on people who judge nothing
(``python -m validation.fit verdict``). Marked points and typed readings are taken as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from posture.knowledge.records import VerdictRules
from posture.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Chance:
    """Chances 0..1 that the pelvis is rotated forward by more than 15° and 20°, by under 5° and under 0°.

    ordinary_forward : that of people in general for more than 15°
    forward_range : the first over what is not known of people in general, the prior's mean
    """

    forward: float
    clearly_forward: float
    little_forward: float
    backward: float
    ordinary_forward: float
    forward_range: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Readings, degrees, at which the verdict changes for a reading of this certainty, the lowest first.

    backward : at and under it probably backward · less : at and under it less forward than usual
    more : from it on perhaps, clearly : from it on probably more forward than usual
    """

    backward: float
    less: float
    more: float
    clearly: float

    def nearest(self, reading: float) -> str:
        """Name of the cut nearest to a reading: 16 is nearest to ``more`` among -10, 4, 15.9 and 20.4."""
        return min(self.__slots__, key=lambda name: abs(reading - getattr(self, name)))

    def clearance(self, reading: float) -> float:
        """Degrees from a reading to the nearest cut: 16 beside a cut at 15.9 gives 0.1."""
        return abs(reading - float(getattr(self, self.nearest(reading))))


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Likelihood of a reading R given the rotation: R = intercept + slope · rotation ± residual, degrees.

    zero_doubt : by how much lower the readings of real people may stand than those of the fit, degrees; no verdict
        under the usual range rests on less
    """

    intercept: float
    slope: float
    residual: float
    zero_doubt: float

    def rotation(self, reading: float) -> Quantity:
        """The rotation that a reading alone points to: 20.4 on the line 3.5 + 0.7 rotation ± 4 gives 24.1 ± 5.7."""
        return Quantity((reading - self.intercept) / self.slope, self.residual / self.slope, "deg")


def of_outline(rules: VerdictRules) -> Likelihood:
    """The likelihood of an outline's reading: the line of the fit.

    Its residual is that of all photos that are measured, poor ones among them, so a photo's own warnings widen the
    interval shown and not the residual a second time.
    """
    return Likelihood(rules.intercept_deg, rules.slope, rules.residual_deg, rules.zero_doubt_deg)


def of_points(sigma: float) -> Likelihood:
    """The likelihood of marked points, of a typed reading, of marks carried to another photo: the value ± sigma."""
    return Likelihood(0.0, 1.0, sigma, 0.0)


def posterior(reading: float, likelihood: Likelihood, rules: VerdictRules, mean_shift: float = 0.0) -> Quantity:
    """Pelvic rotation given one reading and how rotation spreads among people, degrees.

    Two normals weighted by their precisions. 20.4 on the line 3.5 + 0.7 rotation ± 4, against 9.5 ± 4.5 among people,
    gives 15.1 ± 3.5. ``mean_shift`` moves the mean among people.
    """
    alone, people = likelihood.rotation(reading), Quantity(rules.prior_mean_deg + mean_shift, rules.prior_sd_deg, "deg")
    weight = people.sigma**2 / (people.sigma**2 + alone.sigma**2)
    return Quantity(people.value + weight * (alone.value - people.value), people.sigma * sqrt(1 - weight), "deg")


def chance(reading: float, likelihood: Likelihood, rules: VerdictRules) -> Chance:
    """All chances that a reading leaves.

    15.8 on the shipped line gives a chance of 0.25 of more than 15°, where people in general have one in nine.
    """
    rotation = posterior(reading, likelihood, rules)
    low = posterior(reading + likelihood.zero_doubt, likelihood, rules)
    ordinary = Quantity(rules.prior_mean_deg, rules.prior_sd_deg, "deg")
    least, most = (
        posterior(reading, likelihood, rules, sign * rules.prior_mean_doubt_deg).probability_above(rules.forward_deg)
        for sign in (-1, 1)
    )
    return Chance(
        forward=rotation.probability_above(rules.forward_deg),
        clearly_forward=rotation.probability_above(rules.clearly_forward_deg),
        little_forward=low.probability_below(rules.little_forward_deg),
        backward=low.probability_below(rules.backward_deg),
        ordinary_forward=ordinary.probability_above(rules.forward_deg),
        forward_range=(least, most),
    )


def cuts(likelihood: Likelihood, rules: VerdictRules) -> Cuts:
    """The readings at which the chances reach what each verdict asks for, degrees.

    On the shipped line, 4.2 + 0.69 rotation ± 3.6, they are about -7.0, 4.7, 15.8 and 19.5.
    """
    people, alone = rules.prior_sd_deg, likelihood.residual / likelihood.slope
    weight = people**2 / (people**2 + alone**2)
    spread = people * sqrt(1 - weight)

    def reading(limit: float, sigmas: float) -> float:
        """The reading at which the posterior's mean lies a number of its SDs above a limit."""
        mean = limit + sigmas * spread
        rotation = rules.prior_mean_deg + (mean - rules.prior_mean_deg) / weight
        return likelihood.intercept + likelihood.slope * rotation

    def z(share: float) -> float:
        return NormalDist().inv_cdf(share)

    return Cuts(
        backward=reading(rules.backward_deg, -z(rules.p_backward)) - likelihood.zero_doubt,
        less=reading(rules.little_forward_deg, -z(rules.p_less)) - likelihood.zero_doubt,
        more=reading(rules.forward_deg, z(rules.p_may)),
        clearly=reading(rules.forward_deg, z(rules.p_probably)),
    )
