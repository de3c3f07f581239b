"""What the annotated picture says in words, as a panel to stand beside the photo."""

from __future__ import annotations

from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from posture.body.frame import Pixels
from posture.errors import SetupError
from posture.measures.measurement import Measurement
from posture.render import theme
from posture.render.theme import Colour, rgb
from posture.report.report import Report
from posture.text.labels import NAMES, number, sentence
from posture.text.language import Language

#: Width of the panel, px.
PANEL = 560
_INK, _GREY, _PAPER = (rgb(colour) for colour in (theme.INK, theme.SOFT, theme.PAPER))
_BACK, _TRUNK, _LEG, _PLUMB, _MARK = (
    rgb(colour) for colour in (theme.BACK, theme.TRUNK, theme.LEG, theme.PLUMB, theme.MARK)
)
_SHOWN: tuple[tuple[str, Colour], ...] = (
    ("hip_angle", _TRUNK),
    ("trunk_incl", _PLUMB),
    ("knee_flexion", _LEG),
    ("pelvic_displacement", _PLUMB),
    ("head_forward", _PLUMB),
    ("contour_lordosis", _BACK),
    ("lumbar_depth", _BACK),
    ("asis_psis_tilt", _MARK),
)


def panel(report: Report, speech: Language, tall: int) -> Pixels:
    """The headline, then each drawn angle with its interval in its colour; (``tall``, PANEL, 3) RGB uint8."""
    picture = Image.new("RGB", (PANEL, tall), _PAPER)
    pen = ImageDraw.Draw(picture)
    large, normal, small = fonts()
    say = speech.text

    def paragraph(y: float, text: str, font: ImageFont.FreeTypeFont, ink: Colour) -> float:
        for line in _lines(text, font, PANEL - 72):
            pen.text((36, y), line, ink, font)
            y += font.size * 1.3
        return y

    y = 40.0
    if report.emergency and report.plan is not None:
        paragraph(y, say(report.plan.message), large, _INK)
        return np.asarray(picture)
    if report.status == "refused":
        y = paragraph(y, say("Not measured"), large, _INK) + 12
        for reason in report.reasons:
            y = paragraph(y, f"{sentence(say(reason.message))}.", normal, _INK)
            y = paragraph(y, f"{say('Next time')}: {say(reason.retake)}.", small, _GREY) + 12
    elif report.finding is not None:
        y = paragraph(y, say(report.finding.headline), large, _INK) + 16
    for name, colour in _SHOWN:
        measured = report.measurements.get(name)
        if not isinstance(measured, Measurement):
            continue
        pen.ellipse((36, y + 6, 50, y + 20), colour)
        pen.text((62, y), say(NAMES[name]), _INK, normal)
        y += 28
        quantity = measured.quantity
        low, high = number(quantity.low95, ""), number(quantity.high95, quantity.unit)
        interval = say("{low} to {high}").format(low=low, high=high)
        pen.text((62, y), f"{number(quantity.value, quantity.unit)}   ({interval})", _INK, normal)
        if measured.comparison is not None:
            place = say("higher than {n} of 100 people").format(n=measured.comparison.of_100)
            pen.text((62, y + 28), place, _GREY, small)
            y += 22
        y += 42
    for remark in report.warnings[:4]:
        y = paragraph(y, f"! {say(remark.message)}", small, _GREY)
    for note in report.notes:
        y = paragraph(y, f"{say('Note')}: {say(note.message)}", small, _GREY)
    footer = (
        "Bands and brackets: 95 % intervals. Dashed pink: plumb line through the ankle. The numbers have the model's "
        "known offsets taken off; norms are provisional."
    )
    paragraph(tall - 100, say(footer), small, _GREY)
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
    """Large, normal and small of the font that comes with Matplotlib, found without importing it."""
    package = PathFinder.find_spec("matplotlib")  # whatever stands for it in sys.modules while MediaPipe is imported
    if package is None or not package.submodule_search_locations:
        raise SetupError("Matplotlib is missing, whose font writes on pictures: install posture again")
    file = Path(package.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    large, normal, small = (ImageFont.truetype(file, size) for size in (24, 18, 14))
    return large, normal, small
