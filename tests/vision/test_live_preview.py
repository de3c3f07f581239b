"""What the quick look sees: the person, others for a while after they went, and nobody in an empty room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from posture.errors import NoPerson
from posture.io.photos import read_photo
from posture.knowledge.load import Knowledge
from posture.live.capture import judge, live_knowledge
from posture.vision.live_preview import OTHERS_S, LivePreview
from validation.record import SAMPLES

Pixels = NDArray[np.uint8]


@pytest.fixture
def preview() -> Iterator[LivePreview]:
    one = LivePreview()
    yield one
    one.close()


def room(*people: tuple[str, int]) -> Pixels:
    """A grey room, 640 × 480, with sample people at columns of it."""
    picture = np.full((480, 640, 3), 190, np.uint8)
    for name, column in people:
        person = cv2.resize(read_photo(SAMPLES / f"{name}.jpg").pixels_hwc, (270, 480), interpolation=cv2.INTER_AREA)
        picture[:, column : column + 270] = person
    return picture


def test_who_was_there_a_moment_ago_still_is(preview: LivePreview) -> None:
    both, alone = room(("typical", 30), ("mild", 340)), room(("typical", 30))
    seen = [preview(picture, k * (OTHERS_S + 0.1)) for k, picture in enumerate((both, alone, alone))]
    assert [len(one.others_px) for one in seen] == [1, 1, 0]
    assert [len(one.faces_px) for one in seen] == [2, 2, 1]


def test_two_people_are_asked_to_be_one(preview: LivePreview) -> None:
    seen = judge(0.0, preview(room(("typical", 30), ("mild", 340)), 0.0), live_knowledge(Knowledge.load()).gates)
    assert seen.problem is not None
    assert seen.problem.code == "several_people"


def test_an_empty_room_is_nobody(preview: LivePreview, shared: Path) -> None:
    picture = cv2.resize(read_photo(shared / "photos" / "intel_empty_room_f1219.jpg").pixels_hwc, (640, 360))
    rng = np.random.default_rng(0)
    for k in range(50):
        noise = rng.integers(-6, 7, picture.shape) + int(10 * np.sin(k / 7))
        shaken = np.roll(picture, int(3 * np.sin(k / 4)), axis=1)
        with pytest.raises(NoPerson):
            preview(np.clip(shaken + noise, 0, 255).astype(np.uint8), k / 25)


@pytest.mark.slow
def test_somebody_who_walks_is_told_to_stand(preview: LivePreview, shared: Path) -> None:
    from posture.io.camera import from_file

    gates, told = live_knowledge(Knowledge.load()).gates, []
    for k, (at_s, pixels) in enumerate(from_file(shared / "videos" / "sports2d_walk_left.mp4")):
        if 20 <= k < 80:
            told.append(judge(at_s, preview(pixels, at_s), gates).problem)
    reasons = [problem.code for problem in told if problem is not None]
    assert len(reasons) == len(told)
    assert reasons.count("stepping") > 0
