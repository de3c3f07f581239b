from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import lean
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import from_vertical


def pelvic_displacement(body: SagittalBody) -> Measurement:
    """Pelvic displacement PD: lean of ankle → hip from vertical, + hips forward of the ankles.

    Degrees. Ankle (0, 0), hip (60, 850) gives +4.0. Norm 4.2 ± 0.9 (Woodhull 1985, computed).
    Source: docs/science.md, Joint angles.
    """
    return from_vertical(body, lean(body.point("ankle"), body.point("hip")), "ankle and hip points")
