"""What an entry of the data files holds: norms, known errors, cut-offs, cautions, exercises, decisions, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["stretch", "mobilize", "strengthen", "activate", "release", "habit", "test"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure or an instruction comes from.

    checked : how far it was read (abstract, memory, ...) · short : its name beside a norm, empty where none cites it
    """

    id: str
    citation: str
    kind: str
    checked: str
    says: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Norm:
    """How a measure spreads among people: ``mean`` and ``sd`` in ``unit``; ``n`` people, 0 where pooled or proposed."""

    measure: str
    mean: float
    sd: float
    unit: str
    n: int
    instrument: str
    population: str
    provisional: bool
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class KnownError:
    """A measure's known error, in its unit; the fields are explained at the top of ``calibration.toml``."""

    measure: str
    offset: float
    model_sd: float
    realism_sd: float
    repeat_sd: float
    usual_jitter: float
    n: int
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class FindingRules:
    """The cut-offs of SCIENCE section 3; degrees on the ASIS-PSIS scale, probabilities, z."""

    source: str
    prior_mean_deg: float
    prior_sd_deg: float
    rotation_sd_deg: float
    bone_sd_deg: float
    anterior_deg: float
    marked_deg: float
    posterior_deg: float
    p_mild: float
    p_marked: float
    p_posterior: float
    p_flat_back: float
    flat_depth_z: float
    p_no_sign: float
    sway_displacement_deg: float
    sway_trunk_deg: float
    sway_hip_deg: float
    sway_sure_sigmas: float


@dataclass(frozen=True, slots=True)
class Caution:
    """A safety question and what is said when it is answered yes.

    level : emergency, prompt or condition · called : a condition after "because of", empty for the others
    """

    id: str
    level: str
    intake: str
    question: str
    message: str
    source: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, habit or self-test. ``dose``, ``low_dose``: some of sets, reps, hold_s, tempo, days_per_week."""

    id: str
    name: str
    kind: Kind
    target: str
    per_side: bool
    muscles: tuple[str, ...]
    position: str
    steps: tuple[str, ...]
    cues: tuple[str, ...]
    common_errors: tuple[str, ...]
    dose: Mapping[str, Any]
    low_dose: Mapping[str, Any]
    weeks: tuple[int, int]
    progression: tuple[str, ...]
    step_down: str
    equipment: tuple[str, ...]
    substitute: str
    cautions: tuple[str, ...]
    stop: tuple[str, ...]
    answers: str
    evidence: str
    certainty: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the decision tables. ``length`` and ``strength`` are empty in a row that a pattern leads to."""

    mode: Any
    exercises: tuple[str, ...]
    low_dose: bool
    ask: tuple[str, ...]
    because: str
    evidence: tuple[str, ...]
    length: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """An exercise added where every condition that is given holds; hours and minutes are least ones."""

    exercise: str
    length: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    equipment: str = ""
    sitting_h: float = 0
    minutes: float = 0
