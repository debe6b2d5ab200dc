"""Sizes and counts as people write them. Each different combination is parsed once."""

import re
from dataclasses import dataclass

from assetql.domain.asset_list.limits import ListLimits, RowDefaults

_INTEGER = re.compile(r"\s*([+-]?\d{1,12})(?:\.0*)?\s*(?:px)?\s*", re.IGNORECASE)
_BOX = re.compile(r"\s*(\d{1,12})\s*(?:px)?\s*[x×*]\s*(\d{1,12})\s*(?:px)?\s*", re.IGNORECASE)
_COUNT = re.compile(r"\s*[x×]?\s*([+-]?\d{1,12})(?:\.0*)?\s*[x×]?\s*", re.IGNORECASE)
_REMEMBERED = 4_096

# The cells of size, width, height and variations; "" where there is no such column.
NumberCells = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the value of one field can't be used."""

    field: str
    value: str
    reason: str
    remedy: str


class Numbers:
    """Reads the number cells of one list."""

    def __init__(self, limits: ListLimits, defaults: RowDefaults) -> None:
        self._limits = limits
        self._defaults = defaults
        self._read: dict[NumberCells, tuple[int, int, int] | Problem] = {}

    def read(self, cells: NumberCells) -> tuple[int, int, int] | Problem:
        """Width and height in pixels, and variations."""
        found = self._read.get(cells)
        if found is None:
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            found = self._read[cells] = self._parse(*cells)
        return found

    def _parse(
        self, size: str, width: str, height: str, variations: str
    ) -> tuple[int, int, int] | Problem:
        sides = self._box(size) if size.strip() else self._two(width, height)
        if isinstance(sides, Problem):
            return sides
        count = self._parse_variations(variations)
        return count if isinstance(count, Problem) else (*sides, count)

    def _parse_variations(self, cell: str) -> int | Problem:
        most = self._limits.max_variations
        if not cell.strip():
            return self._defaults.variations
        match = _COUNT.fullmatch(cell)
        if not match:
            return Problem("variations", cell, "not a whole number", f"Write one of 1 to {most}.")
        count = int(match[1])
        if 1 <= count <= most:
            return count
        reason = "no variation is asked for" if count < 1 else f"more than {most} variations"
        return Problem("variations", cell, reason, f"Ask for 1 to {most}.")

    def _two(self, width: str, height: str) -> tuple[int, int] | Problem:
        across = self._side("width", width, self._defaults.width)
        if isinstance(across, Problem):
            return across
        down = self._side("height", height, self._defaults.height)
        if isinstance(down, Problem):
            return down
        return self._bounded("width", width, across, down)

    def _side(self, field: str, cell: str, default: int) -> int | Problem:
        if not cell.strip():
            return default
        match = _INTEGER.fullmatch(cell)
        if not match:
            return Problem(field, cell, "not a whole number", self._write_pixels)
        return self._checked(field, cell, int(match[1]))

    def _box(self, size: str) -> tuple[int, int] | Problem:
        if match := _BOX.fullmatch(size):
            across, down = int(match[1]), int(match[2])
        elif match := _INTEGER.fullmatch(size):
            across = down = int(match[1])
        else:
            return Problem("size", size, "not a size", "Write it as 256x256, or 256 for a square.")
        for side in (across, down):
            if isinstance(problem := self._checked("size", size, side), Problem):
                return problem
        return self._bounded("size", size, across, down)

    def _checked(self, field: str, cell: str, side: int) -> int | Problem:
        limits = self._limits
        if limits.min_side <= side <= limits.max_side:
            return side
        bound = f"at most {limits.max_side:,}" if side > 0 else "at least 1"
        if 0 < side < limits.min_side:
            bound = f"at least {limits.min_side}"
        return Problem(field, cell, f"{side:,} pixels; {bound}", self._write_pixels)

    def _bounded(self, field: str, cell: str, across: int, down: int) -> tuple[int, int] | Problem:
        most = self._limits.max_pixels
        if across * down <= most:
            return across, down
        reason = f"{across:,} × {down:,} pixels; at most {most:,} in all"
        return Problem(field, cell, reason, "Ask for a smaller image.")

    @property
    def _write_pixels(self) -> str:
        return f"Write pixels from {self._limits.min_side} to {self._limits.max_side}, like 512."
