"""One client's pelvic tilt over the visits: one level for the person, and the rotation since.

The level is the reading of the best-graded visit; every other visit shows it plus what the pelvis rotated in between.
Marks are never averaged with outlines: a marked visit shows its marks, any other the level carried by the outlines'
rotation. All shown values come from one rule, so any two of them subtract to the change that is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt
from typing import Literal

from posture.findings.verdict import assess, best_evidence, clothing_of, outline_lost
from posture.followup.change import TOGETHER, Change, OwnError, judged, own_words, set_up_differs
from posture.followup.rotation import line_of, pelvic_rotation_change
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import ESTIMATED, MARKED, Measurement
from posture.measures.rotation_feature import CARRIED
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quantity import Z95, Quantity
from posture.report.report import Report

#: How the joint reading is called among measures.
TILT = "tilt"


@dataclass(frozen=True, slots=True)
class Joint:
    """One visit's joint reading.

    how : read from its own marks, carried from the level by the outlines, or alone where nothing connects it
    level : whether it is the visit whose own reading is the person's level
    because : why it stands alone; empty where it does not
    """

    measured: Measurement
    name: str
    how: Literal["marks", "outlines", "alone"]
    level: bool = False
    because: str = ""


def joint_readings(reports: Sequence[Report], knowledge: Knowledge) -> list[Joint | None]:
    """The joint reading of every report of one person, in their order; None where nothing says anything of the tilt.

    An outline of 9° at first and rotations of 3 and 5° since give 9, 12 and 14; with marks of 14° at the second visit
    they give 11, 14 and 16.
    """
    evidence = [best_evidence(report.measurements) for report in reports]
    base = level_of(reports)
    if base is None:
        return [None] * len(reports)
    level = evidence[base]
    assert level is not None
    return [_joint(reports[base], level, report, own, knowledge) for report, own in zip(reports, evidence, strict=True)]


def level_of(reports: Sequence[Report]) -> int | None:
    """Index of the report whose reading is the person's level; None where nobody's tilt was read.

    Of the marked ones, else of those with an outline: the one that most others can be compared with, the first such.
    """
    for name in (MARKED, ESTIMATED):
        read = [k for k, report in enumerate(reports) if name in report.measurements.measured()]
        if read:
            return max(read, key=lambda k: (sum(_connected(reports[k], other) for other in reports), -k))
    return None


def _connected(one: Report, other: Report) -> bool:
    """Whether the turn since one visit can be read in the other."""
    return not set_up_differs(one, other) and line_of(one) == line_of(other)


def _joint(
    base: Report,
    level: tuple[str, Measurement],
    report: Report,
    own: tuple[str, Measurement] | None,
    knowledge: Knowledge,
) -> Joint | None:
    name, at = level
    if report is base:
        return Joint(at, name, "marks" if name == MARKED else "outlines", level=True)
    problem = set_up_differs(base, report)
    if not problem and own is not None and own[0] == name == MARKED:
        return Joint(own[1], MARKED, "marks")
    rotation = None if problem else pelvic_rotation_change(base, report)
    if rotation is None:
        return (
            None
            if own is None
            else Joint(own[1], own[0], "alone", because=problem or "the outlines cannot be compared")
        )
    value = at.quantity.value + rotation.value
    sigma = hypot(at.quantity.sigma, rotation.sigma) if name == MARKED else _sigma_of(report, at)
    quantity = Quantity(value, sigma, "deg")
    measured = Measurement(
        quantity=quantity,
        sem=knowledge.tilt_model.rotation.sem,
        grade="B" if name == MARKED else "C",
        method=CARRIED if name == MARKED else at.method,
        raw=value,
        comparison=place(name, quantity, knowledge),
    )
    return Joint(measured, name, "outlines")


def _sigma_of(report: Report, level: Measurement) -> float:
    """Of an outline's level carried by outlines: this photo's own, whose shape errs as the level's does."""
    own = report.measurements.quantity(ESTIMATED)
    return level.quantity.sigma if own is None else own.sigma


def joint_change(before: Joint, after: Joint, own: OwnError | None, knowledge: Knowledge) -> Change:
    """Change of the tilt between two visits: the difference of the values shown, judged by its own error.

    Two visits carried by outlines differ by the outlines' error alone, two marked ones by that of marking; a marked
    visit and a carried one by both, unless the marked one is the level itself.
    """
    values = before.measured.quantity.value, after.measured.quantity.value
    for one in (before, after):
        if one.how == "alone":
            return Change(TILT, *values, None, None, "deg", "not_comparable", one.because)
    marks = [one for one in (before, after) if one.how == "marks"]
    through_level = len(marks) == 1 and not marks[0].level

    model = knowledge.tilt_model.rotation

    def error(name: str, usual: float) -> tuple[float, bool]:
        return (own.sem[name], True) if own is not None and name in own.sem else (usual, False)

    parts = []
    if len(marks) < 2:
        parts.append(error(ESTIMATED, model.sem))
    if len(marks) == 2 or through_level:
        parts.append(error(MARKED, knowledge.errors[MARKED].repeat_sd))
    sigma, known = sqrt(2) * hypot(*(sem for sem, _ in parts)), any(is_own for _, is_own in parts)
    if own is not None and known:
        mdc95, whose = own.quantile * sigma, own_words(own)
    else:
        mdc95, whose = Z95 * sigma, "measurement error"
    return judged(TILT, values, mdc95, "deg", whose + (TOGETHER if len(marks) < 2 else ""))


def with_joint(report: Report, joint: Joint | None, intake: Intake, knowledge: Knowledge) -> Report:
    """The report as the client's file shows it: the joint reading in place of its own, the finding made from it.

    The plan follows only where the verdict is another one: what was handed out stays.
    """
    if joint is None or joint.measured is report.measurements.get(joint.name) or report.finding is None:
        return report
    measurements = report.measurements | {joint.name: joint.measured}
    clothing = clothing_of(report.measurements)
    finding = assess(measurements, knowledge, clothing, outline_lost(report.warnings))
    plan = report.plan if finding.kind == report.finding.kind else advise(finding.kind, intake, knowledge)
    return replace(report, measurements=measurements, finding=finding, plan=plan)
