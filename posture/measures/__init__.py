"""The clinical measures, one a file: SagittalBody -> Measurement | Unmeasured; the estimate reads its model as well.

A measure is a function in a file of its name here, and a file of its name in ``data/measures``, by which it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from posture.body.sagittal import MissingPoint, NoContour, SagittalBody
from posture.errors import DegenerateGeometry, KnowledgeError
from posture.knowledge import files
from posture.knowledge.load import entry
from posture.knowledge.tilt_model import TiltModel
from posture.measures.measurement import Measurement, Measurements, Unmeasured


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


def _found() -> dict[str, Measure]:
    """Every measure of the data folder with its function, in the order of the report."""
    measures = {}
    for name, table in files.folder("measures").items():
        try:
            take = getattr(import_module(f"posture.measures.{name}"), name)
        except (ImportError, AttributeError) as error:
            raise KnowledgeError(f"measures/{name}.toml: posture/measures/{name}.py has no function {name}") from error
        fields = files.fields_of(table, "error", "norm")
        measures[name] = entry(Measure, fields | {"take": take, "joints": frozenset(fields.get("joints", ()))})
    return measures


#: Every NAME of the JSON contract, in the order of the report.
MEASURES: Mapping[str, Measure] = MappingProxyType(_found())


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
