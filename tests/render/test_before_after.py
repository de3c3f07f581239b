"""Two visits beside each other: one scale, one floor, both on the plumb line, level."""

from __future__ import annotations

import io
from math import cos, radians, sin

import cv2
import numpy as np
import pytest
from PIL import Image

from posture.followup.visit_picture import VisitPicture
from posture.render.before_after import BELOW, GAP_PX, STATURE_PX, TALL, WIDE, side_by_side

RED, BLUE = (230, 20, 20), (20, 20, 230)


def person(tall: float, ankle: tuple[float, float], roll_deg: float) -> VisitPicture:
    """A grey picture in which a red disc is the ankle and a blue one lies a stature above it, the camera rolled."""
    pixels = np.full((1280, 720, 3), 128, np.uint8)
    roll = radians(roll_deg)
    head = ankle[0] - tall * sin(roll), ankle[1] - tall * cos(roll)
    for (x, y), colour in ((ankle, RED), (head, BLUE)):
        cv2.circle(pixels, (round(x), round(y)), 12, colour, -1)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=95)
    return VisitPicture(data.getvalue(), tall, ankle, roll_deg)


def middle(panel: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    near = np.abs(panel.astype(int) - colour).sum(axis=2) < 120
    rows, columns = np.nonzero(near)
    return np.array([columns.mean(), rows.mean()])


@pytest.mark.parametrize(
    ("tall", "ankle", "roll"), [(600, (300, 1100), 0.0), (1000, (420, 1200), 4.0), (450, (350, 900), -3)]
)
def test_bodies_are_of_one_height_on_one_floor_and_level(tall: float, ankle: tuple[float, float], roll: float) -> None:
    shown = side_by_side(person(800, (360, 1150), 0.0), person(tall, ankle, roll))
    wide = round(WIDE * STATURE_PX)
    assert shown.shape == (round(TALL * STATURE_PX), 2 * wide + GAP_PX, 3)
    for panel in (shown[:, :wide], shown[:, -wide:]):
        foot, head = middle(panel, RED), middle(panel, BLUE)
        assert foot == pytest.approx((wide / 2, shown.shape[0] - BELOW * STATURE_PX), abs=4)
        assert head == pytest.approx(foot - (0, STATURE_PX), abs=6)
