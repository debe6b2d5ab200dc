"""The reader of asset lists: header at once, rows as they are asked for."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from assetql.domain.asset_list.columns import known_fields, map_columns
from assetql.domain.asset_list.limits import ListLimits, Refusal, RowDefaults
from assetql.domain.asset_list.records import Records, whole_lines
from assetql.domain.asset_list.rows import RowRules
from assetql.domain.asset_list.text import ListText
from assetql.domain.batch import Row
from assetql.domain.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")
_DECLARED = re.compile(r"sep=([,;\t|])\n", re.IGNORECASE)  # Excel's own first line


class AssetListReader:
    """Reads one list once, in memory that doesn't grow with the file (but for 64-bit hashes).

    Iterating yields a Row or a Refusal per record, in the file's order. Cells are text: formulas
    are not evaluated, instructions are not followed.

    Raises: InvalidInput, at once for an unusable file or header; while iterating beyond the
    limits on rows and bytes, and at the end if there was no row.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        limits: ListLimits | None = None,
        defaults: RowDefaults | None = None,
    ) -> None:
        self._limits = limits or ListLimits()
        self._text = ListText(stream, max_bytes=self._limits.max_bytes)
        batches = whole_lines(self._text.blocks(), self._limits.max_record)
        head, line = _without_blank_lines(batches)
        choices = DELIMITERS
        if (declared := _DECLARED.fullmatch(head[0])) and len(head) > 1:
            choices, head, line = (declared[1],), head[1:], line + 1
        self._delimiter, header, taken = _read_header(head, line, choices)
        self._columns = map_columns(header, line)
        self._batches = chain([head[taken:]], batches)
        self._first = line + taken
        self._rules = RowRules(self._columns, self._limits, defaults or RowDefaults())

    @property
    def mapping(self) -> dict[str, str | None]:
        """Source column → field of Row (`size` sets both sides); None: not read."""
        return self._columns.mapping

    @property
    def encoding(self) -> str:
        """The encoding as Python names it; utf-8 while everything read so far is ASCII."""
        return self._text.encoding

    @property
    def delimiter(self) -> str:
        """One of `,` `;` `|` and the tab."""
        return self._delimiter

    def __iter__(self) -> Iterator[Row | Refusal]:
        records = Records(
            delimiter=self._delimiter,
            columns=len(self._columns.sources),
            max_cell=self._limits.max_cell,
            max_record=self._limits.max_record,
            is_row=self._rules.is_row,
        )
        judge, limits, rows, blank = self._rules.judge, self._limits, 0, 0
        for batch in records.read(self._batches, self._first):
            for line, cells in batch.records:
                found = judge(line, cells, batch.suspect)
                if found is None:
                    blank += 1
                    if blank > limits.max_blank:
                        raise _too_many_blank(limits.max_blank, line)
                    continue
                rows += 1
                if rows > limits.max_rows:
                    raise _too_many_rows(limits.max_rows, line)
                yield found
        if not rows:
            raise InvalidInput(
                "The list has no rows below its header.", remedy="Add a line per asset."
            )


def _too_many_rows(most: int, line: int) -> InvalidInput:
    return InvalidInput(
        f"The list has more than {most:,} rows (line {line}).",
        remedy="Split it into several lists.",
    )


def _too_many_blank(most: int, line: int) -> InvalidInput:
    return InvalidInput(
        f"The list has more than {most:,} blank rows (line {line}).",
        remedy="Delete the rows that are blank.",
    )


def _without_blank_lines(batches: Iterator[list[str]]) -> tuple[list[str], int]:
    """The first lines from the first one with text on, and that one's number."""
    line = 1
    for lines in batches:
        for position, text in enumerate(lines):
            if text.strip():
                return lines[position:], line + position
        line += len(lines)
    raise InvalidInput("The list is empty.", remedy="Give a header line and a line per asset.")


def _read_header(lines: list[str], line: int, choices: Sequence[str]) -> tuple[str, list[str], int]:
    """Delimiter, header cells, and the lines that the header took."""
    headers: list[tuple[int, int, str, list[str], int]] = []
    for preference, delimiter in enumerate(choices):
        rows = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            cells = next(rows)
        except csv.Error:
            continue
        headers.append((known_fields(cells), -preference, delimiter, cells, rows.line_num))
    if not headers:
        raise InvalidInput(
            f"The quotes of the header, line {line}, don't match.",
            remedy="Close each quote, or delete them.",
        )
    _, _, delimiter, cells, taken = max(headers, key=lambda header: header[:2])
    return delimiter, cells, taken
