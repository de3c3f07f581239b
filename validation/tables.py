"""Markdown tables and the marked places in a document where a command puts them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def put(document: Path, mark: str, text: str) -> None:
    """Replace what stands between ``<!-- mark -->`` and ``<!-- /mark -->`` in a document."""
    begin, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    old = document.read_text("utf-8")
    head, rest = old.split(begin)
    tail = rest.split(end)[1]
    document.write_text(f"{head}{begin}\n{text}\n{end}{tail}", "utf-8")
