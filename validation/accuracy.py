"""How right is posture?  python -m validation.accuracy  (``make validate``)

Runs everything but the pose model on the committed observations of generated people and writes ``docs/accuracy.md``
with its plots. ``--render`` paints the people again first and lets the pose model look at them (half an hour).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posture.findings.chance import of_outline, posterior
from posture.knowledge.load import Knowledge
from validation.arms import arm_section
from validation.baselines import BASELINES, LINES, readings
from validation.covers import cover_section
from validation.following import five_section, following_section
from validation.judge import (
    Bars,
    Judged,
    Pairs,
    auc,
    brier_skill,
    calibration_error,
    interval,
    judge,
    pairs,
    rms,
    side_on,
    span,
)
from validation.matched import matched_section, prior_section
from validation.observed import FOLDER, load_set
from validation.plots import calibration_plot, method_plot, scatter_plot
from validation.tables import table
from validation.verdicts import likelihood_section, sex_section, typed_section, verdict_section

Array = NDArray[np.float64]
Sets = dict[str, list[Judged]]
DOCUMENT = Path(__file__).parent.parent / "docs" / "accuracy.md"
ANGLES = {"hip_angle": (1.5, 3.0), "knee_flexion": (1.5, 2.7), "trunk_incl": (1.5, 2.0)}
OTHER_ANGLES = ("thigh_incl", "shank_incl", "pelvic_displacement")
NATURAL = ("natural_loose", "natural_tied")
OWN = ("tight", "door", "picture", "near_door", "near_picture", "busy", "normal", "crossed")
REFUSAL_OF = {"sitting": ("sitting", "squatting"), "lying": ("lying", "no_person"), "stepping": ("stepping",),
              "half_kneeling": ("stepping", "squatting", "sitting", "cropped")}  # fmt: skip


def guessing(judged: Sequence[Judged], truth: str = "rotation") -> float:
    """RMSE of always saying the sample's own mean: the SD of the truth."""
    return float(np.std([one.truth[truth] for one in judged]))


def fitted_factor(one: Judged) -> float:
    """By what the shipped sigma is multiplied to get that of the fit alone."""
    doubt = Knowledge.load().tilt_model.doubt(one.truth["fit"])
    return doubt.fitted_sigma / doubt.sigma


def fitted_pairs(judged: Sequence[Judged]) -> Pairs:
    """The estimate with the sigma of the fit alone."""
    factors = np.array([fitted_factor(one) for one in judged if np.isfinite(one.value("pelvic_tilt_estimate"))])
    found = pairs(judged)
    return Pairs(found.value, found.sigma * factors, found.true, found.asked)


def estimate_row(name: str, judged: Sequence[Judged]) -> list[str]:
    """One line of the table of the estimate."""
    found = pairs(judged)
    cells = [name, str(found.asked), f"{found.answered:.0%}"]
    if len(found.value) < 8:
        return cells + ["–"] * 9
    shipped, fitted = found.covered(1.96), fitted_pairs(judged)
    high = found.true > 18
    return [
        *cells,
        f"{found.true.std():.1f}",
        f"{found.error.mean():+.1f}",
        f"{found.slope:.2f}",
        f"{found.rms:.1f} ({span(interval(rms, found.error))})",
        f"{found.r:.2f}",
        "–" if high.sum() < 8 else f"{auc(found.value, high):.2f}",
        f"{fitted.covered(1.0):.0%} / {fitted.covered(1.96):.0%}",
        f"{shipped:.0%}",
        f"{1.96 * found.sigma.mean():.1f}",
    ]


ESTIMATE_HEADER = ("people", "n", "answered", "guessing (SD)", "bias", "slope", "RMSE (95 %)", "r", "AUC > 18°",
                   "68 / 95 % intervals hold, of the fit alone", "shipped 95 % hold", "half-width")  # fmt: skip


def estimate_section(sets: Sets) -> str:
    rows = [
        estimate_row("tight, plain wall, side-on, arm clear", side_on(sets["tight"])),
        estimate_row("tight, plain wall, all", sets["tight"]),
        estimate_row("**strangers**, tight, side-on, arm clear", side_on(sets["strangers"])),
        estimate_row("strangers, all", sets["strangers"]),
        estimate_row("door behind", side_on(sets["door"])),
        estimate_row("picture behind", side_on(sets["picture"])),
        estimate_row("an edge of a door close to the outline", side_on(sets["near_door"])),
        estimate_row("an edge of a picture close to the outline", side_on(sets["near_picture"])),
        estimate_row("busy wall", side_on(sets["busy"])),
        estimate_row("normal clothes", side_on(sets["normal"])),
        estimate_row("loose, told", sets["loose"]),
        estimate_row("loose, not told", sets["loose_untold"]),
        estimate_row("tight, not told", side_on(sets["tight_untold"])),
        estimate_row("arms crossed", sets["crossed"]),
        estimate_row("arm over the back", sets["over_back"]),
        estimate_row("turned (SD 18°)", sets["turned"]),
    ]
    if "traced" in sets:
        rows.append(estimate_row("ray-traced", side_on(sets["traced"])))
    rows += [estimate_row(name.replace("_", ", "), sets[name]) for name in NATURAL]
    return table(ESTIMATE_HEADER, rows)


def subgroups(sets: Sets) -> tuple[str, float]:
    """Coverage of the fit alone by subgroup, and the least in a subgroup of 50 or more."""
    people = [one for name in OWN for one in sets[name]]
    split: dict[str, Callable[[Judged], str]] = {
        "clothing": lambda one: str(one.truth["fit"]),
        "background": lambda one: str(one.truth["background"]),
        "true turn": lambda one: _bin(abs(one.truth["yaw"]), (0, 4, 8, 90), "°"),
        "roll": lambda one: _bin(abs(one.truth["roll"]), (0, 0.7, 1.5, 90), "°"),
        "distance": lambda one: _bin(one.truth["distance"], (0, 2.8, 3.2, 9), " m"),
        "arms": lambda one: str(one.truth["arms"]),
        "sex": lambda one: {"f": "women", "m": "men"}[one.truth["sex"]],
        "skin": lambda one: ("lightest", "light", "middle", "dark", "darkest")[one.truth["tone"]],
        "body mass": lambda one: _bin(one.truth["weight"], (0, 0.4, 0.6, 1), ""),
    }
    rows, least = [], 1.0
    for title, name_of in split.items():
        for name in sorted({name_of(one) for one in people}):
            group = [one for one in people if name_of(one) == name]
            found, fitted = pairs(group), fitted_pairs(group)
            if len(found.value) < 20:
                continue
            covered = fitted.covered(1.96)
            if len(found.value) >= 50:
                least = min(least, covered)
            cells = [title, name, str(found.asked), f"{found.answered:.0%}", f"{found.error.mean():+.1f}"]
            rows.append([*cells, f"{found.rms:.1f}", f"{covered:.0%}", f"{found.covered(1.96):.0%}"])
    header = ("by", "group", "n", "answered", "bias", "RMSE", "95 % hold, of the fit alone", "shipped 95 % hold")
    return table(header, rows), least


def _bin(value: float, edges: tuple[float, ...], unit: str) -> str:
    for low, high in pairwise(edges):
        if value <= high:
            return f"{low:g} to {high:g}{unit}" if high < edges[-1] else f"over {low:g}{unit}"
    return f"over {edges[-2]:g}{unit}"


def angles_section(sets: Sets, bars: Bars) -> str:
    rows = []
    people = side_on([one for name in ("tight", "door", "picture", "normal") for one in sets[name]])
    for name in (*ANGLES, *OTHER_ANGLES):
        found = pairs(people, name, f"true_{name}")
        bias = float(found.error.mean())
        rows.append(
            [name, str(len(found.value)), f"{found.true.std():.1f}", f"{bias:+.1f}", f"{found.slope:.2f}"]
            + [f"{found.rms:.1f} ({span(interval(rms, found.error))})", f"{found.r:.2f}"]
            + [f"{found.covered(1):.0%} / {found.covered(1.96):.0%}", f"{1.96 * found.sigma.mean():.1f}"]
        )
        if name in ANGLES:
            limit, most = ANGLES[name]
            met = abs(bias) <= limit and found.rms <= most and 0.8 <= found.slope <= 1.2
            wanted = f"bias within {limit}°, RMSE ≤ {most}°, slope 0.8–1.2"
            bars.add(f"{name} after calibration", wanted, f"{bias:+.1f}°, {found.rms:.1f}°, {found.slope:.2f}", met)
    header = ("angle", "n", "guessing (SD)", "bias", "slope", "RMSE (95 %)", "r", "68 / 95 % hold", "half-width")
    return table(header, rows)


def baselines_section(sets: Sets) -> tuple[str, dict[str, tuple[float, float, float]]]:
    """Everybody's reading of pelvic rotation on the strangers, and on the natural ``loose`` people."""
    lines = json.loads(LINES.read_text("utf-8"))
    columns = {"natural": sets["natural_loose"], "wide": side_on(sets["strangers"])}
    rows, bars = [], {}
    ours = {spread: _ours(judged, spread) for spread, judged in columns.items()}
    for name in ("**posture**", "guessing the mean", *BASELINES):
        cells = [name]
        for spread, judged in columns.items():
            value, true = ours[spread] if name == "**posture**" else _baseline(judged, name, lines[spread])
            if len(value) < 2:
                cells += ["not run here", "–", "–"]
                continue
            low, high = interval(rms, value - true)
            r = np.corrcoef(value, true)[0, 1] if np.std(value) > 1e-6 else 0.0
            error = rms(value - true)
            tie = name != "**posture**" and low <= rms(ours[spread][0] - ours[spread][1]) <= high
            cells += [f"{error:.1f} ({low:.1f} to {high:.1f})", f"{r:.2f}", "tie" if tie else ""]
            if spread == "wide":
                bars[name.strip("*")] = (error, low, high)
        rows.append(cells)
    header = ("reading", "natural loose: RMSE", "r", "with posture", "strangers, wide: RMSE", "r", "with posture")
    return table(header, rows), bars


def _ours(judged: Sequence[Judged], spread: str) -> tuple[Array, Array]:
    """On the wide sets the reading itself; on natural people the rotation that it leaves likely."""
    found = pairs(judged)
    if spread == "wide":
        return found.value, found.true
    rules = Knowledge.load().verdict
    likelihood = of_outline(rules)
    return np.array([posterior(value, likelihood, rules).value for value in found.value]), found.true


def _baseline(judged: Sequence[Judged], name: str, lines: dict[str, list[float]]) -> tuple[Array, Array]:
    intercept, slope = lines.get(name, (float("nan"), float("nan")))
    true = np.array([one.truth["rotation"] for one in judged])
    reading = np.zeros(len(true)) if name == "guessing the mean" else readings(list(judged), name)
    read = np.isfinite(reading + intercept)
    return intercept + slope * reading[read], true[read]


def probabilities_section(sets: Sets, bars: Bars) -> tuple[str, dict[str, tuple[Array, Array]]]:
    """Calibration, skill and AUC of every probability in the two natural populations."""
    rows, curves = [], {}
    limits: dict[str, Callable[[float], bool]] = {
        "p_anterior": lambda tilt: tilt > 15,
        "p_marked": lambda tilt: tilt > 20,
        "p_posterior": lambda tilt: tilt < 0,
    }
    for population in NATURAL:
        for name, has in limits.items():
            told = [one for one in sets[population] if getattr(one.report.finding, name, None) is not None]
            p = np.array([getattr(one.report.finding, name) for one in told], float)
            happened = np.array([has(one.truth["rotation"]) for one in told])
            error, skill = calibration_error(p, happened), brier_skill(p, happened)
            between = interval(brier_skill, p, happened.astype(float))
            area = auc(p, happened)
            rows.append([population.replace("_", ", "), name, str(len(p)), f"{happened.mean():.1%}", f"{p.mean():.1%}"]
                        + [f"{error:.3f}", f"{skill:+.3f} ({span(between, 2)})", f"{area:.2f}"])  # fmt: skip
            if name == "p_anterior":
                curves[population] = (p, happened.astype(float))
            if population == "natural_loose":
                bars.add(f"{name}, natural loose: calibration error", "≤ 0.05", f"{error:.3f}", error <= 0.05)
            if population == "natural_tied" and name == "p_anterior":
                reached = f"{skill:+.3f} ({span(between, 2)})"
                bars.add("p_anterior, natural tied: Brier skill, 95 %", "> 0", reached, between[0] > 0)
    header = ("population", "probability", "n", "truly so", "stated", "calibration error", "Brier skill (95 %)", "AUC")
    return table(header, rows), curves


def tilt_coverage(sets: Sets, bars: Bars) -> str:
    """The one tilt against rotation and against the ASIS-PSIS angle."""
    rows = []
    strange = [one for name in ("strangers", "five_strangers", "within_strangers") for one in sets[name]]
    for title, people in (*((name.replace("_", ", "), sets[name]) for name in NATURAL), ("strangers", strange)):
        rotation, bones = pairs(people), pairs(people, truth="asis_psis")
        for truth, found in (("rotation", rotation), ("ASIS-PSIS", bones)):
            cells = [title, truth, str(len(found.value)), f"{found.true.std():.1f}"]
            cells += [f"{found.rms:.1f} ({span(interval(rms, found.error))})", f"{found.r:.2f}"]
            cells += [f"{found.covered(1):.0%} / {found.covered(1.96):.0%}", f"{1.96 * found.sigma.mean():.1f}"]
            rows.append(cells)
    held = pairs(strange).covered(1.96)
    bars.add("strangers, their three sets: 95 % intervals hold", "≥ 90 %", f"{held:.1%}", held >= 0.9)
    header = ("population", "against", "n", "guessing (SD)", "RMSE (95 %)", "r", "68 / 95 % hold", "half-width")
    return table(header, rows)


def sway_section(sets: Sets, bars: Bars) -> str:
    """Sway-back in people who sway and in people who do not."""
    upright = [one for name in (*NATURAL, *OWN, "strangers") for one in sets[name] if one.report.finding is not None]
    called = np.mean([one.report.finding.kind == "possible_sway_back" for one in upright])
    swaying = [one for one in sets["sway_back"] if one.report.finding is not None]
    found = np.mean([one.report.finding.kind == "possible_sway_back" for one in swaying])
    bars.add("people without sway called sway-back", "≤ 3 %", f"{called:.1%} of {len(upright)}", called <= 0.03)
    rows = [("who sway", str(len(swaying)), f"{found:.0%}"), ("who do not", str(len(upright)), f"{called:.1%}")]
    return table(("people", "n", "called sway-back"), rows)


def gates_section(sets: Sets) -> str:
    """Refusals that should and should not be."""
    rows = []
    for stance, codes in REFUSAL_OF.items():
        people = [one for one in sets["otherwise"] if one.truth["stance"] == stance]
        reasons = [{issue.code for issue in one.report.reasons} for one in people]
        refused = sum(bool(reason) for reason in reasons)
        named = sum(bool(reason & set(codes)) for reason in reasons)
        rows.append([stance.replace("_", " "), str(len(people)), f"{refused}", f"{named} named {' or '.join(codes)}"])
    for name in ("tight", "strangers", "door", "picture", "busy", "normal", "loose", "natural_loose", "sway_back"):
        people = sets[name]
        refused = [issue.code for one in people for issue in one.report.reasons]
        rows.append([f"standing: {name.replace('_', ', ')}", str(len(people)), str(len(refused)), _counted(refused)])
    turned = [one for name in ("turned", "tight") for one in sets[name]]
    for low, high in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 25), (25, 90)):
        people = [one for one in turned if low <= abs(one.truth["yaw"]) < high]
        refused_for = [one for one in people if any(r.code == "not_side_view" for r in one.report.reasons)]
        seen = [one.report.quality["yaw_deg"] - abs(one.truth["yaw"]) for one in people]  # type: ignore[operator]
        said = f"{len(refused_for)} as not side-on; turn read {np.mean(seen):+.0f}° off" if people else ""
        rows.append([f"truly turned {low} to {high}°", str(len(people)), str(len(refused_for)), said])
    outlines = [
        f"{name}: {_hidden(sets[name])}"
        for name in ("tight", "door", "picture", "near_door", "busy", "over_back", "crossed")
    ]
    return table(("pictures", "n", "refused", "why"), rows) + "\n\nOutline put aside: " + "; ".join(outlines) + "."


def _counted(codes: Sequence[str]) -> str:
    return ", ".join(f"{codes.count(code)} {code}" for code in sorted(set(codes))) or "–"


def _hidden(people: Sequence[Judged]) -> str:
    standing = [one.body for one in people if one.body is not None]
    hidden = [body.contour_problem for body in standing if body.contour is None]
    return f"{len(hidden)} of {len(standing)}"


def _value(one: Judged | None) -> float:
    return float("nan") if one is None else one.value("pelvic_tilt_estimate")


def main_bars(sets: Sets, bars: Bars, least: float) -> None:
    """The promises about the estimate."""
    tight, strange = pairs(side_on(sets["tight"])), pairs(side_on(sets["strangers"]))
    area = auc(tight.value, tight.true > 18)
    bars.add("tight, plain: RMSE", "≤ 3.5°", f"{tight.rms:.2f}°", tight.rms <= 3.5)
    bars.add("tight, plain: no leak", "RMSE ≥ 2.5°", f"{tight.rms:.1f}°", tight.rms >= 2.5)
    bars.add("tight, plain: r", "≥ 0.86", f"{tight.r:.2f}", tight.r >= 0.86)
    bars.add("tight, plain: AUC for over 18°", "≥ 0.95", f"{area:.2f}", area >= 0.95)
    bars.add("tight, plain: answered", "≥ 90 %", f"{tight.answered:.0%}", tight.answered >= 0.9)
    bars.add("strangers: RMSE", "≤ 6.0°", f"{strange.rms:.2f}°", strange.rms <= 6.0)
    bars.add("strangers: r", "≥ 0.78", f"{strange.r:.2f}", strange.r >= 0.78)
    covered = strange.covered(1.96)
    held = 0.9 <= covered <= 0.98
    bars.add("strangers: shipped 95 % intervals hold", "90–98 %", f"{covered:.1%}", held)
    plain = {one.truth["seed"]: one for one in side_on(sets["tight"])}
    for name in ("door", "picture"):
        behind = side_on(sets[name])
        both = [one for one in behind if np.isfinite(_value(one) + _value(plain.get(one.truth["seed"])))]
        found, before = pairs(both), pairs([plain[one.truth["seed"]] for one in both])
        difference, without = found.rms - before.rms, 1 - pairs(behind).answered
        what = f"{name} behind, against the same {len(both)} people at a plain wall"
        bars.add(what, "≤ +0.5°", f"{difference:+.2f}° ({found.rms:.1f}°)", difference <= 0.5)
        bars.add(f"{name} behind: without an estimate", "≤ 20 %", f"{without:.0%}", without <= 0.2)
    normal = pairs(side_on(sets["normal"]))
    share, bias = normal.rms / normal.true.std(), float(normal.error.mean())
    bars.add("normal clothes: RMSE", "≤ 5.0°", f"{normal.rms:.2f}°", normal.rms <= 5.0)
    bars.add("normal clothes: RMSE over guessing", "≤ 0.75", f"{share:.2f}", share <= 0.75)
    bars.add("normal clothes: bias", "≤ 1.5°", f"{bias:+.1f}°", abs(bias) <= 1.5)
    bars.add("normal clothes: answered", "≥ 70 %", f"{normal.answered:.0%}", normal.answered >= 0.7)
    told, untold = 1 - pairs(sets["loose"]).answered, 1 - pairs(sets["loose_untold"]).answered
    bars.add("loose, told: no estimate", "≥ 90 %", f"{told:.0%}", told >= 0.9)
    bars.add("loose, not told: no estimate", "≥ 90 %", f"{untold:.0%}", untold >= 0.9)
    own = fitted_pairs([one for name in OWN for one in sets[name]])
    held, half = own.covered(1.96), 1.96 * float(own.sigma.mean())
    bars.add("95 % intervals of the fit alone hold, overall", "92–98 %", f"{held:.1%}", 0.92 <= held <= 0.98)
    bars.add("the same in every subgroup of 50 or more", "≥ 88 %", f"least {least:.0%}", least >= 0.88)
    bars.add("their mean half-width", "≤ 11°", f"{half:.1f}°", half <= 11)
    if "traced" in sets:
        traced = pairs(side_on(sets["traced"]))
        bias, n = float(traced.error.mean()), len(traced.value)
        bars.add("ray-traced: RMSE", "≤ 4.0°", f"{traced.rms:.2f}° (n {n})", traced.rms <= 4.0)
        bars.add("ray-traced: bias", "≤ 2°", f"{bias:+.1f}° (n {n})", abs(bias) <= 2)


def document(sets: Sets) -> str:
    """The whole text of docs/accuracy.md; draws the plots beside it."""
    bars = Bars()
    matched, priors = matched_section(sets, bars), prior_section(sets)
    verdicts, ratios, typed = verdict_section(sets, bars), likelihood_section(sets), typed_section(sets)
    estimate = estimate_section(sets)
    groups, least = subgroups(sets)
    main_bars(sets, bars, least)
    arms = arm_section(sets["arms"], bars)
    covers = cover_section(sets["covers"], side_on(sets["matched"] + sets["matched_normal"]), bars)
    angles, (baselines, bar_plot) = angles_section(sets, bars), baselines_section(sets)
    within, tilt, five = following_section(sets, bars), tilt_coverage(sets, bars), five_section(sets, bars)
    probabilities, curves = probabilities_section(sets, bars)
    sway, gates = sway_section(sets, bars), gates_section(sets)
    plots = DOCUMENT.parent / "accuracy"
    plots.mkdir(exist_ok=True)
    scatter_plot(
        plots / "estimate.png",
        {"own family": pairs(side_on(sets["tight"])), "strangers": pairs(side_on(sets["strangers"]))},
    )
    calibration_plot(plots / "calibration.png", curves)
    method_plot(plots / "methods.png", bar_plot)
    natural = pairs(sets["matched_natural"])
    value, true = _ours(sets["matched_natural"], "natural")
    off, guess = rms(value - true), natural.true.std()
    head = (
        f"On people whose bodies vary as real ones do, in a natural spread and with people in general weighed in, "
        f"pelvic rotation is off by {off:.1f}° ({span(interval(rms, value - true))}) where guessing the mean is off by "
        f"{guess:.1f}°. One photo of a dressed stranger moves the odds; it does not measure a pelvis."
    )
    text = (Path(__file__).parent / "accuracy.template.md").read_text("utf-8")
    filled = {
        "head": head, "bars": bars.table(), "estimate": estimate, "groups": groups, "angles": angles,
        "baselines": baselines, "within": within, "tilt": tilt, "five": five, "probabilities": probabilities,
        "verdicts": verdicts, "matched": matched, "priors": priors,
        "sexes": sex_section(sets), "ratios": ratios, "typed": typed, "sway": sway, "gates": gates, "arms": arms,
        "covers": covers,
        "version": Knowledge.load().calibration_version,
        "pictures": str(sum(len(judged) for name, judged in sets.items() if not name.endswith("_untold"))),
    }  # fmt: skip
    for key, value_text in filled.items():
        text = text.replace(f"{{{{{key}}}}}", value_text)
    kept = sum(row[3] for row in bars.rows)
    print(bars.table() + f"\n\n{kept} of {len(bars.rows)} promises kept")
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--render", action="store_true", help="make the observations anew first (needs the mesh data)")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the observations are")
    asked = parser.parse_args()
    if asked.render:
        from validation.people.sets import JUDGED_ON, make

        for name in JUDGED_ON:
            make(name, asked.folder)
    names = sorted({file.stem.rsplit("_", 1)[0] for file in asked.folder.glob("*_[0-9]*.npz")})
    if not names:
        print(f"no observations in {asked.folder}: make them with  make people", file=sys.stderr)
        return 2
    sets = {name: judge(load_set(name, asked.folder)) for name in names}
    for name in ("loose", "tight"):
        sets[f"{name}_untold"] = judge(load_set(name, asked.folder), told=False)
    DOCUMENT.write_text(document(sets), "utf-8")
    print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
