"""assetql batch: from an asset list to a started batch, and what becomes of it."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from assetql.domain.batch import Batch
from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Principal
from assetql.domain.money import Quote, money_text
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.batch_status import BatchReport, get_batch, report_batch
from assetql.pipeline.cancel_batch import cancel_batch
from assetql.pipeline.create_batch import ListImport, create_batch
from assetql.pipeline.learn_style import find_style
from assetql.pipeline.retry_failed import retry_failed
from assetql.pipeline.start_batch import request_start, require_budget
from assetql.services import Services
from integrations.cli.asset_lists import STDIN, quote_of, read_list, show_import
from integrations.cli.output import console, errors, explained, print_json, print_table
from integrations.cli.session import new_key, opened
from integrations.cli.watching import watch_batch
from integrations.cli.workers import handlers_work

app = typer.Typer(help="Batches: lists of images to make.", no_args_is_help=True)

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="A batch id, such as bat_….")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command(
    "create", epilog="Example: assetql batch create items.csv --style Meadow --start --yes"
)
def create(
    file: Annotated[Path, typer.Argument(help="A CSV file; - reads standard input.")],
    style: Annotated[str | None, typer.Option(help="A style's name or id.")] = None,
    name: Annotated[str | None, typer.Option(help="The batch's name; else the file's.")] = None,
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
        read = read_list(file, services.list_limits, valid_rows_only=valid_rows_only)
        quote = quote_of(read, services)
        batch = None
        if read.usable and not dry_run:
            title = name or (None if str(file) == STDIN else file.stem)
            batch = _draft(read, quote, title, style, services, caller, start=start)
        if batch and start and yes:
            _start(batch, services, caller)
        show_import(read, batch, quote, dry_run=dry_run, as_json=as_json)
        if batch and start and not as_json:
            _confirm(batch, services, caller, yes=yes)
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


def show_report(report: BatchReport, *, as_json: bool) -> None:
    """A batch's state, for scripts or people."""
    if as_json:
        print_json(report.as_json())
        return
    batch = report.batch
    console.print(f"[bold]{batch.batch_id}[/] {escape(batch.name)}: {report.status}")
    counts = ", ".join(f"{n} {state}" for state, n in report.counts.as_json().items() if n)
    console.print(f"  {counts}")
    console.print(f"  spent {money_text(report.spent)}, reserved {money_text(report.reserved)}")
    for follow_up in report.follow_ups:
        console.print(f"  {follow_up.kind}: {follow_up.status}", markup=False)
    for reason, count in report.reasons.items():
        console.print(f"  {count} × {reason}", markup=False)


def _draft(
    read: ListImport,
    quote: Quote,
    name: str | None,
    style: str | None,
    services: Services,
    caller: Principal,
    *,
    start: bool,
) -> Batch:
    if start:  # what can't be started is not drafted either
        require_budget(quote.total, services.stores.ledger.account(caller.workspace))
    return create_batch(
        read.rows,
        name=name,
        style=style,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=new_key(),
    )


def _confirm(batch: Batch, services: Services, caller: Principal, *, yes: bool) -> None:
    if not yes:
        if not typer.confirm("Start it?"):
            return
        _start(batch, services, caller)
    command = "[bold]assetql worker --until-idle[/]"
    makes = "AWS" if handlers_work(services.settings) else command
    errors.print(f"Started. {makes} makes the images.")


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
