"""A batch's results folder on the review page: opened by its path, which the page's address keeps over a reload."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import streamlit as st

from posture.app.auth import AccessControl
from posture.app.clinic.cases import Case, FromBatch
from posture.app.photo import Photo, hash_of
from posture.batch.photos import JOURNAL
from posture.batch.review_queue import Decision, Queued, decisions, note_decision, read_queue
from posture.errors import UnsuitablePhoto, UsageError
from posture.io.photos import read_photo_bytes
from posture.message import Message

#: Environment of the process: the folder under which people from other computers may open results.
RESULTS = "POSTURE_RESULTS"
#: Results that are kept read, over all visitors.
MOST_FOLDERS = 4


def opened() -> Path | None:
    """The folder that the page's address names; None where it names none.

    Raises UsageError for one that must not be opened from here.
    """
    asked = st.query_params.get("folder", "")
    if not asked:
        return None
    folder = Path(asked).expanduser().resolve()
    root = os.environ.get(RESULTS, "")
    if root and folder.is_relative_to(Path(root).resolve()):
        return folder
    if not root and AccessControl.from_environment().open_here:
        return folder
    raise UsageError("from another computer only results under the folder are opened that the server was started with")


def folder_cases(folder: Path) -> list[Case]:
    """The photos of a folder as this visitor sees them, with everybody's decisions until now."""
    path = folder / JOURNAL
    try:
        state = path.stat()
    except OSError as error:
        raise UsageError(
            Message("{folder} holds no results of a batch: {why}", folder=repr(str(folder)), why=error.strerror or "")
        ) from error
    stamp = str(folder), state.st_mtime_ns, state.st_size
    if st.session_state.get("folder_stamp") != stamp:
        kept = {case.key: case for case in st.session_state.get("folder_cases", [])}
        st.session_state["folder_cases"] = [_case(folder, queued, kept) for queued in _queue(*stamp)]
        st.session_state["folder_stamp"] = stamp
    mine: list[Case] = st.session_state["folder_cases"]
    made = decisions(folder)
    for case in mine:
        if case.batch is not None and (decision := made.get(case.batch.key)) is not None:
            if case.review is None or case.review.at < decision.at:
                case.client, case.date, case.pose = decision.client, decision.date, decision.pose
                case.kept_as = case.client, case.date, case.pose
            case.review = decision.review
    return mine


@lru_cache(MOST_FOLDERS)
def _queue(folder: str, _changed_ns: int, _size: int) -> list[Queued]:
    return read_queue(Path(folder))


def _case(folder: Path, queued: Queued, kept: dict[str, Case]) -> Case:
    """A photo of the batch; one that this visitor has typed something about stays as it is."""
    key = f"{folder}_{queued.number}_{queued.key[1][:8]}"
    if key in kept:
        return kept[key]
    batch = FromBatch(queued.key, queued.file, queued.picture)
    name = queued.file or f"{queued.number:06d}"
    return Case(name, queued.client, queued.date, queued.pose, queued.report, None, queued.intake, batch=batch, key=key)


def keep_decision(folder: Path, case: Case) -> None:
    """Write a case's decision into the folder, so that a reload and a second reviewer find it."""
    assert case.batch is not None
    assert case.review is not None
    number, sha256 = case.batch.key
    review, at = case.review, datetime.now(UTC).isoformat(timespec="microseconds")
    decision = Decision(number, sha256, case.client, case.date, case.pose, review.verdict, review.finding or "",
                        review.reason, review.reviewer, at)  # fmt: skip
    note_decision(folder, decision)
    case.review = decision.review


def attach_photo(case: Case, photos: str) -> None:
    """Read a case's photo from the folder of the photos, so that its points can be moved.

    Raises UsageError where it is not there or is another photo by now.
    """
    assert case.batch is not None
    if not (photos and case.batch.file):
        raise UsageError("to move points, name the folder of the photos under which the batch has found them")
    root = Path(photos).expanduser().resolve()
    path = (root / case.batch.file).resolve()
    allowed = os.environ.get(RESULTS, "")
    if not path.is_relative_to(root) or (allowed and not root.is_relative_to(Path(allowed).resolve())):
        raise UsageError("the photo lies outside of the folder that may be opened")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            Message("the photo {name} cannot be read: {why}", name=repr(case.batch.file), why=error.strerror or "")
        ) from error
    if hash_of(data) != case.batch.key[1]:
        raise UsageError(Message("the photo {name} is another one than the batch measured", name=repr(case.batch.file)))
    try:
        case.photo = Photo(read_photo_bytes(data, ""))
    except UnsuitablePhoto as error:
        raise UsageError(str(error)) from error
