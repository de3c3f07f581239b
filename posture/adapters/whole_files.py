"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
from pathlib import Path


def write_whole(path: Path, content: bytes | str) -> None:
    """Put a file in its place in one step: a full disk leaves what was there before, and nothing half.

    Text is written as UTF-8. Raises OSError.
    """
    part = path.with_name(f".{path.name}")
    try:
        part.write_bytes(content if isinstance(content, bytes) else content.encode())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
