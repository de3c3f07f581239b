"""A client's records and consents in FHIR R4B: an Observation a score, a reading or a set-up, a Consent a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from posture.followup.visit_record import SET_UP, ClientRecord, Consent, VisitRecord
from posture.report.codec import rounded

Resource = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
#: Our codes of a record with what they mean.
RECORD_CODES = {
    "pain_week": "Pain over the last week, numeric rating: 0 none, 10 worst",
    "function": "Function, mean of the scored activities (PSFS): 0 unable, 10 as before",
    "activity": "One scored activity (PSFS), 0 unable to 10 as before",
    "exercise_days": "Days of exercise since the visit before",
    "exercise_days_planned": "Days of exercise that were planned since the visit before",
    "inclinometer": "Tilt of the pelvis by inclinometer, forward positive, ASIS-PSIS",
    "set_up": "How the photos of the visit were taken",
    "footwear": "Footwear in the photo",
    "clothes": "Clothes in the photo",
    "cue": "Words to the client before the photo",
    "operator": "Who took the photo",
    "distance": "Distance of the camera",
}


def observations(record: VisitRecord, system: str) -> Iterator[tuple[str, Resource]]:
    """Name and content of every observation of a visit's record: code and value, without subject, day and status."""
    score = "{score}"
    if record.pain_week_0_10 is not None:
        yield "pain_week", {"code": _code("pain_week", system), "valueQuantity": _in(record.pain_week_0_10, score)}
    if record.function_0_10 is not None:
        parts = [
            {"code": {**_code("activity", system), "text": one.name}, "valueQuantity": _in(one.score, score)}
            for one in record.activities
        ]
        yield (
            "function",
            {
                "code": _code("function", system),
                "valueQuantity": _in(rounded(record.function_0_10), score),
                "component": parts,
            },
        )
    for name in ("exercise_days", "exercise_days_planned"):
        if (days := getattr(record, name)) is not None:
            yield name, {"code": _code(name, system), "valueQuantity": _in(days, "d")}
    if record.inclinometer_deg is not None:
        reading = _in(record.inclinometer_deg, "deg")
        yield "inclinometer", {"code": _code("inclinometer", system), "valueQuantity": reading}
    set_up = record.protocol
    components: list[Resource] = [
        {"code": _code(name, system), "valueString": value} for name in SET_UP if (value := getattr(set_up, name))
    ]
    if set_up.distance_m is not None:
        components.append({"code": _code("distance", system), "valueQuantity": _in(set_up.distance_m, "m")})
    if components:
        yield "set_up", {"code": _code("set_up", system), "component": components}


def consents(kept: ClientRecord, patient: Resource) -> Iterator[tuple[tuple[str, str, str], Resource]]:
    """Consents as resources, each with the key that tells it apart."""
    for one in kept.consents:
        yield (one.template, one.version, one.date), _consent(one, patient)


def _consent(one: Consent, patient: Resource) -> Resource:
    scope = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [scope]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"}]}],
        "patient": patient,
        "dateTime": one.date,
        "policyRule": {"text": f"{one.template}, version {one.version}"},
    }


def _code(code: str, system: str) -> Resource:
    words = RECORD_CODES[code]
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def _in(value: float, unit: str) -> Resource:
    """A quantity in UCUM; a score is of the annotation {score}."""
    return {"value": value, "unit": unit.strip("{}"), "system": UCUM, "code": unit}
