"""Files that are written whole or not at all, and folders and files that are for this user alone."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_atomic(path: Path, content: bytes | str, private: bool = False) -> None:
    """Put a file in its place in one step: a full disk leaves what was there before, and nothing half.

    Text is written as UTF-8. ``private``: nobody but this user may read it (mode 0600). Raises OSError.
    """
    part = path.with_name(f".{path.name}")
    try:
        if private:
            part.unlink(missing_ok=True)
            part.touch(0o600)
        part.write_bytes(content if isinstance(content, bytes) else content.encode())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def private_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone (mode 0700).

    One that is there stays as it is: it was made by somebody with a mind of their own. Raises OSError.
    """
    for folder in (*reversed(path.parents), path):
        folder.mkdir(0o700, exist_ok=True)


def tighten(path: Path) -> None:
    """Take from others what they may do with a file or folder of this user's; nothing is ever added to its mode.

    What belongs to somebody else stays as they have it. Raises OSError.
    """
    if os.name != "posix" or not path.exists():
        return
    now = path.stat()
    if now.st_uid == os.getuid() and now.st_mode & 0o077:
        path.chmod(now.st_mode & 0o700)
