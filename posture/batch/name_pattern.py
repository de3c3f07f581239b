"""Client, day and pose from a photo's name, by a pattern such as "{client}/{date}_{pose}"."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from posture.errors import UsageError

POSES = ("relaxed", "arched", "tucked")
#: Poses that were asked for, which say nothing about how somebody stands.
ASKED_FOR = POSES[1:]
_DATE, _POSE = r"\d{4}-?\d{2}-?\d{2}", "|".join(POSES)
_PLACES = {"client": r"(?P<client>[^/]+?)", "date": rf"(?P<date>{_DATE})", "pose": rf"(?P<pose>{_POSE})"}


@dataclass(frozen=True, slots=True)
class NameParts:
    """Parts read from a name; empty for those that it lacks.

    day : ISO · fits : the whole pattern was found in it
    """

    client: str = ""
    day: str = ""
    pose: str = ""
    fits: bool = True


class NamePattern:
    """A pattern, read part by part between slashes from the end of the path without its suffix.

    "{client}/{date}_{pose}" reads "north/p17/2026-03-01_relaxed.jpg" as p17, 2026-03-01, relaxed. Raises UsageError for
    a place that does not exist or stands twice.
    """

    def __init__(self, pattern: str) -> None:
        places = _places(pattern)
        if not places or len(places) > len(set(places)):
            raise UsageError("--pattern: give at least one of {client}, {date} and {pose}, and each but once")
        self._parts = [(re.compile(_expression(part)), _places(part)) for part in pattern.split("/")]

    def read(self, file: str) -> NameParts:
        """Parts of a name; of one that does not fit, those that do.

        "p17/2026-03-01 front.jpg" has client and date for "{client}/{date}_{pose}". A client is read in a part that
        fits as a whole only; a date that no calendar has is none.
        """
        folders = file.rsplit(".", 1)[0].split("/")
        found, fits = dict[str, str](), len(folders) >= len(self._parts)
        for (expression, places), text in zip(reversed(self._parts), reversed(folders), strict=False):
            said = expression.fullmatch(text)
            groups = {} if said is None else said.groupdict()
            if said is None or ("date" in groups and not _day(groups["date"])):
                fits, groups = False, _loose(text, places)
            found |= groups
        return NameParts(found.get("client", ""), _day(found.get("date", "")), found.get("pose", ""), fits)


def iso(text: str) -> str:
    """A date as ISO: "20260301" and "01.03.2026" give 2026-03-01, "" nothing. Raises UsageError for none."""
    if not text:
        return ""
    if german := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = german.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a date like 2026-03-01") from None


def _day(text: str) -> str:
    """The date as ISO, empty for digits that no calendar has: the name says something else."""
    with suppress(UsageError):
        return iso(text)
    return ""


def _loose(text: str, places: list[str]) -> dict[str, str]:
    """Date and pose of a part that does not fit as a whole, each standing by itself."""
    found = dict[str, str]()
    if "date" in places:
        days = [day for day in re.findall(rf"(?<!\d){_DATE}(?!\d)", text) if _day(day)]
        found |= {"date": days[0]} if len(days) == 1 else {}
    if "pose" in places:
        poses = re.findall(rf"(?<![a-z])(?:{_POSE})(?![a-z])", text)
        found |= {"pose": poses[0]} if len(poses) == 1 else {}
    return found


def _places(pattern: str) -> list[str]:
    parts = re.split(r"(\{[^{}]*\})", pattern)
    if any(brace in part for part in parts[::2] for brace in "{}"):
        raise UsageError(f"--pattern {pattern}: a brace stands alone; write {{client}}, {{date}} and {{pose}}")
    for place in (part[1:-1] for part in parts[1::2]):
        if place not in _PLACES:
            raise UsageError(f"--pattern: {{{place}}} is none of {', '.join('{' + name + '}' for name in _PLACES)}")
    return [part[1:-1] for part in parts[1::2]]


def _expression(part: str) -> str:
    pieces = re.split(r"(\{[^{}]*\})", part)
    return "".join(_PLACES[piece[1:-1]] if piece.startswith("{") else re.escape(piece) for piece in pieces)
