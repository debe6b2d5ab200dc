"""A record to a row: what each cell may hold, and what to say where it doesn't."""

import re
from collections.abc import Callable
from operator import itemgetter

from assetql.domain.asset_list.columns import Columns
from assetql.domain.asset_list.limits import ListLimits, Refusal, RowDefaults, shown
from assetql.domain.asset_list.numbers import NumberCells, Numbers, Problem
from assetql.domain.asset_list.records import UNUSUAL, Fault
from assetql.domain.batch import Row

# A frozen dataclass sets its fields by name, which took a third of all reading. The setters of
# its slots do the same at a third of the cost.
_set_name = vars(Row)["name"].__set__
_set_description = vars(Row)["description"].__set__
_set_category = vars(Row)["category"].__set__
_set_width = vars(Row)["width"].__set__
_set_height = vars(Row)["height"].__set__
_set_variations = vars(Row)["variations"].__set__
_set_line = vars(Row)["line"].__set__


def _row(
    name: str,
    description: str,
    category: str,
    width: int,
    height: int,
    variations: int,
    line: int,
) -> Row:
    row = object.__new__(Row)
    _set_name(row, name)
    _set_description(row, description)
    _set_category(row, category)
    _set_width(row, width)
    _set_height(row, height)
    _set_variations(row, variations)
    _set_line(row, line)
    return row


_LOST = re.compile("[\ufffd\ud800-\udfff]")


class RowRules:
    """Judges the records of one list, in order: it remembers what it accepted."""

    def __init__(self, columns: Columns, limits: ListLimits, defaults: RowDefaults) -> None:
        self._columns = columns
        self._limits = limits
        self._defaults = defaults
        self._numbers = Numbers(limits, defaults)
        self._lines: dict[int, int] = {}  # hash of an accepted row → its line
        self._width = absent = len(columns.sources)
        at = columns.index
        self._name = at["name"]
        self._description = at.get("description", absent)
        self._category = at.get("category", absent)
        self._number_cells: Callable[[list[str]], NumberCells] = itemgetter(
            at.get("size", absent),
            at.get("width", absent),
            at.get("height", absent),
            at.get("variations", absent),
        )

    def is_row(self, cells: list[str]) -> bool:
        """Whether these cells would be a row, as far as name and numbers tell."""
        cells = [*cells, ""]
        numbers = self._number_cells(cells)
        return (
            any(number.strip() for number in numbers)
            and bool(cells[self._name].strip())
            and not isinstance(self._numbers.read(numbers), Problem)
        )

    def judge(self, line: int, cells: list[str] | Fault, suspect: bool) -> Row | Refusal | None:
        """The row of one record, or why there is none; None for a blank one."""
        if isinstance(cells, Fault):
            source = self._columns.source(cells.cell)
            return Refusal(line, source, shown(cells.value), cells.reason, cells.remedy)
        if suspect or len(cells) != self._width:
            refusal = self._brought_into_shape(line, cells)
            if refusal is not _SHAPED:
                return refusal
        cells.append("")  # what a field without a column reads
        name = " ".join(cells[self._name].split())
        if not name or len(name) > self._limits.max_name:
            return self._bad_name(line, cells)
        numbers = self._numbers.read(self._number_cells(cells))
        if isinstance(numbers, Problem):
            source = self._columns.source(self._columns.index[numbers.field])
            return Refusal(line, source, shown(numbers.value), numbers.reason, numbers.remedy)
        category = " ".join(cells[self._category].split()) or self._defaults.category
        if len(category) > self._limits.max_name:
            return self._too_long(line, self._category, category, self._limits.max_name)
        description = cells[self._description].strip() or name
        return self._accept(line, name, description, category, *numbers)

    def _accept(
        self,
        line: int,
        name: str,
        description: str,
        category: str,
        width: int,
        height: int,
        variations: int,
    ) -> Row | Refusal:
        """The row, unless it is the same as an earlier one but for its variations."""
        key = hash((name, description, category, width, height))
        earlier = self._lines.setdefault(key, line)
        if earlier != line:
            return Refusal(
                line,
                self._columns.source(self._name),
                shown(name),
                f"the same as line {earlier}",
                "Delete this line, or ask for more variations on the first.",
            )
        return _row(name, description, category, width, height, variations, line)

    def _brought_into_shape(self, line: int, cells: list[str]) -> Refusal | None:
        """Cut off spare empty cells and clean the others in place; `_SHAPED` if that will do."""
        if not any(cell.strip() for cell in cells):
            return None
        width = self._width
        if len(cells) < width:
            return Refusal(
                line,
                self._columns.source(len(cells)),
                shown(", ".join(cells)),
                f"{len(cells)} of {width} columns",
                f"Give {width} cells as the header does; leave a cell empty for its default.",
            )
        if spare := [cell for cell in cells[width:] if cell.strip()]:
            return Refusal(
                line,
                self._columns.source(width),
                shown(", ".join(spare)),
                f"{len(cells)} columns where the header has {width}",
                "Put cells that hold the delimiter in double quotes, or delete what is too much.",
            )
        del cells[width:]
        return self._cleaned(line, cells)

    def _cleaned(self, line: int, cells: list[str]) -> Refusal:
        """Take invisible characters out in place; refuse what is damaged or too long."""
        for position, cell in enumerate(cells):
            if len(cell) > self._limits.max_cell:
                return self._too_long(line, position, cell, self._limits.max_cell)
            if not UNUSUAL.search(cell):
                continue
            if "\0" in cell:
                reason, remedy = "a NUL character", "Delete it and save the file as text again."
            elif _LOST.search(cell):
                reason, remedy = "bytes that are no text", "Type the cell again; save as UTF-8."
            else:
                cells[position] = UNUSUAL.sub("", cell)
                continue
            return Refusal(line, self._columns.source(position), shown(cell), reason, remedy)
        return _SHAPED

    def _too_long(self, line: int, position: int, value: str, most: int) -> Refusal:
        reason = f"{len(value):,} characters; at most {most:,}"
        source = self._columns.source(position)
        return Refusal(line, source, shown(value), reason, "Shorten the cell.")

    def _bad_name(self, line: int, cells: list[str]) -> Refusal | None:
        if not any(cell.strip() for cell in cells):
            return None
        name = cells[self._name].strip()
        if name:
            return self._too_long(line, self._name, name, self._limits.max_name)
        source = self._columns.source(self._name)
        return Refusal(line, source, "", "no name", "Give the asset a name.")


_SHAPED = Refusal(0, "", "", "", "")  # answers that the cells were brought into shape
