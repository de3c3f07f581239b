"""One look at one person, and what several looks agree on: one pose with its scatter, one mask, one outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.pose import LANDMARKS, NOSE, Pose
from posture.body.silhouette import Outline, trace
from posture.vision.edges import refine

Array = NDArray[np.float64]
Mask = NDArray[np.float32]

#: Longest side of the mean mask, px; each mask has 256 px of its own, and its border is read between the pixels.
_MASK_PX = 640
#: Smallest doubt of a landmark as a share of the body's height: 4 px of 800 (docs/science.md, Uncertainty).
_SIGMA_FLOOR = 4 / 800
#: A single look shows no scatter; then this share is taken (the median scatter over generated people).
_SIGMA_UNKNOWN = 8 / 800
#: Two masks are alike whose borders lie this near over the trunk, as a share of the body's height: those of nine in ten
#: generated people do. The trunk ends as far below the hips.
_ALIKE, _BELOW_HIP = 0.0028, 0.17
#: Landmark order of the mirrored body: left and right change places.
MIRRORED = np.arange(LANDMARKS)
MIRRORED[1:7] = (4, 5, 6, 1, 2, 3)
MIRRORED[7:] = np.arange(7, LANDMARKS).reshape(-1, 2)[:, ::-1].ravel()
#: The same for the legs alone, 23 (hips) to 32 (toes).
_LEGS_SWAPPED = np.where(np.arange(LANDMARKS) >= 23, MIRRORED, np.arange(LANDMARKS))


@dataclass(frozen=True, slots=True)
class Box:
    """A crop in frame pixels, x0 <= x < x1."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """One person in one look, mapped back to the frame."""

    xy_px: Array
    visibility: Array
    world_m: Array
    box: Box
    mask_hw: Mask  # over `box`, un-mirrored, at the size the model was given

    @property
    def extent_px(self) -> float:
        """Height of the landmarks."""
        return float(np.ptp(self.xy_px[:, 1]))


def same_person(a: Inference, b: Inference) -> bool:
    """Whether two looks show one body: their hips lie within a quarter of its height."""
    middle_a, middle_b = a.xy_px[23:25].mean(axis=0), b.xy_px[23:25].mean(axis=0)
    return bool(np.hypot(*(middle_a - middle_b)) < 0.25 * max(a.extent_px, b.extent_px))


def nearest(people: list[Inference], subject: Inference) -> list[Inference]:
    """The subject among the people of another look: a list of one, or of none when that look missed it."""
    same = [person for person in people if same_person(person, subject)]
    return [max(same, key=lambda inference: inference.extent_px)] if same else []


def one_labelling(inferences: list[Inference]) -> list[Inference]:
    """The same looks with left and right leg called alike in all of them.

    In a step seen from the side the model often takes the near leg for the far one in the mirrored picture. The name
    that most looks give wins; in a tie the one whose legs the model saw better.
    """
    legs = np.arange(23, LANDMARKS)
    first = inferences[0].xy_px[legs]
    alike: list[Inference] = []
    swapped: list[Inference] = []
    for inference in inferences:
        as_named = np.linalg.norm(inference.xy_px[legs] - first, axis=1).sum()
        other_way = np.linalg.norm(inference.xy_px[_LEGS_SWAPPED][legs] - first, axis=1).sum()
        (swapped if other_way < 0.5 * as_named else alike).append(inference)
    seen = [sum(float(inference.visibility[legs].sum()) for inference in group) for group in (alike, swapped)]
    keep_first = (len(alike), seen[0]) >= (len(swapped), seen[1])
    return [_legs_renamed(inference) if (inference in swapped) == keep_first else inference for inference in inferences]


def _legs_renamed(inference: Inference) -> Inference:
    order = _LEGS_SWAPPED
    return replace(
        inference,
        xy_px=inference.xy_px[order],
        visibility=inference.visibility[order],
        world_m=inference.world_m[order],
    )


def crop(body_xy: Array, about: tuple[float, float, float], mirrored: bool, width: int, height: int) -> Box:
    """Box round a body, cut at the frame's edge; in a mirrored look the sideways shift turns round with the picture."""
    margin, right, down = about
    low, high = body_xy.min(axis=0), body_xy.max(axis=0)
    tall = high[1] - low[1]
    shift = np.array([-right if mirrored else right, down]) * tall
    pad = np.array([margin + 0.1, margin]) * tall
    x0, y0 = low - pad + shift + 0.5
    x1, y1 = high + pad + shift + 0.5
    return Box(max(0, floor(x0)), max(0, floor(y0)), min(width, ceil(x1)), min(height, ceil(y1)))


def consensus(inferences: list[Inference]) -> Pose:
    """Median of the looks, and per landmark 1.4826 × the median distance from it, never under the floor."""
    xy = np.array([inference.xy_px for inference in inferences])
    middle = np.median(xy, axis=0)
    tall = float(np.ptp(middle[:, 1]))
    if len(inferences) == 1:
        sigma = np.full(LANDMARKS, _SIGMA_UNKNOWN * tall)
    else:
        scatter = 1.4826 * np.median(np.abs(xy - middle), axis=0)
        sigma = np.maximum(np.sqrt((scatter**2).mean(axis=1)), _SIGMA_FLOOR * tall)
    return Pose(
        xy_px=middle,
        visibility=np.median([inference.visibility for inference in inferences], axis=0),
        sigma_px=sigma,
        world_m=np.median([inference.world_m for inference in inferences], axis=0),
    )


def mask_size(box: Box) -> tuple[int, int]:
    """Width and height of the mean mask over a box."""
    scale = min(1.0, _MASK_PX / max(box.y1 - box.y0, box.x1 - box.x0))
    return round((box.x1 - box.x0) * scale), round((box.y1 - box.y0) * scale)


def mean_mask(inferences: list[Inference], box: Box) -> Mask:
    """Mean body probability over a box, from all looks; its longer side is at most _MASK_PX."""
    shape = mask_size(box)
    total = np.zeros(shape[::-1], np.float32)
    for inference in inferences:
        tall, wide = inference.mask_hw.shape
        fx, fy = wide / (inference.box.x1 - inference.box.x0), tall / (inference.box.y1 - inference.box.y0)
        # canvas pixel -> frame -> this look's mask, all counted from pixel borders, hence the halves
        kx, ky = (box.x1 - box.x0) / shape[0] * fx, (box.y1 - box.y0) / shape[1] * fy
        to_mask = np.array(
            [
                [kx, 0, (box.x0 - inference.box.x0) * fx + 0.5 * kx - 0.5],
                [0, ky, (box.y0 - inference.box.y0) * fy + 0.5 * ky - 0.5],
            ]
        )
        total += cv2.warpAffine(inference.mask_hw, to_mask, shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    total /= len(inferences)
    return total


def agree(inferences: list[Inference]) -> bool:
    """Whether the first two looks, over one box, draw the trunk alike; a single look has none to agree with.

    Their masks' borders lie within `_ALIKE` of the body's height of each other, RMS over the trunk's rows.
    """
    if len(inferences) < 2:
        return False
    one, other = inferences[:2]
    scale = one.mask_hw.shape[0] / (one.box.y1 - one.box.y0)
    shoulder, hip = (float(one.xy_px[pair, 1].mean()) - one.box.y0 for pair in (slice(11, 13), slice(23, 25)))
    rows = slice(max(0, round(shoulder * scale)), max(0, round((hip + _BELOW_HIP * one.extent_px) * scale)))
    differ = np.count_nonzero((one.mask_hw[rows] > 0.5) != (other.mask_hw[rows] > 0.5), axis=1)
    apart = differ / 2 / scale / one.extent_px  # of either edge
    return bool(np.sqrt(np.mean(apart**2)) <= _ALIKE) if len(apart) else False


def traced(box: Box, mask: Mask, pose: Pose) -> Outline | None:
    """Edges from neck to heel that a mask over a box draws, on the frame's own rows; None where there are none."""
    scale = mask.shape[0] / (box.y1 - box.y0), mask.shape[1] / (box.x1 - box.x0)
    axis = np.array(
        [
            pose.xy_px[NOSE] * 0.3 + pose.middle("ear") * 0.7,
            pose.middle("shoulder"),
            pose.middle("hip"),
            *(pose.point(name, _seen_leg(pose)) for name in ("knee", "ankle")),
        ]
    )
    top, bottom = (axis[0, 1] + axis[1, 1]) / 2, max(pose.point("heel", "left")[1], pose.point("heel", "right")[1])
    axis = axis[np.argsort(axis[:, 1])]
    on_canvas = np.column_stack(
        [(axis[:, 0] - box.x0 + 0.5) * scale[1] - 0.5, (axis[:, 1] - box.y0 + 0.5) * scale[0] - 0.5]
    )
    found = trace(mask, on_canvas, floor((top - box.y0) * scale[0]), ceil((bottom - box.y0) * scale[0]))
    return None if found is None else _to_frame(found, box, scale)


def refined(pixels: NDArray[np.uint8], outline: Outline, pose: Pose) -> Outline:
    """A traced outline moved to the strongest edges of the frame's pixels beside it."""
    return refine(pixels, outline, band_px=0.012 * pose.extent_px)


def _seen_leg(pose: Pose) -> Any:
    left, right = (pose.visibility[25 + side] + pose.visibility[27 + side] for side in (0, 1))
    return "left" if left >= right else "right"


def _to_frame(outline: Outline, box: Box, scale: tuple[float, float]) -> Outline:
    """An outline traced on the canvas, resampled on whole rows of the frame."""
    y = (outline.rows_px + 0.5) / scale[0] - 0.5 + box.y0
    rows = np.arange(ceil(y[0]), floor(y[-1]) + 1, dtype=np.float64)
    left = (np.interp(rows, y, outline.left_px) + 0.5) / scale[1] - 0.5 + box.x0
    right = (np.interp(rows, y, outline.right_px) + 0.5) / scale[1] - 0.5 + box.x0
    return Outline(rows, left, right)
