"""The calls of the public face: a photo in, a result out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from posture.api.reading import Comparison
from posture.api.result import Result, Results, Source, shared_observer
from posture.batch.listed import read_listed
from posture.batch.photos import SUFFIXES, Entry
from posture.body.frame import Frame
from posture.body.observation import Observer
from posture.errors import UnsuitablePhoto, UsageError
from posture.followup.change import compare as compare_reports
from posture.io.intake_files import read_intake
from posture.io.photos import frame_of_pixels, read_photo, read_photo_bytes, shown
from posture.knowledge.load import Knowledge
from posture.pipeline import Options, examine
from posture.pipeline import analyze as analyze_frame
from posture.plan.intake import Intake
from posture.report.refusal import refused
from posture.report.report import PhotoInfo, Report

if TYPE_CHECKING:
    from PIL.Image import Image

#: A photo: the path of a file, its bytes, (H, W, 3) uint8 RGB pixels, or a Pillow image.
Photo: TypeAlias = "str | PathLike[str] | bytes | bytearray | NDArray[np.uint8] | Image"
#: Answers of a person: checked ones, a mapping in the shape of the intake file, or the path of such a file.
IntakeLike: TypeAlias = Intake | Mapping[str, Any] | str | PathLike[str] | None


class Answers(TypedDict, total=False):
    """Facts about the person and the photo that the caller knows; every key may be left out.

    sex : "f" or "m" · age_years, stature_cm : numbers · clothing : "tight", "normal" or "loose"
    tilt_deg, tilt_sem_deg : a pelvic tilt read off an inclinometer, + forward, and its error
    asis, psis : the two hip bones, (x, y) px · plumb : two points on a vertical line, px
    lenient : measure poor photos, too, with wider intervals
    """

    sex: Literal["f", "m"]
    age_years: float
    stature_cm: float
    clothing: Literal["tight", "normal", "loose"]
    tilt_deg: float
    tilt_sem_deg: float
    asis: tuple[float, float]
    psis: tuple[float, float]
    plumb: tuple[tuple[float, float], tuple[float, float]]
    lenient: bool


@overload
def analyze(
    photo: Frame,
    observe: Observer,
    knowledge: Knowledge | None = ...,
    intake: Intake | None = ...,
    options: Options | None = ...,
) -> Report: ...
@overload
def analyze(
    photo: Photo,
    observe: Observer | None = ...,
    knowledge: Knowledge | None = ...,
    intake: IntakeLike = ...,
    options: Options | None = ...,
    *,
    keep_picture: bool = ...,
    **answers: Unpack[Answers],
) -> Result: ...
def analyze(
    photo: Photo | Frame,
    observe: Observer | None = None,
    knowledge: Knowledge | None = None,
    intake: IntakeLike = None,
    options: Options | None = None,
    *,
    keep_picture: bool = False,
    **answers: Unpack[Answers],
) -> Result | Report:
    """Measure one photo. Never raises for the photo itself: a photo that cannot be measured gives a refused result.

    Parameters
    ----------
    photo : path, bytes, (H, W, 3) uint8 RGB pixels, or a Pillow image
    observe : the pose model, `posture.Observer()`; one is loaded and kept where none is given
    knowledge : norms and rules other than the package's own
    intake : answers to the questions, as `Intake`, a mapping, or the path of an intake file
    options : points and switches as `Options`, in place of single answers
    keep_picture : keep the pixels, so that `Result.overlay` works for what is no file
    answers : the keys of `Answers`, which win over ``intake``

    Raises UsageError for a request that cannot be meant: a folder, an unknown answer, a point outside the photo. A
    `Frame` with an observer, the call of 1.0.0, still gives a `Report`, and warns: take `posture.pipeline.analyze`.
    """
    if isinstance(photo, Frame) and observe is not None and not answers and not keep_picture:
        warnings.warn(
            "posture.analyze(Frame, observer) gives a Report until 2.0: take posture.pipeline.analyze, "
            "or give posture.analyze the photo itself",
            DeprecationWarning,
            stacklevel=2,
        )
        return analyze_frame(photo, observe, knowledge, _intake(intake), options)
    knowledge, person, asked = knowledge or Knowledge.load(), *_asked(intake, options, answers)
    source = Source(Path(photo)) if isinstance(photo, str | PathLike) else Source()
    try:
        frame = _frame(photo)
    except UnsuitablePhoto as error:
        return Result(_not_measured(photo, error, person, knowledge), person, knowledge)
    if keep_picture:
        source = Source(frame=frame)
    observe = observe or shared_observer()
    examination = examine(frame, observe, knowledge, person, asked)
    return Result(examination.report, person, knowledge, asked, source, examination)


def analyze_many(
    photos: str | PathLike[str] | Iterable[str | PathLike[str]],
    *,
    workers: int = 1,
    intake: IntakeLike = None,
    **answers: Unpack[Answers],
) -> Results:
    """Measure many photos: a pattern ("photos/*.jpg"), a folder, or paths; ``workers`` processes share the work.

    What ``intake`` and ``answers`` say holds for every photo. Raises UsageError where a pattern fits no file.
    """
    paths = _paths(photos)
    if workers < 1:
        raise UsageError(f"workers must be 1 or more, not {workers}")
    if points := {"asis", "psis", "plumb"} & set(answers):
        raise UsageError(f"{sorted(points)[0]} is a point of one photo: analyze that photo by itself")
    knowledge, person, options = Knowledge.load(), *_asked(intake, None, answers)
    at_once = min(workers, len(paths))
    if at_once > 1:
        reports = _reports(paths, person, options, at_once)
    else:
        reports = [_report(path, person, options, knowledge) for path in paths]
    both = zip(paths, reports, strict=True)
    return Results(Result(report, person, knowledge, options, Source(path)) for path, report in both)


def compare(before: Result | Report, after: Result | Report) -> Comparison:
    """Changes between two results of one person, by measure: ``compare(first, last)["pelvic_tilt"]``."""
    first, last = (one.report if isinstance(one, Result) else one for one in (before, after))
    known = next((one.knowledge for one in (after, before) if isinstance(one, Result)), None)
    return Comparison(compare_reports(first, last, known or Knowledge.load()))


def read_results(folder: str | PathLike[str]) -> Results:
    """The results in a folder that ``posture analyze --out`` or ``posture batch`` wrote, or in one report file.

    They hold numbers and verdicts, no picture; those of a batch also who, when, and whether somebody should look at
    them, as columns of `Results.to_frame`. Raises UsageError for a folder without a report, and for a damaged one,
    naming the file.
    """
    place = Path(folder)
    if place.is_file() and place.suffix.lower() != ".json":
        raise UsageError(f"{shown(place)} is no report: give the folder, or one of its .json files")
    of_batch = (place / "reports").is_dir()
    inside = sorted((place / "reports").rglob("*.json") if of_batch else place.glob("*.json"), key=lambda one: one.name)
    files = [place] if place.is_file() else inside
    knowledge, listed = Knowledge.load(), read_listed(place) if of_batch else {}
    results = [_result_of_file(file, knowledge, listed.get(file.stem.split("_")[0], {})) for file in files]
    if not results:
        raise UsageError(f"{shown(place)} holds no report: give a folder that posture analyze or posture batch wrote")
    return Results(results)


def _result_of_file(file: Path, knowledge: Knowledge, listed: Mapping[str, str | bool]) -> Result:
    try:
        report = Report.from_json(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, UsageError) as error:
        raise UsageError(f"{shown(file)}: {error}") from error
    return Result(report, Intake(), knowledge, _listed=listed)


def _frame(photo: Photo | Frame) -> Frame:
    if isinstance(photo, Frame):
        return photo
    if isinstance(photo, bytes | bytearray):
        return read_photo_bytes(bytes(photo), "")
    if isinstance(photo, str | PathLike):
        return read_photo(_one_file(photo))
    if isinstance(photo, np.ndarray) or hasattr(photo, "getexif"):
        return frame_of_pixels(photo)
    raise UsageError(f"a photo is a path, bytes, pixels or a Pillow image, not {type(photo).__name__}")


def _one_file(photo: str | PathLike[str]) -> Path:
    """The path of one photo. Raises UsageError for a folder, a pattern or an address."""
    path = Path(photo)
    if "://" in str(photo):
        raise UsageError(f"{photo} is an address: posture reads files alone, save the photo first")
    if path.is_dir():
        raise UsageError(f"{shown(path)} is a folder: give it to posture.analyze_many")
    if not path.exists() and any(sign in path.name for sign in "*?["):
        raise UsageError(f"{shown(path)} is a pattern: give it to posture.analyze_many")
    return path


def _not_measured(photo: Photo | Frame, error: UnsuitablePhoto, person: Intake, knowledge: Knowledge) -> Report:
    name = shown(Path(photo)) if isinstance(photo, str | PathLike) else ""
    info = PhotoInfo(name, None, None, None)
    return refused(info, error.issue(), knowledge, person)


#: Where each answer about the person stands in an intake file.
_SECTION_OF = {
    "sex": "person",
    "age_years": "person",
    "stature_cm": "person",
    "clothing": "person",
    "tilt_deg": "reading",
    "tilt_sem_deg": "reading",
}


def _asked(intake: IntakeLike, options: Options | None, answers: Answers) -> tuple[Intake, Options]:
    """The person's answers and the photo's options, checked; single answers win over the intake."""
    given: dict[str, dict[str, Any]] = {}
    points: dict[str, Any] = {}
    for name, value in answers.items():
        if name in _SECTION_OF:
            given.setdefault(_SECTION_OF[name], {})[name] = value
        elif name in ("asis", "psis", "plumb", "lenient"):
            points[name] = value
        else:
            known = ", ".join(Answers.__annotations__)
            raise UsageError(f"{name}: unknown; choose from {known}")
    single = Intake.from_mapping(given)
    person = _intake(intake).updated(**{name: getattr(single, name) for name in _SECTION_OF})
    if points and options is not None:
        raise UsageError(f"give {next(iter(points))} by itself or in options, not both")
    return person, options or Options(**points)


def _intake(intake: IntakeLike) -> Intake:
    if intake is None:
        return Intake()
    if isinstance(intake, Intake):
        return intake
    return Intake.from_mapping(intake) if isinstance(intake, Mapping) else read_intake(Path(intake))


def _paths(photos: str | PathLike[str] | Iterable[str | PathLike[str]]) -> list[Path]:
    """The paths of a folder's photos, of a pattern, or as given."""
    if not isinstance(photos, str | PathLike):
        return [Path(photo) for photo in photos]
    place = Path(photos)
    if place.is_file():
        return [place]
    if place.is_dir():
        found = [file for file in place.iterdir() if file.suffix.lower() in SUFFIXES]
    else:
        root = Path(place.anchor)
        found = [file for file in root.glob(str(place.relative_to(root))) if file.is_file()]
    if not found:
        raise UsageError(
            f"{shown(place)}: no photo is there; give a folder, a pattern such as 'photos/*.jpg', or paths"
        )
    return sorted(found)


def _report(path: Path, person: Intake, options: Options, knowledge: Knowledge) -> Report:
    try:
        frame = read_photo(path)
    except UnsuitablePhoto as error:
        return _not_measured(path, error, person, knowledge)
    return examine(frame, shared_observer(), knowledge, person, options).report


def _reports(paths: Sequence[Path], person: Intake, options: Options, workers: int) -> list[Report]:
    """The reports of many photos from a batch's pool of processes, in the order of the paths."""
    from posture.batch.pool import make_engine, measured
    from posture.batch.worker import Task

    entries = [Entry(shown(path), str(path), intake=person, options=options) for path in paths]
    tasks = [Task(k, entry, show_face=False, names=True, passes=None) for k, entry in enumerate(entries)]
    done = measured(tasks, *make_engine(None, workers))
    lines = {one.line["number"]: one.line["report"] for one in done}
    return [Report.from_dict(lines[k]) for k in range(len(tasks))]
