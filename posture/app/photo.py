"""One photo of a visitor, and the model that all visitors share."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from posture import examples
from posture.body.frame import Frame
from posture.body.observation import Observation, ReplayObserver, Settled
from posture.body.overrides import Options, off_body
from posture.errors import UnsuitablePhoto
from posture.followup.live_report import live_report
from posture.knowledge.load import Knowledge
from posture.live.capture import live_knowledge
from posture.pipeline import Examination, examine
from posture.plan.intake import Intake
from posture.quantity import Quantity

if TYPE_CHECKING:
    from posture.vision.mediapipe_pose import MediaPipeObserver

#: Examinations of one photo that are kept: a page may ask for it leniently and not, and with another camera's roll.
KEPT_EXAMINATIONS = 4

#: The two points that the tilt itself is read from.
HIP_BONES = ("asis", "psis")

looking = threading.Lock()
_made: list[MediaPipeObserver] = []


def observer() -> MediaPipeObserver:
    """The pose model, loaded once for all visitors."""
    with looking:
        if not _made:
            from posture.io.photos import read_photo
            from posture.vision.faces import find_faces
            from posture.vision.mediapipe_pose import MediaPipeObserver

            model = MediaPipeObserver()
            frame = read_photo(examples.typical)
            model(frame)
            find_faces(frame.pixels_hwc)
            _made.append(model)
        return _made[0]


@dataclass(slots=True, eq=False)
class Photo:
    """One photo and all that was seen and set on it. It answers as an observer does, looking only once.

    joints : hip bones (asis, psis) and joints that the person set, photo px
    felt : hip bones that the person says they felt with a finger; both set and felt they are marks, else they are none
    confirmed, no_stickers : the spots that the search found are stickers, or are none
    upright, roll_deg : two ends of something upright, photo px, or the camera's roll, degrees clockwise, as told
    changes : how often points were set or taken back
    hold : every frame of a hold before a live camera, of which this is one; their medians count until a point is set
    """

    frame: Frame
    joints: dict[str, tuple[float, float]] = field(default_factory=dict)
    felt: set[str] = field(default_factory=set)
    confirmed: bool = False
    no_stickers: bool = False
    upright: list[tuple[float, float]] = field(default_factory=list)
    roll_deg: float | None = None
    changes: int = 0
    seen: Observation | UnsuitablePhoto | None = None
    hold: tuple[tuple[Frame, ReplayObserver], ...] = ()
    examined: dict[str, Examination] = field(default_factory=dict)
    model_sha256: str = ""

    def __call__(self, frame: Frame, settled: Settled | None = None) -> Observation:
        if self.seen is None:
            model = observer()
            self.model_sha256 = model.model_sha256
            try:
                with looking:
                    self.seen = model(frame, settled)
            except UnsuitablePhoto as error:
                self.seen = error.anew()
        if isinstance(self.seen, UnsuitablePhoto):
            raise self.seen.anew()
        return self.seen

    def options(self, lenient: bool) -> Options:
        """Points set on the photo, as the core asks for them. Hip bones are marks once both were set and felt."""
        bones = self.joints if set(HIP_BONES) <= set(self.joints) & self.felt else {}
        return Options(
            asis=bones.get("asis"),
            psis=bones.get("psis"),
            plumb=(self.upright[0], self.upright[1]) if len(self.upright) == 2 else None,
            roll=None
            if self.roll_deg is None
            else Quantity(self.roll_deg, Knowledge.load().gates.roll_known_deg, "deg"),
            lenient=lenient,
            use_stickers=False,
            stickers_confirmed=self.confirmed,
            joints={name: xy for name, xy in self.joints.items() if name not in HIP_BONES},
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

    def examine(self, intake: Intake, lenient: bool, roll: Quantity | None = None) -> Examination:
        """The examination by what is known now, the camera's roll too. Raises UsageError for points not to be meant."""
        options = self.options(lenient)
        if roll is not None:
            options = replace(options, roll=roll)
        key = examination_key(intake, options)
        if key not in self.examined:
            if self.hold and not options.points:
                own = of_hold(self.hold, intake, options, self.frame.sha256)
            else:
                known = Knowledge.load()
                own = examine(self.frame, self, live_knowledge(known) if self.hold else known, intake, options)
            last = list(self.examined.items())[1 - KEPT_EXAMINATIONS :]
            self.examined = {**dict(last), key: own}
        made = self.examined[key]
        if made.observation is not None and made.view is not None and made.view.body is not None:
            # one hip bone alone is no mark yet, and has to lie on the body as well
            off = off_body(self.joints, made.observation, self.frame.photo_px_per_px)
            if off is not None:
                raise off
        return made

    @property
    def by_hand(self) -> bool:
        """Whether the numbers rest on a point that somebody set."""
        return bool(self.options(lenient=False).points)

    def last(self) -> Examination:
        """The examination made last; the photo is examined where there is none."""
        return next(reversed(self.examined.values()), None) or self.examine(Intake(), lenient=False)


def hash_of(data: bytes) -> str:
    """SHA-256 of a file that could not be read as a photo."""
    return hashlib.sha256(data).hexdigest()


def of_hold(
    hold: Sequence[tuple[Frame, ReplayObserver]], intake: Intake, options: Options, shown: str = ""
) -> Examination:
    """The medians of a hold's frames over one of them: the one with the hash ``shown``, else the nearest to them."""
    knowledge = live_knowledge(Knowledge.load())
    each = [examine(*one, knowledge, intake, options) for one in hold]
    medians, _ = live_report([one.report for one in each], knowledge, intake)
    own = next(one for one in each if one.report.photo.sha256 == (shown or medians.photo.sha256))
    return replace(own, report=replace(medians, photo=own.report.photo))


def examination_key(intake: Intake, options: Options) -> str:
    """Key of a kept examination: the answers and options that it was made with."""
    return repr((intake, options))
