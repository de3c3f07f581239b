"""The outlines of the people that are fitted on, as rows of numbers small enough to be committed.

    python -m validation.vectors [--folder OBSERVATIONS]        writes them anew from the observations of ``make fit``

From them `validation.fit` and `validation.methods` run without painting anybody.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.body.outline_features import outline_vector
from posture.errors import PostureError
from posture.knowledge.load import Knowledge
from posture.quality.view import prepare_view
from validation.observed import Seen, load_set, pack

Array = NDArray[np.float64]
OBSERVATIONS = Path(__file__).parent / "people" / ".data" / "observed"
FOLDER = Path(__file__).parent / "vectors"
#: What is fitted and chosen on; the strangers among them are other people than those that judge.
SETS = ("training", "training_wider", "training_pairs", "training_arms", "training_sisters", "training_sister_pairs",
        "training_loose", "tuning", "tuning_within", "tuning_twice", "tuning_strangers", "tuning_strangers_within",
        "tuning_five", "tuning_five_strangers", "cousins", "cousins_loose", "cousins_natural",
        "cousins_twice")  # fmt: skip
#: Of the truth only these are kept.
KEPT = ("seed", "sex", "rotation", "coupling", "fit", "stand_off", "yaw", "arm_over_back")
#: Step of what is stored as whole numbers, shares of stature.
STEP = 2e-4


@dataclass(frozen=True, eq=False)
class People:
    """Outline vectors (n, d) and the truth of each picture whose outline could be read."""

    vectors: Array
    truths: list[dict[str, Any]]

    def pick(self, kept: NDArray[np.bool_]) -> People:
        """Those of a mask (n,)."""
        return People(self.vectors[kept], [t for t, keep in zip(self.truths, kept, strict=True) if keep])

    def where(self, **wanted: Any) -> People:
        """Those whose truth has these values; a tuple means any of them."""

        def fits(truth: dict[str, Any]) -> bool:
            return all(truth[k] in v if isinstance(v, tuple) else truth[k] == v for k, v in wanted.items())

        return self.pick(np.array([fits(truth) for truth in self.truths], bool))

    def side_on(self) -> People:
        """Those truly side-on with the arm truly clear of the back."""
        return self.pick((np.abs(self.column("yaw")) < 10) & (self.column("arm_over_back") < 0.3))

    def column(self, name: str) -> Array:
        """One number of every truth."""
        return np.array([truth[name] for truth in self.truths], float)

    def __add__(self, other: People) -> People:
        return People(np.concatenate([self.vectors, other.vectors]), self.truths + other.truths)


def outlines(seen: list[Seen]) -> People:
    """Read every picture as the pipeline would before anything is told of the clothes."""
    knowledge = Knowledge.load()
    vectors, truths = [], []
    for one in seen:
        view = None if one.observation is None else prepare_view(one.observation, knowledge.gates, arms=knowledge.arms)
        if view is None or view.body is None:
            continue
        try:
            vectors.append(outline_vector(view.body))
        except PostureError:
            continue
        truths.append({name: one.truth[name] for name in KEPT})
    return People(np.array(vectors), truths)


def save(people: People, file: Path) -> None:
    """Write people to one archive, their numbers to a five-thousandth of the stature."""
    file.parent.mkdir(parents=True, exist_ok=True)
    steps = np.diff(np.round(people.vectors / STEP), axis=1, prepend=0.0).astype(np.int16)
    truths = np.frombuffer(json.dumps(people.truths, separators=(",", ":")).encode(), np.uint8)
    pack(file, {"steps": np.ascontiguousarray(steps.T), "truths": truths})


def load(name: str, folder: Path = FOLDER) -> People:
    """The people of one set. Raises FileNotFoundError naming the command that makes them."""
    file = folder / f"{name}.npz"
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing: make it with  make fit")
    with np.load(file) as data:
        return People(
            np.cumsum(data["steps"].T.astype(np.float64), axis=1) * STEP, json.loads(data["truths"].tobytes())
        )


@dataclass(frozen=True, eq=False)
class Ways:
    """The main ways in which outlines differ: (d,), (k, d) and (k,) their SDs."""

    mean: Array
    basis: Array
    spread: Array

    def __call__(self, vectors: Array) -> Array:
        """How far each outline (n, d) goes along each way, in SDs (n, k)."""
        along: Array = (vectors - self.mean) @ self.basis.T / self.spread
        return along


def main_ways(vectors: Array, k: int) -> Ways:
    """Principal components."""
    mean = vectors.mean(axis=0)
    _, size, basis = np.linalg.svd(vectors - mean, full_matrices=False)
    return Ways(mean, basis[:k], size[:k] / np.sqrt(len(vectors)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(SETS))
    parser.add_argument("--folder", type=Path, default=OBSERVATIONS)
    asked = parser.parse_args()
    for name in asked.names:
        people = outlines(load_set(name, asked.folder))
        save(people, FOLDER / f"{name}.npz")
        print(f"{name}: {len(people.truths)} outlines, {(FOLDER / f'{name}.npz').stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
