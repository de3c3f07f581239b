"""A visit's record in words: pain, function, exercise, set-up, consent, and what differs from last time."""

from __future__ import annotations

from collections.abc import Sequence

from posture.followup.visit_record import ClientRecord, Consent, VisitRecord
from posture.text.language import Language

#: How each part of the set-up is called.
SET_UP_WORDS = {
    "footwear": "Footwear",
    "clothes": "Clothes in the photo",
    "cue": "Words to the client",
    "operator": "Photo taken by",
    "distance": "Distance of the camera",
}


def record_lines(record: VisitRecord, language: Language) -> list[str]:
    """A line for everything that a record tells.

    Pain 4, stairs 5 and 9 of 12 days give "Pain over the last week: 4 of 10", "stairs: 5 of 10 (10: as before)" and
    "Days of exercise since the last visit: 9 of 12 planned".
    """
    tr, lines = language.text, []
    if record.pain_week_0_10 is not None:
        words = tr("Pain over the last week: {value} of 10")
        lines.append(words.format(value=_figure(record.pain_week_0_10, language)))
    for activity in record.activities:
        words = tr("{activity}: {value} of 10 (10: as before)")
        lines.append(words.format(activity=activity.name, value=_figure(activity.score, language)))
    if record.function_0_10 is not None and len(record.activities) > 1:
        words = tr("Function, mean of {n} activities: {value} of 10")
        lines.append(words.format(n=len(record.activities), value=_figure(record.function_0_10, language)))
    lines += _exercise(record, language)
    if record.inclinometer_deg is not None:
        words = tr("Tilt by inclinometer: {value}°")
        lines.append(words.format(value=_figure(record.inclinometer_deg, language)))
    set_up = record.protocol
    set_up_words = {name: getattr(set_up, name, "") for name in SET_UP_WORDS}
    if set_up.distance_m is not None:
        set_up_words["distance"] = f"{_figure(set_up.distance_m, language)} m"
    return lines + [f"{tr(SET_UP_WORDS[name])}: {value}" for name, value in set_up_words.items() if value]


def _exercise(record: VisitRecord, language: Language) -> list[str]:
    done, planned = record.exercise_days, record.exercise_days_planned
    if done is not None and planned is not None:
        words = language.text("Days of exercise since the last visit: {done} of {planned} planned")
        return [words.format(done=done, planned=planned)]
    if done is not None:
        return [language.text("Days of exercise since the last visit: {done}").format(done=done)]
    if planned is not None:
        return [language.text("Days of exercise planned since the last visit: {planned}").format(planned=planned)]
    return []


def difference_lines(kept: ClientRecord, day: str, language: Language) -> list[str]:
    """Differences of a day's set-up from the last one, a line each: "Footwear: barefoot on 2026-03-01, now shoes"."""
    before, found = kept.differences(day)
    words, lines = language.text("{name}: {before} on {day}, now {now}"), []
    for name, one, other in found:
        if name == "distance" and language.code == "de":
            one, other = one.replace(".", ","), other.replace(".", ",")
        lines.append(words.format(name=language.text(SET_UP_WORDS[name]), before=one, day=before, now=other))
    return lines


def consent_lines(consents: Sequence[Consent], language: Language) -> list[str]:
    """Consents, a line each: "Photo and record, version 2, signed on 2026-03-01"."""
    words = language.text("{template}, version {version}, signed on {date}")
    return [words.format(template=one.template, version=one.version, date=one.date) for one in consents]


def _figure(value: float, language: Language) -> str:
    """A figure with one decimal where it has one: 4 → "4", 4.5 → "4.5", in German "4,5"."""
    said = f"{value:.1f}".removesuffix(".0").replace("-", "−")
    return said.replace(".", ",") if language.code == "de" else said
