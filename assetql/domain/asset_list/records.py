"""Text to records: quoted line breaks are read, an unclosed quote costs its own line only.

`csv.reader` does the tokenising. Where it fails, or where it succeeded by swallowing lines that
are rows of their own, the first line is reported as a fault and reading goes on at the next one.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that is no record. `cell` is the position of the cell at fault."""

    cell: int
    value: str
    reason: str
    remedy: str


# The physical line, and its cells or why there are none.
Record = tuple[int, list[str] | Fault]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in order; `suspect`: their text needs a closer look."""

    records: Iterable[Record]
    suspect: bool


class Records:
    """The records of a list after its header.

    `is_row` judges the cells of one line: would it be accepted as a row by itself?
    """

    def __init__(
        self, *, delimiter: str, columns: int, max_cell: int, max_record: int,
        is_row: Callable[[list[str]], bool],
    ) -> None:  # fmt: skip
        self._delimiter = delimiter
        self._columns = columns
        self._max_cell = max_cell
        self._max_record = max_record
        self._is_row = is_row
        self._cell = _cell_pattern(delimiter)

    def read(self, batches: Iterator[list[str]], line: int) -> Iterator[Batch]:
        """The records of lines in `batches`, the first of them being number `line`."""
        rest: list[str] = []
        for lines in batches:
            rest += lines
            batch, done = self._batch(rest, line, final=False)
            yield batch
            line += done
            del rest[:done]
        yield self._batch(rest, line, final=True)[0]

    def _batch(self, lines: list[str], first: int, *, final: bool) -> tuple[Batch, int]:
        """What is whole in `lines`, and how many of them that took."""
        suspect = _is_suspect(lines, self._max_cell)
        if not suspect:
            try:
                rows = list(self._rows(lines))
            except csv.Error:
                rows = []
            if len(rows) == len(lines):
                return Batch(enumerate(rows, first), suspect), len(lines)
        records: list[Record] = []
        done = self._collect(records, lines, first, final=final)
        return Batch(records, suspect), done

    def _collect(self, records: list[Record], lines: list[str], first: int, *, final: bool) -> int:
        """Append the records of `lines`, faults among them; return how many lines that took."""
        start = 0
        while start < len(lines):
            start, seen = self._collect_until_fault(records, lines, first, start)
            if start == len(lines):
                break
            if seen == len(lines) and not final and self._may_go_on(lines[start:]):
                break
            records.append((first + start, self._fault(lines[start])))
            start += 1
        return start

    def _collect_until_fault(
        self, records: list[Record], lines: list[str], first: int, start: int
    ) -> tuple[int, int]:
        """Return the line where the records ended, and how far it had been read."""
        base = seen = start
        rows = self._rows(lines[start:] if start else lines)
        try:
            for cells in rows:
                seen = base + rows.line_num
                if not self._is_record(lines, start, seen, cells):
                    break
                records.append((first + start, cells))
                start = seen
        except csv.Error:
            seen = base + rows.line_num
        return start, seen

    def _rows(self, lines: list[str]):
        return csv.reader(lines, delimiter=self._delimiter, strict=True, skipinitialspace=True)

    def _may_go_on(self, lines: list[str]) -> bool:
        return sum(map(len, lines)) <= self._max_record

    def _is_record(self, lines: list[str], start: int, end: int, cells: list[str]) -> bool:
        """Whether it is short enough, and no heap of rows behind an unclosed quote."""
        if end - start == 1:
            return len(lines[start]) <= self._max_record
        return (
            len(cells) == self._columns
            and all(len(cell) <= self._max_cell for cell in cells)
            and self._is_strict("".join(lines[start:end]))
            and not self._holds_rows(lines[start:end])
        )

    def _is_strict(self, record: str) -> bool:
        """Whether quotes occur only around cells, and doubled inside them."""
        position = 0
        while match := self._cell.match(record, position):
            if match.end() == len(record):
                return True
            position = match.end()
        return False

    def _holds_rows(self, lines: list[str]) -> bool:
        whole = [self._is_row_alone(line) for line in lines]
        return any(whole[1:-1]) or (whole[0] and whole[-1])

    def _is_row_alone(self, line: str) -> bool:
        cells = line.replace('"', "").rstrip("\n").split(self._delimiter)
        return len(cells) == self._columns and self._is_row(cells)

    def _fault(self, line: str) -> Fault:
        """What is wrong with a line that `csv.reader` did not take."""
        if len(line) > self._max_record:
            return Fault(0, line, f"longer than {self._max_record:,} characters", "Shorten it.")
        cell, position = 0, 0
        while (match := self._cell.match(line, position)) and match.end() < len(line):
            cell, position = cell + 1, match.end()
        value = line[position:].strip()
        if value.startswith('"') and value.count('"') % 2:
            reason, remedy = "a quote opens here and is never closed", "Close it or delete it."
        else:
            reason, remedy = "text after a closing quote", "Double the quotes inside the cell."
        return Fault(cell, value, reason, remedy)


def whole_lines(text: Iterator[str], max_line: int) -> Iterator[list[str]]:
    """Lines in batches, each with its line feed. A line beyond `max_line` is not kept whole."""
    tail = ""
    for block in text:
        lines = io.StringIO(tail + block, newline="\n").readlines()
        tail = "" if lines[-1].endswith("\n") else lines.pop()[: max_line + 1]
        if lines:
            yield lines
    if tail:
        yield [tail]


def _is_suspect(lines: list[str], max_cell: int) -> bool:
    """Whether a line may hold an unusual character or a cell that is too long."""
    if lines and max(map(len, lines)) > max_cell:
        return True
    text = "".join(lines)
    if text.isascii():
        raw = text.encode("ascii")
        return len(raw.translate(None, _ASCII_CONTROLS)) < len(raw)
    return UNUSUAL.search(text) is not None


_ASCII_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
# Controls, marks that reorder or hide text, and lone surrogates (bytes that could not be decoded).
UNUSUAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ufffd\ud800-\udfff]"
)


def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    end = rf"(?:{re.escape(delimiter)}|\n?\Z)"
    return re.compile(rf' *+(?:"(?:[^"]|"")*+"|[^"{re.escape(delimiter)}\n]*+){end}')
