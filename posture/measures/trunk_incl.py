from __future__ import annotations

from posture.geometry import lean
from posture.measurement import Measurement
from posture.measures.skeleton import from_vertical
from posture.sagittal import SagittalBody


def trunk_incl(body: SagittalBody) -> Measurement:
    """Trunk inclination theta_T: lean of hip → shoulder from vertical, + leaning forward.

    Degrees. Hip (0, 0), shoulder (-50, 500) gives -5.7: leaning back. Norm -2.8 ± 2.7 (Woodhull 1985, computed).
    Source: SCIENCE section 3.
    """
    return from_vertical(body, lean(body.point("hip"), body.point("shoulder")), "hip and shoulder points")
