"""Model of pelvic rotation fitted on trunk outlines: numbers only, no body and no picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: The clothes that were declared, or that none were.
Clothes = Literal["tight", "normal", "untold"]
#: The clothes as input of the networks.
CODES: Mapping[Clothes, tuple[float, float]] = {"tight": (1.0, 0.0), "normal": (0.0, 1.0), "untold": (0.0, 0.0)}
CLOTHES_DECLARED: tuple[Clothes, ...] = tuple(CODES)
#: The main ways of differing by which an outline is judged to be like those of the fit.
N_COMPONENTS = 12


def clothes_declared(clothing: str | None) -> Clothes:
    """Declared tightness of the clothes: tight, normal, or None for anything that says nothing of it."""
    return "tight" if clothing == "tight" else "normal" if clothing == "normal" else "untold"


@dataclass(frozen=True, slots=True)
class EstimateError:
    """Error of the estimate by the declared clothes, degrees.

    fitted_sigma : RMS error on people it was not fitted on, of the generator's own family
    sigma : what is shipped: that of bodies that vary as real ones do, and what no statistic of bodies speaks of
    sem : RMS error about each person's own mean, between photos of one person
    people : how many it was fitted on
    """

    fitted_sigma: float
    sigma: float
    sem: float
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """A straight line: value = intercept + weights · vector."""

    intercept: float
    weights: Array

    def __call__(self, vector: Array) -> float:
        return self.intercept + float(self.weights @ vector)

    def table(self) -> dict[str, Any]:
        """The table that `line_of` reads."""
        return {"intercept": round(self.intercept, 4), "weights": digits(self.weights, 5)}


@dataclass(frozen=True, slots=True, eq=False)
class RotationModel:
    """The line that tells by how much the pelvis turned between photos of one person, and how it joins the estimate.

    version : photos read by one version can be compared
    weights : (d,) of the line, degrees of rotation up to what is the person's own
    line_share : how much the line counts, 0..1; the estimate counts the rest
    gain : by how much the estimate's differences are stretched, since it shrinks every rotation towards the usual one
    error : RMS error of a photo about the person's own line, between photos in the same clothes
    sem : scatter between two photos of a person who stepped away and back, stance and clothes of the same fit anew
    people : how many it was fitted on, two photos each
    """

    version: str
    weights: Array
    line_share: float
    gain: float
    error: float
    sem: float
    people: int


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A small network: layers of (weights (n, m), offsets (m,)), what is under zero cut off between them."""

    layers: tuple[tuple[Array, Array], ...]

    def __call__(self, inputs: Array) -> Array:
        """One number for every row of inputs (k, n)."""
        signal = inputs
        for number, (weights, offsets) in enumerate(self.layers):
            signal = (np.maximum(signal, 0.0) if number else signal) @ weights + offsets
        return signal[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class TiltModel:
    """Everything that was fitted on generated people.

    version, recipe : when and how, in words
    mean, basis, spread : (d,), (k, d), (k,) the main ways in which the outlines of the training people differ
    networks : they read the main ways and the declared clothes
    lines : read the outline itself, by the declared clothes
    line_share : how much the line counts in the estimate, 0..1; the networks' mean counts the rest
    doubts : by the declared clothes
    sexes : degrees by which outlines of women ("f") and of men ("m") read more than those of both at the same rotation
    rotation : by how much the pelvis turned between photos of one person
    limit, rest_limit : largest distance that counts as like the fitted people, SDs: along any of the first
        `N_COMPONENTS` of the principal components, and off these (root mean square)
    agreement : degrees by which the values of differently drawn outlines may lie apart
    looseness : a line that is 1 for loose tops and 0 for others
    loose_untold, loose_told : from where a top counts as loose when none, or a fitting one, was declared
    """

    version: str
    recipe: str
    mean: Array
    basis: Array
    spread: Array
    networks: tuple[Network, ...]
    lines: Mapping[Clothes, LinearModel]
    line_share: float
    doubts: Mapping[Clothes, EstimateError]
    sexes: Mapping[str, float]
    rotation: RotationModel
    limit: float
    rest_limit: float
    agreement: float
    looseness: LinearModel
    loose_untold: float
    loose_told: float

    def values(self, vectors: Array, clothing: str | None) -> Array:
        """Degrees of pelvic rotation on the ASIS-PSIS scale, + anterior, of outline vectors (k, d)."""
        ways = (vectors - self.mean) @ self.basis.T / self.spread
        inputs = np.hstack([ways, np.tile(CODES[clothes_declared(clothing)], (len(ways), 1))])
        line = self.lines[clothes_declared(clothing)]
        by_networks = np.mean([network(inputs) for network in self.networks], axis=0)
        values: Array = by_networks + self.line_share * (vectors @ line.weights + line.intercept - by_networks)
        return values

    def rotated(self, vectors: Array) -> Array:
        """Degrees of pelvic rotation of outline vectors (k, d) up to what is the person's own, (k,): means only as a
        difference between photos of one person, whatever was told of their clothes.

        A line that reads 4° in one photo and 8° in the next, and an estimate of 10° and 12°, make with a share of 0.6
        and a gain of 1.3 a turn of 0.6 · 4 + 0.4 · 1.3 · 2 = 3.4°.
        """
        line, estimate = vectors @ self.rotation.weights, self.values(vectors, None)
        rotated: Array = estimate * self.rotation.gain
        return rotated + self.rotation.line_share * (line - rotated)

    def doubt(self, clothing: str | None) -> EstimateError:
        """Error of the estimate by the declared clothes: tight, normal, or None."""
        return self.doubts[clothes_declared(clothing)]

    def looks_loose(self, vector: Array, clothing: str | None) -> bool:
        """Whether the outline is more like that of a loose top than of the clothing that was told."""
        return self.looseness(vector) > (self.loose_untold if clothing is None else self.loose_told)

    def novelty(self, vector: Array) -> float:
        """Novelty of an outline against those of the fit: 1 is the border, more lies outside."""
        away = vector - self.mean
        basis = self.basis[:N_COMPONENTS]
        along = basis @ away
        rest = away - basis.T @ along
        distance = float(np.abs(along / self.spread[:N_COMPONENTS]).max())
        return max(distance / self.limit, float(np.sqrt(np.mean(rest**2))) / self.rest_limit)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> TiltModel:
        """From the parsed data file. Raises KeyError, TypeError or ValueError where it is not one."""
        rotation = table["turn"]
        model = cls(
            version=str(table["version"]),
            recipe=str(table["recipe"]),
            mean=np.array(table["mean"], np.float64),
            basis=np.array(table["basis"], np.float64),
            spread=np.array(table["spread"], np.float64),
            networks=tuple(network_of(rows) for rows in table["networks"]),
            lines={name: line_of(table["lines"][name]) for name in CLOTHES_DECLARED},
            line_share=float(table["line_share"]),
            doubts={name: EstimateError(**table["doubts"][name]) for name in CLOTHES_DECLARED},
            sexes={sex: float(table["sexes"][sex]) for sex in ("f", "m")},
            rotation=RotationModel(**{**rotation, "weights": np.array(rotation["weights"], np.float64)}),
            limit=float(table["limit"]),
            rest_limit=float(table["rest_limit"]),
            agreement=float(table["agreement"]),
            looseness=line_of(table["looseness"]),
            loose_untold=float(table["loose_untold"]),
            loose_told=float(table["loose_told"]),
        )
        n = model.mean.size
        lines = [model.rotation.weights, *(line.weights for line in (model.looseness, *model.lines.values()))]
        if any(weights.shape != (n,) for weights in lines):
            raise ValueError("weights and mean differ in length")
        if model.basis.shape != (model.spread.size, n):
            raise ValueError("basis, spread and mean do not fit together")
        inputs = model.spread.size + len(CODES["untold"])
        for network in model.networks:
            sizes = [inputs, *(offsets.size for _, offsets in network.layers)]
            if sizes[-1] != 1 or [weights.shape for weights, _ in network.layers] != list(pairwise(sizes)):
                raise ValueError("the layers of a network do not fit together")
        if not model.networks:
            raise ValueError("there is no network")
        return model

    def table(self) -> dict[str, Any]:
        """The table that `read` reads, six digits a number, five in lines, four in components, three in networks."""
        rotation = {name: value for name, value in asdict(self.rotation).items() if name != "weights"}
        return {
            "version": self.version,
            "recipe": self.recipe,
            "mean": digits(self.mean),
            "basis": digits(self.basis, 4),
            "spread": digits(self.spread),
            "networks": [[[digits(w, 3), digits(b, 4)] for w, b in network.layers] for network in self.networks],
            "lines": {name: line.table() for name, line in self.lines.items()},
            "line_share": self.line_share,
            "doubts": {name: _rounded(asdict(doubt)) for name, doubt in self.doubts.items()},
            "sexes": _rounded(self.sexes),
            "turn": {**_rounded(rotation), "weights": digits(self.rotation.weights)},
            "limit": round(self.limit, 4),
            "rest_limit": round(self.rest_limit, 7),
            "agreement": round(self.agreement, 2),
            "looseness": self.looseness.table(),
            "loose_untold": round(self.loose_untold, 4),
            "loose_told": round(self.loose_told, 4),
        }


def network_of(rows: Any) -> Network:
    """A network from its rows in a data file."""
    return Network(tuple((np.array(w, np.float64), np.array(b, np.float64)) for w, b in rows))


def line_of(table: Mapping[str, Any]) -> LinearModel:
    """A line from its entry in a data file."""
    return LinearModel(float(table["intercept"]), np.array(table["weights"], np.float64))


def _rounded(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: number if isinstance(number, str) else round(number, 2) for name, number in numbers.items()}


def digits(numbers: Array, kept: int = 6) -> Any:
    """Lists of numbers of so many digits, for a data file."""
    return np.vectorize(lambda x: float(f"{x:.{kept}g}"))(numbers).tolist()
