"""One photo's report as one self-contained page: no script, no link, nothing to fetch."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from markupsafe import Markup

from posture.body.frame import Pixels
from posture.knowledge.load import Knowledge
from posture.plan.intake import Intake
from posture.plan.schedule import programme
from posture.render.charts.bell import among_people, scale
from posture.render.html.plan import page, plan_parts
from posture.render.overlay import jpeg
from posture.report.practice import Practice
from posture.report.report import Report
from posture.text.labels import LENGTHS, NAMES, POINTS, TILT
from posture.text.language import ENGLISH, Language
from posture.text.presentation import chance_details, present


def render(
    report: Report,
    knowledge: Knowledge,
    picture: Pixels | None = None,
    intake: Intake | None = None,
    language: Language | None = None,
) -> str:
    """The page as text. ``picture`` is the annotated photo of `overlay.draw`, embedded as JPEG."""
    answers, language = intake or Intake(), language or ENGLISH
    shown = present(report, knowledge, language)
    weeks = None if report.plan is None else programme(report.plan, answers)
    parts = {"plan": None} if report.plan is None else plan_parts(report.plan, weeks, answers, knowledge, language)
    return page(
        "report.html",
        language,
        report=report,
        shown=shown,
        scale=None if shown.scale is None else Markup(scale(shown.scale, language.text(TILT))),
        details=chance_details(report.finding, language),
        picture=None if picture is None else data_uri(picture),
        unmeasured={NAMES[name]: unmeasured.reason for name, unmeasured in report.measurements.unmeasured().items()},
        lengths=[(LENGTHS[name], length) for name, length in report.lengths_cm.items()],
        charts=[(words, Markup(svg)) for words, svg in among_people(report, knowledge, language)],
        by_hand=[POINTS[name] for name in report.by_hand],
        practice=practice_rows(report.practice, knowledge, language),
        sources=_sources(report, knowledge),
        **parts,
    )


def data_uri(picture: Pixels) -> str:
    """A picture as JPEG inside a page."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg(picture, 88)).decode()


def practice_rows(practice: Iterable[Practice], knowledge: Knowledge, language: Language) -> list[dict[str, str]]:
    """Practice before the camera, a row a side, in words; the first row names the columns."""
    tr, rows = language.text, []
    for one in practice:
        cues = "; ".join(f"{tr(cue)} ({count}×)" for cue, count in one.cues.items())
        tempo = ""
        if one.tempo_s is not None:
            tempo = " (" + " – ".join(f"{part:.1f}" for part in one.tempo_s) + " s)"
        cells = (
            language.exercise(knowledge.exercises[one.exercise]).name,
            "" if one.side is None else tr(one.side),
            f"{one.held_s:.0f} s",
            f"{one.reps}{tempo}" if one.reps else "",
            cues or tr("nothing" if one.watched else "not watched"),
        )
        columns = ("Exercise", "Side", "Held in good form", "Repetitions (up – top – down)", "What was said")
        rows.append({tr(column): cell for column, cell in zip(columns, cells, strict=True)})
    return rows


def _sources(report: Report, knowledge: Knowledge) -> list[tuple[str, str]]:
    """Everything the page rests on: norms of the measures shown, and what the exercises cite.

    What a report of another version cites and this one no longer lists is left out.
    """
    ids = [knowledge.rules.source, knowledge.verdict.source, knowledge.verdict.prior_source]
    for name in report.measurements.measured():
        ids.append(knowledge.errors[name].source)
        if name in knowledge.norms:
            ids.append(knowledge.norms[name].source)
    if report.plan is not None:
        ids += [source for item in report.plan.items for source in item.source]
    listed = [knowledge.sources[name] for name in dict.fromkeys(ids) if name in knowledge.sources]
    return [(source.citation, source.checked) for source in listed]
