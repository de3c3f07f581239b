"""The plan as a page of its own: the week, every exercise with its drawing, and what is known."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from posture.knowledge.load import Knowledge
from posture.knowledge.records import Exercise
from posture.plan.advise import Plan
from posture.plan.choice import Item
from posture.plan.intake import Intake
from posture.plan.schedule import READY_S, REST_S, Programme, Session, Stage, sitting_breaks_a_day
from posture.render import theme
from posture.render.drawings import drawing, signs
from posture.text.labels import KNOWN_CHANGE, number, plain_words, plan_words, sentence, side_words, time_lines
from posture.text.language import ENGLISH, Language

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def render_plan(
    plan: Plan, weeks: Programme | None, intake: Intake, knowledge: Knowledge, language: Language | None = None
) -> str:
    """One HTML page without anything from outside; in English where no language is given. Citations stay English."""
    language = language or ENGLISH
    return page("plan.html", language, **plan_parts(plan, weeks, intake, knowledge, language))


def _names(exercises: Mapping[str, Exercise]) -> dict[str, str]:
    return {name: exercise.name for name, exercise in exercises.items()}


def plan_parts(
    plan: Plan, weeks: Programme | None, intake: Intake, knowledge: Knowledge, language: Language
) -> dict[str, Any]:
    """Contents for the plan's templates."""
    exercises = {name: language.exercise(exercise) for name, exercise in knowledge.exercises.items()}
    return {
        "plan": plan,
        "weeks": weeks,
        "mode": plan_words(plan, knowledge),
        "because": plain_words(plan.because, knowledge),
        "items": [
            (
                item if weeks is None else weeks.first_given(item),
                exercises[item.id],
                Markup(drawing(item.id, language.text)),
            )
            for item in plan.items
        ],
        "exercises": exercises,
        "at_hand": intake.equipment,
        "known_change": KNOWN_CHANGE,
        "time_lines": [] if weeks is None else time_lines(weeks, _names(exercises), language.text),
        "signs": legend((item.id for item in plan.items), language),
        "questions": questions(plan, knowledge, language),
        # a plan of another version may cite what this one no longer lists
        "evidence": [knowledge.sources[name] for name in plan.evidence if name in knowledge.sources],
        "changes": [] if weeks is None else _changes(weeks),
        "breaks": sitting_breaks_a_day(intake.sitting_h_day),
        "days": DAY_NAMES,
        "rest_s": REST_S,
        "ready_s": READY_S,
        "background": background(knowledge, language),
    }


def _changes(weeks: Programme) -> list[tuple[Stage, tuple[Session, ...], tuple[Item, ...]]]:
    """Every stage after the first that has sessions, with what is new in it and what has ended."""
    active_stages = [
        stage for stage in weeks.stages if weeks.active_stages and stage.weeks >= weeks.active_stages[0].weeks
    ]
    return [(after, *after.since(before)) for before, after in pairwise(active_stages)]


def legend(names: Iterable[str], language: Language) -> list[tuple[Markup, str]]:
    """Legend of the signs in the drawings of some exercises."""
    return [(Markup(svg), words) for svg, words in signs(names, language.text)]


@cache
def _environment(language: Language) -> Environment:
    """The templates, with the filters that they use in a language."""
    made = Environment(
        loader=PackageLoader("posture.render.html"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters["number"] = number
    made.filters["sentence"] = sentence
    made.filters["dose"] = language.dose
    made.filters["side"] = lambda item: language.text(side_words(item))
    made.globals["_"] = language.text
    made.globals["lang"] = language.code
    made.globals["theme"] = theme
    return made


def page(template: str, language: Language, **parts: Any) -> str:
    """One of the templates, filled, as text."""
    return _environment(language).get_template(template).render(**parts)


def questions(plan: Plan, knowledge: Knowledge, language: Language) -> dict[str, list[str]]:
    """The safety questions under what a yes means, when they were not asked and exercises follow."""
    if plan.safety != "not_asked":
        return {}
    meaning = {
        "emergency": "One yes here: go to an emergency department now",
        "prompt": "One yes here: see a doctor or physiotherapist before any exercise",
        "condition": "One yes here: some of the exercises below are not for you; ask first",
    }
    return {
        words: [language.question(caution) for caution in knowledge.cautions.values() if caution.level == level]
        for level, words in meaning.items()
    }


@cache
def _background() -> dict[str, list[dict[str, Any]]]:
    text = (resources.files("posture") / "data" / "background.toml").read_text("utf-8")
    return tomllib.loads(text)


def background(knowledge: Knowledge, language: Language) -> dict[str, list[dict[str, Any]]]:
    """Background on hip flexors in a language, its sources in full."""
    tables = {
        kind: [entry | dict(said) for entry, said in zip(entries, language.background[kind], strict=True)]
        if language.background
        else entries
        for kind, entries in _background().items()
    }

    def cited(ids: list[str]) -> list[Any]:
        return [knowledge.sources[source] for source in ids]

    claims = [claim | {"for": cited(claim["for"]), "against": cited(claim["against"])} for claim in tables["claim"]]
    return {"muscle": tables["muscle"], "claim": claims, "habit": tables["habit"]}
