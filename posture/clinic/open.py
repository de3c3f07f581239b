"""The client files where they are, or made where there are none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from posture.errors import SetupError, install_hint
from posture.io.atomic import tighten

if TYPE_CHECKING:
    from posture.clinic.archive import Archive


def data_folder() -> Path:
    """posture's folder among the user's own data."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "posture"


def open_archive(url: str | None, make: bool = False) -> Archive:
    """The client files; where there are none yet, ``make`` them.

    Raises SetupError where a library is missing, UsageError for a database that cannot be used.
    """
    try:
        from posture.clinic.archive import Archive
    except ImportError as error:
        raise SetupError(f"client files need SQLAlchemy and Alembic ({error}): {install_hint('clinic')}") from error
    archive = Archive(url or f"sqlite:///{data_folder() / 'clients.db'}", make)
    if not url:
        tighten(data_folder())  # older versions left it open to others
    return archive
