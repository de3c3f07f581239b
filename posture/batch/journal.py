"""A batch's journal: one line a measured photo, so that a batch goes on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from posture.batch.layout import SUFFIX, photo_file
from posture.errors import UsageError

SCHEMA = 3
_LONGEST_SETTINGS = 100_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that could not be measured: why, by codes; ``again`` where its file could not be read, which may pass."""

    codes: tuple[str, ...]
    again: bool
    sha256: str | None


class Journal:
    """Lines of the photos measured so far; the first line holds the settings. A torn last line is cut off.

    refused : those that could not be measured, by number
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], resume: bool) -> None:
        self.path, self._places = path, dict[int, int]()
        self.refused = dict[int, Refused]()
        if path.exists() and not begun(path):
            path.unlink()
        if path.exists():
            self._read(settings, resume)
            self._file: BinaryIO = path.open("ab")
        else:
            self._file = path.open("xb")
            self._write(settings)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __contains__(self, number: int) -> bool:
        return number in self._places

    def __len__(self) -> int:
        return len(self._places)

    def add(self, line: Mapping[str, Any]) -> None:
        """Keep a photo's line; one that is there already stays as it is."""
        if line["number"] not in self._places:
            self._places[line["number"]] = self._file.tell()
            self._write(line)

    def lines(self) -> Iterator[dict[str, Any]]:
        """The photos' lines in the order of the batch, read one at a time."""
        with self.path.open("rb") as file:
            for number in sorted(self._places):
                file.seek(self._places[number])
                yield json.loads(file.readline())

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=True, sort_keys=True).encode() + b"\n")
        self._file.flush()

    def _read(self, settings: Mapping[str, Any], resume: bool) -> None:
        folder = self.path.parent
        if not resume:
            raise UsageError(f"{folder} holds a batch already: go on with --resume, or choose another folder")
        whole = 0
        with self.path.open("rb") as file:
            for line in iter(file.readline, b""):
                if not line.endswith(b"\n"):
                    break
                try:
                    data = json.loads(line)
                    number = data["number" if whole else "schema"]
                    refused = _refused(data) if whole and data["report"]["status"] == "refused" else None
                    if not isinstance(number, int):
                        break
                except (ValueError, LookupError, TypeError, RecursionError):  # damage: what follows is measured anew
                    break
                if whole == 0:
                    _check_settings(data, settings, folder)
                else:
                    self._places.setdefault(number, whole)
                    if refused is not None:
                        self.refused[number] = refused
                whole += len(line)
        if whole == 0:
            raise UsageError(f"{self.path} is damaged at its start: choose another folder")
        os.truncate(self.path, whole)

    def leave_out(self, numbers: Collection[int]) -> None:
        """Remove the files of refused photos that are measured again, then write the journal anew without their lines.

        Raises OSError.
        """
        if not numbers:
            return
        for number in numbers:
            for kind in SUFFIX:
                (self.path.parent / photo_file(kind, number, self.refused[number].sha256)).unlink(missing_ok=True)
        part, places = self.path.with_name(f".{self.path.name}"), dict[int, int]()
        with self.path.open("rb") as old, part.open("wb") as new:
            new.write(old.readline())
            for number, place in self._places.items():
                if number not in numbers:
                    old.seek(place)
                    places[number] = new.tell()
                    new.write(old.readline())
        self._file.close()
        part.replace(self.path)
        self._file, self._places = self.path.open("ab"), places


def _refused(line: Mapping[str, Any]) -> Refused:
    report = line["report"]
    codes = tuple(reason["code"] for reason in report["reasons"])
    return Refused(codes, bool(line.get("again")), report["photo"]["sha256"])


def begun(path: Path) -> bool:
    """Whether a journal holds its first line whole; where the disk was full at that, nothing was measured yet."""
    with path.open("rb") as file:
        return b"\n" in file.read(_LONGEST_SETTINGS)


def _check_settings(kept: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    other = {name for name in asked if kept.get(name) != asked[name]}
    if other:
        words = {
            "schema": "an older or newer version",
            "posture": "another version",
            "photos": "other photos or answers (a batch without names cannot grow)",
            "names": "another choice of --no-names",
            "show_face": "another choice of --show-face",
            "passes": "another choice of --passes",
            "language": "another choice of --lang",
        }
        raise UsageError(
            f"{folder} holds a batch of {next(word for name, word in words.items() if name in other)}: choose another "
            "folder, or give what was given then"
        )
