"""The plan in German: nothing of it stays English by oversight."""

from __future__ import annotations

import itertools
import re
from importlib import resources

import pytest

from posture.adapters.language import language
from posture.adapters.plan_html import DAY_NAMES, render_plan
from posture.advise import advise
from posture.assess import WORDS
from posture.errors import UsageError
from posture.intake import EQUIPMENT, Intake, SideTests
from posture.knowledge import KINDS, Knowledge
from posture.week import programme
from posture.words import MODES

KNOWLEDGE, GERMAN = Knowledge.load(), language("de")


def test_every_exercise_and_question_is_there_step_by_step() -> None:
    assert set(GERMAN.exercises) == set(KNOWLEDGE.exercises)
    assert set(GERMAN.cautions) == set(KNOWLEDGE.cautions)
    for name, exercise in KNOWLEDGE.exercises.items():
        german = GERMAN.exercise(exercise)
        assert len(german.steps) == len(exercise.steps), name
        assert len(german.stop) == len(exercise.stop), name
        assert german.name != exercise.name
        assert (german.dose, german.cautions) == (exercise.dose, exercise.cautions)


def test_every_text_of_the_templates_and_tables_has_its_german() -> None:
    folder = resources.files("posture") / "adapters" / "templates"
    wanted = set()
    for name in ("plan.html", "plan_section.html"):
        wanted |= set(re.findall(r'_\("([^"]+)"\)', (folder / name).read_text("utf-8")))
    assert len(wanted) > 20
    wanted |= {row.because for row in (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values())}
    wanted |= {*MODES.values(), *KINDS, *DAY_NAMES}
    wanted |= {thing for exercise in KNOWLEDGE.exercises.values() for thing in exercise.equipment}
    wanted |= {caution.message for caution in KNOWLEDGE.cautions.values()}
    for exercise in KNOWLEDGE.exercises.values():
        wanted |= set(
            re.findall(r"[a-z]{2,}", f"{exercise.dose.get('tempo', '')} {exercise.low_dose.get('tempo', '')}")
        )
    assert wanted - set(GERMAN.page) == set()


def test_places_to_fill_in_are_the_same() -> None:
    for english, german in GERMAN.page.items():
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", german)), english


@pytest.mark.parametrize("kind", sorted(WORDS))
@pytest.mark.parametrize("length", ["short", "normal", None])
def test_the_page_speaks_german(kind: str, length: str | None) -> None:
    side = SideTests(length=length, strength=None if length is None else "weak")
    intake = Intake(
        tests={"left": side, "right": SideTests()}, sitting_h_day=9, minutes_per_day=30, equipment=EQUIPMENT,
        conditions=("pregnancy",),
    )  # fmt: skip
    plan = advise(kind, intake, KNOWLEDGE)
    assert plan is not None
    page = render_plan(plan, programme(plan, intake), intake, KNOWLEDGE, GERMAN)
    page = re.sub(r"<details.*?</details>|<svg.*?</svg>|<style>.*?</style>", "", page, flags=re.S)
    assert 'lang="de"' in page
    words = re.findall(r"[a-zäöüß]+", re.sub(r"<[^>]+>", " ", page).lower())
    english = {"the", "and", "with", "your", "week", "weeks", "every", "exercise", "because", "not", "side", "days"}
    assert not english & set(words), english & set(words)


@pytest.mark.parametrize(("flag", "said"), [("saddle_numbness", "Holen Sie jetzt Hilfe"), ("fever", "Fachperson")])
def test_safety_speaks_german_too(flag: str, said: str) -> None:
    intake = Intake(asked=True, flags=(flag,))
    plan = advise("no_sign", intake, KNOWLEDGE)
    assert plan is not None
    page = render_plan(plan, None, intake, KNOWLEDGE, GERMAN)
    assert said in page
    assert GERMAN.cautions[flag]["message"] in page
    assert KNOWLEDGE.cautions[flag].message not in page


def test_unsaid_words_are_not_said_in_german() -> None:
    texts = itertools.chain(
        GERMAN.page.values(),
        (text for table in GERMAN.cautions.values() for text in table.values()),
        (str(text) for table in GERMAN.exercises.values() for text in table.values()),
    )
    found = re.findall(r"diagnos\w*|\w*patient\w*|abnorm\w*|krankhaft\w*|\bbehandel\w*", " ".join(texts).lower())
    assert found == []


def test_an_unknown_language_names_the_choices() -> None:
    with pytest.raises(UsageError, match="choose from en, de"):
        language("tlh")
