"""What the commands print: one JSON document for scripts, tables and bars for people."""

import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from assetql.domain.errors import AssetQLError

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

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
    """A table for people. Cells are data: markup in them is shown, not obeyed."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
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
