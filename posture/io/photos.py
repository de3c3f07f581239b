"""Photo files to frames: JPEG, PNG, WebP, HEIC, whatever the file's name says."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import warnings
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from posture.body.frame import Frame
from posture.errors import (
    MissingFile,
    NotAnImage,
    ReadFault,
    TooLarge,
    TooManyPixels,
    Unreadable,
    UnsuitablePhoto,
    UsageError,
)
from posture.message import Message

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS = 100_000_000
#: Greatest file, MB, read from a disk or uploaded to the page; a photo of 100 megapixels.
MAX_FILE_MB = 60
#: A photo whose longer side is at least twice this is decoded or reduced to a smaller size (the pose model looks at
#: 256 px, the edge search gains nothing beyond this).
WORKING_SIDE_PX = 1600


def read_photo(path: Path | str) -> Frame:
    """Read one photo upright.

    EXIF orientation is applied, transparency is laid on white, grey and 16-bit pictures become 8-bit RGB.

    Raises
    ------
    MissingFile, NotAnImage, Unreadable, TooManyPixels : each an UnsuitablePhoto with what to do. The file's size is
    checked before it is read, the number of pixels from the header, before memory is spent.
    """
    return read_photo_bytes(read_file(path), shown(path))


def read_file(path: Path | str) -> bytes:
    """The bytes of a regular file of at most `MAX_FILE_MB`.

    Raises MissingFile, ReadFault, TooLarge, and NotAnImage for what is no regular file: a folder, a pipe (never waited
    for), a device. Kind and size are looked at before a byte is read.
    """
    try:
        _check_kind_and_size(Path(path).stat())
        with open(path, "rb", opener=_without_waiting) as file:
            _check_kind_and_size(os.fstat(file.fileno()))  # another file may have taken its place
            return within_limit(file)
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile from None
    except (OSError, ValueError) as error:
        raise ReadFault(getattr(error, "strerror", None) or str(error)) from error


def within_limit(file: BinaryIO, size: int | None = None) -> bytes:
    """All that ``file`` holds, of ``size`` bytes where that is known. Raises TooLarge over `MAX_FILE_MB`."""
    most = MAX_FILE_MB * 2**20
    data = b"" if size is not None and size > most else file.read(most + 1)
    size = max(size or 0, len(data))
    if size > most:
        raise TooLarge(ceil(size / 2**20), MAX_FILE_MB)
    return data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_kind_and_size(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise NotAnImage("this is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise NotAnImage("this is a pipe or a device")
    if status.st_size > MAX_FILE_MB * 2**20:
        raise TooLarge(ceil(status.st_size / 2**20), MAX_FILE_MB)


def shown(path: Path | str) -> str:
    r"""A path as it can be written anywhere: bytes that are no UTF-8 as they are told, a name of fc as "\xfc"."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def printable(text: str) -> str:
    """A text for a terminal: what would steer it stands as a question mark in a diamond."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def read_photo_bytes(data: bytes, name: str) -> Frame:
    """`read_photo` for bytes already in memory, an upload; ``name`` goes into the report only."""
    return _frame(_open(data), hashlib.sha256(data).hexdigest(), name)


def frame_of_pixels(pixels: NDArray[np.uint8] | Image.Image) -> Frame:
    """A frame of pixels in memory: (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA uint8, or a Pillow image.

    Its hash is that of the pixels. Raises UsageError for an array of another shape or type, TooManyPixels.
    """
    if isinstance(pixels, Image.Image):
        image = pixels.copy()
    elif (
        pixels.dtype == np.uint8
        and (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in (3, 4)))
        and pixels.size
    ):
        image = Image.fromarray(pixels)
    else:
        raise UsageError(f"pixels are (H, W, 3) uint8 in RGB order, not {pixels.shape} {pixels.dtype}")
    name = hashlib.sha256(f"{image.size} {image.mode} ".encode() + image.tobytes()).hexdigest()
    return _frame(image, name, "")


def _frame(image: Image.Image, sha256: str, name: str) -> Frame:
    """An image upright, in RGB, at a working size."""
    if image.width * image.height > MAX_PIXELS:
        raise TooManyPixels(ceil(image.width * image.height / 1e6), MAX_PIXELS / 1e6)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # damaged EXIF blocks; the pixels decide
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            width, height = image.size[::-1] if turned else image.size
            if max(image.size) >= 2 * WORKING_SIDE_PX:
                image.draft("RGB", _reduced(image.size))  # JPEG decodes at a half, quarter or eighth; others ignore it
            image.load()
            image = ImageOps.exif_transpose(image)
    # Pillow's decoders report broken files with any of these
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, RuntimeError) as error:
        raise Unreadable(_first_line(error)) from error
    pixels = _rgb(image)
    factor = max(image.size) // WORKING_SIDE_PX
    if factor >= 2:
        pixels = np.asarray(Image.fromarray(pixels).reduce(factor))
    return Frame(np.ascontiguousarray(pixels), width, height, sha256, name)


def latest_day(now: datetime | None = None) -> str:
    """The day, ISO, that it is already somewhere on earth, 14 hours ahead of UTC: no photo was taken after it."""
    return ((now or datetime.now(UTC)) + timedelta(hours=14)).date().isoformat()


def date_taken(data: bytes) -> str:
    """The day a photo was taken by its EXIF, ISO; empty where it does not say, or says nonsense or the future."""
    if not data:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif = _open(data).getexif()
            text = str(exif.get_ifd(0x8769).get(0x9003) or exif.get(0x0132) or "")
        day = date.fromisoformat(text[:10].replace(":", "-")).isoformat()
        return day if day <= latest_day() else ""
    except (UnsuitablePhoto, OSError, SyntaxError, ValueError, EOFError, RuntimeError, TypeError):
        return ""


def _open(data: bytes) -> Image.Image:
    if not data:
        raise NotAnImage("the file is empty")
    _register_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its size and of damaged EXIF: both are dealt with
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:  # Pillow's own, higher limit; its message names the pixels
        pixels = int(re.findall(r"\d+", str(error))[0])
        raise TooManyPixels(ceil(pixels / 1e6), MAX_PIXELS / 1e6) from None
    except UnidentifiedImageError:
        raise NotAnImage(Message("it begins with {bytes}", bytes=repr(data[:8]))) from None
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise Unreadable(_first_line(error)) from error


def _register_heif() -> None:
    if "HEIF" not in Image.OPEN:
        import pi_heif

        pi_heif.register_heif_opener()


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    """The size to ask the JPEG decoder for: the working side along the longer edge."""
    factor = WORKING_SIDE_PX / max(size)
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W, 3) uint8: 16-bit scaled to 8, transparency on white, palette and CMYK expanded."""
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image).astype(np.float64)
        grey = np.clip(deep / (257.0 if deep.max() > 255 else 1.0), 0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
