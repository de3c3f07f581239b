"""Imports that go up, in a circle, or into the core fail `make test`; what is known is loaded at the roots alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

UP = {"posture/body/pose.py": "import posture.cli.main"}
CIRCLE = {
    "posture/live/smoothing.py": "import posture.render.theme",
    "posture/render/theme.py": "import posture.live.coach",
}
HEAVY = {"posture/body/pose.py": "import cv2"}
#: Where a program begins: there what is known is loaded, and handed on from there.
ROOTS = ("api", "app", "cli")
#: Files beside them: a batch's process begins in the first; the others' calls are of 1.0.0, where it may be left out.
BESIDE = ("batch/worker.py", "pipeline.py", "report/report.py")
UNPLACED = {"posture/anew/__init__.py": '"""A package that no contract knows."""'}


@pytest.mark.parametrize(
    ("added", "broken"),
    [
        (UP, "Packages go down BROKEN"),
        (CIRCLE, "Packages make no circle BROKEN"),
        (HEAVY, "The core touches no camera, model, picture library, page or database BROKEN"),
        (UNPLACED, "Packages go down BROKEN"),
    ],
    ids=["arrow up", "circle", "heavy import in the core", "package without a place"],
)
def test_an_import_that_must_not_be_breaks_its_contract(tmp_path: Path, added: dict[str, str], broken: str) -> None:
    shutil.copytree(ROOT / "posture", tmp_path / "posture", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in added.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f"\n{line}\n")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 1
    assert broken in done.stdout


def test_a_broken_contract_fails_make_test(tmp_path: Path) -> None:
    for name in ("ruff", "mypy", "pytest"):
        (tmp_path / name).symlink_to("/bin/true")
    lint = tmp_path / "lint-imports"
    lint.write_text("#!/bin/sh\necho 'Packages go down BROKEN'\nexit 1\n", "utf-8")
    lint.chmod(0o755)
    made = ["make", "-o", ".venv/.ready-test", "test", f"BIN={tmp_path}"]
    done = subprocess.run(made, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Packages go down BROKEN" in done.stdout


def test_what_is_known_is_loaded_where_a_program_begins_and_handed_on_as_an_argument() -> None:
    files = [file.relative_to(ROOT / "posture") for file in (ROOT / "posture").rglob("*.py")]
    loading = [file for file in files if "Knowledge.load()" in (ROOT / "posture" / file).read_text("utf-8")]
    assert {file.as_posix() for file in loading if file.parts[0] not in ROOTS} == set(BESIDE)
