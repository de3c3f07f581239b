from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import joint_angle
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import between_segments


def knee_flexion(body: SagittalBody) -> Measurement:
    """Knee flexion phi_K = theta_K - theta_F, + flexed, - hyperextended.

    Degrees. Shank leaning +5, thigh -5 gives +10. Norm 2 ± 5 (Woodhull 1985, computed).
    Source: docs/science.md, Joint angles.
    """
    angle = joint_angle(body.point("ankle"), body.point("knee"), body.point("hip"))
    return between_segments(body, angle, "hip, knee and ankle points")
