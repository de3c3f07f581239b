"""Several photos of one standing: their median, their scatter, and a shot that does not belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt
from statistics import median, stdev

from posture.findings.verdict import SECOND_PHOTO, assess, outline_lost
from posture.followup.change import set_up_differs
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.calibrate import place
from posture.measures.measurement import Measurement
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.report.report import Report

#: A shot further than this many of its standard errors from the others' median is named (provisional).
OUTLIER_SIGMAS = 3.0
#: Variance of a median against that of a mean, many normal values.
MEDIAN_VARIANCE_RATIO = 1.57


@dataclass(frozen=True, slots=True)
class Repeated:
    """One measure over several shots, in its unit.

    value : median without outliers · sigma : one SD of value minus truth · sd : scatter between shots
    outliers : indices of the shots that were left out · shots : how many had the measure
    """

    value: float
    sigma: float
    sd: float
    outliers: tuple[int, ...]
    shots: int
    unit: str


def combine(reports: Sequence[Report], knowledge: Knowledge) -> dict[str, Repeated]:
    """Every measure that two or more of the shots have.

    Averaging lessens the scatter between shots, not what is wrong with all of them: sigma² is the lasting error
    squared plus 1.57 s²/n. Lasting is a single shot's sigma without the landmarks' jitter (the camera's roll and turn
    stay), and at least model and realism of its known error; for the estimate of tilt, whose sigma is that of single
    photos, all but the scatter between photos of one person. For s the
    observed scatter counts like n - 1 values and the sem of the single shots like three. Three hip angles of 5, 6 and
    7° with sigma 4, jitter 2.5, sem 3 and a known error of 2.0 give 6 ± 3.6.
    """
    combined = {}
    for name in dict.fromkeys(name for report in reports for name in report.measurements):
        taken = {k: m for k, r in enumerate(reports) if (m := r.measurements.measurement(name)) is not None}
        if len(taken) >= 2:
            combined[name] = _combined(name, taken, knowledge)
    return combined


def _combined(name: str, taken: dict[int, Measurement], knowledge: Knowledge) -> Repeated:
    out = outliers(taken)
    kept = [measured for k, measured in taken.items() if k not in out]
    values = [measured.quantity.value for measured in kept]
    n, sd = len(kept), stdev(values) if len(kept) > 1 else 0.0
    sem = median(measured.sem for measured in kept)
    scatter = sqrt(((n - 1) * sd**2 + 3 * sem**2) / (n + 2))
    lasting = systematic_sigma(name, median(measured.quantity.sigma for measured in kept), knowledge)
    sigma = hypot(lasting, sqrt(MEDIAN_VARIANCE_RATIO / n) * scatter)
    return Repeated(median(values), sigma, sd, out, len(taken), kept[0].quantity.unit)


def read_together(base: Report, others: Sequence[Report], knowledge: Knowledge, intake: Intake) -> Report:
    """The report of ``base`` with what it and other photos of the same standing say together, and the finding of that.

    Photos that cannot be compared with it, or show no tilt by the same evidence, are left out; where none is left it
    is the report as it was.
    """
    if base.finding is None or base.finding.tilt is None:
        return base
    name = base.finding.tilt.measure
    alike = [one for one in others if not set_up_differs(base, one)]
    alike = [one for one in alike if name in one.measurements.measured()]
    if not alike:
        return base
    together: dict[str, Measurement] = {}
    for measure, one in combine([base, *alike], knowledge).items():
        own = base.measurements.measurement(measure)
        if own is not None:
            quantity = Quantity(one.value, one.sigma, one.unit)
            placed = None if own.comparison is None else place(measure, quantity, knowledge, intake.sex)
            raw = own.raw + one.value - own.quantity.value
            together[measure] = replace(own, quantity=quantity, raw=raw, comparison=placed)
    measurements = base.measurements | together
    finding = assess(measurements, knowledge, intake.clothing, outline_lost(base.warnings))
    finding = replace(finding, next_steps=tuple(step for step in finding.next_steps if step != SECOND_PHOTO))
    return replace(base, measurements=measurements, finding=finding, plan=advise(finding.kind, intake, knowledge))


def systematic_sigma(name: str, single: float, knowledge: Knowledge) -> float:
    """The systematic part of one photo's sigma, which averaging cannot reduce: at least model and realism.

    A hip angle's 5 with jitter 2.5 and a known error of 2.0 gives 4.3. Of the estimate of pelvic tilt, which was judged
    on single photos, all but the scatter between photos of one person: 5 with 2.7 leaves 4.2.
    """
    error = knowledge.errors[name]
    known = hypot(error.model_sd, error.realism_sd)
    if not known:
        return sqrt(max(0.0, single**2 - error.repeat_sd**2))
    # the usual jitter of what is read against the vertical holds the unknown roll of the camera
    roll = knowledge.gates.roll_unknown_deg if MEASURES[name].to_vertical else 0.0
    jitter = error.usual_jitter**2 - roll**2
    return max(known, sqrt(max(0.0, single**2 - max(0.0, jitter))))


def outliers(taken: dict[int, Measurement]) -> tuple[int, ...]:
    """Shots far from the median of the others, the farthest first until none is left; at least two shots are kept.

    5, 6, 7 and 30° with sem 2 give the fourth: (3,).
    """
    left = dict(taken)
    while len(left) > 2:
        far = {}
        for k, measured in left.items():
            others = [other.quantity.value for j, other in left.items() if j != k]
            allowed = OUTLIER_SIGMAS * measured.sem * sqrt(1 + MEDIAN_VARIANCE_RATIO / len(others))
            far[k] = abs(measured.quantity.value - median(others)) / allowed
        worst = max(far, key=far.__getitem__)
        if far[worst] <= 1:
            break
        del left[worst]
    return tuple(sorted(set(taken) - set(left)))
