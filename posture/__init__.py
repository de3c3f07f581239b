"""posture: a side-view photo in, a verdict with its chance, angles with honest intervals, and an exercise plan out.

>>> import posture
>>> result = posture.analyze(posture.examples.mild, clothing="tight")
>>> print(result["pelvic_tilt"])
20° (11 to 29°), higher than 96 of 100 people

The names are loaded when they are first asked for, so that ``posture --help`` need not wait for NumPy;
``__init__.pyi`` tells type checkers and editors of them.
"""

from importlib import import_module

from posture._version import __version__ as __version__

#: Module of each public name, and its name there where that differs; None for modules.
_HOME = {
    "Comparison": "api.reading",
    "Finding": "findings.verdict",
    "Intake": "plan.intake",
    "Knowledge": "knowledge.load",
    "Measurement": "measures.measurement",
    "Observer": "vision.mediapipe_pose:MediaPipeObserver",
    "Options": "pipeline",
    "Plan": "plan.advise",
    "PostureError": "errors",
    "Quantity": "quantity",
    "Reading": "api.reading",
    "Report": "report.report",
    "Result": "api.result",
    "Results": "api.result",
    "Unmeasured": "measures.measurement",
    "UnsuitablePhoto": "errors",
    "UsageError": "errors",
    "analyze": "api.analyze",
    "analyze_many": "api.analyze",
    "compare": "api.analyze",
    "examples": None,
    "measures": None,
    "read_results": "api.analyze",
}
__all__ = [*_HOME]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'posture' has no attribute {name!r}")
    home = _HOME[name]
    if home is None:
        return import_module(f"posture.{name}")
    module, _, there = home.partition(":")
    return getattr(import_module(f"posture.{module}"), there or name)


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__file__", "__name__", "__path__", "__version__"]
