"""The look that pictures, reports, plots and pages share: calm paper, one accent, lines that nobody confuses.

The drawn lines have colours that people with any kind of colour vision tell apart: four of Okabe and Ito (2008, "Color
Universal Design") and wine from Tol (2021, "Colour schemes", muted); on photos each has a white rim.
"""

from __future__ import annotations

Colour = tuple[int, int, int]

INK, SOFT, LINE, PAPER, WASH = "#1c2430", "#56616e", "#dfe4e8", "#ffffff", "#f4f7f6"
DARK_INK, DARK_PAPER, DARK_WASH, DARK_ACCENT = "#e8edf0", "#12181c", "#1c252b", "#4cc79a"
DARK_SOFT, DARK_LINE = "#a9b5be", "#33404a"
ACCENT, AMBER, STOP = "#0b6e4b", "#9a5b00", "#b3261e"
#: The zones of the tilt's scale: less, usual, more, clearly more.
ZONES = ("#0072b2", ACCENT, "#c77700", "#a33b00")
BACK, TRUNK, LEG, PLUMB, MARK = "#009e73", "#d55e00", "#0072b2", "#cc79a7", "#882255"


def rgb(colour: str) -> Colour:
    """A colour as numbers 0..255: "#0b6e4b" gives (11, 110, 75)."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def zone_colour(zone: int | None) -> str:
    """Colour of a zone of the tilt's scale, grey for a reading too unsure to lie in any."""
    return SOFT if zone is None else ZONES[zone]
