"""Pelvic rotation between two photos of one person: constant shape and cloth cancel.

A photo's turn is a weighted mean of a straight line on the outline, fitted on pairs of photos of the same people, and
of the stretched estimate. Its zero is unknown and another one for every person and every set of clothes, so only
differences within one person mean anything.
"""

from __future__ import annotations

from math import sqrt

from posture.findings.verdict import clothing_of
from posture.knowledge.load import Knowledge
from posture.measures.measurement import ESTIMATED, MARKED, Measurement
from posture.measures.rotation_feature import CARRIED
from posture.quantity import Quantity
from posture.report.report import Report


def line_of(report: Report) -> str:
    """Version of the line that reads a photo's turn; turns of two lines say nothing of each other.

    Reports of schema 1 name it by the version of the whole tilt model, behind the calibration's.
    """
    return report.versions.get("rotation") or (report.versions.get("calibration") or "").partition(", tilt ")[2]


def pelvic_rotation_change(before: Report, after: Report) -> Quantity | None:
    """Degrees by which the pelvis turned forward from one photo to another of the same person; None where unknown.

    Turns of 4 ± 2 and 10 ± 2 give 6 ± 2.8.
    """
    if before.rotation is None or after.rotation is None or line_of(before) != line_of(after):
        return None
    if any(report.measurements.measurement(ESTIMATED) is None for report in (before, after)):
        return None
    if clothing_of(before.measurements) != clothing_of(after.measurements):
        return None
    sigma = sqrt(before.rotation.sigma**2 + after.rotation.sigma**2)
    return Quantity(after.rotation.value - before.rotation.value, sigma, "deg")


def propagate_marks(marked: Report, other: Report, knowledge: Knowledge) -> Measurement | None:
    """The ASIS-PSIS tilt of a photo without marks, from one of the same person with marks; None where unknown.

    Marks that read 14 ± 3.6 and a turn of -3 ± 2.8 since give 11 ± 4.6: the bone's shape and the finger's error stay
    as they were, the turn's doubt is added. Grade B.
    """
    at, rotation = marked.measurements.measurement(MARKED), pelvic_rotation_change(marked, other)
    if rotation is None or at is None or MARKED not in other.measurements.unmeasured():
        return None
    value, sigma = at.quantity.value + rotation.value, sqrt(at.quantity.sigma**2 + rotation.sigma**2)
    sem = knowledge.tilt_model.rotation.sem
    return Measurement(Quantity(value, sigma, "deg"), sem, "B", CARRIED, at.raw + rotation.value)
