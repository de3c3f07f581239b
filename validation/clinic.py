"""A year of a made clinic (200 clients, 6 visits): how long its files take to load, list, draw and forget.

    python -m validation.clinic        on SQLite, and on PostgreSQL where it is installed; prints, writes nothing

Reports are those of the samples, each measure moved by its own error and, for one client in two, by a steady change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from posture.clinic.archive import Archive
from posture.export.fhir import bundle
from posture.followup.timeline import timelines
from posture.knowledge.load import Knowledge
from posture.render.charts.visit import timeline
from posture.render.html.visit import Clinic, outlines, render_visit
from posture.render.html.visit_changes import DRAWN
from posture.report.report import Report
from posture.text.language import ENGLISH
from tests import postgres
from validation.record import GOLDEN

CLIENTS, DAYS = 200, [f"2026-{month:02d}-01" for month in (1, 3, 5, 7, 9, 11)]
TAKEN = ("typical", "mild", "marked", "sway_back", "posterior")


def load(archive: Archive, clients: int = CLIENTS) -> None:
    """Every client's six visits."""
    chance = np.random.default_rng(11)
    reports = [Report.from_json((GOLDEN / f"{name}.json").read_text("utf-8")) for name in TAKEN]
    for client in range(clients):
        a_visit_deg = -1.5 if client % 2 else 0.0
        for k, day in enumerate(DAYS):
            report = reports[client % len(reports)]
            moved = report.measurements | {
                name: replace(m, quantity=m.quantity.shifted(a_visit_deg * k + m.sem * chance.standard_normal()))
                for name, m in report.measurements.measured().items()
            }
            photo = replace(report.photo, sha256=chance.bytes(32).hex())
            archive.keep(f"p{client:03d}", day, "relaxed", replace(report, photo=photo, measurements=moved))


def seconds(act: Callable[[], object], times: int = 1) -> float:
    """How long something takes, the middle of some times."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return median(took)


def measure(name: str, url: str, file: Path | None) -> None:
    archive, knowledge = Archive(url), Knowledge.load()
    print(f"{name}: {CLIENTS} clients × {len(DAYS)} visits loaded in {seconds(lambda: load(archive)):.1f} s")

    def draw() -> None:
        history = archive.history("p101")
        for line in timelines(history, knowledge, archive.own_error()):
            if line.measure in DRAWN:
                timeline(line)
        outlines(history, knowledge, ENGLISH)

    def page() -> None:
        history = archive.history("p101")
        render_visit("p101", history[-1], history, Clinic(), knowledge)

    print(f"  list {seconds(archive.clients, 9):.3f} s, search {seconds(lambda: archive.clients('p1'), 9):.3f} s")
    print(f"  a client's history, timelines and outlines drawn {seconds(draw, 9):.3f} s, page {seconds(page, 9):.3f} s")
    print(f"  FHIR bundle {seconds(lambda: bundle('p101', archive.history('p101'), knowledge), 3):.2f} s")
    print(f"  erase {seconds(lambda: archive.erase('p101')):.2f} s")
    if file is not None:
        print(f"  bytes of p101 left in the file after that: {file.read_bytes().count(b'p101')}")


def main() -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "clinic.db"
        measure("SQLite", f"sqlite:///{file}", file)
    programs = postgres.programs()
    if programs is None:
        print(postgres.MISSING)
        return
    with postgres.server(programs) as address:
        measure("PostgreSQL", address.format("postgres"), None)


if __name__ == "__main__":
    main()
