"""The clinical measures, one a file: SagittalBody -> Measurement | Unmeasured; the estimate reads its model as well.

A measure is a function in a file of its name here, and a file of its name in ``data/measures``, by which it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from posture.body.sagittal import BODY_POINTS, MissingPoint, NoContour, SagittalBody
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
            measures[name] = _measure(name, table)
        except KnowledgeError as error:
            raise KnowledgeError(f"measures/{name}.toml: {error}") from error
    return measures


def _measure(name: str, table: files.Table) -> Measure:
    try:
        take = getattr(import_module(f"posture.measures.{name}"), name)
    except (ImportError, AttributeError) as error:
        raise KnowledgeError(f"posture/measures/{name}.py with a function {name} is missing") from error
    if other := [key for words in files.words_of(table).values() for key in words if key != "page"]:
        raise KnowledgeError(f"{other[0]} unknown: words in another language stand under page")
    fields = files.fields_of(table, "error", "norm")
    joints = frozenset(fields.get("joints", ()))
    if unknown := joints - {*BODY_POINTS}:
        raise KnowledgeError(f"joint {min(unknown)} unknown: choose from {', '.join(sorted(BODY_POINTS))}")
    return entry(Measure, fields | {"take": take, "joints": joints})


__all__ = ["MEASURES", "Measure", "table", "take_all"]


def __dir__() -> list[str]:
    return __all__


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
