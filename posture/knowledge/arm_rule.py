"""Whether an arm covers the back's outline: fitted on generated people, read from ``arms.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posture.knowledge.tilt_model import Network, digits, network_of

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ArmRule:
    """Small networks that read `posture.quality.arms.arm_features`.

    version, recipe : when and how it was fitted, in words · mean, spread : (n,) of the features in the fit
    covers, touches : scores from which an arm covers the outline, or comes near it
    """

    version: str
    recipe: str
    mean: Array
    spread: Array
    networks: tuple[Network, ...]
    covers: float
    touches: float

    def score(self, features: Array) -> float:
        """Logarithm of the odds, in the fit's people, that an arm covers the back: 0 is even.

        Networks that answer 1 and 2 give 1.5.
        """
        inputs = ((features - self.mean) / self.spread)[None]
        return float(np.mean([network(inputs)[0] for network in self.networks]))

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> ArmRule:
        """From the parsed data file. Raises KeyError, TypeError or ValueError where it is not one."""
        rule = cls(
            version=str(table["version"]),
            recipe=str(table["recipe"]),
            mean=np.array(table["mean"], np.float64),
            spread=np.array(table["spread"], np.float64),
            networks=tuple(network_of(rows) for rows in table["networks"]),
            covers=float(table["covers"]),
            touches=float(table["touches"]),
        )
        if rule.mean.shape != rule.spread.shape or not (rule.spread > 0).all() or not rule.networks:
            raise ValueError("mean, spread and networks do not fit together")
        for network in rule.networks:
            sizes = [rule.mean.size, *(offsets.size for _, offsets in network.layers)]
            if sizes[-1] != 1 or [weights.shape for weights, _ in network.layers] != list(pairwise(sizes)):
                raise ValueError("the layers of a network do not fit together")
        return rule

    def table(self) -> dict[str, Any]:
        """The table that `read` reads, four digits a number."""
        return {
            "version": self.version,
            "recipe": self.recipe,
            "mean": digits(self.mean, 4),
            "spread": digits(self.spread, 4),
            "networks": [[[digits(w, 4), digits(b, 4)] for w, b in network.layers] for network in self.networks],
            "covers": round(self.covers, 3),
            "touches": round(self.touches, 3),
        }
