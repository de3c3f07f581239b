"""Notes of a batch on standard error before it measures: names, clients and photos to know of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from posture.batch.identity import alike
from posture.batch.name_pattern import NamePattern
from posture.batch.photos import Entry
from posture.io.atomic import write_atomic
from posture.io.photos import printable

#: So many names are listed; a file has all of them where there are more.
MOST_LISTED = 50
#: The file of names that do not fit, under the results.
NOT_FITTING = "names_not_fitting.txt"


def tell_unfit(pattern: str, entries: Sequence[Entry], out: Path, names: bool) -> None:
    """Name every path that does not fit the pattern, and say what becomes of it. Raises OSError."""
    reader = NamePattern(pattern)
    unfit = [printable(entry.file) for entry in entries if not reader.read(entry.file).fits]
    file = out / NOT_FITTING
    if unfit and names and len(unfit) > MOST_LISTED:
        write_atomic(file, "".join(f"{name}\n" for name in unfit))
    else:
        file.unlink(missing_ok=True)
    if unfit:
        end = ":" if names else "."
        _say(f"{len(unfit)} of {len(entries)} paths do not fit --pattern {pattern}. What they say is kept{end}")
        _list(unfit if names else [], f"all of them stand in {file}")


def tell_alike(entries: Iterable[Entry]) -> None:
    """Ask whether clients whose names differ by case or blanks only are one."""
    for group in alike(entry.client_id for entry in entries):
        names = " and ".join(repr(printable(client)) for client in group)
        _say(f"Are {names} one client? They are kept apart: correct the names, or give --fold-clients.")


def tell_growth(added: int, gone: Sequence[str]) -> None:
    """Say how many photos are new in a batch that goes on, and which are gone."""
    if added:
        _say(f"Photos added to this batch: {added}.")
    if gone:
        _say(f"Photos of this batch that are gone: {len(gone)}; those that were measured keep their rows:")
        _list([printable(file) for file in gone], f"and {len(gone) - MOST_LISTED} more")


def _list(names: Sequence[str], more: str) -> None:
    for name in names[:MOST_LISTED]:
        _say(f"  {name}")
    if len(names) > MOST_LISTED:
        _say(f"  … {more}")


def _say(text: str) -> None:
    Console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)
