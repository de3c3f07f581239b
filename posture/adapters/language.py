"""The plan in another language: texts by id for exercises and questions, page texts by their English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from posture.advise import Item
from posture.errors import UsageError
from posture.knowledge import Caution, Exercise, Knowledge
from posture.words import dose_words

#: Code → data file; English is what stands in the data and the templates.
FILES = {"en": "", "de": "german.toml"}


@dataclass(frozen=True)
class Language:
    """One language. ``page`` maps English page texts; what is missing stays English (a test finds it).

    parts : sentences, names and phrases that longer texts are put together from
    """

    code: str
    exercises: Mapping[str, Mapping[str, Any]]
    cautions: Mapping[str, Mapping[str, str]]
    page: Mapping[str, str]
    parts: Mapping[str, str]

    def text(self, english: str) -> str:
        """A page text; of one put together from several known sentences each is replaced."""
        if english in self.page:
            return self.page[english]
        for part in sorted(self.parts, key=len, reverse=True):
            english = english.replace(part, self.parts[part])
        return english

    def exercise(self, exercise: Exercise) -> Exercise:
        """Name, position, steps and stop rules in this language."""
        texts = self.exercises.get(exercise.id)
        if texts is None:
            return exercise
        return replace(
            exercise,
            name=texts["name"],
            position=texts["position"],
            steps=tuple(texts["steps"]),
            stop=tuple(texts["stop"]),
        )

    def question(self, caution: Caution) -> str:
        """A safety question."""
        return self.cautions[caution.id]["question"] if caution.id in self.cautions else caution.question

    def dose(self, item: Item) -> str:
        """A dose in words: "2 × 30 s, 5 Tage pro Woche"."""
        return dose_words(item, self.text)


@cache
def language(code: str) -> Language:
    """A language by its code. Raises UsageError for one that is not there."""
    if code not in FILES:
        raise UsageError(f"--lang {code}: choose from {', '.join(FILES)}")
    if not FILES[code]:
        return Language(code, {}, {}, {}, {})
    table = tomllib.loads((resources.files("posture") / "data" / FILES[code]).read_text("utf-8"))
    cautions = table["caution"]
    knowledge = Knowledge.load()
    page = table["page"] | {c.message: cautions[name]["message"] for name, c in knowledge.cautions.items()}
    names = {exercise.name: table["exercise"][name]["name"] for name, exercise in knowledge.exercises.items()}
    sentences = {english: german for english, german in page.items() if english.endswith(".")}
    return Language(code, table["exercise"], cautions, page, table["part"] | names | sentences)
