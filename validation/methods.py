"""Every method that was tried, on people that choose:  python -m validation.methods  (part of ``make validate``)

Each learns on the same people (validation/vectors) and is tried on people it has not seen, of whom none judges. The
choice was made by the columns of the cousins, whose bodies vary as real ones do. Writes two tables into docs/method.md:
of the estimate, and of the turn between two photos, which ``python -m validation.methods turn`` writes alone.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import Clothes
from validation.fit import (
    FITTED_ON,
    LINE_ON,
    LINE_PENALTY,
    LINE_SHARE,
    TURN_GAIN,
    TURN_LINE_SHARE,
    TURN_PENALTY,
    everybody,
    turn_weights,
)
from validation.judge import auc, rms
from validation.learners import Method, Predict, blend, boosting, kernels, lines, networks, synthesis
from validation.tables import put, table
from validation.vectors import People, load

DOCUMENT = Path(__file__).parent.parent / "docs" / "method.md"
Indices = NDArray[np.intp]
SHIPS = "**networks 64-32, decay 0.6, mean of six, and a line, ridge 5, by 0.3 (ships)**"


def of_line() -> People:
    """From whom the line that ships learns."""
    return everybody(LINE_ON)


#: What learns from all people of the fit.
METHODS: dict[str, Method] = {
    "a line for each clothing, ridge 5": lines(LINE_PENALTY),
    "the same, ridge 300": lines(300.0),
    "networks 64-32, decay 0.6, mean of six": networks(),
    "the same, decay 0.2": networks(decay=0.2),
    "the same, decay 2": networks(decay=2.0),
    "the same on 60 ways": networks(60),
    "the same, 128-64, mean of three": networks(sizes=(128, 64), members=3),
    "one network": networks(members=1),
    "kernel ridge": kernels(0.1, 2.0),
    "boosted trees": boosting,
    "analysis by synthesis, free-form rest": synthesis,
    SHIPS: blend(networks(), lines(LINE_PENALTY), LINE_SHARE, of_line),
    "the same, line by 0.5": blend(networks(), lines(LINE_PENALTY), 0.5, of_line),
    "the same, line from all whom the networks learn from": blend(networks(), lines(LINE_PENALTY), LINE_SHARE),
    "the same, decay 0.4, 60 ways": blend(networks(60, decay=0.4), lines(LINE_PENALTY), LINE_SHARE, of_line),
    "networks and kernels, mean": blend(networks(), kernels(0.1, 2.0), 0.5),
}
#: From whom networks and line (by 0.3) learn instead: every nth person of a set, and how often each counts.
BOTH = blend(networks(), lines(LINE_PENALTY), LINE_SHARE)
ALL = {"training": (1, 1), "training_wider": (1, 1), "training_pairs": (1, 1)}
OTHERS = {
    "the generator's own people alone": {"training": (1, 1)},
    "the wider family alone": {"training_wider": (1, 1), "training_pairs": (1, 1)},
    "the sisters alone": {"training_sisters": (1, 1)},
    "own and sisters": {"training": (1, 1), "training_sisters": (1, 1)},
    "own and wider, as 1.0.0 did": ALL,
    "own, wider and sisters": {**ALL, "training_sisters": (1, 1)},
    "own, wider, arms and sisters twice": {**ALL, "training_arms": (1, 1), "training_sisters": (1, 2)},
    "a third of everybody": {name: (3 * step, times) for name, (step, times) in FITTED_ON.items()},
}


def scores(predict: Predict, people: People, told: Clothes) -> str:
    """Error without the bias, and r, of one method on some people, for a cell."""
    value, true = predict(people.vectors, told), people.column("rotation")
    return f"{np.std(value - true):.2f} / {np.corrcoef(value, true)[0, 1]:.2f}"


def natural(predict: Predict, people: People) -> str:
    """The same in a natural spread, with the AUC for a rotation of more than 15°."""
    value, true = predict(people.vectors, "tight"), people.column("rotation")
    return f"{scores(predict, people, 'tight')} / {auc(value, true > 15):.3f}"


def comparison() -> str:
    """The table."""
    cousins, strangers = load("cousins"), load("tuning_strangers")
    trials: list[tuple[str, People, Clothes]] = [
        ("own family, tight", load("tuning").where(fit="tight"), "tight"),
        ("cousins, tight", cousins.where(fit="tight").side_on(), "tight"),
        ("cousins, normal", cousins.where(fit="normal"), "normal"),
        ("strangers, tight", strangers.where(fit="tight").side_on(), "tight"),
    ]
    spread = load("cousins_natural").side_on()
    tried = [(name, method, everybody()) for name, method in METHODS.items()]
    tried += [(f"both, from {name}", BOTH, everybody(sets)) for name, sets in OTHERS.items()]
    rows = []
    for name, method, people in tried:
        predict = method(people)
        cells = [scores(predict, some, told) for _, some, told in trials]
        rows.append((name, str(len(people.truths)), *cells, natural(predict, spread)))
        print(" | ".join(rows[-1]), file=sys.stderr)
    header = ("method", "people", *(f"{name} (n {len(p.truths)})" for name, p, _ in trials),
              f"cousins, natural, with AUC (n {len(spread.truths)})")  # fmt: skip
    return table(header, rows)


#: Ways to read the turn: penalty of the line, how much it counts, the estimate's gain, and whether sisters teach too.
TURNS = {
    "a line, own and wider family, penalty 1000": (1000.0, 1.0, 0.0, False),
    "the same with pairs of sisters": (1000.0, 1.0, 0.0, True),
    "the same, penalty 100": (100.0, 1.0, 0.0, True),
    "the same, penalty 20000": (20000.0, 1.0, 0.0, True),
    "the estimate alone": (100.0, 0.0, 1.0, True),
    "the estimate alone, stretched by 1.3": (100.0, 0.0, TURN_GAIN, True),
    "the first line and the stretched estimate, half each": (1000.0, 0.5, TURN_GAIN, False),
    "**the line of penalty 100 by 0.6, the stretched estimate by 0.4 (ships)**": (
        TURN_PENALTY,
        TURN_LINE_SHARE,
        TURN_GAIN,
        True,
    ),
    "the same, line by 0.7": (TURN_PENALTY, 0.7, TURN_GAIN, True),
    "the same, line by 0.5": (TURN_PENALTY, 0.5, TURN_GAIN, True),
    "the same, line by 0.6, estimate not stretched": (TURN_PENALTY, TURN_LINE_SHARE, 1.0, True),
}
TURNED = {
    "cousins, minutes apart": "cousins_twice",
    "strangers, anywhere": "tuning_strangers_within",
    "own family, anywhere": "tuning_within",
    "own family, minutes apart": "tuning_twice",
}


def turns() -> str:
    """The table of the turn: RMSE of the difference of two photos of one person, and its slope on the true one."""
    model, own = Knowledge.load().tilt_model, load("training_pairs")
    pairs = {False: own, True: own + load("training_sister_pairs")}
    seen = {title: load(name) for title, name in TURNED.items()}
    rows = []
    for name, (penalty, share, gain, sisters) in TURNS.items():
        weights = turn_weights(pairs[sisters], penalty)
        reads = replace(model, rotation=replace(model.rotation, weights=weights, line_share=share, gain=gain))
        cells = []
        for people in seen.values():
            one, other = photos_of_one(people)
            told, true = (
                values[other] - values[one] for values in (reads.rotated(people.vectors), people.column("rotation"))
            )
            cells.append(f"{rms(told - true):.2f} / {np.polyfit(true, told, 1)[0]:.2f}")
        rows.append((name, *cells))
    return table(("turn", *(f"{title} (n {len(photos_of_one(people)[0])})" for title, people in seen.items())), rows)


def photos_of_one(people: People) -> tuple[Indices, Indices]:
    """Every two photos of one person, as two lists of their places: three of one and one of another give (0, 1), (0, 2)
    and (1, 2).
    """
    seeds = people.column("seed")
    one, other = np.triu_indices(len(seeds), 1)
    same = seeds[one] == seeds[other]
    return one[same], other[same]


def estimate_ms(times: int = 200) -> float:
    """Median time of the shipped estimate for the three outlines of a photo, milliseconds."""
    model = Knowledge.load().tilt_model
    outlines_of_one = np.tile(model.mean, (3, 1))
    took = []
    for _ in range(times):
        active_stages = perf_counter()
        model.values(outlines_of_one, "tight")
        took.append(1000 * (perf_counter() - active_stages))
    return float(np.median(took))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("all", "turn"), default="all")
    asked = parser.parse_args()
    put(DOCUMENT, "turns", turns())
    if asked.what == "all":
        print(f"an estimate from three outlines takes {estimate_ms():.2f} ms", file=sys.stderr)
        put(DOCUMENT, "methods", comparison())
    print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
