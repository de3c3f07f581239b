"""Records of the data files: norms, known errors, cut-offs, cautions, exercises, decisions, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

#: A percentile is said from so many people on: of 50 the 10th is known to ± 4 of 100 (one SD).
LEAST_FOR_PERCENTILE = 50
#: How the norms of one sex are called.
SEXES = {"f": "women", "m": "men"}
Kind = Literal["stretch", "mobilize", "strengthen", "activate", "release", "habit", "test"]


@dataclass(frozen=True, slots=True)
class Source:
    """Source of a figure or an instruction.

    checked : how far it was read (abstract, excerpt, ...) · read_on : the day, empty where nobody wrote it down
    identifier : doi:, pmid: or isbn: with its number, empty where the text that was read prints none
    short : its name beside a norm, empty where none cites it
    """

    id: str
    citation: str
    kind: str
    checked: str
    says: str
    identifier: str = ""
    read_on: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Norm:
    """Norm of a measure: ``mean`` and ``sd`` in ``unit``; ``n`` people, 0 where pooled or proposed.

    women, men : mean, SD and n of each sex, where it is known to differ
    as_read : the SD is that of readings, whose own error is in it already
    """

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
    women: tuple[float, float, int] | None = None
    men: tuple[float, float, int] | None = None
    as_read: bool = False

    def of(self, sex: str | None) -> Norm:
        """That of women ("f") or men ("m") where it is known and the sex was told, else that of everybody."""
        own = {"f": self.women, "m": self.men}.get(sex or "")
        if own is None:
            return self
        mean, sd, n = own
        return replace(self, mean=mean, sd=sd, n=n, population=f"{self.population}; {SEXES[sex or '']}")

    @property
    def gives_percentile(self) -> bool:
        """Whether it is of enough people to say where somebody stands among them; of few only the range is told."""
        return self.n == 0 or self.n >= LEAST_FOR_PERCENTILE


@dataclass(frozen=True, slots=True)
class KnownError:
    """A measure's known error, in the measure's own unit: ``[error]`` of its file. All provisional.

    offset : mean of measured minus true; taken off every value
    model_sd : scatter of measured minus true over generated people that the landmarks' own jitter does not show: none
        where the jitter is larger than the whole scatter (python -m validation.calibrate)
    realism_sd : allowance for real people being unlike generated ones (a proposal; no real reference exists)
    repeat_sd : SD between two photos of one person who stands anew by 1.5 degrees a segment, camera and clothes anew:
        140 generated people, python -m validation.calibrate; enters sem only. Of marked points: Beardsley 2016, stance
        from day to day (docs/science.md, Error budget)
    usual_jitter : the measure's own scatter in those photos; a noisier photo's sem grows by what it has more
    """

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
    """The limits of sway-back and flat back of docs/science.md, Finding; degrees, z, numbers of sigma."""

    source: str
    flat_depth_z: float
    sway_displacement_deg: float
    sway_trunk_deg: float
    sway_hip_deg: float
    sway_sure_sigmas: float
    sway_near_sigmas: float


@dataclass(frozen=True, slots=True)
class VerdictRules:
    """Rules from a reading of the pelvic tilt to its chance and verdict; degrees on the ASIS-PSIS scale.

    version, recipe : when and from whom the fitted figures come
    intercept, slope, residual : the outline reads intercept + slope · rotation ± residual
    reading_mean, reading_sd, reading_n : how the outline's readings spread over people in their natural spread
    prior_mean, prior_sd, prior_mean_doubt : how rotation spreads among people, and how surely its mean is known
    zero_doubt : by how much lower the outline may read real people than those of the fit
    forward, clearly_forward, little_forward, backward : the rotations that the chances speak of
    p_may, p_probably, p_less, p_backward : from which chance on a verdict says so
    near : a reading so close to a cut is called close to the line
    unsure_factor : with a sigma so many times the shipped one there is no verdict
    """

    version: str
    recipe: str
    source: str
    intercept_deg: float
    slope: float
    residual_deg: float
    reading_mean_deg: float
    reading_sd_deg: float
    reading_n: int
    prior_mean_deg: float
    prior_sd_deg: float
    prior_mean_doubt_deg: float
    prior_source: str
    zero_doubt_deg: float
    forward_deg: float
    clearly_forward_deg: float
    little_forward_deg: float
    backward_deg: float
    p_may: float
    p_probably: float
    p_less: float
    p_backward: float
    near_deg: float
    unsure_factor: float


#: How soon somebody is to be seen, the soonest first.
Urgency = Literal["now", "today", "days", "weeks"]
URGENCIES: tuple[Urgency, ...] = ("now", "today", "days", "weeks")


@dataclass(frozen=True, slots=True)
class Caution:
    """A safety question and what is said when it is answered yes.

    level : emergency, prompt or condition · called : a condition after "because of", empty for the others
    urgency : how soon somebody is to be seen, now, today, days or weeks; empty for a condition
    note : said beside a plan where the answer alone does not stop it
    """

    id: str
    level: str
    intake: str
    question: str
    message: str
    source: str
    called: str = ""
    urgency: Urgency | Literal[""] = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, habit or self-test. ``dose``, ``low_dose``: some of sets, reps, hold_s, tempo, days_per_week.

    tempo holds the seconds of each part of one repetition; hold_s is held in each repetition.

    weeks : first and last week of the programme in which it may appear
    cautions : conditions with which it is never given
    stop : the rules of sources pain_monitoring and stop_proposal, and what is special to the exercise
    certainty : of the evidence for what ``evidence`` says; "none" where no study of it was found
    source : doses that no source gives are proposals of this project (posture_proposal)
    without : the exercise in its place where something of ``equipment`` is not at hand; empty where a stand-in will do
    movements : those of `posture.plan.intake.MOVEMENTS` that it asks for
    """

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
    without: str = ""
    movements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the decision tables. ``length`` and ``strength`` are empty in a row that a pattern leads to.

    low_dose : those of the exercises that are given at the low dose
    """

    mode: Any
    exercises: tuple[str, ...]
    low_dose: tuple[str, ...]
    ask: tuple[str, ...]
    because: str
    evidence: tuple[str, ...]
    length: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extra:
    """An exercise added where every condition that is given holds; hours and minutes are least ones."""

    exercise: str
    kinds: tuple[str, ...] = ()
    low_dose: bool = False
    length: tuple[str, ...] = ()
    strength: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    equipment: str = ""
    helps: tuple[str, ...] = ()
    hurts: tuple[str, ...] = ()
    near_end: bool = False
    sitting_h: float = 0
    minutes: float = 0
