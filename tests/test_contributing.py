"""The worked examples of docs/howto, each applied to a copy of the package and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

GUIDES = [page.read_text("utf-8") for page in sorted((ROOT / "docs" / "howto").glob("*.md"))]
CHAPTERS = {
    title: re.findall(r"```(\w+) title=\"([^\"]+)\"\n(.*?)```", body, re.DOTALL)
    for guide in GUIDES
    for title, body in re.findall(r"\A# (Add [^\n]+)\n(.*)", guide, re.DOTALL)
}
#: Files that an example touches: new ones, changed ones, and its test.
TOUCHED = {"Add a measure": 3, "Add a norm": 2, "Add an exercise": 3, "Add a language": 2, "Add a pose model": 2}
#: Tests of the project that would notice a forgotten file.
ALSO = {
    "Add a measure": ("tests/text/test_language.py", "tests/test_docstrings.py", "tests/measures/test_measures.py"),
    "Add an exercise": (
        "tests/text/test_language.py",
        "tests/knowledge/test_load.py",
        "tests/render/test_plan.py::TestDrawings",
    ),
}


def apply(kind: str, title: str, text: str, place: Path) -> Path:
    """Do what a block of the guide says, in a copy; the file that it touched."""
    if ", translated to " in title:
        old, new = title.split(", translated to ")
        english, translated = text.strip().split(" = ")
        german = (place / old).read_text("utf-8")
        line = next(line for line in german.splitlines() if line.startswith(f"{english} = "))
        (place / new).write_text(german.replace(line, f"{english} = {translated}"), "utf-8")
        return place / new
    file = place / title.removeprefix("append to ")
    if title.startswith("append to "):
        with file.open("a", encoding="utf-8") as opened:
            opened.write(f"\n{text}")
    elif kind == "diff":
        _patch(file, text)
    else:
        file.write_text(text, "utf-8")
    return file


def _patch(file: Path, text: str) -> None:
    """Lines with + come after the line before them, or take the place of those with -."""
    content = file.read_text("utf-8")
    for group in re.findall(r"^[ -][^\n]*\n(?:\+[^\n]*\n)+", text, re.MULTILINE):
        first, *added = group.splitlines()
        old = first[1:] + "\n"
        assert content.count(old) == 1, f"{file.name} has {first[1:]!r} {content.count(old)} times"
        new = "".join(line[1:] + "\n" for line in added)
        content = content.replace(old, new if first[0] == "-" else old + new)
    file.write_text(content, "utf-8")


def test_the_guide_has_every_example() -> None:
    assert set(CHAPTERS) == set(TOUCHED)


@pytest.mark.parametrize("chapter", sorted(TOUCHED))
def test_an_example_works_and_touches_as_few_files_as_it_says(chapter: str, tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "posture", tmp_path / "posture", ignore=ignore)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=ignore)
    for name in ("docs", "validation", "sample_images", "app.py", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    touched = {apply(kind, title, text, tmp_path) for kind, title, text in CHAPTERS[chapter]}
    assert len(touched) == TOUCHED[chapter]
    tests = [str(file) for file in touched if file.name.startswith("test_")] + list(ALSO.get(chapter, ()))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
