"""Another author's program of the same import name, installed beside this one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

#: The folder that an installer leaves for a distribution called ``posture`` (this one is called posture-tilt).
_RECORD = re.compile(r"posture-(?P<version>.+)\.dist-info")


def namesake(folders: Iterable[str] | None = None) -> str | None:
    """A sentence where a distribution ``posture`` is installed in one of the folders, by default those of sys.path.

    Each of the two overwrites the other's files. Looks at names of folders alone: importlib.metadata would take a
    third of the time that ``posture --help`` may take.
    """
    for folder in map(Path, sys.path if folders is None else folders):
        for record in folder.glob("posture-*.dist-info"):
            if found := _RECORD.fullmatch(record.name):
                return (
                    f"another distribution, posture {found['version']}, is installed here and owns the import name "
                    "'posture' as well: run pip uninstall posture posture-tilt, then install posture-tilt again"
                )
    return None
