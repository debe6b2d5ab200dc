"""What the commands print: one JSON document for scripts, tables and bars for people."""

import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table

from assetql.domain.errors import AssetQLError

console = Console()
errors = Console(stderr=True)


def print_json(document: object) -> None:
    """One document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people. Cells are data: markup in them is shown, not obeyed."""
    from rich.text import Text

    table = Table(*columns, title=title, title_justify="left")
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
        errors.print(f"[bold red]Error:[/] {_plain(error.message)}")
        if error.remedy:
            errors.print(f"[yellow]→[/] {_plain(error.remedy)}")
        raise typer.Exit(1) from error


def describe(error: AssetQLError) -> Mapping[str, str]:
    """The error as a JSON document carries it."""
    return {"code": error.code, "message": error.message, "remedy": error.remedy}


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
