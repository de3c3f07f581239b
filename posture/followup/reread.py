"""An old report's outline, read again by today's tilt model: so that visits of years can be set beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posture.findings.verdict import assess, clothing_of, outline_lost
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import calibrated
from posture.measures.measurement import ESTIMATED, Measurement, Measurements
from posture.measures.pelvic_tilt_estimate import read_outline
from posture.quantity import Quantity
from posture.report.report import Report


def reread(report: Report, knowledge: Knowledge, sex: str | None = None) -> Report:
    """The report with what today's tilt model and rules say of the outline that it holds, of a person of that sex.

    The plan stays: it was handed out. A report without an outline, made by the same model and rules, or one whose
    estimate was refused in the photo comes back as it was. Points set by hand keep the wider sigma of then.
    """
    today = {
        "calibration": knowledge.calibration_version,
        "verdict": knowledge.verdict.version,
        "rotation": knowledge.tilt_model.rotation.version,
    }
    old = report.measurements.measurement(ESTIMATED)
    if report.outline_vector is None or old is None:
        return report
    if all(report.versions.get(name) == version for name, version in today.items()):
        return report
    model, vector = knowledge.tilt_model, np.array(report.outline_vector)
    if vector.shape != model.mean.shape:
        return report
    read = read_outline(vector, clothing_of(report.measurements), model)
    rotation = None
    if isinstance(read, Measurement):
        warned = [issue.code for issue in report.warnings]
        read = calibrated(Measurements({ESTIMATED: read}), knowledge, warned, sex=sex)[ESTIMATED]
        rotation = Quantity(float(model.rotated(vector[None])[0]), model.rotation.error, "deg")
        if report.by_hand and isinstance(read, Measurement) and old.quantity.sigma > read.quantity.sigma:
            read = replace(read, quantity=replace(read.quantity, sigma=old.quantity.sigma))
    measurements = report.measurements | {ESTIMATED: read}
    finding = report.finding
    if finding is not None:
        clothing = clothing_of(report.measurements)
        finding = assess(measurements, knowledge, clothing, outline_lost(report.warnings))
    versions = {**report.versions, **today}
    return replace(report, measurements=measurements, finding=finding, rotation=rotation, versions=versions)
