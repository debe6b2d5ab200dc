"""Asset lists as the command line reads them, and what it says about their rows."""

import sys
from pathlib import Path

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.batch import Batch, quote_rows
from assetql.domain.money import Quote, money_text
from assetql.pipeline.create_batch import ListImport, import_list
from assetql.services import Services
from integrations.cli.files import readable
from integrations.cli.output import console, errors, print_json, print_table

STDIN = "-"


def read_list(file: Path, limits: ListLimits, *, valid_rows_only: bool) -> ListImport:
    """Reads a CSV file, or standard input. Raises: InvalidInput."""
    if str(file) == STDIN:
        return import_list(sys.stdin.buffer, limits=limits, valid_rows_only=valid_rows_only)
    with readable(file), file.open("rb") as stream:
        return import_list(stream, limits=limits, valid_rows_only=valid_rows_only)


def quote_of(read: ListImport, services: Services) -> Quote:
    """What the accepted rows would cost."""
    return quote_rows(read.rows, services.prices)


def describe_import(read: ListImport, batch: Batch | None, quote: Quote) -> dict[str, object]:
    """`accepted` counts rows, `tasks` images; `batch_id` is None where nothing was drafted."""
    return {
        "batch_id": batch.batch_id if batch else None,
        "rows": len(read.rows) + len(read.refused),
        "accepted": len(read.rows),
        "tasks": sum(row.variations for row in read.rows),
        "mapping": read.mapping,
        "refused": [refusal.as_json() for refusal in read.refused],
        "quote": quote.as_json(),
    }


def show_import(
    read: ListImport, batch: Batch | None, quote: Quote, *, dry_run: bool, as_json: bool
) -> None:
    """What was read of a list and what became of it, for scripts or people."""
    if as_json:
        print_json(describe_import(read, batch, quote))
        return
    renamed = [
        f"{theirs} → {ours}" for theirs, ours in read.mapping.items() if theirs.casefold() != ours
    ]
    if renamed:
        console.print(f"Columns read as: {', '.join(renamed)}", markup=False)
    if read.refused:
        rows = [tuple(refusal.as_json().values()) for refusal in read.refused]
        print_table("Refused rows", ("line", "column", "value", "reason", "remedy"), rows)
    total = f"{len(read.rows)} rows, {quote.images} images, {money_text(quote.total)} at most"
    if batch:
        console.print(f"[bold]{batch.batch_id}[/] drafted: {total}.")
    elif dry_run and read.usable:
        console.print(f"Nothing was drafted; it would be {total}.")
    else:
        rows = len(read.rows) + len(read.refused)
        console.print(f"Nothing was drafted; {len(read.rows)} of {rows} rows are valid.")
    if not read.usable and read.rows:
        errors.print("Mend the rows, or add [bold]--valid-rows-only[/] to leave them out.")
