"""Results of `posture.analyze`: numbers, verdict, pictures and pages of one photo, and of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from posture.api.reading import PELVIC_TILT, Reading, reading_of
from posture.body.frame import Frame, Pixels
from posture.body.observation import Observer
from posture.errors import SetupError, UsageError
from posture.export.csv import row
from posture.io.atomic import write_atomic
from posture.io.photos import read_photo, shown
from posture.knowledge.load import Knowledge
from posture.measures import MEASURES
from posture.measures.measurement import Unmeasured
from posture.pipeline import Examination, Options, examine
from posture.plan.intake import Intake
from posture.report.report import Report
from posture.report.review_need import review_columns, review_needs, review_queue
from posture.text.labels import TILT
from posture.text.language import load_language
from posture.text.presentation import Presentation, present

if TYPE_CHECKING:
    from PIL.Image import Image

#: What is written to a file.
Content = TypeVar("Content", str, bytes)


@dataclass(frozen=True, slots=True)
class Source:
    """Origin of the pixels, to read them again: a path, or a frame that the caller asked to keep."""

    path: Path | None = None
    frame: Frame | None = None

    def pixels(self, sha256: str | None) -> Frame:
        """The frame whose file has this hash. Raises UsageError where it was not kept, or the file has changed."""
        if self.frame is not None:
            return self.frame
        if self.path is None:
            raise UsageError("the picture was not kept: analyze it with keep_picture=True")
        frame = read_photo(self.path)
        if frame.sha256 != sha256:
            raise UsageError(f"{shown(self.path)} has changed since it was measured: analyze it again")
        return frame


@dataclass(frozen=True, eq=False, repr=False)
class Result(Mapping[str, Reading]):
    """Result of one photo: a mapping from measures to readings, with the verdict and the pictures beside it.

    ``result["pelvic_tilt"]`` is the one tilt; the other keys are those of `posture.measures.table`. A photo that cannot
    be measured gives a result, too: ``refused`` is true and ``reasons`` say what to do.

    report : the full record · intake : what the caller said of the person
    """

    report: Report
    intake: Intake
    knowledge: Knowledge
    _options: Options = field(default_factory=Options)
    _source: Source = field(default_factory=Source)
    _examination: Examination | None = None
    _listed: Mapping[str, str | bool] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Reading:
        if name not in self._readings:
            raise KeyError(f"{name}: choose from {', '.join(self)}")
        return self._readings[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readings)

    def __len__(self) -> int:
        return len(self._readings)

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        measured = {} if self.report.emergency else self.report.measurements
        absent = Unmeasured(self._why_no_number)
        return {PELVIC_TILT: self._tilt()} | {name: reading_of(name, measured.get(name, absent)) for name in MEASURES}

    @property
    def _why_no_number(self) -> str:
        if self.report.emergency:
            return "read the safety message first"
        return "this photo could not be measured" if self.refused else "the norms are of adults"

    def _tilt(self) -> Reading:
        finding = self.report.finding
        if finding is None or self.report.emergency:
            return Reading(PELVIC_TILT, TILT, "deg", reason=self._why_no_number)
        if finding.tilt is None:
            return Reading(PELVIC_TILT, TILT, "deg", reason=finding.because)
        reading = reading_of(PELVIC_TILT, self.report.measurements[finding.tilt.measure])
        place = finding.tilt.comparison
        return replace(reading, percentile=None if place is None else place.percentile)

    @property
    def refused(self) -> bool:
        """Whether the photo could not be measured."""
        return self.report.status == "refused"

    @property
    def verdict(self) -> str | None:
        """The verdict's code, "marked_anterior_tilt" and the like; None of a refused photo, a minor, an emergency."""
        return None if self.report.emergency or self.report.finding is None else self.report.finding.kind

    @cached_property
    def _presentation(self) -> Presentation:
        return present(self.report, self.knowledge)

    @property
    def headline(self) -> str:
        """The verdict in one sentence; in an emergency what to do at once."""
        return self._presentation.headline

    @property
    def reasons(self) -> tuple[str, ...]:
        """Reasons for a refusal, each with the remedy, a sentence each."""
        return tuple(f"{why}: {retake}" for why, retake in self._presentation.reasons)

    def __repr__(self) -> str:
        what = "emergency" if self.report.emergency else "refused" if self.refused else self.verdict or "numbers alone"
        return f"<Result of {self.report.photo.file or 'a picture'}: {what}>"

    def __str__(self) -> str:
        """The verdict, the number, its chance, and what to do next, a line each."""
        here = self._presentation
        if here.alert is not None:
            return here.alert
        tilt = [] if here.tilt is None else [f"{here.tilt.name}: {self[PELVIC_TILT]}"]
        steps = [f"Next: {step}" for step in here.steps[:1]]
        return "\n".join([here.headline, *tilt, *here.chances, *self.reasons, *steps])

    def overlay(self, show_face: bool = False, lang: str = "en") -> Image:
        """The annotated picture: outline, joints, pelvis, and the verdict in words; faces blurred unless ``show_face``.

        Raises UsageError where the picture was neither kept nor can be read again.
        """
        from PIL import Image as Pillow

        return Pillow.fromarray(self._drawn(show_face, lang))

    def _drawn(self, show_face: bool, lang: str) -> Pixels:
        from posture.render.overlay import draw

        frame, examination = self._seen_again()
        return draw(frame, examination, self.knowledge, show_face, load_language(lang, self.knowledge))

    def _picture(self, show_face: bool, lang: str) -> Pixels | None:
        """The annotated picture for a page; None where there is no photo to read again."""
        at_hand = self.report.photo.width is not None and self._source != Source()
        return self._drawn(show_face, lang) if at_hand else None

    def _seen_again(self) -> tuple[Frame, Examination]:
        """The pixels, and what was seen in them: again by the model where only the report was kept."""
        frame = self._source.pixels(self.report.photo.sha256)
        seen = self._examination or examine(frame, shared_observer(), self.knowledge, self.intake, self._options)
        return frame, seen

    def to_html(self, path: str | PathLike[str] | None = None, lang: str = "en", show_face: bool = False) -> str:
        """The report with picture, numbers and plan as one self-contained page; also written to ``path``."""
        from posture.render.html.report import render

        picture = self._picture(show_face, lang)
        page = render(self.report, self.knowledge, picture, self.intake, load_language(lang, self.knowledge))
        return _written(page, path)

    def to_pdf(self, path: str | PathLike[str] | None = None, lang: str = "en", show_face: bool = False) -> bytes:
        """`to_html` on paper. Raises SetupError, with what to install, where WeasyPrint or Pango is missing."""
        from posture.render.pdf import to_pdf

        return _written(to_pdf(self.to_html(None, lang, show_face)), path)

    def to_handout(
        self, path: str | PathLike[str] | None = None, lang: str = "en", show_face: bool = False
    ) -> bytes | None:
        """Two sheets to give along, as PDF: verdict and week; None where there is no plan, as under 18 years.

        Weeks begin on the next Monday. Raises SetupError, with what to install, where WeasyPrint or Pango is missing.
        """
        from posture.render.html.handout import render_handout
        from posture.render.pdf import to_pdf

        language, plan = load_language(lang, self.knowledge), self.report.plan
        picture = self._picture(show_face, lang)
        page = render_handout(plan, self.intake, self.knowledge, date.today(), language, self.report, picture)
        return None if page is None else _written(to_pdf(page), path)

    def to_json(self, path: str | PathLike[str] | None = None) -> str:
        """The full record as one line of JSON; `posture.read_results` reads it back."""
        return _written(self.report.to_json() + "\n", path).rstrip("\n")


class Results(Sequence[Result]):
    """Results of many photos, in their order."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._results = tuple(results)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> Results: ...
    def __getitem__(self, index: int | slice) -> Result | Results:
        return Results(self._results[index]) if isinstance(index, slice) else self._results[index]

    def __len__(self) -> int:
        return len(self._results)

    def __repr__(self) -> str:
        return f"<{len(self)} results, {sum(one.refused for one in self)} refused>"

    @property
    def refused(self) -> Results:
        """Those whose photo could not be measured."""
        return Results(one for one in self if one.refused)

    def to_columns(self) -> dict[str, list[str | float | None]]:
        """The columns of `posture batch`'s table, units in their names, a list each.

        ``needs_review`` (bool), ``review_place`` and ``review_why`` say whom to look at first and why. Where a batch's
        folder was read they are the batch's own, with client, day and pose beside them.
        """
        rows = [{**row(one.report), **review, **one._listed} for one, review in zip(self, self._reviews(), strict=True)]
        return {name: [cells.get(name) for cells in rows] for name in dict.fromkeys(n for cells in rows for n in cells)}

    def _reviews(self) -> list[dict[str, str | bool]]:
        """The columns about a look of each result, by the rule of a batch."""
        needs = {k: review_needs(one.report) for k, one in enumerate(self)}
        place = {k: str(n) for n, k in enumerate(review_queue(needs), 1)}
        return [review_columns(needs[k], place.get(k, "")) for k in range(len(self))]

    def to_frame(self) -> Any:
        """`to_columns` as a pandas DataFrame. Raises SetupError where pandas is not installed."""

        try:
            import pandas as pd  # not among posture's own needs
        except ImportError as error:
            raise SetupError("to_frame needs pandas: run pip install pandas, or take to_columns()") from error
        return pd.DataFrame(self.to_columns())


@cache
def shared_observer() -> Observer:
    """The pose model, loaded once."""
    from posture.vision.mediapipe_pose import MediaPipeObserver

    return MediaPipeObserver()


def _written(content: Content, path: str | PathLike[str] | None) -> Content:
    """``content``, written whole or not at all where a path is given."""
    if path is None:
        return content
    try:
        write_atomic(Path(path), content)
    except OSError as error:
        raise UsageError(f"{shown(Path(path))}: {error.strerror}") from error
    return content
