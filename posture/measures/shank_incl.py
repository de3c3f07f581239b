from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import lean
from posture.measures.measurement import Measurement
from posture.measures.segment_angles import from_vertical


def shank_incl(body: SagittalBody) -> Measurement:
    """Shank inclination theta_K: lean of ankle → knee from vertical, + knee ahead of the ankle.

    Degrees. Ankle (0, 0), knee (20, 400) gives +2.9. Source: docs/science.md, Joint angles.
    """
    return from_vertical(body, lean(body.point("ankle"), body.point("knee")), "ankle and knee points")
