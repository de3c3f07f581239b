"""How the drawn families vary beside real people:  python -m validation.bodies  (part of ``make validate``)

Draws 400 people of each family, measures them as real ones were (`validation.people.real_bodies`) and writes the table
into docs/method.md. Exits 1 where a law that has to meet the real figures misses one by more than it may.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from posture.batch.worker import begin
from validation.people.person import draw
from validation.people.real_bodies import Measured, measured, off, rows
from validation.people.sets import FAMILIES
from validation.tables import put, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "method.md"
#: The first seed; nobody of them is in a set.
FIRST, PEOPLE = 9_100_000, 400
LAWS = ("matched", "cousins", "sisters")


def one(task: tuple[str, int]) -> Measured:
    """One person of a family in a natural stance."""
    family, seed = task
    person = draw(seed, coupling="close", rotation_sd=5.0, family=FAMILIES[family])
    return measured(person.body(), person.shape.sex > 0.5, person.stature)


def comparison(people: dict[str, Sequence[Measured]]) -> str:
    """The table: real people, then every family."""
    found = {family: rows(drawn) for family, drawn in people.items()}
    lines = []
    for k, (name, real, _, most) in enumerate(next(iter(found.values()))):
        cells = [f"{found[family][k][2]:.2f}" for family in people]
        lines.append([name, f"{real:g} ± {most:.2g}", *cells])
    return table(("", "real people, and what a law may miss", *people), lines)


def main() -> int:
    people = {}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=begin) as pool:
        for family in (*LAWS, "own", "wider", "strangers"):
            people[family] = list(pool.map(one, [(family, FIRST + k) for k in range(PEOPLE)], chunksize=10))
    put(DOCUMENT, "bodies", comparison(people))
    missed = {family: off(people[family]) for family in LAWS}
    for family, rows_off in missed.items():
        print(f"{family}: " + ("meets every row" if not rows_off else f"misses {dict(rows_off)}"))
    print(f"written: {DOCUMENT}")
    return int(any(missed.values()))


if __name__ == "__main__":
    sys.exit(main())
