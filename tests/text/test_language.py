"""Report and plan in German: nothing of it stays English by oversight."""

from __future__ import annotations

import ast
import itertools
import json
import pickle
import re
from dataclasses import replace
from importlib import resources

import pytest
from babel import Locale

from posture.app.navigation import CLINIC, LIVE, STEPS
from posture.errors import Issue, NotAnImage, NotSideView, UnsuitablePhoto, UsageError
from posture.findings.verdict import WORDS
from posture.followup.timeline import Entry, Review
from posture.knowledge import files
from posture.knowledge.load import KINDS, Knowledge
from posture.message import Message, issue_words, key_of, places_of
from posture.plan.advise import advise
from posture.plan.intake import EQUIPMENT, Intake, SideTests
from posture.plan.schedule import programme
from posture.render.drawings import SIGN_WORDS, figures
from posture.render.html.plan import DAY_NAMES, render_plan
from posture.render.html.report import render
from posture.render.html.visit import Clinic, render_visit, review_words
from posture.report.report import Report
from posture.text.labels import LENGTHS, MODES, NAMES, REVIEW_REASONS, SIGNS
from posture.text.language import load_language
from tests.conftest import ROOT
from validation.record import GOLDEN

KNOWLEDGE = Knowledge.load()
GERMAN = load_language("de", KNOWLEDGE)
REPORT = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))
ENGLISH = {"the", "and", "with", "your", "week", "weeks", "every", "exercise", "because", "not", "side", "days", "of",
           "is", "are", "how", "no", "what", "from", "points"}  # fmt: skip


def english_words(page: str) -> set[str]:
    """Common English words of a page outside of its drawings and of what it marks as English."""
    page = re.sub(r'<(\w+)[^>]* lang="en">.*?</\1>|<(svg|style|footer)\b.*?</\2>', "", page, flags=re.S)
    return ENGLISH & set(re.findall(r"[a-zäöüß]+", re.sub(r"<[^>]+>", " ", page).lower()))


def test_every_exercise_and_question_is_there_step_by_step() -> None:
    assert set(GERMAN.exercises) == set(KNOWLEDGE.exercises)
    assert set(GERMAN.cautions) == set(KNOWLEDGE.cautions)
    for name, exercise in KNOWLEDGE.exercises.items():
        german = GERMAN.exercise(exercise)
        for text in ("name", "position", "substitute", "evidence", "step_down"):
            assert getattr(german, text) != getattr(exercise, text), f"{name}.{text}"
        for texts in ("steps", "stop", "cues", "common_errors", "progression"):
            said, asked = getattr(german, texts), getattr(exercise, texts)
            assert len(said) == len(asked), f"{name}.{texts}"
            assert not set(said) & set(asked), f"{name}.{texts}"
        assert (german.dose, german.cautions, german.certainty) == (
            exercise.dose,
            exercise.cautions,
            exercise.certainty,
        )


def test_figures_in_exercises_are_the_same() -> None:
    for name, exercise in KNOWLEDGE.exercises.items():
        german = GERMAN.exercise(exercise)
        for text in ("position", "substitute", "evidence", "step_down"):
            english_figures = sorted(re.findall(r"\d+(?:\.\d+)?", getattr(exercise, text)))
            german_figures = sorted(re.findall(r"\d+(?:,\d+)?", getattr(german, text)))
            assert german_figures == [figure.replace(".", ",") for figure in english_figures], f"{name}.{text}"
        for text in ("steps", "cues", "common_errors", "progression", "stop"):
            both = zip(getattr(exercise, text), getattr(german, text), strict=True)
            for english, told in both:
                figures = [figure.replace(".", ",") for figure in re.findall(r"\d+(?:\.\d+)?", english)]
                assert sorted(re.findall(r"\d+(?:,\d+)?", told)) == sorted(figures), f"{name}.{text}: {told}"


def test_a_drawing_says_in_german_what_it_shows() -> None:
    plan = advise("undetermined", Intake(asked=True), KNOWLEDGE)
    assert plan is not None
    labels = re.findall(r'aria-label="([^"]+)"', render_plan(plan, None, Intake(), KNOWLEDGE, GERMAN))
    assert labels
    assert set(labels) <= {GERMAN.page[entry["caption"]] for entry in figures().values()}


def test_what_a_plan_rests_on_is_german_with_the_same_figures() -> None:
    cited = {name for row in (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values()) for name in row.evidence}
    cited |= {name for claim in files.parsed("background.toml")["claim"] for name in claim["for"] + claim["against"]}
    assert set(files.parsed("locales/de.toml")["source"]) == cited
    for name in cited:
        english, german = KNOWLEDGE.sources[name].says, GERMAN.text(KNOWLEDGE.sources[name].says)
        assert german != english
        figures = sorted(re.findall(r"\d+(?:\.\d+)?", english))
        assert sorted(re.findall(r"\d+(?:,\d+)?", german)) == [figure.replace(".", ",") for figure in figures], german
    assert {source.checked for source in KNOWLEDGE.sources.values()} - {"not read"} <= set(GERMAN.page)


def test_a_day_has_the_order_of_its_language() -> None:
    assert GERMAN.text("2027-01-11") == "11.01.2027"
    assert load_language("en", KNOWLEDGE).text("2027-01-11") == "2027-01-11"
    assert GERMAN.text("2027-01-11.jpg") == "2027-01-11.jpg"


def test_numbers_have_one_decimal_sign() -> None:
    norm = "-2.8 ± 2.7° (Macintyre 2011, provisional)"
    assert GERMAN.text(norm).startswith("-2,8 ± 2,7°")


@pytest.mark.parametrize("short", sorted({one.short for one in KNOWLEDGE.sources.values() if ", " in one.short}))
def test_a_source_that_a_norm_names_is_german_within_it(short: str) -> None:
    said = GERMAN.text(f"1 ± 2° ({short}, n = 15, provisional)")
    assert said == f"1 ± 2° ({GERMAN.page[short]}, n = 15, vorläufig)"


def test_every_text_of_the_templates_and_tables_has_its_german() -> None:
    wanted = set()
    for file in (resources.files("posture") / "render" / "html" / "templates").iterdir():
        wanted |= set(re.findall(r'_\("([^"]+)"\)', file.read_text("utf-8")))
    assert len(wanted) > 60
    wanted |= {row.because for row in (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values())}
    wanted |= {
        *MODES.values(),
        *KINDS,
        *DAY_NAMES,
        *NAMES.values(),
        *LENGTHS.values(),
        *SIGNS.values(),
        *WORDS.values(),
        *SIGN_WORDS.values(),
    }
    wanted |= {thing for exercise in KNOWLEDGE.exercises.values() for thing in exercise.equipment}
    wanted |= {exercise.certainty for exercise in KNOWLEDGE.exercises.values()}
    wanted |= {entry["caption"] for entry in figures().values()}
    wanted |= {caution.message for caution in KNOWLEDGE.cautions.values()}
    for exercise in KNOWLEDGE.exercises.values():
        wanted |= set(
            re.findall(r"[a-z]{2,}", f"{exercise.dose.get('tempo', '')} {exercise.low_dose.get('tempo', '')}")
        )
    assert wanted - set(GERMAN.page) == set()


def shown(node: ast.expr) -> list[str]:
    """What an expression of text can read: places filled with 7, every branch of a choice."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(texts) for texts in itertools.product(*map(shown, parts))]
        case ast.FormattedValue(value=ast.IfExp() as choice) | (ast.IfExp() as choice):
            return shown(choice.body) + shown(choice.orelse)
        case ast.FormattedValue():
            return ["7"]
        case _:
            return []


def texts_of_the_core() -> set[str]:
    """Every text that a refusal, a warning, a missing measure or a method puts into a report, from the source."""
    calls = {"Message", "Issue", "Unmeasured", "DegenerateGeometry", "NoContour", "Measurement", "from_vertical",
             "between_segments", "contour_measurement"}  # fmt: skip
    found = {text for words in issue_words().values() for text in (words["said"], words["retake"])}
    for file in (ROOT / "posture").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
                found |= {text for argument in node.args for text in shown(argument)}
    return {re.sub(r"\{[^}]+\}", "7", text) for text in found if " " in text}


def refusals() -> list[type[UnsuitablePhoto]]:
    classes = [UnsuitablePhoto]
    for one in classes:
        classes += one.__subclasses__()
    return classes


def texts_of_the_pages() -> set[str]:
    """Every text that a page shows: what is said, what a list or a table of words holds, titles of the steps."""
    found = {title for _, title, _ in (*STEPS, *LIVE, *CLINIC)}
    for file in [*(ROOT / "posture" / "app").rglob("*.py"), *(ROOT / "posture" / name for name in OF_VISITS)]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in ("tr", "download"):
                found |= {text for argument in node.args for text in shown(argument)}
            if isinstance(node, ast.For | ast.comprehension):
                constants = [part for part in ast.walk(node.iter) if isinstance(part, ast.Constant)]
                found |= {part.value for part in constants if isinstance(part.value, str)}
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and file.name not in UNSAID:
                found |= {text for value in node.value.values for text in shown(value)}
    return {text for text in found if re.search("[a-z]{2}", text)}


#: Files whose tables are no words for people: headers of the server, names of the languages themselves.
UNSAID = ("server.py", "navigation.py", "launch.py")
#: What else says texts of the pages: the handout, the visit's page, its charts, its answers.
OF_VISITS = (
    "render/html/handout.py",
    "render/html/visit.py",
    "render/charts/visit.py",
    "render/charts/course.py",
    "text/intake_lines.py",
    "followup/record_lines.py",
)
#: Names of pages, points, fields, file kinds and colours.
NAMES_OF_THINGS = re.compile(
    r"[a-z_0-9]+|7(?:_7)?(?:\.[a-z]+)+|[a-z_]+7?\.(?:pdf|html|jpg|csv|json|ics|zip)|[a-z]+/[a-z]+|#[0-9a-f]{6}"
)


def test_every_text_of_the_pages_has_its_german() -> None:
    pages = texts_of_the_pages()
    assert len(pages) > 120
    untold = {text for text in pages if GERMAN.text(text) == text and text not in GERMAN.page}
    assert {text for text in untold if not NAMES_OF_THINGS.fullmatch(text)} == set()


#: A sentence of a page holds no more words than this.
MOST_WORDS = 20


def test_no_sentence_of_a_page_is_long() -> None:
    for text in sorted(texts_of_the_pages()):
        for said in (text, GERMAN.page.get(text, ""), GERMAN.composed.get(text, "")):
            for sentence in re.split(r"(?<=[.!?])\s+", said):
                assert words_of(sentence) <= MOST_WORDS, sentence


def words_of(sentence: str) -> int:
    return len(re.findall(r"[\w°%'’-]+", sentence))


@pytest.mark.parametrize("name", sorted(KNOWLEDGE.cautions))
def test_no_sentence_of_a_safety_question_or_message_is_long(name: str) -> None:
    caution = KNOWLEDGE.cautions[name]
    said = [text for text in (caution.message, caution.note) if text]
    for text in [caution.question, GERMAN.question(caution), *said, *map(GERMAN.text, said)]:
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            assert words_of(sentence) <= MOST_WORDS, sentence


@pytest.mark.parametrize("name", sorted(KNOWLEDGE.exercises))
def test_no_sentence_of_an_exercise_is_long(name: str) -> None:
    english = KNOWLEDGE.exercises[name]
    for exercise in (english, GERMAN.exercise(english)):
        texts = [exercise.position, exercise.step_down, exercise.substitute, exercise.evidence]
        texts += [*exercise.steps, *exercise.cues, *exercise.common_errors, *exercise.progression, *exercise.stop]
        for text in texts:
            for sentence in re.split(r"(?<=[.!?])\s+", text):
                assert words_of(sentence) <= MOST_WORDS, sentence


@pytest.mark.parametrize("name", sorted(figures()))
def test_no_caption_of_a_drawing_is_long(name: str) -> None:
    caption = figures()[name]["caption"]
    for said in (caption, GERMAN.text(caption)):
        assert words_of(said) <= MOST_WORDS, said


def test_no_sentence_of_a_plans_reason_is_long() -> None:
    """A colon ends a part, too: what is found, then what is done about it."""
    for row in (*KNOWLEDGE.decisions, *KNOWLEDGE.patterns.values()):
        for said in (row.because, GERMAN.text(row.because)):
            for part in re.split(r"(?<=[.!?:])\s+", said):
                assert words_of(part) <= MOST_WORDS, part


@pytest.mark.parametrize("text", sorted(texts_of_the_core()))
def test_every_text_of_the_core_has_its_german(text: str) -> None:
    german = GERMAN.text(text)
    assert german != text
    assert not ENGLISH & set(re.findall(r"[a-zäöüß]+", german.lower())), german


def templates() -> set[str]:
    """Keys of all templates that are filled with facts, from the source."""
    found = {key_of(words["said"]) for words in issue_words().values()}
    for file in (ROOT / "posture").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Message":
                match node.args:
                    case [ast.Constant(value=str() as template)]:
                        found.add(re.sub(r"(\{\w+):[^}]*}", r"\1}", template))
    return {key for key in found if "{" in key}


def test_every_template_of_a_message_has_its_german() -> None:
    keys = templates()
    assert len(keys) > 30
    assert keys - {*GERMAN.composed, *GERMAN.counted} == set()


def test_every_language_has_the_same_issues_with_the_same_facts() -> None:
    german = files.parsed("locales/de.toml")["issue"]
    assert set(german) == set(issue_words())
    for name, words in issue_words().items():
        assert set(words) - {"code"} == set(german[name]) == {"said", "retake"}, name
        assert sorted(places_of(words["said"])) == sorted(places_of(german[name]["said"])), name
        assert places_of(words["retake"]) == places_of(german[name]["retake"]) == [], name


def test_a_language_counts_in_its_own_plural_forms() -> None:
    english, german = (files.parsed(f"locales/{code}.toml")["counted"] for code in ("en", "de"))
    assert set(english) == set(german)
    for code, counted in (("en", english), ("de", german)):
        forms = {*Locale.parse(code).plural_form.tags, "other"}
        assert {name: set(texts) for name, texts in counted.items()} == dict.fromkeys(counted, forms)
    days = [Message("{days} days a week", days=n) for n in (1, 2)]
    assert days == ["1 day a week", "2 days a week"]
    assert [GERMAN.text(one) for one in days] == ["an 1 Tag pro Woche", "an 2 Tagen pro Woche"]
    polish = replace(GERMAN, code="pl", counted={"{n} days": {"one": "{n} dzień", "few": "{n} dni", "many": "{n} dni"}})
    assert [polish.text(Message("{n} days", n=n)) for n in (1, 3, 7)] == ["1 dzień", "3 dni", "7 dni"]


def test_every_issue_is_said_somewhere() -> None:
    source = "".join(file.read_text("utf-8") for file in (ROOT / "posture").rglob("*.py"))
    assert {name for name in issue_words() if f'"{name}"' not in source} == set()


def test_an_issue_without_its_facts_or_its_words_is_an_error() -> None:
    assert Issue.of("twisted", twist=7.2) == Issue(
        "turned_slightly", "shoulders and hips are turned 7° against each other",
        "stand relaxed, shoulders and hips side on",
    )  # fmt: skip
    with pytest.raises(KeyError, match="twist"):
        Issue.of("twisted")
    with pytest.raises(KeyError, match="twisting"):
        Issue.of("twisting", twist=7.2)


def test_german_says_a_message_by_its_facts_and_leaves_alone_what_somebody_typed() -> None:
    why = Message("it begins with {bytes}", bytes="'p17 of 100 people'")
    message = NotAnImage(why).issue().message
    assert message == "the file's content is not a JPEG, PNG, WebP or HEIC picture (it begins with 'p17 of 100 people')"
    assert GERMAN.text(message).endswith("(sie beginnt mit 'p17 of 100 people')")
    assert GERMAN.text(NotSideView(24.6, 20).issue().message) == (
        "der Körper ist um 25° aus der Seitenansicht gedreht (Grenze 20°)"
    )


def test_a_message_is_the_same_from_another_process_and_from_a_stored_report() -> None:
    message = NotSideView(24.6, 20).issue().message
    sent = pickle.loads(pickle.dumps(message))
    assert (sent, sent.key, sent.facts) == (message, message.key, {"yaw": "25", "limit": "20"})
    assert GERMAN.text(json.loads(json.dumps(message))) == GERMAN.text(message)


def test_a_text_with_places_keeps_what_stands_in_them() -> None:
    english = "two models disagree about the back's outline: they differ by 0.6 % of body height"
    assert GERMAN.text(english).endswith("sie liegen 0,6 % der Körperhöhe auseinander")
    assert GERMAN.text("not in the picture or hidden: hip") == "nicht im Bild oder verdeckt: Hüfte"


@pytest.mark.parametrize("sample", sorted(path.stem for path in GOLDEN.glob("*.json")))
def test_the_result_page_speaks_german(sample: str) -> None:
    report = Report.from_json((GOLDEN / f"{sample}.json").read_text("utf-8"))
    page = render(report, KNOWLEDGE, language=GERMAN)
    assert 'lang="de"' in page
    assert english_words(page) == set()


TYPED = ("1 in 17", "not in the picture or hidden: hip", "pregnancy, left hip flexors", "hip")


@pytest.mark.parametrize("typed", TYPED)
def test_what_somebody_typed_stays_as_it_was_typed(typed: str) -> None:
    assert GERMAN.text(typed) != typed  # as a text of the tool it has a German
    assert review_words(Review("overridden", "no_sign", typed), GERMAN).endswith(f": {typed}")
    entry = Entry("2026-03-01", "relaxed", REPORT, review=Review("refused", reason=typed))
    assert f": {typed}" in render_visit("p1", entry, [entry], Clinic(), KNOWLEDGE, None, GERMAN)
    told = GERMAN.text(f"no client {typed!r}: posture clients list shows who is there")
    assert told == f"kein Klient {typed!r}"


def test_a_reason_that_was_chosen_from_the_list_has_its_german() -> None:
    for reason in REVIEW_REASONS.values():
        assert review_words(Review("refused", reason=reason), GERMAN).endswith(f": {GERMAN.page[reason]}")


def test_places_to_fill_in_are_the_same() -> None:
    for english, german in (*GERMAN.page.items(), *GERMAN.composed.items()):
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
    assert 'lang="de"' in page
    assert english_words(page) == set()


@pytest.mark.parametrize(("flag", "said"), [("saddle_numbness", "Holen Sie jetzt Hilfe"), ("fever", "Fachperson")])
def test_safety_speaks_german_too(flag: str, said: str) -> None:
    intake = Intake(asked=True, flags=(flag,))
    plan = advise("no_sign", intake, KNOWLEDGE)
    assert plan is not None
    page = render_plan(plan, None, intake, KNOWLEDGE, GERMAN)
    assert said in page
    assert GERMAN.cautions[flag]["message"] in page
    assert KNOWLEDGE.cautions[flag].message not in page


def test_an_unknown_language_names_the_choices() -> None:
    with pytest.raises(UsageError, match="choose from en, de"):
        load_language("tlh", KNOWLEDGE)
