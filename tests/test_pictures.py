"""The pictures of the docs say what the page says today; ``python -m validation.page pictures`` renews them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from posture.app.photo import HIP_BONES, Photo
from posture.io.photos import read_photo
from posture.plan.intake import Intake
from posture.text.presentation import present
from tests.render.test_plan import KNOWLEDGE
from validation.page import PICTURES, SIDECAR
from validation.record import SAMPLES

SAID: dict[str, dict[str, Any]] = json.loads(SIDECAR.read_text("utf-8"))
SHOWING = sorted(name for name, one in SAID.items() if one["verdict"] is not None)
#: Pictures of the live pages, which have a command of their own.
LIVE = {"live_light.jpg", "coach_light.jpg"}
RENEW = "renew the pictures: python -m validation.page pictures"
_looked: dict[str, Photo] = {}


def test_every_picture_is_accounted_for() -> None:
    assert {file.name for file in PICTURES.glob("*.jpg")} - LIVE == set(SAID), RENEW
    assert len(SHOWING) >= 9


@pytest.mark.parametrize("name", sorted(SAID))
def test_its_inputs_are_the_samples_of_today(name: str) -> None:
    for sample, digest in SAID[name]["inputs"].items():
        assert sha256((SAMPLES / sample).read_bytes()).hexdigest() == digest, RENEW


@pytest.mark.parametrize("name", SHOWING)
def test_it_says_what_the_page_says_today(name: str) -> None:
    said = SAID[name]
    (sample,) = said["inputs"]
    if sample not in _looked:
        _looked[sample] = Photo(read_photo(SAMPLES / sample))
        _looked[sample].last()
    one = _looked[sample]
    points = {bone: (float(x), float(y)) for bone, (x, y) in said["points"].items()}
    photo = Photo(one.frame, joints=points, felt=set(HIP_BONES), seen=one.seen, model_sha256=one.model_sha256)
    shown = present(photo.examine(Intake(), lenient=False).report, KNOWLEDGE)
    assert shown.tilt is not None
    assert said["verdict"] == shown.headline.partition(". ")[0].removesuffix(".") + ".", RENEW
    degrees = [int(number.removesuffix("°").replace("−", "-")) for number in (said["number"], shown.tilt.value)]
    assert abs(degrees[0] - degrees[1]) <= bool(points), RENEW  # points are told in whole pixels
