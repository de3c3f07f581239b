"""Photos as the page shows them: annotated, small, or a part enlarged for setting points."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image, ImageDraw

from posture.app.navigation import chosen_language, tr
from posture.app.photo import Photo
from posture.app.session import once
from posture.body.frame import Pixels
from posture.body.sagittal import BODY_POINTS
from posture.knowledge.load import Knowledge
from posture.pipeline import Examination
from posture.render import theme
from posture.render.overlay import draw, draw_photo, jpeg

Pixel = tuple[float, float]

#: Half the side of the part shown for a point, in statures; hip bones lie within 0.12 statures of the hip joint.
REACH = {"asis": 0.17, "psis": 0.17, "heel": 0.12, "toe": 0.12}
USUAL_REACH = 0.13
#: Side of the enlarged part, px.
PART_PX = 640


def annotated(photo: Photo, examination: Examination, layers: Collection[str]) -> tuple[bytes, float]:
    """The photo with some layers as JPEG, and its width over its height; the last one is kept."""
    key = (photo.frame.sha256, examination.view, examination.report, tuple(layers))

    def make() -> tuple[bytes, float]:
        pixels = draw_photo(photo.frame, examination, layers=layers)
        return jpeg(pixels, 88), pixels.shape[1] / pixels.shape[0]

    return once("annotated", key, make)


def alternative() -> str:
    """Text of such a picture for those who do not see it; the numbers stand beside it."""
    return tr("The photo from the side, with what was measured drawn in")


def for_export(photo: Photo, examination: Examination, show_face: bool) -> Pixels:
    """The annotated picture with its words, as reports hold it."""
    return draw(photo.frame, examination, Knowledge.load(), show_face, chosen_language())


def small(photo: Photo, examination: Examination) -> bytes:
    """A thumbnail, its face blurred like in every picture."""
    image = Image.fromarray(draw_photo(photo.frame, examination, layers=()))
    image.thumbnail((240, 320))
    return jpeg(image, 80)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A square part of a photo, enlarged: its corner and its side in photo px."""

    image: Image.Image
    corner: Pixel
    side: float

    def photo_px(self, x: float, y: float, shown_px: float) -> Pixel:
        """Place in the photo of a click at (x, y), when the part is shown ``shown_px`` wide.

        In the middle of a part from (100, 200) that spans 80 photo px: (140, 240).
        """
        return self.corner[0] + x / shown_px * self.side, self.corner[1] + y / shown_px * self.side

    def share(self, xy: Pixel) -> Pixel:
        """A photo point as shares of the part's sides: in the part above (140, 240) gives (0.5, 0.5)."""
        return (xy[0] - self.corner[0]) / self.side, (xy[1] - self.corner[1]) / self.side


def surroundings(photo: Photo, examination: Examination, name: str) -> Part | None:
    """The part of the photo that a point lies in, as it is; None where nobody was seen."""
    observation, view = examination.observation, examination.view
    if observation is None or view is None or view.facing is None:
        return None
    scale = photo.frame.photo_px_per_px
    anchor = "hip" if name in ("asis", "psis") else name
    x, y = view.pose.point(anchor, view.facing) * scale
    half = REACH.get(name, USUAL_REACH) * observation.stature_px * scale
    corner = float(x - half), float(y - half)
    box = tuple(edge / scale for edge in (corner[0], corner[1], x + half, y + half))
    image = Image.fromarray(photo.frame.pixels_hwc).transform(
        (PART_PX, PART_PX), Image.Transform.EXTENT, box, Image.Resampling.BICUBIC, fillcolor=theme.WASH
    )
    return Part(image, corner, 2 * half)


def part(photo: Photo, examination: Examination, name: str) -> Part | None:
    """The surroundings of a joint, with its cross; None where nobody was seen."""
    made, view = surroundings(photo, examination, name), examination.view
    if made is None or view is None or view.facing is None:
        return None
    scale = photo.frame.photo_px_per_px
    found = {
        joint: (float(x), float(y)) for joint in BODY_POINTS for x, y in [view.pose.point(joint, view.facing) * scale]
    }
    shown = found | photo.joints
    if name in shown:
        cross(ImageDraw.Draw(made.image), made, shown[name], theme.MARK)
    return made


def cross(pen: ImageDraw.ImageDraw, shown: Part, xy: Pixel, colour: str) -> None:
    """A ring with four short arms that leaves the point itself free to see."""
    x, y = ((value - edge) / shown.side * PART_PX for value, edge in zip(xy, shown.corner, strict=True))
    for ink, width in (("#ffffff", 7), (colour, 3)):
        pen.ellipse((x - 14, y - 14, x + 14, y + 14), outline=ink, width=width - 1)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            pen.line((x + 6 * dx, y + 6 * dy, x + 24 * dx, y + 24 * dy), ink, width)
