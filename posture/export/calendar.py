"""A programme as a calendar file: one entry a training day and stage, repeated weekly, and one for the retest."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from posture.errors import UsageError
from posture.knowledge.load import Knowledge
from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.plan.schedule import DAYS, Programme
from posture.text.labels import side_words
from posture.text.language import ENGLISH, Language

#: When the entries stand in the day where nobody chose another time.
AT = time(18, 0)


def first_monday(start: date) -> date:
    """When a programme begins that is given on a day: the Monday on or after it; Tuesday 24 November gives the 30th."""
    return start + timedelta(days=-start.weekday() % DAYS)


def retest_day(plan: Plan, start: date) -> date:
    """The first day on which a plan that is given on ``start`` asks for tests and photo again."""
    return first_monday(start) + timedelta(weeks=plan.retest_weeks)


def calendar(
    plan: Plan,
    programme: Programme,
    knowledge: Knowledge,
    start: date,
    language: Language | None = None,
    at: time = AT,
) -> bytes:
    """The .ics file of a programme that begins on the Monday on or after ``start``; times without a time zone."""
    language = language or ENGLISH

    def name(item: Item) -> str:
        return language.exercise(knowledge.exercises[item.id]).name

    monday = first_monday(start)
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
            lines = [f"{name(s.item)}: {language.dose(s.item)}{language.text(side_words(s.item))}" for s in sessions]
            event = _event(
                datetime.combine(when, at),
                language.text("Exercises, {minutes} min").format(minutes=together),
                lines,
                language,
            )
            event.add("duration", timedelta(minutes=max(5, together)))
            event.add("rrule", {"freq": "weekly", "count": last_week - first_week + 1})
            made.add_component(event)
    if plan.retest_weeks:
        again = _event(
            datetime.combine(retest_day(plan, start), at),
            language.text("Test again and take the photo again"),
            [name(item) for item in programme.tests] + [language.text("Same place, same clothes, same hour.")],
            language,
        )
        again.add("duration", timedelta(minutes=20))
        made.add_component(again)
    return bytes(made.to_ical())


def training_days(data: bytes, after: date, until: date) -> int:
    """Days with an exercise entry in a calendar file, later than one day and no later than another.

    Three days a week from Monday the 2nd give 6 days after the 1st until the 14th. Raises UsageError for a file that is
    no calendar.
    """
    days: set[date] = set()
    try:
        for event in Calendar.from_ical(data).walk("VEVENT"):
            if "rrule" in event:  # the retest has none
                weeks = range(int(event["rrule"]["count"][0]))
                days |= {event["dtstart"].dt.date() + timedelta(weeks=week) for week in weeks}
    except (ValueError, KeyError, AttributeError) as error:
        raise UsageError("this is not the calendar of a plan: give the .ics file that came with the plan") from error
    return sum(after < day <= until for day in days)


def _event(begin: datetime, title: str, lines: list[str], language: Language) -> Event:
    event = Event()
    event.add("summary", title)
    event.add("description", "\n".join([*lines, language.text("Stop with sharp pain, numbness or pinching.")]))
    event.add("dtstart", begin)
    # a file made twice from the same plan is the same file
    event.add("dtstamp", datetime(begin.year, begin.month, begin.day, tzinfo=UTC))
    event.add("uid", hashlib.sha256(f"{begin.date()}{title}{lines}".encode()).hexdigest()[:32] + "@posture")
    return event
