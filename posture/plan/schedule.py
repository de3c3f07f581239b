"""A plan as a week on a page: which exercise on which days, how long it takes, and how it grows over eight weeks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from posture.plan.advise import Item, Plan
from posture.plan.intake import Intake

DAYS = 7
#: First and last week of each stretch of the programme.
STAGES = ((1, 2), (3, 4), (5, 6), (7, 8))
#: Seconds between two sets, and to get ready for an exercise; a repetition without a tempo takes three.
REST_S, READY_S, REPETITION_S = 45, 30, 3
#: Minutes a day that a plan takes when nothing was said, and the bounds of what can be asked for.
USUAL_MINUTES, LEAST_MINUTES, MOST_MINUTES = 15, 5, 30
USUAL_DAYS = 5


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
        """What is new or done otherwise than in an earlier stage, and what has ended."""
        before = {(session.item.id, session.item.side): session for session in earlier.sessions}
        now = {(session.item.id, session.item.side): session for session in self.sessions}
        new = tuple(session for key, session in now.items() if before.get(key) != session)
        return new, tuple(session.item for key, session in before.items() if key not in now)

    def on(self, day: int) -> tuple[Session, ...]:
        """What is done on a day, 0 Monday to 6 Sunday."""
        return tuple(session for session in self.sessions if day in session.days)


@dataclass(frozen=True, slots=True)
class Programme:
    """Eight weeks of a plan.

    habits : all-day things that take no time of their own · tests : done once now and again at the retest
    shortened : ids of exercises given with fewer sets than their dose, or not in some stage, for want of time
    """

    stages: tuple[Stage, ...]
    habits: tuple[Item, ...]
    tests: tuple[Item, ...]
    shortened: tuple[str, ...]
    minutes_per_day: int
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
    left out of that stage; each is named in ``shortened``. Equipment that is not at hand is named by the substitute of
    the exercise itself, not here.
    """
    if not plan.items:
        return None
    asked = USUAL_MINUTES if intake.minutes_per_day is None else intake.minutes_per_day
    limit = round(min(max(asked, LEAST_MINUTES), MOST_MINUTES))
    days = intake.days_per_week if intake.days_per_week is not None else USUAL_DAYS
    days = min(max(days, 1), DAYS)
    timed = [item for item in plan.items if item.kind not in ("habit", "test")]
    shortened: dict[str, None] = {}
    stages = []
    for first, last in STAGES:
        active = [item for item in timed if item.weeks[0] <= last and item.weeks[1] >= first]
        sessions = _fitted([_session(item, days) for item in active], limit, shortened)
        longest = max((sum(s.minutes for s in sessions if day in s.days) for day in range(DAYS)), default=0.0)
        stages.append(Stage((first, last), tuple(sessions), round(longest, 1)))
    return Programme(
        stages=tuple(stages),
        habits=tuple(item for item in plan.items if item.kind == "habit"),
        tests=tuple(item for item in plan.items if item.kind == "test"),
        shortened=tuple(shortened),
        minutes_per_day=limit,
        days_per_week=days,
    )


def _session(item: Item, days_at_hand: int) -> Session:
    days = min(int(item.dose.get("days_per_week", 1)), days_at_hand)
    given = replace(item, dose={**item.dose, "days_per_week": days})
    return Session(given, _spread(days, days_at_hand), minutes(given))


def _spread(days: int, days_at_hand: int) -> tuple[int, ...]:
    """Weekdays as evenly as can be, all of them among the days at hand: 3 of 5 are Monday, Wednesday, Friday."""
    free = (
        list(range(days_at_hand))
        if days_at_hand >= USUAL_DAYS
        else [k * DAYS // days_at_hand for k in range(days_at_hand)]
    )
    chosen = []
    for k in range(days):
        nearest = min(free, key=lambda day: abs(day - k * DAYS // days))
        free.remove(nearest)
        chosen.append(nearest)
    return tuple(sorted(chosen))


def minutes(item: Item) -> float:
    """How long one exercise takes on a day, both sides, with rest and getting ready.

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


def _fitted(sessions: list[Session], limit: float, shortened: dict[str, None]) -> list[Session]:
    """Sessions that fit into every day: the last ones get fewer sets, then give way."""

    def longest() -> float:
        return max((sum(s.minutes for s in sessions if day in s.days) for day in range(DAYS)), default=0.0)

    for k in reversed(range(len(sessions))):
        while longest() > limit and int(sessions[k].item.dose.get("sets", 1)) > 1:
            item = sessions[k].item
            fewer = replace(item, dose={**item.dose, "sets": int(item.dose["sets"]) - 1})
            sessions[k] = Session(fewer, sessions[k].days, minutes(fewer))
            shortened[item.id] = None
    while longest() > limit and len(sessions) > 1:
        shortened[sessions.pop().item.id] = None
    return sessions


def sitting_breaks_a_day(hours: float | None) -> int | None:
    """How many breaks half an hour apart the hours of sitting make: 7 hours give 13; None where not told."""
    return None if hours is None else max(0, round(2 * hours) - 1)
