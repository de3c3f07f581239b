"""The quick look at every frame of a live picture: landmarks alone, in MediaPipe's VIDEO mode.

VIDEO mode follows a body from frame to frame and smooths as it goes; it guides people, and no number that is kept comes
from it.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.body.observation import Observation
from posture.body.pose import Pose
from posture.body.silhouette import Outline, trace
from posture.errors import NoPerson
from posture.vision.ensemble import crop
from posture.vision.mediapipe_models import mediapipe, pose_model, quiet, segmenter
from posture.vision.mediapipe_pose import face_circle
from posture.vision.model_image import ModelImage
from posture.vision.model_pool import closing

#: Longest side of a picture given to the model, px; it looks at 256 × 256 px of the body in the end.
PREVIEW_PX = 640
#: The trunk is traced as far below the hips as this share of its height.
SEAT = 0.3
#: Other people are looked for so often, seconds.
OTHERS_S = 1.0
#: The crop in which the selfie model looks at a body: margin, shift right, shift down, in its heights.
CLOSER = (0.30, 0.0, 0.0)
#: The least mean probability of a person on the trunk's line: people who stand, squat or walk give 0.89 and more (seen
#: from further away, 0.81), an empty room up to 0.75.
SURELY = 0.85
#: Doubt of a landmark of one look as a share of the extent, only for drawing.
_SIGMA = 0.01


class LivePreview:
    """Looks at one frame after another of one camera. Not to be shared between threads.

    One body is followed in VIDEO mode, which looks for bodies only when it has lost its own. It sees some where nobody
    is, so that the selfie model is asked too: when a body appears, and once in `OTHERS_S`. Whether there are others is
    looked for as often, for that costs more than following; who was there the last time or the time before still is.
    ``beside`` looks for them in a thread of its own, so that no frame waits, and knows of them some frames later.

    outlines : the body's edges over the rows of the trunk are traced as well
    trunk : those of the last frame, frame px; None where there are none
    """

    def __init__(self, beside: bool = False, outlines: bool = False) -> None:
        mediapipe()
        from mediapipe.tasks.python import BaseOptions, vision

        data, self.model_sha256 = pose_model(None, False)

        def landmarker(mode: Any, people: int, masks: bool = False) -> Any:
            options = vision.PoseLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=data),
                running_mode=mode,
                num_poses=people,
                output_segmentation_masks=masks,
            )
            return vision.PoseLandmarker.create_from_options(options)

        with quiet():
            self._follow = landmarker(vision.RunningMode.VIDEO, 1, outlines)
            self._count = landmarker(vision.RunningMode.IMAGE, 2)
            self._segment = segmenter()
        for task in (self._follow, self._count, self._segment):
            closing().with_owner(self, task)
        self._last_ms, self._counted_s = -1, -OTHERS_S
        self._surely_s: float | None = None  # when the body was last known to be one
        self._others: tuple[Pose, ...] = ()
        self._before: tuple[Pose, ...] = ()
        self.trunk: Outline | None = None
        self._thread = ThreadPoolExecutor(1, "others") if beside else None
        self._counting: Future[list[Pose]] | None = None

    def __call__(self, pixels_hwc: NDArray[np.uint8], at_s: float) -> Observation:
        """Observation of a frame, RGB, at a time that never runs backwards. Raises NoPerson."""
        height, width = pixels_hwc.shape[:2]
        scale = min(1.0, PREVIEW_PX / max(height, width))
        small = pixels_hwc if scale == 1.0 else cv2.resize(pixels_hwc, None, fx=scale, fy=scale)
        first, self._last_ms = self._last_ms < 0, max(self._last_ms + 1, round(1000 * at_s))
        shown = ModelImage(small)
        with quiet() if first else contextlib.nullcontext():
            result = self._follow.detect_for_video(shown.image, self._last_ms)
            poses = _poses(shown, result, width, height)
            self.trunk = None
            if not poses:
                self._surely_s = None
                raise NoPerson("the pose model saw no body")
            subject = poses[0]
            if self._surely_s is None or at_s - self._surely_s >= OTHERS_S:
                self._surely_s = at_s if self._is_somebody(small, subject, scale) else None
            if self._surely_s is None:
                raise NoPerson("what looked like a body to one model is none to the other")
            if result.segmentation_masks:
                self.trunk = _trunk(shown.mask(result.segmentation_masks[0]), subject, scale)
            self._look_for_others(shown, at_s, subject, width, height)
        others = self._others or self._before
        return Observation(
            width_px=width,
            height_px=height,
            pose=subject,
            silhouette=None,
            others_px=tuple(pose.extent_px for pose in others),
            faces_px=tuple(face_circle(pose.xy_px) for pose in (subject, *others)),
            body_share=1.0,
            passes=1,
            photo_px_per_px=1.0,
        )

    def _look_for_others(self, shown: ModelImage, at_s: float, subject: Pose, width: int, height: int) -> None:
        def seen() -> list[Pose]:
            return _poses(shown, self._count.detect(shown.image), width, height)

        poses = None
        if self._thread is None:
            poses = seen() if at_s - self._counted_s >= OTHERS_S else None
        elif self._counting is not None and self._counting.done():
            poses, self._counting = self._counting.result(), None
        elif self._counting is None and at_s - self._counted_s >= OTHERS_S:
            self._counting = self._thread.submit(seen)
        if poses is not None:
            self._before = self._others
            self._others = tuple(pose for pose in poses if not _same(pose, subject))
            self._counted_s = at_s

    def _is_somebody(self, small: NDArray[np.uint8], pose: Pose, scale: float) -> bool:
        """Whether the line from the shoulders to the hips is a person's to the selfie model too, seen closer."""
        xy = (pose.xy_px + 0.5) * scale - 0.5
        box = crop(xy, CLOSER, mirrored=False, width=small.shape[1], height=small.shape[0])
        if box.x1 <= box.x0 or box.y1 <= box.y0:
            return False
        shown = ModelImage(small[box.y0 : box.y1, box.x0 : box.x1])
        mask = shown.mask(self._segment.segment(shown.image).confidence_masks[0])
        shoulder, hip = (xy[pair].mean(axis=0) - (box.x0, box.y0) for pair in (slice(11, 13), slice(23, 25)))
        x, y = np.round(shoulder + np.linspace(0, 1, 21)[:, None] * (hip - shoulder)).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
        return bool(inside.any() and np.mean(mask[y[inside], x[inside]]) > SURELY)

    def close(self) -> None:
        """Let the models go."""
        if self._thread is not None:
            self._thread.shutdown()
        for task in (self._follow, self._count, self._segment):
            closing().now(task)
        del self._follow, self._count, self._segment  # closed, they still hold their graphs' memory


def _poses(shown: ModelImage, result: Any, width: int, height: int) -> list[Pose]:
    both = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    return [_pose(shown.shares(points) * (width, height) - 0.5, points, world) for points, world in both]


def _trunk(mask_hw: NDArray[np.float32], pose: Pose, scale: float) -> Outline | None:
    """The body's edges from the shoulders to below the seat; the mask is ``scale`` times as large as the frame."""
    shoulder, hip = ((pose.middle(name) + 0.5) * scale - 0.5 for name in ("shoulder", "hip"))
    below = hip + (0.0, SEAT * (hip[1] - shoulder[1]))
    found = trace(mask_hw, np.array([shoulder, hip, below]), round(shoulder[1]), round(below[1]))
    if found is None:
        return None
    return Outline(*((edge + 0.5) / scale - 0.5 for edge in (found.rows_px, found.left_px, found.right_px)))


def _same(one: Pose, other: Pose) -> bool:
    """Whether two poses lie on the same body: their landmarks half a trunk apart at most."""
    trunk = float(np.hypot(*(one.middle("shoulder") - one.middle("hip"))))
    return float(np.median(np.hypot(*(one.xy_px - other.xy_px).T))) < 0.5 * trunk


def _pose(xy: NDArray[np.float64], points: Any, world_points: Any) -> Pose:
    visibility = np.array([min(p.visibility, p.presence) for p in points])
    world = np.array([(p.x, p.y, p.z) for p in world_points])
    return Pose(xy, visibility, np.full(len(xy), _SIGMA * np.ptp(xy[:, 1])), world)
