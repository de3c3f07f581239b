"""The command ``posture batch``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from posture.cli.options import PASSES_HELP, Quiet, Verbose, answers, verbosity
from posture.errors import UsageError


def batch(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Folder with photos, at any depth, or its fsspec URL.")],
    out: Annotated[Path, typer.Option(help="Folder for tables, reports and pictures.")],
    workers: Annotated[int, typer.Option(min=0, max=64, help="Processes; as many as cores where not given.")] = 0,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask cluster that measures: tcp://host:8786.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the batch that --out holds, with photos that are new in DIR.")
    ] = False,
    retry: Annotated[
        str | None,
        typer.Option(metavar="[CODE]", help="Go on, and measure refused photos anew: all, or those with this code."),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(min=1, metavar="S", help="Seconds that one photo may take; then it is refused.")
    ] = 120,
    fold_clients: Annotated[
        bool, typer.Option("--fold-clients", help="Clients whose names differ by case or blanks only are one.")
    ] = False,
    pattern: Annotated[
        str | None, typer.Option(metavar="P", help='Where paths tell who and when: "{client}/{date}_{pose}".')
    ] = None,
    manifest: Annotated[Path | None, typer.Option(metavar="CSV", help="List of the photos, in place of all.")] = None,
    no_names: Annotated[bool, typer.Option("--no-names", help="Leave the names of files out of every table.")] = False,
    intake: Annotated[Path | None, typer.Option(help="Answers that hold for every photo, TOML or JSON.")] = None,
    clothing: Annotated[str | None, typer.Option(help="tight, normal or loose, for every photo.")] = None,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Also results.xlsx: a sheet for people with links, and the whole table.")
    ] = False,
    separator: Annotated[
        str,
        typer.Option(metavar="SIGN", help='Between the cells of results.csv: "," or ";", this with decimal commas.'),
    ] = ",",
    lang: Annotated[str, typer.Option(help="Language of pages, pictures and workbook: en or de.")] = "en",
    passes: Annotated[int | None, typer.Option(min=1, max=16, help=PASSES_HELP)] = None,
    show_face: Annotated[bool, typer.Option("--show-face", help="Do not blur faces in pictures.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of it as one JSON object.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Measure every photo of a folder: one row each in results.csv, whatever happens on the way.

    Example: posture batch photos --out results --pattern "{client}/{date}_{pose}"
    """
    from posture.batch.request import Request
    from posture.batch.run import run
    from posture.knowledge.load import Knowledge
    from posture.text.language import load_language

    if pattern is not None and manifest is not None:
        raise UsageError("give --pattern or --manifest, not both")
    if separator not in (",", ";"):
        raise UsageError(f"--separator {separator}: choose , or ;")
    knowledge = Knowledge.load()
    request = Request(
        knowledge=knowledge,
        folder=folder,
        out=out,
        workers=workers or os.cpu_count() or 1,
        scheduler=scheduler,
        resume=resume,
        pattern=pattern,
        manifest=manifest,
        names=not no_names,
        intake=answers(intake, clothing=clothing),
        show_face=show_face,
        xlsx=xlsx,
        passes=passes,
        as_json=as_json,
        verbosity=verbosity(quiet, verbose),
        language=load_language(lang, knowledge),
        separator=separator,
        retry=retry,
        fold_clients=fold_clients,
        limit_s=time_limit,
    )
    raise typer.Exit(run(request))
