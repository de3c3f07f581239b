"""Contents of one picture before any judgement, and the interface of a pose model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from posture.body.frame import Frame
from posture.body.pose import Pose
from posture.body.silhouette import Silhouette
from posture.errors import UnsuitablePhoto


@dataclass(frozen=True, slots=True)
class Marks:
    """Marked skin points over ASIS and PSIS in frame px, and one SD of each coordinate.

    found : stickers that the search found, not points that somebody gave
    """

    asis_px: tuple[float, float]
    psis_px: tuple[float, float]
    sigma_px: float
    found: bool = False


@dataclass(frozen=True, slots=True)
class FoundMarks:
    """Two round spots that may be stickers on ASIS and PSIS, middles in frame px.

    radius_px : of one · confidence : probability 0..1 that they are the two stickers
    """

    asis_px: tuple[float, float]
    psis_px: tuple[float, float]
    radius_px: float
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundRoll:
    """Camera roll that upright things in the picture show, degrees, clockwise positive.

    sigma_deg : one SD · confidence : how well the lines agree and how long they are, 0..1
    """

    roll_deg: float
    sigma_deg: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Everything the models saw in one frame.

    width_px, height_px : size of the frame
    pose : the person to be measured · silhouette : None when no usable mask was found
    others_px : heights of the other people seen, px
    faces_px : (x, y, radius) of a circle over every head seen, for blurring
    body_share : share of the pose mask that the second segmentation model also calls a person, 0..1
    passes : how many looks found the person
    photo_px_per_px : how many of the photo's pixels one frame pixel spans
    found_marks : the likeliest pair of stickers, None where there is none to think of
    found_roll : from what stands upright behind, None where nothing does
    """

    width_px: int
    height_px: int
    pose: Pose
    silhouette: Silhouette | None
    others_px: tuple[float, ...]
    faces_px: tuple[tuple[float, float, float], ...]
    body_share: float
    passes: int
    photo_px_per_px: float
    found_marks: FoundMarks | None = None
    found_roll: FoundRoll | None = None

    @property
    def stature_px(self) -> float:
        """Height of the body from crown to sole, frame px: 1000 from face to foot landmarks gives 1100."""
        return self.pose.stature_px

    @property
    def height_in_photo_px(self) -> float:
        """Height from face to foot landmarks, photo px: 500 frame px of a photo decoded at half size gives 1000."""
        return self.pose.extent_px * self.photo_px_per_px


#: Whether what was seen leaves nothing open that more looks could tell.
Settled = Callable[[Observation], bool]


@dataclass(slots=True, eq=False)
class ReplayObserver:
    """An observer that answers as another one did, with what it saw or why it saw nothing, without looking again."""

    seen: Observation | UnsuitablePhoto
    model_sha256: str

    def __call__(self, frame: Frame, settled: Settled | None = None) -> Observation:  # noqa: ARG002
        if isinstance(self.seen, UnsuitablePhoto):
            raise self.seen.anew()
        return self.seen


class Observer(Protocol):
    """Looks at a frame. Raises NoPerson when nobody is there.

    It may ask ``settled`` whether what few looks show will do, or whether more are needed.

    model_sha256 : hash of the pose model's bytes, for the report
    """

    model_sha256: str

    def __call__(self, frame: Frame, settled: Settled | None = None) -> Observation: ...
