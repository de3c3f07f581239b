"""Which photos need a person's eyes, why, and which first: the rule that table, summary and review page share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from posture.errors import Issue
from posture.findings.verdict import BY_CHANCE, UNCLEAR, WORDS
from posture.report.report import Report

Kind = Literal[
    "red_flag",
    "refused",
    "near_cut",
    "outline_disagrees",
    "arm_over_back",
    "turned",
    "identity",
    "points",
    "cannot_tell",
]
#: Every kind in words, the most pressing first.
KINDS: Mapping[Kind, str] = {
    "red_flag": "answers that send to a professional",
    "refused": "not measured",
    "near_cut": "reading close to a line between two verdicts",
    "outline_disagrees": "outline of the back in doubt",
    "arm_over_back": "arm over the back",
    "turned": "turned away from side-on",
    "identity": "whose photo it is",
    "points": "points to confirm",
    "cannot_tell": "no verdict from this photo",
}
#: Warnings that ask for eyes, and their kind; what else widens the intervals and asks nobody.
WARNINGS: Mapping[str, Kind] = {
    "outline_disagrees": "outline_disagrees",
    "arm_over_back": "arm_over_back",
    "turned_slightly": "turned",
    "not_side_view": "turned",
    "second_person": "identity",
    "marks_off_body": "points",
    "stickers_unsure": "points",
}
#: What says already why there is no verdict.
EXPLAINS: tuple[Kind, ...] = ("outline_disagrees", "arm_over_back", "turned")
#: A reading within this of a cut may lie on its other side, degrees; as near as the verdict itself says it.
NEAR_CUT_DEG = 1.0
#: Readings near a cut are named as long as at most this share of all photos is.
MOST_NAMED = 0.25
#: What the verdict is called on either side of each cut.
_SIDES: Mapping[str, tuple[str, str]] = {
    "backward": ("backward", "less than usual"),
    "less": ("less than usual", "usual"),
    "more": ("usual", "more than usual"),
    "clearly": ("perhaps more than usual", "probably more than usual"),
}


@dataclass(frozen=True, slots=True)
class ReviewNeed:
    """One reason to look at a photo: its kind, what was seen, what to do; of two near a cut the nearer comes first.

    apart_deg : from the nearest cut, 0 for every other kind
    """

    kind: Kind
    issue: Issue
    apart_deg: float = 0.0


def review_needs(report: Report) -> tuple[ReviewNeed, ...]:
    """Reasons to look at a photo, the most pressing first; empty for one that can be taken as it is.

    A reading of 16.2° beside a cut at 15.8° gives one of kind "near_cut", 0.4° apart.
    """
    if report.emergency:  # its message stands alone
        return tuple(_of_answers(report))
    if report.status == "refused":  # what its warnings say is said by the reasons
        return (*_of_answers(report), *(ReviewNeed("refused", reason) for reason in report.reasons))
    found = [*_of_answers(report), *_of_reading(report)]
    found += [ReviewNeed(WARNINGS[one.code], one) for one in report.warnings if one.code in WARNINGS]
    if not any(one.kind in EXPLAINS for one in found):
        found += _of_no_verdict(report)
    return tuple(sorted(found, key=lambda one: _rank(one.kind)))


def with_doubts(needs: Iterable[ReviewNeed], doubts: Iterable[Issue]) -> tuple[ReviewNeed, ...]:
    """The same needs with doubts about whose photo it is, which its report alone cannot know."""
    both = [*needs, *(ReviewNeed("identity", one) for one in doubts)]
    return tuple(sorted(both, key=lambda one: _rank(one.kind)))


def pressing(needs: Sequence[ReviewNeed]) -> tuple[int, float, int]:
    """A key that sorts photos by their needs: the most pressing reason, the nearest to a cut, the most reasons.

    A reading 0.4° from a cut, the third of `KINDS`, and an arm beside it give (2, 0.4, -2).
    """
    if not needs:
        return len(KINDS), 0.0, 0
    return _rank(needs[0].kind), needs[0].apart_deg, -len(needs)


def review_queue(needs: Mapping[int, Sequence[ReviewNeed]]) -> list[int]:
    """Numbers of the photos to look at, the most pressing first, given the needs of all photos, none among them.

    Readings near a cut alone are many where nothing is wrong: the nearest are named as long as the queue holds at most
    `MOST_NAMED` of all photos, one at least. Eight photos without another need, three of them 0.1, 0.3 and 0.9° from a
    cut, give 2: the nearest.
    """
    fine = [number for number, found in needs.items() if all(one.kind == "near_cut" for one in found)]
    near = sorted((n for n in fine if needs[n]), key=lambda n: (pressing(needs[n]), n))
    room = int(MOST_NAMED * len(needs)) - (len(needs) - len(fine))
    spared = {*fine} - {*near[: max(1, room)]}
    return sorted((n for n in needs if n not in spared), key=lambda n: (pressing(needs[n]), n))


def review_columns(needs: Iterable[ReviewNeed], place: str) -> dict[str, str | bool]:
    """Cells of a table: whether to look at a photo, its place in the queue ("" for none), every reason by its kind."""
    why = " ".join(dict.fromkeys(need.kind for need in needs))
    return {"needs_review": bool(place), "review_place": place, "review_why": why}


def _rank(kind: Kind) -> int:
    return list(KINDS).index(kind)


def _of_answers(report: Report) -> list[ReviewNeed]:
    if report.plan is None or report.plan.mode != "refer":
        return []
    issue = Issue("red_flag", report.plan.message, "speak with this person before anything else")
    return [ReviewNeed("red_flag", issue)]


def _of_reading(report: Report) -> list[ReviewNeed]:
    finding = report.finding
    if finding is None or finding.tilt is None or finding.cuts is None or finding.kind not in BY_CHANCE:
        return []
    reading = finding.tilt.quantity.value
    apart = finding.cuts.clearance(reading)
    if apart >= NEAR_CUT_DEG:
        return []
    lower, upper = _SIDES[finding.cuts.nearest(reading)]
    return [ReviewNeed("near_cut", Issue.of("near_cut", apart=apart, lower=lower, upper=upper), apart)]


def _of_no_verdict(report: Report) -> list[ReviewNeed]:
    finding = report.finding
    if finding is None or finding.kind not in UNCLEAR:
        return []
    loose = [one for one in report.warnings if one.code == "loose_clothing"]
    said = Issue("cannot_tell", WORDS[finding.kind], finding.next_steps[0])
    return [ReviewNeed("cannot_tell", loose[0] if loose else said)]
