"""Which column of a list is which field: header names as people write them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from assetql.domain.asset_list.limits import shown
from assetql.domain.errors import InvalidInput

# Compared without case, spaces, punctuation and what stands in brackets.
HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "title", "asset", "item", "assetname", "itemname", "assettitle", "itemtitle",
        "icon", "iconname", "label",
    ),
    "description": (
        "description", "prompt", "details", "detail", "desc", "descr", "text", "brief",
        "assetdescription", "itemdescription", "imageprompt",
    ),
    "category": (
        "category", "type", "kind", "class", "group", "assettype", "itemtype", "assetcategory",
        "itemcategory",
    ),
    "size": (
        "size", "dimensions", "dimension", "resolution", "sizepx", "imagesize", "pixels",
        "pixelsize", "widthxheight", "wxh",
    ),
    "width": ("width", "w", "widthpx", "imagewidth", "pixelwidth"),
    "height": ("height", "h", "heightpx", "imageheight", "pixelheight"),
    "variations": (
        "variations", "variation", "count", "quantity", "qty", "amount", "variants", "number",
        "copies", "images", "howmany", "numberofvariations", "num", "pieces",
    ),
}  # fmt: skip
_FIELD_OF = {synonym: field for field, synonyms in HEADERS.items() for synonym in synonyms}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """`sources`: the header's cells, made unique; `index`: position by field."""

    sources: tuple[str, ...]
    index: dict[str, int]

    @property
    def mapping(self) -> dict[str, str | None]:
        """Source column → field; None: the column is ignored."""
        fields = {position: field for field, position in self.index.items()}
        return {source: fields.get(n) for n, source in enumerate(self.sources)}

    def source(self, position: int) -> str:
        """The column's name in the file, or its number where the header has none."""
        if position < len(self.sources):
            return self.sources[position]
        return f"column {position + 1}"


def field_of(header: str) -> str | None:
    """The field that a header cell names, if it is a known name."""
    text = _BRACKETS.sub("", normalize("NFKC", header).casefold())
    return _FIELD_OF.get(_PUNCTUATION.sub("", text))


def known_fields(header: Sequence[str]) -> int:
    """How many different fields a header line names."""
    return len({field for cell in header if (field := field_of(cell))})


def map_columns(header: Sequence[str], line: int) -> Columns:
    """Raises: InvalidInput where no column holds the name."""
    index: dict[str, int] = {}
    for position, cell in enumerate(header):
        field = field_of(cell)
        if field is None:
            continue
        taken = index.get(field)
        # Of `Title` and `Name`, the one with the field's own name is meant.
        if taken is None or (_is_exact(cell, field) and not _is_exact(header[taken], field)):
            index[field] = position
    if "name" not in index:
        raise _no_name(header, line)
    _settle_size(index)
    return Columns(_unique(header), index)


def _settle_size(index: dict[str, int]) -> None:
    """Size is read from one place: `width` and `height` together, or else `size`."""
    if "size" not in index:
        return
    if "width" in index and "height" in index:
        del index["size"]
    else:
        index.pop("width", None)
        index.pop("height", None)


def _is_exact(cell: str, field: str) -> bool:
    return cell.strip().casefold() == field


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    names: list[str] = []
    for position, cell in enumerate(header):
        name = shown(" ".join(cell.split())) or f"column {position + 1}"
        names.append(f"{name} (column {position + 1})" if name in names else name)
    return tuple(names)


def _no_name(header: Sequence[str], line: int) -> InvalidInput:
    found = ", ".join(repr(shown(cell.strip())) for cell in header[:12])
    return InvalidInput(
        f"Line {line} of the list has no column for the name; it holds {found}.",
        remedy="Make the first line a header with a column 'name' (or 'title', 'asset', 'item'). "
        "Other columns that are read: description, category, size or width and height, count.",
    )
