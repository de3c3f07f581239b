from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import joint_angle
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import between_segments


def hip_angle(body: SagittalBody) -> Measurement:
    """Signed hip angle phi_H = theta_F - theta_T, + extended, - flexed; 0 is a straight shoulder-hip-knee line.

    Degrees. Thigh leaning +3, trunk -3 gives +6. It says how the trunk stands on the legs and nothing about the tilt
    of the pelvis: the hip point lies on the pelvis's own axis of rotation (|r| <= 0.1: docs/science.md, Findings of the
    trial). Source: docs/science.md, Joint angles.
    """
    angle = joint_angle(body.point("knee"), body.point("hip"), body.point("shoulder"))
    return between_segments(body, angle, "shoulder, hip and knee points")
