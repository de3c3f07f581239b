"""Two visits of a client that both hold a picture: which photos stand for them, and what the tilt did between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posture.followup.change import Change, OwnError, set_up_differs
from posture.followup.joint_reading import TILT, joint_change, joint_readings
from posture.followup.timeline import STANDING, Entry, visits
from posture.followup.visit_picture import VisitPicture
from posture.knowledge.load import Knowledge

#: Why nothing is said of the tilt.
NO_TILT = "the tilt was not read at both visits"


@dataclass(frozen=True, slots=True, eq=False)
class PicturePair:
    """The pictures of two visits (days ISO), and the change of the tilt from the first to the second."""

    before: str
    after: str
    pictures: tuple[VisitPicture, VisitPicture]
    tilt: Change


def pictured_days(entries: Sequence[Entry], knowledge: Knowledge) -> dict[str, Entry]:
    """The photo whose picture stands for each visit that has one, the oldest day first.

    The photo to go by comes before others of its day; one that a reviewer refused, or of a pose that was asked for,
    stands for none.
    """
    chosen = {id(entry) for entry in visits(entries, knowledge)}
    days: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda one: (one.date, id(one) not in chosen)):
        refused = entry.review is not None and entry.review.verdict == "refused"
        if entry.picture is not None and entry.pose in STANDING and not refused:
            days.setdefault(entry.date, entry)
    return days


def picture_pair(
    entries: Sequence[Entry], before: str, after: str, knowledge: Knowledge, own: OwnError | None = None
) -> PicturePair | None:
    """The pictures of two visits by their days; None where one of them has none."""
    days = pictured_days(entries, knowledge)
    first, last = (days[day].picture if day in days else None for day in (before, after))
    if first is None or last is None:
        return None
    return PicturePair(before, after, (first(), last()), tilt_change(entries, before, after, knowledge, own))


def first_pair(
    entries: Sequence[Entry], day: str, knowledge: Knowledge, own: OwnError | None = None
) -> PicturePair | None:
    """The pictures of the first visit that has one and of a day; None where the day has none, or is the first."""
    first = min(pictured_days(entries, knowledge), default=day)
    return picture_pair(entries, first, day, knowledge, own) if first < day else None


def tilt_change(
    entries: Sequence[Entry], before: str, after: str, knowledge: Knowledge, own: OwnError | None = None
) -> Change:
    """Change of the tilt between two visits, by the joint reading of all visits until the second."""
    chosen = visits([entry for entry in entries if entry.date <= after], knowledge)
    reports = [entry.report(knowledge) for entry in chosen]
    read = {
        entry.date: (report, joint)
        for entry, report, joint in zip(chosen, reports, joint_readings(reports, knowledge), strict=True)
    }
    for day, which in ((before, "before"), (after, "after")):
        if day not in read:
            return _not_comparable(f"the photo {which} could not be measured")
    (first, start), (last, end) = read[before], read[after]
    if start is not None and end is not None:
        return joint_change(start, end, own, knowledge)
    return _not_comparable(set_up_differs(first, last) or NO_TILT)


def _not_comparable(because: str) -> Change:
    return Change(TILT, None, None, None, None, "deg", "not_comparable", because)
