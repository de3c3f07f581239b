"""The commands of ``posture clients`` for what a visit holds beside photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posture.cli.clients_commands import AsJson, By, Db, clients
from posture.cli.clients_correct_commands import Day, OneClient

__all__ = ["clients"]


@clients.command()
def record(
    client: OneClient,
    day: Day,
    pain: Annotated[float | None, typer.Option(help="Pain over the last week, 0 to 10.")] = None,
    activity: Annotated[
        list[str] | None, typer.Option(metavar="NAME=SCORE", help="An activity, 0 unable to 10 as before; up to three.")
    ] = None,
    exercised: Annotated[int | None, typer.Option(help="Days of exercise since the last visit.")] = None,
    planned: Annotated[int | None, typer.Option(help="Days that were planned since then.")] = None,
    calendar: Annotated[Path | None, typer.Option(help="The plan's .ics file, which tells the days planned.")] = None,
    practice: Annotated[Path | None, typer.Option(help="A JSON report in which the coach wrote.")] = None,
    inclinometer: Annotated[float | None, typer.Option(help="Its reading of the tilt, degrees, forward +.")] = None,
    footwear: Annotated[str, typer.Option(help="Barefoot, socks, shoes.")] = "",
    clothes: Annotated[str, typer.Option(help="Clothes in the photo.")] = "",
    cue: Annotated[str, typer.Option(help="Words to the client before the photo.")] = "",
    distance: Annotated[float | None, typer.Option(help="From camera to client, metres.")] = None,
    operator: Annotated[str, typer.Option(help="Who took the photo.")] = "",
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Keep pain, function, exercise, inclinometer and set-up of a visit; with nothing told, show what is kept.

    Says what of the set-up differs from last time.

    Example: posture clients record p17 2026-03-01 --pain 4 --activity "climbing stairs=5" --footwear barefoot
    """
    from posture.cli.clients_record import activities, record
    from posture.followup.visit_record import Protocol, VisitRecord

    visit_record = VisitRecord(
        pain_week_0_10=pain,
        activities=activities(activity or ()),
        exercise_days=exercised,
        exercise_days_planned=planned,
        inclinometer_deg=inclinometer,
        protocol=Protocol(footwear.strip(), clothes.strip(), cue.strip(), operator.strip(), distance),
    )
    raise typer.Exit(record((client, day), visit_record, (practice, calendar), by, db, as_json))


@clients.command()
def consent(
    client: OneClient,
    template: Annotated[str, typer.Option(help="Name of the form.")],
    version: Annotated[str, typer.Option(help="Its version.")],
    day: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day it was signed; today.")] = None,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Keep that a client has signed a form: its name, version and day.

    Example: posture clients consent p17 --template "photo and record" --version 2
    """
    from posture.cli.clients_record import consent

    raise typer.Exit(consent(client, (template, version), day, by, db, as_json))
