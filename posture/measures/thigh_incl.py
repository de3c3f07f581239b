from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import lean
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import from_vertical


def thigh_incl(body: SagittalBody) -> Measurement:
    """Thigh inclination theta_F: lean of knee → hip from vertical, + hip ahead of the knee.

    Degrees. Knee (0, 0), hip (20, 400) gives +2.9. Source: docs/science.md, Joint angles.
    """
    return from_vertical(body, lean(body.point("knee"), body.point("hip")), "knee and hip points")
