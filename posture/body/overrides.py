"""Points and choices that a user gives for one photo: hip bones, joints, a plumb line, use of stickers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import atan2, degrees, hypot

from posture.body.frame import Frame
from posture.body.observation import FoundMarks, Marks, Observation
from posture.body.sagittal import BODY_POINTS, SagittalBody
from posture.errors import PointOffBody, UsageError
from posture.geometry import distance
from posture.knowledge.quality_limits import QualityLimits
from posture.message import Message
from posture.quantity import Quantity

Pixel = tuple[float, float]

#: ASIS and PSIS lie within 0.12 statures of the hip joint; a point further off than this was meant otherwise.
FAR_FROM_HIP = 0.25
#: A marked point further off the body's outline than this is beside it, statures; the outline's own doubt is less.
OFF_BODY = 0.01
#: Points that are held against the outline. It ends at the neck and the heel, and follows one leg only below the hips.
ON_THE_BODY = ("asis", "psis", "shoulder", "hip")
#: A plumb line that leans further was meant otherwise.
MOST_ROLL_DEG = 30.0
#: One SD of a clicked or typed skin mark, in percent of stature (4 mm of 170 cm; provisional).
MARK_SIGMA_PCT = 0.25
#: One SD of a found sticker's middle from the skin under it, in its radii, and of the finding itself, px (provisional).
STICKER_SIGMA_RADII, STICKER_SIGMA_PX = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Options:
    """Points and choices of the user for one photo, in pixels of the upright photo, (x, y) from the top left.

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


def check_points(frame: Frame, options: Options) -> None:
    """Raises UsageError for a point that lies outside the photo."""
    points = [("ASIS", options.asis), ("PSIS", options.psis)]
    points += [("plumb line", point) for point in options.plumb or ()]
    points += list(options.joints.items())
    for name, point in points:
        if point is not None and not (0 <= point[0] < frame.width and 0 <= point[1] < frame.height):
            size = f"{frame.width} × {frame.height}"
            raise UsageError(
                Message("{point} lies outside the photo of {size} pixels", point=f"{name} {_words(point)}", size=size)
            )


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


def roll_of(options: Options, observation: Observation, gates: QualityLimits) -> Quantity | None:
    """Camera roll, degrees: from the plumb line given, else from what surely stands upright; None if unknown.

    Raises UsageError for a plumb line that leans too far to be meant.
    """
    if options.plumb is not None:
        roll = roll_of_plumb_line(*options.plumb)
        if abs(roll) > MOST_ROLL_DEG:
            raise UsageError(f"the plumb line leans {abs(roll):.0f}° in the picture: give points one above the other")
        return Quantity(roll, gates.roll_known_deg, "deg")
    if options.roll is not None:
        return options.roll
    found = observation.found_roll
    if found is None or found.confidence < gates.roll_sure:
        return None
    return Quantity(found.roll_deg, found.sigma_deg, "deg")


def roll_of_plumb_line(upper_px: tuple[float, float], lower_px: tuple[float, float]) -> float:
    """Camera roll from two points on a line that hangs vertically in the world, degrees, clockwise positive.

    A camera rolled clockwise sees a plumb line leaning to the left at its top: (90, 0)-(100, 100) gives +5.7.
    """
    (x1, y1), (x2, y2) = sorted((upper_px, lower_px), key=lambda p: p[1])
    return degrees(atan2(x2 - x1, y2 - y1))


def marks_of(frame: Frame, options: Options, observation: Observation, gates: QualityLimits) -> Marks | None:
    """The points that were given, else the stickers that were surely found."""
    if options.asis is not None and options.psis is not None:
        scale = frame.photo_px_per_px
        asis, psis = ((x / scale, y / scale) for x, y in (options.asis, options.psis))
        return Marks(asis, psis, MARK_SIGMA_PCT / 100 * observation.stature_px)
    found = observation.found_marks
    if found is None or not takes_stickers(found, options, gates):
        return None
    sigma = hypot(STICKER_SIGMA_RADII * found.radius_px, STICKER_SIGMA_PX)
    return Marks(found.asis_px, found.psis_px, sigma, found=True)


def takes_stickers(found: FoundMarks, options: Options, gates: QualityLimits) -> bool:
    """Whether found spots count as stickers on the hip bones."""
    if options.stickers_confirmed:
        return found.confidence >= gates.stickers_likely
    return options.use_stickers and found.confidence >= gates.stickers_sure


def check_marks(body: SagittalBody) -> None:
    """Points far from the hips or the wrong way round are asked about, never swapped in silence: raises UsageError."""
    if body.asis is None or body.psis is None:
        return
    for name, point in (("ASIS", body.asis), ("PSIS", body.psis)):
        away = distance(point, body.point("hip")) / body.stature_px if "hip" in body.points else 0.0
        if away > FAR_FROM_HIP:
            raise UsageError(
                Message(
                    "{point} lies {share:.0f} % of the body's height from the hip joint: check the point",
                    point=name,
                    share=100 * away,
                )
            )
    if body.asis.x > body.psis.x:
        return
    raise UsageError(
        f"ASIS lies behind PSIS for a person who faces {body.facing} in the picture: were the two swapped? "
        "ASIS is the hip bone in front, PSIS the one at the back"
    )


def _words(point: Pixel) -> str:
    return f"({point[0]:g}, {point[1]:g})"
