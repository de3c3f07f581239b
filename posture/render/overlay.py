"""The annotated picture: landmarks used, plumb line, outline of the back, angles with their intervals as bands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import cos, hypot, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from posture.body.frame import Frame, Pixels
from posture.body.observation import Observation
from posture.body.sagittal import MissingPoint, SagittalBody
from posture.errors import DegenerateGeometry
from posture.findings.verdict import Finding
from posture.geometry import UncertainPoint, rotated
from posture.knowledge.load import Knowledge
from posture.measures.back_curve import curves
from posture.measures.measurement import MARKED
from posture.pipeline import Examination
from posture.quality.view import View
from posture.render import theme
from posture.render.panel import panel
from posture.render.primitives import band, blur, dashed, discs, fixed, line
from posture.render.theme import rgb
from posture.report.report import Report
from posture.text.language import ENGLISH, Language
from posture.text.presentation import present, zone_of
from posture.vision.faces import Body, Circle, find_faces, off_limbs
from posture.vision.model_pool import pool, threads

_TALL, _WIDE = 1280, 2560  # height of the finished picture and greatest width of the photo in it, px
_INK, _GREY, _PAPER = (rgb(colour) for colour in (theme.INK, theme.SOFT, theme.PAPER))
_BACK, _TRUNK, _LEG, _PLUMB, _MARK = (
    rgb(colour) for colour in (theme.BACK, theme.TRUNK, theme.LEG, theme.PLUMB, theme.MARK)
)

#: Rows of the frame from one point of the drawn outline to the next: a stroke of one pixel costs as much as a long one.
_EDGE_STEP = 4
#: Half of the pelvis from ASIS to PSIS, as a share of stature: what the drawn line is as long as.
PELVIS_HALF = 0.045
#: What may be drawn over the photo, each on its own.
LAYERS = ("outline", "joints", "angles", "plumb_line", "tilt", "hip_bones")


def draw(
    frame: Frame,
    examination: Examination,
    knowledge: Knowledge,
    show_face: bool = False,
    language: Language | None = None,
) -> Pixels:
    """The annotated picture (H, W, 3) RGB uint8: the photo of `draw_photo`, beside it what it says in words."""
    language = language or ENGLISH
    shown = present(examination.report, knowledge, language)
    with pool(threads(), "draw") as crew:
        words = crew.submit(panel, shown, language, _TALL)
        picture = crew.submit(draw_photo, frame, examination, show_face).result()
    below = _TALL - picture.shape[0]
    picture = cv2.copyMakeBorder(picture, 0, below, 0, 0, cv2.BORDER_CONSTANT, value=_PAPER)
    return np.hstack([picture, words.result()])


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
        for x, y, radius in _heads(picture, scale, observation):
            blur(picture, x * scale, y * scale, radius * scale)
    if examination.report.emergency:  # its message stands alone
        return picture
    if observation is not None and view is not None and view.facing is not None:
        _draw_body(picture, scale, observation, view, examination.report, layers)
    if "hip_bones" in layers and examination.report.stickers is not None and not examination.report.stickers.used:
        for x, y in (examination.report.stickers.asis, examination.report.stickers.psis):
            at = fixed(np.array([x, y]) * scale / frame.photo_px_per_px)
            for colour, width in (((255, 255, 255), 4), (_MARK, 2)):
                cv2.circle(picture, at, 16 * 16, colour, width, cv2.LINE_AA, shift=4)
    return picture


def _heads(picture: Pixels, scale: float, observation: Observation | None) -> list[Circle]:
    """Circles in frame px round the heads of everybody whom the pose model saw, and round every face found.

    Where the search for faces fails, the pose model's heads stand alone; where it saw nobody either, all is covered.
    """
    heads = [] if observation is None else list(observation.faces_px)
    body = None
    if observation is not None and observation.silhouette is not None and heads:
        edges = observation.silhouette.masked
        outline = np.vstack([edges.edge("left"), edges.edge("right")[::-1]])
        x, y, radius = heads[0]
        body = Body((outline + 0.5) * scale, (x * scale, y * scale, radius * scale))
    try:
        found = [(x / scale, y / scale, radius / scale) for x, y, radius in find_faces(picture, body)]
    except RuntimeError:  # how MediaPipe's tasks fail
        tall, wide = (length / scale for length in picture.shape[:2])
        found = [] if heads else [(wide / 2, tall / 2, hypot(tall, wide) / 2)]
    if observation is None or not heads:
        return found
    return heads + off_limbs(found, observation.pose, heads[0])


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
        blur(picture, x * scale, y * scale, radius * scale)
    for quarters in range(4):
        turned = np.ascontiguousarray(np.rot90(picture, quarters))
        for circle in find_faces(turned):
            blur(turned, *circle)
        picture = np.ascontiguousarray(np.rot90(turned, -quarters))
    to_picture = scale / frame.photo_px_per_px
    at = {name: np.array([point.x, point.y]) * to_picture for name, point in points.items()}
    size = max(2, round(_TALL / 420))
    reach = np.linalg.norm(at["knee"] - at["hip"]) * 1.2 * np.sign(at["knee"][0] - at["hip"][0])
    # a camera rolled clockwise sees the horizontal turned the other way
    level = at["hip"] + reach * np.array([cos(radians(roll_deg)), -sin(radians(roll_deg))])
    dashed(picture, tuple(at["hip"]), tuple(level), _PLUMB, size)
    line(picture, np.array([at[name] for name in ("hip", "knee", "ankle") if name in at]), _LEG, size)
    discs(picture, at.values(), size)
    return picture


def jpeg(picture: Pixels | Image.Image, quality: int = 90) -> bytes:
    """A picture, RGB, as JPEG without any metadata; the bytes that Pillow writes, in two thirds of the time."""
    pixels = cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _draw_body(
    picture: Pixels, scale: float, observation: Observation, view: View, report: Report, layers: Collection[str]
) -> None:
    side, forward = view.orientation.near, view.orientation.forward
    roll_deg = view.orientation.roll_deg or 0.0
    size = max(2, round(_TALL / 420))
    at = {
        name: view.pose.point(name, side) * scale
        for name in ("ear", "shoulder", "hip", "knee", "ankle", "heel", "toe")
        if view.body is None or name in view.body.points
    }
    silhouette = observation.silhouette
    if "outline" in layers and silhouette is not None:
        edge = silhouette.refined.edge(view.orientation.dorsal)
        usable = view.body is not None and view.body.contour is not None
        line(picture, (edge[::_EDGE_STEP] + 0.5) * scale, _BACK if usable else _GREY, size)
    if "outline" in layers and view.body is not None and view.body.contour is not None:
        _draw_hollow(picture, scale, view.body, forward, roll_deg)
    if "plumb_line" in layers and "ankle" in at:
        x = float(at["ankle"][0])
        roll = radians(roll_deg)
        top = float(min(point[1] for point in at.values())) - 0.04 * _TALL
        lean = (float(at["ankle"][1]) - top) * np.tan(roll)
        dashed(picture, (x - lean, top), (x, float(at["ankle"][1])), _PLUMB, size)
    if "angles" in layers and view.body is not None:
        _draw_angles(picture, at, forward, report)
    if "tilt" in layers and view.body is not None:
        _draw_tilt(picture, scale, view.body, forward, roll_deg, report.finding)
    if "hip_bones" in layers and view.body is not None:
        _draw_hip_bones(picture, scale, view.body, forward, roll_deg)
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
            line(picture, np.array(points), colour, size)
    discs(picture, at.values(), size)


def _draw_tilt(
    picture: Pixels, scale: float, body: SagittalBody, forward: float, roll_deg: float, finding: Finding | None
) -> None:
    """The pelvis as a line at the tilt's angle, its 95 % interval as a wedge in front, and the level, dashed.

    Through the marked points where the tilt is read from them, else through the hip joint; in the scale's colour.
    """
    if finding is None or finding.tilt is None or finding.cuts is None or "hip" not in body.points:
        return
    reading, marks = finding.tilt.quantity, (body.psis, body.asis)
    zone = None if finding.kind == "inconclusive" else zone_of(reading.value, finding.cuts)
    colour = rgb(theme.zone_colour(zone))
    if finding.tilt.measure == MARKED and finding.tilt.grade == "A" and None not in marks:
        rear, front = (np.array([p.x, p.y]) for p in marks if p is not None)
        middle, half = (rear + front) / 2, float(np.hypot(*(front - rear))) / 2
    else:
        hip = body.point("hip")
        middle, half = np.array([hip.x, hip.y]), PELVIS_HALF * body.stature_px

    def at(tilt_deg: float, reach: float) -> NDArray[np.float64]:
        """A point in the picture on the line through the middle that dips forward by so many degrees."""
        tilt = radians(tilt_deg)
        point = middle + reach * np.array([cos(tilt), -sin(tilt)])
        return np.asarray(rotated(point[None] * (forward, -1.0), (0.0, 0.0), -roll_deg)[0] * scale)

    reach = 2.2 * half
    arc = [at(tilt, reach) for tilt in np.linspace(reading.low95, reading.high95, 24)]
    band(picture, np.vstack([at(0.0, 0.0), *arc]), colour)
    dashed(picture, tuple(at(0.0, -reach)), tuple(at(0.0, reach)), colour, 2)
    line(picture, np.array([at(reading.value, -1.5 * half), at(reading.value, 1.5 * half)]), colour, 6)


def _draw_hip_bones(picture: Pixels, scale: float, body: SagittalBody, forward: float, roll_deg: float) -> None:
    """The marked hip bones."""
    if body.asis is None or body.psis is None:
        return
    level = np.array([[p.x, p.y] for p in (body.psis, body.asis)])
    for point in rotated(level * (forward, -1.0), (0.0, 0.0), -roll_deg) * scale:
        for colour, width in (((255, 255, 255), 4), (_MARK, 2)):
            cv2.circle(picture, fixed(point), 9 * 16, colour, width, cv2.LINE_AA, shift=4)


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
    dashed(picture, seat_px, thorax_px, _BACK, 2)
    line(picture, np.array([foot_px, apex_px]), _BACK, 2)


def _draw_angles(picture: Pixels, at: dict[str, NDArray[np.float64]], forward: float, report: Report) -> None:
    """Wedges at hip and knee round the drawn segment: the 95 % interval; dashed, where a straight limb would go on.

    The drawing keeps to the model's own points; the numbers beside it have the points' known offset taken off.
    """
    reach = 0.1 * _TALL
    for name, joint, distal, colour in (
        ("hip_angle", "hip", "knee", _TRUNK),
        ("knee_flexion", "knee", "ankle", _LEG),
    ):
        measured = report.measurements.measurement(name)
        if measured is None or joint not in at or distal not in at:
            continue
        run, rise = at[joint] - at[distal]
        straight = np.degrees(np.arctan2(run * forward, -rise))  # the distal segment's lean, where the limb would go on
        quantity = measured.quantity.shifted(measured.raw - measured.quantity.value)
        low, high = straight - quantity.high95, straight - quantity.low95
        angles = np.radians(np.linspace(low, high, 24))
        arc = at[joint] + reach * np.column_stack([np.sin(angles) * forward, -np.cos(angles)])
        band(picture, np.vstack([at[joint], arc]), colour)
        end = at[joint] + reach * np.array([sin(radians(straight)) * forward, -cos(radians(straight))])
        dashed(picture, tuple(at[joint]), tuple(end), colour, 2)
