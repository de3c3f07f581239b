"""Measurements against norms: the verdict on the pelvis, the chance behind it, and what would make it surer.

One reading of the tilt, the best at hand, stands everywhere as it was read; how people spread enters the chance alone.
Rules and their order: docs/science.md, Verdict rules; every cut-off is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from posture.body.sagittal import Clothing
from posture.errors import Issue
from posture.findings.chance import Chance, Cuts, chance, cuts, of_outline, of_points
from posture.findings.sway import sway_back
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED, Comparison, Grade, Measurement, Measurements
from posture.message import Message
from posture.quantity import Quantity

Kind = Literal[
    "undetermined",
    "possible_sway_back",
    "possible_flat_back",
    "marked_anterior_tilt",
    "mild_anterior_tilt",
    "posterior_tilt",
    "less_forward",
    "no_sign",
    "inconclusive",
]

#: How each kind is shown; "cannot tell" is a full answer.
WORDS: Mapping[Kind, str] = {
    "undetermined": "this photo cannot tell",
    "possible_sway_back": "signs of a sway-back stance",
    "possible_flat_back": "signs of a flat lower back",
    "marked_anterior_tilt": "probably tips forward more than usual",
    "mild_anterior_tilt": "may tip forward more than usual",
    "posterior_tilt": "probably tips backward",
    "less_forward": "may tip forward less than usual",
    "no_sign": "tips forward about as much as usual",
    "inconclusive": "read too unsurely to say",
}
#: Verdicts that leave it open: somebody looks at the photo again, or takes another.
UNCLEAR: tuple[Kind, ...] = ("undetermined", "inconclusive")
#: The verdict in one sentence.
HEADLINES: Mapping[Kind, str] = {
    "undetermined": "This photo cannot tell how your pelvis is tilted.",
    "possible_sway_back": "The hips stand forward of the feet and the trunk leans back: signs of a sway-back stance.",
    "possible_flat_back": "The lower back is flat and your pelvis may tip forward less than usual: a flat back.",
    "marked_anterior_tilt": "Your pelvis probably tips forward more than usual (anterior pelvic tilt).",
    "mild_anterior_tilt": "Your pelvis may tip forward more than usual (anterior pelvic tilt).",
    "posterior_tilt": "Your pelvis probably tips backward (posterior pelvic tilt).",
    "less_forward": "Your pelvis may tip forward less than usual.",
    "no_sign": "Your pelvis tips forward about as much as usual.",
    "inconclusive": "Your pelvic tilt was read too unsurely to call it more or less than usual.",
}
#: What stands behind the verdict where the reading lies next to a cut.
NEAR: Mapping[str, str] = {
    "backward": "The reading is close to the line between less than usual and backward.",
    "less": "The reading is close to the line between usual and less than usual.",
    "more": "The reading is close to the line between usual and more than usual.",
    "clearly": "The reading is close to the line between perhaps and probably more than usual.",
}
#: The verdicts that the cuts decide.
BY_CHANCE: tuple[Kind, ...] = (
    "marked_anterior_tilt",
    "mild_anterior_tilt",
    "no_sign",
    "less_forward",
    "posterior_tilt",
)

#: Warnings that took the outline of the back away, and what brings one back.
OUTLINE_LOST = ("stepping", "not_side_view", "arm_over_back", "loose_clothing", "outline_disagrees")
SHOW_THE_BACK = "tight top, plain wall, arms crossed on the chest, hair up, no bag or jacket"
#: Steps that raise the certainty, which pages explain at length.
MARK_BONES = "Mark the front and back hip bones (ASIS, PSIS) and give the two points: the tilt itself is then read."
INCLINOMETER = "Or lay an inclinometer, or a phone on a calliper, on the two hip bones and type in the angle."
THREE_POSES = "Take three photos, relaxed, fully arched and fully tucked: they show where you stand in your own range."
SECOND_PHOTO = "Take a second photo now: step away, stand anew, and both are read together."


@dataclass(frozen=True, slots=True)
class Tilt:
    """The pelvic tilt as the best evidence at hand reads it, degrees, + anterior; shown as it is, nowhere another.

    quantity : value and sigma, one SD of value minus truth · comparison : its place among people
    """

    quantity: Quantity
    grade: Grade
    method: str
    comparison: Comparison | None = None

    @property
    def measure(self) -> str:
        """Which measure it is: the outline's estimate, else that of marked points, a typed reading among them."""
        return ESTIMATED if self.grade == "C" else MARKED


@dataclass(frozen=True, slots=True)
class Finding:
    """Verdict of one photo with its certainty; a description of posture, nothing more.

    p_sway_back, p_flat_back : probabilities 0..1, None where nothing was measured that bears on them
    tilt, chance, cuts : None where nothing is said of the tilt
    because : what it rests on · next_steps : what would raise the certainty, best first
    """

    kind: Kind
    headline: str
    tilt: Tilt | None
    chance: Chance | None
    cuts: Cuts | None
    p_sway_back: float | None
    p_flat_back: float | None
    grade: Grade
    because: str
    next_steps: tuple[str, ...]

    @property
    def p_anterior(self) -> float | None:
        """Chance of a rotation over 15°."""
        return None if self.chance is None else self.chance.forward

    @property
    def p_marked(self) -> float | None:
        """Chance of a rotation over 20°."""
        return None if self.chance is None else self.chance.clearly_forward

    @property
    def p_posterior(self) -> float | None:
        """Chance of a rotation under 0°."""
        return None if self.chance is None else self.chance.backward


def assess(
    measurements: Measurements,
    knowledge: Knowledge,
    clothing: Clothing | None = None,
    lost: Issue | None = None,
) -> Finding:
    """The finding of one photo, by the rules of docs/science.md, Verdict rules, in their order.

    ``lost`` is the warning that took the outline of the back away, None where none did.
    """
    p_sway, sways = sway_back(measurements, knowledge.rules)
    evidence = best_evidence(measurements)
    if evidence is None:
        kind: Kind = "possible_sway_back" if sways else "undetermined"
        return Finding(
            kind=kind,
            headline=HEADLINES[kind],
            tilt=None,
            chance=None,
            cuts=None,
            p_sway_back=p_sway if sways else None,
            p_flat_back=None,
            grade="D",
            because=_nothing_read(measurements),
            next_steps=_next_steps(measurements, clothing, lost, near=False),
        )
    name, measured = evidence
    shipped = knowledge.tilt_model.doubt(clothing)
    reading, rules = measured.quantity, knowledge.verdict
    likelihood = of_points(reading.sigma) if name == MARKED else of_outline(rules)
    chances, lines = chance(reading.value, likelihood, rules), cuts(likelihood, rules)
    flat, p_flat = _flat_back(measurements, chances, knowledge)

    if sways:
        kind = "possible_sway_back"
    elif flat:
        kind = "possible_flat_back"
    elif reading.sigma > rules.unsure_factor * shipped.sigma:
        kind = "inconclusive"
    else:
        kind = _by_cuts(reading.value, lines)
    line = lines.nearest(reading.value)
    near = kind in BY_CHANCE and lines.clearance(reading.value) < rules.near_deg
    because = measured.method
    if name == ESTIMATED:
        because = Message(
            "the whole outline, fitted on {people} computer-generated people; no real pelvis has been compared with it "
            "yet, and bone shape is unknown",
            people=shipped.people,
        )
    return Finding(
        kind=kind,
        headline=HEADLINES[kind] + (f" {NEAR[line]}" if near else ""),
        tilt=Tilt(reading, measured.grade, measured.method, measured.comparison),
        chance=chances,
        cuts=lines,
        p_sway_back=p_sway,
        p_flat_back=p_flat,
        grade=measured.grade,
        because=because,
        next_steps=_next_steps(measurements, clothing, lost, near),
    )


def best_evidence(measurements: Measurements) -> tuple[str, Measurement] | None:
    """The measure that the tilt is read from, marked or typed, else from the outline; None where there is neither."""
    for name in (MARKED, ESTIMATED):
        measured = measurements.measurement(name)
        if measured is not None:
            return name, measured
    return None


def _by_cuts(reading: float, lines: Cuts) -> Kind:
    if reading >= lines.clearly:
        return "marked_anterior_tilt"
    if reading >= lines.more:
        return "mild_anterior_tilt"
    if reading <= lines.backward:
        return "posterior_tilt"
    return "less_forward" if reading <= lines.less else "no_sign"


def _flat_back(measurements: Measurements, chances: Chance, knowledge: Knowledge) -> tuple[bool, float | None]:
    """Whether the rule of a flat back is met, and the probability of little tilt and a shallow hollow together."""
    rules, norm = knowledge.rules, knowledge.norms["lumbar_depth"]
    depth, trunk = measurements.quantity("lumbar_depth"), measurements.quantity("trunk_incl")
    if depth is None:
        return False, None
    limit = norm.mean + rules.flat_depth_z * norm.sd
    upright = trunk is None or trunk.value >= rules.sway_trunk_deg
    met = chances.little_forward >= knowledge.verdict.p_less and depth.value < limit and upright
    return met, chances.little_forward * depth.probability_below(limit)


def _nothing_read(measurements: Measurements) -> str:
    reason = measurements.unmeasured().get(ESTIMATED)
    why = "the outline was not measured" if reason is None else reason.reason
    return Message("{why}; joint points alone say nothing about the tilt of the pelvis", why=why)


def outline_lost(warnings: Iterable[Issue]) -> Issue | None:
    """The warning that took the outline of the back away, which says how to retake the photo; None where none did."""
    return next((issue for issue in warnings if issue.code in OUTLINE_LOST), None)


def _next_steps(
    measurements: Measurements, clothing: Clothing | None, lost: Issue | None, near: bool
) -> tuple[str, ...]:
    """Steps that raise the certainty, the most helpful first: a loose top hides the back, not the bones under it."""
    steps = [SECOND_PHOTO] if near else []
    contour, marked = "contour_lordosis" in measurements.measured(), MARKED in measurements.measured()
    again = Message("Take the photo again: {retake}.", retake=SHOW_THE_BACK if lost is None else lost.retake)
    if not contour and not marked and lost is not None and lost.code == "loose_clothing":
        steps += [MARK_BONES, INCLINOMETER, again]
    else:
        steps += [again] if not contour and not marked else []
        steps += [MARK_BONES] if not marked else []
    steps.append(THREE_POSES)
    if clothing is None:
        steps.append("Say how tight the clothing is (tight, normal or loose).")
    return tuple(steps)


def clothing_of(measurements: Measurements) -> Clothing | None:
    """The clothes that an estimate was told of, by its method; None where it was told nothing."""
    estimate = measurements.measurement(ESTIMATED)
    method = "" if estimate is None else estimate.method
    declared: tuple[Clothing, ...] = ("tight", "normal")
    return next((clothes for clothes in declared if method.endswith(f"{clothes} clothes")), None)
