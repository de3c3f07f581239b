"""Measurements against norms: which sign was seen, and how sure one photo can be.

Rules and their order: SCIENCE section 3; every cut-off is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from posture.body.sagittal import Clothing
from posture.errors import Remark
from posture.knowledge.load import Knowledge
from posture.knowledge.records import FindingRules
from posture.measures.measurement import Comparison, Grade, Measurement, Unmeasured
from posture.quantity import Quantity, normal_cdf

Kind = Literal[
    "undetermined",
    "possible_sway_back",
    "possible_flat_back",
    "marked_anterior_tilt",
    "mild_anterior_tilt",
    "posterior_tilt",
    "no_sign",
    "inconclusive",
]
Measurements = Mapping[str, Measurement | Unmeasured]

#: How each kind is shown; "cannot tell" is a full answer.
WORDS: Mapping[Kind, str] = {
    "undetermined": "this photo cannot tell",
    "possible_sway_back": "signs of a sway-back stance",
    "possible_flat_back": "signs of a flat lower back",
    "marked_anterior_tilt": "signs of a marked forward pelvic tilt",
    "mild_anterior_tilt": "signs of a mild forward pelvic tilt",
    "posterior_tilt": "signs of a backward pelvic tilt",
    "no_sign": "no sign of an unusual pelvic tilt",
    "inconclusive": "within the usual range, not clear either way",
}

#: Warnings that took the outline of the back away, and what brings one back.
OUTLINE_LOST = ("arm_over_back", "loose_clothing", "outline_disagrees")
SHOW_THE_BACK = "tight top, plain wall, arms crossed on the chest"
#: Two of the steps that raise the certainty, which pages explain at length.
MARK_BONES = "Mark the front and back hip bones (ASIS, PSIS) and give the two points: the tilt itself is then read."
THREE_POSES = "Take three photos, relaxed, fully arched and fully tucked: they show where you stand in your own range."


@dataclass(frozen=True, slots=True)
class Finding:
    """What one photo shows and how surely; a description of posture, nothing more.

    tilt : posterior of the ASIS-PSIS tilt after the population prior, degrees, + anterior
    p_* : probabilities 0..1, None where nothing was measured that bears on them
    because : what it rests on · firmer : what would raise the certainty, best first
    """

    kind: Kind
    headline: str
    p_anterior: float | None
    p_marked: float | None
    p_posterior: float | None
    p_sway_back: float | None
    p_flat_back: float | None
    tilt: Quantity | None
    grade: Grade
    because: str
    firmer: tuple[str, ...]


def assess(
    measurements: Measurements, knowledge: Knowledge, clothing: Clothing | None = None, retake: str = ""
) -> Finding:
    """The finding of one photo, by the rules of SCIENCE section 3 in their order.

    ``retake`` is the one instruction that would make the outline of the back usable, from the view's warnings.
    """
    rules = knowledge.rules
    tilt, grade, because = _tilt(measurements, knowledge, clothing)
    p_sway, sways = _sway_back(measurements, rules)
    firmer = _firmer(measurements, clothing, retake)

    if tilt is None:
        kind: Kind = "possible_sway_back" if sways else "undetermined"
        return Finding(
            kind=kind,
            headline=_headline(kind, measurements, None),
            p_anterior=None,
            p_marked=None,
            p_posterior=None,
            p_sway_back=p_sway if sways else None,
            p_flat_back=None,
            tilt=None,
            grade="D",
            because=because,
            firmer=firmer,
        )

    p_anterior, p_marked = (tilt.probability_above(limit) for limit in (rules.anterior_deg, rules.marked_deg))
    p_posterior = tilt.probability_below(rules.posterior_deg)
    depth = _quantity(measurements, "lumbar_depth")
    p_flat, depth_z = None, None
    if depth is not None:
        norm = knowledge.norms["lumbar_depth"]
        p_flat = p_posterior * depth.probability_below(norm.mean + rules.flat_depth_z * norm.sd)
        depth_z = (depth.value - norm.mean) / norm.sd
    trunk = _quantity(measurements, "trunk_incl")
    flat = (
        depth_z is not None and depth_z < rules.flat_depth_z and (trunk is None or trunk.value >= rules.sway_trunk_deg)
    )

    if sways:
        kind = "possible_sway_back"
    elif p_posterior >= rules.p_flat_back and flat:
        kind = "possible_flat_back"
    elif p_marked >= rules.p_marked:
        kind = "marked_anterior_tilt"
    elif p_anterior >= rules.p_mild:
        kind = "mild_anterior_tilt"
    elif p_posterior >= rules.p_posterior:
        kind = "posterior_tilt"
    elif p_anterior < rules.p_no_sign and p_posterior < rules.p_no_sign:
        kind = "no_sign"
    else:
        kind = "inconclusive"
    return Finding(
        kind=kind,
        headline=_headline(kind, measurements, tilt),
        p_anterior=p_anterior,
        p_marked=p_marked,
        p_posterior=p_posterior,
        p_sway_back=p_sway,
        p_flat_back=p_flat,
        tilt=tilt,
        grade=grade,
        because=because,
        firmer=firmer,
    )


def _tilt(
    measurements: Measurements, knowledge: Knowledge, clothing: Clothing | None
) -> tuple[Quantity | None, Grade, str]:
    """Posterior of the tilt from the best single cue, with its grade and what it rests on.

    Marked points, else the estimate from the whole outline; without either nothing is said of the tilt.
    """
    rules = knowledge.rules
    marked = _quantity(measurements, "asis_psis_tilt")
    if marked is not None:
        tilt = posterior_of_marked(marked, rules)
        return tilt, "A", "marked ASIS and PSIS, weighed against how tilt spreads among people"
    estimated = _quantity(measurements, "pelvic_tilt_estimate")
    if estimated is not None:
        doubt = knowledge.tilt_model.doubt(clothing)
        widened = estimated.sigma / doubt.sigma
        tilt = posterior_of_estimate(estimated.value, widened * doubt.finding_sigma, rules)
        return (
            tilt,
            "C",
            f"the whole outline, fitted on {doubt.people} computer-generated people; no real pelvis has been "
            "compared with it yet, and bone shape is unknown",
        )
    reason = measurements.get("pelvic_tilt_estimate")
    why = reason.reason if isinstance(reason, Unmeasured) else "the outline was not measured"
    return None, "D", f"{why}; joint points alone say nothing about the tilt of the pelvis"


def posterior_of_estimate(value: float, sigma: float, rules: FindingRules) -> Quantity:
    """ASIS-PSIS tilt given an estimate of pelvic rotation with error ``sigma``.

    Rotation spreads among people with ``rotation_sd_deg`` about the mean; with k = SD² / (SD² + sigma²) its posterior
    is mean + k (value - mean) with variance SD² (1 - k). Bone shape adds ``bone_sd_deg``, whatever the outline says.
    20 with sigma 5.5, SD 3.6, mean 10 and bone 3.5 gives 13.0 ± 4.6.
    """
    spread = rules.rotation_sd_deg**2
    k = spread / (spread + sigma**2)
    mean = rules.prior_mean_deg + k * (value - rules.prior_mean_deg)
    return Quantity(mean, sqrt(spread * (1 - k) + rules.bone_sd_deg**2), "deg")


def posterior_of_marked(measured: Quantity, rules: FindingRules) -> Quantity:
    """Tilt given a marked measurement: the mean of measurement and population weighted by their precisions.

    20 ± 5 against a population of 10 ± 5 gives 15 ± 3.5.
    """
    weight = rules.prior_sd_deg**2 / (rules.prior_sd_deg**2 + measured.sigma**2)
    mean = rules.prior_mean_deg + weight * (measured.value - rules.prior_mean_deg)
    return Quantity(mean, rules.prior_sd_deg * sqrt(1 - weight), "deg")


def _sway_back(measurements: Measurements, rules: FindingRules) -> tuple[float | None, bool]:
    """Probability that all three sway limits are exceeded, and whether the rule is met.

    The rule: all three values beyond their limits, or two of them by more than two sigma.
    """
    displacement, trunk, hip, thigh = (
        _quantity(measurements, name) for name in ("pelvic_displacement", "trunk_incl", "hip_angle", "thigh_incl")
    )
    if displacement is None or trunk is None or hip is None or thigh is None:
        return None, False
    beyond = (
        (displacement.value - rules.sway_displacement_deg, displacement.sigma),
        (rules.sway_trunk_deg - trunk.value, trunk.sigma),
        (hip.value - rules.sway_hip_deg, hip.sigma),
    )
    sure = sum(distance > rules.sway_sure_sigmas * sigma for distance, sigma in beyond)
    met = all(distance > 0 for distance, _ in beyond) or sure >= 2
    # hip = thigh - trunk, so the three sigmas tell how far the errors of trunk and hip go together
    covariance = (thigh.sigma**2 - hip.sigma**2 - trunk.sigma**2) / 2
    together = _both_beyond(beyond[1], beyond[2], -covariance)
    return displacement.probability_above(rules.sway_displacement_deg) * together, met


def _both_beyond(a: tuple[float, float], b: tuple[float, float], covariance: float) -> float:
    """P(A > 0 and B > 0) of two normals (mean, sd) with a covariance, by integrating B's conditional over A.

    Independent standard normals give 0.25; with correlation 0.5 they give 1/3.
    """
    (mean_a, sd_a), (mean_b, sd_b) = a, b
    if sd_a == 0 or sd_b == 0:
        return float(mean_a > 0) * float(mean_b > 0) if sd_a == sd_b == 0 else _one_certain(a, b)
    rho = float(np.clip(covariance / (sd_a * sd_b), -0.99, 0.99))
    u = np.linspace(-8, 8, 1601)
    weight = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) * (u[1] - u[0])
    beyond_b = [normal_cdf((mean_b / sd_b + rho * x) / sqrt(1 - rho**2)) for x in u]
    return float(np.sum(weight * (mean_a + sd_a * u > 0) * beyond_b))


def _one_certain(a: tuple[float, float], b: tuple[float, float]) -> float:
    certain, open_ = (a, b) if a[1] == 0 else (b, a)
    return float(certain[0] > 0) * normal_cdf(open_[0] / open_[1])


def _headline(kind: Kind, measurements: Measurements, tilt: Quantity | None) -> str:
    """The sign that was seen, in one sentence, then what it amounts to."""
    marked = _quantity(measurements, "asis_psis_tilt")
    if kind == "undetermined":
        return "This photo cannot tell how the pelvis is tilted."
    if kind == "possible_sway_back":
        return "The hips stand forward of the feet and the trunk leans back: signs of a sway-back stance."
    if marked is not None and tilt is not None:
        way, low, high = "forward", marked.low95, marked.high95
        if marked.value < 0:
            way, low, high = "backward", -marked.high95, -marked.low95
        tips = f"The marked pelvis tips {way} by about {abs(marked.value):.0f}°"
        return f"{tips} ({_whole(low)} to {_whole(high)}°): {WORDS[kind]}."
    place = _place(measurements)
    return f"{curve_sentence(place)}: {WORDS[kind]}." if place else f"{WORDS[kind].capitalize()}."


def curve_sentence(place: Comparison) -> str:
    """A curve among people: percentile 85 gives "The lower-back curve is deeper than in about 85 of 100 people"."""
    of_100 = place.of_100
    if 40 <= of_100 <= 60:
        return "The lower-back curve is about as deep as in most people"
    if of_100 > 60:
        return f"The lower-back curve is deeper than in about {of_100} of 100 people"
    return f"The lower-back curve is flatter than in about {100 - of_100} of 100 people"


def _place(measurements: Measurements) -> Comparison | None:
    for name in ("contour_lordosis", "lumbar_depth"):
        measured = measurements.get(name)
        if isinstance(measured, Measurement):
            return measured.comparison
    return None


def contour_retake(warnings: Iterable[Remark]) -> str:
    """The retake instruction of the warning that took the outline of the back away; empty where none did."""
    return next((remark.retake for remark in warnings if remark.code in OUTLINE_LOST), "")


def _firmer(measurements: Measurements, clothing: Clothing | None, retake: str) -> tuple[str, ...]:
    """What would raise the certainty, the most helpful first."""
    steps = []
    contour = isinstance(measurements.get("contour_lordosis"), Measurement)
    marked = isinstance(measurements.get("asis_psis_tilt"), Measurement)
    if not contour and not marked:
        steps.append(f"Take the photo again: {retake or SHOW_THE_BACK}.")
    if not marked:
        steps.append(MARK_BONES)
    steps.append(THREE_POSES)
    if clothing is None:
        steps.append("Say how tight the clothing is (tight, normal or loose).")
    if marked and not contour:
        steps.append("Repeat the photo from the same place: two agree or they do not.")
    return tuple(steps)


def _quantity(measurements: Measurements, name: str) -> Quantity | None:
    measured = measurements.get(name)
    return measured.quantity if isinstance(measured, Measurement) else None


def _whole(value: float) -> str:
    return f"{round(value)}".replace("-", "−")
