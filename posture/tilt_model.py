"""The fitted line from the outline of the trunk to pelvic rotation: numbers only, no body and no picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Which line is used: what was told of the clothes, or that nothing was.
Told = Literal["tight", "normal", "untold"]
TOLD: tuple[Told, ...] = ("tight", "normal", "untold")


@dataclass(frozen=True, slots=True, eq=False)
class TiltLine:
    """One line: value = intercept + weights · vector, degrees of pelvic rotation on the ASIS-PSIS scale.

    fitted_sigma : RMS error on people it was not fitted on, of the generator's own family
    sigma : what is shipped: the same, but never under the policy for strangers
    finding_sigma : the larger of ``sigma`` and the error where curve and tilt go together loosely
    sem : RMS error about each person's own mean, between photos of one person
    people : how many it was fitted on
    """

    intercept: float
    weights: Array
    fitted_sigma: float
    sigma: float
    finding_sigma: float
    sem: float
    people: int

    def __call__(self, vector: Array) -> float:
        return self.intercept + float(self.weights @ vector)


@dataclass(frozen=True, slots=True, eq=False)
class TiltModel:
    """Everything that was fitted on generated people.

    version, recipe : when and how, in words
    lines : by what was told of the clothes
    mean, basis, spread : (d,), (k, d), (k,) the main ways in which the outlines of the training people differ
    limit, rest_limit : largest distance along any of them in SDs, and off them (root mean square), that is "like them"
    agreement : degrees by which the values of differently drawn outlines may lie apart
    looseness : a line that is 1 for loose tops and 0 for others
    loose_untold, loose_told : from where a top counts as loose when nothing, or a fitting one, was told of it
    """

    version: str
    recipe: str
    lines: Mapping[Told, TiltLine]
    mean: Array
    basis: Array
    spread: Array
    limit: float
    rest_limit: float
    agreement: float
    looseness: TiltLine
    loose_untold: float
    loose_told: float

    def line(self, clothing: str | None) -> TiltLine:
        """The line for what was told of the clothes: tight, normal, or None."""
        return self.lines["tight" if clothing == "tight" else "normal" if clothing == "normal" else "untold"]

    def looks_loose(self, vector: Array, clothing: str | None) -> bool:
        """Whether the outline is more like that of a loose top than of the clothing that was told."""
        return self.looseness(vector) > (self.loose_untold if clothing is None else self.loose_told)

    def strangeness(self, vector: Array) -> float:
        """How far the outline lies outside those it was fitted on: 1 is the border, more is outside."""
        away = vector - self.mean
        along = self.basis @ away
        rest = away - self.basis.T @ along
        distance = float(np.abs(along / self.spread).max())
        return max(distance / self.limit, float(np.sqrt(np.mean(rest**2))) / self.rest_limit)

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> TiltModel:
        """From the parsed data file. Raises KeyError, TypeError or ValueError where it is not one."""
        arrays = {name: np.array(table[name], np.float64) for name in ("mean", "basis", "spread")}
        n = arrays["mean"].size
        lines = {told: _line(table["lines"][told]) for told in TOLD}
        model = cls(
            version=str(table["version"]),
            recipe=str(table["recipe"]),
            lines=lines,
            limit=float(table["limit"]),
            rest_limit=float(table["rest_limit"]),
            agreement=float(table["agreement"]),
            looseness=_line(table["looseness"]),
            loose_untold=float(table["loose_untold"]),
            loose_told=float(table["loose_told"]),
            **arrays,
        )
        if any(line.weights.shape != (n,) for line in (*lines.values(), model.looseness)):
            raise ValueError("weights and mean differ in length")
        if model.basis.shape != (model.spread.size, n):
            raise ValueError("basis, spread and mean do not fit together")
        return model

    def table(self) -> dict[str, Any]:
        """What `read` reads, six digits a number."""
        return {
            "version": self.version,
            "recipe": self.recipe,
            "lines": {told: _row(line) for told, line in self.lines.items()},
            "mean": _digits(self.mean),
            "basis": _digits(self.basis),
            "spread": _digits(self.spread),
            "limit": round(self.limit, 4),
            "rest_limit": round(self.rest_limit, 7),
            "agreement": round(self.agreement, 2),
            "looseness": _row(self.looseness),
            "loose_untold": round(self.loose_untold, 4),
            "loose_told": round(self.loose_told, 4),
        }


def _line(row: Mapping[str, Any]) -> TiltLine:
    numbers = ("intercept", "fitted_sigma", "sigma", "finding_sigma", "sem")
    return TiltLine(
        weights=np.array(row["weights"], np.float64),
        people=int(row["people"]),
        **{name: float(row[name]) for name in numbers},
    )


def _row(line: TiltLine) -> dict[str, Any]:
    return {
        "intercept": round(line.intercept, 4),
        "fitted_sigma": round(line.fitted_sigma, 2),
        "sigma": round(line.sigma, 2),
        "finding_sigma": round(line.finding_sigma, 2),
        "sem": round(line.sem, 2),
        "people": line.people,
        "weights": _digits(line.weights),
    }


def _digits(numbers: Array) -> Any:
    return np.vectorize(lambda x: float(f"{x:.6g}"))(numbers).tolist()
