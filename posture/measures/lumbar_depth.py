from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.measures.back_curve import BackCurve, contour_measurement
from posture.measures.measurement import Measurement


def lumbar_depth(body: SagittalBody) -> Measurement:
    """Lumbar depth index LD: depth of the hollow in percent of the line that bridges it from seat to thorax.

    A hollow of 30 px under a bridging line of 400 px gives 7.5. Independent of camera roll and size.
    Source: docs/science.md, Outline of the back.
    """
    return contour_measurement(body, _depth, "%", "outline of the back, depth under the bridging line")


def _depth(curve: BackCurve) -> float:
    return 100 * curve.depth / curve.chord
