from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.geometry import slope
from posture.measures.measurement import Measurement, Unmeasured
from posture.measures.segment_angles import YAW_LEAKAGE


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
