"""Looks that agree, and looks that do not."""

from __future__ import annotations

import numpy as np

from posture.body.pose import LANDMARKS
from posture.vision.ensemble import Box, Inference, agree

TALL, WIDE = 200, 100


def look(left: int, right: int, scale: int = 1) -> Inference:
    """A body of columns left to right, px of the frame, with a mask of ``scale`` px a frame px."""
    xy = np.zeros((LANDMARKS, 2))
    xy[:, 1] = np.linspace(10, 190, LANDMARKS)
    xy[11:13, 1], xy[23:25, 1] = 50, 110
    mask = np.zeros((TALL * scale, WIDE * scale), np.float32)
    mask[:, left * scale : right * scale] = 1
    return Inference(xy, np.ones(LANDMARKS), np.zeros((LANDMARKS, 3)), Box(0, 0, WIDE, TALL), mask)


def test_two_alike_agree_and_one_alone_does_not() -> None:
    assert agree([look(40, 60), look(40, 60)])
    assert not agree([look(40, 60)])


def test_two_whose_borders_lie_apart_do_not() -> None:
    # 180 px tall: 1 px of one border is 0.28 % of the height for both together
    assert agree([look(40, 60), look(40, 61)])
    assert not agree([look(40, 60), look(40, 62)])
    assert not agree([look(40, 60, scale=2), look(40, 62, scale=2)])


def test_only_the_trunk_counts() -> None:
    other = look(40, 60)
    other.mask_hw[:45], other.mask_hw[145:] = 1, 0
    assert agree([look(40, 60), other])
