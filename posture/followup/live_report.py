"""One report of many still frames: the same record as a photo's, its numbers the medians of the frames'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt
from statistics import median, stdev

import numpy as np

from posture.findings.verdict import assess, outline_lost
from posture.followup.aggregate import MEDIAN_VARIANCE_RATIO, outliers, systematic_sigma
from posture.knowledge.load import Knowledge
from posture.measures.calibrate import place
from posture.measures.measurement import Measurement, Unmeasured
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quantity import Quantity
from posture.report.report import Report

#: A measure counts where so many of the frames have it.
LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class FrameSpread:
    """Spread of one measure over the frames, in its unit.

    frames : that had it · outliers : indices of those left out · independent : how many values they are worth
    """

    sd: float
    frames: int
    outliers: tuple[int, ...]
    independent: float


def live_report(
    reports: Sequence[Report], knowledge: Knowledge, intake: Intake
) -> tuple[Report, dict[str, FrameSpread]]:
    """The report of a hold from the reports of its frames, in the order of time, and how each measure scattered.

    Where more than half of the frames were refused, it is the refusal of the first of them. Else it is the frame
    nearest to the medians, with the medians in place of its numbers. Frames that follow each other are alike: for
    jitter they count as n (1 - r) / (1 + r) values, r their correlation with the next, and what of a single photo's
    jitter the frames do not show is still there: sigma² = lasting² + (jitter² - s²) + 1.57 s² / n. A hip angle's
    single sigma of 4.6, of which 3.9 lasts, stays 4.6 where no frame differs; thirty that scatter by 2.5, each for
    itself, give 3.9.
    """
    measured = [report for report in reports if report.status == "analyzed"]
    if len(measured) < max(1.0, LEAST_SHARE * len(reports)):
        return next(report for report in reports if report.status == "refused"), {}
    names = [
        name
        for name in measured[0].measurements
        if sum(name in r.measurements.measured() for r in measured) >= LEAST_SHARE * len(measured)
    ]
    base = _nearest(measured, names)
    medians, spreads = dict[str, Measurement | Unmeasured](), {}
    for name in base.measurements:
        if name in names:
            medians[name], spreads[name] = _median(name, measured, base, knowledge, intake.sex)
        elif base.measurements.measurement(name) is not None:
            medians[name] = Unmeasured("fewer than half of the pictures show it")
    measurements = base.measurements | medians
    finding = None if intake.minor else assess(measurements, knowledge, intake.clothing, outline_lost(base.warnings))
    plan = advise(None if finding is None else finding.kind, intake, knowledge)
    rotations = [report.rotation for report in measured if report.rotation is not None]
    rotation = None
    if len(rotations) >= LEAST_SHARE * len(measured):  # its doubt is a photo's: the frames share stance and outline
        rotation = replace(rotations[0], value=median(one.value for one in rotations))
    lengths = {
        name: _median_length([r.lengths_cm[name] for r in measured if name in r.lengths_cm]) for name in base.lengths_cm
    }
    combined = replace(
        base, measurements=measurements, finding=finding, plan=plan, rotation=rotation, lengths_cm=lengths
    )
    return combined, spreads


def _median_length(lengths: Sequence[Quantity]) -> Quantity:
    """The middle of the frames' lengths, with a single photo's doubt."""
    return replace(lengths[0], value=median(one.value for one in lengths), sigma=median(one.sigma for one in lengths))


def _nearest(reports: Sequence[Report], names: Sequence[str]) -> Report:
    """The frame that has most of the measures, and of those with as many the one nearest to all medians."""
    middles = {name: median(m.quantity.value for m in _of(name, reports).values()) for name in names}

    def away(report: Report) -> tuple[int, float]:
        own = {name: report.measurements.measurement(name) for name in names}
        offs = [abs(m.quantity.value - middles[n]) / m.sem for n, m in own.items() if m is not None]
        return -len(offs), sum(offs)

    return min(reports, key=away)


def _of(name: str, reports: Sequence[Report]) -> dict[int, Measurement]:
    return {k: m for k, r in enumerate(reports) if (m := r.measurements.measurement(name)) is not None}


def _median(
    name: str, reports: Sequence[Report], base: Report, knowledge: Knowledge, sex: str | None
) -> tuple[Measurement, FrameSpread]:
    taken = _of(name, reports)
    out = outliers(taken)
    kept = [measured for k, measured in taken.items() if k not in out]
    values = [measured.quantity.value for measured in kept]
    worth = independent(values)
    single, sem = median(m.quantity.sigma for m in kept), median(m.sem for m in kept)
    lasting = min(single, systematic_sigma(name, single, knowledge))
    jitter2, seen2 = single**2 - lasting**2, stdev(values) ** 2 if len(values) > 1 else 0.0
    averaged2 = max(0.0, jitter2 - seen2) + seen2 * min(1.0, MEDIAN_VARIANCE_RATIO / worth)
    model = base.measurements.measurement(name) or kept[0]
    quantity = Quantity(median(values), hypot(lasting, sqrt(averaged2)), model.quantity.unit)
    gained2 = max(0.0, jitter2 - averaged2)
    measurement = replace(
        model,
        quantity=quantity,
        sem=sqrt(max(sem**2 - gained2, sem**2 / 4)),  # no hold is worth more than four photos
        raw=model.raw + quantity.value - model.quantity.value,
        comparison=None if model.comparison is None else place(name, quantity, knowledge, sex),
    )
    return measurement, FrameSpread(sqrt(seen2), len(taken), out, worth)


def independent(values: Sequence[float]) -> float:
    """Effective number of independent values of a time series: n (1 - r) / (1 + r), from 1 to n.

    r is the correlation of neighbours, at least 0. A slow drift 0, 1, 2, ..., 9 gives 1.8 and not 10.
    """
    series = np.asarray(values, float)
    off = series - series.mean()
    total = float(off @ off)
    if len(series) < 3 or total <= 1e-12:
        return 1.0
    r = min(0.999, max(0.0, float(off[1:] @ off[:-1]) / total))
    return float(np.clip(len(series) * (1 - r) / (1 + r), 1.0, len(series)))
