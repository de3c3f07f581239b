"""The command line. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from posture._version import __version__
from posture.cli.batch import batch
from posture.cli.clients_record_commands import clients
from posture.cli.namesake import namesake
from posture.cli.options import (
    PASSES_HELP,
    Quiet,
    Verbose,
    WithRetry,
    answers,
    line,
    photo_options,
    point,
    start_day,
    time_of_day,
    verbosity,
)
from posture.errors import PostureError, UsageError

EXIT_USAGE = 2
LANG_HELP = "Language of the page, by its code: en, de."

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


@app.command()
def analyze(
    photos: Annotated[list[Path], typer.Argument(help="Side-view photos: JPEG, PNG, WebP or HEIC.", readable=False)],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for STEM.json, STEM.html, STEM_handout.html and STEM_overlay.jpg of each photo."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a photo, a line each.")] = False,
    asis: Annotated[str | None, typer.Option(metavar="X,Y", help="Front hip bone (ASIS) in pixels.")] = None,
    psis: Annotated[str | None, typer.Option(metavar="X,Y", help="Back hip bone (PSIS) in pixels.")] = None,
    sex: Annotated[str | None, typer.Option(help="f or m.")] = None,
    stature_cm: Annotated[float | None, typer.Option(help="Body height in centimetres.")] = None,
    clothing: Annotated[str | None, typer.Option(help="tight, normal or loose.")] = None,
    intake: Annotated[Path | None, typer.Option(help="Answers to the questions, TOML or JSON.")] = None,
    tilt: Annotated[
        float | None, typer.Option(metavar="DEG", help="Pelvic tilt read off an inclinometer, ASIS to PSIS, + forward.")
    ] = None,
    tilt_sem: Annotated[
        float | None, typer.Option(metavar="DEG", help="Its error between sessions, one SD; 3 where it is not told.")
    ] = None,
    plumb: Annotated[
        str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Two points on a vertical line, in pixels.")
    ] = None,
    lang: Annotated[str, typer.Option(help=LANG_HELP)] = "en",
    repeat: Annotated[
        bool, typer.Option("--repeat", help="The photos are shots of one standing: also their median and scatter.")
    ] = False,
    passes: Annotated[int | None, typer.Option(min=1, max=16, help=PASSES_HELP)] = None,
    lenient: Annotated[bool, typer.Option("--lenient", help="Measure poor photos too, with wider intervals.")] = False,
    show_face: Annotated[bool, typer.Option("--show-face", help="Do not blur faces in pictures.")] = False,
    model: Annotated[Path | None, typer.Option(help="Another pose model, a .task file.")] = None,
    trust_model: Annotated[bool, typer.Option("--trust-model", help="Take a model of unknown hash.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Measure one photo or many; photos that cannot be measured get a row that says why.

    Example: posture analyze side1.jpg side2.jpg --clothing tight --out reports
    """
    from posture.cli.analyze import Request, run
    from posture.knowledge.load import Knowledge
    from posture.text.language import load_language

    if repeat and len(photos) < 2:
        raise UsageError("--repeat needs two or more photos of one standing")
    if tilt is not None and len(photos) > 1 and not repeat:
        raise UsageError("--tilt is one person's reading: give one photo, or shots of one standing with --repeat")

    request = Request(
        photos=tuple(photos),
        out=out,
        as_json=as_json,
        intake=answers(intake, sex=sex, stature_cm=stature_cm, clothing=clothing, tilt_deg=tilt, tilt_sem_deg=tilt_sem),
        options=photo_options(asis, psis, plumb, lenient=lenient, photos=len(photos)),
        passes=passes,
        repeat=repeat,
        show_face=show_face,
        model=model,
        trust_model=trust_model,
        language=load_language(lang, Knowledge.load()),
        verbosity=verbosity(quiet, verbose),
    )
    raise typer.Exit(run(request))


@app.command()
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


@app.command()
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


@app.command()
def repeatability(
    reports: Annotated[list[Path], typer.Argument(metavar="A1.json A2.json ...", help="Two reports of each person.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for compare --sem.")] = False,
) -> None:
    """Work out your own measurement error from pairs of photos of people who stepped away and back in between.

    Example: posture repeatability anna1.json anna2.json ben1.json ben2.json cleo1.json cleo2.json --json > sem.json
    """
    from posture.cli.compare import run_repeatability

    raise typer.Exit(run_repeatability(reports, as_json))


@app.command()
def protocol(
    relaxed: Annotated[Path, typer.Option(help="Photo standing as always.")],
    arched: Annotated[Path, typer.Option(help="Photo with the lower back arched as far as it goes.")],
    tucked: Annotated[Path, typer.Option(help="Photo with the pelvis tucked as far as it goes.")],
    clothing: Annotated[str | None, typer.Option(help="tight, normal or loose, the same in all three.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell where the pelvis stands within the person's own range, from three photos of one camera.

    Example: posture protocol --relaxed a.jpg --arched b.jpg --tucked c.jpg --clothing tight
    """
    from posture.cli.protocol import run

    photos = {"relaxed": relaxed, "arched": arched, "tucked": tucked}
    raise typer.Exit(run(photos, answers(clothing=clothing), as_json))


@app.command()
def thomas(
    photo: Annotated[Path, typer.Argument(help="Photo from the side of a person lying at a table's end.")],
    side: Annotated[str | None, typer.Option(help="The hanging leg: left or right.")] = None,
    hip: Annotated[str | None, typer.Option(metavar="X,Y", help="Its hip joint in pixels.")] = None,
    knee: Annotated[str | None, typer.Option(metavar="X,Y", help="Its knee joint in pixels.")] = None,
    ankle: Annotated[str | None, typer.Option(metavar="X,Y", help="Its ankle in pixels.")] = None,
    plumb: Annotated[str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Two points on a vertical line.")] = None,
    level: Annotated[str | None, typer.Option(metavar="X1,Y1,X2,Y2", help="Two points of the table's edge.")] = None,
    lumbar_flat: Annotated[
        bool | None, typer.Option("--lumbar-flat/--lumbar-not-flat", help="Whether the lower back lay flat.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for STEM_thomas.json and STEM_thomas.jpg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the modified Thomas test on a photo: how long the hip flexors of the hanging leg are.

    Example: posture thomas left_leg.jpg --side left --lumbar-flat --level 40,700,600,702
    """
    from posture.cli.thomas import run
    from posture.vision.thomas_photo import LegInput

    if side not in (None, "left", "right"):
        raise UsageError(f"--side {side}: choose left or right")
    texts = {"hip": hip, "knee": knee, "ankle": ankle}
    given = {name: point(f"--{name}", text) for name, text in texts.items() if text is not None}
    request = LegInput(given, line("--plumb", plumb), line("--level", level), side, lumbar_flat)  # type: ignore[arg-type]
    raise typer.Exit(run(photo, request, out, as_json))


app.command(cls=WithRetry)(batch)
app.add_typer(clients, name="clients")


@app.command()
def live(
    camera: Annotated[int, typer.Option(min=0, help="Number of the camera, 0 the first.")] = 0,
    video: Annotated[Path | None, typer.Option(help="A clip in place of the camera.")] = None,
    pace: Annotated[
        bool, typer.Option("--pace", help="Replay the clip at its own pace, not as fast as it can.")
    ] = False,
    headless: Annotated[bool, typer.Option("--headless", help="No window: JSON, a line each, for programs.")] = False,
    sound: Annotated[bool, typer.Option("--sound", help="Ring the terminal's bell where the words change.")] = False,
    intake: Annotated[Path | None, typer.Option(help="Answers to the questions, TOML or JSON.")] = None,
    clothing: Annotated[str | None, typer.Option(help="tight, normal or loose.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --headless.")] = False,
) -> None:
    """Guide somebody before a camera, one instruction at a time, and measure when all is good.

    Example: posture live --clothing tight
    """
    from posture.cli.live import Request, run

    intake_answers = answers(intake, clothing=clothing)
    raise typer.Exit(run(Request(camera, video, pace, headless or as_json, intake_answers, sound)))


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
