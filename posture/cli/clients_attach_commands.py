"""The commands of ``posture clients`` for visit files and their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posture.cli.clients_commands import AsJson, By, Db
from posture.cli.clients_correct_commands import Day, OneClient
from posture.cli.clients_record_commands import clients

__all__ = ["clients"]


@clients.command()
def attach(
    client: OneClient,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Visit files that the page saved.")],
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of the visit, where it is not the file's.")
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Add the client where nobody has this id.")] = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Attach saved visits to a client: numbers, answers, and the picture where a file has one.

    Example: posture clients attach p17 posture_visit_2026-10-29.zip --by MK
    """
    from posture.cli.clients_attach import attach

    raise typer.Exit(attach(client, files, day, new, by, db, as_json))


@clients.command()
def detach(
    client: OneClient,
    date: Day,
    yes: Annotated[bool, typer.Option("--yes", help="Do it: the picture is gone for good.")] = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Take the picture of a visit out of a client's file again; the numbers stay.

    Example: posture clients detach p17 2026-03-01 --yes
    """
    from posture.cli.clients_attach import detach

    raise typer.Exit(detach(client, date, yes, by, db, as_json))
