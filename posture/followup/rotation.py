"""How far the pelvis turned between two photos of one person: what shape and cloth are the same in cancels.

A photo's turn is a straight line on the outline that was fitted on pairs of photos of the same people. Its zero is
unknown and another one for every person and every set of clothes, so only differences within one person mean anything.
"""

from __future__ import annotations

from math import sqrt

from posture.body.outline_features import outline_vector
from posture.body.sagittal import SagittalBody
from posture.errors import PostureError
from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import TiltModel
from posture.measures.measurement import Measurement, Unmeasured
from posture.quantity import Quantity
from posture.report.report import Report

MARKED, ESTIMATED = "asis_psis_tilt", "pelvic_tilt_estimate"
CARRIED = "the marks of another photo of this person, moved by the turn of the pelvis since"


def turn_of(body: SagittalBody, model: TiltModel) -> Quantity | None:
    """The turn of one photo, degrees, + anterior, its zero unknown; None where the outline cannot be used.

    sigma is the error about the person's own line between photos in the same clothes: two photos that read 4 ± 2 and
    10 ± 2 give a pelvis turned forward by 6 ± 2.8.
    """
    try:
        vector = outline_vector(body)
    except PostureError:  # the estimate says why
        return None
    if model.strangeness(vector) > 1:
        return None
    return Quantity(model.turn(vector), model.turn.error, "deg")


def turned(before: Report, after: Report) -> Quantity | None:
    """Degrees by which the pelvis turned forward from one photo to another of the same person; None where unknown.

    Turns of 4 ± 2 and 10 ± 2 give 6 ± 2.8.
    """
    one, other = (report.measurements.get(ESTIMATED) for report in (before, after))
    if before.turn is None or after.turn is None:
        return None
    if not isinstance(one, Measurement) or not isinstance(other, Measurement) or one.method != other.method:
        return None  # other clothes were told
    sigma = sqrt(before.turn.sigma**2 + after.turn.sigma**2)
    return Quantity(after.turn.value - before.turn.value, sigma, "deg")


def carried(marked: Report, other: Report) -> Measurement | None:
    """The ASIS-PSIS tilt of a photo without marks, from one of the same person with marks; None where unknown.

    Marks that read 14 ± 3.6 and a turn of -3 ± 2.8 since give 11 ± 4.6: the bone's shape and the finger's error stay
    as they were, the turn's doubt is added. Grade B.
    """
    at, now = marked.measurements.get(MARKED), other.measurements.get(MARKED)
    turn = turned(marked, other)
    if turn is None or not isinstance(at, Measurement) or not isinstance(now, Unmeasured):
        return None
    value, sigma = at.quantity.value + turn.value, sqrt(at.quantity.sigma**2 + turn.sigma**2)
    sem = Knowledge.load().tilt_model.turn.sem
    return Measurement(Quantity(value, sigma, "deg"), sem, "B", CARRIED, at.raw + turn.value)
