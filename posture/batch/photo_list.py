"""The list of a batch's photos with their numbers, so that a photo keeps its number when the folder grows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from posture.batch.photos import Entry
from posture.errors import UsageError
from posture.io.atomic import write_atomic

LIST = "photos.jsonl"

#: A file of the list, and which of several lines that name the same one: a manifest may name a photo twice.
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Numbered:
    """The photos of today by their number in the batch.

    added : how many the batch did not know · gone : numbers and files of those that it knew and that are not there
    """

    entries: Mapping[int, Entry]
    added: int
    gone: Mapping[int, str]


class PhotoList:
    """File and settings of every photo of a batch, by number; empty where nothing was listed yet.

    Raises UsageError for a list that is damaged, OSError for one that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._lines = path, list[dict[str, str]]()
        if path.is_file():
            try:
                self._lines = [_checked(json.loads(line)) for line in path.read_text("utf-8").splitlines()]
            except (ValueError, LookupError, TypeError) as error:
                raise UsageError(f"{path} is damaged: choose another folder") from error

    def number(self, entries: Sequence[Entry]) -> Numbered:
        """The photos of today with the numbers that they have; new ones get the next ones, in their order.

        Raises UsageError where a photo that was listed has other answers now, another client, day or place, and where
        none of those listed is there: that is another batch.
        """
        listed = {key: n for n, key in enumerate(_keys(line["file"] for line in self._lines))}
        today = dict(zip(_keys(entry.file for entry in entries), entries, strict=True))
        known = {listed[key]: entry for key, entry in today.items() if key in listed}
        other = [entry.file for n, entry in known.items() if self._lines[n]["entry"] != _digest(entry)]
        if other or (listed and not known):
            which = f" (such as {other[0]!r})" if other else ""
            raise UsageError(
                f"{self.path.parent} holds a batch of other photos or answers{which}: choose another folder, or give "
                "what was given then"
            )
        new = {len(listed) + k: entry for k, entry in enumerate(e for key, e in today.items() if key not in listed)}
        gone = {n: key[0] for key, n in listed.items() if n not in known and key[0]}
        return Numbered(known | new, len(new), gone)

    def keep(self, numbered: Numbered) -> None:
        """Write the list with what is new, whole or not at all. Raises OSError."""
        new = [numbered.entries[len(self._lines) + k] for k in range(numbered.added)]
        if new:
            self._lines += [{"file": entry.file, "entry": _digest(entry)} for entry in new]
            self._write()

    def forget(self, numbers: Collection[int]) -> None:
        """Take files out of the list; their numbers stay taken. Raises OSError."""
        if any(number < len(self._lines) for number in numbers):
            gone = {"file": "", "entry": ""}
            self._lines = [gone if n in numbers else line for n, line in enumerate(self._lines)]
            self._write()

    def _write(self) -> None:
        write_atomic(self.path, "".join(json.dumps(line) + "\n" for line in self._lines))


def _keys(files: Iterable[str]) -> Iterator[Key]:
    seen = Counter[str]()
    for file in files:
        yield file, seen[file]
        seen[file] += 1


def _digest(entry: Entry) -> str:
    return hashlib.sha256(repr(asdict(entry)).encode("utf-8", "backslashreplace")).hexdigest()


def _checked(line: dict[str, str]) -> dict[str, str]:
    return {"file": line["file"], "entry": line["entry"]}
