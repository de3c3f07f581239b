"""Run the pipeline on recorded observations and compare what it says with what is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from posture.body.sagittal import SagittalBody
from posture.knowledge.load import Knowledge
from posture.measures.measurement import Measurement
from posture.pipeline import examine
from posture.plan.intake import Intake
from posture.report.report import Report
from validation.observed import Seen
from validation.tables import table

Array = NDArray[np.float64]
#: True arm and turn that still count as "arm clear" and "side-on" in the tight set.
ARM_CLEAR_PCT, SIDE_ON_DEG = 0.3, 10.0


@dataclass(frozen=True, eq=False)
class Judged:
    """One picture: what was seen and is true of it, the report, and the measured body (None where refused)."""

    seen: Seen
    report: Report
    body: SagittalBody | None

    @property
    def truth(self) -> dict[str, Any]:
        """What is true of it."""
        return self.seen.truth

    def value(self, name: str) -> float:
        """A measured value, nan where there is none."""
        measured = self.report.measurements.get(name)
        return measured.quantity.value if isinstance(measured, Measurement) else float("nan")

    def sigma(self, name: str) -> float:
        """Its sigma, nan where there is none."""
        measured = self.report.measurements.get(name)
        return measured.quantity.sigma if isinstance(measured, Measurement) else float("nan")


def judge(seen: Iterable[Seen], told: bool = True, sex: bool = False) -> list[Judged]:
    """Every picture through the pipeline; ``told``: the clothing is told as it is, ``sex``: the sex too."""
    knowledge = Knowledge.load()
    judged = []
    for one in seen:
        intake = Intake(clothing=one.truth["fit"] if told else None, sex=one.truth["sex"] if sex else None)
        found = examine(one.frame, one, knowledge, intake)
        judged.append(Judged(one, found.report, None if found.view is None else found.view.body))
    return judged


@dataclass(frozen=True, eq=False)
class Pairs:
    """Values and sigmas against the truth, (n,) each, of the ``asked`` pictures those that gave an answer."""

    value: Array
    sigma: Array
    true: Array
    asked: int

    @property
    def error(self) -> Array:
        """Value minus truth."""
        difference: Array = self.value - self.true
        return difference

    @property
    def rms(self) -> float:
        """Root mean square error."""
        return rms(self.error)

    @property
    def r(self) -> float:
        """Correlation with the truth."""
        return float(np.corrcoef(self.value, self.true)[0, 1])

    @property
    def slope(self) -> float:
        """Degrees of value per degree of truth."""
        return float(np.polyfit(self.true, self.value, 1)[0])

    @property
    def answered(self) -> float:
        """Share of the pictures that gave an answer."""
        return len(self.value) / self.asked

    def covered(self, z: float) -> float:
        """Share of truths within z sigmas."""
        return float(np.mean(np.abs(self.error) <= z * self.sigma))


def pairs(
    judged: Sequence[Judged], name: str = "pelvic_tilt_estimate", truth: str = "rotation", factor: float = 1.0
) -> Pairs:
    """One measure against one truth; sigma times ``factor``."""
    rows = [(one.value(name), factor * one.sigma(name), float(one.truth[truth])) for one in judged]
    table = np.array([row for row in rows if np.isfinite(row[0])], float).reshape(-1, 3)
    return Pairs(*table.T, asked=len(rows))


class Bars:
    """What issue-sized promises say and what was reached."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, bool]] = []

    def add(self, what: str, wanted: str, reached: str, met: bool) -> None:
        self.rows.append((what, wanted, reached, bool(met)))

    def table(self) -> str:
        rows = [(what, wanted, reached, "yes" if met else "**no**") for what, wanted, reached, met in self.rows]
        return table(("promise", "wanted", "reached", "kept"), rows)


def side_on(judged: Iterable[Judged]) -> list[Judged]:
    """Those truly side-on with the arm truly clear of the back."""
    return [one for one in judged if abs(one.truth["yaw"]) < SIDE_ON_DEG and one.truth["arm_over_back"] < ARM_CLEAR_PCT]


def span(low_high: tuple[float, float], digits: int = 1) -> str:
    return f"{low_high[0]:.{digits}f} to {low_high[1]:.{digits}f}"


def rms(error: Array) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(error**2)))


def interval(statistic: Callable[..., float], *columns: Array) -> tuple[float, float]:
    """The middle 95 % of a statistic over 999 resamplings of the people."""
    found = stats.bootstrap(
        columns, statistic, n_resamples=999, paired=True, vectorized=False, method="percentile", rng=0
    ).confidence_interval
    return float(found.low), float(found.high)


def auc(score: Array, positive: NDArray[np.bool_]) -> float:
    """Chance that one who has it scores higher than one who has not; nan where either is missing."""
    yes, no = score[positive], score[~positive]
    if not len(yes) or not len(no):
        return float("nan")
    return float(stats.mannwhitneyu(yes, no).statistic / (len(yes) * len(no)))


def calibration_error(p: Array, happened: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error: mean distance of stated and seen frequency, weighted by people.

    Over ``bins`` of equal width from 0 to 1 (Guo and others 2017, On calibration of modern neural networks, eq. 3).
    """
    bin_of = np.minimum((p * bins).astype(int), bins - 1)
    parts = [bin_of == k for k in np.unique(bin_of)]
    return float(sum(part.sum() * abs(p[part].mean() - happened[part].mean()) for part in parts) / len(p))


def brier_skill(p: Array, happened: NDArray[np.bool_] | Array) -> float:
    """1 - Brier score over that of always stating the base rate; above 0 the probabilities say something."""
    base = np.mean((np.mean(happened) - happened) ** 2)
    return float(1 - np.mean((p - happened) ** 2) / base) if base else float("nan")
