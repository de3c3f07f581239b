"""One visit of one client on two sheets for the chart: what changed first, then the visit, numbers and timelines."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from posture.body.body_outline import BodyOutline
from posture.errors import UsageError
from posture.findings.verdict import WORDS
from posture.followup.change import comparable
from posture.followup.pictured import first_pair
from posture.followup.record_lines import consent_lines, difference_lines, record_lines
from posture.followup.timeline import Entry, Review, followed, timelines, visits
from posture.followup.visit_record import ClientRecord, VisitRecord
from posture.knowledge.load import Knowledge
from posture.plan.schedule import programme
from posture.render.charts.bell import scale
from posture.render.charts.course import course
from posture.render.charts.visit import before_after, timeline
from posture.render.html.plan import page
from posture.render.html.report import practice_rows
from posture.render.html.visit_changes import DRAWN, JUDGED, changes_shown
from posture.render.html.visit_pictures import pictures_shown
from posture.text.intake_lines import intake_lines
from posture.text.labels import POINTS, REVIEW_REASONS, TILT, plain_words, plan_words
from posture.text.language import ENGLISH, Language
from posture.text.presentation import present

#: Greatest side of a clinic's logo in a page, px.
LOGO_PX = 400


@dataclass(frozen=True, slots=True)
class Clinic:
    """Whose page it is. ``logo`` : a data: URI, or empty"""

    name: str = ""
    logo: str = ""

    @classmethod
    def with_logo(cls, name: str, file: Path | None) -> Clinic:
        """The clinic with the picture of a file. Raises UsageError where it is no picture (JPEG, PNG, WebP)."""
        if file is None:
            return cls(name)
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
                picture.thumbnail((LOGO_PX, LOGO_PX))
                data = io.BytesIO()
                picture.convert("RGBA").save(data, "PNG")
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
            raise UsageError(f"logo {file}: not a JPEG, PNG or WebP picture that can be read") from error
        return cls(name, "data:image/png;base64," + base64.b64encode(data.getvalue()).decode())


def render_visit(
    client: str,
    entry: Entry,
    history: Sequence[Entry],
    clinic: Clinic,
    knowledge: Knowledge,
    kept: ClientRecord | None = None,
    language: Language | None = None,
) -> str:
    """The page of ``entry``, as text; ``history`` are all photos of the client, those after the visit are left out.

    kept : what stands beside the photos: records of visits, consents, the clinic's own error
    """
    language, kept = language or ENGLISH, (kept or ClientRecord()).until(entry.date)
    until = [other for other in history if other.date <= entry.date]
    shown_as = next(
        (other for one, other in zip(until, followed(until, knowledge), strict=True) if one is entry), entry
    )
    report, record = shown_as.report(knowledge), kept.records.get(entry.date, VisitRecord())
    shown = present(report, knowledge, language)
    lines = [line for line in timelines(until, knowledge, kept.own) if line.measure in DRAWN]
    tilt = next((line for line in lines if line.measure == "tilt"), None)
    together = course(tilt, kept.records, language)
    drawn = [line for line in lines if len(line.points) > 1 and not (together and line is tilt)]
    charts = [timeline(line, language) for line in sorted(drawn, key=lambda line: DRAWN.index(line.measure))]
    pair = first_pair(until, entry.date, knowledge, kept.own)
    drawn_over = () if pair is not None else _outlines_now(until, entry.date, knowledge, language)
    plan = report.plan
    items = () if plan is None or plan.safety == "not_asked" else plan.items  # no exercise before the questions
    weeks = None if plan is None else programme(plan, entry.intake)
    given = [item if weeks is None else weeks.first_given(item) for item in items]
    return page(
        "visit.html",
        language,
        clinic=clinic.name,
        logo=clinic.logo,
        client=client,
        entry=entry,
        report=report,
        shown=shown,
        scale=None if shown.scale is None else Markup(scale(shown.scale, language.text(TILT))),
        review=review_words(entry.review, language),
        tests=intake_lines(entry.intake, knowledge, language) + record_lines(record, language),
        practice=practice_rows(record.practice, knowledge, language),
        differs=difference_lines(kept, entry.date, language),
        consents=consent_lines(kept.consents, language),
        by_hand=[POINTS[name] for name in report.by_hand],
        changed=changes_shown(until, entry.date, kept, knowledge, language),
        judged=JUDGED,
        pictures=None if pair is None else pictures_shown(pair, language),
        outlines=[(words, Markup(svg)) for words, svg in drawn_over],
        together=None if together is None else (together[0], Markup(together[1])),
        charts=[(words, Markup(svg)) for words, svg in charts],
        own=kept.own is not None,
        plan=plan,
        mode="" if plan is None else plan_words(plan, knowledge),
        because="" if plan is None else plain_words(plan.because, knowledge),
        items=[(item, language.exercise(knowledge.exercises[item.id])) for item in given],
    )


def outlines(entries: Sequence[Entry], knowledge: Knowledge, language: Language) -> list[tuple[str, str]]:
    """The outlines of the first visit that has one and of the last that can be compared with it; else none."""
    found = compared_outlines(entries, knowledge)
    return [before_after(*found, language)] if found else []


def compared_outlines(
    entries: Sequence[Entry], knowledge: Knowledge
) -> tuple[tuple[str, BodyOutline], tuple[str, BodyOutline]] | None:
    """Days and outlines of the first visit that has one and of the last that can be compared with it."""
    read = [(entry.date, entry.report(knowledge)) for entry in visits(entries, knowledge)]
    seen = [(day, report, report.outline) for day, report in read if report.outline is not None]
    alike = [one for one in seen[1:] if comparable(seen[0][1], one[1])]
    if not alike:
        return None
    first, last = ((day, outline) for day, _, outline in (seen[0], alike[-1]))
    return first, last


def _outlines_now(
    entries: Sequence[Entry], day: str, knowledge: Knowledge, language: Language
) -> list[tuple[str, str]]:
    """The first visit's outline and this day's, for a column; none where the two cannot be compared."""
    found = compared_outlines(entries, knowledge)
    return [before_after(*found, language, narrow=True)] if found and found[1][0] == day else []


def review_words(review: Review | None, language: Language) -> str:
    """A reviewer's word; empty where there is none."""
    if review is None:
        return ""
    if review.verdict == "accepted":
        return language.text("accepted")
    said = language.text("not to be used" if review.finding is None else WORDS[review.finding])
    return f"{said}: {reason_words(review.reason, language)}" if review.reason else said


def reason_words(reason: str, language: Language) -> str:
    """A reviewer's reason: one of the list in a language, one that was typed as it was typed."""
    return language.text(reason) if reason in REVIEW_REASONS.values() else reason
