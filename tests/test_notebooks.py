"""The notebooks run from top to bottom as a reader runs them, define nothing, and stand in the site as run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.conftest import ROOT
from validation.notebooks import FOLDER, NOTEBOOKS, page, run

pytestmark = pytest.mark.slow


def cells(notebook: Path) -> list[str]:
    content = json.loads(notebook.read_text("utf-8"))
    return ["".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # whatever a test before it chose
    content = run(notebook)
    outputs = [output for cell in content.cells for output in cell.get("outputs", ())]
    assert sum(len(output.get("text", "").splitlines()) for output in outputs) > 10
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not list(tmp_path.iterdir())
    shown, pictures = page(notebook, content)
    assert (FOLDER / f"{notebook.stem}.md").read_text("utf-8") == shown, "python -m validation.notebooks writes it anew"
    assert {file.name for file in FOLDER.glob(f"{notebook.stem}*.jpg")} == set(pictures)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_defines_nothing_and_holds_no_output(notebook: Path) -> None:
    for cell in cells(notebook):
        for node in ast.walk(ast.parse(cell)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda)
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        assert not cell.get("outputs")


def test_there_are_three() -> None:
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03"]
