"""English texts that keep the facts in their places, so that another language can say them anew."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any, Self


class Message(str):
    """A text made of a template and of the facts that stand in its places.

    ``Message("turned by {yaw:.0f}° ({why})", yaw=7.2, why="feet")`` is the text "turned by 7° (feet)". Its ``key``,
    "turned by {yaw}° ({why})", is what other languages know the template by; its ``facts`` are {"yaw": "7", "why":
    "feet"}. Raises KeyError for a place without a fact.
    """

    key: str
    facts: dict[str, str]

    def __new__(cls, template: str, **facts: Any) -> Self:
        key = key_of(template)
        forms = _english()["counted"].get(key)
        made = super().__new__(cls, (plural_form("en", forms, facts.values()) if forms else template).format(**facts))
        made.key, made.facts = key, {}
        for _, name, spec, _ in Formatter().parse(template):
            if name is not None:  # a fact that is a message itself stays one
                fact = facts[name]
                made.facts[name] = fact if isinstance(fact, str) else format(fact, spec or "")
        return made

    def __str__(self) -> str:  # as it is: str() of an error that holds one gives the message back
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), str.__str__(self), self.key, self.facts)


def _again(cls: type[Message], text: str, key: str, facts: dict[str, str]) -> Message:
    made = str.__new__(cls, text)
    made.key, made.facts = key, facts
    return made


@cache
def _english() -> Mapping[str, Any]:
    return tomllib.loads((resources.files("posture") / "data" / "locales" / "en.toml").read_text("utf-8"))


def issue_words() -> Mapping[str, Mapping[str, str]]:
    """English of every issue by its id: ``said``, a template, ``retake``, and ``code`` where that is another."""
    return _english()["issue"]  # type: ignore[no-any-return]


def plural_form(language: str, forms: Mapping[str, str], facts: Iterable[object]) -> str:
    """The form of a counted text for its first fact by the language's rules, which CLDR has.

    Of {"one": "{n} day", "other": "{n} days"} 1 gives "{n} day" and 2 gives "{n} days" in English.
    """
    from babel import Locale

    return forms[Locale.parse(language).plural_form(float(str(next(iter(facts)))))]


def places_of(template: str) -> list[str]:
    """Names of a template's places in their order: "{yaw:.0f}° (limit {limit:.0f}°)" gives ["yaw", "limit"]."""
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def key_of(template: str) -> str:
    """A template without its figures' formats: "{yaw:.0f}° ({why})" gives "{yaw}° ({why})"."""
    parts = Formatter().parse(template)
    return "".join(text + ("" if name is None else f"{{{name}}}") for text, name, _, _ in parts)
