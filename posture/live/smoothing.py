"""Live numbers without jitter: a filter that follows quick moves and calms slow ones, as a pure fold over time.

The filter is the 1 € filter (Casiez, Roussel, Vogel 2012, "1 € Filter", CHI): a low-pass whose cut-off rises with the
speed of the signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

#: Cut-off of a value at rest, Hz; how much a speed of one unit a second raises it; cut-off of the speed itself, Hz.
REST_HZ, SPEED_GAIN, SPEED_HZ = 0.6, 0.03, 1.0
#: After a gap longer than this nothing of before is believed, seconds.
GAP_S = 0.5


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A smoothed value at a time, and its speed in units a second."""

    at_s: float
    value: float
    speed: float


def smooth(before: Smoothed | None, at_s: float, value: float | None) -> Smoothed | None:
    """The next smoothed value; None where there is none, for a frozen old value is never shown.

    Nothing before, or a gap of more than ``GAP_S``, begins anew with the value as it is. A value that stays is kept:
    10 followed by 10 gives 10. Raises ValueError where time runs backwards.
    """
    if value is None:
        return None
    if before is None or at_s - before.at_s > GAP_S:
        return Smoothed(at_s, value, 0.0)
    step_s = at_s - before.at_s
    if step_s < 0:
        raise ValueError(f"time runs backwards: {at_s} after {before.at_s}")
    if step_s == 0:
        return before
    speed = _follow(before.speed, (value - before.value) / step_s, SPEED_HZ, step_s)
    return Smoothed(at_s, _follow(before.value, value, REST_HZ + SPEED_GAIN * abs(speed), step_s), speed)


def _follow(before: float, now: float, cut_off_hz: float, step_s: float) -> float:
    share = 1 / (1 + 1 / (2 * pi * cut_off_hz * step_s))
    return before + share * (now - before)
