"""Measurements from angles between joint centres, with the doubts beside the landmarks' own."""

from __future__ import annotations

from posture.body.sagittal import SagittalBody
from posture.measures.measurement import Measurement
from posture.quantity import Quantity

#: Degrees of false lean per degree of yaw: 3 cm between hip and shoulder sideways show as 0.6° at 10° of turn
#: (docs/science.md, Error budget, computed).
YAW_LEAKAGE = 0.06


def from_vertical(body: SagittalBody, angle: Quantity, method: str) -> Measurement:
    """A lean from the vertical: landmarks, turn of the body, and the camera's roll one to one.

    -3 ± 1° with a roll known to 2° and a body turned by 10° gives -3 ± 2.3°.
    """
    jitter = angle.widened(body.roll_sigma_deg)
    return Measurement(jitter.widened(YAW_LEAKAGE * body.yaw_deg), jitter.sigma, "D", method, angle.value)


def between_segments(body: SagittalBody, angle: Quantity, method: str) -> Measurement:
    """An angle between two body segments: the camera's roll cancels.

    6 ± 1° of a body turned by 10° gives 6 ± 1.2°, whatever the roll.
    """
    return Measurement(angle.widened(YAW_LEAKAGE * body.yaw_deg), angle.sigma, "D", method, angle.value)
