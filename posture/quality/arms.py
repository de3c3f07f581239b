"""Features of an outline and the arms' landmarks that tell whether an arm covers the back: one row of numbers.

An arm that hangs behind the body is the outline there, and its elbow's notch passes for the hollow of the back. The
landmarks of an arm are good to a few centimetres, so no distance tells alone; `ArmRule` reads them all together.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observation
from posture.body.orientation import Orientation
from posture.body.pose import Pose, Side, index
from posture.body.silhouette import Outline
from posture.errors import Issue
from posture.knowledge.arm_rule import ArmRule

Array = NDArray[np.float64]

#: Rows that are read, in trunk lengths above the hip point.
ROWS = np.linspace(-0.3, 0.75, 22)
#: Points on an arm: shares of the way from shoulder to elbow, then from elbow to wrist; 1.25 is at the knuckles.
_UPPER, _FOREARM = (0.0, 0.5, 1.0), (0.5, 1.0, 1.25)
#: Half the thickness of upper arm and forearm, percent of stature (their girths are 0.17 and 0.14 of it; provisional).
_THICK = (2.7, 2.2)
#: Distances beyond these say no more, percent of stature.
_NEAR, _FAR = -8.0, 15.0
LENGTH = 2 * ROWS.size + ROWS.size - 2 + 2 * 12 + 1


def arm_features(observation: Observation, orientation: Orientation) -> Array | None:
    """(LENGTH,) numbers, lengths in percent of stature; None where there is no outline, or hip and shoulder are level.

    The rear and the front edge of the mask from the line hip - shoulder, + forward, on `ROWS`; how the refined rear
    edge bends from row to row; then of the near and of the far arm: how far six of its points lie before the rear edge,
    how high elbow and wrist stand in trunk lengths, by how much upper arm and forearm clear the edge, and how surely
    elbow and wrist were seen; and the least of the clearances. Twice the picture's size gives the same numbers.
    """
    silhouette, pose = observation.silhouette, observation.pose
    near, forward = orientation.near, orientation.forward
    hip, shoulder = pose.point("hip", near), pose.point("shoulder", near)
    trunk, pct = float(hip[1] - shoulder[1]), 100 / observation.stature_px
    if silhouette is None or trunk <= 0:
        return None
    y = hip[1] - ROWS * trunk
    line = hip[0] + ROWS * (shoulder[0] - hip[0])

    def edge(outline: Outline, side: str) -> Array:
        xy = outline.edge(side)
        out: Array = forward * (np.interp(y, xy[:, 1], xy[:, 0]) - line) * pct
        return out

    rear = orientation.dorsal
    back = silhouette.masked.edge(rear)
    parts = [
        edge(silhouette.masked, rear),
        edge(silhouette.masked, orientation.ventral),
        np.diff(edge(silhouette.refined, rear), 2),
    ]
    clearances: list[float] = []
    for side in (near, orientation.far):
        numbers, clear = _arm(pose, side, back, forward, float(hip[1]), trunk, pct)
        parts.append(numbers)
        clearances += clear
    return np.concatenate([*parts, [min(clearances)]])


def arm_over_back(observation: Observation, orientation: Orientation, rule: ArmRule) -> tuple[str, Issue | None]:
    """Reason why an arm makes the outline of the back useless, empty where none does, and its warning."""
    features = arm_features(observation, orientation)
    score = -inf if features is None else rule.score(features)
    if score < rule.touches:
        return "", None
    covers = score >= rule.covers
    issue = Issue.of("arm_covers_back" if covers else "arm_touches_back")
    return ("an arm covers the lower back" if covers else ""), issue


def _arm(
    pose: Pose, side: Side, back: Array, forward: float, hip_y: float, trunk: float, pct: float
) -> tuple[Array, list[float]]:
    """The twelve numbers of one arm, and the clearances among them."""
    shoulder, elbow, wrist = (pose.point(name, side) for name in ("shoulder", "elbow", "wrist"))

    def before(points: Array) -> Array:
        edge = np.interp(points[:, 1], back[:, 1], back[:, 0])
        return np.clip(forward * (points[:, 0] - edge) * pct, _NEAR, _FAR)

    points = [shoulder + share * (elbow - shoulder) for share in _UPPER]
    points += [elbow + share * (wrist - elbow) for share in _FOREARM]
    clear = []
    for start, end, reach, thick in ((shoulder, elbow, 1.0, _THICK[0]), (elbow, wrist, 1.25, _THICK[1])):
        along = start + np.linspace(0, reach, 41)[:, None] * (end - start)
        height = (hip_y - along[:, 1]) / trunk
        along = along[(height >= ROWS[0]) & (height <= ROWS[-1])]
        clear.append(float(before(along).min()) - thick if len(along) else _FAR)
    heights = np.clip((hip_y - np.array([elbow[1], wrist[1]])) / trunk, -1, 2)
    seen = [float(pose.visibility[index(name, side)]) for name in ("elbow", "wrist")]
    return np.concatenate([before(np.array(points)), heights, clear, seen]), clear
