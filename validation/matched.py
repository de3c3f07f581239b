"""Bodies that vary as real ones do: what a user may expect, beside the model of version 1.0.0 on the same people.

They lead docs/accuracy.md; own family and strangers, its optimistic and its pessimistic bracket, stand behind them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np

from posture.body.outline_features import outline_vector
from posture.findings.chance import of_outline, posterior
from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import CLOTHES_DECLARED, TiltModel
from validation.judge import (
    Array,
    Bars,
    Judged,
    auc,
    brier_skill,
    calibration_error,
    interval,
    pairs,
    rms,
    side_on,
    span,
)
from validation.tables import table
from validation.verdicts import BACKWARD, FORWARD, Called

Sets = dict[str, list[Judged]]
FIRST = Path(__file__).parent / "first_model.json.gz"
ESTIMATE = "pelvic_tilt_estimate"
STRANGE = ("strangers", "five_strangers", "within_strangers")


@cache
def first_model() -> TiltModel:
    """The estimate of version 1.0.0."""
    table = json.loads(gzip.decompress(FIRST.read_bytes()))
    nothing = {"intercept": 0.0, "weights": [0.0] * len(table["mean"])}
    return TiltModel.read(
        table
        | {"lines": dict.fromkeys(CLOTHES_DECLARED, nothing), "line_share": 0.0, "sexes": {"f": 0.0, "m": 0.0}}
        | {"turn": table["turn"] | {"line_share": 1.0, "gain": 1.0}}
    )


def first_errors(people: Sequence[Judged]) -> Array:
    """What the model of 1.0.0 errs on people whose tilt is read today, degrees (n,)."""
    found = []
    for one in people:
        if one.body is not None and np.isfinite(one.value(ESTIMATE)):
            value = float(first_model().values(outline_vector(one.body)[None], one.truth["fit"])[0])
            found.append(value - float(one.truth["rotation"]))
    return np.array(found)


def matched_section(sets: Sets, bars: Bars) -> str:
    """The error on every matched set, today and with the model of 1.0.0, and the promises about it."""
    rows = []
    groups = {
        "wide, tight, side-on, arm clear": side_on(sets["matched"]),
        "wide, tight, all": sets["matched"],
        "wide, normal clothes": sets["matched_normal"],
        "natural (10 ± 5°), tight": sets["matched_natural"],
        "wide, tight, side-on, arm clear, the curve tied loosely (r 0.5)": side_on(sets["matched_loose_curve"]),
    }
    if "traced_matched" in sets:
        groups["wide, tight, ray-traced, side-on, arm clear"] = side_on(sets["traced_matched"])
    for title, people in groups.items():
        found, first = pairs(people), first_errors(people)
        high = found.true > 15
        rows.append(
            (title, str(found.asked), f"{found.answered:.0%}", f"{found.error.mean():+.1f}", f"{found.slope:.2f}")
            + (f"{found.rms:.2f} ({span(interval(rms, found.error), 2)})", f"{rms(first):.2f}", f"{found.r:.2f}")
            + (f"{auc(found.value, high):.2f}", f"{found.covered(1.96):.1%}", f"{1.96 * found.sigma.mean():.1f}")
        )
    _error_bars(sets, bars, groups)
    _natural_bars(sets, bars)
    header = ("people", "n", "answered", "bias", "slope", "RMSE (95 %)", "RMSE of 1.0.0, the same people", "r",
              "AUC > 15°", "95 % hold", "half-width")  # fmt: skip
    return table(header, rows)


def _error_bars(sets: Sets, bars: Bars, groups: dict[str, list[Judged]]) -> None:
    wide, first = pairs(groups["wide, tight, side-on, arm clear"]), first_errors(side_on(sets["matched"]))
    gain = rms(first) - wide.rms
    bars.add("matched, wide: RMSE below that of 1.0.0", "≥ 0.2°", f"{gain:.2f}° ({wide.rms:.2f}°)", gain >= 0.2)
    bars.add("matched, wide: slope", "≥ 0.68", f"{wide.slope:.2f}", wide.slope >= 0.68)
    strange = pairs(side_on(sets["strangers"]))
    bars.add("strangers, the pessimistic bracket: RMSE", "≤ 6.1°", f"{strange.rms:.2f}°", strange.rms <= 6.1)
    if "traced_matched" in sets:
        traced = pairs(side_on(sets["traced_matched"]))
        low, high = interval(rms, traced.error)
        reached = f"{traced.rms:.2f}° ({low:.2f} to {high:.2f}, n {len(traced.value)})"
        bars.add("matched, ray-traced: upper end of the RMSE's 95 %", "≤ 5.0°", reached, high <= 5.0)
    every = pairs([one for name in ("matched", "matched_normal", "matched_natural") for one in sets[name]])
    held = every.covered(1.96)
    reached = f"{held:.1%} of {len(every.value)}"
    bars.add("matched: shipped 95 % intervals hold", "94–98 %", reached, 0.94 <= held <= 0.98)
    held = pairs([one for name in STRANGE for one in sets[name]]).covered(1.96)
    bars.add("strangers: shipped 95 % intervals hold", "≥ 88 %", f"{held:.1%}", held >= 0.88)
    tight = pairs(sets["matched"])
    half = 1.96 * float(tight.sigma.mean())
    bars.add("matched, tight: mean half-width", "≤ 10.5°", f"{half:.1f}°", half <= 10.5)
    away, n = _differences(sets["matched_pairs"])
    bars.add("matched: difference of two photos", "≤ 2.9°", f"{away:.2f}° ({n} pairs)", away <= 2.9)


def _natural_bars(sets: Sets, bars: Bars) -> None:
    called = Called(sets, ("matched_natural",))
    found = pairs(sets["matched_natural"])
    bars.add("matched natural: RMSE", "≤ 3.9°", f"{found.rms:.2f}°", found.rms <= 3.9)
    happened = called.rotation > 15
    area = auc(found.value, found.true > 15)
    low, high = interval(lambda v, t: auc(v, t > 15), found.value, found.true)
    bars.add("matched natural: AUC for over 15°", "≥ 0.88", f"{area:.3f} ({span((low, high), 2)})", area >= 0.88)
    said = called.said(FORWARD)
    for what, part, whole, wanted in (
        ("over 15° called forward", said, happened, 0.60),
        ("right when called forward", happened, said, 0.50),
    ):
        share = float(part[whole].mean())
        ends = interval(lambda values: float(np.mean(values)), part[whole].astype(float))
        reached = f"{share:.0%} ({ends[0]:.0%} to {ends[1]:.0%}, n {whole.sum()})"
        bars.add(f"matched natural: {what}", f"≥ {wanted:.0%}, from 42 %", reached, share >= wanted and ends[0] >= 0.42)
    low_said = called.said(BACKWARD)
    share = float((called.rotation < 5)[low_said].mean()) if low_said.any() else float("nan")
    bars.add("matched natural: right when called less", "≥ 25 %", f"{share:.0%} of {low_said.sum()}", share >= 0.25)
    error, skill = calibration_error(called.p, happened), brier_skill(called.p, happened)
    ends = interval(brier_skill, called.p, happened.astype(float))
    bars.add("matched natural: calibration error of the chance", "≤ 0.05", f"{error:.3f}", error <= 0.05)
    reached = f"{skill:+.3f} ({span(ends, 2)})"
    bars.add("matched natural: Brier skill of the chance, 95 %", "> 0", reached, ends[0] > 0)
    found_in, n = _called_sway(sets, "matched_sway")
    bars.add("matched, who sway: called sway-back", "≥ 75 %", f"{found_in:.0%} of {n}", found_in >= 0.75)
    false_in, n = _called_sway(sets, "matched", "matched_normal", "matched_natural")
    bars.add("matched, who do not: called sway-back", "≤ 3 %", f"{false_in:.1%} of {n}", false_in <= 0.03)


def _called_sway(sets: Sets, *names: str) -> tuple[float, int]:
    """Share of those with a finding that are called sway-back, and their number."""
    kinds = [one.report.finding.kind for name in names for one in sets[name] if one.report.finding is not None]
    return float(np.mean([kind == "possible_sway_back" for kind in kinds])), len(kinds)


def _differences(people: Sequence[Judged]) -> tuple[float, int]:
    """RMSE of how much the pelvis turned between two photos of a person, degrees, and the number of pairs."""
    read = [one for one in people if one.report.rotation is not None]
    away = []
    for _, photos in groupby(read, key=lambda one: one.truth["seed"]):
        both = list(photos)
        if len(both) == 2:
            told, true = (
                both[1].report.rotation.value - both[0].report.rotation.value,  # type: ignore[union-attr]
                both[1].truth["rotation"] - both[0].truth["rotation"],
            )
            away.append(told - true)
    return rms(np.array(away)), len(away)


def prior_section(sets: Sets) -> str:
    """How many are flagged, and how often rightly, where the mean of people in general is another than assumed."""
    rules, rows = Knowledge.load().verdict, []
    called = Called(sets, ("matched_natural",))
    value = np.array([one.value(ESTIMATE) for one in called.people])
    happened = called.rotation > 15
    for shift in (-rules.prior_mean_doubt_deg, 0.0, rules.prior_mean_doubt_deg):
        chance = [posterior(v, of_outline(rules), rules, shift).probability_above(rules.forward_deg) for v in value]
        flagged = np.array(chance) >= rules.p_may
        rows.append(
            (f"{rules.prior_mean_deg + shift:.1f} ± {rules.prior_sd_deg}°", f"{flagged.mean():.0%}")
            + (f"{flagged[happened].mean():.0%}", f"{happened[flagged].mean():.0%}")
            + (f"{np.mean(chance):.1%}", f"{happened.mean():.1%}")
        )
    header = ("people in general, as assumed", "called forward", "of those over 15°", "right when called",
              "mean chance", "truly over 15°")  # fmt: skip
    return table(header, rows)
