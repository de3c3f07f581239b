"""``posture analyze``: photos in, a table or JSON out, and files where asked."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from posture.body.frame import Frame
from posture.cli.terminal import sticker_options
from posture.errors import MissingFile, UnsuitablePhoto, UsageError
from posture.findings.verdict import UNCLEAR
from posture.followup.aggregate import combine, read_together
from posture.io.atomic import write_atomic
from posture.io.photos import printable, read_file, read_photo, shown
from posture.io.progress import Verbosity, Watch
from posture.knowledge.load import Knowledge
from posture.pipeline import Examination, Options, examine
from posture.plan.advise import Plan
from posture.plan.intake import Intake
from posture.render.html.handout import render_handout
from posture.render.html.report import render
from posture.render.overlay import draw, jpeg
from posture.report.codec import rounded
from posture.report.refusal import refused
from posture.report.report import PhotoInfo, Report
from posture.text.labels import NAMES, number, odds, outcome, plan_words
from posture.text.language import Language
from posture.text.presentation import present
from posture.vision.mediapipe_pose import MediaPipeObserver


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the command line."""

    photos: tuple[Path, ...]
    out: Path | None
    as_json: bool
    intake: Intake
    options: Options
    passes: int | None
    repeat: bool
    show_face: bool
    model: Path | None
    trust_model: bool
    language: Language
    verbosity: Verbosity = "normal"


def run(request: Request) -> int:
    """Measure every photo and return the exit code: 0 all measured, 1 some refused, 2 a path that does not exist."""
    knowledge = Knowledge.load()
    if request.out is not None:
        _make_folder(request.out)
    # a second copy of the model takes as long to load as it saves on one photo
    at_once = 1 if len(request.photos) == 1 else None
    observer = MediaPipeObserver(request.model, request.trust_model, request.passes, at_once)
    stems = _stems(request.photos)
    reports = []
    for path, (examination, frame) in zip(request.photos, _examinations(request, knowledge, observer), strict=True):
        if request.out is not None:
            _write(examination, frame, request, knowledge, request.out / stems[path])
        if request.as_json:
            sys.stdout.write(examination.report.to_json() + "\n")
            sys.stdout.flush()
        reports.append(examination.report)
    if not request.as_json:
        _print_table(reports, knowledge, request)
    if request.repeat and (request.as_json or not any(report.emergency for report in reports)):
        _tell_repeated(reports, knowledge, request)
    if any(reason.code == MissingFile.code for report in reports for reason in report.reasons):
        return 2
    return int(any(report.status == "refused" for report in reports))


def _examinations(
    request: Request, knowledge: Knowledge, observer: MediaPipeObserver
) -> Iterator[tuple[Examination, Frame | None]]:
    """One examination a photo; standard error says how far it is."""
    with Watch(len(request.photos), verbosity=request.verbosity) as watch:
        for path in request.photos:
            examination, frame = _examination(path, request, knowledge, observer)
            watch.step(partial(_line, examination.report))
            yield examination, frame


def _line(report: Report) -> str:
    return f"{_name(report)} {outcome(report)}"


def _examination(
    path: Path, request: Request, knowledge: Knowledge, observer: MediaPipeObserver
) -> tuple[Examination, Frame | None]:
    try:
        frame = read_photo(path)
    except UnsuitablePhoto as error:
        photo = PhotoInfo(shown(path), _sha256(path), None, None)
        return Examination(refused(photo, error.issue(), knowledge, request.intake, observer), None, None), None
    return examine(frame, observer, knowledge, request.intake, request.options), frame


def _sha256(path: Path) -> str | None:
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except UnsuitablePhoto:
        return None


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from error


def _stems(photos: tuple[Path, ...]) -> dict[Path, str]:
    """A file stem for every photo; equal stems get the first eight characters of the photo's hash."""
    stems = {path: path.stem.strip(".") or "photo" for path in photos}  # a folder's own name may be "."
    count = Counter(stems.values())
    return {path: stem if count[stem] == 1 else f"{stem}_{(_sha256(path) or '')[:8]}" for path, stem in stems.items()}


def _write(examination: Examination, frame: Frame | None, request: Request, knowledge: Knowledge, base: Path) -> None:
    report = examination.report
    picture = None if frame is None else draw(frame, examination, knowledge, request.show_face, request.language)
    try:
        write_atomic(base.with_name(base.name + ".json"), report.to_json() + "\n")
        page = render(report, knowledge, picture, request.intake, request.language)
        write_atomic(base.with_name(base.name + ".html"), page)
        start, language = date.today(), request.language
        handout = render_handout(report.plan, request.intake, knowledge, start, language, report, picture)
        if handout is not None:
            write_atomic(base.with_name(base.name + "_handout.html"), handout)
        if picture is not None:
            write_atomic(base.with_name(base.name + "_overlay.jpg"), jpeg(picture))
    except OSError as error:
        raise UsageError(f"--out {base.parent}: {error.strerror}") from error


def _print_table(reports: list[Report], knowledge: Knowledge, request: Request) -> None:
    console = Console(width=None if sys.stdout.isatty() else 150)
    referrals = [report.plan for report in reports if report.plan is not None and report.plan.mode == "refer"]
    for message in dict.fromkeys(plan.message for plan in referrals):
        console.print(message, style="bold red", markup=False)
    if not any(report.emergency for report in reports):  # then the message stands alone
        _print_numbers(reports, knowledge, console)
    if request.out is not None:
        console.print(
            f"Pictures, JSON, HTML reports and handouts: {shown(request.out.resolve())}", markup=False, soft_wrap=True
        )


def _print_numbers(reports: list[Report], knowledge: Knowledge, console: Console) -> None:
    table = Table(title="Posture on side-view photos", title_justify="left")
    for column in ("File", "Pelvis", "Forward tilt", "Over 15°", "Plan"):
        table.add_column(column, overflow="fold")
    for report in reports:
        table.add_row(*map(escape, _row(report, knowledge)))
    console.print(table)
    shown = [present(report, knowledge) for report in reports]
    ordinary = next((r.finding.chance.ordinary_forward for r in reports if r.finding and r.finding.chance), None)
    if ordinary is not None:
        console.print(
            "Forward tilt: what is read, with its 95 % interval. Over 15°: the chance of that; among people in general "
            f"{odds(ordinary)}."
        )
    for caveat in dict.fromkeys(caveat for one in shown for caveat in one.caveats):
        console.print(caveat)
    for report in reports:
        for reason in report.reasons:
            console.print(f"{_name(report)}: {reason.message}. Next time: {reason.retake}.", markup=False)
    for report, one in zip(reports, shown, strict=True):
        if report.finding is not None and report.finding.kind in UNCLEAR and one.steps:
            console.print(f"{_name(report)}: {one.steps[0]}", markup=False)
    for report in reports:
        for warning in report.warnings:
            if warning.code == "stickers_unsure":
                options = sticker_options(report)
                console.print(f"{_name(report)}: {warning.message}. If they are: {options}.", markup=False)
    if any(report.plan is not None and report.plan.safety == "not_asked" for report in reports):
        console.print("Safety questions were not answered (--intake): read them in the report before any exercise.")


def _tell_repeated(reports: list[Report], knowledge: Knowledge, request: Request) -> None:
    """The shots of one standing together: one more line of JSON, or one more table."""
    sides = {report.facing for report in reports if report.status == "analyzed"}
    if len(sides) > 1:
        raise UsageError("--repeat: the photos show different sides of the body; give shots of one standing")
    prints = [report.photo.sha256 for report in reports if report.photo.sha256 is not None]
    if len(set(prints)) < len(prints):
        raise UsageError("--repeat: the same photo was given twice; give different shots of one standing")
    combined = combine(reports, knowledge)
    if request.as_json:
        combined_values = {
            name: {
                "value": rounded(one.value),
                "sigma": rounded(one.sigma),
                "sd": rounded(one.sd),
                "outliers": [shown(request.photos[k]) for k in one.outliers],
            }
            for name, one in combined.items()
        }
        sys.stdout.write(json.dumps({"repeat": combined_values}, ensure_ascii=False) + "\n")
        return
    if not combined:
        Console(stderr=True).print("--repeat: none of the shots could be measured, so there is nothing to combine.")
        return
    table = Table(title="Shots of one standing together", title_justify="left")
    for column in ("Measure", "Median", "± one SD", "Scatter between shots", "Shots", "Left out"):
        table.add_column(column, overflow="fold")
    for name, one in combined.items():
        left_out = ", ".join(escape(_name(reports[k])) for k in one.outliers) or "–"
        table.add_row(
            NAMES[name],
            number(one.value, one.unit),
            number(one.sigma, one.unit, 1),
            number(one.sd, one.unit, 1),
            str(one.shots),
            left_out,
        )
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table)
    if len(measured := [report for report in reports if report.status == "analyzed"]) > 1:
        shown = present(read_together(measured[0], measured[1:], knowledge, request.intake), knowledge)
        for words in (shown.headline, *([] if shown.tilt is None else [shown.tilt.line]), *shown.chances):
            console.print(words, markup=False)


def _name(report: Report) -> str:
    return printable(Path(report.photo.file).name or report.photo.file)


def _plan(plan: Plan, knowledge: Knowledge) -> str:
    """A plan's head and its first exercises: "strengthen buttocks, abdomen (Bridge, Dead bug, 2 more)"."""
    words = plan_words(plan, knowledge)
    names = [knowledge.exercises[item.id].name for item in plan.items if item.kind not in ("test", "habit")]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return f"{words} ({', '.join(names)})" if names else words


def _row(report: Report, knowledge: Knowledge) -> tuple[str, ...]:
    name, mode = _name(report), "–" if report.plan is None else _plan(report.plan, knowledge)
    finding = report.finding
    if finding is None:
        return name, outcome(report), "–", "–", mode
    tilt = present(report, knowledge).tilt
    reading = "–" if tilt is None else f"{tilt.value} ({tilt.interval})"
    chance = "–" if finding.chance is None else odds(finding.chance.forward)
    return name, outcome(report), reading, chance, mode
