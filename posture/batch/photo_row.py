"""One photo of a batch as people read it: who, when, the verdict in words, whether to look at it and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posture.batch.layout import FileKind, photo_file
from posture.batch.name_pattern import ASKED_FOR
from posture.io.photos import printable
from posture.knowledge.load import Knowledge
from posture.report.report import Report
from posture.report.review_need import ReviewNeed
from posture.text.labels import outcome, plan_words, sentence
from posture.text.language import Language


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo as tables, contact sheet and summary show it, its words in one language.

    file : empty where names are left out · tilt, low, high, curve : degrees, depth : %; None where not measured
    place : in the queue of photos to look at, 1 the first; None for one that need not be looked at
    why, to_do : the reasons and the most pressing one's remedy · picture, page : paths under the results, or None
    """

    number: int
    client: str
    day: str
    pose: str
    file: str
    verdict: str
    tilt: float | None
    low: float | None
    high: float | None
    grade: str
    curve: float | None
    depth: float | None
    place: int | None
    why: str
    to_do: str
    plan: str
    picture: str | None
    page: str | None


def photo_row(
    out: Path,
    line: Mapping[str, Any],
    report: Report,
    needs: Sequence[ReviewNeed],
    place: int | None,
    knowledge: Knowledge,
    language: Language,
) -> PhotoRow:
    """The row of a photo by its line of the journal and its needs of a look; ``out`` are the results."""
    tr, finding = language.text, None if report.emergency else report.finding
    tilt = None if finding is None or finding.tilt is None else finding.tilt
    measured = {} if report.emergency else report.measurements.measured()
    named = [] if place is None else needs

    def value(name: str) -> float | None:
        return measured[name].quantity.value if name in measured else None

    def existing(kind: FileKind) -> str | None:
        path = photo_file(kind, line["number"], report.photo.sha256)
        return path if (out / path).is_file() else None

    return PhotoRow(
        number=line["number"],
        client=printable(line["client_id"]),
        day=line["visit_date"],
        pose=tr(line["pose"]) if line["pose"] else "",
        file=printable(line["file"]),
        verdict=sentence(tr(_verdict(line["pose"], report))),
        tilt=None if tilt is None else tilt.quantity.value,
        low=None if tilt is None else tilt.quantity.low95,
        high=None if tilt is None else tilt.quantity.high95,
        grade="" if tilt is None else tilt.grade,
        curve=value("contour_lordosis"),
        depth=value("lumbar_depth"),
        place=place,
        why="; ".join(dict.fromkeys(sentence(tr(need.issue.message)).rstrip(".") for need in named)),
        to_do=sentence(tr(named[0].issue.retake)).rstrip(".") if named else "",
        plan="" if report.plan is None or report.emergency else tr(plan_words(report.plan, knowledge)),
        picture=existing("overlays"),
        page=existing("pages"),
    )


def _verdict(pose: str, report: Report) -> str:
    if report.status == "refused":
        return "not measured"
    if pose in ASKED_FOR and not report.emergency:
        return "numbers alone: the pose was asked for"
    return outcome(report)
