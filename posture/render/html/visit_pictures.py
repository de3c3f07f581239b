"""The pictures of two visits for a page: at one scale, level, with grid and plumb line, and what the tilt did."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2

from posture.followup.change import Change
from posture.followup.pictured import PicturePair
from posture.followup.visit_picture import VisitPicture
from posture.render.before_after import alone
from posture.render.html.visit_changes import JUDGED, judgment, signed
from posture.render.overlay import jpeg
from posture.text.labels import TILT, number
from posture.text.language import Language

#: Width of each picture in a page, px; on paper it is printed 40 mm wide.
WIDE_PX = 480
JPEG_QUALITY = 82


@dataclass(frozen=True, slots=True)
class PicturesShown:
    """Two pictures as data URIs, each with its day, the verdict between them, and what stands under them."""

    pictures: tuple[tuple[str, str], ...]
    verdict: str
    words: str


def pictures_shown(pair: PicturePair, language: Language) -> PicturesShown:
    """The pictures of two visits, as the page Before and after shows them."""
    days = pair.before, pair.after
    uris = [_uri(pair.pictures[k]) for k in range(2)]
    return PicturesShown(
        tuple(zip(days, uris, strict=True)), tilt_words(pair.tilt, language), scale_words(pair, language)
    )


def tilt_words(tilt: Change, language: Language) -> str:
    """The change of the tilt and how it is judged: "Forward tilt of the pelvis: within error, +2° (…)"."""
    verdict = language.text(JUDGED[judgment(tilt)])
    if tilt.diff is None or tilt.mdc95 is None:
        return f"{language.text(TILT)}: {verdict} ({language.text(tilt.because)})"
    return language.text("{name}: {verdict}, {diff} (smallest real change {least})").format(
        name=language.text(TILT),
        verdict=verdict,
        diff=signed(tilt.diff, tilt.unit),
        least=number(tilt.mdc95, tilt.unit),
    )


def scale_words(pair: PicturePair, language: Language) -> str:
    """Whose days the pictures are of, and what the lines in them mean."""
    both = language.text("The photos of {before} and {after}").format(
        before=language.text(pair.before), after=language.text(pair.after)
    )
    return f"{both}. {language.text('Both bodies have one height. Dashed pink: plumb line through the ankle.')}"


def _uri(picture: VisitPicture) -> str:
    panel = alone(picture)
    tall = round(panel.shape[0] * WIDE_PX / panel.shape[1])
    small = cv2.resize(panel, (WIDE_PX, tall), interpolation=cv2.INTER_AREA)
    return "data:image/jpeg;base64," + base64.b64encode(jpeg(small, JPEG_QUALITY)).decode()
