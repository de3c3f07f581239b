"""How well stickers are found: people are painted with and without them, and the real pipeline looks.

    python -m validation.markers fit        weights of the search, into posture/data/markers.json

Judged on other people by ``python -m validation.refine``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import atan2, degrees
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.frame import Frame
from posture.body.observation import Observation
from posture.errors import NoPerson
from posture.vision import stickers
from posture.vision.mediapipe_pose import MediaPipeObserver
from posture.vision.spots import Spot, spots
from posture.vision.stickers import FEATURES, Model, judged, pairs, placed, surely
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
#: Penalties on squared weights that the fit chooses from, each judged on a fifth of the photos in turn.
PENALTIES, FOLDS = (0.05, 0.2, 0.5, 1.0, 2.0), 5
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


@dataclass(frozen=True, eq=False)
class Choice:
    """Pairs of one photo: a row of 1 and features each, which is right, and whether the model misread the person."""

    rows: Array
    is_right: NDArray[np.bool_]
    misread: bool

    def loss(self, w: Array) -> float:
        """Minus the log of the chance of what is true: one of the pairs, or none."""
        score = self.rows @ w
        return float(np.logaddexp(0, np.logaddexp.reduce(score)) - score[self.is_right].sum())


def fit(all_: list[Case]) -> dict[str, Any]:
    """The numbers of markers.json from cases: where stickers lie, and weights of a choice among pairs or none.

    The penalty is the one whose weights judge people best on whom they were not fitted, also those who are misread.
    """
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
    photos = [choice for choice in (_choice(one, model) for one in all_) if choice is not None]
    held_out = {penalty: _held_out(photos, penalty) for penalty in PENALTIES}
    w = _weights(photos, min(held_out, key=held_out.__getitem__))
    answers = np.concatenate([one.is_right for one in photos if not one.misread])
    return {
        "recipe": f"python -m validation.markers fit: {len(all_)} photos, {answers.sum()} right of {len(answers)}",
        "place_mean": np.round(mean, 3).tolist(),
        "place_covariance": np.round(covariance, 4).tolist(),
        "intercept": round(float(w[0]), 4),
        "weights": {name: round(float(v), 4) for name, v in zip(FEATURES, w[1:], strict=True)},
    }


def _choice(one: Case, model: Model) -> Choice | None:
    found = one.pairs(model)
    if not found:
        return None
    rows = np.array([np.r_[1.0, features] for _, _, features in found])
    is_right = np.array([right(one, psis, asis) for psis, asis, _ in found])
    return Choice(rows, is_right, bool((is_right & (rows[:, 1 + FEATURES.index("place")] > MISREAD)).any()))


def _weights(photos: Sequence[Choice], penalty: float) -> Array:
    """Weights of the likeliest choice, with a penalty on their squares, of photos that are not misread."""
    from scipy.optimize import minimize

    fitted = [one for one in photos if not one.misread]

    def loss(w: Array) -> tuple[float, Array]:
        value, slope = penalty * float(w[1:] @ w[1:]), np.r_[0, 2 * penalty * w[1:]]
        for one in fitted:
            score = one.rows @ w
            total = np.logaddexp(0, np.logaddexp.reduce(score))
            value += float(total - score[one.is_right].sum())
            slope += one.rows.T @ (np.exp(score - total) - one.is_right)
        return value, slope

    found: Array = minimize(loss, np.zeros(1 + len(FEATURES)), jac=True, method="L-BFGS-B").x
    return found


def _held_out(photos: Sequence[Choice], penalty: float) -> float:
    """Mean loss of photos by weights of the other four fifths."""
    folds = [[one for k, one in enumerate(photos) if k % FOLDS == fold] for fold in range(FOLDS)]
    losses: list[float] = []
    for left in folds:
        w = _weights([one for fold in folds if fold is not left for one in fold], penalty)
        losses += [one.loss(w) for one in left]
    return float(np.mean(losses))


def best(one: Case) -> tuple[float, Spot, Spot] | None:
    """The likeliest pair of a case with its probability."""
    found = one.pairs()
    if not found:
        return None
    chances = judged([features for _, _, features in found])
    k = int(np.argmax(chances))
    return surely(float(chances[k]), found[k][2]), found[k][0], found[k][1]


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
