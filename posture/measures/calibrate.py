"""Take the pose model's known errors off the measurements and say where each lies among people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import prod, sqrt

from posture.knowledge.load import Knowledge
from posture.knowledge.records import SEXES, Norm
from posture.measures import MEASURES
from posture.measures.measurement import ESTIMATED, Comparison, Measurement, Measurements
from posture.quantity import Quantity, normal_cdf


def calibrated(
    measurements: Measurements,
    knowledge: Knowledge,
    warnings: Iterable[str] = (),
    by_hand: frozenset[str] = frozenset(),
    sex: str | None = None,
) -> Measurements:
    """Every measurement with its offset taken off, its sigma and sem completed, and its place among people.

    ``warnings`` are the codes of what was wrong with the photo; each widens sigma by its factor. The estimate of the
    tilt errs by no more in such photos, and keeps its own.
    A hip angle read as 12.0 with landmark noise 3 gives 12.0 - 7.15 = 4.85 (raw stays 12.0), its sigma
    sqrt(3² + 1.3² + 1.5²) = 3.6, its sem sqrt(1.9² + 3² - 2.5²) = 2.5, its z by the total SD
    (4.85 - 6.1) / sqrt(4.2² + 3.6²).

    Where one of its joints was set ``by_hand``, nobody knows how much of the model's offset is left in the measure: it
    is not taken off and joins the doubt. The same 12.0 stays 12.0, its sigma sqrt(3.6² + 7.15²) = 8.0.

    Where the ``sex`` was told, what its outlines read more than those of both sexes at the same rotation is taken off
    the estimate of the tilt: a woman's 14.0 gives 14.0 - 0.71 = 13.29.
    """
    factor = prod(knowledge.widening.get(code, 1.0) for code in set(warnings))
    return measurements | {
        name: _calibrated(name, measured, knowledge, factor, bool(by_hand & MEASURES[name].joints), sex)
        for name, measured in measurements.measured().items()
    }


def _calibrated(
    name: str, measured: Measurement, knowledge: Knowledge, factor: float, by_hand: bool, sex: str | None
) -> Measurement:
    error = knowledge.errors[name]
    quantity = measured.quantity.widened(error.model_sd, error.realism_sd)
    quantity = quantity.widened(error.offset) if by_hand else quantity.shifted(-error.offset)
    if name == ESTIMATED:
        quantity = quantity.shifted(-knowledge.tilt_model.sexes.get(sex or "", 0.0))
    else:
        quantity = replace(quantity, sigma=factor * quantity.sigma)
    more = max(0.0, measured.sem**2 - error.usual_jitter**2)
    sem = sqrt(error.repeat_sd**2 + more)
    return replace(measured, quantity=quantity, sem=sem, comparison=place(name, quantity, knowledge, sex))


def place(name: str, quantity: Quantity, knowledge: Knowledge, sex: str | None = None) -> Comparison | None:
    """Place of a value among people, of the declared sex where norms differ by it; None where no norm exists.

    A curve of 50.4 ± 5.8 against the norm 42.3 ± 13 gives z 0.57, higher than 72 of 100. A tilt read as 20.8 ± 5
    against readings that spread by 10.4 ± 5.2 gives z 2: their error is in the spread already. A hip angle of
    4.85 ± 3.6 against the norm 6.1 ± 4.2 gives z -0.2 and no percentile, for that norm is of 15 people.
    """
    norm = knowledge.norms.get(name)
    if norm is None:
        return None
    norm = norm.of(sex)
    spread = norm.sd if norm.as_read else sqrt(norm.sd**2 + quantity.sigma**2)
    z = (quantity.value - norm.mean) / spread
    return Comparison(z, 100 * normal_cdf(z) if norm.gives_percentile else None, _norm_id(norm, sex))


def compared_with(name: str, comparison: Comparison, knowledge: Knowledge) -> Norm:
    """The norm that a place was told of, that of one sex where its words say so."""
    sex = next((key for key, word in SEXES.items() if f", {word}" in comparison.norm), None)
    return knowledge.norms[name].of(sex)


def _norm_id(norm: Norm, sex: str | None) -> str:
    unit = "°" if norm.unit == "deg" else f" {norm.unit}"
    of_sex = {"f": norm.women, "m": norm.men}.get(sex or "") is not None
    people = (f", n = {norm.n}" if norm.n else "") + (f", {SEXES[sex or '']}" if of_sex else "")
    provisional = ", provisional" if norm.provisional else ""
    mean = f"{norm.mean:g}".replace("-", "−")
    return f"{mean} ± {norm.sd:g}{unit} ({norm.source}{people}{provisional})"
