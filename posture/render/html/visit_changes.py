"""Changes up to a visit, a row a measure: since the first visit and since the one before, against the error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from posture.followup.change import Change
from posture.followup.timeline import Entry, Timeline, changes, timelines
from posture.followup.visit_record import ClientRecord
from posture.knowledge.load import Knowledge
from posture.text.labels import NAMES, number
from posture.text.language import Language

#: Measures that a page draws over the visits, where they are known, and judges whether or not they changed.
DRAWN = ("tilt", "contour_lordosis", "hip_angle", "trunk_incl", "pelvic_displacement")
Judged = Literal["changed", "within", "not_comparable", "not_judged"]
#: How each judgment is called.
JUDGED = {
    "changed": "real change",
    "within": "within error",
    "not_comparable": "not comparable",
    "not_judged": "told, not judged",
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One measure at two visits, in words: "4°", "12°", "+8°", how it is judged, and the smallest real change, "4°".

    why : why it is not comparable, or since when it is told; empty where it is judged, or where it is said of all
    since_before : how the change since the visit before is judged; empty where that is the first visit
    """

    name: str
    before: str
    after: str
    diff: str
    judged: Judged
    least: str = "–"
    why: str = ""
    since_before: str = ""


@dataclass(frozen=True, slots=True)
class ChangesShown:
    """Changes with the days of the first visit and the one before; ``headline`` sums them up in a sentence.

    why : why no measure can be compared, empty where one can
    rows : the measures that a page draws, and any other that changed; none where none can be compared
    """

    headline: str
    why: str
    first: str
    before: str
    rows: tuple[ChangeRow, ...]


def changes_shown(
    entries: Sequence[Entry], day: str, kept: ClientRecord, knowledge: Knowledge, language: Language
) -> ChangesShown | None:
    """Changes until the visit of a day; None where it is the first one. ``entries`` hold none that is later."""
    if not any(entry.date < day for entry in entries):
        return None
    tr, lines = language.text, timelines(entries, knowledge, kept.own)
    days = sorted({entry.date for entry in entries})
    first = min((line.points[0].date for line in lines), default=days[0])
    between = [(start, change) for start, end, change in changes(entries, knowledge, kept.own) if end == day]
    before = between[0][0] if between else ""
    neighbours = {change.measure: change for _, change in between} if before > first else {}
    judged = [(line.measure, _row(line, day, neighbours, language)) for line in lines if line.points[0].date < day]
    judged.sort(key=lambda one: (one[1].judged != "changed", one[0] not in DRAWN))
    rows = [row for measure, row in judged if measure in DRAWN or row.judged == "changed"]
    changed = [row.name for row in rows if row.judged == "changed"]
    if changed:
        headline = tr("Real change since {day}: {measures}").format(day=tr(first), measures=", ".join(changed))
    elif any(row.judged == "within" for row in rows):
        headline = tr("No change beyond measurement error since {day}").format(day=tr(first))
    else:
        headline = tr("Not comparable with {day}").format(day=tr(first))
    why, reasons = "", {row.why for row in rows}
    if len(reasons) == 1 and "" not in reasons:  # then it is said once for all of them
        why, rows = reasons.pop(), []
    rows += _record_rows(kept, day, language)
    return ChangesShown(headline, why, first, before if neighbours else "", tuple(rows))


def _row(line: Timeline, day: str, neighbours: dict[str, Change], language: Language) -> ChangeRow:
    """A measure at its first visit and on this day."""
    tr, unit, last = language.text, line.unit, line.points[-1]
    name, before = tr(NAMES[line.measure]), number(line.points[0].quantity.value, unit)
    if last.date != day or last.since_first is None:
        return ChangeRow(name, before, "–", "–", "not_comparable", why=tr("not measured at this visit"))
    change, after = last.since_first, number(last.quantity.value, unit)
    near = neighbours.get(line.measure)
    since_before = "" if near is None else tr(JUDGED[judgment(near)])
    if change.diff is None or change.mdc95 is None:
        return ChangeRow(name, before, after, "–", "not_comparable", "–", tr(change.because), since_before)
    least = number(change.mdc95, unit)
    return ChangeRow(name, before, after, signed(change.diff, unit), judgment(change), least, "", since_before)


def judgment(change: Change) -> Judged:
    """Judgement of a change, as a key of `JUDGED`."""
    kinds: dict[str, Judged] = {"changed": "changed", "no_detectable_change": "within"}
    return kinds.get(change.verdict, "not_comparable")


def _record_rows(kept: ClientRecord, day: str, language: Language) -> list[ChangeRow]:
    """Pain and function from the first record to this day's; nothing here judges them."""
    rows = []
    for words, field in (("Pain, last week", "pain_week_0_10"), ("Function", "function_0_10")):
        recorded = {one: value for one, record in kept.records.items() if (value := getattr(record, field)) is not None}
        if day in recorded and min(recorded) < day:
            first, now = recorded[min(recorded)], recorded[day]
            cells = f"{first:.0f}", f"{now:.0f}", signed(now - first, "")
            rows.append(ChangeRow(language.text(words), *cells, "not_judged", why=_since(min(recorded), language)))
    return rows


def _since(day: str, language: Language) -> str:
    return language.text("since {day}").format(day=language.text(day))


def signed(value: float, unit: str) -> str:
    """A difference with its sign: (-3.2, "deg") gives −3°, a nought none."""
    said = number(value, unit)
    return said if said.startswith(("−", "-")) or round(value) == 0 else f"+{said}"
