"""The lock of a results folder, so that one process at a time writes its rows."""

from __future__ import annotations

from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from posture.errors import UsageError

LOCK = ".lock"


def alone_in(out: Path) -> AcquireReturnProxy[FileLock]:
    """The lock of a results folder; the system frees it however this process ends.

    Raises UsageError where a batch writes there.
    """
    try:
        return FileLock(out / LOCK).acquire(timeout=0)
    except Timeout:
        raise UsageError(f"another batch is writing into {out}: wait for it, or choose another folder") from None
