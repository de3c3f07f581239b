"""``posture compare`` and ``posture repeatability``: reports in, what changed or a clinic's own error out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from posture.errors import UsageError
from posture.followup.change import TOGETHER, Change, OwnError, compare, own_error
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import ESTIMATED, MARKED
from posture.report.codec import rounded
from posture.report.report import Report
from posture.text.labels import NAMES, number

VERDICTS = {
    "changed": "changed more than measurement error",
    "no_detectable_change": "no detectable change",
    "not_comparable": "not comparable",
}


def run_compare(before: Path, after: Path, sem: Path | None, as_json: bool) -> int:
    """Print what changed between two reports; exit code 0."""
    own = None if sem is None else read_own_error(sem)
    changes = compare(read_report(before), read_report(after), Knowledge.load(), own)
    if as_json:
        sys.stdout.write(json.dumps({"changes": [_to_dict(change) for change in changes]}, ensure_ascii=False) + "\n")
    else:
        _print(changes)
    return 0


def run_repeatability(files: list[Path], as_json: bool) -> int:
    """Print a clinic's own measurement error, as JSON for ``compare --sem``; exit code 0."""
    if len(files) % 2:
        raise UsageError(f"{len(files)} reports are no pairs: give two of every person, one after the other")
    reports = [read_report(file) for file in files]
    own = own_error(list(zip(reports[::2], reports[1::2], strict=True)), Knowledge.load())
    if as_json:
        sem = {name: rounded(value) for name, value in own.sem.items()}
        sys.stdout.write(json.dumps({"sem": sem, "pairs": own.pairs}) + "\n")
        return 0
    print_own_error(own)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print("Keep it for later: posture repeatability ... --json > sem.json, then posture compare --sem sem.json")
    return 0


def print_own_error(own: OwnError) -> None:
    """A table of a clinic's own error and the smallest real change that follows."""
    table = Table(title=f"Your own measurement error over {own.pairs} pairs", title_justify="left")
    for column in ("Measure", "SEM", "Smallest real change"):
        table.add_column(column)
    for name, value in own.sem.items():
        unit = MEASURES[name].unit
        table.add_row(NAMES[name], number(value, unit, 1), number(own.mdc95(name), unit, 1))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def read_report(file: Path) -> Report:
    """A report that ``analyze --out`` or ``--json`` wrote. Raises UsageError naming the file."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = "not a text file" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise UsageError(f"{file}: {why}; give the report that  posture analyze PHOTO --out DIR  writes") from error
    try:
        return Report.from_json(text)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from error


def read_own_error(file: Path) -> OwnError:
    """The clinic's own errors from a file of ``repeatability --json``. Raises UsageError naming the file."""
    try:
        data = json.loads(file.read_text("utf-8"))
        unknown = set(data["sem"]) - set(NAMES)
        if unknown:
            raise UsageError(f"unknown measures {', '.join(sorted(unknown))}")
        return OwnError({name: float(value) for name, value in data["sem"].items()}, int(data["pairs"]))
    except OSError as error:
        raise UsageError(f"--sem {file}: {error.strerror}") from error
    except UsageError as error:
        raise UsageError(f"--sem {file}: {error}") from error
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"--sem {file}: not what  posture repeatability --json  writes") from error


def _to_dict(change: Change) -> dict[str, Any]:
    return {key: rounded(value) if isinstance(value, float) else value for key, value in asdict(change).items()}


def _print(changes: tuple[Change, ...]) -> None:
    by_measure = {change.measure: change for change in changes}
    if MARKED in by_measure and by_measure[MARKED].verdict != "not_comparable":  # one tilt: the better evidence's
        changes = tuple(change for change in changes if change.measure != ESTIMATED)
    table = Table(title="What changed", title_justify="left")
    for column in ("Measure", "Before", "After", "Difference", "Smallest real change", "Verdict"):
        table.add_column(column)
    for change in changes:
        cells = [
            "–" if value is None else number(value, change.unit)
            for value in (change.before, change.after, change.diff, change.mdc95)
        ]
        table.add_row(NAMES[change.measure], *cells, VERDICTS[change.verdict])
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table)
    reasons: dict[str, list[str]] = {}
    for change in changes:
        if change.verdict == "not_comparable":
            reasons.setdefault(change.because, []).append(NAMES[change.measure])
    for reason, names in reasons.items():
        which = "all" if len(names) == len(changes) else ", ".join(names)
        console.print(f"Not comparable ({which}): {reason}.", markup=False)
    if any(change.because.endswith(TOGETHER) for change in changes):
        console.print("The tilt's difference is told from both outlines at once; the later tilt follows from it.")
    console.print("One pair of photos is no trend; three visits are the least that can show one.")
