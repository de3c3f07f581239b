"""Words of the annotated picture, as a panel beside the photo."""

from __future__ import annotations

import io
from functools import cache
from importlib import resources

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from posture.body.frame import Pixels
from posture.render import theme
from posture.render.theme import Colour, rgb
from posture.text.language import Language
from posture.text.presentation import Presentation

#: Width of the panel, px.
PANEL = 560
_INK, _GREY, _PAPER = (rgb(colour) for colour in (theme.INK, theme.SOFT, theme.PAPER))
_BACK, _TRUNK, _LEG, _PLUMB = (rgb(colour) for colour in (theme.BACK, theme.TRUNK, theme.LEG, theme.PLUMB))
_SHOWN: tuple[tuple[str, Colour], ...] = (
    ("hip_angle", _TRUNK),
    ("trunk_incl", _PLUMB),
    ("knee_flexion", _LEG),
    ("pelvic_displacement", _PLUMB),
    ("head_forward", _PLUMB),
    ("contour_lordosis", _BACK),
    ("lumbar_depth", _BACK),
)


def panel(shown: Presentation, language: Language, tall: int) -> Pixels:
    """The headline, the tilt, each drawn angle with its interval in its colour; (``tall``, PANEL, 3) RGB uint8."""
    picture = Image.new("RGB", (PANEL, tall), _PAPER)
    pen = ImageDraw.Draw(picture)
    large, normal, small = fonts()
    tr = language.text

    def paragraph(y: float, text: str, font: ImageFont.FreeTypeFont, ink: Colour) -> float:
        for line in _lines(text, font, PANEL - 72):
            pen.text((36, y), line, ink, font)
            y += font.size * 1.3
        return y

    def row(y: float, colour: Colour, name: str, value: str, place: str) -> float:
        pen.ellipse((36, y + 6, 50, y + 20), colour)
        pen.text((62, y), name, _INK, normal)
        pen.text((62, y + 28), value, _INK, normal)
        if place:
            pen.text((62, y + 56), place, _GREY, small)
        return y + (92 if place else 70)

    y = 40.0
    if shown.alert is not None:
        paragraph(y, shown.alert, large, _INK)
        return np.asarray(picture)
    y = paragraph(y, shown.headline, large, _INK) + 14
    for message, retake in shown.reasons:
        y = paragraph(y, f"{message}.", normal, _INK)
        y = paragraph(y, f"{tr('Next time')}: {retake}.", small, _GREY) + 12
    if shown.tilt is not None:
        tilt, zone = shown.tilt, None if shown.scale is None else shown.scale.zone
        y = row(
            y,
            rgb(theme.SOFT if zone is None else theme.ZONES[zone]),
            tilt.name,
            f"{tilt.value}   ({tilt.interval})",
            tilt.place,
        )
    for words in shown.chances[:1]:
        y = paragraph(y, words, small, _GREY) + 14
    numbers = {one.measure: one for one in shown.numbers}
    for name, colour in _SHOWN:
        if name in numbers:
            one = numbers[name]
            place = one.place if one.norm else ""
            y = row(y, colour, one.name, f"{one.value}   ({one.interval})", place)
    for message, _ in shown.issues[:4]:
        y = paragraph(y, f"! {message}", small, _GREY)
    for message, _ in shown.notes:
        y = paragraph(y, f"{tr('Note')}: {message}", small, _GREY)
    footer = (
        "Bands and brackets: 95 % intervals. Dashed pink: plumb line through the ankle. The numbers have the model's "
        "known offsets taken off; norms are provisional."
    )
    paragraph(tall - 100, tr(footer), small, _GREY)
    return np.asarray(picture)


def _lines(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """The text in lines that are at most ``width`` pixels long; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def fonts() -> tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]:
    """Large, normal and small of DejaVu Sans, which has every letter and sign of both languages."""
    file = resources.files("posture") / "data" / "fonts" / "DejaVuSans.ttf"
    large, normal, small = (ImageFont.truetype(io.BytesIO(file.read_bytes()), size) for size in (24, 18, 14))
    return large, normal, small
