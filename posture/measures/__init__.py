"""The clinical measures, one a file, all of one signature: SagittalBody -> Measurement | Unmeasured."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from posture.errors import DegenerateGeometry
from posture.measurement import Measurement, Unmeasured
from posture.measures.asis_psis_tilt import asis_psis_tilt
from posture.measures.contour_lordosis import contour_lordosis
from posture.measures.head_forward import head_forward
from posture.measures.hip_angle import hip_angle
from posture.measures.knee_flexion import knee_flexion
from posture.measures.lumbar_depth import lumbar_depth
from posture.measures.pelvic_displacement import pelvic_displacement
from posture.measures.pelvic_tilt_estimate import pelvic_tilt_estimate
from posture.measures.sacral_tangent import sacral_tangent
from posture.measures.shank_incl import shank_incl
from posture.measures.thigh_incl import thigh_incl
from posture.measures.trunk_incl import trunk_incl
from posture.sagittal import MissingPoint, NoContour, SagittalBody

Measure = Callable[[SagittalBody], Measurement | Unmeasured]

#: Every NAME of the JSON contract, in the order of the report.
MEASURES: MappingProxyType[str, Measure] = MappingProxyType(
    {
        measure.__name__: measure
        for measure in (
            trunk_incl,
            thigh_incl,
            shank_incl,
            hip_angle,
            knee_flexion,
            pelvic_displacement,
            head_forward,
            contour_lordosis,
            lumbar_depth,
            sacral_tangent,
            asis_psis_tilt,
            pelvic_tilt_estimate,
        )
    }
)


def take_all(body: SagittalBody) -> dict[str, Measurement | Unmeasured]:
    """Every measure of one body. What cannot be taken is `Unmeasured` and leaves the others alone."""
    return {name: _take(measure, body) for name, measure in MEASURES.items()}


def _take(measure: Measure, body: SagittalBody) -> Measurement | Unmeasured:
    try:
        return measure(body)
    except (MissingPoint, NoContour, DegenerateGeometry) as problem:
        return Unmeasured(str(problem))
