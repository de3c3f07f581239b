"""The report of a photo that could not even be looked at, and what every report's numbers depend on."""

from __future__ import annotations

from posture._version import __version__
from posture.body.observation import Observer
from posture.errors import Issue
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurements
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.report.report import PhotoInfo, Report


def refused(
    photo: PhotoInfo, reason: Issue, knowledge: Knowledge, intake: Intake | None, observe: Observer | None = None
) -> Report:
    """The report of a photo that shows nothing to measure; its plan is what the answers call for, none without them."""
    plan = None if intake is None else advise(None, intake, knowledge)
    return Report(
        photo=photo,
        status="refused",
        reasons=(reason,),
        warnings=(),
        facing=None,
        quality={},
        measurements=Measurements(),
        finding=None,
        plan=plan,
        versions=versions(knowledge, observe),
    )


def versions(knowledge: Knowledge, observe: Observer | None = None) -> dict[str, str | None]:
    """Versions that the numbers depend on: this program, the model, the norms, the calibration."""
    return {
        "posture": __version__,
        "model_sha256": None if observe is None else observe.model_sha256,
        "norms": knowledge.norms_version,
        "calibration": knowledge.calibration_version,
        "verdict": knowledge.verdict.version,
        "rotation": knowledge.tilt_model.rotation.version,
    }
