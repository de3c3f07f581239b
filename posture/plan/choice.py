"""Which exercises a plan holds: the decision's own and what the answers add, less what must not or cannot be done.

A condition, or a movement that hurts, leaves an exercise out. Equipment that is not at hand changes it for the variant
that needs less. A movement that helps puts its exercises first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from posture.body.pose import Side
from posture.findings.verdict import Kind as FindingKind
from posture.knowledge.load import Knowledge
from posture.knowledge.records import Decision, Exercise, Extra
from posture.plan.intake import Intake, Length, Movement, Strength

#: Ends of a person's own range, from 0 fully tucked to 1 fully arched: whoever stands there has little room (proposal).
NEAR_TUCKED, NEAR_ARCHED = 0.2, 0.8


@dataclass(frozen=True, slots=True)
class Item:
    """One exercise of a plan. ``dose`` holds some of sets, reps, hold_s, tempo, days_per_week; ``weeks`` from, to."""

    id: str
    kind: str
    side: Literal["left", "right", "both", "none"]
    dose: Mapping[str, Any]
    weeks: tuple[int, int]
    cautions: tuple[str, ...]
    answers: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The exercises of both sides as one list without doubles, and what became of the others.

    forbidden : left out for a condition · hurting : left out for the movement that hurts
    replaced : (what needs something that is not at hand, what is given in its place)
    """

    items: tuple[Item, ...]
    forbidden: tuple[Exercise, ...]
    hurting: Mapping[Movement, tuple[Exercise, ...]]
    replaced: tuple[tuple[Exercise, Exercise], ...]


def choose(
    kind: FindingKind | None,
    sides: Mapping[Side, Decision],
    judged: Mapping[Side, tuple[Length, Strength]],
    intake: Intake,
    knowledge: Knowledge,
) -> Choice:
    """The exercises that the decisions of both sides and the answers lead to."""
    wanted: dict[str, list[tuple[Side, bool]]] = {}
    replaced: dict[str, tuple[Exercise, Exercise]] = {}
    for side, decision in sides.items():
        own = {name: name in decision.low_dose for name in (*decision.exercises, *decision.ask)}
        added = _added(kind, *judged[side], decision.mode, intake, knowledge)
        for name, low in (own | added | own).items():  # in the order of both; the decision's dose holds
            exercise = at_hand(knowledge.exercises[name], intake, knowledge)
            if exercise.id != name:
                replaced[name] = (knowledge.exercises[name], exercise)
            uses = wanted.setdefault(exercise.id, [])
            if side not in {used for used, _ in uses}:
                uses.append((side, low))
    items: list[Item] = []
    forbidden: list[Exercise] = []
    hurting: dict[Movement, tuple[Exercise, ...]] = {}
    for name, uses in wanted.items():
        exercise = knowledge.exercises[name]
        hurts = next((movement for movement in exercise.movements if movement in intake.hurts), None)
        if set(exercise.cautions) & set(intake.conditions):
            forbidden.append(exercise)
        elif hurts is not None:
            hurting[hurts] = (*hurting.get(hurts, ()), exercise)
        else:
            items.extend(_items(exercise, uses))
    items.sort(key=lambda item: not set(knowledge.exercises[item.id].movements) & set(intake.helps))
    return Choice(tuple(items), tuple(forbidden), hurting, tuple(replaced.values()))


def at_hand(exercise: Exercise, intake: Intake, knowledge: Knowledge) -> Exercise:
    """The exercise, or its variant where something that it needs is not at hand; itself where nobody said what is."""
    if intake.equipment is None or not exercise.without or set(exercise.equipment) <= set(intake.equipment):
        return exercise
    return knowledge.exercises[exercise.without]


def lacking(exercise: Exercise, intake: Intake) -> list[str]:
    """The things that an exercise needs and that are not at hand; none where nobody said what is."""
    return [thing for thing in exercise.equipment if intake.equipment is not None and thing not in intake.equipment]


def near_an_end(intake: Intake) -> bool:
    """Whether three poses showed that the person stands near an end of the own range: 0.85 does, 0.5 does not."""
    position = intake.range_position
    return position is not None and not NEAR_TUCKED < position < NEAR_ARCHED


def _items(exercise: Exercise, uses: list[tuple[Side, bool]]) -> list[Item]:
    def item(side: Literal["left", "right", "both", "none"], low: bool) -> Item:
        return Item(
            id=exercise.id,
            kind=exercise.kind,
            side=side,
            dose=dict(exercise.low_dose if low else exercise.dose),
            weeks=exercise.weeks,
            cautions=exercise.cautions,
            answers=exercise.answers,
            source=exercise.source,
        )

    if not exercise.per_side:
        return [item("none", all(low for _, low in uses))]
    doses = {low for _, low in uses}
    if len(uses) == 2 and len(doses) == 1:
        return [item("both", doses.pop())]
    return [item(side, low) for side, low in uses]


def _added(
    kind: FindingKind | None, length: Length, strength: Strength, mode: str, intake: Intake, knowledge: Knowledge
) -> dict[str, bool]:
    """Exercises that finding and answers ask for beside the decision's own, and whether at the low dose."""

    def asked(extra: Extra) -> bool:
        pairs = (
            (extra.kinds, {kind}),
            (extra.length, {length}),
            (extra.strength, {strength}),
            (extra.modes, {mode}),
            (extra.signs, {*intake.signs}),
            (extra.helps, {*intake.helps}),
            (extra.hurts, {*intake.hurts}),
            ((extra.equipment,) if extra.equipment else (), {*(intake.equipment or ())}),
        )
        return (
            all(not wanted or {*wanted} & there for wanted, there in pairs)
            and (intake.sitting_h_day or 0) >= extra.sitting_h
            and (intake.minutes_per_day or 0) >= extra.minutes
            and (near_an_end(intake) or not extra.near_end)
        )

    return {extra.exercise: extra.low_dose for extra in knowledge.extras if asked(extra)}
