"""Whether looking again at a photo would tell more: what its first looks gave, and what more of them changed."""

from __future__ import annotations

from dataclasses import dataclass

from posture.body.observation import Observation
from posture.body.overrides import Options
from posture.findings.verdict import BY_CHANCE, Finding
from posture.knowledge.quality_limits import QualityLimits
from posture.measures.measurement import Measurements
from posture.quality.view import View

#: Two looks settle a reading that lies this far from every cut, degrees; two more that move it by so little settle any.
CLEAR_OF_CUTS_DEG, STAYS_WITHIN_DEG = 2.0, 0.5
#: Two looks settle a turn that lies this far below the limit of refusal, degrees: six looks move it by up to 1°.
CLEAR_OF_REFUSAL_DEG = 2.0
#: Warnings of what more looks would see no better.
NO_MATTER = ("cropped", "turned_slightly")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Result of one observation.

    options : those that were followed, without points that lie beside the body
    """

    observation: Observation
    options: Options
    view: View
    measurements: Measurements
    finding: Finding | None


def settles(gates: QualityLimits, first: Measured, again: Measured | None = None) -> bool:
    """Whether more looks would tell no more: all is clear after the first, or the next ones changed nothing."""
    if again is not None:
        return _stays(first, again)
    if first.view.body is None or any(warning.code not in NO_MATTER for warning in first.view.warnings):
        return False
    if first.view.body.yaw_deg > gates.yaw_refuse_deg - CLEAR_OF_REFUSAL_DEG:
        return False
    finding = first.finding
    if finding is None:  # of a minor, whose numbers stand alone
        return True
    if finding.tilt is None or finding.cuts is None or finding.kind not in BY_CHANCE:
        return False
    return finding.cuts.clearance(finding.tilt.quantity.value) >= CLEAR_OF_CUTS_DEG


def _stays(before: Measured, after: Measured) -> bool:
    """Whether the verdict is the same, and the reading where there is one."""
    kinds, tilts = zip(*(_verdict(one) for one in (before, after)), strict=True)
    if kinds[0] != kinds[1] or (tilts[0] is None) != (tilts[1] is None):
        return False
    return tilts[0] is None or tilts[1] is None or abs(tilts[0] - tilts[1]) <= STAYS_WITHIN_DEG


def _verdict(measured: Measured) -> tuple[object, float | None]:
    """The verdict, refusals included, and the tilt's reading."""
    if measured.finding is None:
        return tuple(reason.code for reason in measured.view.reasons), None
    tilt = measured.finding.tilt
    return measured.finding.kind, None if tilt is None else tilt.quantity.value
