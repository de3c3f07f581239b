"""A window of OpenCV with the camera's picture as a mirror, the joints that were seen, and the words to follow."""

from __future__ import annotations

import os
import sys

import cv2
import numpy as np
from PIL import Image, ImageDraw

from posture.body.frame import Pixels
from posture.body.pose import SIDES, Pose
from posture.render import theme
from posture.render.panel import fonts
from posture.text.labels import sentence

TITLE = "posture live (Q closes)"
#: Width of the window, px, and of the band of words under the picture.
WIDE, BAND = 1120, 108
LIMBS = (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"), ("heel", "toe"))
COLOURS = {"guide": theme.AMBER, "hold": theme.LEG, "measure": theme.ACCENT, "taken": theme.ACCENT}
_QUIT = (ord("q"), ord("Q"), 27)


def open_window() -> Window | None:
    """A window, None where this computer shows none."""
    if sys.platform not in ("win32", "darwin") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    try:
        return Window()
    except cv2.error:  # an OpenCV that was built without windows
        return None


class Window:
    """Shows one frame after another until somebody closes it."""

    def __init__(self) -> None:
        self._words, self._band = "", np.zeros((BAND, WIDE, 3), np.uint8)
        cv2.namedWindow(TITLE, cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL)

    def show(self, pixels: Pixels, pose: Pose | None, words: str, phase: str, share: float) -> bool:
        """Show a frame, RGB, with ``words`` and how much is done (0..1); False once the window was closed."""
        if words + phase != self._words:
            self._words, self._band = words + phase, band(words, phase)
        picture = drawn(pixels, pose, self._band, share)
        cv2.imshow(TITLE, picture[:, :, ::-1])
        return cv2.waitKey(1) & 0xFF not in _QUIT and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Take the window away."""
        cv2.destroyWindow(TITLE)


def drawn(pixels: Pixels, pose: Pose | None, words: Pixels, share: float) -> Pixels:
    """The frame mirrored, with the joints of ``pose`` (frame px) on it and the band of words below: (H, `WIDE`, 3)."""
    scale = WIDE / pixels.shape[1]
    picture = cv2.resize(pixels, (WIDE, round(scale * pixels.shape[0])))
    if pose is not None:
        for side in SIDES:
            for one, other in LIMBS:
                (x0, y0), (x1, y1) = ((pose.point(name, side) + 0.5) * scale for name in (one, other))
                start, end = (int(x0), int(y0)), (int(x1), int(y1))
                for colour, width in (((255, 255, 255), 6), (theme.rgb(theme.LEG), 3)):
                    cv2.line(picture, start, end, colour, width, cv2.LINE_AA)
    under = words.copy()
    under[-10:, : round(min(1.0, share) * WIDE)] = 255
    return np.vstack([picture[:, ::-1], under])


def band(words: str, phase: str) -> Pixels:
    """Words on the colour of a phase, (`BAND`, `WIDE`, 3)."""
    image = Image.new("RGB", (WIDE, BAND), theme.rgb(COLOURS[phase]))
    large, normal, _ = fonts()
    said = sentence(words)
    larger = large.font_variant(size=40)
    font = next((one for one in (larger, large, normal) if one.getlength(said) < WIDE - 48), normal)
    ImageDraw.Draw(image).text((24, (BAND - 12) / 2), said, "#fff", font, anchor="lm")
    return np.asarray(image)
