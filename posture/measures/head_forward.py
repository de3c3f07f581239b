from __future__ import annotations

from math import hypot, radians

from posture.body.sagittal import SagittalBody
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import YAW_LEAKAGE
from posture.quantity import Quantity


def head_forward(body: SagittalBody) -> Measurement:
    """Head-forward offset: ear ahead of the shoulder, in percent of the trunk's length, + forward.

    Ear 40 px ahead of the shoulder over a trunk of 400 px gives 10. This is not the craniovertebral angle, which needs
    the seventh neck vertebra; its cut-offs do not apply. Source: docs/science.md, Joint angles.
    """
    ear, shoulder = body.point("ear"), body.point("shoulder")
    run, rise = ear.minus(shoulder)
    landmarks = 100 * hypot(ear.sigma, shoulder.sigma) / body.trunk_px
    per_degree = 100 * radians(1) * abs(rise) / body.trunk_px  # one degree of roll moves the ear this far sideways
    jitter = hypot(landmarks, per_degree * body.roll_sigma_deg)
    sigma = hypot(jitter, per_degree * YAW_LEAKAGE * body.yaw_deg)
    value = 100 * run / body.trunk_px
    return Measurement(Quantity(value, sigma, "%"), jitter, "D", "ear and shoulder points", value)
