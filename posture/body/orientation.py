"""Orientation of a person to the camera: facing, near side, yaw, twist, and the camera's roll.

Settled here and nowhere else; what comes after asks `Orientation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, atan2, degrees, hypot
from typing import Literal

from posture.body.pose import NOSE, SIDES, Pose, Side, index
from posture.geometry import rotated
from posture.quantity import Quantity

Facing = Literal["left", "right"]
Forward = Literal[1, -1]

#: Shoulder and hip spacing as shares of the trunk's length (docs/science.md, Yaw).
SHOULDER_SPACING, HIP_SPACING = 0.69, 0.38


@dataclass(frozen=True, slots=True)
class Orientation:
    """Orientation of a person to the camera.

    facing : side of the picture; None where feet and face disagree · near : the person's own side that is seen better
    yaw_deg : turn from exactly side-on, 0..90 · twist_deg : of the shoulders against the hips
    roll : of the camera, degrees, clockwise positive; None where unknown
    """

    facing: Facing | None
    near: Side
    yaw_deg: float
    twist_deg: float
    roll: Quantity | None

    @property
    def forward(self) -> Forward:
        """1 where the picture's x grows forward, else -1; a person who shows the right side faces right."""
        return 1 if self.near == "right" else -1

    @property
    def far(self) -> Side:
        """The person's own side away from the camera."""
        return "left" if self.near == "right" else "right"

    @property
    def dorsal(self) -> Facing:
        """The side of the picture where the back is: facing right, it is the left edge."""
        return "left" if self.forward == 1 else "right"

    @property
    def ventral(self) -> Facing:
        """The side of the picture where the belly is."""
        return "right" if self.forward == 1 else "left"

    @property
    def roll_deg(self) -> float | None:
        """The camera's roll without its doubt: 2 ± 0.6 gives 2."""
        return None if self.roll is None else self.roll.value


def orientation_of(pose: Pose, roll: Quantity | None) -> Orientation:
    """The orientation of a person by landmarks as a camera with this roll saw them."""
    level = unrolled(pose, roll)
    facing = facing_of(level)
    return Orientation(facing, _near_side(level, facing), _yaw(level), _twist(level), roll)


def unrolled(pose: Pose, roll: Quantity | None) -> Pose:
    """The same landmarks as a level camera sees them, about the picture's corner; as they are where no roll is known.

    y points down: a roll of 90° clockwise brings the point (0, 100) of the picture to (-100, 0).
    """
    if roll is None:
        return pose
    return Pose(rotated(pose.xy_px, (0.0, 0.0), roll.value), pose.visibility, pose.sigma_px, pose.world_m)


def facing_of(pose: Pose) -> Facing | None:
    """Image direction of the toes, confirmed by nose against ears; None when they disagree."""
    feet, face = _feet(pose), _face(pose)
    if feet * face <= 0:
        return None
    return "right" if face > 0 else "left"


def forward_by_feet(pose: Pose) -> Forward:
    """1 where the toes point to the picture's right, else -1: for somebody whose face is not asked."""
    return 1 if _feet(pose) > 0 else -1


def forward_by_face(pose: Pose) -> Forward:
    """1 where the nose is right of the ears, else -1: for somebody who kneels, when one foot points back."""
    return 1 if _face(pose) > 0 else -1


def _feet(pose: Pose) -> float:
    return sum(float(pose.point("toe", side)[0] - pose.point("heel", side)[0]) for side in SIDES)


def _face(pose: Pose) -> float:
    return float(pose.xy_px[NOSE, 0] - pose.middle("ear")[0])


def _near_side(pose: Pose, facing: Facing | None) -> Side:
    """Facing image left, a person shows the left side, whatever the turn short of frontal; else the better seen one."""
    if facing is not None:
        return facing
    left, right = (sum(pose.visibility[index(name, side)] for name in ("hip", "knee", "ankle")) for side in SIDES)
    return "left" if left >= right else "right"


def _yaw(pose: Pose) -> float:
    """Turn from exact side view in degrees 0..90: the largest of three estimates (docs/science.md, Yaw)."""
    across = pose.world_m[12] - pose.world_m[11]
    return max(*_turns(pose), degrees(atan2(abs(across[0]), abs(across[2]))))


def _twist(pose: Pose) -> float:
    """Difference of the shoulders' and the hips' turn by the sideways gaps, degrees."""
    shoulder, hip = _turns(pose)
    return abs(shoulder - hip)


def _turns(pose: Pose) -> tuple[float, float]:
    """Turn of the shoulders and of the hips by their sideways gaps, degrees 0..90; 90 for a trunk without length."""
    trunk = hypot(*(pose.middle("shoulder") - pose.middle("hip")))
    if trunk == 0:
        return 90.0, 90.0
    shoulder, hip = (
        degrees(asin(min(1.0, pose.gap(name) / trunk / spacing)))
        for name, spacing in (("shoulder", SHOULDER_SPACING), ("hip", HIP_SPACING))
    )
    return shoulder, hip
