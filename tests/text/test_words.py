"""No text that a person reads uses a word of posture/data/forbidden_words.toml, in English or in German."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from posture.findings.verdict import HEADLINES, NEAR, WORDS
from posture.knowledge.files import words
from posture.text.language import language_names
from tests.conftest import ROOT
from tests.text.test_language import texts_of_the_core, texts_of_the_pages

DATA = ROOT / "posture" / "data"
LIST = tomllib.loads((DATA / "forbidden_words.toml").read_text("utf-8"))
LANGUAGES = ("en", "de")
#: What is no text of ours: the list itself, and a source's title.
NOT_OURS = {"forbidden_words.toml", "de.toml", "sources.toml"}
#: Names and codes of FHIR that stand alone in the code: no word to a person.
FHIR_NAMES = {"Patient", "DiagnosticReport", "patient", "patient-privacy"}
#: Stands between two texts, so that no pattern reaches from one into the next.
BETWEEN = " ¦ "
#: Made from the list, and from sources.toml, which is walked as data.
MADE = {"docs/reference/words.md", "docs/reference/sources.md"}


def strings(value: Any) -> Iterator[str]:
    """Every text that a table of a data file holds, its keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def read(file: Path) -> str:
    return file.read_text("utf-8")


@cache
def texts(language: str) -> dict[str, str]:
    """Every text that a person reads in a language, a file's texts together, by the file's name."""
    german = tomllib.loads(read(DATA / "locales" / "de.toml"))
    if language == "de":
        found = {"posture/data/locales/de.toml": BETWEEN.join(strings(german))}
        found["posture/data, words of things"] = BETWEEN.join(strings(words("de")))
    else:
        keys = [*german["page"], *german["composed"], *german["part"]]
        found = {}
        for file in sorted({*DATA.glob("*.toml"), *DATA.glob("*/*.toml")}):
            if file.name not in NOT_OURS:
                table = tomllib.loads(read(file))
                keys += table.pop("de", {}).get("page", {})
                found[_name(file)] = BETWEEN.join(strings(table))
        found["posture/data/locales/de.toml, keys"] = BETWEEN.join(keys)
        markdown = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sample_images/*.md")]
        found |= {_name(file): read(file) for file in markdown if _name(file) not in MADE}
    for file in [*ROOT.glob("posture/**/*.py"), ROOT / "app.py"]:  # the sign-in page speaks both languages
        found[_name(file)] = BETWEEN.join(_constants(ast.parse(read(file))))
    for file in ROOT.glob("posture/**/*.html"):
        found[_name(file)] = read(file)
    return found


def of_studies() -> str:
    """What sources.toml says of the studies of others."""
    return BETWEEN.join(one["says"] for one in tomllib.loads(read(DATA / "sources.toml"))["source"])


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _constants(tree: ast.AST) -> Iterator[str]:
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return (value for value in constants if isinstance(value, str) and value not in FHIR_NAMES)


def plain(text: str, language: str) -> str:
    """A text on one line, without the phrases in which a word of the list may stand."""
    text = re.sub(r"\s+(?:> )?", " ", re.sub(r"[*_]{2}", "", text))
    for one in LIST["allowed"]:
        if one["language"] == language:
            text = re.sub(re.escape(one["phrase"]), "…", text, flags=re.IGNORECASE)
    return text


def offences(text: str, language: str, *, of_a_study: bool = False) -> list[str]:
    """The words of the list that a text uses, each with what stands around it."""
    found = []
    line = plain(text, language)
    for word in LIST["word"]:
        if of_a_study and word.get("of_a_study"):
            continue
        for hit in re.finditer(rf"(?<!\w)(?:{'|'.join(word[language])})(?!\w)", line, re.IGNORECASE):
            found.append(f"{word['name']}: …{line[max(0, hit.start() - 40) : hit.end() + 40]}…")
    return found


@pytest.mark.parametrize(("language", "name"), [(one, name) for one in LANGUAGES for name in sorted(texts(one))])
def test_no_text_uses_a_forbidden_word(language: str, name: str) -> None:
    assert offences(texts(language)[name], language) == []


def test_what_is_said_of_studies_promises_nothing() -> None:
    assert offences(of_studies(), "en", of_a_study=True) == []


def test_the_walk_meets_every_headline_and_every_text_of_the_pages() -> None:
    walked = BETWEEN.join(texts("en").values())
    whole = {text for text in texts_of_the_pages() | texts_of_the_core() if "7" not in text}
    assert len(whole) > 300
    told = {*HEADLINES.values(), *WORDS.values(), *NEAR.values(), *whole}
    assert {text for text in told if text not in walked} == set()


def test_every_word_has_a_reason_and_patterns_in_every_language() -> None:
    assert set(language_names()) == set(LANGUAGES)
    names = [word["name"] for word in LIST["word"]]
    assert len(set(names)) == len(names)
    for word in LIST["word"]:
        assert set(word) <= {"name", *LANGUAGES, "why", "instead", "of_a_study"}, word["name"]
        assert all(word[language] for language in LANGUAGES), word["name"]
        assert word["why"].endswith("."), word["name"]
        assert word["instead"], word["name"]


@pytest.mark.parametrize("one", LIST["allowed"], ids=lambda one: one["phrase"])
def test_an_allowed_phrase_still_stands_somewhere_and_needs_to_be_allowed(one: dict[str, str]) -> None:
    phrase = one["phrase"].lower()
    assert any(phrase in re.sub(r"\s+", " ", text).lower() for text in texts(one["language"]).values())
    said = rf"(?<!\w)(?:{'|'.join(pattern for word in LIST['word'] for pattern in word[one['language']])})(?!\w)"
    assert re.search(said, one["phrase"], re.IGNORECASE)
    assert one["why"]


#: A sentence that each word of the list forbids, in English and in German.
FORBIDDEN = {
    "diagnose, diagnosis": ("The photo is diagnostic.", "Das Foto stellt eine Ferndiagnose."),
    "patient": ("The patient's pelvis tips forward.", "Das Becken des Patienten kippt nach vorn."),
    "treat, treatment, therapy": ("Begin the treatment.", "Beginnen Sie die Rücken-Therapie."),
    "prescribe": ("We prescribe two stretches.", "Wir verordnen zwei Dehnungen."),
    "screening, detect": ("It detects a tilt.", "Ein Screening für den Rücken."),
    "cure, heal": ("It heals your back.", "Das heilt den Rücken."),
    "correct or fix a posture": ("It corrects your whole posture.", "Das korrigiert die Haltung."),
    "relieve, prevent, guarantee, proven": ("It prevents low back pain.", "Das beugt vor: schmerzlindernd."),
    "abnormal": ("An abnormal tilt.", "Eine anormale Kippung."),
    "pathological": ("A pathological tilt.", "Eine krankhafte Kippung."),
    "disease, illness, disorder, dysfunction, syndrome": ("A posture disorder.", "Eine Haltungsstörung."),
    "deformity, misalignment, imbalance": ("A muscle imbalance.", "Eine Fehlstellung des Beckens."),
    "bad, poor or wrong posture": ("You have poor posture.", "Sie haben eine schlechte Haltung."),
    "to suffer from": ("You suffer from a tilt.", "Sie leiden unter einer Kippung."),
}


@pytest.mark.parametrize("word", LIST["word"], ids=lambda word: word["name"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_found_where_it_stands(word: dict[str, Any], language: str) -> None:
    said = FORBIDDEN[word["name"]][LANGUAGES.index(language)]
    assert [found.split(":")[0] for found in offences(said, language)] == [word["name"]]


@pytest.mark.parametrize(
    "fine",
    [
        "Nothing in the photo calls for work: your pelvis tips forward about as much as usual.",
        "See a doctor or physiotherapist before you exercise.",
        "It names no\nillness and replaces no professional.",
        "Corrected: the roll of the camera.",
    ],
)
def test_an_ordinary_sentence_and_a_denial_pass(fine: str) -> None:
    assert offences(fine, "en") == []


#: Where an option of the command line may be named: what only the command line reaches.
ON_THE_COMMAND_LINE = ("posture/cli/", "posture/batch/", "posture/app/launch.py", "posture/app/certificate.py",
                       "posture/__init__.py")  # fmt: skip


def test_no_option_of_the_command_line_reaches_a_page_or_a_program() -> None:
    found = {}
    for file in (ROOT / "posture").rglob("*.py"):
        name = str(file.relative_to(ROOT))
        if name.startswith(ON_THE_COMMAND_LINE):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            said = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if re.search(r"(?<![\w-])--[a-z]{2}", re.sub(r"``.*?``", "", said)):
                found[f"{name}:{node.lineno}"] = said
    german = (ROOT / "posture" / "data" / "locales" / "de.toml").read_text("utf-8")
    found |= {f"de.toml: {line}": line for line in german.splitlines() if re.search(r"(?<![\w-])--[a-z]{2}", line)}
    assert found == {}
