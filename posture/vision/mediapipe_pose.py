"""The pose model as an observer: several looks at one frame, their median, and how far they scatter.

Every look is a crop of the frame, and each crop is also taken mirrored. A mirrored photo therefore gets the very same
set of looks, and measures the same. Only IMAGE mode is used: it answers the same pixels with the same numbers.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from importlib import resources
from itertools import islice, product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from posture.body.frame import Frame, Pixels
from posture.body.observation import Observation, Settled
from posture.body.silhouette import Silhouette
from posture.errors import NoPerson, UsageError
from posture.message import Message
from posture.vision.ensemble import (
    MIRRORED,
    Array,
    Box,
    Inference,
    Mask,
    agree,
    consensus,
    crop,
    mask_size,
    mean_mask,
    nearest,
    one_labelling,
    refined,
    same_person,
    traced,
)
from posture.vision.faces import OVER_HEAD
from posture.vision.mediapipe_models import mediapipe, pose_model, segmenter
from posture.vision.model_image import ModelImage
from posture.vision.model_pool import ModelPool, pool, threads
from posture.vision.roll import find_roll
from posture.vision.stickers import find_markers

#: Looks at the whole photo, as it is and mirrored; and all there are where those do not settle it.
FIRST_PASSES, FULL_PASSES = 2, 6
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
#: Least share of the pose mask that must be a person to the second model as well.
_PERSON_SHARE = 0.25


@dataclass(slots=True, eq=False)
class _Detections:
    """Detections of the inferences so far: the subject in each, and everybody else once.

    tried : how many were taken · body : (33, 2) px, the subject's landmarks in the first ones
    """

    inferences: list[Inference]
    others: list[Inference]
    tried: int
    body: Array

    @property
    def subject(self) -> Inference:
        """The person to be measured, in the first look."""
        return self.inferences[0]


class MediaPipeObserver:
    """Looks at frames with MediaPipe's pose landmarker and, as a second opinion, its selfie segmentation.

    Parameters
    ----------
    model_file : a .task bundle, or None for the one in the wheel
    trust_model : take a bundle of unknown hash
    passes : looks per photo, 1 to 16; more looks, less jitter, more time. None: two, four or six, as the photo needs
    at_once : looks taken at the same time, each on a core of its own; by default two where there are two cores
    """

    def __init__(
        self,
        model_file: Path | None = None,
        trust_model: bool = False,
        passes: int | None = None,
        at_once: int | None = None,
    ) -> None:
        if passes is not None and not 1 <= passes <= MAX_PASSES:
            raise UsageError(f"passes must lie between 1 and {MAX_PASSES}, not {passes}")
        self._passes = passes
        mediapipe()
        from mediapipe.tasks.python import BaseOptions, vision

        data, self.model_sha256 = pose_model(model_file, trust_model)
        # every copy is shown a person first: what the models write on their first look is kept off the terminal
        person = ModelImage(_person()).image

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

        def second_opinion() -> Any:
            made = segmenter()
            made.segment(person)
            return made

        at_once = at_once or threads()
        try:
            self._landmarkers = ModelPool(landmarker, at_once)
        except (OSError, RuntimeError, ValueError) as error:
            raise UsageError(f"the pose model cannot be loaded: {str(error).splitlines()[0]}") from error
        self._segmenters = ModelPool(second_opinion, at_once)
        self._pool = pool(at_once, "look")

    def __call__(
        self,
        frame: Frame,
        settled: Settled | None = None,
        passes: int | None = None,
        stickers: bool = True,
        roll: bool = True,
    ) -> Observation:
        """Look at one frame, ``passes`` times where that is given, for stickers and the camera's roll too.

        Else looks are taken by twos, six at most, until ``settled`` says that what they show leaves nothing open; two
        are not enough where they disagree. Raises NoPerson.
        """
        passes = passes or self._passes
        pixels = frame.pixels_hwc
        detected = self._first(pixels, (False, True)[:passes])
        box = crop(detected.body, _CROPS[0], mirrored=False, width=pixels.shape[1], height=pixels.shape[0])
        second = [self._pool.submit(self._segment, pixels, box, mirrored) for mirrored in (False, True)]
        if passes is not None:
            self._infer_more(detected, pixels, passes)
            return self._observation(frame, detected, box, second, stickers, roll)
        alike = agree(detected.inferences)
        seen = self._observation(frame, detected, box, second, stickers, roll)
        while detected.tried < FULL_PASSES:
            enough = settled is None or settled(seen)
            if enough and (alike or detected.tried > FIRST_PASSES):
                break
            self._infer_more(detected, pixels, detected.tried + 2)
            closer = self._observation(frame, detected, box, second, stickers=False, roll=False)
            seen = replace(closer, found_roll=seen.found_roll, found_marks=seen.found_marks)
        return seen

    def _first(self, pixels: Pixels, ways: tuple[bool, ...]) -> _Detections:
        """Looks at the whole frame, as it is and mirrored. Raises NoPerson."""
        whole = Box(0, 0, pixels.shape[1], pixels.shape[0])
        part = _shrunk(pixels, whole)
        seen = list(self._pool.map(lambda mirrored: self._infer(part, whole, mirrored), ways))
        if not seen[0]:
            raise NoPerson("the pose model saw no body")
        subject = max(seen[0], key=lambda inference: inference.extent_px)
        inferences = [subject]
        others = [person for person in seen[0] if not same_person(person, subject)]
        for people in seen[1:]:
            inferences += nearest(people, subject)
            others += [p for p in people if not any(same_person(p, known) for known in (subject, *others))]
        return _Detections(inferences, others, len(ways), np.median([one.xy_px for one in inferences], axis=0))

    def _infer_more(self, detected: _Detections, pixels: Pixels, passes: int) -> None:
        """Further looks at the person's crop, until ``passes`` were taken. Raises NoPerson where few see somebody."""
        about = islice(
            product(_CROPS, (False, True)), max(0, detected.tried - FIRST_PASSES), max(0, passes - FIRST_PASSES)
        )
        tall, wide = pixels.shape[:2]
        boxes = [(crop(detected.body, shift, mirrored, wide, tall), mirrored) for shift, mirrored in about]

        def infer(task: tuple[Box, bool]) -> list[Inference]:
            return self._infer(_shrunk(pixels, task[0]), *task)

        for people in self._pool.map(infer, boxes):
            detected.inferences += nearest(people, detected.subject)
        detected.tried += len(boxes)
        if len(detected.inferences) < detected.tried / 2:
            raise NoPerson(
                Message(
                    "something like a body appeared in only {looks} of {all} looks",
                    looks=len(detected.inferences),
                    all=detected.tried,
                )
            )

    def _observation(
        self, frame: Frame, detected: _Detections, box: Box, second: list[Future[Mask]], stickers: bool, roll: bool
    ) -> Observation:
        """Consensus of the inferences so far. Raises NoPerson where the second model sees no person."""
        pixels = frame.pixels_hwc
        inferences = one_labelling(detected.inferences)
        pose = consensus(inferences)
        mask = mean_mask(inferences, box)
        outline = traced(box, mask, pose)
        # what needs no second model is looked for while it looks, what takes longest first
        found_marks = self._pool.submit(find_markers, pixels, pose, outline) if stickers and outline else None
        found_roll = self._pool.submit(find_roll, pixels, outline) if roll else None
        edges = None if outline is None else refined(pixels, outline, pose)
        other_mask: Mask = np.mean([one.result() for one in second], axis=0, dtype=np.float32)
        sure = mask > 0.5
        share = float((other_mask[sure] > 0.5).mean()) if sure.any() else 0.0
        if share < _PERSON_SHARE:
            raise NoPerson("what looked like a body to one model is none to the other")
        silhouette = None
        if outline is not None and edges is not None:
            silhouette = Silhouette(edges, outline, traced(box, other_mask, pose))
        return Observation(
            width_px=pixels.shape[1],
            height_px=pixels.shape[0],
            pose=pose,
            silhouette=silhouette,
            others_px=tuple(sorted((other.extent_px for other in detected.others), reverse=True)),
            faces_px=tuple(face_circle(inference.xy_px) for inference in [detected.subject, *detected.others]),
            body_share=share,
            passes=len(inferences),
            photo_px_per_px=frame.photo_px_per_px,
            found_roll=None if found_roll is None else found_roll.result(),
            found_marks=None if found_marks is None else found_marks.result(),
        )

    def _infer(self, part: Pixels, box: Box, mirrored: bool) -> list[Inference]:
        """Everybody in one look at the part of a frame that a box cuts out."""
        shown = ModelImage(part, mirrored)
        with self._landmarkers.borrow() as landmarker:
            result = landmarker.detect(shown.image)
        size = np.array([box.x1 - box.x0, box.y1 - box.y0])
        inferences = []
        for points, world_points, mask in zip(
            result.pose_landmarks, result.pose_world_landmarks, result.segmentation_masks or [], strict=True
        ):
            share = shown.shares(points)
            visibility = np.array([min(p.visibility, p.presence) for p in points])
            world = np.array([(p.x, p.y, p.z) for p in world_points])
            if mirrored:
                world[:, 0] = -world[:, 0]
                share, visibility, world = share[MIRRORED], visibility[MIRRORED], world[MIRRORED]
            # -0.5: landmark coordinates count from the picture's border, array indices from the middle of a pixel
            xy_px = share * size + (box.x0, box.y0) - 0.5
            inferences.append(Inference(xy_px, visibility, world, box, shown.mask(mask)))
        return inferences

    def _segment(self, pixels: Pixels, box: Box, mirrored: bool) -> Mask:
        """Person probability from the selfie model over a box, looked at as it is or mirrored."""
        shown = ModelImage(_shrunk(pixels, box), mirrored)
        with self._segmenters.borrow() as segmenter:
            result = segmenter.segment(shown.image)
        resized: Mask = cv2.resize(
            shown.mask(result.confidence_masks[0]), mask_size(box), interpolation=cv2.INTER_LINEAR
        )
        return resized


def _shrunk(pixels: Pixels, box: Box) -> Pixels:
    """The part of a frame that a box cuts out, at the size that a model is shown."""
    part = pixels[box.y0 : box.y1, box.x0 : box.x1]
    scale = min(1.0, _LOOK_PX / max(part.shape[:2]))
    if scale == 1:
        return part
    # averaging over areas takes ten times as long, and gains nothing before the picture is halved
    how = cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA
    shrunk: Pixels = cv2.resize(part, None, fx=scale, fy=scale, interpolation=how)
    return shrunk


def _person() -> Pixels:
    """The computer-generated person of the self-test, small, RGB."""
    data = (resources.files("posture") / "data" / "self_test.jpg").read_bytes()
    small = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_2)
    return np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB))


def face_circle(xy_px: Array) -> tuple[float, float, float]:
    """Centre and radius of a circle that covers the head, from the eleven face points."""
    face, shoulders = xy_px[0:11], xy_px[11:13].mean(axis=0)
    centre = face.mean(axis=0)
    radius = max(OVER_HEAD * np.hypot(*(face - centre).T).max(), 0.65 * float(np.hypot(*(shoulders - centre))))
    return float(centre[0]), float(centre[1]), float(radius)
