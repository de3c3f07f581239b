"""A tilt that somebody read off an instrument and typed in."""

from __future__ import annotations

from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import MARKED, Measurement
from posture.quantity import Quantity

#: How a reading that somebody typed in is called.
TYPED = "read off an inclinometer and typed in"
#: Error of such a reading between sessions, one SD, where it is not told: standing marker trials scatter by 2.9° within
#: a person (tilt_prior_proposal).
TYPED_SEM_DEG = 3.0


def typed_reading(tilt_deg: float, sem_deg: float | None, knowledge: Knowledge) -> Measurement:
    """A tilt that somebody read off an inclinometer, or off a phone on a calliper, and typed in: grade A.

    22 without an error gives 22 ± 3.
    """
    sem = TYPED_SEM_DEG if sem_deg is None else sem_deg
    quantity = Quantity(tilt_deg, sem, "deg")
    return Measurement(quantity, sem, "A", TYPED, tilt_deg, place(MARKED, quantity, knowledge))
