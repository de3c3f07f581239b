"""Record of a visit beside photos and answers: pain, function, exercise, inclinometer, set-up; and consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from posture.errors import UsageError
from posture.followup.change import OwnError
from posture.message import Message
from posture.report.codec import practice_from_dict, practice_to_dict
from posture.report.practice import Practice

#: Most activities that a person scores (PSFS).
MOST_ACTIVITIES = 3
#: Texts of a visit's set-up, in the order they are told.
SET_UP = ("footwear", "clothes", "cue", "operator")


@dataclass(frozen=True, slots=True)
class Activity:
    """One scored activity (PSFS): ``score`` 0 (unable) to 10 (as before)."""

    name: str
    score: float

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise UsageError("an activity needs a name, like: climbing stairs")
        _within("the score of an activity", self.score, 0, 10)


@dataclass(frozen=True, slots=True)
class Protocol:
    """Set-up of a visit's photos; texts are empty and the distance, in metres, None where not recorded."""

    footwear: str = ""
    clothes: str = ""
    cue: str = ""
    operator: str = ""
    distance_m: float | None = None

    def __post_init__(self) -> None:
        _within("the distance of the camera in metres", self.distance_m, 0.5, 20)

    def differences(self, before: Protocol) -> list[tuple[str, str, str]]:
        """Set-up items that both record and that differ: name, before, now. Distances count in steps of 0.1 m.

        Barefoot before and shoes now give ("footwear", "barefoot", "shoes").
        """
        pairs = [(name, getattr(before, name), getattr(self, name)) for name in SET_UP]
        found = [(name, one, other) for name, one, other in pairs if one and other and _plain(one) != _plain(other)]
        if before.distance_m is not None and self.distance_m is not None:
            distances = f"{round(before.distance_m, 1):g} m", f"{round(self.distance_m, 1):g} m"
            found += [("distance", *distances)] if distances[0] != distances[1] else []
        return found


@dataclass(frozen=True, slots=True)
class Consent:
    """A client's consent: the form's name and version, and the day (ISO) of the signature."""

    template: str
    version: str
    date: str

    def __post_init__(self) -> None:
        if not (self.template.strip() and self.version.strip()):
            raise UsageError("a consent needs the name of its form and the form's version")
        try:
            date.fromisoformat(self.date)
        except ValueError:
            raise UsageError("the day of the consent is not understood; write it like 2026-03-01") from None


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One visit's record; None or empty where nothing was told.

    pain_week_0_10 : pain over the last week, numeric rating, 0 none to 10 worst · activities : PSFS, up to three
    exercise_days, exercise_days_planned : days of exercise since the visit before · practice : what the coach watched
    inclinometer_deg : tilt of the pelvis as an inclinometer shows it, forward positive, ASIS-PSIS
    """

    pain_week_0_10: float | None = None
    activities: tuple[Activity, ...] = ()
    exercise_days: int | None = None
    exercise_days_planned: int | None = None
    practice: tuple[Practice, ...] = ()
    inclinometer_deg: float | None = None
    protocol: Protocol = field(default_factory=Protocol)

    def __post_init__(self) -> None:
        _within("pain over the last week", self.pain_week_0_10, 0, 10)
        _within("the inclinometer's reading in degrees", self.inclinometer_deg, -45, 60)
        for days in (self.exercise_days, self.exercise_days_planned):
            _within("the days of exercise", days, 0, 366)
        if len(self.activities) > MOST_ACTIVITIES:
            raise UsageError(Message("no more than {n} activities are scored", n=MOST_ACTIVITIES))

    @property
    def function_0_10(self) -> float | None:
        """The mean of the activities' scores: 4, 5 and 6 give 5. None without an activity."""
        return sum(one.score for one in self.activities) / len(self.activities) if self.activities else None

    def updated(self, later: VisitRecord) -> VisitRecord:
        """This record with all that a later one tells put in its place; the set-up text by text."""

        protocol = replace(self.protocol, **_given(later.protocol))
        return replace(self, **{**_given(later), "protocol": protocol})

    def to_mapping(self) -> dict[str, Any]:
        """The record as JSON's own kinds, what was told alone; `from_mapping` reads it back."""
        kept: dict[str, Any] = {
            "pain_week_0_10": self.pain_week_0_10,
            "activities": [{"name": one.name, "score": one.score} for one in self.activities],
            "exercise_days": self.exercise_days,
            "exercise_days_planned": self.exercise_days_planned,
            "practice": [practice_to_dict(one) for one in self.practice],
            "inclinometer_deg": self.inclinometer_deg,
            "protocol": {name: value for name in (*SET_UP, "distance_m") if (value := getattr(self.protocol, name))},
        }
        return {name: value for name, value in kept.items() if value not in (None, [], {})}

    @classmethod
    def from_mapping(cls, kept: Mapping[str, Any]) -> VisitRecord:
        """The record that `to_mapping` gave. Raises UsageError for values that cannot be."""
        recorded = {
            **kept,
            "activities": tuple(Activity(**one) for one in kept.get("activities", ())),
            "practice": tuple(practice_from_dict(one) for one in kept.get("practice", ())),
            "protocol": Protocol(**kept.get("protocol", {})),
        }
        return cls(**recorded)


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """Record of a client beside the photos: visit records by day (ISO), consents, the clinic's own error."""

    records: Mapping[str, VisitRecord] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()
    own: OwnError | None = None

    def until(self, day: str) -> ClientRecord:
        """The same, as it stood on a day."""
        records = {one: record for one, record in self.records.items() if one <= day}
        return ClientRecord(records, tuple(one for one in self.consents if one.date <= day), self.own)

    def differences(self, day: str) -> tuple[str, list[tuple[str, str, str]]]:
        """The last day before with a set-up, and what of it differs on this one; ("", []) without one."""
        now = self.records.get(day, VisitRecord()).protocol
        earlier = [one for one in sorted(self.records) if one < day and self.records[one].protocol != Protocol()]
        return (earlier[-1], now.differences(self.records[earlier[-1]].protocol)) if earlier else ("", [])


def _given(later: VisitRecord | Protocol) -> dict[str, Any]:
    """The fields of a record or a set-up in which something is told."""
    given = {part.name: getattr(later, part.name) for part in fields(later)}
    return {name: value for name, value in given.items() if value not in (None, "", ())}


def _within(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        words = "{name}: {value:g} is not a number from {low:g} to {high:g}"
        raise UsageError(Message(words, name=name, value=value, low=low, high=high))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
