"""The quick look at every frame of a live picture: landmarks alone, in MediaPipe's VIDEO mode.

VIDEO mode follows a body from frame to frame and smooths as it goes; it guides people, and no number that is kept comes
from it.
"""

from __future__ import annotations

import contextlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posture.adapters.mediapipe_models import mediapipe, pose_model, quiet
from posture.adapters.mediapipe_pose import face_circle
from posture.errors import NoPerson
from posture.observation import Observation
from posture.pose import Pose

#: Longest side of a picture given to the model, px; it looks at 256 × 256 px of the body in the end.
PREVIEW_PX = 640
#: Doubt of a landmark of one look as a share of the extent, only for drawing.
_SIGMA = 0.01


class LivePreview:
    """Looks at one frame after another of one camera. Not to be shared between threads."""

    def __init__(self) -> None:
        self._mp: Any = mediapipe()
        from mediapipe.tasks.python import BaseOptions, vision

        data, self.model_sha256 = pose_model(None, False)
        with quiet():
            self._landmarker = vision.PoseLandmarker.create_from_options(
                vision.PoseLandmarkerOptions(
                    base_options=BaseOptions(model_asset_buffer=data),
                    running_mode=vision.RunningMode.VIDEO,
                    num_poses=2,
                )
            )
        self._last_ms, self._first = -1, True

    def __call__(self, pixels_hwc: NDArray[np.uint8], at_s: float) -> Observation:
        """What is in a frame, RGB, at a time that never runs backwards. Raises NoPerson."""
        height, width = pixels_hwc.shape[:2]
        scale = min(1.0, PREVIEW_PX / max(height, width))
        small = pixels_hwc if scale == 1.0 else cv2.resize(pixels_hwc, None, fx=scale, fy=scale)
        self._last_ms = max(self._last_ms + 1, round(1000 * at_s))
        image = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=np.ascontiguousarray(small))
        with quiet() if self._first else contextlib.nullcontext():
            result = self._landmarker.detect_for_video(image, self._last_ms)
        self._first = False
        poses = [
            _pose(points, world, width, height)
            for points, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        ]
        if not poses:
            raise NoPerson("the pose model saw no body")
        subject = max(poses, key=lambda pose: pose.extent_px)
        others = [pose for pose in poses if pose is not subject]
        return Observation(
            width_px=width,
            height_px=height,
            pose=subject,
            silhouette=None,
            others_px=tuple(pose.extent_px for pose in others),
            faces_px=tuple(face_circle(pose.xy_px) for pose in poses),
            body_share=1.0,
            passes=1,
            photo_px_per_px=1.0,
        )

    def close(self) -> None:
        """Let the model go."""
        self._landmarker.close()


def _pose(points: Any, world_points: Any, width: int, height: int) -> Pose:
    xy = np.array([(p.x * width, p.y * height) for p in points]) - 0.5
    visibility = np.array([min(p.visibility, p.presence) for p in points])
    world = np.array([(p.x, p.y, p.z) for p in world_points])
    return Pose(xy, visibility, np.full(len(xy), _SIGMA * np.ptp(xy[:, 1])), world)
