"""Another author's program of the same import name gets a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from posture.cli.namesake import namesake
from tests.conftest import ROOT


@pytest.mark.parametrize("record", ["posture_tilt-1.0.0.dist-info", "posture_cam-2.0.dist-info", "posture"])
def test_other_names_are_no_namesakes(record: str, tmp_path: Path) -> None:
    (tmp_path / record).mkdir()
    assert namesake([str(tmp_path), str(tmp_path / "missing")]) is None


def test_a_distribution_called_posture_is_named(tmp_path: Path) -> None:
    (tmp_path / "posture-0.3.dist-info").mkdir()
    assert "posture 0.3, is installed here" in (namesake([str(tmp_path)]) or "")


def test_the_command_says_so_in_one_line_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "posture-0.3.dist-info").mkdir()
    command = [sys.executable, "-m", "posture", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True)
    assert "analyze" in done.stdout
    (line,) = done.stderr.splitlines()
    assert "pip uninstall posture posture-tilt" in line
