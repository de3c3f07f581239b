"""One visitor's photos: in memory, apart from every other visitor's, until they are forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from posture import examples
from posture.app import internals, questionnaire, tab
from posture.app.photo import Photo, examination_key, looking, observer, of_hold
from posture.body.frame import Frame
from posture.body.observation import Observation, ReplayObserver
from posture.errors import PointOffBody, PostureError, UsageError
from posture.followup.aggregate import read_together
from posture.followup.best_photo import Choice, choose
from posture.knowledge.load import Knowledge
from posture.live.hold import observe_frames
from posture.pipeline import Examination
from posture.plan.intake import Intake

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


Made = TypeVar("Made")
#: Photos that one visitor may bring; a dozen of any standing says no more than these.
MOST_PHOTOS = 8


def forget() -> None:
    """Photos, answers and everything made from them but the language; a widget drawn next is a new one."""
    internals.let_go_of_uploads()
    chosen = questionnaire.answer("language")
    tab.forget()
    if chosen is not None:
        st.session_state[questionnaire.ANSWER_KEY + "language"] = chosen
    st.session_state["forgotten"] = True


def generation() -> str:
    """Part of the keys of upload widgets: another one after everything was forgotten or new photos were brought."""
    now: str = st.session_state.setdefault("generation", secrets.token_hex(4))
    return now


def empty_fields() -> None:
    """Upload widgets drawn next are new ones."""
    st.session_state["generation"] = secrets.token_hex(4)


def once(name: str, key: object, make: Callable[[], Made]) -> Made:
    """The thing made last under a name; made anew only where its key is another, not at every touch of the page.

    Key and thing are kept in one step: a visitor's click makes Streamlit end a run at any touch of the session's state.
    """
    kept: tuple[object, Made] | None = st.session_state.get(f"made_{name}")
    if kept is None or kept[0] != key:
        kept = key, make()
        st.session_state[f"made_{name}"] = kept
    return kept[1]


def let_go(upload: UploadedFile) -> None:
    """Remove the server's own copy of an upload; without it Streamlit keeps every one until the visitor has gone."""
    internals.let_go_of_uploads(upload.file_id)


def photos() -> list[Photo]:
    """The visitor's photos in the order they came."""
    return list(st.session_state.setdefault("photos", {}).values())


def add_photo(data: bytes, name: str, sample: bool = False) -> Photo:
    """Read a photo and keep it; the first of the visitor's own takes the place of samples.

    Raises UnsuitablePhoto for a file that is none, UsageError for one too many.
    """
    from posture.io.photos import read_photo_bytes

    kept: dict[str, Photo] = st.session_state.setdefault("photos", {})
    frame = read_photo_bytes(data, name)
    samples: set[str] = st.session_state.setdefault("samples", set())
    if sample:
        samples.add(frame.sha256)
    else:
        for other in samples - {frame.sha256}:
            kept.pop(other, None)
    if frame.sha256 not in kept:
        if len(kept) >= MOST_PHOTOS:
            raise UsageError(f"no more than {MOST_PHOTOS} photos at a time: remove one first")
        kept[frame.sha256] = Photo(frame)
    for name_ in ("chosen", "lenient"):
        st.session_state.pop(name_, None)
    return kept[frame.sha256]


def add_sample(name: str) -> Photo:
    """A sample person among the photos, until the visitor brings a photo of their own."""
    path = getattr(examples, name)
    photo = add_photo(path.read_bytes(), path.name, sample=True)
    photo.examine(questionnaire.intake(), lenient=False)
    return photo


def held(frames: Iterable[Frame], answers: Intake, progress: Callable[[int], None]) -> Photo:
    """The frames of a hold as one photo, shown by the frame nearest to the medians; ``progress`` hears their numbers.

    With the same ``answers`` the photo is not examined again. The pixels of the frames that are not shown are let go.
    """

    def observe(frame: Frame, **how: Any) -> Observation:
        with looking:
            return model(frame, **how)

    model, hold, whole = observer(), list[tuple[Frame, ReplayObserver]](), list[Frame]()
    for frame, seen in observe_frames(frames, observe):
        bare = replace(frame, pixels_hwc=frame.pixels_hwc[:1].copy())
        hold.append((bare, ReplayObserver(seen, model.model_sha256)))
        whole.append(frame)
        progress(len(hold))
    photo = Photo(whole[0], hold=tuple(hold), model_sha256=model.model_sha256)
    options = photo.options(lenient=False)
    medians = of_hold(photo.hold, answers, options)
    k = next(k for k, (frame, _) in enumerate(hold) if frame.sha256 == medians.report.photo.sha256)
    photo.frame, photo.seen = whole[k], hold[k][1].seen
    photo.examined[examination_key(answers, options)] = medians
    return photo


def keep(photo: Photo) -> None:
    """Take a hold among the visitor's photos and go by it. Raises UsageError for one too many."""
    kept: dict[str, Photo] = st.session_state.setdefault("photos", {})
    if photo.frame.sha256 not in kept and len(kept) >= MOST_PHOTOS:
        raise UsageError(f"no more than {MOST_PHOTOS} photos at a time: remove one first")
    kept[photo.frame.sha256] = photo
    st.session_state.pop("lenient", None)
    choose_photo(photo)


def remove_photo(photo: Photo) -> None:
    """Forget one photo."""
    st.session_state["photos"].pop(photo.frame.sha256, None)
    st.session_state.pop("chosen", None)


@dataclass(frozen=True, slots=True, eq=False)
class Current:
    """The photo gone by, what was found on it, and what the choice among all photos says.

    together : how many photos the numbers are read from
    """

    photo: Photo
    examination: Examination
    choice: Choice
    lenient: bool
    together: int = 1


def current() -> Current | None:
    """The best photo, or the one the person chose; None before there is any.

    Where nothing could be measured and enough retakes were asked for, the best is measured leniently.
    """
    mine = photos()
    if not mine:
        return None
    answers, lenient = questionnaire.intake(), bool(st.session_state.get("lenient", False))
    rounds = int(st.session_state.get("rounds", 1))
    reports = [examined(photo, answers, lenient).report for photo in mine]
    choice = choose(reports, rounds, lenient)
    if choice.settle:
        lenient = True
        reports = [examined(photo, answers, lenient).report for photo in mine]
        choice = choose(reports, rounds, lenient)
    chosen = st.session_state.get("chosen")
    k = next((k for k, photo in enumerate(mine) if photo.frame.sha256 == chosen), choice.best)
    examination, together = examined(mine[k], answers, lenient), 1
    if st.session_state.get("together"):
        others = [report for j, report in enumerate(reports) if j != k]
        read = read_together(examination.report, others, Knowledge.load(), answers)
        if read is not examination.report:
            examination, together = replace(examination, report=read), len(mine)
    return Current(mine[k], examination, choice, lenient, together)


def examined(photo: Photo, answers: Intake, lenient: bool) -> Examination:
    """The examination; a point that cannot be meant is taken back, and said: the one beside the body, else the last."""
    while True:
        try:
            return photo.examine(answers, lenient)
        except UsageError as error:
            st.session_state["point_refused"] = str(error)  # said first: a point must not go unsaid
            if not photo.take_back(error.name if isinstance(error, PointOffBody) else ""):
                raise


def choose_photo(photo: Photo) -> None:
    """Go by this photo from now on."""
    st.session_state["chosen"] = photo.frame.sha256


def missing(error: PostureError | ImportError) -> str:
    """Remedy for a library that is missing, or the words of a refusal."""
    if isinstance(error, ImportError):
        from posture.vision.mediapipe_models import missing_library

        return missing_library(error)
    return str(error)
