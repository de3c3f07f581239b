"""What several test files share."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from posture.knowledge.load import Knowledge

# No law has a time limit, and every run tries the same examples: neither a busy machine nor luck may fail a test.
# Mutation testing runs a test several times in one process, which Hypothesis would otherwise refuse.
again = [HealthCheck.differing_executors] if "MUTANT_UNDER_TEST" in os.environ else []
settings.register_profile("posture", deadline=None, derandomize=True, suppress_health_check=again)
settings.load_profile("posture")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.fixture(scope="session")
def observer():
    """The real pose model, loaded once a worker."""
    from posture.vision.mediapipe_pose import MediaPipeObserver

    return MediaPipeObserver()


@pytest.fixture(autouse=True)
def _main_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's AppTest leaves its script as this process's main module, which every process pool then runs again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def components_looked_for_once() -> Iterator[None]:
    """Streamlit's AppTest reads the metadata of every installed package at every run, a quarter of a second each."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def shared() -> Path:
    """The folder of shared material; a test that needs it says loudly that it was skipped."""
    if not SHARED.is_dir():
        pytest.skip("SKIPPED LOUDLY: ../shared is not here; this check of real photos did not run")
    return SHARED


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches beyond this machine."""
    real = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
