"""What is blurred where the search for faces fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from posture.errors import NoPerson
from posture.pipeline import examine
from posture.render import overlay
from posture.render.overlay import draw_photo
from tests.figures import Figure, Sees, frame, observation

SEEN = replace(observation(Figure()), faces_px=((450.0, 300.0, 80.0),))


@pytest.fixture(autouse=True)
def _no_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object) -> None:
        raise RuntimeError("the graph has stopped")

    monkeypatch.setattr(overlay, "find_faces", fails)


def drawn(sees: Sees) -> tuple[np.ndarray, np.ndarray]:
    """A photo of noise before and after, in one size."""
    photo = frame()
    noise = np.random.default_rng(0).integers(0, 256, photo.pixels_hwc.shape).astype(np.uint8)
    photo = replace(photo, pixels_hwc=noise)
    plain = draw_photo(photo, examine(photo, sees), show_face=True, layers=())
    return plain, draw_photo(photo, examine(photo, sees), layers=())


def test_the_pose_models_head_is_blurred_and_nothing_else() -> None:
    plain, blurred = drawn(Sees(SEEN))
    scale = plain.shape[0] / 1400
    x, y, radius = (round(one * scale) for one in SEEN.faces_px[0])
    inside = blurred[y - radius // 2 : y + radius // 2, x - radius // 2 : x + radius // 2]
    assert inside.std() < 0.2 * plain.std()
    assert np.array_equal(plain[y + 2 * radius :], blurred[y + 2 * radius :])


def test_where_nobody_was_seen_all_is_covered() -> None:
    plain, blurred = drawn(Sees(NoPerson("nobody")))
    assert blurred.std() < 0.2 * plain.std()
