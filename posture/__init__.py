"""posture: a side-view photo in, angles with honest intervals, a finding and an exercise plan out.

>>> import posture                                                         # doctest: +SKIP
>>> from posture.adapters.mediapipe_pose import MediaPipeObserver          # doctest: +SKIP
>>> from posture.adapters.photo_files import read_photo                    # doctest: +SKIP
>>> report = posture.analyze(read_photo("side.jpg"), MediaPipeObserver())  # doctest: +SKIP

The core (everything but ``adapters``, ``frontends`` and ``ui``) is pure: values in, values out. The names below are
loaded when they are first asked for, so that ``posture --help`` need not wait for NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from posture._version import __version__ as __version__

if TYPE_CHECKING:
    from posture.advise import Plan
    from posture.assess import Finding
    from posture.errors import PostureError, UnsuitablePhoto, UsageError
    from posture.intake import Intake
    from posture.knowledge import Knowledge
    from posture.measurement import Measurement, Unmeasured
    from posture.pipeline import Options, analyze
    from posture.quantity import Quantity
    from posture.report import Report

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
    "Finding": "assess",
    "Intake": "intake",
    "Knowledge": "knowledge",
    "Measurement": "measurement",
    "Options": "pipeline",
    "Plan": "advise",
    "PostureError": "errors",
    "Quantity": "quantity",
    "Report": "report",
    "Unmeasured": "measurement",
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
