"""``posture doctor``: is this installation sound?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from posture.cli.namesake import namesake
from posture.errors import PostureError, install_hint
from posture.knowledge.load import Knowledge

#: What the bundled picture measured when this version was made, degrees; another machine may differ by rounding.
SELF_TEST = {"hip_angle": -1.2, "trunk_incl": 3.1, "knee_flexion": 1.0}
SELF_TEST_TOLERANCE = 0.5
PACKAGES = ("mediapipe", "opencv-python", "numpy", "scipy", "pillow", "pi-heif")
#: What each extra brings first of all; posture works without it.
EXTRAS = {"app": "streamlit", "live": "streamlit-webrtc", "clinic": "sqlalchemy", "cluster": "distributed"}


@dataclass(frozen=True)
class Check:
    """One line of the examination."""

    name: str
    ok: bool
    says: str


def examine_installation() -> list[Check]:
    """Every check in order; one that fails says what to do and the rest still run."""
    other = namesake()
    checks = [
        Check("Python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Check("import name", other is None, other or "posture-tilt alone owns it"),
    ]
    for package in PACKAGES:
        try:
            checks.append(Check(package, True, metadata.version(package)))
        except metadata.PackageNotFoundError:
            checks.append(Check(package, False, f"not installed; run: pip install {package}"))
    for extra, package in EXTRAS.items():
        try:
            says = f"{package} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            says = f"not installed; if you want it, {install_hint(extra)}"
        checks.append(Check(f"extra {extra}", True, says))
    return [*checks, _guarded("data files", _data), _guarded("pose model", _model), _guarded("self-test", _self_test)]


def _guarded(name: str, check: Callable[[], tuple[bool, str]]) -> Check:
    try:
        return Check(name, *check())
    except (PostureError, ImportError) as error:
        return Check(name, False, str(error))


def _data() -> tuple[bool, str]:
    knowledge = Knowledge.load()
    return True, (
        f"norms {knowledge.norms_version}, calibration {knowledge.calibration_version}, "
        f"{len(knowledge.exercises)} exercises, {len(knowledge.sources)} sources"
    )


def _model() -> tuple[bool, str]:
    from posture.vision.mediapipe_models import pose_model

    return True, pose_model(None, trust=False)[1]


def _self_test() -> tuple[bool, str]:
    from posture.io.photos import read_photo
    from posture.pipeline import analyze
    from posture.vision.mediapipe_pose import MediaPipeObserver

    with resources.as_file(resources.files("posture") / "data" / "self_test.jpg") as picture:
        report = analyze(read_photo(Path(picture)), MediaPipeObserver())
    values = {
        name: quantity.value for name in SELF_TEST if (quantity := report.measurements.quantity(name)) is not None
    }
    off = [
        f"{name} {values.get(name, float('nan')):.2f} instead of {expected}"
        for name, expected in SELF_TEST.items()
        if name not in values or abs(values[name] - expected) > SELF_TEST_TOLERANCE
    ]
    if off:
        return False, "the bundled picture measured " + ", ".join(off)
    return True, "the bundled picture measured as expected: " + ", ".join(f"{n} {v:.1f}°" for n, v in values.items())
