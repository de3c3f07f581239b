"""How real bodies vary: what the drawn laws have to meet, with the sources, and how to measure it on drawn people.

Slopes: SD within a sex of how the skin's facets near the middle pitch, degrees, by height in statures; 1,531 women and
1,517 men scanned standing (CAESAR, by the per-facet SDs of SPRING: Yang and others 2014), the middle of both sexes.
Depths: percent of stature, ANSUR II (Gordon and others 2014), 1,986 women and 4,082 men. Stature: its SD within a sex.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from validation.people.body import Body
from validation.people.mesh import Array
from validation.people.outfit import on_arm, skin_faces
from validation.people.trunk import LEVELS

#: Heights of seat, sacrum and loin, upper loin, thorax, between which slopes are told.
BANDS = {"seat": (0.46, 0.54), "sacrum and loin": (0.54, 0.62), "upper loin": (0.62, 0.68), "thorax": (0.68, 0.80)}
BACK_SLOPES, FRONT_SLOPES = (8.7, 11.1, 7.55, 6.1), (11.3, 11.6, 10.9, 8.9)
#: Depth of chest, waist at the navel and seat: mean, SD, correlations chest-waist, chest-seat, waist-seat.
DEPTHS = {
    False: ((15.2, 13.1, 14.3), (1.65, 1.92, 1.47), (0.76, 0.70, 0.80)),
    True: ((14.5, 13.6, 14.0), (1.47, 1.96, 1.49), (0.82, 0.79, 0.86)),
}
#: SD of waist minus seat and of chest minus waist.
DIFFERENCES = {False: (1.15, 1.25), True: (1.04, 1.14)}
STATURE_SD_CM = 6.75
#: By how much a law may miss: shares of a slope and of an SD, percent of stature, correlation.
SLOPE_OFF, SD_OFF, MEAN_OFF, CORRELATION_OFF = 0.22, 0.2, 0.7, 0.1
#: Facets this near the middle, m, that face backward or forward by this much.
NEAR_MIDDLE, FACES = 0.10, 0.6
_WOMEN, _MEN = "women", "men"


@dataclass(frozen=True, eq=False)
class Measured:
    """What one standing body shows: pitch, height and facing of its facets (f,) each, depths (3,), stature in m."""

    pitch: NDArray[np.float32]
    height: NDArray[np.float32]
    facing: NDArray[np.float32]
    aside: NDArray[np.float32]
    depths: Array
    stature: float
    man: bool


def drawn_depths(rng: np.random.Generator, man: bool) -> tuple[Array, float]:
    """Depths (3,) of chest, waist and seat of one person, shares of stature, and their common factor, mean 0, SD 1."""
    mean, sd, (chest_waist, chest_seat, waist_seat) = DEPTHS[man]
    correlation = np.array([[1, chest_waist, chest_seat], [chest_waist, 1, waist_seat], [chest_seat, waist_seat, 1]])
    drawn = np.linalg.cholesky(correlation) @ rng.standard_normal(3)
    factor = float(drawn.sum() / np.sqrt(correlation.sum()))
    return (np.array(mean) + np.array(sd) * drawn) / 100, factor


def measured(body: Body, man: bool, stature: float) -> Measured:
    """One standing body, arms left out."""
    faces = skin_faces()
    quads = body.vertices[faces[on_arm()[faces].mean(axis=1) < 0.5]]
    normal = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    middle = quads.mean(axis=1)
    height = middle[:, 1] / stature

    def depth(low: float, high: float) -> float:
        rows = [np.abs(height - at) < 0.008 for at in np.arange(low, high + 1e-6, 0.01)]
        return 100 * max(float(np.ptp(middle[row, 2])) for row in rows) / stature

    chest, waist, seat = LEVELS
    return Measured(
        np.degrees(np.arctan2(normal[:, 1], np.abs(normal[:, 2]))).astype(np.float32),
        height.astype(np.float32),
        normal[:, 2].astype(np.float32),
        middle[:, 0].astype(np.float32),
        np.array([depth(chest, chest), depth(waist, waist), depth(seat - 0.04, seat + 0.04)]),
        stature,
        man,
    )


def rows(people: Sequence[Measured]) -> list[tuple[str, float, float, float]]:
    """What is measured, the real figure, the one of these people, and by how much they may differ."""
    found = []
    for side, sign, real in (("back", -1, BACK_SLOPES), ("front", 1, FRONT_SLOPES)):
        for (band, limits), wanted in zip(BANDS.items(), real, strict=True):
            slope = np.mean([_slope(people, man, sign, limits) for man in (False, True)])
            found.append((f"{side} slope SD, {band}, °", wanted, float(slope), SLOPE_OFF * wanted))
    for man, sex in ((False, _WOMEN), (True, _MEN)):
        depth = np.array([one.depths for one in people if one.man == man]).T
        mean, sd, correlation = DEPTHS[man]
        pairs = {"chest and waist": (0, 1), "chest and seat": (0, 2), "waist and seat": (1, 2)}
        for k, level in enumerate(("chest", "waist", "seat")):
            found.append((f"{sex}: {level} depth, % of stature", mean[k], float(depth[k].mean()), MEAN_OFF))
            found.append((f"{sex}: its SD", sd[k], float(depth[k].std()), SD_OFF * sd[k]))
        for (names, (a, b)), wanted in zip(pairs.items(), correlation, strict=True):
            together = float(np.corrcoef(depth[a], depth[b])[0, 1])
            found.append((f"{sex}: r of {names} depth", wanted, together, CORRELATION_OFF))
        for name, (a, b), wanted in zip(
            ("waist minus seat", "chest minus waist"), ((1, 2), (0, 1)), DIFFERENCES[man], strict=True
        ):
            found.append((f"{sex}: SD of {name} depth", wanted, float((depth[a] - depth[b]).std()), SD_OFF * wanted))
        stature = float(100 * np.std([one.stature for one in people if one.man == man]))
        found.append((f"{sex}: SD of stature, cm", STATURE_SD_CM, stature, SD_OFF * STATURE_SD_CM))
    return found


def _slope(people: Sequence[Measured], man: bool, sign: int, limits: tuple[float, float]) -> float:
    some = [one for one in people if one.man == man]
    height = np.mean([one.height for one in people], axis=0)
    facing = sign * np.mean([one.facing for one in people], axis=0)
    aside = np.abs(np.mean([one.aside for one in people], axis=0))
    kept = (height >= limits[0]) & (height <= limits[1]) & (facing > FACES) & (aside < NEAR_MIDDLE)
    return float(np.median(np.std([one.pitch[kept] for one in some], axis=0)))


def off(people: Sequence[Measured]) -> Mapping[str, tuple[float, float]]:
    """The rows that a law misses by more than it may: the real figure and its own."""
    return {name: (real, drawn) for name, real, drawn, most in rows(people) if abs(drawn - real) > most}
