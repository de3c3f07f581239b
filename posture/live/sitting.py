"""Sitting at a desk, seen from the side: how long, when a break is due, and slumping against one's own upright; a fold.

Nothing here is compared with other people: norms of standing do not apply to sitting, and for sitting there are none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import hypot
from statistics import median

from posture.body.pose import Pose
from posture.live.exercise_angles import form_of

#: A thigh further than this from hanging sits, degrees.
SITTING_DEG = 45.0
#: The first seconds of sitting tell how the person sits upright, until they say so anew.
UPRIGHT_S = 5.0
#: Whoever is up or away for so long has had a break; a shorter absence is none, seconds.
BREAK_S = 45.0
#: Slumped: the trunk leans so much otherwise than upright, or is so much shorter, for so long (provisional).
LEAN_DEG, SHORTER, SLUMP_S = 12.0, 0.07, 20.0
#: Frames further apart than this count no sitting in between, seconds.
GAP_S = 2.0


@dataclass(frozen=True, slots=True)
class Seat:
    """Sitting posture. trunk_deg : hip to shoulder from the vertical, + forward · trunk_px : its length"""

    trunk_deg: float
    trunk_px: float


@dataclass(frozen=True, slots=True)
class SittingState:
    """State of the sitting watch.

    sitting_s : since the last break · total_s : all of it · breaks : so far · up_since_s : since when nobody sits
    upright : how this person sits upright, None until it is known; first : the frames that will tell it
    slumped_since_s : since when not like that
    """

    at_s: float | None = None
    sitting_s: float = 0.0
    total_s: float = 0.0
    breaks: int = 0
    up_since_s: float | None = None
    upright: Seat | None = None
    first: tuple[tuple[float, Seat], ...] = ()
    slumped_since_s: float | None = None

    @property
    def slumps(self) -> bool:
        """Whether the slump has lasted."""
        since = self.slumped_since_s
        return since is not None and self.at_s is not None and self.at_s - since >= SLUMP_S

    def break_due(self, every_min: float) -> bool:
        """Whether it is time to get up: 30 min of sitting with a break every 30 min is."""
        return self.sitting_s >= 60 * every_min


def seat_of(pose: Pose) -> Seat | None:
    """Sitting posture; None for somebody who does not sit."""
    form = form_of(pose, None)
    thigh, trunk = form["raised_thigh"], form["trunk"]
    if thigh is None or trunk is None or thigh < SITTING_DEG:
        return None
    return Seat(trunk, hypot(*(pose.middle("shoulder") - pose.middle("hip"))))


def sit(before: SittingState, at_s: float, seat: Seat | None) -> SittingState:
    """The next state after a frame, in the order of time; ``seat`` is None where nobody sits."""
    step_s = 0.0 if before.at_s is None else at_s - before.at_s
    now = replace(before, at_s=at_s)
    if seat is None:
        since = at_s if before.up_since_s is None else before.up_since_s
        if at_s - since > GAP_S:
            now = replace(now, first=())  # who got up is learnt anew
        if at_s - since < BREAK_S:
            return replace(now, up_since_s=since, slumped_since_s=None)
        had = before.sitting_s > 0
        return replace(now, up_since_s=since, sitting_s=0.0, breaks=before.breaks + had, slumped_since_s=None)
    sat = step_s if step_s <= GAP_S and before.up_since_s is None else 0.0
    now = replace(now, sitting_s=now.sitting_s + sat, total_s=now.total_s + sat, up_since_s=None)
    if now.upright is None:
        first = (*now.first, (at_s, seat))
        if at_s - first[0][0] < UPRIGHT_S:
            return replace(now, first=first)
        seats = [one for _, one in first]
        upright = Seat(median(one.trunk_deg for one in seats), median(one.trunk_px for one in seats))
        return replace(now, first=(), upright=upright)
    slumped = abs(seat.trunk_deg - now.upright.trunk_deg) > LEAN_DEG
    slumped = slumped or seat.trunk_px < (1 - SHORTER) * now.upright.trunk_px
    since_s = at_s if now.slumped_since_s is None else now.slumped_since_s
    return replace(now, slumped_since_s=since_s if slumped else None)


def anew(desk: SittingState) -> SittingState:
    """The same sitting; how the person sits upright is learnt anew from the next seconds."""
    return replace(desk, upright=None, first=(), slumped_since_s=None)
