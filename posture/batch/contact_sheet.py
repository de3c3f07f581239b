"""Contact sheets: every annotated photo of a batch small, with its number, client, day and what was found."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from posture.batch.photo_row import PhotoRow
from posture.render import theme
from posture.render.panel import PANEL, fonts

#: Thumbnails across and down one contact sheet, and the size of each with its caption, px.
ACROSS, DOWN, CELL = 8, 5, (180, 280)
#: Height of the caption, px: number and client, day, finding on two lines.
CAPTION = 66


class ContactSheets:
    """Sheets of forty photos, written as they fill."""

    def __init__(self, out: Path) -> None:
        self.out, self.made, self.at = out, 0, 0
        self.image: Image.Image | None = None
        self.font = fonts()[2].font_variant(size=11)

    def add(self, photo: PhotoRow) -> None:
        """Put one photo on the sheet; one without a picture keeps its place and its words."""
        if self.image is None:
            self.image = Image.new("RGB", (ACROSS * CELL[0], DOWN * CELL[1]), theme.WASH)
        x, y = self.at % ACROSS * CELL[0], self.at // ACROSS * CELL[1]
        small = thumbnail(self.out, photo, (CELL[0] - 12, CELL[1] - CAPTION - 12))
        if small is not None:
            self.image.paste(small, (x + (CELL[0] - small.width) // 2, y + 6))
        pen, font = ImageDraw.Draw(self.image), self.font
        ink = theme.INK if photo.place is None else theme.AMBER
        head = " ".join(part for part in (f"{photo.number:06d}", photo.client) if part)
        for k, text in enumerate((head, photo.day, *_two_lines(photo.verdict, font))):
            pen.text(
                (x + 8, y + CELL[1] - CAPTION + 14 * k), _cut(text, font), fill=ink if k == 0 else theme.SOFT, font=font
            )
        self.at += 1
        if self.at == ACROSS * DOWN:
            self._save()

    def close(self) -> list[str]:
        """Names of all sheets; those of an earlier, longer run are removed."""
        if self.at:
            self._save()
        names = [f"contact_sheet_{k:04d}.jpg" for k in range(1, self.made + 1)]
        for old in self.out.glob("contact_sheet_*.jpg"):
            if old.name not in names:
                old.unlink()
        return names

    def _save(self) -> None:
        assert self.image is not None
        self.made += 1
        rows = -(-self.at // ACROSS)
        part = self.out / ".contact_sheet"
        self.image.crop((0, 0, self.image.width, rows * CELL[1])).save(part, "JPEG", quality=85)
        part.replace(self.out / f"contact_sheet_{self.made:04d}.jpg")
        self.image, self.at = None, 0


def thumbnail(out: Path, photo: PhotoRow, size: tuple[int, int]) -> Image.Image | None:
    """The annotated photo without its panel of words, at most (width, height) px; None where there is no picture.

    Its faces are blurred, as they are in the picture it is made from.
    """
    if photo.picture is None:
        return None
    with Image.open(out / photo.picture) as picture:
        wide = picture.width
        picture.draft("RGB", size)
        small = picture.crop((0, 0, round(picture.width * (1 - PANEL / wide)), picture.height))
    small.thumbnail(size)
    return small


def _two_lines(text: str, font: ImageFont.FreeTypeFont) -> tuple[str, str]:
    first, rest = "", text.split()
    while rest and font.getlength(f"{first} {rest[0]}".strip()) <= CELL[0] - 16:
        first = f"{first} {rest.pop(0)}".strip()
    return first, " ".join(rest)


def _cut(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text, shortened with an ellipsis where it is wider than its cell."""
    if font.getlength(text) <= CELL[0] - 16:
        return text
    while text and font.getlength(text + "…") > CELL[0] - 16:
        text = text[:-1]
    return text + "…"
