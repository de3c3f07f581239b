"""Fit the estimate of pelvic rotation on generated people, and write it into the package.

    python -m validation.fit [--write]              from the committed outlines (validation/vectors)
    python -m validation.fit verdict [--write]      sigma, line and place of the shipped estimate, and the turn

The people of the fit were painted and looked at by the real pose model, so its errors come with the bodies, clothes and
walls that cause them. Method, zero, sigma and line are chosen on the cousins, whose bodies vary as real ones do by a
law of their own (`validation.methods`); the cuts are set by hand (docs/method.md). This file must not import the bodies
of strangers and of those that judge.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np

from posture.findings.chance import cuts, of_outline
from posture.knowledge.load import Knowledge
from posture.knowledge.records import VerdictRules
from posture.knowledge.tilt_model import (
    CLOTHES_DECLARED,
    N_COMPONENTS,
    Clothes,
    EstimateError,
    LinearModel,
    Network,
    RotationModel,
    TiltModel,
)
from validation.judge import rms
from validation.learners import N_COMPONENTS as NETWORK_WAYS
from validation.learners import ridge, train_networks, worn
from validation.vectors import Array, People, load, main_ways

SHIPPED = Path(__file__).parent.parent / "posture" / "data" / "pelvic_tilt.json"
#: From whom the networks learn, every nth person of a set and how often each counts: the generator's own people, people
#: whose arms are near the back, the wider family, some photographed twice, and bodies that vary as real ones do.
FITTED_ON = {"training": (1, 1), "training_arms": (1, 1), "training_wider": (1, 1), "training_pairs": (1, 1),
             "training_sisters": (1, 2), "training_sister_pairs": (1, 1)}  # fmt: skip
#: From whom the lines beside them learn, their penalty, and how much they count.
LINE_ON = FITTED_ON | {"training_wider": (3, 1), "training_pairs": (3, 1)}
LINE_PENALTY, LINE_SHARE = 5.0, 0.3
#: Penalty of the line that tells photos of one person apart, how much it counts beside the estimate, and by how much
#: the estimate's differences are stretched: chosen on cousins, strangers and the own family (docs/method.md).
TURN_PENALTY, TURN_LINE_SHARE, TURN_GAIN = 100.0, 0.6, 1.3
#: What no statistic of real bodies speaks of, degrees, one SD: skin on the pelvis, a personal sacrum, real skin before
#: the pose model. It joins the sigma of bodies that vary as real ones do in quadrature.
UNSEEN_SD = 2.0
VERDICT = SHIPPED.with_name("verdict.json")
#: Bodies that vary as real ones do, by a law of their own.
COUSINS = ("cousins", "cousins_natural", "cousins_twice")
#: People in a natural spread who choose line and place of the reading.
CHOOSING = ("cousins_natural",)
#: Share of the training people whose outlines are taken as like those of the fit.
LIKE = 0.999
#: Share of tops that are not loose but may be called so: when nothing was told of them, and when a fitting top was.
FALSE_LOOSE_UNTOLD, FALSE_LOOSE_TOLD = 0.12, 0.01
#: Degrees by which the estimates from different masks may lie apart (97 of 100 tuning people in tight clothes do).
AGREEMENT = 5.0


@dataclass(frozen=True, eq=False)
class Choosing:
    """Who chooses: the own family, several photos each of some of them, cousins, cousins in loose tops, strangers."""

    own: People
    within: People
    cousins: People
    loose: People
    strangers: People

    @classmethod
    def load(cls) -> Choosing:
        """From the committed outlines."""
        sets = ("tuning", "tuning_within", "cousins", "cousins_loose", "tuning_strangers")
        return cls(*(load(name) for name in sets))


def everybody(sets: Mapping[str, tuple[int, int]] = MappingProxyType(FITTED_ON)) -> People:
    """The people of the fit, or every nth of other sets, so often; photos of one person stay together."""
    parts = []
    for name, (step, times) in sets.items():
        people = load(name)
        parts += times * [people.pick(people.column("seed") % step == 0)]
    return sum(parts[1:], parts[0])


def fit(training: People, choosing: Choosing) -> TiltModel:
    """The estimate, its doubt, the looseness of tops and the training range."""
    clothed = worn(training, "untold")
    ways = main_ways(clothed.vectors, NETWORK_WAYS)
    along = ways(clothed.vectors)[:, :N_COMPONENTS]
    rest = clothed.vectors - ways.mean - (along * ways.spread[:N_COMPONENTS]) @ ways.basis[:N_COMPONENTS]
    dressed = load("training") + load("training_sisters") + load("training_loose")
    looseness, untold, declared = _looseness(dressed, choosing.own + choosing.cousins + choosing.loose)
    model = TiltModel(
        version=f"{date.today():%Y.%m.%d}",
        recipe=f"validation/fit.py on {len(training.truths)} outlines of generated people, painted and seen by the "
        f"pose model; its doubt from {len(choosing.cousins.truths)} others",
        mean=ways.mean,
        basis=ways.basis,
        spread=ways.spread,
        networks=tuple(train_networks(training, ways)),
        lines={clothes: _line(worn(everybody(LINE_ON), clothes)) for clothes in CLOTHES_DECLARED},
        line_share=LINE_SHARE,
        doubts={clothes: EstimateError(0.0, 0.0, 0.0, _heads(worn(training, clothes))) for clothes in CLOTHES_DECLARED},
        sexes={},
        rotation=RotationModel("", np.zeros(0), 0.0, 0.0, 0.0, 0.0, 0),
        limit=float(np.quantile(np.abs(along).max(axis=1), LIKE)),
        rest_limit=float(np.quantile(np.sqrt(np.mean(rest**2, axis=1)), LIKE)),
        agreement=AGREEMENT,
        looseness=looseness,
        loose_untold=untold,
        loose_told=declared,
    )
    return with_turn(with_doubts(with_sexes(_centred(model, choosing.cousins)), choosing))


def _line(people: People) -> LinearModel:
    """The rotation by a straight line on the outline."""
    return LinearModel(*ridge(people.vectors, people.column("rotation"), LINE_PENALTY))


def _heads(people: People) -> int:
    """How many people they are, some of them photographed twice."""
    return len(np.unique(people.column("seed")))


def _centred(model: TiltModel, cousins: People) -> TiltModel:
    """The model with the zero that suits the cousins, tight and normal clothes alike."""
    bias = np.mean([errors(model, cousins.where(fit=clothes), clothes).mean() for clothes in ("tight", "normal")])
    print(f"bias taken off: {bias:+.2f}")
    networks = []
    for network in model.networks:
        weights, offsets = network.layers[-1]
        networks.append(Network((*network.layers[:-1], (weights, offsets - bias))))
    lines = {clothes: replace(line, intercept=line.intercept - bias) for clothes, line in model.lines.items()}
    return replace(model, networks=tuple(networks), lines=lines)


def with_sexes(model: TiltModel) -> TiltModel:
    """The model with what outlines of each sex read more than those of both, over all cousins in fitting clothes.

    Broader hips read as more tilt. The means of both are half of their difference from the middle, so that an
    estimate of somebody whose sex is not told stays as it is.
    """
    more: dict[str, list[Array]] = {"f": [], "m": []}
    for name in COUSINS:
        for clothes in ("tight", "normal"):
            people = load(name).where(fit=clothes)
            for sex in more:
                more[sex].append(errors(model, people.where(sex=sex), clothes))
    women, men = (np.concatenate(more[sex]) for sex in ("f", "m"))
    half = float(women.mean() - men.mean()) / 2
    doubt = float(np.hypot(women.std() / np.sqrt(len(women)), men.std() / np.sqrt(len(men)))) / 2
    print(f"women read {half:.2f} ± {doubt:.2f} more, men as much less ({len(women)} and {len(men)})")
    return replace(model, sexes={"f": half, "m": -half})


def with_turn(model: TiltModel) -> TiltModel:
    """The model with what tells photos of one person apart, learnt and judged on pairs that only fitting uses."""
    pairs = load("training_pairs") + load("training_sister_pairs")
    turn = fit_turn(model, pairs, load("tuning_strangers_within"), load("tuning_twice"))
    return replace(model, rotation=turn)


def fit_turn(model: TiltModel, pairs: People, strangers: People, twice: People) -> RotationModel:
    """The line that ships, and its errors together with the estimate."""
    weights = turn_weights(pairs, TURN_PENALTY)
    turn = RotationModel(f"{date.today():%Y.%m.%d}", weights, TURN_LINE_SHARE, TURN_GAIN, 0.0, 0.0, _heads(pairs))
    model = replace(model, rotation=turn)

    def about_own(people: People, truth: float) -> float:
        """Scatter of the turn, less so much of the true one, about each person's own mean."""
        off = model.rotated(people.vectors) - truth * people.column("rotation")
        seeds = people.column("seed")
        off -= np.array([off[seeds == seed].mean() for seed in seeds])
        return float(np.sqrt(np.sum(off**2) / (len(seeds) - _heads(people))))

    error, sem = about_own(strangers.side_on(), 1.0), about_own(twice, 0.0)
    print(f"turn: error on strangers {error:.2f}, sem {sem:.2f}, {len(pairs.truths)} photos")
    return replace(turn, error=error, sem=sem)


def turn_weights(pairs: People, penalty: float) -> Array:
    """Weights (d,) of the line from photos about each person's own mean; no zero is learnt."""
    moved, turned = about_own_mean(pairs.side_on())
    weights: Array = ridge(np.vstack([moved, -moved]), np.concatenate([turned, -turned]), penalty)[1]
    return weights


def about_own_mean(people: People) -> tuple[Array, Array]:
    """Outlines (n, d) and rotations (n,) minus each person's own means."""
    seeds = people.column("seed")
    vectors, rotation = people.vectors.copy(), people.column("rotation")
    for seed in np.unique(seeds):
        vectors[seeds == seed] -= vectors[seeds == seed].mean(axis=0)
        rotation[seeds == seed] -= rotation[seeds == seed].mean()
    return vectors, rotation


def accepted(model: TiltModel, people: People) -> People:
    """Those whose outline is like those of the fit."""
    return people.pick(np.array([model.novelty(vector) <= 1 for vector in people.vectors], bool))


def errors(model: TiltModel, people: People, clothes: Clothes) -> Array:
    """Value minus rotation, degrees (n,), of those whose outline the estimate takes."""
    taken = accepted(model, people)
    return model.values(taken.vectors, clothes) - taken.column("rotation")


def with_doubts(model: TiltModel, choosing: Choosing) -> TiltModel:
    """The model with its sigmas: conformal on the cousins, and in quadrature what no statistic of bodies speaks of.

    No clothes are read surer than tight ones, however few of the others there were.
    """
    doubts: dict[Clothes, EstimateError] = {}
    for clothes in CLOTHES_DECLARED:
        fitted = rms(errors(model, choosing.own.where(fit=_fits(clothes)), clothes))
        seeds = choosing.within.column("seed")
        off = model.values(choosing.within.vectors, clothes) - choosing.within.column("rotation")
        off -= np.array([off[seeds == seed].mean() for seed in seeds])
        sem = float(np.sqrt(np.sum(off**2) / (len(seeds) - _heads(choosing.within))))
        real = conformal_sigma(errors(model, choosing.cousins.where(fit=_fits(clothes)), clothes))
        sigma = max([float(np.hypot(real, UNSEEN_SD)), *(doubts[one].sigma for one in doubts if one == "tight")])
        held = np.mean(np.abs(errors(model, choosing.strangers.where(fit=_fits(clothes)), clothes)) <= 1.96 * sigma)
        print(f"{clothes}: own family {fitted:.2f}, cousins' conformal {real:.2f}, shipped {sigma:.2f} "
              f"(holds {held:.1%} of strangers), one person {sem:.2f}")  # fmt: skip
        doubts[clothes] = EstimateError(fitted, sigma, sem, model.doubts[clothes].people)
    return replace(model, doubts=doubts)


def _fits(clothes: Clothes) -> tuple[str, ...]:
    return ("tight", "normal") if clothes == "untold" else (clothes,)


def fit_verdict(model: TiltModel, rules: VerdictRules, families: Sequence[People]) -> VerdictRules:
    """Line and spread of the reading over people in a natural spread, every family with the same weight.

    reading = intercept + slope · rotation ± residual, by least squares.
    """
    readings, rotations = [], []
    for people in families:
        taken = accepted(model, people.where(fit="tight"))
        readings.append(model.values(taken.vectors, "tight"))
        rotations.append(taken.column("rotation"))
    weights = np.concatenate([np.full(len(r), 1 / len(r)) for r in readings]) / len(families)
    reading, rotation = np.concatenate(readings), np.concatenate(rotations)
    slope, intercept = np.polyfit(rotation, reading, 1, w=np.sqrt(weights))
    residual = float(np.sqrt(np.sum(weights * (reading - intercept - slope * rotation) ** 2)))
    mean = float(np.sum(weights * reading))
    spread = float(np.sqrt(np.sum(weights * (reading - mean) ** 2)))
    fitted = replace(
        rules,
        version=f"{date.today():%Y.%m.%d}",
        recipe=f"validation/fit.py on {len(reading)} outlines of the set {' and '.join(CHOOSING)}",
        intercept_deg=round(float(intercept), 2),
        slope=round(float(slope), 3),
        residual_deg=round(residual, 2),
        reading_mean_deg=round(mean, 1),
        reading_sd_deg=round(spread, 1),
        reading_n=len(reading),
    )
    lines = cuts(of_outline(fitted), fitted)
    print(f"reading = {intercept:.2f} + {slope:.3f} rotation ± {residual:.2f}, among people {mean:.1f} ± {spread:.1f}")
    print("cuts: " + ", ".join(f"{name} {value:.1f}" for name, value in asdict(lines).items()))
    for limit in (15, 18):
        high, called = rotation > limit, reading >= lines.more
        right = np.sum(weights * (high & called))
        print(f"over {limit}°: called forward {right / np.sum(weights * high):.0%}, "
              f"of the calls right {right / np.sum(weights * called):.0%}")  # fmt: skip
    return fitted


def conformal_sigma(error: Array) -> float:
    """The sigma whose 95 % interval holds a new person of the same kind in 95 of 100 cases, whatever the errors' law.

    Split conformal prediction (Lei and others 2018, JASA 113:1094): the ceil(0.95 (n + 1))th of the n sizes of error,
    over 1.96. Raises ValueError for fewer than 19 errors, which cannot say it.
    """
    rank = int(np.ceil(0.95 * (len(error) + 1)))
    if rank > len(error):
        raise ValueError(f"{len(error)} errors cannot give a 95 % interval")
    return float(np.sort(np.abs(error))[rank - 1]) / 1.96


def _looseness(training: People, choosing: People) -> tuple[LinearModel, float, float]:
    """The line that is 1 for loose tops, and from where it calls one loose: among the choosing people who fit."""

    def loose(people: People) -> Array:
        return np.array([truth["fit"] == "loose" for truth in people.truths], float)

    intercept, weights = ridge(training.vectors, loose(training), 3.0)
    score, is_loose = choosing.vectors @ weights + intercept, loose(choosing) == 1
    limits = [float(np.quantile(score[~is_loose], 1 - false)) for false in (FALSE_LOOSE_UNTOLD, FALSE_LOOSE_TOLD)]
    for limit in limits:
        print(f"loose tops seen: {np.mean(score[is_loose] > limit):.2f} of {is_loose.sum()} from {limit:.2f}")
    return LinearModel(intercept, weights), limits[0], limits[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("model", "verdict"), default="model")
    parser.add_argument("--write", action="store_true", help=f"write {SHIPPED.name} and {VERDICT.name}")
    asked = parser.parse_args()
    choosing = Choosing.load()
    if asked.what == "verdict":
        model = with_turn(with_doubts(with_sexes(Knowledge.load().tilt_model), choosing))
    else:
        model = fit(everybody(), choosing)
    rules = fit_verdict(model, Knowledge.load().verdict, [load(name) for name in CHOOSING])
    if asked.write:
        SHIPPED.write_text(json.dumps(model.table(), separators=(",", ":")) + "\n", "utf-8")
        VERDICT.write_text(json.dumps(asdict(rules), indent=2) + "\n", "utf-8")
        print(f"written: {SHIPPED} ({SHIPPED.stat().st_size} bytes), {VERDICT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
