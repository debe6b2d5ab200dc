"""The contact sheet: every asset on a card with its name, as many pages as needed."""

import io
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from assetql.domain.asset import Asset
from assetql.pipeline.packaging.shelf import PackageFile
from assetql.pipeline.thumbnail import shrink

SHEET_LEVEL = 3  # of compression: higher ones take twice as long for a tenth less
_COLUMNS, _ROWS = 8, 10
PICTURE = 112  # pixels that a picture may be wide and high
_PAD = 12
_CARD = (PICTURE + 2 * _PAD, PICTURE + 2 * _PAD + 34)
_GAP = 12
_MARGIN = 28
_HEADER = 58
_BACKGROUND = (23, 25, 30)
_SURFACE = (34, 37, 44)
_TILES = ((44, 48, 56), (50, 54, 63))
_TILE = 8
_DRAWN = frozenset("©«°±´·»‘’“”…‹›")  # beside ASCII all that the font has
_TEXT = (222, 225, 231)
_FAINT = (139, 146, 158)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class ContactSheet:
    """Collects cards, and gives a page whenever one is full."""

    def __init__(self, title: str, count: int) -> None:
        self._title = title
        self._count = count
        self._pages = ceil(count / (_COLUMNS * _ROWS))
        self._page = 0
        self._on_page = 0
        self._left = count
        self._fonts = [ImageFont.load_default(size) for size in (22, 13, 11)]
        self._card = _empty_card()
        # One for all pages: the first is the largest, and a new one each would scatter memory.
        self._columns, self._size = _layout(self._left)
        self._sheet = Image.new("RGB", self._size)
        self._begin()

    def add(self, asset: Asset, picture: Image.Image) -> Iterator[PackageFile]:
        """Put an asset on the sheet; its page, when that fills it."""
        row, column = divmod(self._on_page, self._columns)
        x = _MARGIN + column * (_CARD[0] + _GAP)
        y = _MARGIN + _HEADER + row * (_CARD[1] + _GAP)
        self._sheet.paste(self._card, (x, y))
        left = x + _PAD + (PICTURE - picture.width) // 2
        top = y + _PAD + (PICTURE - picture.height) // 2
        self._sheet.paste(picture, (left, top), picture)
        self._label(asset, x, y + _PAD + PICTURE)
        self._on_page += 1
        if self._on_page == _COLUMNS * _ROWS:
            yield self._give()

    def finish(self) -> Iterator[PackageFile]:
        """The last page, if one is begun."""
        if self._on_page:
            yield self._give()

    def _give(self) -> PackageFile:
        out = io.BytesIO()
        whole = self._size == self._sheet.size
        page = self._sheet if whole else self._sheet.crop((0, 0, *self._size))
        page.save(out, "png", compress_level=SHEET_LEVEL)
        self._page += 1
        name = "contact-sheet.png" if self._page == 1 else f"contact-sheet-{self._page}.png"
        self._left -= self._on_page
        self._on_page = 0
        if self._left:
            self._begin()
        else:
            self._sheet = Image.new("RGB", (1, 1))  # its pixels are not there beside the atlas's
        return PackageFile(name, out.getvalue())

    def _begin(self) -> None:
        self._columns, self._size = _layout(self._left)
        self._sheet.paste(_BACKGROUND, (0, 0, *self._size))
        draw = ImageDraw.Draw(self._sheet)
        room = self._size[0] - 2 * _MARGIN
        draw.text(
            (_MARGIN, _MARGIN - 6),
            _fit(_readable(self._title, "Assets"), self._fonts[0], room),
            _TEXT,
            self._fonts[0],
        )
        pages = f"  ·  page {self._page + 1} of {self._pages}" if self._pages > 1 else ""
        count = f"{self._count} asset{'' if self._count == 1 else 's'}{pages}"
        draw.text((_MARGIN, _MARGIN + 24), count, _FAINT, self._fonts[1])

    def _label(self, asset: Asset, x: int, y: int) -> None:
        name = _line(_readable(asset.name, asset.asset_id), self._fonts[1])
        self._sheet.paste(_TEXT, (x, y), name)
        category = _line(_readable(asset.category, ""), self._fonts[2])
        self._sheet.paste(_FAINT, (x, y + 16), category)


def _layout(left: int) -> tuple[int, tuple[int, int]]:
    """Columns of the next page, and its size in pixels, when `left` assets are to be shown."""
    here = min(left, _COLUMNS * _ROWS)
    columns = min(_COLUMNS, max(3, here))
    rows = ceil(here / columns)
    width = 2 * _MARGIN + columns * (_CARD[0] + _GAP) - _GAP
    height = 2 * _MARGIN + _HEADER + rows * (_CARD[1] + _GAP) - _GAP
    return columns, (width, height)


@lru_cache(maxsize=64)  # categories return again and again
def _line(text: str, font: Font) -> Image.Image:
    """A mask of one line of text, as wide as a card."""
    mask = Image.new("L", (_CARD[0], 24))
    line = _fit(text, font, _CARD[0] - 12)
    ImageDraw.Draw(mask).text((_CARD[0] // 2, 18), line, 255, font, anchor="ms")
    return mask


def card_picture(image: Image.Image) -> Image.Image:
    """The picture for a card; small pixel art is enlarged by whole pixels."""
    longest = max(image.size)
    if longest * 2 <= PICTURE:
        factor = PICTURE // longest
        return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    if longest <= PICTURE:
        return image.copy()
    if longest < 2 * PICTURE:
        return shrink(image, PICTURE)
    # Of a large picture enough pixels are taken to average four for each; all cost twice the time.
    width, height = (max(1, round(side * PICTURE / longest)) for side in image.size)
    sampled = image.resize((2 * width, 2 * height), Image.Resampling.NEAREST)
    return sampled.convert("RGBa").reduce(2).convert("RGBA")


def _empty_card() -> Image.Image:
    card = Image.new("RGB", _CARD, _BACKGROUND)
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((0, 0, _CARD[0] - 1, _CARD[1] - 1), radius=10, fill=_SURFACE)
    for row in range(PICTURE // _TILE):
        for column in range(PICTURE // _TILE):
            x, y = _PAD + column * _TILE, _PAD + row * _TILE
            color = _TILES[(row + column) % 2]
            draw.rectangle((x, y, x + _TILE - 1, y + _TILE - 1), fill=color)
    return card


def _readable(text: str, fallback: str) -> str:
    """The text in letters that the built-in font has: no accents, and others are left out."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    kept = "".join(c for c in plain if c.isascii() or c in _DRAWN)
    return " ".join(kept.split()) or fallback


def _fit(text: str, font: Font, width: int) -> str:
    """The text on one line, cut with an ellipsis where it is too wide."""
    if font.getlength(text) <= width:
        return text
    line = text[: int(len(text) * width / font.getlength(text)) + 1]
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
