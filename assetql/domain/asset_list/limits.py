"""What an asset list may hold, what is assumed where it is silent, and how a line is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024
_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLimits:
    """Bounds of one list. Sides in pixels, cells and names in characters, `max_rows` data rows."""

    max_bytes: int = 20 * MIB
    max_rows: int = 10_000
    max_blank: int = 2**20  # the rows of a sheet, all of which a spreadsheet may write
    max_cell: int = 2_000
    max_name: int = 200
    min_side: int = 16
    max_side: int = 2_048
    max_pixels: int = 2_048 * 2_048
    max_variations: int = 64

    @property
    def max_record(self) -> int:
        """Characters that one row may span, line breaks in quotes included."""
        return max(16_384, 4 * self.max_cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDefaults:
    """What a row gets where its cell is empty or the list has no such column."""

    width: int = 512
    height: int = 512
    variations: int = 1
    category: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused row. `line` is physical (the header is line 1); `column` as the file names it."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str

    def as_json(self) -> dict[str, int | str]:
        """The fields by name."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "reason": self.reason,
            "remedy": self.remedy,
        }


def shown(value: str) -> str:
    """A cell as a message may carry it: short, in one line, without invisible characters."""
    text = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    return repr(character)[1:-1]
