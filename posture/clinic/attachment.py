"""A visit file as it is attached to a client's visit, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import Literal

import numpy as np
from PIL import Image

from posture.clinic.days import visit_day
from posture.clinic.merge import SaveOutcome
from posture.export.visit_file import Visit, read_visit

#: What Pillow tells of a JPEG that holds nothing beside its pixels.
PLAIN = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression"}
#: What became of a picture: a file without one leaves the picture that is kept, if any ("none").
PictureOutcome = Literal["added", "replaced", "known", "none"]

#: What became of a report and of a picture, in words.
REPORT = {
    "added": "report added",
    "renewed": "report measured again by a newer version",
    "known": "report known already",
    "older": "its report is left out, as a newer one is kept",
}
PICTURE = {
    "added": "its picture is kept",
    "replaced": "its picture takes the place of the one before",
    "known": "a picture of it is kept already",
    "none": "no picture in the file",
}


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A visit file as it is to be attached, its day the visit's; ``sha256`` of its bytes."""

    visit: Visit
    sha256: str


@dataclass(frozen=True, slots=True)
class Attached:
    """Outcome of attaching a visit file: its day, its photo (`photo_key`), its report and its picture."""

    date: str
    photo: str
    report: SaveOutcome
    picture: PictureOutcome


def read_attachment(data: bytes, day: str = "") -> Attachment:
    """The visit in a file, of its own day or of another ``day`` (ISO).

    Raises UsageError in one sentence for a file that is damaged, and for a day that cannot be.
    """
    visit = read_visit(data)
    picture = None if visit.picture is None else replace(visit.picture, jpeg=_pixels_alone(visit.picture.jpeg))
    return Attachment(replace(visit, date=visit_day(day or visit.date), picture=picture), sha256(data).hexdigest())


def _pixels_alone(jpeg: bytes) -> bytes:
    """A picture without what else its file may hold, as place and camera: posture writes none, others may."""
    with Image.open(BytesIO(jpeg)) as image:
        if set(image.info) <= PLAIN:
            return jpeg
        written = BytesIO()
        Image.fromarray(np.asarray(image.convert("RGB"))).save(written, "JPEG", quality=92)
        return written.getvalue()
