"""The table of contents: from one frame to its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from posture.body.body_outline import body_outline
from posture.body.frame import Frame
from posture.body.observation import Observation, Observer, ReplayObserver
from posture.body.outline_features import outline_vector
from posture.body.overrides import Options as Options  # where 1.0.0 had it
from posture.body.overrides import check_marks, check_points, marks_of, off_body, roll_of, takes_stickers
from posture.body.sagittal import Given, SagittalBody
from posture.errors import Issue, PostureError, UnsuitablePhoto
from posture.findings.settling import Measured, settles
from posture.findings.verdict import Finding, assess, outline_lost
from posture.knowledge.load import Knowledge
from posture.measures import take_all
from posture.measures.asis_psis_tilt import contradicted
from posture.measures.calibrate import calibrated
from posture.measures.lengths import lengths_cm
from posture.measures.measurement import ESTIMATED, MARKED, Measurements
from posture.measures.rotation_feature import rotation_feature
from posture.measures.typed_reading import typed_reading
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quality.loose_top import without_back, without_loose_top
from posture.quality.view import View, common_roll, prepare_view
from posture.quantity import Quantity
from posture.report.refusal import refused, versions
from posture.report.report import PhotoInfo, Report, Stickers

#: Lenient warnings of people who do not stand side on: their joints are measured, and no verdict is said.
NO_STANCE = ("stepping", "not_side_view")


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A report with what it was made from, for drawing. ``observation`` and ``view`` are None where nobody was seen."""

    report: Report
    observation: Observation | None
    view: View | None


def analyze(
    frame: Frame,
    observe: Observer,
    knowledge: Knowledge | None = None,
    intake: Intake | None = None,
    options: Options | None = None,
) -> Report:
    """The report of one frame; never raises for the photo itself, a refusal is a report too.

    Raises UsageError for points that lie outside the photo or beside the body.
    """
    return examine(frame, observe, knowledge, intake, options).report


def examine(
    frame: Frame,
    observe: Observer,
    knowledge: Knowledge | None = None,
    intake: Intake | None = None,
    options: Options | None = None,
) -> Examination:
    """`analyze` that keeps what was seen."""
    knowledge, intake, asked = knowledge or Knowledge.load(), intake or Intake(), options or Options()
    photo = PhotoInfo(frame.file, frame.sha256, frame.width, frame.height)
    check_points(frame, asked)
    measured: list[Measured] = []

    def settled(seen: Observation) -> bool:
        measured.append(_measure(frame, seen, knowledge, intake, asked))
        return settles(knowledge.gates, *measured[-2:])

    try:
        observation = observe(frame, settled)
    except UnsuitablePhoto as error:
        return Examination(refused(photo, error.issue(), knowledge, intake, observe), None, None)
    if not measured or measured[-1].observation is not observation:
        measured.append(_measure(frame, observation, knowledge, intake, asked))
    last = measured[-1]
    view, measurements, finding = last.view, last.measurements, last.finding
    report = Report(
        photo=photo,
        status="refused" if view.body is None else "analyzed",
        reasons=view.reasons,
        warnings=view.warnings,
        notes=(*view.notes, *_unused_reading(view, intake), *_read_for_sex(finding, intake, knowledge)),
        facing=view.facing,
        quality=view.quality,
        stickers=_stickers(observation, last.options, knowledge),
        by_hand=(*(("asis", "psis") if last.options.asis is not None else ()), *last.options.joints),
        lengths_cm=_lengths(view, measurements, intake),
        measurements=measurements,
        finding=finding,
        plan=advise(None if finding is None else finding.kind, intake, knowledge),
        outline=None if view.body is None else body_outline(view.body),
        outline_vector=None if view.body is None else _vector(view.body),
        rotation=None if view.body is None else rotation_feature(view.body, knowledge.tilt_model),
        versions=versions(knowledge, observe),
    )
    return Examination(report, observation, view)


def _measure(
    frame: Frame,
    observation: Observation,
    knowledge: Knowledge,
    intake: Intake,
    options: Options,
    doubted: bool = False,
) -> Measured:
    """The view of an observation, and what is measured and found in it. Raises UsageError for points off the body.

    doubted : the stickers that were found contradict the outline; they are offered and not taken
    """
    if doubted:
        options = replace(options, use_stickers=False)
    off = off_body(options.points, observation, frame.photo_px_per_px)
    if off is not None and options.skip_off_body:
        options = replace(options, asis=None, psis=None, joints={})
    view = prepare_view(
        observation,
        knowledge.gates,
        Given(
            intake.clothing,
            roll_of(options, observation, knowledge.gates),
            marks_of(frame, options, observation, knowledge.gates),
            {name: (x / frame.photo_px_per_px, y / frame.photo_px_per_px) for name, (x, y) in options.joints.items()},
        ),
        lenient=options.lenient,
        arms=knowledge.arms,
    )
    if off is not None and view.body is not None:
        if not options.skip_off_body:
            raise off
        view = replace(view, warnings=(*view.warnings, off.issue()))
    if view.body is not None:
        check_marks(view.body)
    if doubted or options.use_stickers:
        view = _with_unsure_stickers(view, observation, options, knowledge)
    stands = not any(issue.code in NO_STANCE for issue in view.warnings)
    view = (
        without_loose_top(view, knowledge.tilt_model)
        if stands
        else without_back(view, "the stance is none to measure a back in")
    )
    if view.body is None:
        return Measured(observation, options, view, Measurements(), None)
    taken = take_all(view.body, knowledge.tilt_model)
    warned = [issue.code for issue in view.warnings]
    measurements = calibrated(taken, knowledge, warned, view.body.by_hand, intake.sex)
    if view.body.stickers and not options.stickers_confirmed and contradicted(measurements):
        return _measure(frame, observation, knowledge, intake, options, doubted=True)
    if not stands or round(view.body.yaw_deg) > knowledge.gates.yaw_place_deg:
        measurements = measurements.without_norms()
    typed = Measurements()
    if intake.tilt_deg is not None and not view.body.stickers:
        typed = Measurements({MARKED: typed_reading(intake.tilt_deg, intake.tilt_sem_deg, knowledge)})
    measurements |= typed
    if intake.minor:
        return Measured(observation, options, view, measurements.without_norms(), None)
    bearing = measurements if stands else typed
    finding = assess(bearing, knowledge, intake.clothing, outline_lost(view.warnings))
    return Measured(observation, options, view, measurements, finding)


def analyze_from_one_place(
    frames: Mapping[str, Frame],
    observe: Observer,
    knowledge: Knowledge | None = None,
    intake: Intake | None = None,
) -> dict[str, Report]:
    """Reports of photos, by name, that one camera took without being moved: it has one roll, whichever showed it.

    The roll is the median of what the single photos tell, and is taken where everybody was seen.
    """
    seen = {name: examine(frame, observe, knowledge, intake) for name, frame in frames.items()}
    reports = {name: examination.report for name, examination in seen.items()}
    roll = common_roll(one.view for one in seen.values())
    kept = {name: e.observation for name, e in seen.items() if e.observation is not None}
    if roll is None or len(kept) < len(frames):
        return reports
    options = Options(roll=roll)
    return {
        name: analyze(frames[name], ReplayObserver(observation, observe.model_sha256), knowledge, intake, options)
        for name, observation in kept.items()
    }


def _unused_reading(view: View, intake: Intake) -> tuple[Issue, ...]:
    """A note where a typed reading stands aside, since stickers on the bones say more."""
    if view.body is None or intake.tilt_deg is None or not view.body.stickers:
        return ()
    return (Issue.of("typed_reading_unused"),)


def _read_for_sex(finding: Finding | None, intake: Intake, knowledge: Knowledge) -> tuple[Issue, ...]:
    """A note where the estimate was moved for the sex that was told."""
    more = knowledge.tilt_model.sexes.get(intake.sex or "")
    if more is None or finding is None or finding.tilt is None or finding.tilt.measure != ESTIMATED:
        return ()
    return (Issue.of("read_as_woman" if intake.sex == "f" else "read_as_man", degrees=abs(more)),)


def _vector(body: SagittalBody) -> tuple[float, ...] | None:
    try:
        return tuple(float(x) for x in outline_vector(body))
    except PostureError:  # the estimate says why
        return None


def _lengths(view: View, measurements: Measurements, intake: Intake) -> dict[str, Quantity]:
    if view.body is None or intake.stature_cm is None:
        return {}
    return lengths_cm(view.body, measurements, intake.stature_cm)


def _stickers(observation: Observation, options: Options, knowledge: Knowledge) -> Stickers | None:
    """Places of possible stickers, in the photo's own pixels, for the report."""
    found, scale = observation.found_marks, observation.photo_px_per_px
    if found is None or found.confidence < knowledge.gates.stickers_likely:
        return None
    asis, psis = ((x * scale, y * scale) for x, y in (found.asis_px, found.psis_px))
    used = options.asis is None and takes_stickers(found, options, knowledge.gates)
    return Stickers(asis, psis, found.confidence, used)


def _with_unsure_stickers(view: View, observation: Observation, options: Options, knowledge: Knowledge) -> View:
    """The same view with a warning that offers spots which may be stickers for confirmation."""
    seen = _stickers(observation, options, knowledge)
    if seen is None or seen.used or options.asis is not None:
        return view
    asis, psis = (f"{x:.0f},{y:.0f}" for x, y in (seen.asis, seen.psis))
    return replace(view, warnings=(*view.warnings, Issue.of("stickers_unsure", asis=asis, psis=psis)))
