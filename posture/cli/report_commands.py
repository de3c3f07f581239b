"""Commands on what was measured before: plans, changes, repeatability."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posture.cli.options import LANG_HELP, answers, start_day, time_of_day


def plan(
    finding: Annotated[str, typer.Option(metavar="KIND", help="Kind of finding, as in a report: no_sign ...")],
    intake: Annotated[Path | None, typer.Option(help="Answers to the questions, TOML or JSON.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for plan.html, handout.html, plan.ics and plan.json.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="First day; the weeks begin on the Monday on or after it.")
    ] = None,
    at: Annotated[
        str, typer.Option("--time", metavar="HH:MM", help="Time of the day of the calendar's entries.")
    ] = "18:00",
    lang: Annotated[str, typer.Option(help=LANG_HELP)] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Turn a finding and your answers into a plan: the same as `analyze` gives, with its week and calendar.

    Example: posture plan --finding mild_anterior_tilt --intake answers.toml --out plan
    """
    from posture.cli.plan import run

    raise typer.Exit(run(finding, answers(intake), out, as_json, start_day(start), lang, time_of_day(at)))


def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE.json", help="The earlier report.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER.json", help="The later report.")],
    sem: Annotated[Path | None, typer.Option(help="Your own errors, written by repeatability --json.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell which measures changed by more than measurement error between two reports of one person.

    Example: posture compare march/anna.json june/anna.json
    """
    from posture.cli.compare import run_compare

    raise typer.Exit(run_compare(before, after, sem, as_json))


def repeatability(
    reports: Annotated[list[Path], typer.Argument(metavar="A1.json A2.json ...", help="Two reports of each person.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for compare --sem.")] = False,
) -> None:
    """Work out your own measurement error from pairs of photos of people who stepped away and back in between.

    Example: posture repeatability anna1.json anna2.json ben1.json ben2.json cleo1.json cleo2.json --json > sem.json
    """
    from posture.cli.compare import run_repeatability

    raise typer.Exit(run_repeatability(reports, as_json))
