"""A PostgreSQL server of the tests' own: started from Debian's package in a folder of its own, and stopped."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MISSING = "PostgreSQL is not installed: client files on a server are NOT tested (Debian: apt-get install postgresql)"


def programs() -> Path | None:
    """Folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    path = found[-1] if found else shutil.which("pg_ctl")
    return None if path is None else Path(path).parent


@contextmanager
def server(bin_folder: Path) -> Iterator[str]:
    """Address of a running server without TCP port; ``{}`` in it stands for the database. Stopped at the end."""
    with TemporaryDirectory(prefix="pg", dir="/tmp") as name:  # a socket's path must be short
        folder = Path(name)
        user = _user(folder)
        data, options = folder / "data", f"-c listen_addresses='' -k {folder} -c fsync=off"
        run = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "user": user}
        subprocess.run([bin_folder / "initdb", "-D", data, "-U", "posture", "-A", "trust"], **run)
        start = [bin_folder / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w"]
        subprocess.run([*start, "start"], **run)
        try:
            yield f"postgresql+psycopg://posture@/{{}}?host={folder}"
        finally:
            subprocess.run([bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **run)


def _user(folder: Path) -> str | None:
    """PostgreSQL refuses root: there the folder goes to its own user, or to nobody."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(folder, user)
    return user
