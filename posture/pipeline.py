"""The table of contents: from one frame to its report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import hypot
from statistics import median

from posture.body.body_outline import body_outline
from posture.body.frame import Frame
from posture.body.observation import FoundMarks, Marks, Observation, Observer, ReplayObserver
from posture.body.outline_features import outline_vector
from posture.body.sagittal import BODY_POINTS, MissingPoint, SagittalBody
from posture.errors import DegenerateGeometry, Issue, PointOffBody, PostureError, UnsuitablePhoto, UsageError
from posture.findings.assess import BY_CHANCE, Finding, assess, outline_lost
from posture.geometry import distance
from posture.knowledge.load import Knowledge
from posture.measures import take_all
from posture.measures.calibrate import calibrated, place
from posture.measures.lengths import lengths_cm
from posture.measures.measurement import MARKED, Measurement, Measurements
from posture.measures.rotation_feature import rotation_feature
from posture.plan.advise import advise
from posture.plan.intake import Intake
from posture.quality.checks import loose_clothing
from posture.quality.view import View, prepare_view, roll_of_plumb_line
from posture.quantity import Quantity
from posture.report.refusal import refused, versions
from posture.report.report import PhotoInfo, Report, Stickers

Pixel = tuple[float, float]

#: ASIS and PSIS lie within 0.12 statures of the hip joint; a point further off than this was meant otherwise.
FAR_FROM_HIP = 0.25
#: A marked point further off the body's outline than this is beside it, statures; the outline's own doubt is less.
OFF_BODY = 0.01
#: Points that are held against the outline. It ends at the neck and the heel, and follows one leg only below the hips.
ON_THE_BODY = ("asis", "psis", "shoulder", "hip")
#: Two looks settle a reading that lies this far from every cut, degrees; two more that move it by so little settle any.
CLEAR_OF_CUTS_DEG, STAYS_WITHIN_DEG = 2.0, 0.5
#: Lenient warnings of people who do not stand side on: their joints are measured, and no verdict is said.
NO_STANCE = ("stepping", "not_side_view")
#: Warnings of what more looks would see no better.
NO_MATTER = ("cropped", "turned_slightly")
#: A plumb line that leans further was meant otherwise.
MOST_ROLL_DEG = 30.0
#: One SD of a clicked or typed skin mark, in percent of stature (4 mm of 170 cm; provisional).
MARK_SIGMA_PCT = 0.25
#: How a reading that somebody typed in is called.
TYPED = "read off an inclinometer and typed in"
#: Error of such a reading between sessions, one SD, where it is not told: standing marker trials scatter by 2.9° within
#: a person (tilt_prior_proposal).
TYPED_SEM_DEG = 3.0
#: One SD of a found sticker's middle from the skin under it, in its radii, and of the finding itself, px (provisional).
STICKER_SIGMA_RADII, STICKER_SIGMA_PX = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says about one photo, in pixels of the upright photo, (x, y) from the top left.

    use_stickers : take stickers that were surely found; else they are only offered
    stickers_confirmed : somebody has said that what was offered are stickers: they are taken
    roll : of the camera, degrees clockwise, where it is known from elsewhere
    joints : near-side joints that the model put visibly wrong and somebody set, by the names of `BODY_POINTS`
    skip_off_body : leave marks beside the body out, with a warning, in place of an error
    """

    asis: Pixel | None = None
    psis: Pixel | None = None
    plumb: tuple[Pixel, Pixel] | None = None
    lenient: bool = False
    use_stickers: bool = True
    stickers_confirmed: bool = False
    roll: Quantity | None = None
    joints: Mapping[str, Pixel] = field(default_factory=dict)
    skip_off_body: bool = False

    def __post_init__(self) -> None:
        if (self.asis is None) != (self.psis is None):
            raise UsageError("asis and psis go together: give both points or none")
        if self.asis is not None and self.asis == self.psis:
            raise UsageError(f"asis and psis are the same point {_words(self.asis)}")
        if self.plumb is not None and self.plumb[0] == self.plumb[1]:
            raise UsageError(f"plumb: both ends are the same point {_words(self.plumb[0])}")
        if unknown := set(self.joints) - set(BODY_POINTS):
            raise UsageError(f"joint {sorted(unknown)[0]}: choose from {', '.join(BODY_POINTS)}")

    @property
    def points(self) -> dict[str, Pixel]:
        """Every point of the body that is given, by its name."""
        bones = {"asis": self.asis, "psis": self.psis}
        return {name: xy for name, xy in bones.items() if xy is not None} | dict(self.joints)


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
    _check_points(frame, asked)
    measured: list[_Measured] = []

    def settled(seen: Observation) -> bool:
        measured.append(_measure(frame, seen, knowledge, intake, asked))
        return _settles(*measured[-2:])

    try:
        observation = observe(frame, settled)
    except UnsuitablePhoto as error:
        return Examination(refused(photo, error.remark(), knowledge, intake, observe), None, None)
    if not measured or measured[-1].observation is not observation:
        measured.append(_measure(frame, observation, knowledge, intake, asked))
    last = measured[-1]
    view, measurements, finding = last.view, last.measurements, last.finding
    report = Report(
        photo=photo,
        status="refused" if view.body is None else "analyzed",
        reasons=view.reasons,
        warnings=view.warnings,
        notes=(*view.notes, *_unused_reading(view, intake)),
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
        turn=None if view.body is None else rotation_feature(view.body, knowledge.tilt_model),
        versions=versions(knowledge, observe),
    )
    return Examination(report, observation, view)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """What one observation gives.

    options : those that were followed, without points that lie beside the body
    """

    observation: Observation
    options: Options
    view: View
    measurements: Measurements
    finding: Finding | None


def _measure(
    frame: Frame, observation: Observation, knowledge: Knowledge, intake: Intake, options: Options
) -> _Measured:
    """The view of an observation, and what is measured and found in it. Raises UsageError for points off the body."""
    off = off_body(options.points, observation, frame.photo_px_per_px)
    if off is not None and options.skip_off_body:
        options = replace(options, asis=None, psis=None, joints={})
    view = prepare_view(
        observation,
        knowledge.gates,
        lenient=options.lenient,
        clothing=intake.clothing,
        roll=_roll(options, observation, knowledge),
        marks=_marks(frame, options, observation, knowledge),
        by_hand={
            name: (x / frame.photo_px_per_px, y / frame.photo_px_per_px) for name, (x, y) in options.joints.items()
        },
        arms=knowledge.arms,
    )
    if off is not None and view.body is not None:
        if not options.skip_off_body:
            raise off
        left_out = Issue("marks_off_body", off.left_out, "set them on the body")
        view = replace(view, warnings=(*view.warnings, left_out))
    _check_marks(view)
    view = _with_unsure_stickers(view, observation, options, knowledge)
    stands = not any(remark.code in NO_STANCE for remark in view.warnings)
    view = (
        without_loose_top(view, knowledge) if stands else without_back(view, "the stance is none to measure a back in")
    )
    if view.body is None:
        return _Measured(observation, options, view, Measurements(), None)
    taken = take_all(view.body, knowledge.tilt_model)
    warned = [remark.code for remark in view.warnings]
    measurements = calibrated(taken, knowledge, warned, view.body.by_hand, intake.sex)
    if not stands or round(view.body.yaw_deg) > knowledge.gates.yaw_place_deg:
        measurements = measurements.without_norms()
    typed = Measurements()
    if intake.tilt_deg is not None and not view.body.stickers:
        typed = Measurements({MARKED: typed_reading(intake.tilt_deg, intake.tilt_sem_deg, knowledge)})
    measurements |= typed
    if intake.minor:
        return _Measured(observation, options, view, measurements.without_norms(), None)
    bearing = measurements if stands else typed
    finding = assess(bearing, knowledge, intake.clothing, outline_lost(view.warnings))
    return _Measured(observation, options, view, measurements, finding)


def _settles(first: _Measured, again: _Measured | None = None) -> bool:
    """Whether more looks would tell no more: all is clear after the first, or the next ones changed nothing."""
    if again is not None:
        return _stays(first, again)
    if first.view.body is None or any(warning.code not in NO_MATTER for warning in first.view.warnings):
        return False
    finding = first.finding
    if finding is None:  # of a minor, whose numbers stand alone
        return True
    if finding.tilt is None or finding.cuts is None or finding.kind not in BY_CHANCE:
        return False
    return finding.cuts.clearance(finding.tilt.quantity.value) >= CLEAR_OF_CUTS_DEG


def _stays(before: _Measured, after: _Measured) -> bool:
    """Whether the verdict is the same, and the reading where there is one."""
    kinds, tilts = zip(*(_verdict(one) for one in (before, after)), strict=True)
    if kinds[0] != kinds[1] or (tilts[0] is None) != (tilts[1] is None):
        return False
    return tilts[0] is None or tilts[1] is None or abs(tilts[0] - tilts[1]) <= STAYS_WITHIN_DEG


def _verdict(measured: _Measured) -> tuple[object, float | None]:
    """What it comes to, refusals included, and the tilt's reading."""
    if measured.finding is None:
        return tuple(reason.code for reason in measured.view.reasons), None
    tilt = measured.finding.tilt
    return measured.finding.kind, None if tilt is None else tilt.quantity.value


def off_body(points: Mapping[str, Pixel], observation: Observation, photo_px_per_px: float) -> PointOffBody | None:
    """The first of some points, px of the photo, that lies more than 1 % of the body's height off its outline.

    None where all lie on it, or where there is no outline. A hip joint 63 px behind the back of a body 1134 px tall is
    5.6 % off.
    """
    if observation.silhouette is None:
        return None
    scale = photo_px_per_px
    for name in ON_THE_BODY:
        if name in points:
            x, y = points[name]
            away = observation.silhouette.outside_px(x / scale, y / scale)
            if away > OFF_BODY * observation.stature_px:
                return PointOffBody(name, (x, y), away * scale, 100 * away / observation.stature_px)
    return None


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
    roll = common_roll(seen.values())
    kept = {name: e.observation for name, e in seen.items() if e.observation is not None}
    if roll is None or len(kept) < len(frames):
        return reports
    options = Options(roll=roll)
    return {
        name: analyze(frames[name], ReplayObserver(observation, observe.model_sha256), knowledge, intake, options)
        for name, observation in kept.items()
    }


def common_roll(examinations: Iterable[Examination]) -> Quantity | None:
    """The roll of a camera that was not moved, degrees: the middle of what the photos tell, with a single one's doubt.

    Rolls of 1 ± 0.4, 2 ± 0.6 and 4 ± 0.5 give 2 ± 0.5.
    """
    views = [one.view for one in examinations if one.view is not None]
    known = [(v.quality["roll_deg"], v.body.roll_sigma_deg) for v in views if v.body is not None]
    rolls = [(roll, sigma) for roll, sigma in known if roll is not None]
    if not rolls:
        return None
    return Quantity(median(roll for roll, _ in rolls), median(sigma for _, sigma in rolls), "deg")


def without_loose_top(view: View, knowledge: Knowledge) -> View:
    """The same view with the outline of the back put aside where the top is seen to be loose, whatever was told."""
    body = view.body
    if body is None or body.contour is None:
        return view
    try:
        loose = knowledge.tilt_model.looks_loose(outline_vector(body), body.clothing)
    except (DegenerateGeometry, MissingPoint):  # an outline cut short cannot be judged; its measures say so
        return view
    if not loose:
        return view
    hidden = without_back(view, "the top looks loose, and a loose top hides the back")
    return replace(hidden, warnings=(*view.warnings, loose_clothing("the top looks loose")))


def without_back(view: View, problem: str) -> View:
    """The same view with the outline put aside, and why."""
    if view.body is None:
        return view
    return replace(view, body=replace(view.body, contour=None, contour_problem=problem))


def typed_reading(tilt_deg: float, sem_deg: float | None, knowledge: Knowledge) -> Measurement:
    """A tilt that somebody read off an inclinometer, or off a phone on a calliper, and typed in: grade A.

    22 without an error gives 22 ± 3.
    """
    sem = TYPED_SEM_DEG if sem_deg is None else sem_deg
    quantity = Quantity(tilt_deg, sem, "deg")
    return Measurement(quantity, sem, "A", TYPED, tilt_deg, place(MARKED, quantity, knowledge))


def _unused_reading(view: View, intake: Intake) -> tuple[Issue, ...]:
    """A note where a typed reading stands aside, since stickers on the bones say more."""
    if view.body is None or intake.tilt_deg is None or not view.body.stickers:
        return ()
    message = "the typed tilt stands aside, since stickers on the hip bones were found"
    return (Issue("typed_reading_unused", message, "take the stickers off to go by the typed one"),)


def _vector(body: SagittalBody) -> tuple[float, ...] | None:
    try:
        return tuple(float(x) for x in outline_vector(body))
    except PostureError:  # the estimate says why
        return None


def _check_points(frame: Frame, options: Options) -> None:
    points = [("ASIS", options.asis), ("PSIS", options.psis)]
    points += [("plumb line", point) for point in options.plumb or ()]
    points += list(options.joints.items())
    for name, point in points:
        if point is not None and not (0 <= point[0] < frame.width and 0 <= point[1] < frame.height):
            raise UsageError(f"{name} {_words(point)} lies outside the photo of {frame.width} × {frame.height} pixels")


def _roll(options: Options, observation: Observation, knowledge: Knowledge) -> Quantity | None:
    """Camera roll and its doubt: from the plumb line given, else from what surely stands upright; None if unknown."""
    if options.plumb is not None:
        roll = roll_of_plumb_line(*options.plumb)
        if abs(roll) > MOST_ROLL_DEG:
            raise UsageError(f"the plumb line leans {abs(roll):.0f}° in the picture: give points one above the other")
        return Quantity(roll, knowledge.gates.roll_known_deg, "deg")
    if options.roll is not None:
        return options.roll
    found = observation.found_roll
    if found is None or found.confidence < knowledge.gates.roll_sure:
        return None
    return Quantity(found.roll_deg, found.sigma_deg, "deg")


def _lengths(view: View, measurements: Measurements, intake: Intake) -> dict[str, Quantity]:
    if view.body is None or intake.stature_cm is None:
        return {}
    return lengths_cm(view.body, measurements, intake.stature_cm)


def _marks(frame: Frame, options: Options, observation: Observation, knowledge: Knowledge) -> Marks | None:
    """The points that were given, else the stickers that were surely found."""
    if options.asis is not None and options.psis is not None:
        scale = frame.photo_px_per_px
        asis, psis = ((x / scale, y / scale) for x, y in (options.asis, options.psis))
        return Marks(asis, psis, MARK_SIGMA_PCT / 100 * observation.stature_px)
    found = observation.found_marks
    if found is None or not _takes_stickers(found, options, knowledge):
        return None
    sigma = hypot(STICKER_SIGMA_RADII * found.radius_px, STICKER_SIGMA_PX)
    return Marks(found.asis_px, found.psis_px, sigma, found=True)


def _check_marks(view: View) -> None:
    """Points far from the hips or the wrong way round are asked about, never swapped in silence."""
    body = view.body
    if body is None or body.asis is None or body.psis is None:
        return
    for name, point in (("ASIS", body.asis), ("PSIS", body.psis)):
        away = distance(point, body.point("hip")) / body.stature_px if "hip" in body.points else 0.0
        if away > FAR_FROM_HIP:
            raise UsageError(f"{name} lies {100 * away:.0f} % of the body's height from the hip joint: check the point")
    if body.asis.x > body.psis.x:
        return
    raise UsageError(
        f"ASIS lies behind PSIS for a person who faces {body.facing} in the picture: were the two swapped? "
        "ASIS is the hip bone in front, PSIS the one at the back"
    )


def _stickers(observation: Observation, options: Options, knowledge: Knowledge) -> Stickers | None:
    """Where stickers may be, in the photo's own pixels, for the report."""
    found, scale = observation.found_marks, observation.photo_px_per_px
    if found is None or found.confidence < knowledge.gates.stickers_likely:
        return None
    asis, psis = ((x * scale, y * scale) for x, y in (found.asis_px, found.psis_px))
    used = options.asis is None and _takes_stickers(found, options, knowledge)
    return Stickers(asis, psis, found.confidence, used)


def _takes_stickers(found: FoundMarks, options: Options, knowledge: Knowledge) -> bool:
    if options.stickers_confirmed:
        return found.confidence >= knowledge.gates.stickers_likely
    return options.use_stickers and found.confidence >= knowledge.gates.stickers_sure


def _with_unsure_stickers(view: View, observation: Observation, options: Options, knowledge: Knowledge) -> View:
    """The same view with a warning that offers spots which may be stickers for confirmation."""
    seen = _stickers(observation, options, knowledge)
    if seen is None or seen.used or options.asis is not None or not options.use_stickers:
        return view
    asis, psis = (f"{x:.0f},{y:.0f}" for x, y in (seen.asis, seen.psis))
    remark = Issue(
        "stickers_unsure",
        f"two round spots at {asis} and {psis} may be stickers on the hip bones",
        "if they are, say so: the tilt is then read from them",
    )
    return replace(view, warnings=(*view.warnings, remark))


def _words(point: Pixel) -> str:
    return f"({point[0]:g}, {point[1]:g})"
