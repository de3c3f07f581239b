"""Photo files to frames: JPEG, PNG, WebP, HEIC, whatever the file's name says."""

from __future__ import annotations

import hashlib
import io
import os
import re
import warnings
from datetime import date
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from posture.errors import MissingFile, NotAnImage, TooManyPixels, Unreadable, UnsuitablePhoto
from posture.frame import Frame

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_PIXELS = 100_000_000
#: A photo whose longer side is at least twice this is decoded or reduced to a smaller size (the pose model looks at
#: 256 px, the edge search gains nothing beyond this).
WORKING_SIDE_PX = 1600


def read_photo(path: Path | str) -> Frame:
    """Read one photo upright.

    EXIF orientation is applied, transparency is laid on white, grey and 16-bit pictures become 8-bit RGB.

    Raises
    ------
    MissingFile, NotAnImage, Unreadable, TooManyPixels : each an UnsuitablePhoto with what to do. The number of pixels
    is checked from the header, before memory is spent.
    """
    try:
        data = Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFile from None
    except IsADirectoryError:
        raise NotAnImage("this is a folder") from None
    except (OSError, ValueError) as error:
        raise Unreadable(getattr(error, "strerror", None) or str(error)) from error
    return read_photo_bytes(data, shown(path))


def shown(path: Path | str) -> str:
    r"""A path as it can be written anywhere: bytes that are no UTF-8 as they are told, a name of fc as "\xfc"."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def printable(text: str) -> str:
    """A text for a terminal: what would steer it stands as a question mark in a diamond."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def read_photo_bytes(data: bytes, name: str) -> Frame:
    """`read_photo` for bytes already in memory, an upload; ``name`` goes into the report only."""
    image = _open(data)
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
    return Frame(np.ascontiguousarray(pixels), width, height, hashlib.sha256(data).hexdigest(), name)


def date_taken(data: bytes) -> str:
    """The day a photo was taken by its EXIF, ISO; empty where it does not say or says nonsense."""
    if not data:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif = _open(data).getexif()
            text = str(exif.get_ifd(0x8769).get(0x9003) or exif.get(0x0132) or "")
        return date.fromisoformat(text[:10].replace(":", "-")).isoformat()
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
        raise NotAnImage(f"it begins with {data[:8]!r}") from None
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
