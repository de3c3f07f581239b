"""Client files as tables for research: a row a photo, the changes between visits, and what every column means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from posture.export.csv import Row, intake_row, row, safe
from posture.followup.change import OwnError
from posture.followup.timeline import Entry, changes, followed
from posture.followup.visit_record import MOST_ACTIVITIES, ClientRecord, VisitRecord
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.report.codec import rounded
from posture.report.report import Report
from posture.text.labels import NAMES, SIGNS

#: What the columns mean that are no measure's own.
MEANINGS = {
    "client_id": "pseudonym of the client",
    "visit_id": "client and day of the visit",
    "visit_date": "day of the visit, ISO 8601",
    "pose": "relaxed, arched, tucked, or empty where it was not told",
    "sha256": "SHA-256 of the photo's bytes; the photo itself is not kept",
    "status": "analyzed or refused",
    "reasons": "codes of what the photo was refused for",
    "warnings": "codes of what made the photo less sure",
    "notes": "codes of what is known of the photo and asks nobody to look again",
    "facing": "side of the picture that the person faces: left or right",
    "by_hand": "points that somebody set, not the model",
    "body_height_px": "height of the body in the photo, pixels",
    "yaw_deg": "how far the body is turned from side-on, degrees",
    "roll_deg": "camera roll that was taken out, degrees, clockwise positive; empty where unknown",
    "finding": "kind of finding of the machine",
    "finding_grade": "evidence grade of the finding: A marked points, B same person, C outline, D joint points",
    "finding_because": "what the finding rests on",
    "p_anterior": "chance of a pelvis rotated forward by more than 15 degrees, 0 to 1",
    "p_marked": "chance of one rotated forward by more than 20 degrees, 0 to 1",
    "p_posterior": "chance of one rotated backward, 0 to 1",
    "p_sway_back": "probability of a sway-back stance, 0 to 1",
    "p_flat_back": "probability of a flat lower back with little forward tilt, 0 to 1",
    "tilt_deg": "forward tilt as the best evidence reads it, ASIS-PSIS scale, degrees: the client's joint reading",
    "tilt_low95": "lower end of its 95 % interval, degrees",
    "tilt_high95": "upper end of its 95 % interval, degrees",
    "tilt_grade": "its evidence grade: A marked or typed, B carried from marks of another visit, C outline",
    "plan_mode": "what the plan does about the hip flexors: stretch, strengthen, both, neither, refer",
    "version_posture": "version of posture",
    "version_model_sha256": "SHA-256 of the pose model",
    "version_norms": "version of the norms",
    "version_calibration": "version of the calibration",
    "version_verdict": "version of the rules that make a verdict of a reading",
    "version_rotation": "version of the line that tells how the pelvis rotated between two photos",
    "sex": "as told: f or m",
    "age_years": "as told, years",
    "stature_cm": "as told, centimetres",
    "clothing": "as told: tight, normal or loose",
    "pain_0_10": "as told, 0 none to 10 worst",
    "sitting_h_day": "as told, hours a day",
    "redflag_any": "true where a safety flag was told, false where the questions were answered without one",
    "review": "accepted, refused or overridden by a reviewer; empty where nobody looked",
    "reviewer": "who looked",
    "reviewer_override": "the reviewer's own finding, beside the machine's",
    "review_reason": "why",
    "visit_label": "what the clinic calls the visit, empty for most",
    "pain_week_0_10": "pain over the last week at this visit, 0 none to 10 worst",
    "function_0_10": "mean of the activities' scores (PSFS), 0 unable to 10 as before",
    "exercise_days": "days of exercise since the visit before",
    "exercise_days_planned": "days of exercise planned since the visit before",
    "inclinometer_deg": "tilt of the pelvis by inclinometer, degrees, forward positive",
    "footwear": "footwear in the photo",
    "clothes": "clothes in the photo",
    "cue": "words to the client before the photo",
    "operator": "who took the photo",
    "distance_m": "distance of the camera, metres",
    "set_up_differs": "what of the set-up differs from the last visit with one, separated by semicolons",
    "consent_template": "form of the last consent until the visit",
    "consent_version": "its version",
    "consent_date": "day it was signed, ISO 8601",
} | {
    f"{name}_{side}": f"{words}, {side} side"
    for side in ("left", "right")
    for name, words in (
        ("thomas_thigh_deg", "modified Thomas test: thigh above (+) or below (-) horizontal, degrees"),
        ("hold_s", "hip-flexion hold, seconds"),
    )
}
MEANINGS |= {f"activity_{k}": f"activity {k} that the client scored" for k in range(1, MOST_ACTIVITIES + 1)}
MEANINGS |= {
    f"activity_{k}_0_10": f"score of activity {k}, 0 unable to 10 as before" for k in range(1, MOST_ACTIVITIES + 1)
}
_PARTS = {
    "sigma": "one standard deviation of value minus truth, all sources",
    "low95": "lower end of the 95 % interval",
    "high95": "upper end of the 95 % interval",
    "mdc95": "smallest change between two photos of one person that exceeds measurement error",
}
CHANGE_MEANINGS = {
    "client_id": MEANINGS["client_id"],
    "measure": "name of the measure; tilt is the client's joint reading",
    "t0": "day of the earlier visit, ISO 8601",
    "t1": "day of the next visit that was measured, ISO 8601",
    "before": "value at t0, in the unit",
    "after": "value at t1, in the unit",
    "diff": "after minus before",
    "mdc95": "smallest difference that exceeds measurement error",
    "unit": "deg or %",
    "verdict": "changed, no_detectable_change or not_comparable",
    "because": "why this verdict",
}


def photo_rows(
    client: str, history: Sequence[Entry], knowledge: Knowledge, kept: ClientRecord | None = None
) -> list[Row]:
    """Every photo of a client, in the order of the visits; refused ones keep their row, blank where nothing is known.

    The record of a visit stands in the row of each of its photos; a record of a day without a photo has its own row.

    Numbers are those to go by: with the points that a reviewer set, where there are any, and with the joint reading of
    the tilt.
    """
    kept = kept or ClientRecord()
    rows = [_photo_row(client, entry, entry.report(knowledge)) for entry in followed(history, knowledge)]
    photographed = {entry.date for entry in history}
    alone = [day for day in kept.records if day not in photographed]
    columns: Row = dict.fromkeys(rows[0], "") if rows else {}
    rows += [columns | {"client_id": client, "visit_id": f"{client} {day}", "visit_date": day} for day in alone]
    rows.sort(key=lambda cells: str(cells["visit_date"]))
    return [cells | _record_cells(str(cells["visit_date"]), kept) for cells in rows]


def _record_cells(day: str, kept: ClientRecord) -> Row:
    """A visit's record in columns, and the last consent until then; empty where nothing was told."""
    record = kept.records.get(day, VisitRecord())
    cells: Row = {"pain_week_0_10": record.pain_week_0_10}
    scored = [*record.activities, *[None] * (MOST_ACTIVITIES - len(record.activities))]
    for k, one in enumerate(scored, 1):
        cells[f"activity_{k}"] = "" if one is None else one.name
        cells[f"activity_{k}_0_10"] = None if one is None else one.score
    cells["function_0_10"] = None if record.function_0_10 is None else rounded(record.function_0_10)
    for name in ("exercise_days", "exercise_days_planned", "inclinometer_deg"):
        cells[name] = getattr(record, name)
    cells |= asdict(record.protocol)
    cells["set_up_differs"] = ";".join(name for name, _, _ in kept.differences(day)[1])
    signed = kept.until(day).consents
    for name in ("template", "version", "date"):
        cells[f"consent_{name}"] = getattr(signed[-1], name) if signed else ""
    return {name: "" if value is None else value for name, value in cells.items()}


def _photo_row(client: str, entry: Entry, report: Report) -> Row:
    intake, review = entry.intake, entry.review
    cells: Row = {
        "client_id": client,
        "visit_id": f"{client} {entry.date}",
        "visit_date": entry.date,
        "pose": entry.pose,
    }
    cells |= {name: cell for name, cell in row(report).items() if name != "file"}
    cells |= intake_row(intake)
    cells["review"] = "" if review is None else review.verdict
    cells["reviewer"] = "" if review is None else review.reviewer
    cells["reviewer_override"] = "" if review is None else review.finding or ""
    cells["review_reason"] = "" if review is None else review.reason
    cells["visit_label"] = entry.label
    return cells


def change_rows(client: str, history: Sequence[Entry], knowledge: Knowledge, own: OwnError | None) -> list[Row]:
    """Changes of every measure between neighbouring visits of a client."""
    rows: list[Row] = []
    for before, after, change in changes(history, knowledge, own):
        values = asdict(change)
        cells: Row = {"client_id": client, "measure": values.pop("measure"), "t0": before, "t1": after}
        rows.append(cells | {k: rounded(v) if isinstance(v, float) else v for k, v in values.items()})
    return rows


def dictionary(columns: Iterable[str], meanings: Mapping[str, str], table: str) -> list[Row]:
    """Meanings of the columns of a table, a row each."""
    return [{"table": table, "column": name, "meaning": meanings.get(name) or _meaning(name)} for name in columns]


def _meaning(column: str) -> str:
    """Of a measure's own column: hip_angle_mdc95 is the smallest change of the hip angle, in degrees."""
    name = max((name for name in MEASURES if column.startswith(f"{name}_")), key=len)
    part, unit = column.removeprefix(f"{name}_"), "percent" if MEASURES[name].unit == "%" else "degrees"
    if part == "unmeasured":
        return f"{NAMES[name]}: why there is no number"
    if part == "grade":
        return f"{NAMES[name]}: evidence grade, A marked points, B same person, C outline, D joint points"
    if part in _PARTS:
        return f"{NAMES[name]}: {_PARTS[part]}, {unit}"
    return f"{NAMES[name]}, {unit}; {SIGNS[name]}"


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """CSV text with a header line; no cell can be taken for a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(safe(dict(cells)) for cells in rows)
    return text.getvalue()
