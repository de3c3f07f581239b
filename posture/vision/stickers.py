"""Find two stickers, raised half-balls or dots on ASIS and PSIS, in a side-view photo.

A sticker is a small round spot whose colour differs from everything around it. Spots are looked for in a band about
the hips; a pair is judged by what a pair must be: one colour, one size, a front one and a rear one that lie to hip
joint and outline as bone points do. The weights of that judgement were fitted on generated people with and without
stickers, among prints, buttons and rivets (``python -m validation.markers fit``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import permutations
from math import hypot

import numpy as np
from numpy.typing import NDArray

from posture.body.observation import FoundMarks
from posture.body.orientation import forward_by_feet
from posture.body.pose import Pose
from posture.body.silhouette import Outline
from posture.vision.spots import Spot, spots

Array = NDArray[np.float64]

#: How far a pair may lie apart, percent of stature, and slope, degrees: wide bounds, the judgement is in the weights.
_APART_PCT = (4.5, 17.0)
_SLOPE_DEG = (-35.0, 50.0)
#: Two stickers of one colour in different light differ by less than this, CIELAB with lightness at a quarter.
_ONE_COLOUR = 40.0
#: Least contrast and axis ratio of both spots of a pair that is taken by itself; another pair gets this confidence at
#: most, and is offered. That asks about four of 339 right pairs of the people in the fit. Of 500 people outside the fit
#: it asks about two of 234 right pairs, and about four of six wrong ones.
_CLEAR_CONTRAST, _CLEAR_RATIO, _UNSURE = 12.0, 0.4, 0.6
FEATURES = ("contrast", "colour", "size", "round", "place", "rear_edge", "front_edge", "rivals")


def find_markers(pixels_hwc: NDArray[np.uint8], pose: Pose, outline: Outline) -> FoundMarks | None:
    """The likeliest pair of stickers, None where no two spots could be one.

    pixels_hwc : upright RGB frame · pose, outline : of the person, in its pixels
    """
    possible = pairs(spots(pixels_hwc, pose), pose, outline)
    if not possible:
        return None
    chances = judged([features for _, _, features in possible])
    likeliest = int(np.argmax(chances))
    psis, asis, features = possible[likeliest]
    radius = (psis.radius_pct + asis.radius_pct) / 200 * pose.stature_px
    return FoundMarks(_point(asis), _point(psis), radius, surely(float(chances[likeliest]), features))


def pairs(
    found: list[Spot], pose: Pose, outline: Outline, model: Model | None = None
) -> list[tuple[Spot, Spot, Array]]:
    """Every (PSIS, ASIS) that could be one, with its features (8,) in the order of FEATURES."""
    model = model or shipped()
    forward = forward_by_feet(pose)
    stature = pose.stature_px
    made = []
    for psis, asis in permutations(found, 2):
        rear, front = placed(psis.xy_px, pose), placed(asis.xy_px, pose)
        run, rise = front - rear
        if run <= 0 or not _APART_PCT[0] < hypot(run, rise) < _APART_PCT[1]:
            continue
        if _colour_apart(psis, asis) > _ONE_COLOUR:
            continue
        if not _SLOPE_DEG[0] < np.degrees(np.arctan2(-rise, run)) < _SLOPE_DEG[1]:
            continue
        away = np.concatenate([rear, front]) - model.place_mean
        behind = _edge_gap(psis, outline, forward, stature, rear=True)
        before = _edge_gap(asis, outline, forward, stature, rear=False)
        others = [spot for spot in found if spot is not psis and spot is not asis]
        like = 2 * _colour_apart(psis, asis) + 8
        alike = sum(_colour_apart(other, psis) < like for other in others)
        features = np.array(
            [
                min(psis.contrast, asis.contrast, 60) / 30,
                _colour_apart(psis, asis) / 10,
                abs(np.log(psis.radius_pct / asis.radius_pct)),
                min(psis.ratio, asis.ratio),
                min(float(away @ model.place_precision @ away), 60) / 10,
                min(abs(behind), 6.0),
                min(max(-before, 0.0), 8.0),
                min(alike, 4),
            ]
        )
        made.append((psis, asis, features))
    return made


def placed(xy_px: Array, pose: Pose) -> Array:
    """Place of a point relative to the hip joint, (x forward, y up), percent of stature."""
    away = xy_px - pose.middle("hip")
    return np.array([forward_by_feet(pose) * away[0], -away[1]]) / pose.stature_px * 100


def expected_hip_bones(pose: Pose) -> dict[str, Array]:
    """Expected ASIS and PSIS relative to the hip joint, frame px: a place to begin at, no mark.

    A body 1000 px tall that faces right with its hip at (300, 500) gives ASIS (350, 457) and PSIS (248, 436).
    """
    stature, hip, forward = pose.stature_px, pose.middle("hip"), forward_by_feet(pose)
    places = shipped().place_mean.reshape(2, 2) / 100 * stature * (forward, -1)
    return {"psis": hip + places[0], "asis": hip + places[1]}


def surely(chance: float, features: Array) -> float:
    """The chance of a pair, at most `_UNSURE` where a spot is faint or long: a ragged waistband has such.

    A pair of chance 0.99 whose fainter spot differs by 11 from what lies around it gets 0.6.
    """
    contrast, ratio = 30 * features[FEATURES.index("contrast")], features[FEATURES.index("round")]
    return chance if contrast >= _CLEAR_CONTRAST and ratio >= _CLEAR_RATIO else min(chance, _UNSURE)


def judged(features: list[Array]) -> Array:
    """Probability of every pair to be the two stickers: at most one is, or none, so that rivals share the chance.

    With scores s it is exp(s) / (1 + Σ exp(s)): two pairs that look equally good can have no more than a half each.
    """
    model = shipped()
    scores = np.clip(model.intercept + np.array(features) @ model.weights, -50, 50)
    odds = np.exp(scores)
    chances: Array = odds / (1 + odds.sum())
    return chances


def _colour_apart(a: Spot, b: Spot) -> float:
    return float(np.linalg.norm((a.lab - b.lab) * (0.5, 1, 1)))


def _edge_gap(spot: Spot, outline: Outline, forward: float, stature: float, rear: bool) -> float:
    """Distance of a spot outside the body's rear or front edge at its height, percent of stature; minus is inside."""
    left, right = (np.interp(spot.xy_px[1], outline.rows_px, edge) for edge in (outline.left_px, outline.right_px))
    edge_is_right = (forward < 0) == rear
    gap = spot.xy_px[0] - right if edge_is_right else left - spot.xy_px[0]
    return float(100 * gap / stature)


def _point(spot: Spot) -> tuple[float, float]:
    return float(spot.xy_px[0]), float(spot.xy_px[1])


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """place_mean (4,), place_precision (4, 4): PSIS and ASIS from the hip, (x forward, y up), percent of stature."""

    place_mean: Array
    place_precision: Array
    intercept: float
    weights: Array


@cache
def shipped() -> Model:
    """The fitted numbers that come with the package."""
    data = json.loads((resources.files("posture") / "data" / "markers.json").read_text("utf-8"))
    precision = np.linalg.inv(np.array(data["place_covariance"]))
    weights = np.array([data["weights"][name] for name in FEATURES])
    return Model(np.array(data["place_mean"]), precision, float(data["intercept"]), weights)
