"""A picture is shown to the models in a width they can take, and what they say comes back in its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from posture.vision.model_image import ModelImage

HEIGHT = 6


def pixels(width: int) -> Any:
    return np.random.default_rng(width).integers(0, 255, (HEIGHT, width, 3), np.uint8)


def seen(mask_hw: Any) -> Any:
    """What MediaPipe answers with: an image whose view has a channel."""
    return SimpleNamespace(numpy_view=lambda: mask_hw[..., None])


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("width", range(1, 10))
class TestEveryWidth:
    def test_it_is_shown_as_a_multiple_of_four_with_the_last_column_repeated(self, width: int, mirrored: bool) -> None:
        own = pixels(width)[:, ::-1] if mirrored else pixels(width)
        image = ModelImage(pixels(width), mirrored).image  # its view does not keep it alive
        shown = image.numpy_view()
        assert shown.shape[1] % 4 == 0
        assert shown.shape[1] - width < 4
        assert (shown[:, :width] == own).all()
        assert (shown[:, width:] == own[:, -1:]).all()

    def test_a_mask_comes_back_in_its_own_width_and_not_mirrored(self, width: int, mirrored: bool) -> None:
        image = ModelImage(pixels(width), mirrored)
        whole = np.random.default_rng(0).random(image.image.numpy_view().shape[:2]).astype(np.float32)
        own = whole[:, :width]
        mask = image.mask(seen(whole))
        assert (mask == (own[:, ::-1] if mirrored else own)).all()
        assert not np.shares_memory(mask, whole)

    def test_a_landmark_comes_back_where_it_was_seen(self, width: int, mirrored: bool) -> None:
        image = ModelImage(pixels(width), mirrored)
        padded = image.image.numpy_view().shape[1]
        x = 0.25 * width  # px from the left edge of what the model sees
        shares = image.shares([SimpleNamespace(x=x / padded, y=0.5)])
        assert shares[0] == pytest.approx((0.75 if mirrored else 0.25, 0.5))

    def test_the_models_mask_can_be_read(self, width: int, mirrored: bool, observer: Any) -> None:
        image = ModelImage(pixels(width), mirrored)
        with observer._segmenters.borrow() as segmenter:
            result = segmenter.segment(image.image)
        assert image.mask(result.confidence_masks[0]).shape == (HEIGHT, width)
