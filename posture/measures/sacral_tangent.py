from __future__ import annotations

from dataclasses import replace
from math import atan2, degrees

from posture.body.sagittal import SagittalBody
from posture.errors import DegenerateGeometry
from posture.measures.back_curve import BackCurve, contour_measurement
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import YAW_LEAKAGE

#: The stretch of outline that is read, in trunk lengths below the deepest point of the hollow.
FROM, TO = 0.04, 0.12


def sacral_tangent(body: SagittalBody) -> Measurement:
    """Sacral tangent SG: lean of the outline just below the deepest point of the hollow, + top tipped forward.

    Degrees from vertical, over 8 % of the trunk's length. Outline points (0, 0) and (10, 30), the upper one further
    forward, give +18.4. No norm exists; useful for change within one person.
    Source: docs/science.md, Outline of the back.
    """
    trunk = body.trunk_px

    def tangent(curve: BackCurve) -> float:
        below = curve.xy[curve.apex, 1] - curve.xy[:, 1]
        part = curve.xy[(below >= FROM * trunk) & (below <= TO * trunk)]
        if len(part) < 3:
            raise DegenerateGeometry("too little outline below the deepest point of the back")
        run, rise = part[-1] - part[0]
        return degrees(atan2(run, rise))

    measured = contour_measurement(body, tangent, "deg", "outline of the back below its deepest point")
    jitter = measured.quantity.widened(body.roll_sigma_deg)
    return replace(measured, quantity=jitter.widened(YAW_LEAKAGE * body.yaw_deg), sem=jitter.sigma)
