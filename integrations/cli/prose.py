"""Streamed prose in the terminal: words are wrapped as they come."""

import re

from rich.cells import cell_len

from integrations.cli.output import console

_PIECE = re.compile(r"\n|[^\S\n]+|\S+")


class Prose:
    """Writes text piece by piece, and knows whether a line is open."""

    def __init__(self) -> None:
        self._column = 0

    def write(self, text: str) -> None:
        """Appends; a word that does not fit begins a new line."""
        for piece in _PIECE.findall(text):
            self._piece(piece)

    def end(self) -> None:
        """Ends the line that is open, if any."""
        if self._column:
            self._out("\n")
        self._column = 0

    def _piece(self, piece: str) -> None:
        width = cell_len(piece)
        if piece == "\n":
            self._column = 0
        elif piece.isspace() and not self._column:
            return
        elif self._column and self._column + width > console.width and console.is_terminal:
            self._out("\n")
            piece = piece.lstrip()
            self._column = cell_len(piece)
        else:
            self._column += width
        self._out(piece)

    def _out(self, text: str) -> None:
        console.print(text, end="", markup=False, soft_wrap=True)
