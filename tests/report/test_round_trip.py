"""Any report, not only those of our pictures, comes back from its JSON as it was."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from posture.errors import Issue
from posture.findings.chance import Chance, Cuts
from posture.findings.verdict import WORDS, Finding, Tilt
from posture.measures import MEASURES
from posture.measures.measurement import Comparison, Measurement, Measurements, Unmeasured
from posture.quantity import Quantity
from posture.report.practice import Practice
from posture.report.report import PhotoInfo, Report, Stickers
from validation.record import GOLDEN

TYPICAL = Report.from_json((GOLDEN / "typical.json").read_text("utf-8"))

# numbers as reports hold them, four decimals, and texts as people and data hold them, quotes and braces among them
numbers = some.integers(-(10**6), 10**6).map(lambda n: n / 10_000)
positive = some.integers(1, 10**6).map(lambda n: n / 10_000)
shares = some.integers(0, 10_000).map(lambda n: n / 10_000)
texts = some.text(some.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
issues = some.builds(Issue, texts, texts, texts)
places = some.builds(Comparison, numbers, some.none() | some.integers(0, 10**6).map(lambda n: n / 10_000), texts)


def quantities(unit: str) -> some.SearchStrategy[Quantity]:
    return some.builds(Quantity, numbers, positive, some.just(unit))


def measured(unit: str) -> some.SearchStrategy[Measurement | Unmeasured]:
    grades = some.sampled_from("ABCD")
    found = some.builds(Measurement, quantities(unit), positive, grades, texts, numbers, some.none() | places)
    return found | some.builds(Unmeasured, texts)


measurements = some.fixed_dictionaries({name: measured(one.unit) for name, one in MEASURES.items()}).map(Measurements)
tilts = some.builds(Tilt, quantities("deg"), some.sampled_from("ABC"), texts, some.none() | places)
chances = some.builds(Chance, shares, shares, shares, shares, shares, some.tuples(shares, shares))
cuts = some.builds(Cuts, numbers, numbers, numbers, numbers)
findings = some.builds(
    Finding,
    kind=some.sampled_from(sorted(WORDS)),
    headline=texts,
    tilt=some.none() | tilts,
    chance=some.none() | chances,
    cuts=some.none() | cuts,
    p_sway_back=some.none() | shares,
    p_flat_back=some.none() | shares,
    grade=some.sampled_from("ABCD"),
    because=texts,
    next_steps=some.lists(texts, max_size=3).map(tuple),
)
practices = some.builds(
    Practice,
    exercise=texts,
    side=some.sampled_from(("left", "right", None)),
    held_s=positive,
    reps=some.integers(0, 99),
    tempo_s=some.none() | some.tuples(positive, positive, positive),
    cues=some.dictionaries(texts, some.integers(1, 9), max_size=2),
    watched=some.booleans(),
)
points = some.tuples(positive, positive)
reports = some.builds(
    replace,
    some.just(TYPICAL),
    photo=some.builds(PhotoInfo, texts, some.just("0" * 64), some.integers(1, 9999), some.integers(1, 9999)),
    reasons=some.lists(issues, max_size=2).map(tuple),
    warnings=some.lists(issues, max_size=2).map(tuple),
    notes=some.lists(issues, max_size=2).map(tuple),
    facing=some.sampled_from(("left", "right", None)),
    measurements=measurements,
    finding=some.none() | findings,
    plan=some.sampled_from((None, TYPICAL.plan)),
    stickers=some.none() | some.builds(Stickers, points, points, shares, some.booleans()),
    by_hand=some.sampled_from(((), ("asis", "psis"), ("knee",))),
    rotation=some.none() | quantities("deg"),
    lengths_cm=some.dictionaries(some.sampled_from(("lumbar_depth", "head_ahead_of_shoulder")), quantities("cm")),
    practice=some.lists(practices, max_size=2).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(reports)
def test_a_report_comes_back_from_its_json_as_it_was(report: Report) -> None:
    written = report.to_json()
    read = Report.from_json(written)
    assert read.to_json() == written
    assert read == report
