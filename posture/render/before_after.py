"""Two pictures of one person beside each other, at one scale, each level, with a grid and a plumb line."""

from __future__ import annotations

import io
from math import cos, radians, sin

import cv2
import numpy as np
from PIL import Image

from posture.body.frame import Pixels
from posture.followup.visit_picture import VisitPicture
from posture.render import theme
from posture.render.primitives import dashed
from posture.render.theme import rgb

#: Height of the body in both, px; a panel's width and height in statures, and the ankle's height over its foot.
STATURE_PX, WIDE, TALL, BELOW = 860, 0.72, 1.16, 0.1
#: The grid's squares, statures.
SQUARE = 0.1
GAP_PX = 12


def side_by_side(before: VisitPicture, after: VisitPicture) -> Pixels:
    """Both as one picture (H, W, 3) RGB uint8: bodies of one height, ankles on one level and on the plumb lines."""
    panels = [_panel(before), _panel(after)]
    gap = np.full((panels[0].shape[0], GAP_PX, 3), 255, np.uint8)
    return np.hstack([panels[0], gap, panels[1]])


def alone(visit: VisitPicture) -> Pixels:
    """One visit's picture as it stands beside another's."""
    return _panel(visit)


def _panel(shown: VisitPicture) -> Pixels:
    wide, tall = round(WIDE * STATURE_PX), round(TALL * STATURE_PX)
    foot_x, foot_y = wide / 2, tall - BELOW * STATURE_PX
    scale, roll = STATURE_PX / shown.stature_px, radians(shown.roll_deg)
    # a camera rolled clockwise is turned back about the ankle
    turn = scale * np.array([[cos(roll), -sin(roll)], [sin(roll), cos(roll)]])
    move = np.array([foot_x, foot_y]) - turn @ np.array(shown.ankle_px)
    photo = np.asarray(Image.open(io.BytesIO(shown.jpeg)).convert("RGB"))
    panel: Pixels = cv2.warpAffine(
        photo, np.column_stack([turn, move]), (wide, tall), flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=rgb(theme.WASH),
    )  # fmt: skip
    _grid(panel, foot_x, foot_y)
    dashed(panel, (foot_x, 0.0), (foot_x, float(tall)), rgb(theme.PLUMB), 3)
    return panel


def _grid(panel: Pixels, foot_x: float, foot_y: float) -> None:
    """Thin lines that let the picture show through, counted from the ankle."""
    lines, step = panel.copy(), SQUARE * STATURE_PX
    tall, wide = panel.shape[:2]
    for x in np.arange(foot_x % step, wide, step):
        cv2.line(lines, (round(x), 0), (round(x), tall), (255, 255, 255), 1)
    for y in np.arange(foot_y % step, tall, step):
        cv2.line(lines, (0, round(y)), (wide, round(y)), (255, 255, 255), 1)
    cv2.addWeighted(lines, 0.5, panel, 0.5, 0, dst=panel)
