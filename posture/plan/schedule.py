"""A plan as a week on a page: which exercise on which days, how long it takes, and how it grows over eight weeks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.plan.intake import WEEKDAYS, Intake

DAYS = 7
#: First and last week of each stretch of the programme.
STAGES = ((1, 2), (3, 4), (5, 6), (7, 8))
#: Seconds between two sets, and to get ready for an exercise; a repetition without a tempo takes three.
REST_S, READY_S, REPETITION_S = 45, 30, 3
#: Minutes a day that a plan takes when nothing was said, and the bounds of what can be asked for.
USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 15, 5, 30
USUAL_DAYS = 5
#: From this week on full doses grow to so many sets where time is left, the plan's own progression (proposal).
GROWS_FROM, MOST_SETS = 3, 3


@dataclass(frozen=True, slots=True)
class Session:
    """One exercise on one day. ``days``: 0 Monday to 6 Sunday · ``minutes`` for both sides where it has two."""

    item: Item
    days: tuple[int, ...]
    minutes: float


@dataclass(frozen=True, slots=True)
class Stage:
    """Some weeks that look alike; ``minutes`` is the longest day's."""

    weeks: tuple[int, int]
    sessions: tuple[Session, ...]
    minutes: float

    def since(self, earlier: Stage) -> tuple[tuple[Session, ...], tuple[Item, ...]]:
        """Sessions that are new or changed since an earlier stage, and those that have ended."""
        before = {(session.item.id, session.item.side): session for session in earlier.sessions}
        now = {(session.item.id, session.item.side): session for session in self.sessions}
        new = tuple(session for key, session in now.items() if before.get(key) != session)
        return new, tuple(session.item for key, session in before.items() if key not in now)

    def on(self, day: int) -> tuple[Session, ...]:
        """Sessions of a day, 0 Monday to 6 Sunday."""
        return tuple(session for session in self.sessions if day in session.days)


@dataclass(frozen=True, slots=True)
class Programme:
    """Eight weeks of a plan.

    habits : all-day things that take no time of their own · tests : done once now and again at the retest
    shortened : ids of exercises given with fewer sets than their dose · left_out : not given in some stage, for want
        of time · minutes_given : whether somebody said how much time there is
    """

    stages: tuple[Stage, ...]
    habits: tuple[Item, ...]
    tests: tuple[Item, ...]
    shortened: tuple[str, ...]
    left_out: tuple[str, ...]
    minutes_per_day: int
    minutes_given: bool
    days_per_week: int

    @property
    def active_stages(self) -> tuple[Stage, ...]:
        """The stages with something to do at a set time: none where a plan holds habits and tests alone."""
        return tuple(stage for stage in self.stages if stage.sessions)

    def first_given(self, item: Item) -> Item:
        """An item of the plan with the sets and days of the stage that it begins in; habits and tests as they are."""
        sessions = (session.item for stage in self.stages for session in stage.sessions)
        return next((one for one in sessions if (one.id, one.side) == (item.id, item.side)), item)


def programme(plan: Plan, intake: Intake) -> Programme | None:
    """The eight weeks of a plan within the minutes and days that were asked for; None for a plan without items.

    Of several exercises that do not fit into a day, the later ones of the plan first lose sets down to one, then are
    left out of that stage. Where somebody said how much time there is, from the third week on full doses grow by a set
    as long as they fit.
    """
    if not plan.items:
        return None
    asked = USUAL_MINUTES if intake.minutes_per_day is None else intake.minutes_per_day
    limit = round(min(max(asked, LEAST_MINUTES), MOST_MINUTES))
    free = _free_days(intake)
    timed = [item for item in plan.items if item.kind not in ("habit", "test")]
    shortened: dict[str, None] = {}
    left_out: dict[str, None] = {}
    stages = []
    for first, last in STAGES:
        active = [item for item in timed if item.weeks[0] <= last and item.weeks[1] >= first]
        sessions = _fitted([_session(item, free) for item in active], limit, shortened, left_out)
        if intake.minutes_per_day is not None and first >= GROWS_FROM:
            sessions = _filled(sessions, limit)
        stages.append(Stage((first, last), tuple(sessions), round(_longest(sessions), 1)))
    return Programme(
        stages=tuple(stages),
        habits=tuple(item for item in plan.items if item.kind == "habit"),
        tests=tuple(item for item in plan.items if item.kind == "test"),
        shortened=tuple(name for name in shortened if name not in left_out),
        left_out=tuple(left_out),
        minutes_per_day=limit,
        minutes_given=intake.minutes_per_day is not None,
        days_per_week=len(free),
    )


def _free_days(intake: Intake) -> tuple[int, ...]:
    """The days at hand, 0 Monday to 6 Sunday: those that were named, else as many as were told, spread evenly."""
    if intake.weekdays:
        named = [WEEKDAYS.index(day) for day in intake.weekdays]
        return tuple(sorted(named))[: intake.days_per_week or DAYS]
    count = intake.days_per_week if intake.days_per_week is not None else USUAL_DAYS
    count = min(max(count, 1), DAYS)
    return tuple(range(count)) if count >= USUAL_DAYS else tuple(k * DAYS // count for k in range(count))


def _session(item: Item, free: tuple[int, ...]) -> Session:
    days = min(int(item.dose.get("days_per_week", 1)), len(free))
    given = replace(item, dose={**item.dose, "days_per_week": days})
    return Session(given, _spread(days, free), minutes(given))


def _spread(days: int, free: tuple[int, ...]) -> tuple[int, ...]:
    """Weekdays as evenly as can be, all of them free ones: 3 of Monday to Friday are Monday, Wednesday, Friday."""
    left, chosen = list(free), []
    for k in range(days):
        nearest = min(left, key=lambda day: abs(day - k * DAYS // days))
        left.remove(nearest)
        chosen.append(nearest)
    return tuple(sorted(chosen))


def minutes(item: Item) -> float:
    """Minutes of one exercise on a day, both sides, with rest and getting ready.

    2 sets of 30 s on each side: 4 × 30 s + 2 × 45 s rest + 2 × 30 s ready give 4.5 minutes.
    """
    sets, reps = int(item.dose.get("sets", 1)), int(item.dose.get("reps", 1))
    sides = 2 if item.side == "both" else 1
    one_side = sets * reps * repetition_s(item.dose) + (sets - 1) * REST_S + READY_S
    return sides * one_side / 60


def repetition_s(dose: Mapping[str, Any]) -> float:
    """Seconds of one repetition: its hold, or its tempo's parts together ("2 s up, 1 s pause, 2 s down" gives 5)."""
    parts = [float(n) for n in re.findall(r"(\d+(?:\.\d+)?) s", str(dose.get("tempo", "")))]
    return float(dose.get("hold_s", 0)) + sum(parts) or float(REPETITION_S)


def _longest(sessions: Sequence[Session]) -> float:
    """Minutes of the longest day."""
    return max((sum(s.minutes for s in sessions if day in s.days) for day in range(DAYS)), default=0.0)


def _with_sets(session: Session, sets: int) -> Session:
    item = replace(session.item, dose={**session.item.dose, "sets": sets})
    return Session(item, session.days, minutes(item))


def _fitted(
    sessions: list[Session], limit: float, shortened: dict[str, None], left_out: dict[str, None]
) -> list[Session]:
    """Sessions that fit into every day: the last ones get fewer sets, then give way."""
    for k in reversed(range(len(sessions))):
        while _longest(sessions) > limit and (sets := int(sessions[k].item.dose.get("sets", 1))) > 1:
            sessions[k] = _with_sets(sessions[k], sets - 1)
            shortened[sessions[k].item.id] = None
    while _longest(sessions) > limit and len(sessions) > 1:
        left_out[sessions.pop().item.id] = None
    return sessions


def _filled(sessions: list[Session], limit: float) -> list[Session]:
    """The same sessions with a set more of each full dose, in the order of the plan, as long as every day fits."""
    for k, session in enumerate(sessions):
        sets = int(session.item.dose.get("sets", 1))
        grown = [*sessions[:k], _with_sets(session, sets + 1), *sessions[k + 1 :]]
        if 1 < sets < MOST_SETS and _longest(grown) <= limit:
            sessions = grown
    return sessions


def sitting_breaks_a_day(hours: float | None) -> int | None:
    """Breaks half an hour apart in the hours of sitting: 7 hours give 13; None where not declared."""
    return None if hours is None else max(0, round(2 * hours) - 1)
