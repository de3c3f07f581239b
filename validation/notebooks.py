"""The notebooks as pages of the site: ``python -m validation.notebooks`` runs them and writes docs/notebooks anew."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from PIL import Image
from traitlets.config import Config

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Width of a picture on the page, px.
WIDE = 760


def run(notebook: Path) -> nbformat.NotebookNode:
    """A notebook run from top to bottom in a process of its own, with what it printed and drew."""
    content = nbformat.read(notebook, as_version=4)
    NotebookClient(content, timeout=300, resources={"metadata": {"path": str(notebook.parent)}}).execute()
    return content


def page(notebook: Path, content: nbformat.NotebookNode) -> tuple[str, dict[str, bytes]]:
    """The page of a notebook that was run, and its pictures as JPEG by their names."""
    shown = Config(NbConvertBase={"display_data_priority": ["image/png", "text/plain"]})
    body, resources = MarkdownExporter(config=shown).from_notebook_node(content)
    pictures = {}
    for name, png in resources["outputs"].items():
        if f"({name})" in body:
            own = f"{notebook.stem}_{Path(name).stem}.jpg"
            picture = Image.open(io.BytesIO(png)).convert("RGB")
            picture.thumbnail((WIDE, 2 * WIDE))
            jpeg = io.BytesIO()
            picture.save(jpeg, "JPEG", quality=85)
            pictures[own] = jpeg.getvalue()
            body = body.replace(f"![png]({name})", f"![What the lines above draw]({own})")
    body = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", body)).strip()
    source = f"notebooks/{notebook.name}"
    return f"{body}\n\n*This page is `{source}`, run by `python -m validation.notebooks`.*\n", pictures


def main() -> None:
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for notebook in NOTEBOOKS:
        text, pictures = page(notebook, run(notebook))
        (FOLDER / f"{notebook.stem}.md").write_text(text, "utf-8")
        for name, jpeg in pictures.items():
            (FOLDER / name).write_bytes(jpeg)
        print(f"docs/notebooks/{notebook.stem}.md")


if __name__ == "__main__":
    main()
