"""One visitor's photos and answers: in memory, apart from every other visitor's, until they are forgotten.

Streamlit forgets a widget's answer when another page is shown; answers under keys that begin with TOLD are kept.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from posture.body.frame import Frame
from posture.body.observation import Kept, Observation
from posture.body.pose import SIDES
from posture.cli.live import look_at
from posture.errors import PointOffBody, PostureError, UnsuitablePhoto, UsageError
from posture.followup.best_photo import Choice, choose
from posture.followup.live_report import live_report
from posture.knowledge.load import Knowledge
from posture.live.capture import live_knowledge
from posture.pipeline import Examination, Options, examine, off_body
from posture.plan.intake import CONDITIONS, EMERGENCY_FLAGS, PROMPT_FLAGS, SIGNS, Intake
from posture.quantity import Quantity

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from posture.vision.mediapipe_pose import MediaPipeObserver

Made = TypeVar("Made")
TOLD = "told_"
#: Photos that one visitor may bring; a dozen of any standing says no more than these.
MOST_PHOTOS = 8
#: Examinations of one photo that are kept: a page may ask for it leniently and not, and with another camera's roll.
KEPT_EXAMINATIONS = 4

_looking = threading.Lock()
_made: list[MediaPipeObserver] = []


def observer() -> MediaPipeObserver:
    """The pose model, loaded once for all visitors."""
    with _looking:
        if not _made:
            from posture.io.photos import read_photo_bytes
            from posture.vision.faces import find_faces
            from posture.vision.mediapipe_pose import MediaPipeObserver

            model = MediaPipeObserver()
            frame = read_photo_bytes(example(), "")
            model(frame)
            find_faces(frame.pixels_hwc)
            _made.append(model)
        return _made[0]


def example() -> bytes:
    """The photo of a computer-generated person."""
    from importlib import resources

    return (resources.files("posture") / "data" / "self_test.jpg").read_bytes()


@dataclass(slots=True, eq=False)
class Photo:
    """One photo and all that was seen and set on it. It answers as an observer does, looking only once.

    joints : hip bones (asis, psis) and joints that the person set, photo px
    confirmed : the spots that the search found are stickers · changes : how often points were set or taken back
    hold : every frame of a hold before a live camera, of which this is one; their medians count until a point is set
    """

    frame: Frame
    joints: dict[str, tuple[float, float]] = field(default_factory=dict)
    confirmed: bool = False
    changes: int = 0
    seen: Observation | UnsuitablePhoto | None = None
    hold: tuple[tuple[Frame, Kept], ...] = ()
    examined: dict[str, Examination] = field(default_factory=dict)
    model_sha256: str = ""

    def __call__(self, frame: Frame) -> Observation:
        if self.seen is None:
            model = observer()
            self.model_sha256 = model.model_sha256
            try:
                with _looking:
                    self.seen = model(frame)
            except UnsuitablePhoto as error:
                self.seen = error.anew()
        if isinstance(self.seen, UnsuitablePhoto):
            raise self.seen.anew()
        return self.seen

    def options(self, lenient: bool) -> Options:
        """What was set on the photo, as the core asks for it. One hip bone alone is not yet a mark."""
        bones = self.joints if {"asis", "psis"} <= set(self.joints) else {}
        return Options(
            asis=bones.get("asis"),
            psis=bones.get("psis"),
            lenient=lenient,
            use_stickers=False,
            stickers_confirmed=self.confirmed,
            joints={name: xy for name, xy in self.joints.items() if name not in ("asis", "psis")},
        )

    def put(self, name: str, xy: tuple[float, float]) -> None:
        """Set a point; the one set last is the first to be taken back."""
        self.joints.pop(name, None)
        self.joints[name] = xy
        self.changes += 1

    def take_back(self, name: str = "") -> bool:
        """Undo a point by its name or the one set last, else the confirmed stickers; False where nothing was set."""
        self.changes += 1
        if name in self.joints:
            del self.joints[name]
        elif self.joints:
            self.joints.popitem()
        elif self.confirmed:
            self.confirmed = False
        else:
            return False
        return True

    def examine(self, told: Intake, lenient: bool, roll: Quantity | None = None) -> Examination:
        """The examination by what is known now, the camera's roll too. Raises UsageError for points not to be meant."""
        options = replace(self.options(lenient), roll=roll)
        key = _key(told, options)
        if key not in self.examined:
            if self.hold and not self.joints:
                own = of_hold(self.hold, told, options, self.frame.sha256)
            else:
                own = examine(self.frame, self, live_knowledge() if self.hold else Knowledge.load(), told, options)
            last = list(self.examined.items())[1 - KEPT_EXAMINATIONS :]
            self.examined = {**dict(last), key: own}
        made = self.examined[key]
        if made.observation is not None and made.view is not None and made.view.body is not None:
            # one hip bone alone is no mark yet, and has to lie on the body as well
            off = off_body(self.joints, made.observation, self.frame.photo_px_per_px)
            if off is not None:
                raise off
        return made

    def last(self) -> Examination:
        """The examination made last; the photo is examined where there is none."""
        return next(reversed(self.examined.values()), None) or self.examine(Intake(), lenient=False)


def hash_of(data: bytes) -> str:
    """SHA-256 of a file that could not be read as a photo."""
    return hashlib.sha256(data).hexdigest()


def keep_answers() -> None:
    """Called first on every page: answers of pages that are not shown stay."""
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith(TOLD):
            st.session_state[key] = st.session_state[key]


def forget() -> None:
    """Photos, answers and everything made from them but the language; a widget drawn next is a new one."""
    session = get_script_run_ctx()
    if runtime.exists() and session is not None:
        runtime.get_instance().uploaded_file_mgr.remove_session_files(session.session_id)
    chosen = answer("language")
    st.session_state.clear()
    if chosen is not None:
        st.session_state[TOLD + "language"] = chosen


def generation() -> str:
    """Part of the keys of upload widgets: another one after everything was forgotten or new photos were brought."""
    now: str = st.session_state.setdefault("generation", secrets.token_hex(4))
    return now


def empty_fields() -> None:
    """Upload widgets drawn next are new ones."""
    st.session_state["generation"] = secrets.token_hex(4)


def once(name: str, key: object, make: Callable[[], Made]) -> Made:
    """What was made last under a name; made anew only where its key is another, not at every touch of the page.

    Key and thing are kept in one step: a visitor's click makes Streamlit end a run at any touch of the session's state.
    """
    kept: tuple[object, Made] | None = st.session_state.get(f"made_{name}")
    if kept is None or kept[0] != key:
        kept = key, make()
        st.session_state[f"made_{name}"] = kept
    return kept[1]


def let_go(upload: UploadedFile) -> None:
    """Remove the server's own copy of an upload; without it Streamlit keeps every one until the visitor has gone."""
    session = get_script_run_ctx()
    if runtime.exists() and session is not None:
        runtime.get_instance().uploaded_file_mgr.remove_file(session.session_id, upload.file_id)


def photos() -> list[Photo]:
    """The visitor's photos in the order they came."""
    return list(st.session_state.setdefault("photos", {}).values())


def add_photo(data: bytes, name: str) -> Photo:
    """Read a photo and keep it. Raises UnsuitablePhoto for a file that is none, UsageError for one too many."""
    from posture.io.photos import read_photo_bytes

    kept: dict[str, Photo] = st.session_state.setdefault("photos", {})
    frame = read_photo_bytes(data, name)
    if frame.sha256 not in kept:
        if len(kept) >= MOST_PHOTOS:
            raise UsageError(f"no more than {MOST_PHOTOS} photos at a time: remove one first")
        kept[frame.sha256] = Photo(frame)
    for name_ in ("chosen", "lenient"):
        st.session_state.pop(name_, None)
    return kept[frame.sha256]


def held(frames: Sequence[Frame], told: Intake, progress: Callable[[float], None]) -> Photo:
    """The frames of a hold as one photo, shown by the frame nearest to the medians; ``progress`` hears shares 0..1.

    ``told`` is what was answered so far: with the same answers the photo is not examined again. Of the frames that are
    not shown the pixels are let go.
    """

    def look(frame: Frame, **how: Any) -> Observation:
        with _looking:
            return model(frame, **how)

    model, hold = observer(), list[tuple[Frame, Kept]]()
    for frame, seen in look_at(frames, look):
        bare = replace(frame, pixels_hwc=frame.pixels_hwc[:1].copy())
        hold.append((bare, Kept(seen, model.model_sha256)))
        progress(len(hold) / len(frames))
    photo = Photo(frames[0], hold=tuple(hold), model_sha256=model.model_sha256)
    options = photo.options(lenient=False)
    medians = of_hold(photo.hold, told, options)
    k = next(k for k, (frame, _) in enumerate(hold) if frame.sha256 == medians.report.photo.sha256)
    photo.frame, photo.seen = frames[k], hold[k][1].seen
    photo.examined[_key(told, options)] = medians
    return photo


def of_hold(hold: Sequence[tuple[Frame, Kept]], told: Intake, options: Options, shown: str = "") -> Examination:
    """The medians of a hold's frames over one of them: the one with the hash ``shown``, else the nearest to them."""
    knowledge = live_knowledge()
    each = [examine(*one, knowledge, told, options) for one in hold]
    medians, _ = live_report([one.report for one in each], knowledge, told)
    own = next(one for one in each if one.report.photo.sha256 == (shown or medians.photo.sha256))
    return replace(own, report=replace(medians, photo=own.report.photo))


def _key(told: Intake, options: Options) -> str:
    return repr((told, options))


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
    """The photo gone by, what was found on it, and what the choice among all photos says."""

    photo: Photo
    examination: Examination
    choice: Choice
    lenient: bool


def current() -> Current | None:
    """The best photo, or the one the person chose; None before there is any.

    Where nothing could be measured and enough retakes were asked for, the best is measured leniently.
    """
    mine = photos()
    if not mine:
        return None
    told, lenient = intake(), bool(st.session_state.get("lenient", False))
    rounds = int(st.session_state.get("rounds", 1))
    reports = [examined(photo, told, lenient).report for photo in mine]
    choice = choose(reports, rounds, lenient)
    if choice.settle:
        lenient = True
        reports = [examined(photo, told, lenient).report for photo in mine]
        choice = choose(reports, rounds, lenient)
    chosen = st.session_state.get("chosen")
    k = next((k for k, photo in enumerate(mine) if photo.frame.sha256 == chosen), choice.best)
    return Current(mine[k], examined(mine[k], told, lenient), choice, lenient)


def examined(photo: Photo, told: Intake, lenient: bool) -> Examination:
    """The examination; a point that cannot be meant is taken back, and said: the one beside the body, else the last."""
    while True:
        try:
            return photo.examine(told, lenient)
        except UsageError as error:
            st.session_state["point_refused"] = str(error)  # said first: a point must not go unsaid
            if not photo.take_back(error.name if isinstance(error, PointOffBody) else ""):
                raise


def choose_photo(photo: Photo) -> None:
    """Go by this photo from now on."""
    st.session_state["chosen"] = photo.frame.sha256


def answer(key: str) -> Any:
    """A kept answer, None where there is none."""
    return st.session_state.get(TOLD + key)


def asked() -> bool:
    """Whether the safety questions were sent off; before that no exercise is shown."""
    return bool(st.session_state.get("asked"))


def _safety() -> dict[str, Any]:
    """What was ticked and told on the page of the safety questions; it counts at once, sent off or not."""
    told = {
        "pain_0_10": answer("pain"),
        "pain_weeks": answer("weeks"),
        "pain_assessed": answer("assessed"),
        "pain_worsening": answer("worsening"),
        "leg_pain": answer("leg_pain"),
        "cleared_by_clinician": answer("cleared"),
    }
    return {
        "asked": asked(),
        "flags": [flag for flag in (*EMERGENCY_FLAGS, *PROMPT_FLAGS) if answer(f"ask_{flag}")],
        "conditions": [condition for condition in CONDITIONS if answer(f"ask_{condition}")],
        **{name: value for name, value in told.items() if value is not None},
    }


def intake() -> Intake:
    """Everything that was told so far."""
    tests: dict[str, Mapping[str, Any]] = {}
    for side in SIDES:
        thigh, hold, flat = (answer(f"{name}_{side}") for name in ("thigh", "hold", "flat"))
        one: dict[str, Any] = {"thomas_thigh_deg": thigh, "hip_flexion_hold_s": hold}
        if thigh is not None:
            one["lumbar_flat"] = bool(flat)
            read = answer(f"read_{side}")
            if read is not None and (read["thigh"], read["flat"]) == (thigh, bool(flat)):
                one["length"] = read["length"]  # judged with the doubt of the photo, until a number is changed
        tests[side] = {name: value for name, value in one.items() if value is not None}
    person = {
        "clothing": answer("clothing"),
        "stature_cm": answer("stature"),
        "age_years": answer("age"),
    }
    life = {
        "sitting_h_day": answer("sitting"),
        "minutes_per_day": answer("minutes"),
        "days_per_week": answer("days"),
        "equipment": answer("equipment") or None,
    }
    return Intake.from_mapping(
        {
            "person": {name: value for name, value in person.items() if value is not None},
            "safety": _safety(),
            "tests": tests,
            "signs": {sign: True for sign in SIGNS if answer(f"sign_{sign}")},
            "life": {name: value for name, value in life.items() if value is not None},
        }
    )


def missing(error: PostureError | ImportError) -> str:
    """What to do about a library that is not there, or the words of a refusal."""
    if isinstance(error, ImportError):
        from posture.vision.mediapipe_models import missing_library

        return missing_library(error)
    return str(error)
