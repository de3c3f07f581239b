"""``posture clients erase``: a client out of the client files, and out of the results of batches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from posture.batch.erase import check_results, erase_client
from posture.cli.clients import files_of, tell
from posture.errors import UsageError
from posture.io.photos import shown
from posture.knowledge.load import Knowledge

#: What is said of results that were not named, and of photos that a batch would measure again.
NOT_NAMED = "Such folders are given by --results FOLDER, also afterwards."
AGAIN = "Take the photos themselves out of the photo folder, too: a batch that goes on measures them again."


def erase(pseudonym: str, sure: bool, results: Sequence[Path], by: str | None, url: str | None, as_json: bool) -> int:
    """Remove one client for good; first out of the results, so that the same command goes on where one is refused."""
    if not sure:
        raise UsageError(f"this removes everything kept of {pseudonym!r} for good: say --yes to do it")
    from posture.clinic.archive import ELSEWHERE

    for folder in results:
        check_results(folder)
    archive, knowledge = files_of(url, by), Knowledge.load()
    photos = {shown(folder): erase_client(folder, pseudonym, knowledge) for folder in results}
    is_there = any(one.pseudonym == pseudonym for one in archive.clients(pseudonym))
    token = archive.erase(pseudonym) if is_there or not any(photos.values()) else ""
    lines = [f"Erased; the log keeps {token}." if token else f"No client {pseudonym!r} is in the client files."]
    lines += [f"Photos taken out of {folder}: {n}." for folder, n in photos.items()]
    lines += [AGAIN] if any(photos.values()) else []
    lines += [ELSEWHERE, NOT_NAMED]
    tell({"erased": token or None, "results": photos, "elsewhere": ELSEWHERE}, as_json, " ".join(lines))
    return 0
