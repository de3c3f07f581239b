"""Every method that was tried, on strangers:  python -m validation.methods  (part of ``make validate``)

Each learns on the same people (validation/vectors) and is tried on people it has not seen. The choice was made by the
columns of the *choosing* strangers; the *judging* ones are the set that docs/accuracy.md judges by, and choose nothing.
Writes the table into docs/method.md.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from posture.knowledge.load import Knowledge
from posture.knowledge.tilt_model import Told
from validation.fit import FITTED_ON
from validation.judge import rms
from validation.learners import Method, Predict, boosting, kernels, lines, mean_of, networks, synthesis
from validation.observed import load_set
from validation.tables import put, table
from validation.vectors import People, load, outlines

DOCUMENT = Path(__file__).parent.parent / "docs" / "method.md"
SHIPS = "**networks 64-32, decay 0.6, mean of six (ships)**"
#: What learns from all people of the fit.
METHODS: dict[str, Method] = {
    "a line for each clothing, ridge 10": lines(10.0),
    "the same, ridge 300": lines(300.0),
    SHIPS: networks(),
    "the same, decay 0.2": networks(decay=0.2),
    "the same, decay 2": networks(decay=2.0),
    "the same on 80 ways": networks(80),
    "the same, 128-64, mean of three": networks(sizes=(128, 64), members=3),
    "one network": networks(members=1),
    "kernel ridge": kernels(0.1, 2.0),
    "boosted trees": boosting,
    "analysis by synthesis, free-form rest": synthesis,
    "networks and line, mean": mean_of(networks(), lines(100.0)),
    "networks and kernels, mean": mean_of(networks(), kernels(0.1, 2.0)),
}
#: From whom the one that ships learns instead.
FEWER = {
    "the generator's own people alone": ("training",),
    "the wider family alone": ("training_wider", "training_pairs"),
    "a third of everybody": FITTED_ON,
}


def scores(predict: Predict, people: People, told: Told) -> str:
    """RMSE and r of one method on some people, for a cell."""
    value, true = predict(people.vectors, told), people.column("rotation")
    return f"{rms(value - true):.2f} / {np.corrcoef(value, true)[0, 1]:.2f}"


def comparison() -> str:
    """The table."""
    everybody = sum((load(name) for name in FITTED_ON[1:]), load(FITTED_ON[0]))
    own, strangers = load("tuning"), load("tuning_strangers")
    judging = outlines(load_set("strangers")).side_on()
    trials = [
        ("own family, tight", own.where(fit="tight"), "tight"),
        ("choosing strangers, tight", strangers.where(fit="tight").side_on(), "tight"),
        ("choosing strangers, normal", strangers.where(fit="normal"), "normal"),
        ("judging strangers, tight", judging, "tight"),
    ]
    tried = [(name, method, everybody) for name, method in METHODS.items()]
    for name, sets in FEWER.items():
        people = sum((load(n) for n in sets[1:]), load(sets[0]))
        if sets == FITTED_ON:
            people = people.pick(np.arange(len(people.truths)) % 3 == 0)
        tried.append((f"the one that ships, from {name}", METHODS[SHIPS], people))
    rows = []
    for name, method, people in tried:
        predict = method(people)
        rows.append((name, str(len(people.truths)), *(scores(predict, p, told) for _, p, told in trials)))
        print(" | ".join(rows[-1]), file=sys.stderr)
    header = ("method", "people", *(f"{name} (n {len(p.truths)})" for name, p, _ in trials))
    return table(header, rows)


def estimate_ms(times: int = 200) -> float:
    """Median time of the shipped estimate for the three outlines of a photo, milliseconds."""
    model = Knowledge.load().tilt_model
    outlines_of_one = np.tile(model.mean, (3, 1))
    took = []
    for _ in range(times):
        begun = perf_counter()
        model.values(outlines_of_one, "tight")
        took.append(1000 * (perf_counter() - begun))
    return float(np.median(took))


def main() -> int:
    print(f"an estimate from three outlines takes {estimate_ms():.2f} ms", file=sys.stderr)
    put(DOCUMENT, "methods", comparison())
    print(f"written: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
