"""The commands of ``posture clients``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posture.errors import UsageError

clients = typer.Typer(help="The clinic's client files.", no_args_is_help=True, rich_markup_mode=None)
Db = Annotated[str | None, typer.Option("--db", metavar="URL", help="Database; a file of your own where not given.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="INITIALS", help="Who does it, for the log; else your login name.")
]
Everybody = Annotated[bool, typer.Option("--all", help="All clients.")]
SomeClient = Annotated[str | None, typer.Argument(metavar="CLIENT", help="Pseudonym; none with --all.")]


@clients.command()
def add(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="The --out folder of a batch.")],
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Take what a batch measured into the files of its clients.

    Example: posture clients add results --db sqlite:///clinic.db
    """
    from posture.cli.clients import add

    raise typer.Exit(add(results, by, db, as_json))


@clients.command("list")
def list_(
    search: Annotated[str, typer.Argument(metavar="TEXT", help="Only clients whose id holds this.")] = "",
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """List the clients.

    Example: posture clients list p1
    """
    from posture.cli.clients import list_all

    raise typer.Exit(list_all(search, db, as_json))


@clients.command()
def show(client: Annotated[str, typer.Argument(metavar="CLIENT")], db: Db = None, as_json: AsJson = False) -> None:
    """Show a client's visits, and what changed by more than measurement error.

    Example: posture clients show p17
    """
    from posture.cli.clients import show

    raise typer.Exit(show(client, db, as_json))


@clients.command()
def log(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="This client alone, or an erased one's number.")] = "",
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Show what was changed in the files, and when.

    Example: posture clients log p17
    """
    from posture.cli.clients import log

    raise typer.Exit(log(client, db, as_json))


@clients.command()
def report(
    out: Annotated[Path, typer.Option(help="Folder for CLIENT_DATE.pdf.")],
    client: SomeClient = None,
    everybody: Everybody = False,
    visit: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="This visit alone.")] = None,
    clinic: Annotated[str, typer.Option(help="The clinic's name, for the head of the page.")] = "",
    logo: Annotated[Path | None, typer.Option(help="The clinic's logo: JPEG, PNG or WebP.")] = None,
    as_html: Annotated[bool, typer.Option("--html", help="Web pages in place of PDF.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the page, by its code: en, de.")] = "en",
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Write a page for the chart of every visit: numbers, reviewer's word, change since the first visit, plan.

    Example: posture clients report p17 --out charts --clinic "Clinic by the Lake" --logo logo.png
    """
    from posture.cli.clients_export import Pages, report

    raise typer.Exit(report(client, everybody, Pages(out, visit, clinic, logo, as_html, lang), by, db, as_json))


@clients.command()
def export(
    client: SomeClient = None,
    everybody: Everybody = False,
    kind: Annotated[
        str, typer.Option("--format", help="json: all that is kept; fhir: an R4B bundle; csv: tables for research.")
    ] = "json",
    transaction: Annotated[
        bool, typer.Option("--transaction", help="With fhir: a bundle that a server stores, the same one once.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File to write; a folder with --all and for csv.")] = None,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that is kept of a client, or of all: for the client, for other systems, for research.

    Example: posture clients export --all --format csv --out research
    """
    from posture.cli.clients_export import export

    if kind not in ("json", "fhir", "csv"):
        raise UsageError(f"--format {kind}: choose json, fhir or csv")
    if transaction and kind != "fhir":
        raise UsageError("--transaction is for --format fhir")
    raise typer.Exit(export(client, everybody, (kind, transaction), out, by, db, as_json))  # type: ignore[arg-type]


@clients.command()
def repeatability(
    keep: Annotated[bool, typer.Option("--keep", help="Go by it from now on, in every verdict and page.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Go by the reports' own errors again.")] = False,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Work out the clinic's own measurement error from photos of one client on one day.

    It counts only where people stepped away and back between the two photos.

    Example: posture clients repeatability --keep
    """
    from posture.cli.clients import repeatability

    raise typer.Exit(repeatability(keep, forget, by, db, as_json))


@clients.command()
def erase(
    client: Annotated[str, typer.Argument(metavar="CLIENT")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it: nothing of the client is left.")] = False,
    results: Annotated[
        list[Path] | None, typer.Option(metavar="FOLDER", help="Results of a batch to take the client out of, too.")
    ] = None,
    by: By = None,
    db: Db = None,
    as_json: AsJson = False,
) -> None:
    """Remove a client for good, with pictures; also out of the results of batches that you name.

    Example: posture clients erase p17 --yes --results results
    """
    from posture.cli.clients_erase import erase

    raise typer.Exit(erase(client, yes, results or (), by, db, as_json))
