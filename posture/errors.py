"""What can go wrong, as one tree.

PostureError
├── UnsuitablePhoto          the photo is refused; the other photos of a run go on
│   ├── MissingFile  OutsideFolder  NotAnImage  TooManyPixels  WorkerEnded  TimeLimit
│   ├── Unreadable           ReadFault, TooLarge
│   ├── NoPerson  SeveralPeople
│   ├── NotSideView  FacingUnclear
│   ├── Lying  Sitting  Squatting  Stepping (UnevenLegs)  NotLying  LegUnclear
│   └── Cropped  TooSmall
├── UsageError               the request cannot be meant: wrong points, wrong intake file, wrong options
│   └── PointOffBody
├── SetupError               this machine or installation is missing something
├── KnowledgeError           a data entry without source, unit or field
└── DegenerateGeometry       points too close together to carry an angle
"""

from __future__ import annotations

from dataclasses import dataclass

from posture._version import __version__
from posture.message import Message, places_of

#: Code of the note that nothing told the camera's roll.
ROLL_UNKNOWN = "roll_unknown"


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason, warning or note of a report: a stable ``code``, what was seen, and the one thing to do about it."""

    code: str
    message: str
    retake: str


class PostureError(Exception):
    """Anything posture refuses to do, with words for the person who asked."""


class UsageError(PostureError):
    """The request itself is wrong; the message names the numbers or the key and the choices."""


class PointOffBody(UsageError):
    """A marked point lies beside the body.

    name : of the point, as in `posture.text.labels.POINTS` · point : (x, y), px of the photo
    away_px : from the outline · share_pct : the same in percent of the body's height
    """

    def __init__(self, name: str, point: tuple[float, float], away_px: float, share_pct: float) -> None:
        super().__init__(name, point, away_px, share_pct)
        self.name, self.point, self.away_px, self.share_pct = name, point, away_px, share_pct

    def _lies(self, what_follows: str) -> Message:
        return Message(
            "{name} ({x:g}, {y:g}) lies {px:.0f} px off the body's outline ({share:.1f} % of its height): "
            + what_follows,
            name=self.name.upper() if self.name in ("asis", "psis") else self.name,
            x=self.point[0],
            y=self.point[1],
            px=self.away_px,
            share=self.share_pct,
        )

    @property
    def left_out(self) -> Message:
        """What is wrong with the point, where the marks are left out and the rest is measured."""
        return self._lies("the marks were not used")

    def __str__(self) -> str:
        return self._lies("set it on the body")


class SetupError(PostureError):
    """The installation lacks something; the message says how to get it."""


def install_hint(extra: str) -> str:
    """How to add an extra: until posture-tilt is published, from a checkout or a wheel."""
    wheel = f"'PATH/posture_tilt-{__version__}-py3-none-any.whl[{extra}]'"
    return f"run pip install '.[{extra}]' in the folder of a checkout, or pip install {wheel} with the path of a wheel"


class KnowledgeError(PostureError):
    """A data file of the package holds an entry that must not be used."""


class DegenerateGeometry(PostureError):
    """Points lie so close together that an angle between them would be noise."""


class UnsuitablePhoto(PostureError):
    """A photo that cannot be measured. Subclasses set ``code``, ``said``, a template of the facts, and ``retake``."""

    code = "unsuitable"
    said = "this photo cannot be measured"
    retake = "take another photo: whole body, exactly from the side"

    def __init__(self, *facts: object) -> None:
        super().__init__(*facts)  # the facts, not the text: so the error survives pickling from a worker process
        self.facts = facts

    def __str__(self) -> str:
        return Message(self.said, **dict(zip(places_of(self.said), self.facts, strict=True)))

    def anew(self) -> UnsuitablePhoto:
        """The same error without the frames it was raised through, which hold the picture: one that can be kept."""
        return type(self)(*self.facts)

    def issue(self) -> Issue:
        """The error as a row of the report."""
        return Issue(self.code, str(self), self.retake)


class MissingFile(UnsuitablePhoto):
    code = "missing_file"
    said = "there is no file at this path"
    retake = "check the spelling of the path"


class NotAnImage(UnsuitablePhoto):
    code = "not_an_image"
    said = "the file's content is not a JPEG, PNG, WebP or HEIC picture ({why})"
    retake = "give a JPEG, PNG, WebP or HEIC photo"


class Unreadable(UnsuitablePhoto):
    code = "unreadable"
    said = "the picture cannot be read: {why}"
    retake = "copy the photo again from where it was taken"


class ReadFault(Unreadable):
    """Facts: why, in the system's words. It may pass: a batch tries such a photo again."""

    said = "the file cannot be read: {why}"
    retake = "see that you may read it and that its disk or network answers, then measure it again"


class TooLarge(Unreadable):
    """Facts: size of the file in MB, limit in MB."""

    said = "the file has {size} MB, more than the limit of {limit}"
    retake = "save the photo smaller; 12 megapixels are more than enough"


class TooManyPixels(UnsuitablePhoto):
    """Facts: megapixels of the picture, limit in megapixels."""

    code = "too_many_pixels"
    said = "the picture has {megapixels:.0f} megapixels, more than the limit of {limit:.0f}"
    retake = "save the photo smaller; 12 megapixels are more than enough"


class OutsideFolder(UnsuitablePhoto):
    code = "outside_folder"
    said = "the path leads out of the folder that was given"
    retake = "put the photo itself into the folder"


class WorkerEnded(UnsuitablePhoto):
    code = "worker_ended"
    said = "the process that measured this photo was ended by the system, more than once"
    retake = "measure it alone; if that fails, too, save it smaller"


class TimeLimit(UnsuitablePhoto):
    """Facts: the limit in seconds."""

    code = "time_limit"
    said = "measuring this photo took longer than the limit of {limit:.0f} s"
    retake = "measure it again with more time; if that fails, too, save it smaller"


class NoPerson(UnsuitablePhoto):
    """Facts: why nobody was believed to be there."""

    code = "no_person"
    said = "nobody was found in the picture ({why})"
    retake = "stand side on in front of a plain wall, the whole body in the picture, in good light"


class SeveralPeople(UnsuitablePhoto):
    """Facts: number of people of similar size."""

    code = "several_people"
    said = "{n} people of similar size are in the picture"
    retake = "let only the person to be measured be in the picture"


class NotSideView(UnsuitablePhoto):
    """Facts: yaw in degrees, the limit in degrees."""

    code = "not_side_view"
    said = "the body is turned {yaw:.0f}° from side-on (limit {limit:.0f}°)"
    retake = "turn until one shoulder hides the other"


class FacingUnclear(UnsuitablePhoto):
    code = "facing_unclear"
    said = "feet and face do not agree on which way the body faces"
    retake = "stand side on with head and feet pointing the same way"


class Lying(UnsuitablePhoto):
    """Facts: trunk inclination from vertical in degrees."""

    code = "lying"
    said = "the trunk is {lean:.0f}° from upright: the person lies, or the picture is rotated"
    retake = "stand upright, or turn the picture upright"


class NotLying(UnsuitablePhoto):
    """Facts: thigh angle from the horizontal in degrees."""

    code = "not_lying"
    said = "the thigh stands {lean:.0f}° from level: nobody lies at a table's end with one leg hanging"
    retake = "lie on your back at a table's end, hold one knee, let the other leg hang, or give the joints yourself"


class LegUnclear(UnsuitablePhoto):
    code = "leg_unclear"
    said = "looks at the hanging leg disagree too much to tell its joints"
    retake = "give hip, knee and ankle yourself"


class Sitting(UnsuitablePhoto):
    """Facts: thigh angle from vertical in degrees."""

    code = "sitting"
    said = "the thighs are {lean:.0f}° from vertical and the knees bent: the person sits"
    retake = "stand upright; sitting tells nothing about standing posture"


class Squatting(UnsuitablePhoto):
    """Facts: knee flexion in degrees."""

    code = "squatting"
    said = "the knees are bent by {bend:.0f}°: the person squats"
    retake = "stand with straight, relaxed knees"


class Stepping(UnsuitablePhoto):
    """Facts: distance of the ankles in percent of body height, the limit in percent."""

    code = "stepping"
    said = "the ankles are {apart:.0f} % of body height apart (limit {limit:.0f} %): the person is in a step"
    retake = "stand still with both feet side by side"


class UnevenLegs(Stepping):
    """Facts: by how much more one knee is bent and one foot is tipped than the other, and both limits, degrees."""

    said = (
        "one knee is bent {bent:.0f}° more than the other, one foot tipped {tipped:.0f}° more "
        "(limits {knee:.0f}° and {foot:.0f}°): the person is in a step"
    )


class Cropped(UnsuitablePhoto):
    """Facts: the body points that are missing, as words."""

    code = "cropped"
    said = "not in the picture or hidden: {points}"
    retake = "step back until the whole body, from head to feet, is in the picture"


class TooSmall(UnsuitablePhoto):
    """Facts: body height in pixels, the limit in pixels."""

    code = "too_small"
    said = "the body is only {px:.0f} pixels tall (at least {least:.0f} are needed)"
    retake = "come closer or use a higher resolution, so that the body fills most of the picture's height"
