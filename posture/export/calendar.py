"""A programme as a calendar file: one entry a training day and stage, repeated weekly, and one for the retest."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from posture.knowledge.load import Knowledge
from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.plan.schedule import DAYS, Programme
from posture.text.language import Language, load_language

#: When the entries stand in the day; the person moves them as they like.
AT = time(18, 0)


def calendar(
    plan: Plan, programme: Programme, knowledge: Knowledge, start: date, language: Language | None = None
) -> bytes:
    """The .ics file of a programme that begins on the Monday on or after ``start``; times without a time zone."""
    language = language or load_language("en")

    def name(item: Item) -> str:
        return language.exercise(knowledge.exercises[item.id]).name

    monday = start + timedelta(days=-start.weekday() % DAYS)
    made = Calendar()
    made.add("prodid", "-//posture//exercise plan//EN")
    made.add("version", "2.0")
    for stage in programme.stages:
        first_week, last_week = stage.weeks
        for day in range(DAYS):
            sessions = stage.on(day)
            if not sessions:
                continue
            when = monday + timedelta(weeks=first_week - 1, days=day)
            together = round(sum(s.minutes for s in sessions))
            lines = [f"{name(s.item)}: {language.dose(s.item)}" for s in sessions]
            event = _event(when, language.text("Exercises, {minutes} min").format(minutes=together), lines, language)
            event.add("duration", timedelta(minutes=max(5, together)))
            event.add("rrule", {"freq": "weekly", "count": last_week - first_week + 1})
            made.add_component(event)
    if plan.retest_weeks:
        again = _event(
            monday + timedelta(weeks=plan.retest_weeks),
            language.text("Test again and take the photo again"),
            [name(item) for item in programme.tests] + [language.text("Same place, same clothes, same hour.")],
            language,
        )
        again.add("duration", timedelta(minutes=20))
        made.add_component(again)
    return bytes(made.to_ical())


def _event(day: date, title: str, lines: list[str], language: Language) -> Event:
    event = Event()
    event.add("summary", title)
    event.add("description", "\n".join([*lines, language.text("Stop with sharp pain, numbness or pinching.")]))
    event.add("dtstart", datetime.combine(day, AT))
    # a file made twice from the same plan is the same file
    event.add("dtstamp", datetime(day.year, day.month, day.day, tzinfo=UTC))
    event.add("uid", hashlib.sha256(f"{day}{title}{lines}".encode()).hexdigest()[:32] + "@posture")
    return event
