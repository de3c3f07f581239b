"""Report and plan in another language: texts by id for exercises and questions, all other texts by their English.

A language is one file of ``data/locales``, found by itself, that holds every text a person reads; its keys are the
English ones. Texts that the tool puts together have places, ``the body is turned {yaw}° from side-on``, that stand for
whatever is put there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from posture.errors import UsageError
from posture.knowledge import files
from posture.knowledge.load import Knowledge
from posture.knowledge.records import Caution, Exercise
from posture.message import Message, issue_words, key_of, places_of, plural_form
from posture.plan.choice import Item
from posture.text.labels import dose_words

#: A day as it is kept, and how a language writes it, which is a text of the page like any other.
_DAY, _DAY_FORM = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"), "{year}-{month}-{day}"


@cache
def language_names() -> Mapping[str, str]:
    """Every language's own name by its code, English first: {"en": "English", "de": "Deutsch"}."""
    codes = sorted(files.names_in("locales"), key=lambda code: (code != "en", code))
    return {code: _file(code)["name"] for code in codes}


@cache
def _file(code: str) -> Mapping[str, Any]:
    return files.parsed(f"locales/{code}.toml")


@dataclass(frozen=True, eq=False)
class Language:
    """One language. ``page`` maps English texts; what is missing stays English (a test finds it).

    composed : the same for texts with places · counted : the same in every plural form of the language
    parts : sentences, names and phrases that longer texts are put together from
    background : prose of background.toml by its table, in its order; empty for English
    """

    code: str
    exercises: Mapping[str, Mapping[str, Any]]
    cautions: Mapping[str, Mapping[str, str]]
    page: Mapping[str, str]
    composed: Mapping[str, str]
    counted: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, str]
    background: Mapping[str, list[Mapping[str, str]]]

    def text(self, english: str) -> str:
        """A message by its key and its facts; a text by its English, else as a composed text whose places fit, else
        with every known part of it replaced: so texts that stored reports hold are found, which have lost their facts.

        What stands in a place is translated in its turn, unless it stands in quotation marks: somebody typed it. A
        number gets the language's decimal sign, a day its order: 2027-01-11 is 11.01.2027 in German.
        """
        if isinstance(english, Message) and (template := self._template(english)):
            return template.format(**{name: self._place(fact) for name, fact in english.facts.items()})
        if english in self.page:
            return self.page[english]
        if day := _DAY.fullmatch(english):
            return self.page.get(_DAY_FORM, _DAY_FORM).format(**day.groupdict())
        for pattern, text in self._with_places:
            if found := pattern.fullmatch(english):
                return text.format(**{name: self._place(said) for name, said in found.groupdict().items()})
        for part in sorted(self.parts, key=len, reverse=True):
            english = english.replace(part, self.parts[part])
        return english

    def _template(self, message: Message) -> str | None:
        """A message's template in this language; where it counts something, in the form of the number."""
        if forms := self.counted.get(message.key):
            return plural_form(self.code, forms, message.facts.values())
        return self.composed.get(message.key)

    @property
    def decimal_sign(self) -> str:
        """Between a number's whole and its tenths: "." in English, "," in German."""
        from babel.numbers import get_decimal_symbol

        return get_decimal_symbol(self.code)

    @cached_property
    def _with_places(self) -> list[tuple[re.Pattern[str], str]]:
        """Composed texts as patterns, the longest first."""
        patterns = []
        for english in sorted(self.composed, key=len, reverse=True):
            pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english))
            patterns.append((re.compile(pattern, re.S), self.composed[english]))
        return patterns

    def _place(self, said: str) -> str:
        if said[:1] in ("'", '"') and said[:1] == said[-1:]:  # a name or a text that somebody typed
            return said
        if re.fullmatch(r"[-−]?[\d.]+", said):
            return said.replace(".", self.decimal_sign)
        return ", ".join(self.text(part) for part in said.split(", ")) if said not in self.page else self.text(said)

    def exercise(self, exercise: Exercise) -> Exercise:
        """Every text of an exercise in this language."""
        texts = self.exercises.get(exercise.id, {})
        said: dict[str, Any] = {k: tuple(text) if isinstance(text, list) else text for k, text in texts.items()}
        return replace(exercise, **said)

    def question(self, caution: Caution) -> str:
        """A safety question."""
        return self.cautions[caution.id]["question"] if caution.id in self.cautions else caution.question

    def dose(self, item: Item) -> str:
        """A dose in words: "2 × 30 s, 5 Tage pro Woche"."""
        return dose_words(item, self.text)


#: What stands in the data and the templates.
ENGLISH = Language("en", {}, {}, {}, {}, {}, {}, {})


@cache
def load_language(code: str, knowledge: Knowledge) -> Language:
    """A language by its code, with its words for what is known. Raises UsageError for one that is not there."""
    if code not in language_names():
        raise UsageError(f"language {code}: choose from {', '.join(language_names())}")
    if code == ENGLISH.code:
        return ENGLISH
    table = _file(code)
    own = files.words(code)
    exercises, cautions = {**own["exercise"], **table.get("exercise", {})}, table["caution"]
    page = (
        own["page"] | table["page"] | {c.message: cautions[name]["message"] for name, c in knowledge.cautions.items()}
    )
    page |= {c.note: cautions[name]["note"] for name, c in knowledge.cautions.items() if c.note}
    page |= {knowledge.sources[name].says: said for name, said in table["source"].items() if name in knowledge.sources}
    composed = table["composed"] | {english: forms["other"] for english, forms in table["counted"].items()}
    for name, words in issue_words().items():
        page[words["retake"]] = table["issue"][name]["retake"]
        (composed if places_of(words["said"]) else page)[key_of(words["said"])] = table["issue"][name]["said"]
    names = {one.name: exercises[name]["name"] for name, one in knowledge.exercises.items() if name in exercises}
    sentences = {english: german for english, german in page.items() if english.endswith(".")}
    called = {c.called: cautions[name]["called"] for name, c in knowledge.cautions.items() if c.called}
    parts = table["part"] | names | called | sentences
    return Language(code, exercises, cautions, page, composed, table["counted"], parts, table["background"])
