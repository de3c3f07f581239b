from __future__ import annotations

from math import hypot

from posture.body.sagittal import SagittalBody
from posture.geometry import slope
from posture.measures.measurement import ESTIMATED, MARKED, Measurement, Measurements, Unmeasured
from posture.measures.segment_angles import YAW_LEAKAGE

#: SD of the personal shape of the bones between ASIS-PSIS and the rotation that an outline shows, degrees
#: (docs/method.md, What is estimated).
BONE_SHAPE_DEG = 3.5
#: So many SDs of their difference apart, marks and outline contradict each other.
CONTRADICTION_SDS = 2.0


def asis_psis_tilt(body: SagittalBody) -> Measurement | Unmeasured:
    """Pelvic tilt PT from marked skin over ASIS and PSIS: the line PSIS → ASIS below the horizontal, + anterior.

    Degrees. PSIS (0, 0), ASIS (100, -20) in a frame with y up gives +11.3: the front end is lower. Standing adults
    without complaints show about 10 ± 5 (docs/science.md, Marked pelvic tilt). Radiographic pelvic tilt is another
    quantity with the opposite sign and must never be mixed with it.
    """
    if body.asis is None or body.psis is None:
        return Unmeasured("the front and back hip bones (ASIS, PSIS) are not marked")
    line = slope(rear=body.psis, front=body.asis)
    jitter = line.widened(body.roll_sigma_deg)
    tilt = jitter.shifted(-2 * line.value).widened(YAW_LEAKAGE * body.yaw_deg)
    method = "stickers found over ASIS and PSIS" if body.stickers else "marked ASIS and PSIS"
    return Measurement(tilt, jitter.sigma, "A", method, tilt.value)


def contradicted(measurements: Measurements) -> bool:
    """Whether the outline speaks against the marks, beyond what both sigmas and bone shape explain in 95 of 100.

    Marks of 24 ± 3.6 against an estimate of 16 ± 4.6 do not: 8 is less than 2 · sqrt(3.6² + 4.6² + 3.5²) = 13.6. Marks
    of −11 do. Without an estimate nothing speaks against them.
    """
    marked, estimate = (measurements.quantity(name) for name in (MARKED, ESTIMATED))
    if marked is None or estimate is None:
        return False
    return abs(marked.value - estimate.value) > CONTRADICTION_SDS * hypot(marked.sigma, estimate.sigma, BONE_SHAPE_DEG)
