"""The annotated picture: landmarks used, plumb line, outline of the back, angles with their intervals as bands."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from math import cos, radians, sin
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from posture.adapters import theme
from posture.adapters.faces import find_faces
from posture.adapters.language import Language, language
from posture.adapters.theme import Colour, rgb
from posture.errors import DegenerateGeometry, SetupError
from posture.frame import Frame
from posture.geometry import UncertainPoint, rotated
from posture.measurement import Measurement
from posture.measures.back_curve import curves
from posture.observation import Observation
from posture.pipeline import Examination
from posture.pose import Side
from posture.report import Report
from posture.sagittal import MissingPoint, SagittalBody
from posture.view import View
from posture.words import NAMES, number, sentence

Pixels = NDArray[np.uint8]

_TALL, _WIDE = 1280, 2560  # height of the finished picture and greatest width of the photo in it, px
PANEL = 560  # width of the text beside it, px
_INK, _GREY, _PAPER = (rgb(colour) for colour in (theme.INK, theme.SOFT, theme.PAPER))
_BACK, _TRUNK, _LEG, _PLUMB, _MARK = (
    rgb(colour) for colour in (theme.BACK, theme.TRUNK, theme.LEG, theme.PLUMB, theme.MARK)
)
_SHOWN: tuple[tuple[str, Colour], ...] = (
    ("hip_angle", _TRUNK),
    ("trunk_incl", _PLUMB),
    ("knee_flexion", _LEG),
    ("pelvic_displacement", _PLUMB),
    ("head_forward", _PLUMB),
    ("contour_lordosis", _BACK),
    ("lumbar_depth", _BACK),
    ("asis_psis_tilt", _MARK),
)


#: What may be drawn over the photo, each on its own.
LAYERS = ("outline", "joints", "angles", "plumb_line", "hip_bones")


def draw(frame: Frame, examination: Examination, show_face: bool = False, speech: Language | None = None) -> Pixels:
    """The annotated picture (H, W, 3) RGB uint8: the photo of `draw_photo`, beside it what it says in words."""
    with ThreadPoolExecutor(1) as beside:
        panel = beside.submit(_panel, examination.report, speech or language("en"))
        picture = draw_photo(frame, examination, show_face)
    below = _TALL - picture.shape[0]
    picture = cv2.copyMakeBorder(picture, 0, below, 0, 0, cv2.BORDER_CONSTANT, value=_PAPER)
    return np.hstack([picture, panel.result()])


def draw_photo(
    frame: Frame, examination: Examination, show_face: bool = False, layers: Collection[str] = LAYERS
) -> Pixels:
    """The photo (H, W, 3) RGB uint8 with the ``layers`` asked for, at most 1280 px tall.

    Faces are blurred beyond recovery unless ``show_face``.
    """
    pixels = frame.pixels_hwc
    observation, view = examination.observation, examination.view
    tall, wide = pixels.shape[:2]
    scale = min(_TALL / tall, _WIDE / wide)
    shrink = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    size = max(1, round(wide * scale)), min(_TALL, max(1, round(tall * scale)))
    picture: Pixels = cv2.resize(pixels, size, interpolation=shrink)
    if not show_face:
        for x, y, radius in () if observation is None else observation.faces_px:
            _blur(picture, x * scale, y * scale, radius * scale)
        for circle in find_faces(picture):
            _blur(picture, *circle)
    if observation is not None and view is not None and view.facing is not None:
        _draw_body(picture, scale, observation, view, examination.report, layers)
    if "hip_bones" in layers and examination.report.stickers is not None and not examination.report.stickers.used:
        for x, y in (examination.report.stickers.asis, examination.report.stickers.psis):
            at = _fixed(np.array([x, y]) * scale / frame.photo_px_per_px)
            for colour, width in (((255, 255, 255), 4), (_MARK, 2)):
                cv2.circle(picture, at, 16 * 16, colour, width, cv2.LINE_AA, shift=4)
    return picture


def draw_leg(
    frame: Frame,
    points: Mapping[str, UncertainPoint],
    roll_deg: float,
    faces_px: Sequence[tuple[float, float, float]] = (),
) -> Pixels:
    """A lying person's picture with the hanging leg's hip, knee and ankle and the horizontal through the hip.

    ``points`` are in the photo's own pixels, ``faces_px`` circles in the frame's. Faces are always blurred: those
    circles, and what is found in the picture turned four ways.
    """
    pixels = frame.pixels_hwc
    scale = _TALL / max(pixels.shape[:2])
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture: Pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=shrink)
    for x, y, radius in faces_px:
        _blur(picture, x * scale, y * scale, radius * scale)
    for quarters in range(4):
        turned = np.ascontiguousarray(np.rot90(picture, quarters))
        for circle in find_faces(turned):
            _blur(turned, *circle)
        picture = np.ascontiguousarray(np.rot90(turned, -quarters))
    to_picture = scale / frame.photo_px_per_px
    at = {name: np.array([point.x, point.y]) * to_picture for name, point in points.items()}
    size = max(2, round(_TALL / 420))
    reach = np.linalg.norm(at["knee"] - at["hip"]) * 1.2 * np.sign(at["knee"][0] - at["hip"][0])
    # a camera rolled clockwise sees the horizontal turned the other way
    level = at["hip"] + reach * np.array([cos(radians(roll_deg)), -sin(radians(roll_deg))])
    _dashed(picture, tuple(at["hip"]), tuple(level), _PLUMB, size)
    _line(picture, np.array([at[name] for name in ("hip", "knee", "ankle") if name in at]), _LEG, size)
    _points(picture, at.values(), size)
    return picture


def jpeg(picture: Pixels | Image.Image, quality: int = 90) -> bytes:
    """A picture as JPEG without any metadata."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def save_jpeg(picture: Pixels, path: Path) -> None:
    """Write a picture without any metadata."""
    path.write_bytes(jpeg(picture))


def _blur(picture: Pixels, x: float, y: float, radius: float) -> None:
    """Replace a disc by a mosaic of eight tiles across, in place: nothing of the face is left to restore."""
    height, width = picture.shape[:2]
    x0, x1 = max(0, int(x - radius)), min(width, int(x + radius) + 1)
    y0, y1 = max(0, int(y - radius)), min(height, int(y + radius) + 1)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    part = picture[y0:y1, x0:x1]
    tiles = cv2.resize(part, (8, 8), interpolation=cv2.INTER_AREA)
    mosaic = cv2.resize(tiles, (x1 - x0, y1 - y0), interpolation=cv2.INTER_CUBIC)
    yy, xx = np.ogrid[y0:y1, x0:x1]
    disc = (xx - x) ** 2 + (yy - y) ** 2 <= radius**2
    part[disc] = mosaic[disc]


def _draw_body(
    picture: Pixels, scale: float, observation: Observation, view: View, report: Report, layers: Collection[str]
) -> None:
    side: Side = view.facing or "left"
    forward = 1.0 if side == "right" else -1.0
    roll_deg = view.quality.get("roll_deg") or 0.0
    size = max(2, round(_TALL / 420))
    at = {
        name: view.pose.point(name, side) * scale
        for name in ("ear", "shoulder", "hip", "knee", "ankle", "heel", "toe")
        if view.body is None or name in view.body.points
    }
    silhouette = observation.silhouette
    if "outline" in layers and silhouette is not None:
        dorsal = "left" if side == "right" else "right"
        edge = silhouette.refined.edge(dorsal)
        usable = view.body is not None and view.body.contour is not None
        _line(picture, (edge + 0.5) * scale, _BACK if usable else _GREY, size)
    if "outline" in layers and view.body is not None and view.body.contour is not None:
        _draw_hollow(picture, scale, view.body, forward, roll_deg)
    if "plumb_line" in layers and "ankle" in at:
        x = float(at["ankle"][0])
        roll = radians(roll_deg)
        top = float(min(point[1] for point in at.values())) - 0.04 * _TALL
        lean = (float(at["ankle"][1]) - top) * np.tan(roll)
        _dashed(picture, (x - lean, top), (x, float(at["ankle"][1])), _PLUMB, size)
    if "angles" in layers and view.body is not None:
        _draw_angles(picture, at, forward, report)
    if "hip_bones" in layers and view.body is not None:
        _draw_marked_tilt(picture, scale, view.body, forward, roll_deg, report)
    if "joints" not in layers:
        return
    for chain, colour in (
        (("ear", "shoulder"), _GREY),
        (("shoulder", "hip"), _TRUNK),
        (("hip", "knee", "ankle"), _LEG),
        (("heel", "toe"), _GREY),
    ):
        points = [at[name] for name in chain if name in at]
        if len(points) > 1:
            _line(picture, np.array(points), colour, size)
    _points(picture, at.values(), size)


def _draw_marked_tilt(
    picture: Pixels, scale: float, body: SagittalBody, forward: float, roll_deg: float, report: Report
) -> None:
    """The line from hip bone to hip bone, the level through the one at the back, and the 95 % interval between them."""
    measured = report.measurements.get("asis_psis_tilt")
    if body.asis is None or body.psis is None or not isinstance(measured, Measurement):
        return
    level = np.array([[p.x, p.y] for p in (body.psis, body.asis)])
    psis, asis = rotated(level * (forward, -1.0), (0.0, 0.0), -roll_deg) * scale

    def towards(tilt_deg: float, reach: float) -> NDArray[np.float64]:
        tilt = radians(tilt_deg)
        end = rotated(np.array([[forward * cos(tilt), sin(tilt)]]), (0.0, 0.0), -roll_deg)[0]
        return np.asarray(psis + reach * end)

    reach = 1.35 * float(np.hypot(*(asis - psis)))
    quantity = measured.quantity.shifted(measured.raw - measured.quantity.value)
    arc = [towards(tilt, reach) for tilt in np.linspace(quantity.low95, quantity.high95, 24)]
    _band(picture, np.vstack([psis, *arc]), _MARK)
    _dashed(picture, tuple(psis), tuple(towards(0.0, reach)), _MARK, 2)
    _line(picture, np.array([psis, asis]), _MARK, max(3, round(_TALL / 420) + 1))


def _draw_hollow(picture: Pixels, scale: float, body: SagittalBody, forward: float, roll_deg: float) -> None:
    """The line that bridges the hollow of the back, and the hollow's depth."""
    try:
        curve = curves(body)[0]
    except (DegenerateGeometry, MissingPoint):
        return
    seat, thorax, apex = curve.xy[0], curve.xy[-1], curve.xy[curve.apex]
    along = (thorax - seat) / curve.chord
    foot = seat + along * float((apex - seat) @ along)
    seat_px, thorax_px, apex_px, foot_px = (
        rotated(np.array([seat, thorax, apex, foot]) * (forward, -1.0), (0.0, 0.0), -roll_deg) + 0.5
    ) * scale
    _dashed(picture, seat_px, thorax_px, _BACK, 2)
    _line(picture, np.array([foot_px, apex_px]), _BACK, 2)


def _draw_angles(picture: Pixels, at: dict[str, NDArray[np.float64]], forward: float, report: Report) -> None:
    """Wedges at hip and knee round the drawn segment: the 95 % interval; dashed, where a straight limb would go on.

    The drawing keeps to the model's own points; the numbers beside it have the points' known offset taken off.
    """
    reach = 0.1 * _TALL
    for name, joint, distal, colour in (
        ("hip_angle", "hip", "knee", _TRUNK),
        ("knee_flexion", "knee", "ankle", _LEG),
    ):
        measured = report.measurements.get(name)
        if not isinstance(measured, Measurement) or joint not in at or distal not in at:
            continue
        run, rise = at[joint] - at[distal]
        straight = np.degrees(np.arctan2(run * forward, -rise))  # the distal segment's lean, where the limb would go on
        quantity = measured.quantity.shifted(measured.raw - measured.quantity.value)
        low, high = straight - quantity.high95, straight - quantity.low95
        angles = np.radians(np.linspace(low, high, 24))
        arc = at[joint] + reach * np.column_stack([np.sin(angles) * forward, -np.cos(angles)])
        _band(picture, np.vstack([at[joint], arc]), colour)
        end = at[joint] + reach * np.array([sin(radians(straight)) * forward, -cos(radians(straight))])
        _dashed(picture, tuple(at[joint]), tuple(end), colour, 2)


def _band(picture: Pixels, polygon: NDArray[np.float64], colour: Colour) -> None:
    x, y, width, height = cv2.boundingRect(polygon.astype(np.float32))
    x0, y0 = max(0, x), max(0, y)
    part = picture[y0 : y + height, x0 : x + width]
    if part.size == 0:
        return
    filled = part.copy()
    cv2.fillPoly(filled, [np.round((polygon - (x0, y0)) * 16).astype(np.int32)], colour, cv2.LINE_AA, shift=4)
    cv2.addWeighted(filled, 0.45, part, 0.55, 0, dst=part)


def _line(picture: Pixels, points: NDArray[np.float64], colour: Colour, width: int) -> None:
    fixed = [np.round(points * 16).astype(np.int32)]
    cv2.polylines(picture, fixed, False, (255, 255, 255), width + 3, cv2.LINE_AA, shift=4)
    cv2.polylines(picture, fixed, False, colour, width, cv2.LINE_AA, shift=4)


def _points(picture: Pixels, points: Iterable[NDArray[np.float64]], size: int) -> None:
    """Joints as dark discs with a light rim."""
    for point in points:
        centre = _fixed(point)
        cv2.circle(picture, centre, (size * 2 + 3) * 16, (255, 255, 255), -1, cv2.LINE_AA, shift=4)
        cv2.circle(picture, centre, (size * 2 + 1) * 16, _INK, -1, cv2.LINE_AA, shift=4)


def _dashed(picture: Pixels, start: Sequence[float], end: Sequence[float], colour: Colour, width: int) -> None:
    start_xy, end_xy = np.array(start, float), np.array(end, float)
    length = float(np.hypot(*(end_xy - start_xy)))
    for begin in np.arange(0, length, 18):
        a, b = (start_xy + (end_xy - start_xy) * min(1.0, t / length) for t in (begin, begin + 10))
        cv2.line(picture, _fixed(a), _fixed(b), colour, width, cv2.LINE_AA, shift=4)


def _fixed(point: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(point[0]) * 16), round(float(point[1]) * 16)


def _panel(report: Report, speech: Language) -> Pixels:
    """What the picture says in words: the headline, then each drawn angle with its interval in its colour."""
    panel = Image.new("RGB", (PANEL, _TALL), _PAPER)
    pen = ImageDraw.Draw(panel)
    large, normal, small = fonts()
    say = speech.text

    def paragraph(y: float, text: str, font: ImageFont.FreeTypeFont, ink: Colour) -> float:
        for line in _lines(text, font, PANEL - 72):
            pen.text((36, y), line, ink, font)
            y += font.size * 1.3
        return y

    y = 40.0
    if report.status == "refused":
        y = paragraph(y, say("Not measured"), large, _INK) + 12
        for reason in report.reasons:
            y = paragraph(y, f"{sentence(say(reason.message))}.", normal, _INK)
            y = paragraph(y, f"{say('Next time')}: {say(reason.retake)}.", small, _GREY) + 12
    elif report.finding is not None:
        y = paragraph(y, say(report.finding.headline), large, _INK) + 16
    for name, colour in _SHOWN:
        measured = report.measurements.get(name)
        if not isinstance(measured, Measurement):
            continue
        pen.ellipse((36, y + 6, 50, y + 20), colour)
        pen.text((62, y), say(NAMES[name]), _INK, normal)
        y += 28
        quantity = measured.quantity
        low, high = number(quantity.low95, ""), number(quantity.high95, quantity.unit)
        interval = say("{low} to {high}").format(low=low, high=high)
        pen.text((62, y), f"{number(quantity.value, quantity.unit)}   ({interval})", _INK, normal)
        if measured.comparison is not None:
            place = say("higher than {n} of 100 people").format(n=_of_100(measured.comparison.percentile))
            pen.text((62, y + 28), place, _GREY, small)
            y += 22
        y += 42
    for remark in report.warnings[:4]:
        y = paragraph(y, f"! {say(remark.message)}", small, _GREY)
    footer = (
        "Bands and brackets: 95 % intervals. Dashed pink: plumb line through the ankle. The numbers have the model's "
        "known offsets taken off; norms are provisional."
    )
    paragraph(_TALL - 100, say(footer), small, _GREY)
    return np.asarray(panel)


def _lines(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """The text in lines that are at most ``width`` pixels long; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def fonts() -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
    """Large, normal and small of the font that comes with Matplotlib, found without importing it."""
    package = find_spec("matplotlib")
    if package is None or not package.submodule_search_locations:
        raise SetupError("Matplotlib is missing, whose font writes on pictures: install posture again")
    file = Path(package.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    large, normal, small = (ImageFont.truetype(file, size) for size in (24, 18, 14))
    return large, normal, small


def _of_100(percentile: float) -> int:
    return min(99, max(1, round(percentile)))
