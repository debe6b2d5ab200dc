"""What the commands print: one JSON document for scripts, tables and bars for people."""

import json
import re
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager

import typer
from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from assetql.domain.errors import AssetQLError

# Control characters, from which escape sequences begin, and what turns the direction of text.
_COMMANDS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


class DataConsole(Console):
    """A console that prints text without the characters that a terminal would obey."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """As rich does; its own controls (cursor, bars) stay."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else _COMMANDS.sub("", text), style, control)


console = DataConsole(highlight=False, emoji=False)
errors = DataConsole(stderr=True, highlight=False, emoji=False)

_WHOLE = frozenset({"id", "batch", "line"})  # columns that are copied, so never cut or folded


def print_json(document: object) -> None:
    """One document on standard output, and nothing else."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a terminal without UTF-8, or a file name that is no text
        text = json.dumps(document, indent=2)
    sys.stdout.write(text + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people. Title and cells are data: markup in them is shown, not obeyed."""
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, no_wrap=column in _WHOLE, overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console.print(table)


@contextmanager
def explained(*, as_json: bool = False) -> Generator[None]:
    """Turns the project's errors into a message with the remedy and exit status 1."""
    try:
        yield
    except AssetQLError as error:
        if as_json:
            print_json({"error": describe(error)})
        show_error(error)
        raise typer.Exit(1) from error


def show_error(error: AssetQLError) -> None:
    """What is wrong and what to do about it, on standard error."""
    errors.print(f"[bold red]Error:[/] {escape(error.message)}", soft_wrap=True)
    if error.remedy:
        errors.print(f"[yellow]→[/] {escape(error.remedy)}", soft_wrap=True)


def describe(error: AssetQLError) -> Mapping[str, str]:
    """The error as a JSON document carries it."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy}
