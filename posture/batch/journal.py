"""A batch's journal: one line a measured photo, so that a batch goes on where it was stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from posture.batch.layout import SUFFIX, photo_file
from posture.errors import UsageError

SCHEMA = 2
_LONGEST_SETTINGS = 100_000


class Journal:
    """Lines of the photos measured so far; the first line holds the settings. A torn last line is cut off.

    Photos whose files could not be read are left out when it is opened again: the fault may have passed.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any], resume: bool) -> None:
        self.path, self._places = path, dict[int, int]()
        if path.exists() and not _begun(path):
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
        whole, again = 0, list[dict[str, Any]]()
        with self.path.open("rb") as file:
            for line in iter(file.readline, b""):
                if not line.endswith(b"\n"):
                    break
                try:
                    data = json.loads(line)
                    number = data["number" if whole else "schema"]
                    if not isinstance(number, int):
                        break
                except (ValueError, LookupError, TypeError, RecursionError):  # damage: what follows is measured anew
                    break
                if whole == 0:
                    _check_settings(data, settings, folder)
                elif data.get("again"):
                    again.append(data)
                else:
                    self._places.setdefault(number, whole)
                whole += len(line)
        if whole == 0:
            raise UsageError(f"{self.path} is damaged at its start: choose another folder")
        os.truncate(self.path, whole)
        if again:
            self._leave_out(again)

    def _leave_out(self, lines: list[dict[str, Any]]) -> None:
        """Remove reports that are measured again, then write the journal anew without their lines."""
        for line in lines:
            sha256 = line["report"]["photo"]["sha256"]
            for kind in SUFFIX:
                (self.path.parent / photo_file(kind, line["number"], sha256)).unlink(missing_ok=True)
        part, places = self.path.with_name(f".{self.path.name}"), dict[int, int]()
        with self.path.open("rb") as old, part.open("wb") as new:
            new.write(old.readline())
            for number, place in self._places.items():
                old.seek(place)
                places[number] = new.tell()
                new.write(old.readline())
        part.replace(self.path)
        self._places = places


def _begun(path: Path) -> bool:
    """Whether a journal holds its first line whole; where the disk was full at that, nothing was measured yet."""
    with path.open("rb") as file:
        return b"\n" in file.read(_LONGEST_SETTINGS)


def _check_settings(kept: Mapping[str, Any], asked: Mapping[str, Any], folder: Path) -> None:
    other = {name for name in asked if kept.get(name) != asked[name]}
    if other:
        words = {
            "schema": "an older or newer version",
            "posture": "another version",
            "photos": "other photos or answers",
            "names": "another choice of --no-names",
            "show_face": "another choice of --show-face",
            "passes": "another choice of --passes",
            "language": "another choice of --lang",
        }
        raise UsageError(
            f"{folder} holds a batch of {next(word for name, word in words.items() if name in other)}: choose another "
            "folder, or give what was given then"
        )
