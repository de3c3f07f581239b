"""Sway-back: hips forward, trunk leaning back, hip extended; told from joint angles alone."""

from __future__ import annotations

from math import sqrt

import numpy as np

from posture.knowledge.records import FindingRules
from posture.measures.measurement import Measurements
from posture.quantity import normal_cdf


def sway_back(measurements: Measurements, rules: FindingRules) -> tuple[float | None, bool]:
    """Probability that all three sway limits are exceeded, and whether the rule is met.

    The rule: all three values beyond their limits together, none short of its own by more than a fifth of its sigma;
    or two of them beyond by more than two sigma. Displacement 5.6 ± 2.7 (limit 6), trunk -8 ± 3.2 (-6) and hip 15 ± 4
    (12) meet it: -0.15 + 0.63 + 0.75 sigmas.
    """
    displacement, trunk, hip, thigh = (
        measurements.quantity(name) for name in ("pelvic_displacement", "trunk_incl", "hip_angle", "thigh_incl")
    )
    if displacement is None or trunk is None or hip is None or thigh is None:
        return None, False
    beyond = (
        (displacement.value - rules.sway_displacement_deg, displacement.sigma),
        (rules.sway_trunk_deg - trunk.value, trunk.sigma),
        (hip.value - rules.sway_hip_deg, hip.sigma),
    )
    sure = sum(distance > rules.sway_sure_sigmas * sigma for distance, sigma in beyond)
    near = all(distance > -rules.sway_near_sigmas * sigma for distance, sigma in beyond)
    # sigmas of nought belong to values without doubt, which are beyond their limit or are not
    together = sum(distance / sigma if sigma else float(np.sign(distance)) for distance, sigma in beyond) > 0
    met = (near and together) or sure >= 2
    # hip = thigh - trunk, so the three sigmas tell how far the errors of trunk and hip go together
    covariance = (thigh.sigma**2 - hip.sigma**2 - trunk.sigma**2) / 2
    both = _both_beyond(beyond[1], beyond[2], -covariance)
    return displacement.probability_above(rules.sway_displacement_deg) * both, met


def _both_beyond(a: tuple[float, float], b: tuple[float, float], covariance: float) -> float:
    """P(A > 0 and B > 0) of two normals (mean, sd) with a covariance, by integrating B's conditional over A.

    Independent standard normals give 0.25; with correlation 0.5 they give 1/3.
    """
    (mean_a, sd_a), (mean_b, sd_b) = a, b
    if sd_a == 0 or sd_b == 0:
        return float(mean_a > 0) * float(mean_b > 0) if sd_a == sd_b == 0 else _one_certain(a, b)
    rho = float(np.clip(covariance / (sd_a * sd_b), -0.99, 0.99))
    grid, step = np.linspace(-8, 8, 1601, retstep=True)
    u = grid[mean_a + sd_a * grid > 0]
    weight = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) * step
    beyond_b = [normal_cdf((mean_b / sd_b + rho * x) / sqrt(1 - rho**2)) for x in u]
    return float(weight @ beyond_b)


def _one_certain(a: tuple[float, float], b: tuple[float, float]) -> float:
    certain, open_ = (a, b) if a[1] == 0 else (b, a)
    return float(certain[0] > 0) * normal_cdf(open_[0] / open_[1])
