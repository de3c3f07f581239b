"""The page that sums up a batch: whom to look at and why, how many photos were what, where everything is."""

from __future__ import annotations

import base64
import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from posture.batch.contact_sheet import thumbnail
from posture.batch.photo_row import PhotoRow
from posture.io.atomic import write_atomic
from posture.render.html.plan import page
from posture.render.overlay import jpeg
from posture.report.report import Report
from posture.report.review_need import KINDS, ReviewNeed
from posture.text.labels import outcome
from posture.text.language import Language

#: So many photos to look at stand on the page with a picture each; the tables name all.
MOST_SHOWN = 100
#: Greatest size of such a picture, px; a screen of twice the density shows it sharp at half of that.
THUMBNAIL = (180, 300)


@dataclass
class Tally:
    """Counts of a batch's photos by outcome, and those to look at first."""

    count: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    needs: Counter[str] = field(default_factory=Counter)
    clients: set[str] = field(default_factory=set)
    _first: list[tuple[int, PhotoRow]] = field(default_factory=list)

    def add(self, photo: PhotoRow, report: Report, needs: Sequence[ReviewNeed]) -> None:
        """Count one photo."""
        self.count[report.status] += 1
        if report.finding is not None and not report.emergency:
            self.verdicts[outcome(report)] += 1
        self.reasons.update(reason.code for reason in report.reasons)
        if photo.client:
            self.clients.add(photo.client)
        if photo.place is not None:
            self.count["needs_review"] += 1
            self.needs[needs[0].kind] += 1
            keep = heapq.heappush if len(self._first) < MOST_SHOWN else heapq.heappushpop
            keep(self._first, (-photo.place, photo))

    @property
    def to_look_at(self) -> list[PhotoRow]:
        """The first `MOST_SHOWN` of the queue, in its order."""
        return [photo for _, photo in sorted(self._first, reverse=True)]


def write_summary(out: Path, tally: Tally, files: Sequence[str], sheets: Sequence[str], language: Language) -> None:
    """Write summary.html; ``files`` are the tables to link, ``sheets`` the contact sheets. Raises OSError."""
    total = max(1, tally.count["analyzed"] + tally.count["refused"])

    def bars(counted: Counter[str]) -> list[tuple[str, int, int]]:
        return [(words, n, round(100 * n / total)) for words, n in counted.most_common()]

    text = page(
        "batch.html",
        language,
        plan=None,
        count=tally.count,
        clients=len(tally.clients),
        verdicts=bars(tally.verdicts),
        reasons=[(code.replace("_", " "), n, percent) for code, n, percent in bars(tally.reasons)],
        needs=[(words, tally.needs[kind]) for kind, words in KINDS.items() if tally.needs[kind]],
        shown=[(photo, _embedded(out, photo)) for photo in tally.to_look_at],
        files=files,
        sheets=sheets,
    )
    write_atomic(out / "summary.html", text)


def _embedded(out: Path, photo: PhotoRow) -> str | None:
    """The small picture as a data URI; its faces are blurred, as in the picture it is made from."""
    small = thumbnail(out, photo, THUMBNAIL)
    return None if small is None else "data:image/jpeg;base64," + base64.b64encode(jpeg(small, 75)).decode()
