"""What photos of one person tell that a single one cannot: change, a level after one marked photo, natural people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from posture.quantity import normal_cdf
from validation.fit import accepted, errors
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
from validation.vectors import People, load

Sets = dict[str, list[Judged]]
PEOPLE = {"matched_pairs": "matched, minutes apart", "within": "own family", "within_strangers": "strangers"}
#: What a finger's marks of ASIS and PSIS are off by from one session to the next, degrees (docs/science.md, Marked
#: pelvic tilt).
FINGER_SD = 2.9


def following_section(sets: Sets, bars: Bars) -> str:
    """Photos of the same person: how well the turn of the pelvis is seen, and its level once it was marked."""
    rows = []
    for name, title in PEOPLE.items():
        people = [one for one in side_on(sets[name]) if one.report.rotation is not None]
        seeds = np.array([one.truth["seed"] for one in people])
        true = np.array([one.truth["rotation"] for one in people])
        turn = np.array([0.0 if one.report.rotation is None else one.report.rotation.value for one in people])
        estimate = np.array([one.value("pelvic_tilt_estimate") for one in people])
        about = rms(_centred(turn - true, seeds))
        both = [(i, j) for i, j in combinations(range(len(seeds)), 2) if seeds[i] == seeds[j]]
        i, j = np.array(both).T
        told, truly = turn[j] - turn[i], true[j] - true[i]
        error, r = rms(told - truly), float(np.corrcoef(told, truly)[0, 1])
        sigma = np.array([one.report.rotation.sigma for one in people if one.report.rotation is not None])
        held = float(np.mean(np.abs(told - truly) <= 1.96 * np.hypot(sigma[i], sigma[j])))
        # one photo of a person is marked, on the bone itself; every other one is carried from it
        level = rms(np.concatenate([told - truly, truly - told]))
        seen = np.isfinite(estimate[i] + estimate[j])
        single = rms((estimate[j] - estimate[i] - truly)[seen])
        rows.append(
            (title, f"{len(people)} of {len(set(seeds.tolist()))}", f"{about:.2f}°", f"{error:.2f}°", f"{single:.2f}°")
            + (f"{r:.2f}", f"{np.polyfit(truly, told, 1)[0]:.2f}", f"{held:.0%}", f"{level:.2f}°")
            + (f"{np.hypot(level, FINGER_SD):.2f}°",)
        )
        if name == "matched_pairs":  # they stand the same but for their stance: nothing to follow, its promise is above
            continue
        bars.add(f"one person, {title}: RMSE about the own mean", "≤ 2.0°", f"{about:.2f}°", about <= 2.0)
        bars.add(f"one person, {title}: difference of two photos", "≤ 2.8°", f"{error:.2f}°", error <= 2.8)
        bars.add(f"one person, {title}: r of the differences", "≥ 0.92", f"{r:.2f}", r >= 0.92)
        bars.add(f"one person, {title}: level after one marked photo", "≤ 3.0°", f"{level:.2f}°", level <= 3.0)
    header = ("people", "photos, persons", "about the own mean", "difference of two photos", "by two estimates", "r",
              "slope", "95 % hold", "level after one marked photo", "with the finger's 2.9° in it")  # fmt: skip
    return (
        "The turn between photos of one person in the same tight clothes; stance, arms and camera anew each time, the "
        "pelvis anywhere from -3 to 27°; the matched people stepped away and back, in tight and in normal clothes.\n\n"
        + table(header, rows)
        + "\n\nThe last column but one takes the marks of the one photo as lying on the bone. A finger finds it with "
        "an error of 2.9° from one session to the next, which stays the same in all later photos."
    )


def _centred(values: Array, groups: Array) -> Array:
    """Every value minus the mean of its group."""
    means = {group: values[groups == group].mean() for group in np.unique(groups)}
    return values - np.array([means[group] for group in groups])


def five_section(sets: Sets, bars: Bars) -> str:
    """Natural people whose rotation has SD 5° and whose bones are alike: is a rotation of over 15° seen?

    The probability is fitted on other people of the same row, own family and strangers alike: the rotation is normal
    about a straight line on the estimate.
    """
    intercept, slope, spread = _row_fit([load("tuning_five"), load("tuning_five_strangers")])
    rows = []
    for name, title in {"five": "own family", "five_strangers": "strangers"}.items():
        found = pairs(sets[name])
        p = np.array([1 - normal_cdf((15.0 - intercept - slope * value) / spread) for value in found.value])
        happened = found.true > 15
        skill, error = brier_skill(p, happened), calibration_error(p, happened)
        low, high = interval(brier_skill, p, happened.astype(float))
        skills = f"{skill:+.3f} ({span((low, high), 2)})"
        rows.append(
            (title, str(len(p)), f"{happened.mean():.1%}", f"{p.mean():.1%}", f"{error:.3f}", skills)
            + (f"{auc(p, happened):.2f}", f"{found.rms:.1f}°")
        )
        bars.add(f"SD 5, bones alike, {title}: Brier skill, 95 %", "> 0", skills, low > 0)
        bars.add(f"SD 5, bones alike, {title}: calibration error", "≤ 0.05", f"{error:.3f}", error <= 0.05)
    header = ("people, rotation N(10°, 5°), bones alike", "n", "truly over 15°", "stated", "calibration error",
              "Brier skill (95 %)", "AUC", "RMSE")  # fmt: skip
    return table(header, rows)


def _row_fit(row: Sequence[People]) -> tuple[float, float, float]:
    """Intercept, slope and SD of the rotation given the estimate, over people of one row."""
    from posture.knowledge.load import Knowledge

    model = Knowledge.load().tilt_model
    off = np.concatenate([errors(model, people, "tight") for people in row])
    true = np.concatenate([accepted(model, people).column("rotation") for people in row])
    value = true + off
    slope, intercept = np.polyfit(value, true, 1)
    return float(intercept), float(slope), float(np.std(true - slope * value - intercept))
