"""Commands that look: at photos, at the photos of a test, through a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posture.cli.options import (
    LANG_HELP,
    PASSES_HELP,
    Quiet,
    Verbose,
    answers,
    line,
    photo_options,
    point,
    verbosity,
)
from posture.errors import UsageError


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
