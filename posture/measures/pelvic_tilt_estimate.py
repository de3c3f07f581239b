from __future__ import annotations

from posture.measurement import Measurement, Unmeasured
from posture.sagittal import SagittalBody


def pelvic_tilt_estimate(_body: SagittalBody) -> Measurement | Unmeasured:
    """Pelvic rotation estimated from the whole outline, on the ASIS-PSIS scale.

    Always unmeasured until a calibration against people of known tilt has been fitted and tested: a number without
    it would be a guess. Source: KNOWN_TRUTH section 10.
    """
    return Unmeasured("no tested calibration from the outline to pelvic tilt exists yet; mark ASIS and PSIS instead")
