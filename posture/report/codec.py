"""The parts of a report as objects of the JSON contract, and back.

The keys are listed in docs/reference/json.md. Numbers are rounded to what can be meant (four decimals), so that the
same bytes give the same JSON, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import cache
from importlib import resources
from typing import Any

from posture.body.body_outline import BodyOutline
from posture.errors import UsageError
from posture.findings.chance import Chance, Cuts
from posture.findings.verdict import Finding, Tilt
from posture.measures.measurement import Comparison, Measurement, Unmeasured
from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.quantity import Quantity
from posture.report.practice import Practice

#: No number of a report comes near it, and its square is still a number.
_FAR_TOO_LARGE = 1e12


def parsed(text: str) -> Any:
    """The JSON of a report, its numbers checked. Raises UsageError where it is none."""
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_sane, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is not a report of posture: no JSON ({error})") from error


@cache
def _check() -> Callable[[Any], Any]:
    import fastjsonschema  # half as long to load as everything else here together

    schema = json.loads((resources.files("posture") / "data" / "report.schema.json").read_text("utf-8"))
    check: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False)
    return check


def fault(data: Any) -> str:
    """First departure of a report from posture/data/report.schema.json, in words; empty where there is none."""
    from fastjsonschema import JsonSchemaValueException

    try:
        _check()(data)
    except JsonSchemaValueException as error:
        return str(error.message).removeprefix("data.")[:200]
    return ""


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _sane(text: str) -> float:
    value = float(text)
    if not abs(value) < _FAR_TOO_LARGE:
        raise ValueError(f"{text[:16]} is not a number that a report can hold")
    return value


def _whole(text: str) -> int:
    return int(_sane(text))


def rounded(value: float) -> float:
    """A number as reports hold it, four decimals: 1/3 gives 0.3333."""
    return round(float(value), 4) + 0.0  # + 0.0: no "-0.0"


def rounded_or_none(value: float | None) -> float | None:
    """`rounded`, where there is a number: None gives None, 1/3 gives 0.3333."""
    return None if value is None else rounded(value)


def plain_quantity(quantity: Quantity) -> dict[str, float]:
    """Value and sigma alone, whose unit the key tells: 1/3 ± 1 cm gives {"value": 0.3333, "sigma": 1.0}."""
    return {"value": rounded(quantity.value), "sigma": rounded(quantity.sigma)}


def practice_to_dict(one: Practice) -> dict[str, Any]:
    """An exercise done before the camera as the contract's object."""
    tempo = None if one.tempo_s is None else [rounded(part) for part in one.tempo_s]
    return {**asdict(one), "held_s": rounded(one.held_s), "tempo_s": tempo, "cues": dict(one.cues)}


def practice_from_dict(data: Mapping[str, Any]) -> Practice:
    """Back from `practice_to_dict`."""
    rise, stay, fall = data["tempo_s"] or (0.0, 0.0, 0.0)
    return Practice(**{**data, "tempo_s": (rise, stay, fall) if data["tempo_s"] else None})


def outline_from_dict(data: Mapping[str, Any]) -> BodyOutline:
    """A body's outline back from its object."""
    return BodyOutline(data["lowest_pct"], tuple(data["dorsal_pct"]), tuple(data["ventral_pct"]))


def measurement_to_dict(measured: Measurement | Unmeasured) -> dict[str, Any]:
    """A measured value, or the reason why there is none, as the contract's object."""
    if isinstance(measured, Unmeasured):
        return {"unmeasured": measured.reason}
    place = measured.comparison
    # what is derived is derived from the rounded figures, so that a report read back is the same report
    quantity = Quantity(rounded(measured.quantity.value), rounded(measured.quantity.sigma), measured.quantity.unit)
    sem = rounded(measured.sem)
    return {
        "value": quantity.value,
        "sigma": quantity.sigma,
        "sem": sem,
        "mdc95": rounded(replace(measured, sem=sem).mdc95),
        "low95": rounded(quantity.low95),
        "high95": rounded(quantity.high95),
        "unit": quantity.unit,
        "grade": measured.grade,
        "method": measured.method,
        "raw": rounded(measured.raw),
        "z": rounded(place.z) if place else None,
        "percentile": rounded(place.percentile) if place and place.percentile is not None else None,
        "norm": place.norm if place else None,
    }


def measurement_from_dict(data: Mapping[str, Any]) -> Measurement | Unmeasured:
    """Back from `measurement_to_dict`."""
    if "unmeasured" in data:
        return Unmeasured(data["unmeasured"])
    place = None if data["z"] is None else Comparison(data["z"], data["percentile"], data["norm"])
    quantity = Quantity(data["value"], data["sigma"], data["unit"])
    return Measurement(quantity, data["sem"], data["grade"], data["method"], data["raw"], place)


_PROBABILITIES = ("p_anterior", "p_marked", "p_posterior", "p_sway_back", "p_flat_back")


def finding_to_dict(finding: Finding) -> dict[str, Any]:
    """A finding as the contract's object."""
    return {
        "kind": finding.kind,
        "headline": finding.headline,
        **{name: rounded_or_none(getattr(finding, name)) for name in _PROBABILITIES},
        "tilt": None if finding.tilt is None else _tilt_to_dict(finding.tilt),
        "chance": None if finding.chance is None else _chance_to_dict(finding.chance),
        "cuts": None if finding.cuts is None else {k: rounded(v) for k, v in asdict(finding.cuts).items()},
        "grade": finding.grade,
        "because": finding.because,
        "firmer": list(finding.next_steps),
    }


def _tilt_to_dict(tilt: Tilt) -> dict[str, Any]:
    quantity = Quantity(rounded(tilt.quantity.value), rounded(tilt.quantity.sigma), tilt.quantity.unit)
    place = tilt.comparison
    return {
        "value": quantity.value,
        "sigma": quantity.sigma,
        "low95": rounded(quantity.low95),
        "high95": rounded(quantity.high95),
        "grade": tilt.grade,
        "method": tilt.method,
        "z": rounded(place.z) if place else None,
        "percentile": rounded(place.percentile) if place and place.percentile is not None else None,
        "norm": place.norm if place else None,
    }


def _tilt_from_dict(data: Mapping[str, Any]) -> Tilt:
    place = None if data["z"] is None else Comparison(data["z"], data["percentile"], data["norm"])
    return Tilt(Quantity(data["value"], data["sigma"], "deg"), data["grade"], data["method"], place)


def _chance_to_dict(chance: Chance) -> dict[str, Any]:
    values = asdict(chance)
    return {name: [rounded(x) for x in p] if isinstance(p, tuple) else rounded(p) for name, p in values.items()}


def finding_from_dict(data: Mapping[str, Any]) -> Finding:
    """Back from `finding_to_dict`."""
    tilt, chance, cuts = data["tilt"], data["chance"], data["cuts"]
    return Finding(
        kind=data["kind"],
        headline=data["headline"],
        tilt=None if tilt is None else _tilt_from_dict(tilt),
        chance=None if chance is None else Chance(**{**chance, "forward_range": tuple(chance["forward_range"])}),
        cuts=None if cuts is None else Cuts(**cuts),
        p_sway_back=data["p_sway_back"],
        p_flat_back=data["p_flat_back"],
        grade=data["grade"],
        because=data["because"],
        next_steps=tuple(data["firmer"]),
    )


def plan_to_dict(plan: Plan) -> dict[str, Any]:
    """A plan as the contract's object."""
    return {
        "mode": plan.mode,
        "sides": dict(plan.sides),
        "safety": plan.safety,
        "message": plan.message,
        "items": [
            {
                "id": item.id,
                "kind": item.kind,
                "side": item.side,
                "dose": dict(item.dose),
                "weeks": list(item.weeks),
                "cautions": list(item.cautions),
                "answers": item.answers,
                "source": list(item.source),
            }
            for item in plan.items
        ],
        "unknowns": list(plan.unknowns),
        "because": plan.because,
        "evidence": list(plan.evidence),
        "retest": {"weeks": plan.retest_weeks, "with": list(plan.retest_with)},
    }


def plan_from_dict(data: Mapping[str, Any]) -> Plan:
    """Back from `plan_to_dict`."""
    return Plan(
        mode=data["mode"],
        sides=data["sides"],
        safety=data["safety"],
        message=data["message"],
        items=tuple(
            Item(
                id=item["id"],
                kind=item["kind"],
                side=item["side"],
                dose=item["dose"],
                weeks=(item["weeks"][0], item["weeks"][1]),
                cautions=tuple(item["cautions"]),
                answers=item["answers"],
                source=tuple(item["source"]),
            )
            for item in data["items"]
        ),
        unknowns=tuple(data["unknowns"]),
        because=data["because"],
        evidence=tuple(data["evidence"]),
        retest_weeks=data["retest"]["weeks"],
        retest_with=tuple(data["retest"]["with"]),
    )
