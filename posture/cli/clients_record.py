"""``posture clients record`` and ``consent``: what a visit holds beside photos, and what a client has signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from posture.cli.clients import files_of, tell
from posture.clinic.days import visit_day
from posture.errors import UsageError
from posture.followup.record_lines import difference_lines, record_lines
from posture.followup.visit_record import Activity, Consent, VisitRecord
from posture.io.photos import latest_day
from posture.report.report import Report
from posture.text.language import ENGLISH


def record(
    who: tuple[str, str],
    visit_record: VisitRecord,
    files: tuple[Path | None, Path | None],
    by: str | None,
    url: str | None,
    as_json: bool,
) -> int:
    """Keep what is told of a visit; with nothing told, show what is kept.

    who : client and day · files : a report in which the coach wrote, and the calendar of a plan
    """
    client, day = who[0], visit_day(who[1])
    archive = files_of(url, by)
    visit_record = _from_files(visit_record, files, day, sorted(archive.client_record(client).records))
    if visit_record != VisitRecord():
        archive.record(client, day, visit_record)
    kept = archive.client_record(client)
    if day not in kept.records:
        raise UsageError(f"client {client!r} has no record of {day}: say what is to be kept, like --pain 4")
    differs = difference_lines(kept, day, ENGLISH)
    lines = record_lines(kept.records[day], ENGLISH) + [f"Differs from last time. {line}." for line in differs]
    summary = {"client": client, "date": day, "record": kept.records[day].to_mapping(), "differs": differs}
    tell(summary, as_json, "\n".join(lines))
    return 0


def _from_files(
    visit_record: VisitRecord, files: tuple[Path | None, Path | None], day: str, recorded: Sequence[str]
) -> VisitRecord:
    """With what the coach wrote into a report, and the days that a plan's calendar asks for since the last record."""
    from posture.export.calendar import training_days

    report, calendar = files
    if report is not None:
        practice = Report.from_json(_read(report).decode("utf-8", "replace")).practice
        if not practice:
            raise UsageError(f"{report}: the coach wrote nothing into this report")
        visit_record = replace(visit_record, practice=practice)
    if calendar is not None:
        since = max((one for one in recorded if one < day), default=str(date.min))
        planned = training_days(_read(calendar), date.fromisoformat(since), date.fromisoformat(day))
        visit_record = replace(visit_record, exercise_days_planned=planned)
    return visit_record


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def activities(given: Sequence[str]) -> tuple[Activity, ...]:
    """Activities as they are typed: ("climbing stairs=5",) gives one with the score 5."""
    found = []
    for one in given:
        name, equals, score = one.rpartition("=")
        try:
            if not equals:
                raise ValueError
            found.append(Activity(name.strip(), float(score)))
        except ValueError:
            raise UsageError(f"--activity {one}: write it like 'climbing stairs=5'") from None
    return tuple(found)


def consent(client: str, form: tuple[str, str], day: str | None, by: str | None, url: str | None, as_json: bool) -> int:
    """Keep that a client has signed a form: its name and version."""
    signed = Consent(*form, day or latest_day())
    files_of(url, by).consent(client, signed)
    summary = {"client": client, "template": signed.template, "version": signed.version, "date": signed.date}
    tell(summary, as_json, f"Kept: {signed.template}, version {signed.version}, signed on {signed.date}.")
    return 0
