"""assetql batch: from an asset list to a started batch, and what becomes of it."""

import sys
import time
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assetql.domain.batch import Batch, quote_rows
from assetql.domain.errors import Conflict, InvalidInput
from assetql.domain.identity import Principal
from assetql.domain.money import Quote, money_text
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.create_batch import ListImport, create_batch, import_list
from assetql.pipeline.learn_style import find_style
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.start_batch import request_start
from assetql.services import Services
from integrations.cli.output import console, errors, explained, print_json, print_table
from integrations.cli.session import new_key, opened

app = typer.Typer(help="Batches: lists of images to make.", no_args_is_help=True)

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="A batch id, such as bat_….")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command("create")
def create(
    file: Annotated[Path, typer.Argument(help="A CSV file; - reads standard input.")],
    style: Annotated[str | None, typer.Option(help="A style's name or id.")] = None,
    name: Annotated[str | None, typer.Option(help="The batch's name.")] = None,
    valid_rows_only: Annotated[
        bool, typer.Option("--valid-rows-only", help="Leave refused rows out.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and quote only.")] = False,
    start: Annotated[bool, typer.Option("--start", help="Ask to start it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Approve the quote.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draft a batch from an asset list; with --start, start it once the quote is approved."""
    with explained(as_json=as_json), opened() as (services, caller):
        if start and not yes and (as_json or not sys.stdin.isatty()):
            raise InvalidInput("--start needs somebody to approve the quote.", remedy="Add --yes.")
        if style:
            find_style(style, caller=caller, stores=services.stores)
        read = _read(file, services, valid_rows_only)
        batch = None
        if read.usable and not dry_run:
            title = name or (None if str(file) == "-" else file.stem)
            batch = create_batch(
                read.rows,
                name=title,
                style=style,
                caller=caller,
                stores=services.stores,
                clock=services.clock,
                prices=services.prices,
                key=new_key(),
            )
        _show_import(read, batch, quote_rows(read.rows, services.prices), as_json=as_json)
        if batch and start and (yes or typer.confirm("Start it?")):
            _start(batch, services, caller)
            if not as_json:
                errors.print("Started. [bold]assetql worker --until-idle[/] makes the images.")
        if not read.usable:
            raise typer.Exit(1)


@app.command("status")
def status(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Show where a batch stands."""
    with explained(as_json=as_json), opened() as (services, caller):
        batch = get_batch(batch_id, caller=caller, stores=services.stores)
        show_report(report_batch(batch, stores=services.stores), as_json=as_json)


@app.command("watch")
def watch(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Watch a batch until it has ended; workers have to be running."""
    with explained(as_json=as_json), opened() as (services, caller):
        show_report(watch_batch(batch_id, services, caller), as_json=as_json)


@app.command("cancel")
def cancel(batch_id: BatchId, as_json: AsJson = False) -> None:
    """End what has not ended; its money goes back."""
    with explained(as_json=as_json), opened() as (services, caller):
        report = cancel_batch(batch_id, caller=caller, stores=services.stores, clock=services.clock)
        show_report(report, as_json=as_json)


@app.command("retry")
def retry(batch_id: BatchId, as_json: AsJson = False) -> None:
    """Run the failed images again."""
    with explained(as_json=as_json), opened() as (services, caller):
        outcome = retry_failed(
            batch_id,
            caller=caller,
            stores=services.stores,
            clock=services.clock,
            key=new_key(),
        )
        show_report(report_batch(outcome.batch, stores=services.stores), as_json=as_json)


@app.command("list")
def show_batches(as_json: AsJson = False) -> None:
    """List the newest batches."""
    with explained(as_json=as_json), opened() as (services, caller):
        page = services.stores.batches.page(caller.workspace)
        reports = [report_batch(batch, stores=services.stores) for batch in page.items]
        if as_json:
            print_json([report.as_json() for report in reports])
        else:
            rows = [
                (r.batch.batch_id, r.batch.name, r.status, f"{r.counts.READY}/{r.counts.total}")
                for r in reports
            ]
            print_table("Batches", ("id", "name", "status", "ready"), rows)


def watch_batch(batch_id: str, services: Services, caller: Principal) -> BatchReport:
    """Shows a bar on standard error until the batch is closed. Raises: Conflict for a draft."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as progress:
        bar = progress.add_task(batch_id, total=None)
        while True:
            batch = get_batch(batch_id, caller=caller, stores=services.stores)
            if batch.started_at is None and batch.cancelled_at is None:
                raise Conflict(f"{batch_id} was not started.", remedy="Start it first.")
            report = report_batch(batch, stores=services.stores)
            done = report.counts.total - report.counts.open
            progress.update(bar, completed=done, total=report.counts.total)
            if batch.closed:
                return report
            time.sleep(0.2)


def show_report(report: BatchReport, *, as_json: bool) -> None:
    """A batch's state, for scripts or people."""
    if as_json:
        print_json(report.as_json())
        return
    counts = ", ".join(
        f"{state} {count}" for state, count in report.counts.as_json().items() if count
    )
    console.print(f"[bold]{report.batch.batch_id}[/] {report.status}: {counts}")
    console.print(f"spent {money_text(report.spent)}, reserved {money_text(report.reserved)}")
    for reason, count in report.reasons.items():
        console.print(f"  {count} x {reason}", markup=False)


def _start(batch: Batch, services: Services, caller: Principal) -> None:
    approval = request_start(
        batch.batch_id,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )
    answer_approval(
        approval.approval_id,
        approve=True,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )


def _read(file: Path, services: Services, valid_rows_only: bool) -> ListImport:
    if str(file) == "-":
        return _import(sys.stdin.buffer, services, valid_rows_only)
    try:
        with file.open("rb") as stream:
            return _import(stream, services, valid_rows_only)
    except OSError as error:
        raise InvalidInput(
            f"Can't read {str(file)!r}: {error.strerror}.", remedy="Check the path."
        ) from error


def _import(stream: BinaryIO, services: Services, valid_rows_only: bool) -> ListImport:
    return import_list(stream, limits=services.list_limits, valid_rows_only=valid_rows_only)


def _show_import(read: ListImport, batch: Batch | None, quote: Quote, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "batch_id": batch.batch_id if batch else None,
                "rows": len(read.rows) + len(read.refused),
                "accepted": len(read.rows),
                "tasks": sum(row.variations for row in read.rows),
                "mapping": read.mapping,
                "refused": [refusal.as_json() for refusal in read.refused],
                "quote": quote.as_json(),
            }
        )
        return
    if read.refused:
        rows = [tuple(refusal.as_json().values()) for refusal in read.refused]
        print_table("Refused rows", ("line", "column", "value", "reason", "remedy"), rows)
    head = f"[bold]{batch.batch_id}[/] drafted" if batch else "Nothing was drafted"
    console.print(
        f"{head}: {len(read.rows)} rows, {quote.images} images, {money_text(quote.total)} at most."
    )
    if not read.usable and read.rows:
        errors.print("Mend the rows, or add [bold]--valid-rows-only[/] to leave them out.")
