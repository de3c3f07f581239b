"""The site is whole: pages made from data are current, it builds without a warning, and asks nothing from outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from validation.reference import FOLDER, pages

#: What the theme would fetch for browsers of before 2020, and for a page with a Mermaid diagram; there is neither.
NEVER_ASKED = {"resize-observer-polyfill", "mermaid.min.js"}


PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_made_from_data_is_current(name: str) -> None:
    said = "python -m validation.reference writes it anew"
    assert (FOLDER / name).read_text("utf-8") == PAGES[name], said


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_every_page_of_the_folder_is_in_the_site(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("")
        if page.stem != "index":
            assert (site / name / "index.html").is_file(), name
    menu = (ROOT / "mkdocs.yml").read_text("utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        assert str(page.relative_to(ROOT / "docs")) in menu, page


def test_it_asks_nothing_from_outside(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert 'class="mermaid"' not in text
        assert not re.findall(r'<(?:link|script|img|iframe)[^>]+(?:href|src)="(?:https?:)?//[^"]*"', text), page
    for style in site.rglob("*.css"):
        assert not re.findall(r"url\([\"']?(?:https?:)?//", style.read_text("utf-8")), style
    for script in (site / "assets" / "javascripts").glob("*.js"):
        asked = set(re.findall(r'"https://[^"]+/([^"/]+)"', script.read_text("utf-8")))
        assert asked <= NEVER_ASKED, script
