"""The commands of ``posture clients`` that put files right."""

from __future__ import annotations

from typing import Annotated

import typer

from posture.cli.clients_commands import AsJson, By, Db, clients

__all__ = ["clients"]
OneClient = Annotated[str, typer.Argument(metavar="CLIENT")]
Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="Day of the visit.")]
Join = Annotated[bool, typer.Option("--join", help="Put it together with the visit of that day.")]


@clients.command()
def move(
    client: OneClient,
    date: Day,
    to: Annotated[str, typer.Option(metavar="CLIENT", help="Whose visit it is.")],
    join: Join = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Move a visit to the client whose it is.

    Example: posture clients move p71 2026-03-01 --to p17 --by MK
    """
    from posture.cli.clients_correct import move

    raise typer.Exit(move(client, date, to, join, by, db, as_json))


@clients.command()
def visit(
    client: OneClient,
    date: Day,
    day: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="The day it was.")] = None,
    label: Annotated[str | None, typer.Option(help="What you call the visit; empty takes it away.")] = None,
    join: Join = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Give a visit the right day, a label, or both.

    Example: posture clients visit p17 2026-03-01 --date 2026-03-02 --label "after surgery"
    """
    from posture.cli.clients_correct import visit

    raise typer.Exit(visit(client, date, (day, label), join, by, db, as_json))


@clients.command()
def drop(
    client: OneClient,
    date: Day,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; the log keeps the visit.")] = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Take a visit out of a client's file.

    Example: posture clients drop p17 2026-03-01 --yes
    """
    from posture.cli.clients_correct import drop

    raise typer.Exit(drop(client, date, yes, by, db, as_json))


@clients.command()
def rename(
    client: OneClient,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The id from now on.")],
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Give a client another id.

    Example: posture clients rename p71 p17
    """
    from posture.cli.clients_correct import rename

    raise typer.Exit(rename(client, new, by, db, as_json))


@clients.command()
def merge(
    client: OneClient,
    into: Annotated[str, typer.Option(metavar="CLIENT", help="The same person; this id stays.")],
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Put everything of one client into the file of another id of the same person.

    Example: posture clients merge p71 --into p17
    """
    from posture.cli.clients_correct import merge

    raise typer.Exit(merge(client, into, by, db, as_json))
