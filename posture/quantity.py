"""A measured number with its doubt."""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, hypot, isfinite, sqrt

#: Two-sided 95 % point of the normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured number: ``value ± sigma`` (one standard deviation) in ``unit``."""

    value: float
    sigma: float
    unit: str

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and isfinite(self.sigma) and self.sigma >= 0):
            raise ValueError(f"not a measured number: {self.value} ± {self.sigma} {self.unit}")

    @property
    def low95(self) -> float:
        """Lower end of the 95 % interval: 10 ± 2 gives 6.08."""
        return self.value - Z95 * self.sigma

    @property
    def high95(self) -> float:
        """Upper end of the 95 % interval: 10 ± 2 gives 13.92."""
        return self.value + Z95 * self.sigma

    def shifted(self, by: float) -> Quantity:
        """The same doubt around ``value + by``: 10 ± 2 shifted by -3 gives 7 ± 2."""
        return Quantity(self.value + by, self.sigma, self.unit)

    def widened(self, *sigmas: float) -> Quantity:
        """The same value with independent further sources of doubt: 10 ± 3 widened by 4 gives 10 ± 5."""
        return Quantity(self.value, hypot(self.sigma, *sigmas), self.unit)

    def probability_above(self, limit: float) -> float:
        """Probability that the true value exceeds ``limit``, the error being normal: 10 ± 2 above 10 gives 0.5."""
        if self.sigma == 0:
            return float(self.value > limit)
        return 1 - normal_cdf((limit - self.value) / self.sigma)

    def probability_below(self, limit: float) -> float:
        """Probability that the true value lies under ``limit``: 10 ± 2 below 8 gives 0.159."""
        return 1 - self.probability_above(limit)


def normal_cdf(z: float) -> float:
    """Share of a standard normal population below ``z``: 1.0 gives 0.841."""
    return 0.5 * (1 + erf(z / sqrt(2)))
