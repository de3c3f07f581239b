"""How well stickers are found: people are painted with and without them, and the real pipeline looks.

    python -m validation.markers fit        weights of the search, into posture/data/markers.json

Judged on other people by ``python -m validation.refine``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import atan2, degrees
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posture.body.frame import Frame
from posture.body.observation import Observation
from posture.errors import NoPerson
from posture.vision import stickers
from posture.vision.mediapipe_pose import MediaPipeObserver
from posture.vision.stickers import FEATURES, Model, Spot, judged, pairs, placed, spots
from validation.people.mesh import Array
from validation.people.paint import paint
from validation.people.person import draw
from validation.people.stickers import stick

MODEL = Path(stickers.__file__).parent.parent / "data" / "markers.json"
#: Seeds of the people that the weights are fitted on, and of those that are judged.
FITTED, JUDGED = range(720_000, 720_700), range(330_000, 330_800)
#: Stickers that lie further than one in a thousand pairs does from where they usually lie (the feature "place": squared
#: distance in SDs of four numbers, over 10) are those of somebody whom the pose model misread.
MISREAD = 1.85
#: A sticker is seen when this share of it is not hidden; a find within this much of it, in radii of it, is right.
SEEN, NEAR_RADII = 0.6, 1.5


@dataclass(frozen=True, eq=False)
class Case:
    """One painted photo; ``centres`` are the stickers' true middles in px, empty without; ``tilt`` is of their line."""

    seed: int
    marked: bool
    confusing: bool
    ring: bool
    centres: dict[str, Array]
    radius_px: float
    seen: float
    tilt: float
    observation: Observation | None
    spots: list[Spot]

    def pairs(self, model: Model | None = None) -> list[tuple[Spot, Spot, Array]]:
        """Every pair that could be stickers, with its features."""
        if self.observation is None or self.observation.silhouette is None:
            return []
        return pairs(self.spots, self.observation.pose, self.observation.silhouette.masked, model)


_observer: MediaPipeObserver | None = None


def case(seed: int) -> Case:
    """Draw, stick, paint and look: two of three people have stickers, half of all have confusing things."""
    global _observer
    if _observer is None:
        _observer = MediaPipeObserver(passes=6)
    rng = np.random.default_rng([seed, 11])
    marked, confusing = rng.random() < 2 / 3, rng.random() < 0.5
    person = draw(
        seed,
        spread="wide",
        fit=("tight", "tight", "normal")[rng.integers(3)],
        arms=("natural", "crossed")[rng.integers(2)],
        background=("plain", "plain", "door", "picture")[rng.integers(4)],
    )
    body = person.body()
    parts, stuck = stick(person, body, rng, marked, confusing)
    pixels = spoiled(paint(parts, person.camera, person.room), rng)
    tall, wide = pixels.shape[:2]
    centres = {name: person.camera.project(at[None])[0][0] for name, at in stuck.centres.items()}
    try:
        observation = _observer(Frame(pixels, wide, tall, "0" * 64, str(seed)))
    except NoPerson:
        observation = None
    found = [] if observation is None else spots(pixels, observation.pose)
    tilt = 0.0
    if marked:
        run, drop = centres["ASIS"] - centres["PSIS"]
        tilt = degrees(atan2(drop, abs(run)))
    seen = min(stuck.seen.values(), default=0.0)
    return Case(
        seed, marked, confusing, stuck.ring, centres, stuck.radius_px(person.camera), seen, tilt, observation, found
    )


def spoiled(pixels: Any, rng: np.random.Generator) -> Any:
    """The picture with light from one side, a shadow's border, blur and what JPEG does to it."""
    tall, wide = pixels.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, tall))
    turn = rng.uniform(0, 2 * np.pi)
    ramp = np.cos(turn) * x + np.sin(turn) * y
    light = 1 - rng.uniform(0, 0.35) * (ramp + 1) / 2
    if rng.random() < 0.3:
        light = light * np.where(ramp + rng.uniform(-0.3, 0.3) > 0, rng.uniform(0.55, 0.8), 1.0)
        light = cv2.GaussianBlur(light, (0, 0), 6)
    image = np.clip(pixels * light[..., None], 0, 255)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.2, 1.3))
    image = np.clip(image + rng.normal(0, rng.uniform(1, 4), image.shape), 0, 255).astype(np.uint8)
    stored = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 95))])[1]
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1])


def cases(seeds: range, workers: int = 2) -> Iterator[Case]:
    """Every case of these seeds, in their order."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for number, one in enumerate(pool.map(case, seeds, chunksize=4)):
            print(f"\r{number + 1} of {len(seeds)}", end="", file=sys.stderr)
            yield one
    print(file=sys.stderr)


def right(one: Case, psis: Spot, asis: Spot) -> bool:
    """Whether a pair is the two stickers."""
    near = NEAR_RADII * one.radius_px + 1
    return one.marked and all(
        float(np.hypot(*(spot.xy_px - one.centres[name]))) < near for name, spot in (("PSIS", psis), ("ASIS", asis))
    )


def fit(all_: list[Case]) -> dict[str, Any]:
    """The numbers of markers.json from cases: where stickers lie, and weights of a choice among pairs or none."""
    from scipy.optimize import minimize
    from sklearn.covariance import MinCovDet

    marked = [one for one in all_ if one.marked and one.observation is not None]
    places = np.array([
        np.concatenate([placed(one.centres[name], one.observation.pose) for name in ("PSIS", "ASIS")])  # type: ignore[union-attr]
        for one in marked
    ])  # fmt: skip
    # a person whom the pose model misreads must not say where stickers lie, nor how much their place counts
    usual = MinCovDet(random_state=0).fit(places)
    mean, covariance = usual.location_, usual.covariance_
    model = Model(mean, np.linalg.inv(covariance), 0.0, np.zeros(len(FEATURES)))
    photos = []
    for one in all_:
        found = one.pairs(model)
        if found:
            rows = np.array([np.r_[1.0, features] for _, _, features in found])
            is_right = np.array([right(one, psis, asis) for psis, asis, _ in found])
            if not (is_right & (rows[:, 1 + FEATURES.index("place")] > MISREAD)).any():
                photos.append((rows, is_right))

    def loss(w: Array) -> tuple[float, Array]:
        """Minus the log of the chance of what is true: one of the pairs, or none."""
        value, slope = 0.05 * float(w[1:] @ w[1:]), np.r_[0, 0.1 * w[1:]]
        for rows, is_right in photos:
            score = rows @ w
            total = np.logaddexp(0, np.logaddexp.reduce(score))
            value += float(total - score[is_right].sum())
            slope += rows.T @ (np.exp(score - total) - is_right)
        return value, slope

    w = minimize(loss, np.zeros(1 + len(FEATURES)), jac=True, method="L-BFGS-B").x
    answers = np.concatenate([is_right for _, is_right in photos])
    return {
        "recipe": f"python -m validation.markers fit: {len(all_)} photos, {answers.sum()} right of {len(answers)}",
        "place_mean": np.round(mean, 3).tolist(),
        "place_covariance": np.round(covariance, 4).tolist(),
        "intercept": round(float(w[0]), 4),
        "weights": {name: round(float(v), 4) for name, v in zip(FEATURES, w[1:], strict=True)},
    }


def best(one: Case) -> tuple[float, Spot, Spot] | None:
    """The likeliest pair of a case with its probability."""
    found = one.pairs()
    if not found:
        return None
    chances = judged([features for _, _, features in found])
    k = int(np.argmax(chances))
    return float(chances[k]), found[k][0], found[k][1]


def main() -> int:
    if sys.argv[1:] != ["fit"]:
        print(__doc__, file=sys.stderr)
        return 2
    found = fit(list(cases(FITTED)))
    MODEL.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"written: {MODEL}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
