"""Fit the line from the outline to pelvic rotation on generated people, and write it into the package.

    python -m validation.fit [--folder OBSERVATIONS] [--write]

The people of the sets ``training`` and ``tuning`` (``make fit``) were painted and looked at by the real pose model, so
its errors come with the bodies, clothes and walls that cause them. The penalty is chosen on other people of the same
kind and on more varied bodies alike: more penalty makes a line lean on what other bodies share. The strangers
are not among them, and this file must not import them. Prints what ``calibration.toml`` and ``norms.toml`` need too.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.errors import PostureError
from posture.knowledge import Knowledge
from posture.measurement import Measurement
from posture.measures import take_all
from posture.measures.outline_vector import outline_vector
from posture.tilt_model import TOLD, TiltLine, TiltModel, Told
from posture.view import look
from validation.observed import Seen, load_set

Array = NDArray[np.float64]
OBSERVATIONS = Path(__file__).parent / "people" / ".data" / "observed"
SHIPPED = Path(__file__).parent.parent / "posture" / "data" / "pelvic_tilt.json"
#: No sigma is shipped under this, degrees, until real people say otherwise (KNOWN_TRUTH section 10).
POLICY_SIGMA = 5.5
#: Ridge penalties tried on the tuning people, in units of the features' mean variance.
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
#: Main ways of differing that the training range knows, and its slack beyond the training people.
WAYS, SLACK = 12, 1.15
#: The line for tight clothes also learns from normal ones up to this stand-off, m: what people call tight is no paint.
TIGHT_STAND_OFF = 0.006
#: Share of tops that are not loose but may be called so: when nothing was told of them, and when a fitting top was.
FALSE_LOOSE_UNTOLD, FALSE_LOOSE_TOLD = 0.12, 0.01
#: Degrees by which the estimates from different masks may lie apart (97 of 100 tuning people in tight clothes do).
AGREEMENT = 5.0
ANGLES = ("trunk_incl", "thigh_incl", "shank_incl", "hip_angle", "knee_flexion", "pelvic_displacement")
CURVES = ("contour_lordosis", "lumbar_depth", "sacral_tangent")


@dataclass(frozen=True, eq=False)
class People:
    """Outline vectors (n, d) and the truth of each person whose outline could be read."""

    vectors: Array
    truths: list[dict[str, Any]]

    def where(self, **wanted: Any) -> People:
        """Those whose truth has these values; a tuple means any of them."""

        def fits(truth: dict[str, Any]) -> bool:
            return all(truth[k] in v if isinstance(v, tuple) else truth[k] == v for k, v in wanted.items())

        kept = np.array([fits(truth) for truth in self.truths], bool)
        return People(self.vectors[kept], [t for t, keep in zip(self.truths, kept, strict=True) if keep])

    def thin(self, stand_off_m: float) -> People:
        """Those whose clothes stand no further off the skin than this."""
        kept = np.array([truth["stand_off"] <= stand_off_m for truth in self.truths], bool)
        return People(self.vectors[kept], [t for t, keep in zip(self.truths, kept, strict=True) if keep])

    def column(self, name: str) -> Array:
        """One number of every truth."""
        return np.array([truth[name] for truth in self.truths], float)


def outlines(seen: list[Seen]) -> People:
    """Read every picture as the pipeline would before anything is told of the clothes."""
    gates = Knowledge.load().gates
    vectors, truths = [], []
    for one in seen:
        view = None if one.observation is None else look(one.observation, gates)
        if view is None or view.body is None:
            continue
        try:
            vectors.append(outline_vector(view.body))
        except PostureError:
            continue
        truths.append(one.truth)
    return People(np.array(vectors), truths)


def ridge(vectors: Array, wanted: Array, penalty: float) -> tuple[float, Array]:
    """Intercept and weights of the penalised least-squares line."""
    mean = vectors.mean(axis=0)
    scale = float(vectors.std(axis=0).mean())
    z = (vectors - mean) / scale
    weights = np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ (wanted - wanted.mean())) / scale
    return float(wanted.mean() - mean @ weights), weights


def best_line(training: People, *tuning: People) -> tuple[float, Array, float]:
    """Intercept, weights and penalty of the plainest line that is as good as the best on the tuning people.

    "As good" is within one standard error of its mean square error over all kinds of them: more penalty than the best
    line needs makes it lean on what other bodies share (Hastie, Tibshirani and Friedman, The Elements of Statistical
    Learning, section 7.10).
    """
    lines = [(*ridge(training.vectors, training.column("rotation"), penalty), penalty) for penalty in PENALTIES]
    squares = [
        np.concatenate([(kind.vectors @ weights + intercept - kind.column("rotation")) ** 2 for kind in tuning])
        for intercept, weights, _ in lines
    ]
    best = min(squares, key=lambda square: float(square.mean()))
    enough = best.mean() + best.std(ddof=1) / np.sqrt(len(best))
    good = [line for line, square in zip(lines, squares, strict=True) if square.mean() <= enough]
    return max(good, key=lambda line: line[2])


def rms(error: Array) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(error**2)))


def fit(training: People, tuning: People, varied: People, within: People) -> TiltModel:
    """All lines, the looseness of tops and the training range."""
    worn = {"tight": ("tight",), "normal": ("normal",), "untold": ("tight", "normal")}
    lines: dict[Told, TiltLine] = {}
    for told in TOLD:
        others = (people.where(fit=worn[told]) for people in (tuning, varied))
        fitted_on = training.where(fit=worn[told])
        if told == "tight":
            fitted_on = training.where(fit=worn["untold"]).thin(TIGHT_STAND_OFF)
        lines[told] = _line(fitted_on, *others, within)
    clothed = training.where(fit=("tight", "normal")).vectors
    mean = clothed.mean(axis=0)
    basis = np.linalg.svd(clothed - mean, full_matrices=False)[2][:WAYS]
    along = (clothed - mean) @ basis.T
    spread = along.std(axis=0)
    rest = clothed - mean - along @ basis
    looseness, untold, told = _looseness(training, tuning)
    return TiltModel(
        version=f"{date.today():%Y.%m}",
        recipe=f"validation/fit.py on {len(training.truths)} generated people, painted and seen by the pose model; "
        f"tuned on {len(tuning.truths)} others",
        lines=lines,
        mean=mean,
        basis=basis,
        spread=spread,
        limit=SLACK * float(np.quantile(np.abs(along / spread).max(axis=1), 0.999)),
        rest_limit=SLACK * float(np.quantile(np.sqrt(np.mean(rest**2, axis=1)), 0.999)),
        agreement=AGREEMENT,
        looseness=looseness,
        loose_untold=untold,
        loose_told=told,
    )


def _line(training: People, tuning: People, varied: People, within: People) -> TiltLine:
    intercept, weights, penalty = best_line(training, tuning, varied)

    def error(people: People) -> Array:
        values: Array = people.vectors @ weights + intercept - people.column("rotation")
        return values

    fitted, loosely = rms(error(tuning)), rms(error(tuning.where(coupling=("loose", "free"))))
    of_person, seeds = error(within), within.column("seed")
    own = np.array([of_person[seeds == seed].mean() for seed in seeds])
    groups = len(np.unique(seeds))
    sem = float(np.sqrt(np.sum((of_person - own) ** 2) / (len(seeds) - groups)))
    sigma = max(fitted, POLICY_SIGMA)
    print(f"penalty {penalty:g}, n {len(training.truths)}: tuning {fitted:.2f}, loosely {loosely:.2f}, sem {sem:.2f}")
    return TiltLine(intercept, weights, fitted, sigma, max(sigma, loosely), sem, len(training.truths))


def _looseness(training: People, tuning: People) -> tuple[TiltLine, float, float]:
    def loose(people: People) -> Array:
        return np.array([truth["fit"] == "loose" for truth in people.truths], float)

    intercept, weights = ridge(training.vectors, loose(training), 3.0)
    score, is_loose = tuning.vectors @ weights + intercept, loose(tuning) == 1
    limits = [float(np.quantile(score[~is_loose], 1 - false)) for false in (FALSE_LOOSE_UNTOLD, FALSE_LOOSE_TOLD)]
    for limit in limits:
        print(f"loose tops seen: {np.mean(score[is_loose] > limit):.2f} of {is_loose.sum()} from {limit:.2f}")
    return TiltLine(intercept, weights, 0.0, 0.0, 0.0, 0.0, len(training.truths)), limits[0], limits[1]


def print_errors(seen: list[Seen]) -> None:
    """Offset and SD of every joint angle, for calibration.toml."""
    gates = Knowledge.load().gates
    errors: dict[str, list[tuple[float, float]]] = {name: [] for name in ANGLES}
    for one in seen:
        view = None if one.observation is None else look(one.observation, gates)
        if view is None or view.body is None:
            continue
        for name, measured in take_all(view.body).items():
            if name in errors and isinstance(measured, Measurement):
                errors[name].append((measured.raw, one.truth[f"true_{name}"]))
    for name, pairs in errors.items():
        raw, true = np.array(pairs).T
        slope = float(np.polyfit(true, raw, 1)[0])
        error = raw - true
        print(f"{name}: n {len(raw)}, offset {error.mean():+.2f}, SD {error.std():.2f}, slope {slope:.2f}, "
              f"r {np.corrcoef(raw, true)[0, 1]:.2f}, true SD {np.std(true):.2f}")  # fmt: skip


def print_repeats(seen: list[Seen]) -> None:
    """SD between two photos of one person, and the usual jitter, for calibration.toml."""
    knowledge = Knowledge.load()
    values: dict[str, list[tuple[float, float]]] = {}
    jitter: dict[str, list[float]] = {}
    for first, second in zip(seen[::2], seen[1::2], strict=True):
        views = [
            look(one.observation, knowledge.gates, clothing=one.truth["fit"])
            for one in (first, second)
            if one.observation is not None
        ]
        if len(views) < 2 or any(view.body is None for view in views):
            continue
        taken = [take_all(view.body) for view in views if view.body is not None]
        for name, one in taken[0].items():
            other = taken[1][name]
            if isinstance(one, Measurement) and isinstance(other, Measurement):
                values.setdefault(name, []).append((one.raw, other.raw))
                jitter.setdefault(name, []).append(one.sem)
    for name, pairs in values.items():
        a, b = np.array(pairs).T
        print(f"{name}: pairs {len(a)}, repeat_sd {np.std(b - a) / np.sqrt(2):.2f}, "
              f"usual_jitter {np.median(jitter[name]):.2f}")  # fmt: skip


def print_norms(seen: list[Seen]) -> None:
    """Mean and SD of the curves over natural people in tight clothes, for norms.toml, and their r with the tilt."""
    gates = Knowledge.load().gates
    values: dict[str, list[tuple[float, float]]] = {name: [] for name in CURVES}
    for one in seen:
        view = None if one.observation is None else look(one.observation, gates)
        if view is None or view.body is None or one.truth["fit"] != "tight":
            continue
        for name, measured in take_all(view.body).items():
            if name in values and isinstance(measured, Measurement):
                values[name].append((measured.raw, one.truth["asis_psis"]))
    for name, pairs in values.items():
        curve, tilt = np.array(pairs).T
        print(f"{name}: n {len(curve)}, mean {curve.mean():.2f}, SD {curve.std(ddof=1):.2f}, "
              f"r with ASIS-PSIS {np.corrcoef(curve, tilt)[0, 1]:.2f}")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=OBSERVATIONS)
    parser.add_argument("--write", action="store_true", help=f"write {SHIPPED.name}")
    asked = parser.parse_args()
    tuning = load_set("tuning", asked.folder)
    others = [outlines(load_set(name, asked.folder)) for name in ("training", "tuning_varied", "tuning_within")]
    model = fit(others[0], outlines(tuning), others[1], others[2])
    print_errors(tuning)
    print_norms(load_set("norm_people", asked.folder))
    print_repeats(load_set("tuning_twice", asked.folder))
    if asked.write:
        SHIPPED.write_text(json.dumps(model.table(), separators=(",", ":")) + "\n", "utf-8")
        print(f"written: {SHIPPED} ({SHIPPED.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
