"""The clinical measures, one a file: SagittalBody -> Measurement | Unmeasured; the estimate reads its model as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from posture.body.sagittal import MissingPoint, NoContour, SagittalBody
from posture.errors import DegenerateGeometry
from posture.knowledge.tilt_model import TiltModel
from posture.measures.asis_psis_tilt import asis_psis_tilt
from posture.measures.contour_lordosis import contour_lordosis
from posture.measures.head_forward import head_forward
from posture.measures.hip_angle import hip_angle
from posture.measures.knee_flexion import knee_flexion
from posture.measures.lumbar_depth import lumbar_depth
from posture.measures.measurement import Measurement, Measurements, Unmeasured
from posture.measures.pelvic_displacement import pelvic_displacement
from posture.measures.pelvic_tilt_estimate import pelvic_tilt_estimate
from posture.measures.sacral_tangent import sacral_tangent
from posture.measures.shank_incl import shank_incl
from posture.measures.thigh_incl import thigh_incl
from posture.measures.trunk_incl import trunk_incl


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: how it is taken, and what people are told of it.

    take : its function, of the name that it has everywhere · called : shown name
    sign : what plus and minus mean · unit : of its values, "deg" or "%"
    joints : the joints whose known offsets lie in it; none for outlines and marked points
    to_vertical : it is read against the vertical, so that the camera's roll is in all shots alike
    modelled : its function is given the tilt model beside the body
    """

    take: Callable[..., Measurement | Unmeasured]
    called: str
    sign: str
    joints: frozenset[str] = frozenset()
    unit: str = "deg"
    to_vertical: bool = False
    modelled: bool = False


def _on(*joints: str) -> frozenset[str]:
    return frozenset(joints)


#: Every NAME of the JSON contract, in the order of the report.
MEASURES: MappingProxyType[str, Measure] = MappingProxyType(
    {
        measure.take.__name__: measure
        for measure in (
            Measure(
                trunk_incl,
                "Trunk lean",
                "plus leans forward, minus leans back",
                _on("shoulder", "hip"),
                to_vertical=True,
            ),
            Measure(thigh_incl, "Thigh lean", "plus: hip ahead of the knee", _on("hip", "knee"), to_vertical=True),
            Measure(
                shank_incl, "Lower-leg lean", "plus: knee ahead of the ankle", _on("knee", "ankle"), to_vertical=True
            ),
            Measure(
                hip_angle,
                "Hip angle (trunk on thigh)",
                "plus extended, minus bent; says nothing about the tilt of the pelvis",
                _on("shoulder", "hip", "knee"),
            ),
            Measure(knee_flexion, "Knee bend", "plus bent, minus pushed back", _on("hip", "knee", "ankle")),
            Measure(
                pelvic_displacement,
                "Hips ahead of the feet",
                "plus: hips forward of the ankles",
                _on("hip", "ankle"),
                to_vertical=True,
            ),
            Measure(
                head_forward,
                "Head ahead of the shoulder",
                "plus: ear ahead of the shoulder, in percent of trunk length",
                _on("ear", "shoulder", "hip"),
                "%",
                to_vertical=True,
            ),
            Measure(contour_lordosis, "Curve of the lower back", "larger is more hollow; skin and cloth, not bone"),
            Measure(
                lumbar_depth, "Depth of the lower back", "larger is deeper, in percent of the bridging line", unit="%"
            ),
            Measure(sacral_tangent, "Slope above the seat", "plus: top tipped forward", to_vertical=True),
            Measure(asis_psis_tilt, "Pelvic tilt, marked", "plus: front of the pelvis lower"),
            Measure(pelvic_tilt_estimate, "Pelvic tilt, estimated", "plus: front of the pelvis lower", modelled=True),
        )
    }
)


def table() -> list[dict[str, str]]:
    """Every measure as a row of texts: name, title, unit, sign, and the joints that lie in it.

    The row of the hip angle begins with the name "hip_angle" and the title "Hip angle (trunk on thigh)".
    """
    return [
        {
            "name": name,
            "title": measure.called,
            "unit": measure.unit,
            "sign": measure.sign,
            "joints": ", ".join(sorted(measure.joints)),
        }
        for name, measure in MEASURES.items()
    ]


def take_all(body: SagittalBody, model: TiltModel) -> Measurements:
    """Every measure of one body. What cannot be taken is `Unmeasured` and leaves the others alone."""
    return Measurements({name: _take(measure, body, model) for name, measure in MEASURES.items()})


def _take(measure: Measure, body: SagittalBody, model: TiltModel) -> Measurement | Unmeasured:
    try:
        return measure.take(body, model) if measure.modelled else measure.take(body)
    except (MissingPoint, NoContour, DegenerateGeometry) as problem:
        return Unmeasured(str(problem))
