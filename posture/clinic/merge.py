"""Merge of a report and of answers into a client's file that may hold them already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from posture.report.report import Report

#: What became of a report that was to be kept.
SaveOutcome = Literal["added", "renewed", "known", "older"]


def outcome_of(report: Report, body: str | None) -> SaveOutcome:
    """Outcome for a report where one of the same photo and pose is kept as ``body``, None where there is none.

    Measured again by a newer version, by another model, or with points set by hand, it takes the kept one's place; an
    older one never does, nor one that could not be measured where the kept one could.
    """
    if body is None:
        return "added"
    kept = Report.from_json(body)
    if _age(report) < _age(kept):
        return "older"
    worse = report.status == "refused" and kept.status == "analyzed"
    if worse or without_file(report).to_json() == body:
        return "known"
    newer = _age(report) > _age(kept) or _model(report) != _model(kept)
    return "renewed" if report.by_hand or newer else "known"


def merged_answers(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Answers table by table: the later of two to one question, and of lists (flags, conditions) all of both."""

    def one(key: str, value: Any) -> Any:
        match before.get(key), value:
            case dict() as old, dict() as new:
                return merged_answers(old, new)
            case list() as old, list() as new:
                return list(dict.fromkeys(old + new))
        return value

    return {**before} | {key: one(key, value) for key, value in after.items()}


def without_file(report: Report) -> Report:
    """The report without the name of its file, which may be somebody's."""
    return replace(report, photo=replace(report.photo, file=""))


def photo_key(report: Report, unread: str = "") -> str:
    """Key of a photo in the files: its hash, or "unread 4" for the fourth file of a batch that has none."""
    return report.photo.sha256 or f"unread {unread}".strip()


def _age(report: Report) -> tuple[list[int], str, str]:
    """By which reports are older and newer: the tool's version, then the days of its calibration and norms."""
    versions = {name: report.versions.get(name) or "" for name in ("posture", "calibration", "norms")}
    return [int(part) for part in re.findall(r"\d+", versions["posture"])], versions["calibration"], versions["norms"]


def _model(report: Report) -> str | None:
    return report.versions.get("model_sha256")
