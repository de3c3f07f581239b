"""The command line. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from posture._version import __version__
from posture.cli.batch import batch
from posture.cli.clients_attach_commands import clients
from posture.cli.namesake import namesake
from posture.cli.options import WithRetry
from posture.cli.photo_commands import analyze, live, protocol, thomas
from posture.cli.report_commands import compare, plan, repeatability
from posture.errors import PostureError

EXIT_USAGE = 2

app = typer.Typer(
    help="Measure posture on side-view photos: angles with honest intervals, a finding, an exercise plan.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # the coloured help costs 0.2 s a start
)


def main() -> None:
    """Run the command line; every known error is a sentence on standard error and exit code 2."""
    if warning := namesake():
        typer.echo(f"posture: {warning}", err=True)
    try:
        app()
    except PostureError as error:
        typer.echo(f"posture: {error}", err=True)
        sys.exit(EXIT_USAGE)
    except ImportError as error:
        from posture.vision.mediapipe_models import missing_library

        typer.echo(f"posture: {missing_library(error)}", err=True)
        sys.exit(EXIT_USAGE)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"posture {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Measure posture on side-view photos: angles with honest intervals, a finding, an exercise plan."""


for one in (analyze, plan, compare, repeatability, protocol, thomas):
    app.command()(one)
app.command(cls=WithRetry)(batch)
app.add_typer(clients, name="clients")
app.command()(live)


@app.command("app")
def app_(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port of the page.")] = 8501,
    lan: Annotated[bool, typer.Option("--lan", help="Serve phones of the same network, by a secret link.")] = False,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Serve all pages at an address of this computer, behind a sign-in.")
    ] = "",
    behind_proxy: Annotated[
        str, typer.Option(metavar="NAME", help="Served to others by a reverse proxy on this computer, under this name.")
    ] = "",
    trust_header: Annotated[
        str, typer.Option(metavar="HEADER", help="Where that proxy tells who has signed in: X-Forwarded-Email.")
    ] = "",
    set_passphrase: Annotated[
        bool, typer.Option("--set-passphrase", help="Ask for the clinic's passphrase, keep its hash, and end.")
    ] = False,
    db: Annotated[str | None, typer.Option("--db", metavar="URL", help="Client files of the clinic pages.")] = None,
    results: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Batches under it may be reviewed from other computers.")
    ] = None,
    cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --host or --lan: your own certificate, PEM.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's private key, PEM.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the page's address as JSON first.")] = False,
) -> None:
    """Open the web page, for this computer alone, at http://127.0.0.1:8501 until it is stopped with Ctrl-C.

    Example: posture app --port 8600
    """
    from posture.app import launch as page

    if set_passphrase:
        passphrase = typer.prompt("The clinic's passphrase", hide_input=True, confirmation_prompt=True)
        raise typer.Exit(page.set_passphrase(passphrase))
    doors = page.AccessOptions(lan, host, behind_proxy, trust_header, results, cert, key)
    raise typer.Exit(page.run(port, doors, db, as_json))


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False) -> None:
    """Check this installation: Python, packages, the pose model's hash, and a self-test on a bundled picture.

    Example: posture doctor
    """
    from posture.cli.doctor import examine_installation

    checks = examine_installation()
    if as_json:
        typer.echo(json.dumps({"checks": [check.__dict__ for check in checks]}))
    else:
        for check in checks:
            typer.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.says}")
    raise typer.Exit(0 if all(check.ok for check in checks) else EXIT_USAGE)
