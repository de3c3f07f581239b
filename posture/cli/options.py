"""Parsers of option values: answers, a first day, points and lines of a photo."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from posture.errors import UsageError

if TYPE_CHECKING:
    from posture.io.progress import Verbosity
    from posture.pipeline import Options
    from posture.plan.intake import Intake


LANG_HELP = "Language of the page, by its code: en, de."
PASSES_HELP = "Looks of the pose model per photo.  [default: two, four or six, as the photo needs]"
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing of the progress.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say what came of every photo, a line each.")]


class WithRetry(TyperCommand):
    """A command whose ``--retry`` may stand without its value, which is "all" then."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed, ``--retry`` at the end or before another option with "all" behind it."""
        kept = []
        for typed, following in zip_longest(args, args[1:]):
            kept.append(typed)
            if typed == "--retry" and (following is None or following.startswith("-")):
                kept.append("all")
        return super().parse_args(ctx, kept)


def answers(
    file: Path | None = None,
    *,
    sex: str | None = None,
    stature_cm: float | None = None,
    clothing: str | None = None,
    tilt_deg: float | None = None,
    tilt_sem_deg: float | None = None,
) -> Intake:
    """Answers of a file, overridden by those of single options.

    Raises UsageError for a file that cannot be read and for an answer outside its limits.
    """
    from posture.io.intake_files import read_intake
    from posture.plan.intake import Intake

    if tilt_sem_deg is not None and tilt_deg is None:
        raise UsageError("--tilt-sem is the error of --tilt: give that, too")
    person = {"sex": sex, "stature_cm": stature_cm, "clothing": clothing}
    reading = {"tilt_deg": tilt_deg, "tilt_sem_deg": tilt_sem_deg}
    given = {
        section: {key: value for key, value in section_answers.items() if value is not None}
        for section, section_answers in (("person", person), ("reading", reading))
    }
    checked = Intake.from_mapping(given)
    from_file = Intake() if file is None else read_intake(file)
    return from_file.updated(**{name: getattr(checked, name) for name in (*person, *reading)})


def photo_options(asis: str | None, psis: str | None, plumb: str | None, *, lenient: bool, photos: int) -> Options:
    """Points and choices for one photo; for several photos those that hold for all.

    Raises UsageError where points are given for more than one photo, or are not points.
    """
    from posture.pipeline import Options

    if photos > 1 and (asis or psis or plumb):
        raise UsageError("--asis, --psis and --plumb are points of one photo: give one photo at a time")
    return Options(
        asis=None if asis is None else point("--asis", asis),
        psis=None if psis is None else point("--psis", psis),
        plumb=line("--plumb", plumb),
        lenient=lenient,
    )


def verbosity(quiet: bool, verbose: bool) -> Verbosity:
    """Verbosity of a run. Raises UsageError for both options at once."""
    if quiet and verbose:
        raise UsageError("--quiet and --verbose contradict each other: give one")
    return "quiet" if quiet else "verbose" if verbose else "normal"


def start_day(text: str | None) -> date:
    """The day of ``--start``, today where none is given: "2026-03-02" is 2 March 2026. Raises UsageError."""
    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--start {text}: give a day as YYYY-MM-DD") from None


def time_of_day(text: str) -> time:
    """The time of ``--time``: "07:30" is half past seven in the morning. Raises UsageError."""
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise UsageError(f"--time {text}: give a time of the day as HH:MM") from None


def point(option: str, text: str) -> tuple[float, float]:
    """A point of the photo in pixels, x right and y down: "410,655.5" is (410.0, 655.5). Raises UsageError."""
    x, y = _numbers(option, text, 2)
    return x, y


def line(option: str, text: str | None) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Two different points of the photo in pixels: "40,700,600,702" runs from (40, 700) to (600, 702).

    Raises UsageError where there are not four numbers, or both points are one.
    """
    if text is None:
        return None
    x1, y1, x2, y2 = _numbers(option, text, 4)
    if (x1, y1) == (x2, y2):
        raise UsageError(f"{option} {text}: both ends are the same point")
    return (x1, y1), (x2, y2)


def _numbers(option: str, text: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count:
        raise UsageError(f"{option} {text}: give {count} numbers separated by commas, in pixels")
    return numbers
