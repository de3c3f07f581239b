"""The whole story of one photo: one frozen record that becomes JSON and comes back the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from posture.body.body_outline import BodyOutline
from posture.errors import ROLL_UNKNOWN, Issue, UsageError
from posture.findings.verdict import Finding, assess, clothing_of, outline_lost
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import ESTIMATED, MARKED, Measurements
from posture.plan.advise import Plan
from posture.quantity import Quantity
from posture.report.codec import (
    fault,
    finding_from_dict,
    finding_to_dict,
    measurement_from_dict,
    measurement_to_dict,
    outline_from_dict,
    parsed,
    plain_quantity,
    plan_from_dict,
    plan_to_dict,
    practice_from_dict,
    practice_to_dict,
    rounded,
    rounded_or_none,
)
from posture.report.practice import Practice

SCHEMA = 2
#: Older shapes that are still read.
READ_TOO = (1,)


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
    """Everything seen, measured, found and proposed for one photo.

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
    measurements: Measurements
    finding: Finding | None
    plan: Plan | None
    versions: Mapping[str, str | None]
    stickers: Stickers | None = None
    lengths_cm: Mapping[str, Quantity] = field(default_factory=dict)
    by_hand: tuple[str, ...] = ()
    outline: BodyOutline | None = None
    outline_vector: tuple[float, ...] | None = None
    rotation: Quantity | None = None
    practice: tuple[Practice, ...] = ()
    notes: tuple[Issue, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.measurements, Measurements):
            object.__setattr__(self, "measurements", Measurements(self.measurements))

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
            "reasons": [asdict(issue) for issue in self.reasons],
            "warnings": [asdict(issue) for issue in self.warnings],
            "notes": [asdict(issue) for issue in self.notes],
            "facing": self.facing,
            "quality": {name: rounded_or_none(value) for name, value in self.quality.items()},
            "stickers": None if self.stickers is None else _stickers_to_dict(self.stickers),
            "by_hand": list(self.by_hand),
            "measurements": {name: measurement_to_dict(m) for name, m in self.measurements.items()},
            "lengths_cm": {name: plain_quantity(length) for name, length in self.lengths_cm.items()},
            "finding": None if self.finding is None else finding_to_dict(self.finding),
            "plan": None if self.plan is None else plan_to_dict(self.plan),
            "outline": None if self.outline is None else asdict(self.outline),
            "outline_vector": None if self.outline_vector is None else [round(x, 5) for x in self.outline_vector],
            "turn": None if self.rotation is None else plain_quantity(self.rotation),
            "practice": [practice_to_dict(one) for one in self.practice],
            "versions": dict(self.versions),
        }

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, knowledge: Knowledge | None = None) -> Report:
        """The report written by `to_json`. Raises UsageError naming what is wrong with the text."""
        return cls.from_dict(parsed(text), knowledge)

    @classmethod
    def from_dict(cls, data: Any, knowledge: Knowledge | None = None) -> Report:
        """The report written by `to_dict`. Raises UsageError naming what is wrong with the object.

        A report of schema 1 gets a finding by the rules of ``knowledge``, the package's own where none is given.
        """
        if not isinstance(data, dict) or data.get("schema") not in (SCHEMA, *READ_TOO):
            raise UsageError(f"this is not a report of posture with schema {SCHEMA}, or with an older one")
        if data["schema"] != SCHEMA:
            data = _renewed(data, knowledge or Knowledge.load())
        if wrong := fault(data):
            raise UsageError(f"this report is damaged: {wrong}")
        try:
            warnings, notes = _warnings_and_notes(data)
            return cls(
                photo=PhotoInfo(**data["photo"]),
                status=data["status"],
                reasons=tuple(Issue(**issue) for issue in data["reasons"]),
                warnings=warnings,
                notes=notes,
                facing=data["facing"],
                quality=data["quality"],
                measurements=_measurements_from_dict(data["measurements"]),
                finding=None if data["finding"] is None else finding_from_dict(data["finding"]),
                plan=None if data["plan"] is None else plan_from_dict(data["plan"]),
                versions=data["versions"],
                stickers=_stickers_from_dict(data["stickers"]) if data.get("stickers") else None,  # older: no key
                by_hand=tuple(data.get("by_hand", ())),
                outline=outline_from_dict(data["outline"]) if data.get("outline") else None,
                outline_vector=tuple(data["outline_vector"]) if data.get("outline_vector") else None,
                rotation=Quantity(data["turn"]["value"], data["turn"]["sigma"], "deg") if data.get("turn") else None,
                practice=tuple(practice_from_dict(one) for one in data.get("practice", ())),
                lengths_cm={
                    name: Quantity(length["value"], length["sigma"], "cm")
                    for name, length in data.get("lengths_cm", {}).items()
                },
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(f"this report is damaged: {type(error).__name__} {error}") from error


def _warnings_and_notes(data: Mapping[str, Any]) -> tuple[tuple[Issue, ...], tuple[Issue, ...]]:
    """Both lists of a report; 1.0.0 had no notes and told an unknown roll among the warnings."""
    warnings = tuple(Issue(**issue) for issue in data["warnings"])
    if "notes" in data:
        return warnings, tuple(Issue(**issue) for issue in data["notes"])
    noted = tuple(issue for issue in warnings if issue.code == ROLL_UNKNOWN)
    return tuple(issue for issue in warnings if issue not in noted), noted


def _measurements_from_dict(data: Mapping[str, Any]) -> Measurements:
    return Measurements({name: measurement_from_dict(one) for name, one in data.items()})


def _stickers_to_dict(stickers: Stickers) -> dict[str, Any]:
    points = {"asis": [rounded(v) for v in stickers.asis], "psis": [rounded(v) for v in stickers.psis]}
    return {**points, "confidence": rounded(stickers.confidence), "used": stickers.used}


def _stickers_from_dict(data: Mapping[str, Any]) -> Stickers:
    (ax, ay), (px, py) = data["asis"], data["psis"]
    return Stickers((ax, ay), (px, py), data["confidence"], data["used"])


def _renewed(data: Mapping[str, Any], knowledge: Knowledge) -> dict[str, Any]:
    """A report of schema 1 in today's shape.

    Its measurements stay as they were; its finding, whose tilt was drawn towards the mean of all people, is made anew
    from them by today's rules. The plan stays: it was handed out.
    """
    renewed: dict[str, Any] = {**data, "schema": SCHEMA}
    if not isinstance(data.get("finding"), dict):
        return renewed
    try:
        measurements = _measurements_from_dict(data["measurements"])
        warnings = [Issue(**issue) for issue in data["warnings"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(f"this report is damaged: {type(error).__name__} {error}") from error
    placed = measurements | {
        name: replace(one, comparison=place(name, one.quantity, knowledge))
        for name, one in measurements.measured().items()
        if name in (MARKED, ESTIMATED)
    }
    finding = assess(placed, knowledge, clothing_of(placed), outline_lost(warnings))
    renewed["measurements"] = {name: measurement_to_dict(m) for name, m in placed.items()}
    renewed["finding"] = finding_to_dict(finding)
    return renewed
