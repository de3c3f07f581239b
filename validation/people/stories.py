"""Which people the sample pictures show: chosen by the truth of each, before any estimate of them is seen.

    python -m validation.people.stories     prints every seed that was looked at, and why it was passed over

Each story of `STORIES`, in their order, takes the first seed from `FIRST` on that no story before it has taken and
whose truth lies within the story's `LIMITS`. Sex, skin, clothes and the side seen come as they come; only where all
eight would face one way, the last story passes that side over.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from math import inf
from typing import Any

from validation.people.sets import STORIES, truth

FIRST = 402_000
#: What is true of a picture, how large it is at least, and below which size it stays; without regard to its sign.
Limits = Mapping[str, tuple[float, float]]
#: Seen from the side, the back free, bones near the usual (ASIS-PSIS less rotation); degrees, the arm in percent.
CLEAR: Limits = {"yaw": (0, 6), "roll": (0, 1.5), "bones": (0, 4), "arm_over_back": (0, 0.1)}
QUIET: Limits = {**CLEAR, "true_knee_flexion": (0, 10)}
LIMITS: Mapping[str, Limits] = {
    "marked": QUIET,
    "mild": QUIET,
    "typical": QUIET,
    "posterior": QUIET,
    "sway_back": CLEAR,
    "loose_shirt": QUIET,
    "arm_over_back": {"arm_over_back": (2, inf)},
    "turned": {"yaw": (25, 35)},
}


def outside(story: str, known: Mapping[str, Any]) -> list[str]:
    """Which figures of a picture's truth lie outside the story's limits: ``["yaw -7.2"]``; none where it meets them."""
    figures = {**known, "bones": known["asis_psis"] - known["rotation"]}
    return [
        f"{name} {figures[name]:.1f}"
        for name, (least, below) in LIMITS[story].items()
        if not least <= abs(figures[name]) < below
    ]


def truth_of(story: str, seed: int) -> dict[str, Any]:
    """What is true of the story's picture of one seed."""
    recipe = replace(STORIES[story], seed=seed)
    person = recipe.person()
    return truth(recipe, person, person.body(), story)


def looked_at(
    truth_of: Callable[[str, int], Mapping[str, Any]] = truth_of,
) -> Iterator[tuple[str, int, list[str]]]:
    """Every story and seed in turn, and why the seed is passed over: nothing where the story takes it."""
    faces: dict[int, str] = {}  # of the seeds taken so far
    for story in STORIES:
        for seed in count(FIRST):
            if seed in faces:
                continue
            known = truth_of(story, seed)
            reasons = outside(story, known)
            if len(faces) == len(STORIES) - 1 and set(faces.values()) == {known["faces"]}:
                reasons.append(f"all would face {known['faces']}")
            yield story, seed, reasons
            if not reasons:
                faces[seed] = known["faces"]
                break


def main() -> int:
    for story, seed, reasons in looked_at():
        print(f"{story:14} {seed}  {'passed over: ' + ', '.join(reasons) if reasons else 'taken'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
