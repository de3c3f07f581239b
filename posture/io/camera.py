"""Frames of a camera or a video file, by OpenCV, each with its time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from posture.body.frame import Frame, Pixels
from posture.errors import UsageError

#: What a camera is asked for; it may send less.
ASKED_PX = (1280, 720)
#: A camera that sends nothing for so long is gone; a file's frames are counted at this rate where it tells none.
GONE_S, USUAL_FPS = 5.0, 25.0
#: Longest side of a frame that is looked at, px: a picture of 4K is halved.
MOST_PX = 1920


def from_camera(number: int) -> Iterator[tuple[float, Pixels]]:
    """Frames of a camera, RGB as it sends them, with seconds since the first.

    Raises UsageError where there is none, where another program has it, and where it stops sending.
    """
    camera = cv2.VideoCapture(number)
    try:
        if not camera.isOpened():
            raise UsageError(
                f"camera {number} cannot be opened: is one plugged in, allowed for this program, and free?"
            )
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, ASKED_PX[0])
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, ASKED_PX[1])
        began = last = time.monotonic()
        while True:
            read, pixels = camera.read()
            now = time.monotonic()
            if read:
                last = now
                yield now - began, _rgb(pixels)
            elif now - last > GONE_S:
                raise UsageError(f"camera {number} stopped sending: was it unplugged? Plug it in and begin again")
            else:
                time.sleep(0.05)
    finally:
        camera.release()


def from_file(path: Path, at_its_pace: bool = False) -> Iterator[tuple[float, Pixels]]:
    """Frames of a video file with their times, as fast as they are taken or at the file's own pace.

    A file with a broken tail ends where it breaks. Raises UsageError where it is no video.
    """
    if not path.is_file():
        raise UsageError(f"video {path}: there is no such file")
    film = cv2.VideoCapture(str(path))
    try:
        fps = film.get(cv2.CAP_PROP_FPS)
        fps = fps if 1 <= fps <= 240 else USUAL_FPS
        read, pixels = film.read()
        if not read:
            raise UsageError(f"video {path}: not a video that can be read")
        began, count = time.monotonic(), 0
        while read:
            at_s = count / fps
            if at_its_pace:
                time.sleep(max(0.0, began + at_s - time.monotonic()))
            yield at_s, _rgb(pixels)
            count += 1
            read, pixels = film.read()
    finally:
        film.release()


def still(pixels: Pixels) -> Frame:
    """A frame to be measured like a photo; its hash is that of its pixels."""
    height, width = pixels.shape[:2]
    return Frame(pixels, width, height, hashlib.sha256(pixels.tobytes()).hexdigest(), "")


def at_most(pixels: Pixels) -> Pixels:
    """A frame no larger than ``MOST_PX``."""
    scale = MOST_PX / max(pixels.shape[:2])
    return pixels if scale >= 1 else cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _rgb(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(at_most(pixels)[:, :, ::-1])
