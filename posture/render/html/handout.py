"""The handout: the verdict on one page and the week on another, to give along on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

from markupsafe import Markup

from posture.body.frame import Pixels
from posture.export.calendar import first_monday, retest_day
from posture.knowledge.load import Knowledge
from posture.knowledge.records import Exercise
from posture.message import Message
from posture.plan.advise import Plan
from posture.plan.choice import Item, lacking
from posture.plan.intake import Intake
from posture.plan.schedule import DAYS, Programme, programme
from posture.render.charts.bell import scale
from posture.render.drawings import drawing, figures
from posture.render.html.plan import DAY_NAMES, legend, page
from posture.render.html.report import data_uri
from posture.report.report import Report
from posture.text.labels import TILT, plain_words, plan_words, side_words
from posture.text.language import ENGLISH, Language
from posture.text.presentation import Presentation, present

#: Exercises at set times that the second page has room for; of more, those of the first weeks alone are on it.
ROOM = 6
LATER = "{count} more exercises come in later weeks: the long version of the plan holds them all."
#: Height of a sheet between its margins, less what no estimate of lines foresees, mm.
SHEET_MM = 262.0
#: Least and greatest height of the photo and of a drawing on paper, mm. A drawing smaller than READABLE_MM gets
#: the room of the words under it; the dose stands in the table as well.
PHOTO_MM, DRAWING_MM, READABLE_MM = (50.0, 140.0), (16.0, 62.0), 22.0


@dataclass(frozen=True, slots=True)
class Row:
    """One exercise of the week.

    days : 0 Monday to 6 Sunday · from_week : the week it begins in where that is after the others, else 0
    """

    item: Item
    exercise: Exercise
    days: tuple[int, ...]
    from_week: int

    def dose(self, language: Language) -> str:
        """The dose in words without its days, which the boxes show; a habit has nothing else."""
        dose = {part: value for part, value in self.item.dose.items() if part != "days_per_week"}
        return language.dose(replace(self.item, dose=dose or self.item.dose))

    @property
    def side(self) -> str:
        """ "left side", "each side"; a dash where an exercise has none."""
        return side_words(self.item).removeprefix(", ") or "–"


@dataclass(frozen=True, slots=True)
class Card:
    """One exercise as it is drawn: its id, its name, the picture with its caption, and the doses of its sides.

    instead : what stands in for things that are not at hand, empty where nothing is lacking
    """

    name: str
    title: str
    picture: Markup
    caption: str
    doses: str
    instead: str

    def words(self, captions: bool) -> str:
        """Words below the drawing; where there is no room for captions, what stands in for things alone."""
        if not captions:
            return self.instead
        return f"{self.caption}{f' ({self.instead})' if self.instead else ''}. {self.doses}"


def render_handout(
    plan: Plan | None,
    intake: Intake,
    knowledge: Knowledge,
    start: date,
    language: Language | None = None,
    report: Report | None = None,
    picture: Pixels | None = None,
) -> str | None:
    """The handout as one HTML page for two sheets of A4, in English where no language is given; None without a plan.

    start : the day on which it is given; the weeks begin on the Monday on or after it
    report, picture : the photo's report and its annotated picture, for the first sheet

    A plan that sends to a professional gives its message alone. Before the safety questions were answered there is no
    week, and without a verdict no handout.
    """
    language = language or ENGLISH
    if plan is None:
        return None
    shown = None if report is None or report.finding is None else present(report, knowledge, language)
    if plan.mode == "refer":
        return page("handout.html", language, plan=plan, shown=None, week=None)
    if plan.safety == "not_asked" and shown is None:
        return None
    weeks = None if plan.safety == "not_asked" else programme(plan, intake)
    sentences = _sentences(plan, shown, weeks, language)
    because = "" if plan.safety == "not_asked" else plain_words(plan.because, knowledge)
    return page(
        "handout.html",
        language,
        plan=plan,
        shown=shown,
        scale=None if shown is None or shown.scale is None else Markup(scale(shown.scale, language.text(TILT))),
        picture=None if shown is None or picture is None else data_uri(picture),
        photo_mm=0 if shown is None else _photo_mm(shown, sentences, language.text(because)),
        given=language.text(start.isoformat()),
        sentences=sentences,
        because=because,
        week=None if weeks is None else _week(plan, weeks, intake, knowledge, start, language),
    )


def _lines(text: str, across: int) -> int:
    """Number of lines of a text at so many letters of a wide font: 100 letters at 48 take 3."""
    return ceil(len(text) / across)


def _photo_mm(shown: Presentation, sentences: Sequence[str], because: str) -> float:
    """The height that headline, scale and words leave to the photo on the first sheet."""
    words = 8.0 * _lines(shown.headline, 52) + 5.5 * sum(_lines(words, 88) for words in sentences)
    words += 5.0 * sum(_lines(words, 100) for words in shown.chances) + 4.6 * _lines(because, 100)
    scale_mm = 0 if shown.scale is None else 60
    return _between(SHEET_MM - 14 - scale_mm - words, PHOTO_MM)


def _between(value: float, ends: tuple[float, float]) -> float:
    return round(min(max(value, ends[0]), ends[1]), 1)


def _sentences(plan: Plan, shown: Presentation | None, weeks: Programme | None, language: Language) -> list[str]:
    """The reading, the known effects of exercise and their limits, and the next step."""
    tr = language.text
    said = []
    if shown is not None:
        said.append(
            tr("The photo shows how you stood at that moment: it names no illness and cannot tell why something hurts.")
        )
    if plan.items:
        said.append(
            tr(
                "Such exercises can make you stronger and let you move further. They were not shown to change the "
                "pelvic tilt by more than about 1-2°, nor to remove pain that way."
            )
        )
    if plan.safety == "not_asked":
        step = tr(plan.message)
    elif shown is not None and shown.steps:
        step = shown.steps[0]
    else:
        step = tr("Do what stands under your week, and test again on the day that is named there.") if weeks else ""
    return [*said, f"{tr('Next step')}: {step}"] if step else said


def _week(
    plan: Plan, weeks: Programme, intake: Intake, knowledge: Knowledge, start: date, language: Language
) -> dict[str, object]:
    """Contents of the second sheet."""
    rows, later = _rows(weeks, knowledge, language)
    cards = [_card(name, rows, intake, language) for name in dict.fromkeys(row.item.id for row in rows)]
    named = {row.item.id for row in rows}
    parts = {
        "habits": "; ".join(_name(item, knowledge, language) for item in weeks.habits if item.id not in named),
        "tests": "; ".join(_name(item, knowledge, language) for item in weeks.tests if item.id not in named),
        "stops": "; ".join(dict.fromkeys(rule for row in rows for rule in row.exercise.stop)),
    }
    columns = 3 if len(cards) > ROOM else 2
    used = 38.0 + (8.0 if later else 0.0) + 4.8 * _lines(parts["habits"], 85) + 4.8 * _lines(parts["tests"], 60)
    used += 4.2 * _lines(parts["stops"], 105)
    used += 6.5 * (_lines(f"{language.text('Your week')}: {language.text(plan_words(plan, knowledge))}", 52) - 1)
    for row in rows:
        used += 2.0 + 3.7 * max(_lines(row.exercise.name, 27), _lines(row.dose(language), 34))
    with_captions, without = (
        _drawing_mm(cards, columns, SHEET_MM - used, captions=captions) for captions in (True, False)
    )
    return parts | {
        "mode": plan_words(plan, knowledge),
        "rows": [(row, row.dose(language)) for row in rows],
        "cards": cards,
        "columns": columns,
        "captions": with_captions >= READABLE_MM,
        "drawing_mm": _between(with_captions if with_captions >= READABLE_MM else without, DRAWING_MM),
        "signs": legend([card.name for card in cards], language),
        "days": DAY_NAMES,
        "first": weeks.active_stages[0] if later else None,
        "later": Message(LATER, count=later) if later else "",
        "monday": language.text(first_monday(start).isoformat()),
        "retest": language.text(retest_day(plan, start).isoformat()) if plan.retest_weeks else "",
    }


def _card(name: str, rows: Sequence[Row], intake: Intake, language: Language) -> Card:
    own = [row for row in rows if row.item.id == name]
    doses = " ".join(f"{row.dose(language)}{language.text(side_words(row.item))}." for row in own)
    caption, instead = language.text(figures()[name]["caption"]), ""
    exercise = own[0].exercise
    if absent := lacking(exercise, intake):
        things = ", ".join(map(language.text, absent))
        instead = f"{language.text('without')} {things}: {exercise.substitute.removesuffix('.')}"
    return Card(name, exercise.name, Markup(drawing(name, language.text)), caption, doses, instead)


def _drawing_mm(cards: Sequence[Card], columns: int, room_mm: float, *, captions: bool) -> float:
    """The height that names, and captions with doses, leave to each drawing, the tallest words of each row counted."""
    letters = 2 / columns
    for k in range(0, len(cards), columns):
        room_mm -= 3.5 + max(
            4.6 * _lines(card.title, int(42 * letters)) + 3.6 * _lines(card.words(captions), int(54 * letters))
            for card in cards[k : k + columns]
        )
    return room_mm / ceil(len(cards) / columns)


def _rows(weeks: Programme, knowledge: Knowledge, language: Language) -> tuple[list[Row], int]:
    """The exercises of the sheet in their order, and how many that come later have no room on it.

    A plan without any at set times shows its habits and tests.
    """
    found: dict[tuple[str, str], Row] = {}
    for stage in weeks.active_stages:
        for session in stage.sessions:
            begins = 0 if stage is weeks.active_stages[0] else stage.weeks[0]
            exercise = language.exercise(knowledge.exercises[session.item.id])
            found.setdefault((session.item.id, session.item.side), Row(session.item, exercise, session.days, begins))
    if not found:
        whole = tuple(range(DAYS))
        return [
            Row(item, language.exercise(knowledge.exercises[item.id]), () if item.kind == "test" else whole, 0)
            for item in (*weeks.tests, *weeks.habits)
        ], 0
    rows = list(found.values())
    if _names(rows) <= ROOM:
        return rows, 0
    now = [row for row in rows if not row.from_week]
    return now, _names(rows) - _names(now)


def _names(rows: Sequence[Row]) -> int:
    return len({row.item.id for row in rows})


def _name(item: Item, knowledge: Knowledge, language: Language) -> str:
    return language.exercise(knowledge.exercises[item.id]).name
