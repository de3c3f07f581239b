"""Whose photos may be mixed up: what a list of photos tells of each client, held against itself."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from posture.errors import Issue

#: Told statures of one grown-up differ by no more than this from their median, cm; shoes and the hour make 2 to 3.
STATURE_CM = 3.0
#: From this age on nobody grows.
GROWN_YEARS = 20
#: Code of the doubt about a photo that stands under an earlier client, too.
OTHER_CLIENT = "same_photo_other_client"


@dataclass(frozen=True, slots=True)
class Claim:
    """Identity claimed for one photo: its client, and the facts that could give it to somebody else.

    sha256 : None where it could not be read · file : empty where names are left out · day : of the visit, ISO or empty
    """

    number: int
    client: str
    file: str = ""
    sha256: str | None = None
    sex: str | None = None
    stature_cm: float | None = None
    age_years: float | None = None
    day: str = ""


def identity_doubts(claims: Sequence[Claim]) -> dict[int, list[Issue]]:
    """Doubts about whose photo it is, by its number; photos without a client raise none.

    Of three photos of one client with statures of 168, 169 and 181 cm the third is doubted.
    """
    by_client = defaultdict[str, list[Claim]](list)
    for claim in claims:
        if claim.client:
            by_client[claim.client].append(claim)
    found = defaultdict[int, list[Issue]](list)
    for code, rule in RULES.items():
        for number, message in rule(by_client):
            found[number].append(Issue(code, message, "look at the photo, then correct the list or the file's name"))
    return dict(found)


def alike(clients: Iterable[str]) -> list[list[str]]:
    """Clients whose names differ by case or blanks only: "P1", "p1" and "p 2" give [["P1", "p1"]]."""
    groups = defaultdict[str, list[str]](list)
    for client in sorted({*clients} - {""}):
        groups[folded(client)].append(client)
    return [group for group in groups.values() if len(group) > 1]


def folded(client: str) -> str:
    """A client's name without case and blanks: "Ann Lee" gives annlee."""
    return "".join(client.split()).casefold()


ByClient = Mapping[str, Sequence[Claim]]
Found = Iterable[tuple[int, str]]


def _same_photo(by_client: ByClient) -> Found:
    """The same bytes stand under an earlier photo's client, too."""
    owners = dict[str, str]()
    for claim in sorted((c for claims in by_client.values() for c in claims), key=lambda c: c.number):
        if claim.sha256 and owners.setdefault(claim.sha256, claim.client) != claim.client:
            yield claim.number, f"the same photo stands under client '{owners[claim.sha256]}', too"


def _same_photo_other_day(by_client: ByClient) -> Found:
    """The same bytes stand under an earlier photo's day of this client, too."""
    for claims in by_client.values():
        days = dict[str, str]()
        for claim in sorted(claims, key=lambda c: c.number):
            if claim.sha256 and claim.day and days.setdefault(claim.sha256, claim.day) != claim.day:
                yield claim.number, f"the same photo stands under {days[claim.sha256]}, too"


def _other_spelling(by_client: ByClient) -> Found:
    """The less common of two names that differ by case or blanks only."""
    for group in alike(by_client):
        usual = max(group, key=lambda client: len(by_client[client]))
        for client in group:
            if client != usual:
                yield from ((c.number, f"client '{client}' is also written '{usual}'") for c in by_client[client])


def _other_name(by_client: ByClient) -> Found:
    """The path speaks of another client of the list, and not of this one."""
    known = {folded(client): client for client in by_client if len(folded(client)) > 1}
    for client, claims in by_client.items():
        for claim in claims:
            words = {folded(word) for word in _words(claim.file)}
            others = sorted(known[word] for word in words & known.keys() if word != folded(client))
            if others and folded(client) not in words:
                yield claim.number, f"the file's name speaks of client '{others[0]}'"


def _words(file: str) -> set[str]:
    """Parts of a path that may name a client: "north/p17/2026-03-01_p18.jpg" gives north, p17, p18 and others."""
    folders = file.rsplit(".", 1)[0].split("/")
    return {*folders, *(word for part in folders for word in re.split(r"[_\s.,;()-]+", part))}


def _other_stature(by_client: ByClient) -> Found:
    for client, claims in by_client.items():
        grown = [c for c in claims if c.stature_cm is not None and not (c.age_years or GROWN_YEARS) < GROWN_YEARS]
        usual = median(c.stature_cm or 0.0 for c in grown) if grown else 0.0
        for claim in grown:
            if abs((claim.stature_cm or 0.0) - usual) > STATURE_CM:
                said = f"{claim.stature_cm:.0f} cm are told here, {usual:.0f} cm elsewhere"
                yield claim.number, f"the stature of client '{client}' differs: {said}"


def _other_sex(by_client: ByClient) -> Found:
    for client, claims in by_client.items():
        counts = Counter(claim.sex for claim in claims if claim.sex)
        usual = [sex for sex, times in counts.items() if times == max(counts.values())]
        for claim in claims:
            if len(counts) > 1 and claim.sex and (claim.sex not in usual or len(usual) > 1):
                yield claim.number, f"the sex told for client '{client}' differs between the photos"


RULES: Mapping[str, Callable[[ByClient], Found]] = {
    OTHER_CLIENT: _same_photo,
    "same_photo_other_day": _same_photo_other_day,
    "client_spelling": _other_spelling,
    "other_client_in_name": _other_name,
    "stature_differs": _other_stature,
    "sex_differs": _other_sex,
}
