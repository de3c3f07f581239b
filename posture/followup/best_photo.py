"""Of several photos of one standing, the one to go by; and whether another one is worth asking for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posture.errors import Issue
from posture.findings.verdict import OUTLINE_LOST
from posture.report.report import Report

#: So many retakes are asked for, then the best photo is used with its warnings (docs/science.md, Quality gates).
MOST_RETAKES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """best : index of the photo to go by · retake : what to do better in another one; None where none is asked for

    settle : nothing could be measured and enough was asked; measure the photos leniently and choose again
    """

    best: int
    retake: Issue | None
    settle: bool


def choose(reports: Sequence[Report], rounds: int, lenient: bool = False) -> Choice:
    """The best of one or more photos of one standing, in the order in which they were taken.

    ``rounds`` is how many times photos were brought; after the third nothing more is asked for.
    Better is: measured; with points or an outline that the tilt can be read from; with fewer warnings; with the
    narrower tilt. Of equals the later one, since it was taken to be better.
    """
    best = max(range(len(reports)), key=lambda k: (*_merit(reports[k]), k))
    asked = rounds > MOST_RETAKES or lenient
    wanted = _wanted(reports[best])
    settle = reports[best].status == "refused" and asked and not lenient
    return Choice(best, None if asked else wanted, settle)


def _merit(report: Report) -> tuple[bool, bool, int, float]:
    if report.status == "refused":
        return False, False, 0, 0.0  # none is better than another
    tilt = None if report.finding is None else report.finding.tilt
    tilt_read = not report.measurements.measured().keys().isdisjoint(("asis_psis_tilt", "contour_lordosis"))
    return True, tilt_read, -len(report.warnings), 0.0 if tilt is None else -tilt.quantity.sigma


def _wanted(report: Report) -> Issue | None:
    """The first reason of a refusal, or the warning that took the outline away where nothing else shows the tilt."""
    if report.reasons:
        return report.reasons[0]
    if report.finding is None or report.finding.tilt is not None:
        return None
    return next((warning for warning in report.warnings if warning.code in OUTLINE_LOST), None)
