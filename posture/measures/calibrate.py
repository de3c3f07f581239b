"""Take the pose model's known errors off the measurements and say where each lies among people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import prod, sqrt

from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import Comparison, Measurement, Unmeasured
from posture.quantity import Quantity, normal_cdf

Measurements = Mapping[str, Measurement | Unmeasured]


def calibrated(
    measurements: Measurements,
    knowledge: Knowledge,
    warnings: Iterable[str] = (),
    by_hand: frozenset[str] = frozenset(),
) -> dict[str, Measurement | Unmeasured]:
    """Every measurement with its offset taken off, its sigma and sem completed, and its place among people.

    ``warnings`` are the codes of what was wrong with the photo; each widens sigma by its factor.
    A hip angle read as 12.0 with landmark noise 3 gives 12.0 - 7.15 = 4.85 (raw stays 12.0), its sigma
    sqrt(3² + 1.3² + 1.5²) = 3.6, its sem sqrt(1.9² + 3² - 2.5²) = 2.5, its z by the total SD
    (4.85 - 6.1) / sqrt(4.2² + 3.6²).

    Where one of its joints was set ``by_hand``, nobody knows how much of the model's offset is left in the measure: it
    is not taken off and joins the doubt. The same 12.0 stays 12.0, its sigma sqrt(3.6² + 7.15²) = 8.0.
    """
    factor = prod(knowledge.widening.get(code, 1.0) for code in set(warnings))
    return {
        name: _calibrated(name, measured, knowledge, factor, bool(by_hand & MEASURES[name].joints))
        if isinstance(measured, Measurement)
        else measured
        for name, measured in measurements.items()
    }


def without_place(measurements: Measurements) -> dict[str, Measurement | Unmeasured]:
    """The same measurements compared with nobody, for people under 18: the norms are of adults."""
    return {
        name: replace(measured, comparison=None) if isinstance(measured, Measurement) else measured
        for name, measured in measurements.items()
    }


def _calibrated(name: str, measured: Measurement, knowledge: Knowledge, factor: float, by_hand: bool) -> Measurement:
    error = knowledge.errors[name]
    quantity = measured.quantity.widened(error.model_sd, error.realism_sd)
    quantity = quantity.widened(error.offset) if by_hand else quantity.shifted(-error.offset)
    quantity = replace(quantity, sigma=factor * quantity.sigma)
    more = max(0.0, measured.sem**2 - error.usual_jitter**2)
    sem = sqrt(error.repeat_sd**2 + more)
    return replace(measured, quantity=quantity, sem=sem, comparison=place(name, quantity, knowledge))


def place(name: str, quantity: Quantity, knowledge: Knowledge) -> Comparison | None:
    """Where a value lies among people; None where no norm exists.

    A hip angle of 4.85 ± 3.6 against the norm 6.1 ± 4.2 gives z -0.2, higher than 41 of 100. A tilt read as 20.8 ± 5
    against readings that spread by 10.4 ± 5.2 gives z 2: their error is in the spread already.
    """
    norm = knowledge.norms.get(name)
    if norm is None:
        return None
    spread = norm.sd if norm.as_read else sqrt(norm.sd**2 + quantity.sigma**2)
    z = (quantity.value - norm.mean) / spread
    return Comparison(z, 100 * normal_cdf(z), _norm_id(name, knowledge))


def _norm_id(name: str, knowledge: Knowledge) -> str:
    norm = knowledge.norms[name]
    unit = "°" if norm.unit == "deg" else f" {norm.unit}"
    people = f", n = {norm.n}" if norm.n else ""
    provisional = ", provisional" if norm.provisional else ""
    mean = f"{norm.mean:g}".replace("-", "−")
    return f"{mean} ± {norm.sd:g}{unit} ({norm.source}{people}{provisional})"
