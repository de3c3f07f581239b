"""The whole story of one photo: one frozen record that becomes JSON and comes back the same.

The keys are the contract of docs/reference/json.md. Numbers are rounded to what can be meant (four decimals), so that
the same bytes give the same JSON, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from posture.body.body_outline import BodyOutline
from posture.errors import ROLL_UNKNOWN, Issue, UsageError
from posture.findings.assess import Finding, Tilt, assess, clothing_of, outline_lost
from posture.findings.chance import Chance, Cuts
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import ESTIMATED, MARKED, Comparison, Measurement, Unmeasured
from posture.plan.advise import Item, Plan
from posture.quantity import Quantity
from posture.report.practice import Practice

SCHEMA = 2
#: Older shapes that are still read.
READ_TOO = (1,)
#: No number of a report comes near it, and its square is still a number.
_FAR_TOO_LARGE = 1e12


@dataclass(frozen=True, slots=True)
class PhotoInfo:
    """Which photo: the path as given, the hash of its bytes, its upright size; None where it could not be read."""

    file: str
    sha256: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Stickers:
    """Two round spots that may be stickers on ASIS and PSIS, (x, y) in pixels of the upright photo.

    confidence : probability 0..1 that they are · used : the tilt was read from them
    """

    asis: tuple[float, float]
    psis: tuple[float, float]
    confidence: float
    used: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen, measured, found and proposed for one photo.

    by_hand : names of the points that somebody set · outline : None where it cannot be used
    outline_vector : the whole outline as the tilt model reads it, so that a later model can read it again
    turn : of the pelvis, degrees from a zero that is this person's own in these clothes; only its change means anything
    practice : exercises done before the camera on the same visit
    notes : what is known of the photo and asks nobody to look again, where ``warnings`` do
    """

    photo: PhotoInfo
    status: Literal["analyzed", "refused"]
    reasons: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    facing: Literal["left", "right"] | None
    quality: Mapping[str, float | None]
    measurements: Mapping[str, Measurement | Unmeasured]
    finding: Finding | None
    plan: Plan | None
    versions: Mapping[str, str | None]
    stickers: Stickers | None = None
    lengths_cm: Mapping[str, Quantity] = field(default_factory=dict)
    by_hand: tuple[str, ...] = ()
    outline: BodyOutline | None = None
    outline_vector: tuple[float, ...] | None = None
    turn: Quantity | None = None
    practice: tuple[Practice, ...] = ()
    notes: tuple[Issue, ...] = ()

    @property
    def emergency(self) -> bool:
        """Whether an answer sends to help now: then its message stands alone wherever a person reads it."""
        return self.plan is not None and self.plan.safety == "emergency"

    def to_dict(self) -> dict[str, Any]:
        """The report as the JSON contract's object."""
        return {
            "schema": SCHEMA,
            "photo": asdict(self.photo),
            "status": self.status,
            "reasons": [asdict(remark) for remark in self.reasons],
            "warnings": [asdict(remark) for remark in self.warnings],
            "notes": [asdict(remark) for remark in self.notes],
            "facing": self.facing,
            "quality": {name: _optional(value) for name, value in self.quality.items()},
            "stickers": None if self.stickers is None else _stickers_to_dict(self.stickers),
            "by_hand": list(self.by_hand),
            "measurements": {name: _measurement_to_dict(m) for name, m in self.measurements.items()},
            "lengths_cm": {name: _plain_quantity(length) for name, length in self.lengths_cm.items()},
            "finding": None if self.finding is None else _finding_to_dict(self.finding),
            "plan": None if self.plan is None else plan_to_dict(self.plan),
            "outline": None if self.outline is None else asdict(self.outline),
            "outline_vector": None if self.outline_vector is None else [round(x, 5) for x in self.outline_vector],
            "turn": None if self.turn is None else _plain_quantity(self.turn),
            "practice": [_practice_to_dict(one) for one in self.practice],
            "versions": dict(self.versions),
        }

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report written by `to_json`. Raises UsageError naming what is wrong with the text."""
        try:
            data = json.loads(text, parse_constant=_no_number, parse_float=_sane, parse_int=_whole)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"this is not a report of posture: no JSON ({error})") from error
        if not isinstance(data, dict) or data.get("schema") not in (SCHEMA, *READ_TOO):
            raise UsageError(f"this is not a report of posture with schema {SCHEMA}, or with an older one")
        if data["schema"] != SCHEMA:
            data = _renewed(data)
        if wrong := _fault(data):
            raise UsageError(f"this report is damaged: {wrong}")
        try:
            warnings, notes = _warnings_and_notes(data)
            return cls(
                photo=PhotoInfo(**data["photo"]),
                status=data["status"],
                reasons=tuple(Issue(**remark) for remark in data["reasons"]),
                warnings=warnings,
                notes=notes,
                facing=data["facing"],
                quality=data["quality"],
                measurements={name: _measurement_from_dict(m) for name, m in data["measurements"].items()},
                finding=None if data["finding"] is None else _finding_from_dict(data["finding"]),
                plan=None if data["plan"] is None else _plan_from_dict(data["plan"]),
                versions=data["versions"],
                stickers=_stickers_from_dict(data["stickers"]) if data.get("stickers") else None,  # older: no key
                by_hand=tuple(data.get("by_hand", ())),
                outline=_outline_from_dict(data["outline"]) if data.get("outline") else None,
                outline_vector=tuple(data["outline_vector"]) if data.get("outline_vector") else None,
                turn=Quantity(data["turn"]["value"], data["turn"]["sigma"], "deg") if data.get("turn") else None,
                practice=tuple(_practice_from_dict(one) for one in data.get("practice", ())),
                lengths_cm={
                    name: Quantity(length["value"], length["sigma"], "cm")
                    for name, length in data.get("lengths_cm", {}).items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"this report is damaged: {type(error).__name__} {error}") from error


def refused(photo: PhotoInfo, reason: Issue, versions: Mapping[str, str | None], plan: Plan | None = None) -> Report:
    """The report of a photo that could not even be looked at."""
    return Report(photo, "refused", (reason,), (), None, {}, {}, None, plan, versions)


def _warnings_and_notes(data: Mapping[str, Any]) -> tuple[tuple[Issue, ...], tuple[Issue, ...]]:
    """Both lists of a report; 1.0.0 had no notes and told an unknown roll among the warnings."""
    warnings = tuple(Issue(**remark) for remark in data["warnings"])
    if "notes" in data:
        return warnings, tuple(Issue(**remark) for remark in data["notes"])
    noted = tuple(remark for remark in warnings if remark.code == ROLL_UNKNOWN)
    return tuple(remark for remark in warnings if remark not in noted), noted


@cache
def _check() -> Callable[[Any], Any]:
    import fastjsonschema  # half as long to load as everything else here together

    schema = json.loads((resources.files("posture") / "data" / "report.schema.json").read_text("utf-8"))
    check: Callable[[Any], Any] = fastjsonschema.compile(schema, use_default=False)
    return check


def _fault(data: Any) -> str:
    """Where a report's object departs from posture/data/report.schema.json, in words; empty where it does not."""
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


def _practice_to_dict(one: Practice) -> dict[str, Any]:
    tempo = None if one.tempo_s is None else [rounded(part) for part in one.tempo_s]
    return {**asdict(one), "held_s": rounded(one.held_s), "tempo_s": tempo, "cues": dict(one.cues)}


def _practice_from_dict(data: Mapping[str, Any]) -> Practice:
    rise, stay, fall = data["tempo_s"] or (0.0, 0.0, 0.0)
    return Practice(**{**data, "tempo_s": (rise, stay, fall) if data["tempo_s"] else None})


def _optional(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _plain_quantity(quantity: Quantity) -> dict[str, float]:
    return {"value": rounded(quantity.value), "sigma": rounded(quantity.sigma)}


def _outline_from_dict(data: Mapping[str, Any]) -> BodyOutline:
    return BodyOutline(data["lowest_pct"], tuple(data["dorsal_pct"]), tuple(data["ventral_pct"]))


def _stickers_to_dict(stickers: Stickers) -> dict[str, Any]:
    points = {"asis": [rounded(v) for v in stickers.asis], "psis": [rounded(v) for v in stickers.psis]}
    return {**points, "confidence": rounded(stickers.confidence), "used": stickers.used}


def _stickers_from_dict(data: Mapping[str, Any]) -> Stickers:
    (ax, ay), (px, py) = data["asis"], data["psis"]
    return Stickers((ax, ay), (px, py), data["confidence"], data["used"])


def _measurement_to_dict(measured: Measurement | Unmeasured) -> dict[str, Any]:
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


def _measurement_from_dict(data: Mapping[str, Any]) -> Measurement | Unmeasured:
    if "unmeasured" in data:
        return Unmeasured(data["unmeasured"])
    place = None if data["z"] is None else Comparison(data["z"], data["percentile"], data["norm"])
    quantity = Quantity(data["value"], data["sigma"], data["unit"])
    return Measurement(quantity, data["sem"], data["grade"], data["method"], data["raw"], place)


_PROBABILITIES = ("p_anterior", "p_marked", "p_posterior", "p_sway_back", "p_flat_back")


def _finding_to_dict(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "headline": finding.headline,
        **{name: _optional(getattr(finding, name)) for name in _PROBABILITIES},
        "tilt": None if finding.tilt is None else _tilt_to_dict(finding.tilt),
        "chance": None if finding.chance is None else _chance_to_dict(finding.chance),
        "cuts": None if finding.cuts is None else {k: rounded(v) for k, v in asdict(finding.cuts).items()},
        "grade": finding.grade,
        "because": finding.because,
        "firmer": list(finding.firmer),
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


def _finding_from_dict(data: Mapping[str, Any]) -> Finding:
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
        firmer=tuple(data["firmer"]),
    )


def _renewed(data: Mapping[str, Any]) -> dict[str, Any]:
    """A report of schema 1 in today's shape.

    Its measurements stay as they were; its finding, whose tilt was drawn towards the mean of all people, is made anew
    from them by today's rules. The plan stays: it was handed out.
    """
    renewed: dict[str, Any] = {**data, "schema": SCHEMA}
    if not isinstance(data.get("finding"), dict):
        return renewed
    try:
        measurements = {name: _measurement_from_dict(m) for name, m in data["measurements"].items()}
        warnings = [Issue(**remark) for remark in data["warnings"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"this report is damaged: {type(error).__name__} {error}") from error
    knowledge = Knowledge.load()
    placed = {
        name: replace(m, comparison=place(name, m.quantity, knowledge))
        if isinstance(m, Measurement) and name in (MARKED, ESTIMATED)
        else m
        for name, m in measurements.items()
    }
    finding = assess(placed, knowledge, clothing_of(placed), outline_lost(warnings))
    renewed["measurements"] = {name: _measurement_to_dict(m) for name, m in placed.items()}
    renewed["finding"] = _finding_to_dict(finding)
    return renewed


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


def _plan_from_dict(data: Mapping[str, Any]) -> Plan:
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
