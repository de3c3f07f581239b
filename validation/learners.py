"""The methods that were tried: each learns pelvic rotation from outlines of people of known rotation.

A method takes people and gives a function of outline vectors (n, d) and what was told of the clothes, degrees (n,).
`validation.methods` compares them; the one that ships is chosen there and fitted by `validation.fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np

from posture.knowledge.tilt_model import CODES, Clothes, Network
from validation.vectors import Array, People, Ways, main_ways

Predict = Callable[[Array, Clothes], Array]
Method = Callable[[People], Predict]
#: Main ways of differing that the networks, the kernels and the trees read.
N_COMPONENTS = 40
#: Clothes called tight also stand off the skin up to this, m: what people call tight is no paint.
TIGHT_STAND_OFF = 0.006
#: Kernel ridge learns from no more rows than this: its matrix grows with their square.
KERNELS = 6000
#: Middle and SD of the rotation that is learnt, degrees, so that the networks learn numbers about one.
MIDDLE, SCALE = 12.0, 8.7


def worn(people: People, told: Clothes) -> People:
    """The people of whom this would be told: not loose; tight ones also hold what stands off by little."""
    fit = people.where(fit=("tight", "normal"))
    if told == "tight":
        return fit.pick(fit.column("stand_off") <= TIGHT_STAND_OFF)
    return fit.where(fit="normal") if told == "normal" else fit


def ridge(vectors: Array, wanted: Array, penalty: float) -> tuple[float, Array]:
    """Intercept and weights of the penalised least-squares line; the penalty in units of the mean variance."""
    mean = vectors.mean(axis=0)
    scale = float(vectors.std(axis=0).mean())
    z = (vectors - mean) / scale
    weights = np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ (wanted - wanted.mean())) / scale
    return float(wanted.mean() - mean @ weights), weights


def lines(penalty: float) -> Method:
    """A straight line for each clothing."""

    def learn(people: People) -> Predict:
        fitted = {told: ridge((p := worn(people, told)).vectors, p.column("rotation"), penalty) for told in CODES}
        return lambda vectors, told: vectors @ fitted[told][1] + fitted[told][0]

    return learn


def told_people(people: People, ways: Ways) -> tuple[Array, Array]:
    """Inputs and rotations for a learner that is told of the clothes: every person once for all that could be told."""
    parts = [(worn(people, told), CODES[told]) for told in CODES]
    inputs = [np.hstack([ways(p.vectors), np.tile(code, (len(p.truths), 1))]) for p, code in parts]
    return np.concatenate(inputs), np.concatenate([p.column("rotation") for p, _ in parts])


def train_networks(
    people: People, ways: Ways, sizes: Sequence[int] = (64, 32), decay: float = 0.6, members: int = 6, rounds: int = 20
) -> list[Network]:
    """Networks that differ by the chance of their beginning, each shown everybody ``rounds`` times."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    inputs, rotation = told_people(people, ways)
    networks = []
    for seed in range(members):
        trained = MLPRegressor(hidden_layer_sizes=tuple(sizes), alpha=decay, random_state=seed, max_iter=rounds,
                               learning_rate_init=2e-3, batch_size=64)  # fmt: skip
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)  # it is stopped on purpose: to stop early is to stay plain
            trained.fit(inputs, (rotation - MIDDLE) / SCALE)
        weights, offsets = list(trained.coefs_), list(trained.intercepts_)
        weights[-1], offsets[-1] = weights[-1] * SCALE, offsets[-1] * SCALE + MIDDLE
        networks.append(Network(tuple(zip(weights, offsets, strict=True))))
    return networks


def networks(k: int = N_COMPONENTS, **how: Any) -> Method:
    """The mean of small networks on the main ways."""

    def learn(people: People) -> Predict:
        ways = main_ways(worn(people, "untold").vectors, k)
        members = train_networks(people, ways, **how)

        def predict(vectors: Array, told: Clothes) -> Array:
            inputs = np.hstack([ways(vectors), np.tile(CODES[told], (len(vectors), 1))])
            values: Array = np.mean([network(inputs) for network in members], axis=0)
            return values

        return predict

    return learn


def kernels(alpha: float, width: float) -> Method:
    """Kernel ridge on the main ways; ``width`` is that of the bell in median distances between people."""

    def learn(people: People) -> Predict:
        from sklearn.kernel_ridge import KernelRidge

        ways = main_ways(worn(people, "untold").vectors, N_COMPONENTS)
        inputs, rotation = told_people(people, ways)
        thin = slice(None, None, 1 + len(inputs) // KERNELS)
        inputs, rotation = inputs[thin], rotation[thin]
        some = inputs[:: max(1, len(inputs) // 300)]
        apart = float(np.median(((some[:, None] - some) ** 2).sum(axis=2)))
        fitted = KernelRidge(alpha=alpha, kernel="rbf", gamma=1 / (width**2 * apart)).fit(inputs, rotation - MIDDLE)

        def predict(vectors: Array, told: Clothes) -> Array:
            return MIDDLE + fitted.predict(np.hstack([ways(vectors), np.tile(CODES[told], (len(vectors), 1))]))

        return predict

    return learn


def boosting(people: People) -> Predict:
    """Boosted trees on the main ways."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    ways = main_ways(worn(people, "untold").vectors, 60)
    inputs, rotation = told_people(people, ways)
    fitted = HistGradientBoostingRegressor(
        max_iter=400, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=5.0, random_state=0
    ).fit(inputs, rotation)

    def predict(vectors: Array, told: Clothes) -> Array:
        found: Array = fitted.predict(np.hstack([ways(vectors), np.tile(CODES[told], (len(vectors), 1))]))
        return found

    return predict


#: What the outline of a person may do that no body of the fit does: SD in statures and length in rows of its waves.
FREE_SD, FREE_ROWS, FREE_POINTS_SD = 0.004, 6.0, 0.006


def synthesis(people: People) -> Predict:
    """Analysis by synthesis: the outline that each rotation would give, with a free-form rest.

    Outlines are normal about a parabola of the rotation; their covariance is that of the people of the fit plus
    smooth waves of any form. The value is the mean of the rotations from -8 to 32° weighted by how well they explain
    the outline.
    """
    grid = np.arange(-8.0, 33.0)
    models = {}
    for told in CODES:
        fitted = worn(people, told)
        powers = np.vander(fitted.column("rotation"), 3)
        course = np.linalg.lstsq(powers, fitted.vectors, rcond=None)[0]
        rest = fitted.vectors - powers @ course
        precision = np.linalg.inv(rest.T @ rest / len(rest) + _free_form(rest.shape[1]))
        models[told] = (np.vander(grid, 3) @ course, precision)

    def predict(vectors: Array, told: Clothes) -> Array:
        means, precision = models[told]
        off = vectors[:, None] - means
        misfit = np.einsum("ngd,de,nge->ng", off, precision, off, optimize=True)
        weight = np.exp(-0.5 * (misfit - misfit.min(axis=1, keepdims=True)))
        found: Array = weight @ grid / weight.sum(axis=1)
        return found

    return predict


def _free_form(length: int) -> Array:
    """Covariance of the free waves: rows of one edge go together, edges and points do not."""
    from posture.body.outline_features import FROM_HIP, FROM_SOLES, ON_TRUNK

    covariance, at = np.zeros((length, length)), 0
    for rows in (FROM_HIP.size, FROM_HIP.size, FROM_SOLES.size, FROM_SOLES.size, ON_TRUNK.size, ON_TRUNK.size):
        apart = np.subtract.outer(np.arange(rows), np.arange(rows)) / FREE_ROWS
        covariance[at : at + rows, at : at + rows] = FREE_SD**2 * np.exp(-0.5 * apart**2)
        at += rows
    covariance[range(at, length), range(at, length)] = FREE_POINTS_SD**2
    covariance[range(at), range(at)] += (0.1 * FREE_SD) ** 2
    return covariance


def blend(first: Method, second: Method, share: float, of_second: Callable[[], People] | None = None) -> Method:
    """Two methods, the second counting by its share; it may learn from other people than the first."""

    def learn(people: People) -> Predict:
        one, other = first(people), second(people if of_second is None else of_second())
        return lambda vectors, told: (1 - share) * one(vectors, told) + share * other(vectors, told)

    return learn
