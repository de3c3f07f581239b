"""Errors and issues, as one tree.

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
from posture.message import Message, issue_words

#: Code of the note that nothing told the camera's roll.
ROLL_UNKNOWN = "roll_unknown"


@dataclass(frozen=True, slots=True)
class Issue:
    """One reason, warning or note of a report: a stable ``code``, what was seen, and the one thing to do about it."""

    code: str
    message: str
    retake: str

    @classmethod
    def of(cls, name: str, /, **facts: object) -> Issue:
        """The issue of an id of ``data/locales/en.toml``, with the facts that stand in the places of its template.

        ``Issue.of("twisted", twist=7.2)`` has the code "turned_slightly" and the message "shoulders and hips are turned
        7° against each other". Raises KeyError for an unknown id, or a place without its fact.
        """
        words = issue_words()[name]
        return cls(words.get("code", name), Message(words["said"], **facts), words["retake"])


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

    @property
    def facts(self) -> dict[str, object]:
        """Facts for the places of the sentence."""
        name = self.name.upper() if self.name in ("asis", "psis") else self.name
        return {"name": name, "x": self.point[0], "y": self.point[1], "px": self.away_px, "share": self.share_pct}

    def issue(self) -> Issue:
        """The warning of a report whose marks were left out, and the rest measured."""
        return Issue.of("marks_off_body", **self.facts)

    def __str__(self) -> str:
        return Message(
            "{name} ({x:g}, {y:g}) lies {px:.0f} px off the body's outline ({share:.1f} % of its height): "
            "set it on the body",
            **self.facts,
        )


class SetupError(PostureError):
    """The installation lacks something; the message says how to get it."""


def install_hint(extra: str) -> str:
    """Instruction to install an extra from a checkout or a wheel."""
    wheel = f"'PATH/posture_tilt-{__version__}-py3-none-any.whl[{extra}]'"
    return f"run pip install '.[{extra}]' in the folder of a checkout, or pip install {wheel} with the path of a wheel"


class KnowledgeError(PostureError):
    """A data file of the package holds an entry that must not be used."""


class DegenerateGeometry(PostureError):
    """Points lie so close together that an angle between them would be noise."""


class UnsuitablePhoto(PostureError):
    """A photo that cannot be measured. A subclass has its ``code`` and ``places``, the names of its facts.

    Its words stand in ``data/locales/en.toml`` under the code, or under ``id`` where several classes have one code.
    """

    code = "unsuitable"
    id = ""
    places: tuple[str, ...] = ()

    def __init__(self, *facts: object) -> None:
        super().__init__(*facts)  # the facts, not the text: so the error survives pickling from a worker process
        self.facts = facts

    def __str__(self) -> str:
        return self.issue().message

    def anew(self) -> UnsuitablePhoto:
        """The same error without the frames it was raised through, which hold the picture: one that can be kept."""
        return type(self)(*self.facts)

    def issue(self) -> Issue:
        """The error as a row of the report."""
        return Issue.of(self.id or self.code, **dict(zip(self.places, self.facts, strict=True)))


class MissingFile(UnsuitablePhoto):
    code = "missing_file"


class NotAnImage(UnsuitablePhoto):
    code = "not_an_image"
    places = ("why",)


class Unreadable(UnsuitablePhoto):
    code = "unreadable"
    places: tuple[str, ...] = ("why",)


class ReadFault(Unreadable):
    """Facts: why, in the system's words. It may pass: a batch tries such a photo again."""

    id = "read_fault"
    places = ("why",)


class TooLarge(Unreadable):
    """Facts: size of the file in MB, limit in MB."""

    id = "too_large"
    places = ("size", "limit")


class TooManyPixels(UnsuitablePhoto):
    """Facts: megapixels of the picture, limit in megapixels."""

    code = "too_many_pixels"
    places = ("megapixels", "limit")


class OutsideFolder(UnsuitablePhoto):
    code = "outside_folder"


class WorkerEnded(UnsuitablePhoto):
    code = "worker_ended"


class TimeLimit(UnsuitablePhoto):
    """Facts: the limit in seconds."""

    code = "time_limit"
    places = ("limit",)


class NoPerson(UnsuitablePhoto):
    """Facts: why nobody was believed to be there."""

    code = "no_person"
    places = ("why",)


class SeveralPeople(UnsuitablePhoto):
    """Facts: number of people of similar size."""

    code = "several_people"
    places = ("n",)


class NotSideView(UnsuitablePhoto):
    """Facts: yaw in degrees, the limit in degrees."""

    code = "not_side_view"
    places = ("yaw", "limit")


class FacingUnclear(UnsuitablePhoto):
    code = "facing_unclear"


class Lying(UnsuitablePhoto):
    """Facts: trunk inclination from vertical in degrees."""

    code = "lying"
    places = ("lean",)


class NotLying(UnsuitablePhoto):
    """Facts: thigh angle from the horizontal in degrees."""

    code = "not_lying"
    places = ("lean",)


class LegUnclear(UnsuitablePhoto):
    code = "leg_unclear"


class Sitting(UnsuitablePhoto):
    """Facts: thigh angle from vertical in degrees."""

    code = "sitting"
    places = ("lean",)


class Squatting(UnsuitablePhoto):
    """Facts: knee flexion in degrees."""

    code = "squatting"
    places = ("bend",)


class Stepping(UnsuitablePhoto):
    """Facts: distance of the ankles in percent of body height, the limit in percent."""

    code = "stepping"
    places: tuple[str, ...] = ("apart", "limit")


class UnevenLegs(Stepping):
    """Facts: by how much more one knee is bent and one foot is tipped than the other, and both limits, degrees."""

    id = "uneven_legs"
    places = ("bent", "tipped", "knee", "foot")


class Cropped(UnsuitablePhoto):
    """Facts: the body points that are missing, as words."""

    code = "cropped"
    places = ("points",)


class TooSmall(UnsuitablePhoto):
    """Facts: body height in pixels, the limit in pixels."""

    code = "too_small"
    places = ("px", "least")
