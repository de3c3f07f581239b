"""Lengths in centimetres, for a person whose stature is known."""

from __future__ import annotations

from math import cos, hypot, radians, sin

from posture.body.sagittal import SagittalBody
from posture.geometry import distance
from posture.measures.back_curve import curves
from posture.measures.measurement import Measurements
from posture.quantity import Quantity

#: One SD of the stature that is read off landmarks, as a share (generated people of the fit).
SCALE_SD = 0.02


def lengths_cm(body: SagittalBody, measurements: Measurements, stature_cm: float) -> dict[str, Quantity]:
    """Calibrated measures as lengths, cm with one SD: what is unmeasured has none.

    hips_ahead_of_ankles : sine of pelvic_displacement times ankle → hip, + forward
    head_ahead_of_shoulder : head_forward times the trunk's length, + forward
    lumbar_depth : deepest point of the back under the line that bridges it

    A displacement of 4 ± 1° over 90 cm of leg gives 6.3 ± 1.6 cm. The doubt is that of the angle and of the scale.
    """
    cm_per_px = stature_cm / body.stature_px
    found: dict[str, Quantity] = {}
    displacement = measurements.quantity("pelvic_displacement")
    if displacement is not None:
        leg = cm_per_px * distance(body.point("hip"), body.point("ankle"))
        angle, sigma = radians(displacement.value), radians(displacement.sigma)
        found["hips_ahead_of_ankles"] = _scaled(leg * sin(angle), leg * cos(angle) * sigma)
    for name, measure, whole_px in (
        ("head_ahead_of_shoulder", "head_forward", body.trunk_px),
        ("lumbar_depth", "lumbar_depth", None),
    ):
        percent = measurements.quantity(measure)
        if percent is not None:
            px = whole_px if whole_px is not None else curves(body)[0].chord
            share = cm_per_px * px / 100
            found[name] = _scaled(share * percent.value, share * percent.sigma)
    return found


def _scaled(value: float, sigma: float) -> Quantity:
    return Quantity(value, hypot(sigma, SCALE_SD * value), "cm")
