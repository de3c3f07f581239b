"""A client's file in FHIR R4B: a FHIR Patient by pseudonym, a DiagnosticReport a photo, an Observation a measure.

Codes are posture's own, in the code system `SYSTEM`, which every bundle carries: no terminology has these measures by
these methods. The values are UCUM degrees or percent, the interval and the errors stand as components. Whoever reviewed
a report is its performer, a Practitioner by their initials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from posture._version import __version__
from posture.errors import SetupError, install_hint
from posture.export.fhir_record import RECORD_CODES, UCUM, consents, observations
from posture.findings.verdict import WORDS
from posture.followup.timeline import Entry, followed
from posture.followup.visit_record import ClientRecord
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import ESTIMATED, MARKED, Measurement, Unmeasured
from posture.report.codec import rounded
from posture.report.report import Report
from posture.text.labels import NAMES, SIGNS

#: Namespaces of our codes, and of the identifiers of clients and reviewers.
SYSTEM, CLIENTS, REVIEWERS = "urn:posture:measure", "urn:posture:client", "urn:posture:reviewer"
#: Namespace of identifiers that are addresses themselves.
ADDRESSES = "urn:ietf:rfc:3986"
#: Our units as people and as UCUM write them.
UNITS = {"deg": ("°", "deg"), "%": ("%", "%")}
Resource = dict[str, Any]


#: What the components of an observation are, by their codes.
PARTS = {
    "sigma": "One standard deviation of value minus truth",
    "low95": "Lower end of the 95 % interval",
    "high95": "Upper end of the 95 % interval",
    "mdc95": "Smallest change between two photos that exceeds measurement error",
}
REVIEW = "Reviewer's word"


def bundle(
    client: str,
    history: Sequence[Entry],
    knowledge: Knowledge,
    transaction: bool = False,
    kept: ClientRecord | None = None,
) -> str:
    """The bundle (type collection) of a client as JSON; its structure is validated against R4B while it is made.

    transaction : a bundle to send to a server, which adds what it has not and brings the rest up to date
    kept : records of visits and consents, which stand beside the photos

    The same file gives the same text. A report that nobody reviewed is ``preliminary``, a reviewed one ``final``, one
    that a reviewer refused ``entered-in-error``. Raises SetupError where fhir.resources is missing.
    """
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError as error:
        raise SetupError(f"FHIR needs fhir.resources ({error}): {install_hint('clinic')}") from error
    person = {"resourceType": "Patient", "identifier": [{"system": CLIENTS, "value": client}]}
    made = [(_url("", "code system"), code_system()), (_url(client), person)]
    seen, unread = set[str](), count(1)
    for entry in followed(history, knowledge):
        report = entry.report(knowledge)
        photo = entry.machine.photo.sha256 or f"unread {next(unread)}"
        device = _device(report)
        address = _url(*device["version"][0]["value"].split(), device["identifier"][0]["value"])
        for other, resource in ((address, device), *_reviewer(entry)):
            if other not in seen:
                seen.add(other)
                made.append((other, resource))
        made += _report(client, entry, report, photo, {"reference": _url(client)}, {"reference": address})
    made += _beside(client, kept or ClientRecord())
    entries = [
        {"fullUrl": address, **(_stored(address, resource) if transaction else {"resource": resource})}
        for address, resource in made
    ]
    kind = "transaction" if transaction else "collection"
    whole = Bundle.model_validate({"resourceType": "Bundle", "type": kind, "entry": entries})
    return str(whole.model_dump_json(indent=1)) + "\n"


def code_system() -> Resource:
    """Our codes with what they mean; its canonical address is `SYSTEM`."""
    measures = {name: (words, SIGNS[name]) for name, words in NAMES.items() if name in MEASURES}
    others = PARTS | {"review": REVIEW} | RECORD_CODES
    concepts = measures | {code: (words, words) for code, words in others.items()}
    return {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "version": __version__,
        "name": "PostureMeasures",
        "title": "Measures of posture in a photo from the side",
        "status": "active",
        "caseSensitive": True,
        "content": "complete",
        "count": len(concepts),
        "concept": [
            {"code": code, "display": display, "definition": meaning} for code, (display, meaning) in concepts.items()
        ],
    }


def _beside(client: str, kept: ClientRecord) -> Iterator[tuple[str, Resource]]:
    """Resources beside a client's photos: the observations of every visit's record, and the consents."""
    patient = {"reference": _url(client)}
    for day, record in kept.records.items():
        common = {"resourceType": "Observation", "status": "final", "subject": patient, "effectiveDateTime": day}
        for name, content in observations(record, SYSTEM):
            yield _url(client, day, "record", name), common | content
    for parts, resource in consents(kept, patient):
        yield _url(client, "consent", *parts), resource


def _stored(address: str, resource: Resource) -> Resource:
    """An entry of a transaction: the resource with its address among its identifiers, and how a server finds it again.

    A server that has it brings it up to date, another one adds it: sent twice, nothing stands there twice.
    """
    kind = resource["resourceType"]
    if kind == "CodeSystem":
        return {"resource": resource, "request": {"method": "PUT", "url": f"{kind}?url={SYSTEM}"}}
    known = {"system": ADDRESSES, "value": address}
    resource = {**resource, "identifier": [*resource.get("identifier", ()), known]}
    return {"resource": resource, "request": {"method": "PUT", "url": f"{kind}?identifier={ADDRESSES}|{address}"}}


def _reviewer(entry: Entry) -> Iterator[tuple[str, Resource]]:
    """The reviewer of a photo, where initials are given."""
    if entry.review is not None and entry.review.reviewer:
        who = entry.review.reviewer
        person = {"identifier": [{"system": REVIEWERS, "value": who}], "name": [{"text": who}]}
        yield _url("", "reviewer", who), {"resourceType": "Practitioner", **person}


def _performer(entry: Entry) -> Resource:
    """The reviewer as the performer of a report or an observation; nothing where nobody is named."""
    named = [
        {"reference": address, "display": entry.review.reviewer} for address, _ in _reviewer(entry) if entry.review
    ]
    return {"performer": named} if named else {}


def _report(
    client: str, entry: Entry, report: Report, photo: str, subject: Resource, device: Resource
) -> Iterator[tuple[str, Resource]]:
    """The observations of one photo, ``photo`` its hash, then the report that names them."""
    refused = entry.review is not None and entry.review.verdict == "refused"
    status = "preliminary" if entry.review is None else "entered-in-error" if refused else "final"
    common = {"status": status, "subject": subject, "effectiveDateTime": entry.date}
    results = []
    for name, measured in _shown(report).items():
        address = _url(client, entry.date, entry.pose, photo, name)
        results.append({"reference": address})
        yield address, {"resourceType": "Observation", **common, "device": device, **_observation(name, measured)}
    if entry.review is not None:
        address = _url(client, entry.date, entry.pose, photo, "review")
        results.append({"reference": address})
        yield address, {"resourceType": "Observation", **common, "status": "final", **_review(entry)}
    resource: Resource = {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": "urn:posture:photo-sha256", "value": photo}],
        **common,
        "code": {"text": "Posture report of one side-view photo" + (f", {entry.pose}" if entry.pose else "")},
        "conclusion": _conclusion(report),
        **_performer(entry),
    }
    if results:
        resource["result"] = results
    yield _url(client, entry.date, entry.pose, photo), resource


def _shown(report: Report) -> dict[str, Measurement | Unmeasured]:
    """The measures that leave the house: one tilt, the finding's; none beside an emergency's message."""
    if report.emergency:
        return {}
    tilt = None if report.finding is None else report.finding.tilt
    behind = ESTIMATED if tilt is not None and tilt.measure == MARKED else None
    return {name: measured for name, measured in report.measurements.items() if name != behind}


def _observation(name: str, measured: Measurement | Unmeasured) -> Resource:
    code = {"coding": [{"system": SYSTEM, "code": name, "display": NAMES[name]}], "text": NAMES[name]}
    if isinstance(measured, Unmeasured):
        return {"code": code, "dataAbsentReason": {"text": measured.reason}}
    quantity = measured.quantity
    parts = dict(zip(PARTS, (quantity.sigma, quantity.low95, quantity.high95, measured.mdc95), strict=True))
    return {
        "code": code,
        "valueQuantity": _quantity(quantity.value, quantity.unit),
        "method": {"text": f"{measured.method}; evidence grade {measured.grade}"},
        "note": [{"text": SIGNS[name]}],
        "component": [
            {
                "code": {"coding": [{"system": SYSTEM, "code": part, "display": PARTS[part]}]},
                "valueQuantity": _quantity(value, quantity.unit),
            }
            for part, value in parts.items()
        ],
    }


def _review(entry: Entry) -> Resource:
    """The reviewer's conclusion, beside the machine's."""
    review = entry.review
    assert review is not None
    said = {"accepted": "accepted", "refused": "not to be used"}.get(review.verdict) or WORDS[
        review.finding or "undetermined"
    ]
    resource: Resource = {
        "code": {"coding": [{"system": SYSTEM, "code": "review", "display": REVIEW}]},
        "valueString": said,
    }
    if review.reason:
        resource["note"] = [{"text": review.reason}]
    return resource | _performer(entry)


def _conclusion(report: Report) -> str:
    if report.status == "refused":
        return "Not measured: " + "; ".join(reason.message for reason in report.reasons)
    if report.emergency and report.plan is not None:
        return report.plan.message
    return "Measurements only" if report.finding is None else report.finding.headline


def _device(report: Report) -> Resource:
    versions = report.versions
    return {
        "resourceType": "Device",
        "identifier": [{"system": "urn:posture:model-sha256", "value": versions.get("model_sha256") or "none"}],
        "deviceName": [{"name": "posture", "type": "model-name"}],
        "version": [
            {
                "value": " ".join(
                    f"{name}={versions.get(name)}"
                    for name in ("posture", "norms", "calibration", "verdict", "rotation")
                )
            }
        ],
    }


def _quantity(value: float, unit: str) -> Resource:
    shown, code = UNITS[unit]
    return {"value": rounded(value), "unit": shown, "system": UCUM, "code": code}


def _url(*parts: str) -> str:
    return uuid5(NAMESPACE_URL, "posture\0" + "\0".join(parts)).urn
