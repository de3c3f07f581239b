from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.measures.back_curve import BackCurve, contour_measurement
from posture.measures.measurement import Measurement


def contour_lordosis(body: SagittalBody) -> Measurement:
    """Contour lordosis LLc: how far the tangent of the back turns between its two inflections, + hollow.

    Degrees; the steepest forward lean between seat and deepest point minus the steepest backward lean between there
    and the thorax. Tangents leaning +20 below and -15 above give 35. It describes skin and cloth, not vertebrae, so
    only its place among people is used, never a cut-off in degrees. Source: docs/science.md, Outline of the back.
    """
    return contour_measurement(body, _lordosis, "deg", "outline of the back, tangents at the two inflections")


def _lordosis(curve: BackCurve) -> float:
    below, above = curve.lean_deg[: curve.apex + 1], curve.lean_deg[curve.apex :]
    return float(below.max() - above.min())
