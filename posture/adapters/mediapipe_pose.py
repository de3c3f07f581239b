"""The pose model as an observer: several looks at one frame, their median, and how far they scatter.

Every look is a crop of the frame, and each crop is also taken mirrored. A mirrored photo therefore gets the very same
set of looks, and measures the same. Only IMAGE mode is used: it answers the same pixels with the same numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib import resources
from itertools import islice, product
from math import ceil, floor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.adapters.edge_search import refine
from posture.adapters.marker_search import find_markers
from posture.adapters.mediapipe_models import Copies, mediapipe, pose_model, segmentation_model, threads
from posture.adapters.vertical_lines import find_roll
from posture.errors import NoPerson, UsageError
from posture.frame import Frame
from posture.observation import Observation
from posture.pose import LANDMARKS, NOSE, Pose
from posture.silhouette import Outline, Silhouette, trace

Array = NDArray[np.float64]
Mask = NDArray[np.float32]

DEFAULT_PASSES = 6
#: Looks after the two whole-frame ones, as (margin, shift right, shift down) in body heights; each also mirrored.
_CROPS = (
    (0.20, 0.00, 0.00),
    (0.32, 0.04, -0.03),
    (0.26, -0.05, 0.03),
    (0.40, 0.03, 0.05),
    (0.24, 0.05, 0.02),
    (0.36, -0.04, -0.04),
    (0.30, 0.02, 0.06),
)
MAX_PASSES = 2 + 2 * len(_CROPS)
#: Longest side of a picture given to the model, px; it looks at 256 × 256 px of the body in the end.
_LOOK_PX = 1280
#: Longest side of the mean mask, px; each mask has 256 px of its own, and its border is read between the pixels.
_MASK_PX = 640
#: Smallest doubt of a landmark as a share of the body's height: 4 px of 800 (SCIENCE section 3).
_SIGMA_FLOOR = 4 / 800
#: A single look shows no scatter; then this share is taken (the median scatter over generated people).
_SIGMA_UNKNOWN = 8 / 800
#: Least share of the pose mask that must be a person to the second model as well.
_PERSON_SHARE = 0.25
#: Landmark order of the mirrored body: left and right change places.
_MIRRORED = np.arange(LANDMARKS)
_MIRRORED[1:7] = (4, 5, 6, 1, 2, 3)
_MIRRORED[7:] = np.arange(7, LANDMARKS).reshape(-1, 2)[:, ::-1].ravel()
#: The same for the legs alone, 23 (hips) to 32 (toes).
_LEGS_SWAPPED = np.where(np.arange(LANDMARKS) >= 23, _MIRRORED, np.arange(LANDMARKS))


@dataclass(frozen=True, slots=True)
class _Box:
    """A crop in frame pixels, x0 <= x < x1."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One person in one look, mapped back to the frame."""

    xy_px: Array
    visibility: Array
    world_m: Array
    box: _Box
    mask_hw: Mask  # over `box`, un-mirrored, at the size the model was given

    @property
    def extent_px(self) -> float:
        return float(np.ptp(self.xy_px[:, 1]))


class MediaPipeObserver:
    """Looks at frames with MediaPipe's pose landmarker and, as a second opinion, its selfie segmentation.

    Parameters
    ----------
    model_file : a .task bundle, or None for the one in the installed wheel
    trust_model : take a bundle of unknown hash
    passes : looks per photo, 1 to 16; more looks, less jitter, more time
    at_once : looks taken at the same time, each on a core of its own; by default two where there are two cores
    """

    def __init__(
        self,
        model_file: Path | None = None,
        trust_model: bool = False,
        passes: int = DEFAULT_PASSES,
        at_once: int | None = None,
    ) -> None:
        if not 1 <= passes <= MAX_PASSES:
            raise UsageError(f"--passes must lie between 1 and {MAX_PASSES}, not {passes}")
        self._passes = passes
        self._mp: Any = mediapipe()
        from mediapipe.tasks.python import BaseOptions, vision

        data, self.model_sha256 = pose_model(model_file, trust_model)
        # every copy is shown a person first: what the models write on their first look is kept off the terminal
        person = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=_person())

        def landmarker() -> Any:
            made = vision.PoseLandmarker.create_from_options(
                vision.PoseLandmarkerOptions(
                    base_options=BaseOptions(model_asset_buffer=data),
                    running_mode=vision.RunningMode.IMAGE,
                    num_poses=5,
                    output_segmentation_masks=True,
                )
            )
            made.detect(person)
            return made

        def segmenter() -> Any:
            made = vision.ImageSegmenter.create_from_options(
                vision.ImageSegmenterOptions(
                    base_options=BaseOptions(model_asset_buffer=segmentation_model()),
                    running_mode=vision.RunningMode.IMAGE,
                    output_confidence_masks=True,
                    output_category_mask=False,
                )
            )
            made.segment(person)
            return made

        at_once = at_once or threads()
        try:
            self._landmarkers = Copies(landmarker, at_once)
        except (RuntimeError, ValueError) as error:
            raise UsageError(f"the pose model cannot be loaded: {str(error).splitlines()[0]}") from error
        self._segmenters = Copies(segmenter, at_once)
        self._pool = ThreadPoolExecutor(at_once, "look")

    def __call__(
        self, frame: Frame, passes: int | None = None, stickers: bool = True, roll: bool = True
    ) -> Observation:
        """Look at one frame, ``passes`` times where that is given, for stickers and the camera's roll too.

        Raises NoPerson.
        """
        passes = passes or self._passes
        pixels = frame.pixels_hwc
        height, width = pixels.shape[:2]
        whole = _Box(0, 0, width, height)
        seen = list(self._pool.map(lambda mirrored: self._look(pixels, whole, mirrored), (False, True)[:passes]))
        if not seen[0]:
            raise NoPerson("the pose model saw no body")
        subject = max(seen[0], key=lambda look: look.extent_px)
        looks = [subject]
        others = [person for person in seen[0] if not _same_person(person, subject)]
        for people in seen[1:]:
            looks += _nearest(people, subject)
            others += [p for p in people if not any(_same_person(p, known) for known in (subject, *others))]
        body = np.median([look.xy_px for look in looks], axis=0)
        closer = [
            self._pool.submit(self._look, pixels, _crop(body, crop, mirrored, width, height), mirrored)
            for crop, mirrored in islice(product(_CROPS, (False, True)), max(0, passes - 2))
        ]
        box = _crop(body, _CROPS[0], mirrored=False, width=width, height=height)
        second = [self._pool.submit(self._segment, pixels, box, mirrored) for mirrored in (False, True)]
        for look in closer:
            looks += _nearest(look.result(), subject)

        if len(looks) < passes / 2:
            raise NoPerson(f"something like a body appeared in only {len(looks)} of {passes} looks")
        looks = _one_labelling(looks)
        pose = _consensus(looks)
        mask = _mean_mask(looks, box)
        other_mask: Mask = (second[0].result() + second[1].result()) / np.float32(2)
        sure = mask > 0.5
        share = float((other_mask[sure] > 0.5).mean()) if sure.any() else 0.0
        if share < _PERSON_SHARE:
            raise NoPerson("what looked like a body to one model is none to the other")
        silhouette = _silhouette(pixels, box, mask, other_mask, pose)
        outline = None if silhouette is None else silhouette.masked
        found_roll = self._pool.submit(find_roll, pixels, outline) if roll else None
        found_marks = find_markers(pixels, pose, outline) if stickers and outline is not None else None
        return Observation(
            width_px=width,
            height_px=height,
            pose=pose,
            silhouette=silhouette,
            others_px=tuple(sorted((other.extent_px for other in others), reverse=True)),
            faces_px=tuple(face_circle(look.xy_px) for look in [subject, *others]),
            body_share=share,
            passes=len(looks),
            photo_px_per_px=frame.photo_px_per_px,
            found_roll=None if found_roll is None else found_roll.result(),
            found_marks=found_marks,
        )

    def _image(self, pixels: NDArray[np.uint8], box: _Box, mirrored: bool) -> Any:
        crop = pixels[box.y0 : box.y1, box.x0 : box.x1]
        scale = min(1.0, _LOOK_PX / max(crop.shape[:2]))
        if scale < 1:
            # averaging over areas takes ten times as long, and gains nothing before the picture is halved
            how = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
            crop = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=how)
        if mirrored:
            crop = cv2.flip(crop, 1)
        return self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=np.ascontiguousarray(crop))

    def _look(self, pixels: NDArray[np.uint8], box: _Box, mirrored: bool) -> list[_Look]:
        image = self._image(pixels, box, mirrored)
        with self._landmarkers.lent() as landmarker:
            result = landmarker.detect(image)
        size = np.array([box.x1 - box.x0, box.y1 - box.y0])
        looks = []
        for points, world_points, mask in zip(
            result.pose_landmarks, result.pose_world_landmarks, result.segmentation_masks or [], strict=True
        ):
            share = np.array([(p.x, p.y) for p in points])
            visibility = np.array([min(p.visibility, p.presence) for p in points])
            world = np.array([(p.x, p.y, p.z) for p in world_points])
            mask_hw = mask.numpy_view().reshape(image.height, image.width)
            if mirrored:
                share[:, 0] = 1 - share[:, 0]
                world[:, 0] = -world[:, 0]
                share, visibility, world = share[_MIRRORED], visibility[_MIRRORED], world[_MIRRORED]
            mask_hw = cv2.flip(mask_hw, 1) if mirrored else mask_hw.copy()
            # -0.5: landmark coordinates count from the picture's border, array indices from the middle of a pixel
            looks.append(_Look(share * size + (box.x0, box.y0) - 0.5, visibility, world, box, mask_hw))
        return looks

    def _segment(self, pixels: NDArray[np.uint8], box: _Box, mirrored: bool) -> Mask:
        """Person probability from the selfie model over a box, looked at as it is or mirrored."""
        image = self._image(pixels, box, mirrored)
        with self._segmenters.lent() as segmenter:
            mask = segmenter.segment(image).confidence_masks[0].numpy_view()
        mask = mask.reshape(mask.shape[:2])
        mask = cv2.flip(mask, 1) if mirrored else np.ascontiguousarray(mask)
        resized: Mask = cv2.resize(mask, _mask_size(box), interpolation=cv2.INTER_LINEAR)
        return resized


def _person() -> NDArray[np.uint8]:
    """The computer-generated person of the self-test, small, RGB."""
    data = (resources.files("posture") / "data" / "self_test.jpg").read_bytes()
    small = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    return np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))


def _same_person(a: _Look, b: _Look) -> bool:
    middle_a, middle_b = a.xy_px[23:25].mean(axis=0), b.xy_px[23:25].mean(axis=0)
    return bool(np.hypot(*(middle_a - middle_b)) < 0.25 * max(a.extent_px, b.extent_px))


def _nearest(people: list[_Look], subject: _Look) -> list[_Look]:
    """The subject among the people of another look: a list of one, or of none when that look missed it."""
    same = [person for person in people if _same_person(person, subject)]
    return [max(same, key=lambda look: look.extent_px)] if same else []


def _one_labelling(looks: list[_Look]) -> list[_Look]:
    """The same looks with left and right leg called alike in all of them.

    In a step seen from the side the model often takes the near leg for the far one in the mirrored picture. The name
    that most looks give wins; in a tie the one whose legs the model saw better.
    """
    legs = np.arange(23, LANDMARKS)
    first = looks[0].xy_px[legs]
    alike: list[_Look] = []
    swapped: list[_Look] = []
    for look in looks:
        as_named = np.linalg.norm(look.xy_px[legs] - first, axis=1).sum()
        other_way = np.linalg.norm(look.xy_px[_LEGS_SWAPPED][legs] - first, axis=1).sum()
        (swapped if other_way < 0.5 * as_named else alike).append(look)
    seen = [sum(float(look.visibility[legs].sum()) for look in group) for group in (alike, swapped)]
    keep_first = (len(alike), seen[0]) >= (len(swapped), seen[1])
    return [_legs_renamed(look) if (look in swapped) == keep_first else look for look in looks]


def _legs_renamed(look: _Look) -> _Look:
    order = _LEGS_SWAPPED
    return replace(look, xy_px=look.xy_px[order], visibility=look.visibility[order], world_m=look.world_m[order])


def _crop(body_xy: Array, crop: tuple[float, float, float], mirrored: bool, width: int, height: int) -> _Box:
    """Box round a body, cut at the frame's edge; in a mirrored look the sideways shift turns round with the picture."""
    margin, right, down = crop
    low, high = body_xy.min(axis=0), body_xy.max(axis=0)
    tall = high[1] - low[1]
    shift = np.array([-right if mirrored else right, down]) * tall
    pad = np.array([margin + 0.1, margin]) * tall
    x0, y0 = low - pad + shift + 0.5
    x1, y1 = high + pad + shift + 0.5
    return _Box(max(0, floor(x0)), max(0, floor(y0)), min(width, ceil(x1)), min(height, ceil(y1)))


def _consensus(looks: list[_Look]) -> Pose:
    """Median of the looks, and per landmark 1.4826 × the median distance from it, never under the floor."""
    xy = np.array([look.xy_px for look in looks])
    middle = np.median(xy, axis=0)
    tall = float(np.ptp(middle[:, 1]))
    if len(looks) == 1:
        sigma = np.full(LANDMARKS, _SIGMA_UNKNOWN * tall)
    else:
        scatter = 1.4826 * np.median(np.abs(xy - middle), axis=0)
        sigma = np.maximum(np.sqrt((scatter**2).mean(axis=1)), _SIGMA_FLOOR * tall)
    return Pose(
        xy_px=middle,
        visibility=np.median([look.visibility for look in looks], axis=0),
        sigma_px=sigma,
        world_m=np.median([look.world_m for look in looks], axis=0),
    )


def _mask_size(box: _Box) -> tuple[int, int]:
    """Width and height of the mean mask over a box."""
    scale = min(1.0, _MASK_PX / max(box.y1 - box.y0, box.x1 - box.x0))
    return round((box.x1 - box.x0) * scale), round((box.y1 - box.y0) * scale)


def _mean_mask(looks: list[_Look], box: _Box) -> Mask:
    """Mean body probability over a box, from all looks; its longer side is at most _MASK_PX."""
    shape = _mask_size(box)
    total = np.zeros(shape[::-1], np.float32)
    for look in looks:
        tall, wide = look.mask_hw.shape
        fx, fy = wide / (look.box.x1 - look.box.x0), tall / (look.box.y1 - look.box.y0)
        # canvas pixel -> frame -> this look's mask, all counted from pixel borders, hence the halves
        kx, ky = (box.x1 - box.x0) / shape[0] * fx, (box.y1 - box.y0) / shape[1] * fy
        to_mask = np.array(
            [
                [kx, 0, (box.x0 - look.box.x0) * fx + 0.5 * kx - 0.5],
                [0, ky, (box.y0 - look.box.y0) * fy + 0.5 * ky - 0.5],
            ]
        )
        total += cv2.warpAffine(look.mask_hw, to_mask, shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return total / np.float32(len(looks))


def _silhouette(pixels: NDArray[np.uint8], box: _Box, mask: Mask, second: Mask, pose: Pose) -> Silhouette | None:
    """Edges from neck to heel on the frame's own rows: from the mask, refined on pixels, and by the second model."""
    scale = mask.shape[0] / (box.y1 - box.y0), mask.shape[1] / (box.x1 - box.x0)
    axis = np.array(
        [
            pose.xy_px[NOSE] * 0.3 + pose.middle("ear") * 0.7,
            pose.middle("shoulder"),
            pose.middle("hip"),
            *(pose.point(name, _seen_leg(pose)) for name in ("knee", "ankle")),
        ]
    )
    top, bottom = (axis[0, 1] + axis[1, 1]) / 2, max(pose.point("heel", "left")[1], pose.point("heel", "right")[1])
    axis = axis[np.argsort(axis[:, 1])]

    def to_canvas(xy: Array) -> Array:
        return np.column_stack([(xy[:, 0] - box.x0 + 0.5) * scale[1] - 0.5, (xy[:, 1] - box.y0 + 0.5) * scale[0] - 0.5])

    first, last = floor((top - box.y0) * scale[0]), ceil((bottom - box.y0) * scale[0])
    masked = trace(mask, to_canvas(axis), first, last)
    if masked is None:
        return None
    masked = _to_frame(masked, box, scale)
    other = trace(second, to_canvas(axis), first, last)
    return Silhouette(
        refined=refine(pixels, masked, band_px=0.012 * pose.extent_px),
        masked=masked,
        second=None if other is None else _to_frame(other, box, scale),
    )


def _seen_leg(pose: Pose) -> Any:
    left, right = (pose.visibility[25 + side] + pose.visibility[27 + side] for side in (0, 1))
    return "left" if left >= right else "right"


def _to_frame(outline: Outline, box: _Box, scale: tuple[float, float]) -> Outline:
    """An outline traced on the canvas, resampled on whole rows of the frame."""
    y = (outline.rows_px + 0.5) / scale[0] - 0.5 + box.y0
    rows = np.arange(ceil(y[0]), floor(y[-1]) + 1, dtype=np.float64)
    left = (np.interp(rows, y, outline.left_px) + 0.5) / scale[1] - 0.5 + box.x0
    right = (np.interp(rows, y, outline.right_px) + 0.5) / scale[1] - 0.5 + box.x0
    return Outline(rows, left, right)


def face_circle(xy_px: Array) -> tuple[float, float, float]:
    """Centre and radius of a circle that covers the head, from the eleven face points."""
    face, shoulders = xy_px[0:11], xy_px[11:13].mean(axis=0)
    centre = face.mean(axis=0)
    radius = max(1.6 * np.hypot(*(face - centre).T).max(), 0.65 * float(np.hypot(*(shoulders - centre))))
    return float(centre[0]), float(centre[1]), float(radius)
