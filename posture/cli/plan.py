"""``posture plan``: a finding's kind and the answers in, a plan out, with its week, page and calendar."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, get_args

from rich.console import Console
from rich.table import Table

from posture.errors import UsageError
from posture.export.calendar import AT, calendar
from posture.findings.verdict import Kind
from posture.io.atomic import write_atomic
from posture.io.photos import shown
from posture.knowledge.load import Knowledge
from posture.plan.advise import Plan, advise
from posture.plan.intake import Intake
from posture.plan.schedule import Programme, programme
from posture.render.html.handout import render_handout
from posture.render.html.plan import DAY_NAMES, render_plan
from posture.report.codec import plan_to_dict
from posture.report.report import SCHEMA
from posture.text.labels import dose_words, plan_words, sentence, side_words, time_lines
from posture.text.language import load_language


def run(
    finding: str, intake: Intake, out: Path | None, as_json: bool, start: date, lang: str = "en", at: time = AT
) -> int:
    """Print or write the plan, its page in ``lang``; exit code 0. Raises UsageError for an unknown kind or language."""
    kinds = get_args(Kind)
    if finding not in kinds:
        raise UsageError(f"--finding {finding}: unknown; choose from {', '.join(kinds)}")
    knowledge = Knowledge.load()
    language = load_language(lang, knowledge)
    plan = advise(finding, intake, knowledge)  # type: ignore[arg-type]
    weeks = None if plan is None else programme(plan, intake)
    story = {
        "schema": SCHEMA,
        "finding": finding,
        "plan": None if plan is None else plan_to_dict(plan),
        "programme": None if weeks is None else programme_to_dict(weeks),
    }
    if out is not None:
        files: dict[str, str | bytes | None] = {
            "plan.json": json.dumps(story, ensure_ascii=False, indent=1) + "\n",
            "handout.html": render_handout(plan, intake, knowledge, start, language),
        }
        if plan is not None:
            files["plan.html"] = render_plan(plan, weeks, intake, knowledge, language)
        if plan is not None and weeks is not None and plan.safety != "not_asked":
            files["plan.ics"] = calendar(plan, weeks, knowledge, start, language, at)
        _write(out, files)
    if as_json:
        sys.stdout.write(json.dumps(story, ensure_ascii=False) + "\n")
    else:
        _print(plan, weeks, knowledge, out)
    return 0


def programme_to_dict(weeks: Programme) -> dict[str, Any]:
    """Eight weeks as JSON: for every stage which item on which days (0 Monday) and how many minutes."""
    return {
        "minutes_per_day": weeks.minutes_per_day,
        "days_per_week": weeks.days_per_week,
        "stages": [
            {
                "weeks": list(stage.weeks),
                "minutes": stage.minutes,
                "sessions": [
                    {
                        "id": session.item.id,
                        "side": session.item.side,
                        "days": list(session.days),
                        "dose": dict(session.item.dose),
                        "minutes": round(session.minutes, 1),
                    }
                    for session in stage.sessions
                ],
            }
            for stage in weeks.stages
        ],
        "habits": [item.id for item in weeks.habits],
        "tests": [item.id for item in weeks.tests],
        "shortened": list(weeks.shortened),
        "left_out": list(weeks.left_out),
    }


def _write(out: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Write files into a folder by their names; what is None is left out."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            if content is not None:
                write_atomic(out / name, content)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from error


def _print(plan: Plan | None, weeks: Programme | None, knowledge: Knowledge, out: Path | None) -> None:
    console = Console()
    if plan is None:
        console.print("No plan: under 18 there are measurements only.")
        return
    console.print(f"[bold]{sentence(plan_words(plan, knowledge))}[/bold]. {plan.because}")
    if plan.safety in ("prompt", "emergency", "not_asked"):
        console.print(plan.message, style="bold")
    if plan.safety == "not_asked":
        for caution in knowledge.cautions.values():
            console.print(f"  – {caution.question}")
    if weeks is not None:
        for stage in weeks.active_stages:
            table = Table(title=f"Weeks {stage.weeks[0]} and {stage.weeks[1]}, up to {stage.minutes:.0f} min a day")
            for column in ("Exercise", "Dose", "Days", "Minutes"):
                table.add_column(column)
            for session in stage.sessions:
                days = " ".join(DAY_NAMES[day] for day in session.days)
                name = knowledge.exercises[session.item.id].name
                table.add_row(name, dose_words(session.item) + side_words(session.item), days, f"{session.minutes:.0f}")
            console.print(table)
        for title, items in (("Every day", weeks.habits), ("Test", weeks.tests)):
            if items:
                console.print(f"{title}: " + "; ".join(knowledge.exercises[item.id].name for item in items) + ".")
        for line in time_lines(weeks, {name: one.name for name, one in knowledge.exercises.items()}):
            console.print(line, style="dim")
    console.print(plan.message if plan.safety == "clear" else "", style="dim")
    if out is not None:
        made = "Page and JSON" if plan.safety == "not_asked" or weeks is None else "Page, handout, calendar and JSON"
        console.print(f"{made}: {shown(out.resolve())}", markup=False)
