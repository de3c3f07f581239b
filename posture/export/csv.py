"""Reports as rows of a table: the keys of the JSON flattened, the unit in every name (CSV for other programs)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from posture.measures import MEASURES
from posture.measures.measurement import Measurements
from posture.plan.intake import Intake
from posture.report.codec import rounded
from posture.report.report import Report

Row = dict[str, str | float | None]

VERSIONS = ("posture", "model_sha256", "norms", "calibration", "verdict", "rotation")
#: What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(report: Report) -> Row:
    """One report as a row, the same columns for every photo; None where there is no number.

    ``NAME_deg`` or ``NAME_pct``, NAME_sigma, NAME_low95, NAME_high95, NAME_mdc95, NAME_grade, NAME_unmeasured for
    every measure.
    """
    finding = None if report.emergency else report.finding  # the message stands alone, without numbers
    measurements = Measurements() if report.emergency else report.measurements
    cells: Row = {
        "file": report.photo.file,
        "sha256": report.photo.sha256,
        "status": report.status,
        "reasons": " ".join(reason.code for reason in report.reasons),
        "warnings": " ".join(warning.code for warning in report.warnings),
        "notes": " ".join(note.code for note in report.notes),
        "facing": report.facing,
        "by_hand": " ".join(report.by_hand),
    }
    for name in ("body_height_px", "yaw_deg", "roll_deg"):
        quality = report.quality.get(name)
        cells[name] = None if quality is None else rounded(quality)
    for name, measure in MEASURES.items():
        number, unmeasured = measurements.measurement(name), measurements.unmeasured().get(name)
        quantity = None if number is None else number.quantity
        unit = "pct" if measure.unit == "%" else "deg"
        cells[f"{name}_{unit}"] = None if quantity is None else rounded(quantity.value)
        cells[f"{name}_sigma"] = None if quantity is None else rounded(quantity.sigma)
        cells[f"{name}_low95"] = None if quantity is None else rounded(quantity.low95)
        cells[f"{name}_high95"] = None if quantity is None else rounded(quantity.high95)
        cells[f"{name}_mdc95"] = None if number is None else rounded(number.mdc95)
        cells[f"{name}_grade"] = None if number is None else number.grade
        cells[f"{name}_unmeasured"] = "" if unmeasured is None else unmeasured.reason
    cells["finding"] = None if finding is None else finding.kind
    cells["finding_grade"] = None if finding is None else finding.grade
    cells["finding_because"] = None if finding is None else finding.because
    for name in ("p_anterior", "p_marked", "p_posterior", "p_sway_back", "p_flat_back"):
        chance = None if finding is None else getattr(finding, name)
        cells[name] = None if chance is None else rounded(chance)
    tilt = None if finding is None else finding.tilt
    cells["tilt_deg"] = None if tilt is None else rounded(tilt.quantity.value)
    cells["tilt_low95"] = None if tilt is None else rounded(tilt.quantity.low95)
    cells["tilt_high95"] = None if tilt is None else rounded(tilt.quantity.high95)
    cells["tilt_grade"] = None if tilt is None else tilt.grade
    cells["plan_mode"] = None if report.plan is None else report.plan.mode
    cells |= {f"version_{name}": report.versions.get(name) for name in VERSIONS}
    return cells


def intake_row(intake: Intake) -> Row:
    """Answers of a person as cells: person, clothes, pain, sitting, both hip tests of each side, any red flag."""
    names = ("sex", "age_years", "stature_cm", "clothing", "pain_0_10", "sitting_h_day")
    cells: Row = {name: getattr(intake, name) for name in names}
    for side, tests in intake.tests.items():
        cells[f"thomas_thigh_deg_{side}"] = tests.thomas_thigh_deg
        cells[f"hold_s_{side}"] = tests.hip_flexion_hold_s
    cells["redflag_any"] = "true" if intake.flags else "false" if intake.asked else ""
    return cells


def as_csv(reports: Sequence[Report]) -> str:
    """The reports as CSV text with a header line. No cell can be taken for a formula by a spreadsheet."""
    rows = [safe(row(report)) for report in reports]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def safe(cells: Row) -> Row:
    """The same row with an apostrophe before every text that a spreadsheet would take for a formula."""
    return {
        name: f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
        for name, cell in cells.items()
    }
