from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import lean
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import from_vertical


def trunk_incl(body: SagittalBody) -> Measurement:
    """Trunk inclination theta_T: lean of hip → shoulder from vertical, + leaning forward.

    Degrees. Hip (0, 0), shoulder (-50, 500) gives -5.7: leaning back. Norm -2.8 ± 2.7 (Woodhull 1985, computed).
    Source: docs/science.md, Joint angles.
    """
    return from_vertical(body, lean(body.point("hip"), body.point("shoulder")), "hip and shoulder points")
