"""Hip, knee and ankle of the hanging leg of a person who lies at a table's end.

The pose model knows standing people best, so the picture is also looked at turned by a quarter, head up; what the two
looks disagree on is the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot

import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Frame
from posture.body.pose import SIDES, Pose, Side
from posture.errors import NoPerson, UsageError
from posture.geometry import UncertainPoint
from posture.vision.mediapipe_pose import MediaPipeObserver

#: Known error of a joint found on a lying body, one SD in percent of stature (generated people, docs/refine.md).
JOINT_SD_PCT = 1.5


@dataclass(frozen=True, slots=True)
class HangingLeg:
    """The tested leg.

    points : its joints in the photo's own pixels · apart_pct : how much the views disagree, percent of stature
    faces_px : (x, y, radius) of a circle over every head that any look saw, frame px, for blurring
    """

    side: Side
    points: dict[str, UncertainPoint]
    apart_pct: float
    faces_px: tuple[tuple[float, float, float], ...]


def find_hanging_leg(frame: Frame, observer: MediaPipeObserver, side: Side | None = None) -> HangingLeg:
    """The leg whose knee lies further from the shoulder, or the one named. Raises NoPerson."""
    poses: list[tuple[Pose, float]] = []
    faces: list[tuple[float, float, float]] = []
    for quarters in (0, 1, 3):
        try:
            pose, lean, heads = _detected(frame, observer, quarters)
        except NoPerson:
            continue
        poses.append((pose, lean))
        faces += heads
    if not poses:
        raise NoPerson("neither as it is nor turned by a quarter")
    upright = [pose for pose, lean in poses if lean < 50] or [pose for pose, _ in poses]
    chosen = upright[0]
    tested = side or _hanging(chosen)
    away, headwards = (chosen.point(name, tested) - chosen.point("hip", tested) for name in ("knee", "shoulder"))
    if away @ headwards > 0:
        raise UsageError(f"the {tested} knee is drawn towards the head: the other leg hangs; give the other side")
    stature = _stature(chosen)
    others = [pose for pose, _ in poses if pose is not chosen]
    nearest = min((_apart(chosen, other, tested) for other in others), default=0.05 * stature)
    sigma = hypot(JOINT_SD_PCT / 100 * stature, nearest / 2)
    scale = frame.photo_px_per_px
    points = {}
    for name in ("hip", "knee", "ankle"):
        x, y = chosen.point(name, tested) * scale
        points[name] = UncertainPoint(float(x), float(y), sigma * scale)
    return HangingLeg(tested, points, 100 * nearest / stature, tuple(faces))


def _apart(a: Pose, b: Pose, side: Side) -> float:
    """Difference of two views of a leg at hip or knee, px."""
    return max(hypot(*(a.point(name, side) - b.point(name, side))) for name in ("hip", "knee"))


def _detected(
    frame: Frame, observer: MediaPipeObserver, quarters: int
) -> tuple[Pose, float, list[tuple[float, float, float]]]:
    """Pose, how far from upright the trunk was in the picture looked at, degrees, and heads; all in frame px."""
    turned = np.ascontiguousarray(np.rot90(frame.pixels_hwc, quarters))
    tall, wide = turned.shape[:2]
    seen = observer(Frame(turned, wide, tall, frame.sha256, frame.file), stickers=False, roll=False)
    pose = seen.pose
    up = pose.middle("shoulder") - pose.middle("hip")
    lean = float(np.degrees(np.arctan2(abs(up[0]), -up[1])))
    heads = np.array(seen.faces_px).reshape(-1, 3)
    middles = _turned_back(heads[:, :2], quarters, frame)
    faces = [(float(x), float(y), float(radius)) for (x, y), radius in zip(middles, heads[:, 2], strict=True)]
    return replace(pose, xy_px=_turned_back(pose.xy_px, quarters, frame)), lean, faces


def _turned_back(xy_px: NDArray[np.float64], quarters: int, frame: Frame) -> NDArray[np.float64]:
    """Points (n, 2) of the turned picture in the frame; rot90 turns anticlockwise, its right edge coming on top."""
    height, width = frame.pixels_hwc.shape[:2]
    x, y = xy_px.T
    return np.column_stack({0: (x, y), 1: (width - 1 - y, x), 3: (y, height - 1 - x)}[quarters])


def _hanging(pose: Pose) -> Side:
    shoulder = pose.middle("shoulder")
    return max(SIDES, key=lambda side: hypot(*(pose.point("knee", side) - shoulder)))


def _stature(pose: Pose) -> float:
    """Stature in px from trunk and hanging leg: shoulder-hip 0.288, thigh 0.245, shank 0.246 of it (Drillis 1966)."""
    side = _hanging(pose)
    chain = [pose.middle("shoulder"), pose.middle("hip"), pose.point("knee", side), pose.point("ankle", side)]
    return float(sum(hypot(*(b - a)) for a, b in pairwise(chain))) / 0.779
