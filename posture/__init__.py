"""posture: a side-view photo in, angles with honest intervals, a finding and an exercise plan out.

>>> import posture  # doctest: +SKIP
>>> from posture.vision.mediapipe_pose import MediaPipeObserver  # doctest: +SKIP
>>> from posture.io.photos import read_photo  # doctest: +SKIP
>>> report = posture.analyze(read_photo("side.jpg"), MediaPipeObserver())  # doctest: +SKIP

The core is pure, values in, values out; pyproject.toml lists its packages. The names below are
loaded when they are first asked for, so that ``posture --help`` need not wait for NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from posture._version import __version__ as __version__

if TYPE_CHECKING:
    from posture.errors import PostureError, UnsuitablePhoto, UsageError
    from posture.findings.assess import Finding
    from posture.knowledge.load import Knowledge
    from posture.measures.measurement import Measurement, Unmeasured
    from posture.pipeline import Options, analyze
    from posture.plan.advise import Plan
    from posture.plan.intake import Intake
    from posture.quantity import Quantity
    from posture.report.report import Report

__all__ = [
    "Finding",
    "Intake",
    "Knowledge",
    "Measurement",
    "Options",
    "Plan",
    "PostureError",
    "Quantity",
    "Report",
    "Unmeasured",
    "UnsuitablePhoto",
    "UsageError",
    "analyze",
]
_HOME = {
    "Finding": "findings.assess",
    "Intake": "plan.intake",
    "Knowledge": "knowledge.load",
    "Measurement": "measures.measurement",
    "Options": "pipeline",
    "Plan": "plan.advise",
    "PostureError": "errors",
    "Quantity": "quantity",
    "Report": "report.report",
    "Unmeasured": "measures.measurement",
    "UnsuitablePhoto": "errors",
    "UsageError": "errors",
    "analyze": "pipeline",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"posture.{_HOME[name]}"), name)
    raise AttributeError(f"module 'posture' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
