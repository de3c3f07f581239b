"""Norms, exercises, cautions and sources: what the package's data files hold, checked on load.

An entry without a source, with a missing or an unknown field, or naming something that does
not exist is refused with KnowledgeError: nothing clinical enters the program unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any, Protocol, Self, TypeVar

from posture.errors import KnowledgeError
from posture.knowledge import files
from posture.knowledge.arm_rule import ArmRule
from posture.knowledge.exercise_rules import ExerciseRules, Lift, Rule, Window
from posture.knowledge.quality_limits import QualityLimits
from posture.knowledge.records import (
    URGENCIES,
    Caution,
    Decision,
    Exercise,
    Extra,
    FindingRules,
    KnownError,
    Norm,
    Source,
    VerdictRules,
)
from posture.knowledge.tilt_model import TiltModel
from posture.quantity import Quantity

KINDS = ("stretch", "mobilize", "strengthen", "activate", "release", "habit", "test")
LEVELS = ("emergency", "prompt", "condition")
#: How far a source was read, the furthest first; of what stands after them in CHECKED nothing by others was read.
READ = ("full text", "abstract", "excerpt", "second-hand")
CHECKED = (*READ, "not read", "computed", "proposal")
_IDENTIFIER = re.compile(r"doi:10\.\d{4,9}/\S+|pmid:\d+|isbn:[\d-]{9,16}[\dX]")
#: Results of the two hip tests that a decision may ask for.
RESULTS = {"length": ("short", "normal", "unclear", "untested"), "strength": ("weak", "fine", "unclear", "untested")}
#: The measure whose norm is fitted with the verdict.
_READING = "pelvic_tilt_estimate"
DOSE_KEYS = ("sets", "reps", "hold_s", "tempo", "days_per_week")

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """Everything the data files hold, by id or by measure's name. One equals itself alone, and can key a cache."""

    gates: QualityLimits
    widening: Mapping[str, float]
    rules: FindingRules
    verdict: VerdictRules
    norms: Mapping[str, Norm]
    errors: Mapping[str, KnownError]
    exercises: Mapping[str, Exercise]
    cautions: Mapping[str, Caution]
    sources: Mapping[str, Source]
    decisions: tuple[Decision, ...]
    patterns: Mapping[str, Decision]
    extras: tuple[Extra, ...]
    drills: Mapping[str, ExerciseRules]
    tilt_model: TiltModel
    arms: ArmRule
    norms_version: str
    calibration_version: str

    @classmethod
    def load(cls) -> Knowledge:
        """The data files of the installed package. Raises KnowledgeError naming the entry."""
        return _load()


@cache
def _load() -> Knowledge:
    return build(files.tables())


def build(tables: Mapping[str, Mapping[str, Any]]) -> Knowledge:
    """Check parsed data files, by name: those of `posture.knowledge.files.tables`."""
    try:
        knowledge = _built(tables)
    except KeyError as error:
        raise KnowledgeError(f"the data files lack {error}") from error
    _check(knowledge)
    return knowledge


def _built(tables: Mapping[str, Mapping[str, Any]]) -> Knowledge:
    norms, calibration = tables["norms"], tables["calibration"]
    verdict = entry(VerdictRules, tables["verdict"])
    return Knowledge(
        gates=entry(QualityLimits, norms["gates"]),
        widening=MappingProxyType(norms["widening"]),
        rules=entry(FindingRules, norms["finding"]),
        verdict=verdict,
        norms=MappingProxyType({**_by(Norm, norms["norm"], "measure"), _READING: _norm_of_readings(verdict)}),
        errors=_by(KnownError, calibration["error"], "measure"),
        exercises=_by(Exercise, tables["exercises"]["exercise"], "id"),
        cautions=_by(Caution, tables["cautions"]["caution"], "id"),
        sources=_by(Source, tables["sources"]["source"], "id"),
        decisions=tuple(entry(Decision, row) for row in tables["decisions"]["side"]),
        patterns=_patterns(tables["decisions"]["pattern"]),
        extras=tuple(entry(Extra, row) for row in tables["decisions"]["extra"]),
        drills=MappingProxyType({row["exercise"]: _drill(row) for row in tables["coaching"]["drill"]}),
        tilt_model=_read(TiltModel, "pelvic_tilt", tables),
        arms=_read(ArmRule, "arms", tables),
        norms_version=norms["norms_version"],
        calibration_version=f"{calibration['version']}, tilt {tables['pelvic_tilt']['version']}",
    )


def _norm_of_readings(rules: VerdictRules) -> Norm:
    """Norm of the outline's readings among people, their own error included: for a reading as it is."""
    return Norm(
        measure=_READING,
        mean=rules.reading_mean_deg,
        sd=rules.reading_sd_deg,
        unit="deg",
        n=rules.reading_n,
        instrument="this tool's outline",
        population="computer-generated adults in tight clothes, rotation 10 ± 5°, two families half and half",
        provisional=True,
        source=rules.source,
        where=rules.recipe,
        as_read=True,
    )


def _patterns(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Decision]:
    kept: dict[str, Decision] = {}
    for row in rows:
        for kind in row["kinds"]:
            if kind in kept:
                raise KnowledgeError(f"decisions: pattern {kind} appears twice")
            kept[kind] = entry(Decision, {key: value for key, value in row.items() if key != "kinds"})
    return MappingProxyType(kept)


def _drill(row: Mapping[str, Any]) -> ExerciseRules:
    title = f"coaching {row.get('exercise', '')}".strip()
    try:
        form = tuple(Rule(Window(**rule["window"]), rule["cue"]) for rule in row.get("form", ()))
        stance = tuple(Window(**window) for window in row.get("stance", ()))
        lift = Lift(**row["lift"]) if "lift" in row else None
        return entry(ExerciseRules, {**row, "form": form, "stance": stance, "lift": lift})
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"{title}: {error}") from error


class _Read(Protocol):
    """A fitted model, read from a parsed data file."""

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where it is none."""


Fitted = TypeVar("Fitted", bound=_Read)


def _read(kind: type[Fitted], name: str, tables: Mapping[str, Mapping[str, Any]]) -> Fitted:
    try:
        return kind.read(tables[name])
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"{name}.json: {error}") from error


def entry(kind: type[Entry], table: Mapping[str, Any]) -> Entry:
    """One data entry as a record: every needed field there, none unknown, no empty text. Lists become tuples."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    needed = {field.name for field in fields(kind) if field.default is MISSING}  # type: ignore[arg-type]
    title = f"{kind.__name__} {table.get('id', table.get('measure', table.get('exercise', '')))}".strip()
    if missing := needed - table.keys():
        raise KnowledgeError(f"{title}: {', '.join(sorted(missing))} missing")
    if unknown := table.keys() - names:
        raise KnowledgeError(f"{title}: {', '.join(sorted(unknown))} unknown")
    for name, value in table.items():
        if value == "" or (name in ("source", "steps", "stop") and value == []):
            raise KnowledgeError(f"{title}: {name} is empty")
    return kind(**{k: tuple(v) if isinstance(v, list) else _frozen(v) for k, v in table.items()})


def _frozen(value: Any) -> Any:
    return MappingProxyType(value) if isinstance(value, dict) else value


def _by(kind: type[Entry], tables: Iterable[Mapping[str, Any]], key: str) -> Mapping[str, Entry]:
    kept: dict[str, Entry] = {}
    for table in tables:
        if table.get(key) in kept:
            raise KnowledgeError(f"{kind.__name__} {table[key]}: appears twice")
        kept[str(table.get(key))] = entry(kind, table)
    return MappingProxyType(kept)


def _check(knowledge: Knowledge) -> None:
    """Check that every reference between entries exists."""

    def sourced(title: str, ids: str | tuple[str, ...]) -> None:
        for source in (ids,) if isinstance(ids, str) else ids:
            if source not in knowledge.sources:
                raise KnowledgeError(f"{title}: source {source} is not in sources.toml")
            if knowledge.sources[source].checked == "not read":
                raise KnowledgeError(f"{title}: source {source} was not read, so nothing may rest on it")

    for one in knowledge.sources.values():
        _check_source(one)
    sourced("finding", knowledge.rules.source)
    _check_verdict(knowledge.verdict)
    sourced("verdict", (knowledge.verdict.source, knowledge.verdict.prior_source))
    for code, factor in knowledge.widening.items():
        if factor < 1:
            raise KnowledgeError(f"widening {code}: {factor} would make a poor photo surer")
    for norm in knowledge.norms.values():
        sourced(f"norm {norm.measure}", norm.source)
        if not knowledge.sources[norm.source].short:
            raise KnowledgeError(f"source {norm.source}: short is missing, and norm {norm.measure} is shown with it")
        if norm.sd <= 0:
            raise KnowledgeError(f"norm {norm.measure}: sd must be positive")
    for error in knowledge.errors.values():
        sourced(f"error {error.measure}", error.source)
    for caution in knowledge.cautions.values():
        sourced(f"caution {caution.id}", caution.source)
        if caution.level not in LEVELS:
            raise KnowledgeError(f"caution {caution.id}: level {caution.level} is not one of {', '.join(LEVELS)}")
        if (caution.level == "condition") != bool(caution.called):
            raise KnowledgeError(f"caution {caution.id}: called is for conditions, and for every one of them")
        if (caution.level == "condition") == (caution.urgency in URGENCIES):
            raise KnowledgeError(f"caution {caution.id}: urgency is for what stops a plan: {', '.join(URGENCIES)}")
    for drill in knowledge.drills.values():
        sourced(f"coaching {drill.exercise}", drill.source)
        if drill.exercise not in knowledge.exercises:
            raise KnowledgeError(f"coaching: no exercise {drill.exercise}")
        if drill.lift is None and not drill.stance:
            raise KnowledgeError(f"coaching {drill.exercise}: what is held needs a stance")
    for row in (*knowledge.decisions, *knowledge.patterns.values()):
        sourced(f"decisions, {row.because!r}", row.evidence)
    _check_decisions(knowledge)
    for exercise in knowledge.exercises.values():
        sourced(f"exercise {exercise.id}", exercise.source)
        if exercise.kind not in KINDS:
            raise KnowledgeError(f"exercise {exercise.id}: kind {exercise.kind} is not one of {', '.join(KINDS)}")
        for dose in (exercise.dose, exercise.low_dose):
            if unknown := dose.keys() - set(DOSE_KEYS):
                raise KnowledgeError(f"exercise {exercise.id}: dose has {', '.join(sorted(unknown))}")
        for name in exercise.cautions:
            caution = knowledge.cautions.get(name)  # type: ignore[assignment]
            if caution is None or caution.level != "condition":
                raise KnowledgeError(f"exercise {exercise.id}: caution {name} is no condition in cautions.toml")
        if exercise.without and not _stands_in(knowledge.exercises.get(exercise.without), exercise):
            raise KnowledgeError(f"exercise {exercise.id}: {exercise.without} cannot stand in for it")


def _check_source(source: Source) -> None:
    """A known level of reading, and an identifier and a day as they are written."""
    title = f"source {source.id}"
    if source.checked not in CHECKED:
        raise KnowledgeError(f"{title}: checked {source.checked} is not one of {', '.join(CHECKED)}")
    if source.identifier and not _IDENTIFIER.fullmatch(source.identifier):
        raise KnowledgeError(f"{title}: identifier {source.identifier} is no doi:, pmid: or isbn: with its number")
    if not source.read_on:
        return
    if source.checked not in READ:
        raise KnowledgeError(f"{title}: it was {source.checked}, and cannot have been read on {source.read_on}")
    try:
        date.fromisoformat(source.read_on)
    except ValueError as error:
        raise KnowledgeError(f"{title}: read_on {source.read_on} is no day such as 2026-11-29") from error


def _check_verdict(rules: VerdictRules) -> None:
    """Verdicts in their order, spreads positive, and "may" said of no chance that is not twice the ordinary one."""
    if not 0 < rules.p_may < rules.p_probably < 1 or not (0 < rules.p_less < 1 and 0 < rules.p_backward < 1):
        raise KnowledgeError("verdict: the chances are not in order")
    if min(rules.slope, rules.residual_deg, rules.reading_sd_deg, rules.prior_sd_deg) <= 0:
        raise KnowledgeError("verdict: slope and spreads must be positive")
    ordinary = Quantity(rules.prior_mean_deg, rules.prior_sd_deg, "deg").probability_above(rules.forward_deg)
    if rules.p_may < 2 * ordinary:
        raise KnowledgeError(f"verdict: {ordinary:.2f} of all people tip forward by so much: p_may must be twice that")


def _check_decisions(knowledge: Knowledge) -> None:
    """Exactly one row for every pair of results but those in which neither is known; every id exists."""
    for length, strength in product(*RESULTS.values()):
        rows = sum(length in row.length and strength in row.strength for row in knowledge.decisions)
        known = length in ("short", "normal") or strength in ("weak", "fine")
        if rows != known:
            raise KnowledgeError(f"decisions: {rows} rows for length {length}, strength {strength}")
    for row in (*knowledge.decisions, *knowledge.patterns.values()):
        for name in (*row.exercises, *row.ask):
            if name not in knowledge.exercises:
                raise KnowledgeError(f"decisions: no exercise {name}")
        if unknown := set(row.low_dose) - set(row.exercises):
            raise KnowledgeError(f"decisions: low dose of {sorted(unknown)[0]}, which is not given")
        if not row.evidence:
            raise KnowledgeError(f"decisions: {row.because!r} has no evidence")
    for named in (*knowledge.decisions, *knowledge.patterns.values(), *knowledge.extras):
        for test, results in RESULTS.items():
            if unknown := set(getattr(named, test)) - set(results):
                raise KnowledgeError(f"decisions: {test} {sorted(unknown)[0]} is none of {', '.join(results)}")
    for extra in knowledge.extras:
        if extra.exercise not in knowledge.exercises:
            raise KnowledgeError(f"decisions: no exercise {extra.exercise}")
        if unknown := set(extra.kinds) - set(knowledge.patterns):
            raise KnowledgeError(f"decisions: no finding {sorted(unknown)[0]}")


def _stands_in(variant: Exercise | None, exercise: Exercise) -> bool:
    """Whether a variant does for an exercise: it needs something less, carries no other caution, and has no variant."""
    return (
        variant is not None
        and not set(exercise.equipment) <= set(variant.equipment)
        and set(variant.cautions) <= set(exercise.cautions)
        and variant.target == exercise.target
        and not variant.without
    )
