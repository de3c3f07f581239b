"""Reading photos: every format and orientation, and every way a file can be wrong."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
from PIL import Image

from posture.batch import worker
from posture.errors import MissingFile, NotAnImage, TooManyPixels, Unreadable, UnsuitablePhoto
from posture.io.photos import MAX_FILE_MB, WORKING_SIDE_PX, date_taken, read_photo, read_photo_bytes
from tests.conftest import ROOT

#: 60 × 40, a different colour in every corner, so that any wrong turn shows.
SCENE = np.zeros((40, 60, 3), np.uint8)
SCENE[:20, :30], SCENE[:20, 30:], SCENE[20:, :30], SCENE[20:, 30:] = (
    (200, 30, 30),
    (30, 200, 30),
    (30, 30, 200),
    (90, 90, 90),
)


def encoded(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def corners(pixels: np.ndarray) -> np.ndarray:
    return pixels[[5, 5, -5, -5], [5, -5, 5, -5]].astype(int)


@pytest.mark.parametrize(
    ("form", "options"),
    [("JPEG", {"quality": 95}), ("PNG", {}), ("WEBP", {"lossless": True}), ("WEBP", {"quality": 95})],
)
def test_formats(form: str, options: dict) -> None:
    frame = read_photo_bytes(encoded(Image.fromarray(SCENE), form, **options), "x")
    assert (frame.width, frame.height) == (60, 40)
    assert frame.pixels_hwc.dtype == np.uint8
    np.testing.assert_allclose(corners(frame.pixels_hwc), corners(SCENE), atol=6)
    assert len(frame.sha256) == 64


def test_heic() -> None:
    """A small HEIC picture of a person's outline, made for this test with a free encoder."""
    frame = read_photo(ROOT / "tests" / "data" / "upright.heic")
    assert frame.pixels_hwc.shape == (96, 64, 3)
    assert frame.pixels_hwc[10, 10, 0] > 150 > frame.pixels_hwc[-10, 10, 0]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation(orientation: int, form: str) -> None:
    stored = Image.fromarray(SCENE)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpose that stores the scene so
    if orientation > 1:
        stored = stored.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    frame = read_photo_bytes(encoded(stored, form, exif=exif, quality=95), "x")
    assert (frame.width, frame.height) == (60, 40)
    np.testing.assert_allclose(corners(frame.pixels_hwc), corners(SCENE), atol=12)


def test_grey_alpha_palette_cmyk() -> None:
    grey = read_photo_bytes(encoded(Image.fromarray(SCENE).convert("L"), "JPEG"), "x").pixels_hwc
    assert grey.shape == (40, 60, 3)
    assert np.ptp(grey, axis=2).max() == 0
    clear = Image.new("RGBA", (20, 20), (10, 10, 10, 0))
    assert read_photo_bytes(encoded(clear, "PNG"), "x").pixels_hwc.min() == 255
    palette = Image.fromarray(SCENE).convert("P", palette=Image.Palette.ADAPTIVE)
    np.testing.assert_allclose(
        corners(read_photo_bytes(encoded(palette, "PNG"), "x").pixels_hwc), corners(SCENE), atol=8
    )
    cmyk = Image.fromarray(SCENE).convert("CMYK")
    assert read_photo_bytes(encoded(cmyk, "JPEG"), "x").pixels_hwc.shape == (40, 60, 3)


def test_sixteen_bit() -> None:
    deep = Image.fromarray(np.full((8, 8), 32768, np.uint16))
    assert set(read_photo_bytes(encoded(deep, "PNG"), "x").pixels_hwc.ravel()) == {127}


def test_the_ending_is_not_trusted(tmp_path: Path) -> None:
    wrong = tmp_path / "photo.jpg"
    wrong.write_bytes(encoded(Image.fromarray(SCENE), "PNG"))
    assert read_photo(wrong).pixels_hwc.shape == (40, 60, 3)
    wrong.write_text("Dear diary, today I stood very straight.")
    with pytest.raises(NotAnImage):
        read_photo(wrong)


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused_by_name(form: str) -> None:
    with pytest.raises(NotAnImage, match="JPEG, PNG, WebP or HEIC"):
        read_photo_bytes(encoded(Image.fromarray(SCENE), form), "x")


def test_missing_empty_folder_truncated(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        read_photo(tmp_path / "nobody.jpg")
    with pytest.raises(NotAnImage, match="folder"):
        read_photo(tmp_path)
    with pytest.raises(NotAnImage, match="empty"):
        read_photo_bytes(b"", "x")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8))
    for form in ("JPEG", "PNG", "WEBP"):
        whole = encoded(noise, form)
        with pytest.raises((Unreadable, NotAnImage)):
            read_photo_bytes(whole[: len(whole) // 2], "x")


class TestBeforeAByteIsRead:
    """Only regular files of an upload's size are read, by whatever reads photos."""

    @pytest.fixture(params=["analyze", "batch"])
    def refused(self, request: pytest.FixtureRequest) -> Callable[[Path], UnsuitablePhoto]:
        read = {"analyze": read_photo, "batch": lambda path: worker.photo_bytes(str(path))}[request.param]

        def refused(path: Path) -> UnsuitablePhoto:
            with pytest.raises(UnsuitablePhoto) as told:
                read(path)
            return told.value

        return refused

    def test_a_pipe_is_not_waited_for(self, refused: Callable[[Path], UnsuitablePhoto], tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.jpg")
        # whoever waits for a writer all the same gets one, so that this test ends
        writer = Timer(5, lambda: os.close(os.open(tmp_path / "pipe.jpg", os.O_WRONLY | os.O_NONBLOCK)))
        writer.start()
        said = refused(tmp_path / "pipe.jpg").issue()
        writer.cancel()
        assert (said.code, "a pipe or a device" in said.message) == ("not_an_image", True)

    @pytest.mark.parametrize("device", ["null", "zero"])
    def test_a_link_to_a_device_is_refused(
        self, refused: Callable[[Path], UnsuitablePhoto], tmp_path: Path, device: str
    ) -> None:
        (tmp_path / "a.jpg").symlink_to(f"/dev/{device}")
        said = refused(tmp_path / "a.jpg").issue()
        assert (said.code, "a pipe or a device" in said.message) == ("not_an_image", True)

    @pytest.mark.parametrize("url", [False, True])
    def test_a_file_larger_than_an_upload_costs_no_memory(
        self, refused: Callable[[Path], UnsuitablePhoto], tmp_path: Path, url: bool
    ) -> None:
        large = tmp_path / "large.jpg"
        with large.open("wb") as file:
            file.truncate(200_000_000)  # holes: the disk holds none of it
        tracemalloc.start()
        if url:
            with pytest.raises(UnsuitablePhoto) as told:
                worker.photo_bytes(f"file://{large}")
            said = told.value.issue()
        else:
            said = refused(large).issue()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (said.code, said.message) == ("unreadable", "the file has 191 MB, more than the limit of 60")
        assert "save the photo smaller" in said.retake
        assert peak < 20e6  # what is imported meanwhile counts too

    def test_a_photo_of_just_that_size_is_read(self, tmp_path: Path) -> None:
        edge = tmp_path / "edge.jpg"
        for more, said in ((0, "it begins with"), (1, "the file has 61 MB")):
            with edge.open("wb") as file:
                file.truncate(MAX_FILE_MB * 2**20 + more)
            with pytest.raises(UnsuitablePhoto, match=said):
                read_photo(edge)


def test_a_camera_whose_clock_runs_ahead_tells_no_day() -> None:
    for day, told in (("2026:03:01 10:00:00", "2026-03-01"), ("2999:03:01 10:00:00", "")):
        image = Image.fromarray(SCENE)
        exif = image.getexif()
        exif.get_ifd(0x8769)[0x9003] = day
        assert date_taken(encoded(image, "JPEG", exif=exif)) == told


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is very large and holds nothing: reading it must not cost memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_loop_of_links_is_said_as_such(tmp_path: Path) -> None:
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    with pytest.raises(match=r"cannot be read: Too many levels of symbolic links"):
        read_photo(tmp_path / "loop.jpg")


@pytest.mark.parametrize(("width", "height", "megapixels"), [(10_001, 10_000, "101"), (40_000, 40_000, "1600")])
def test_too_many_pixels_are_refused_from_the_header(width: int, height: int, megapixels: str) -> None:
    with pytest.raises(TooManyPixels, match=f"{megapixels} megapixels"):
        read_photo_bytes(png_header(width, height), "x")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_large_photos_come_smaller_with_their_own_size_kept(form: str) -> None:
    large = Image.fromarray(SCENE).resize((3 * WORKING_SIDE_PX, 2 * WORKING_SIDE_PX))
    frame = read_photo_bytes(encoded(large, form), "x")
    assert (frame.width, frame.height) == (3 * WORKING_SIDE_PX, 2 * WORKING_SIDE_PX)
    assert WORKING_SIDE_PX <= max(frame.pixels_hwc.shape) < 2 * WORKING_SIDE_PX
    assert frame.photo_px_per_px == pytest.approx(3 * WORKING_SIDE_PX / frame.pixels_hwc.shape[1])
    np.testing.assert_allclose(corners(frame.pixels_hwc), corners(SCENE), atol=12)
