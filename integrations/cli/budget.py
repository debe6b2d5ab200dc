"""assetql budget: what the workspace may spend, holds and has spent."""

from typing import Annotated

import typer

from assetql.domain.money import CURRENCY, MICROS, amount, money_text
from assetql.pipeline.set_budget import set_budget
from integrations.cli.output import console, explained, print_json
from integrations.cli.session import opened

_MOST = 1_000_000_000  # in whole units; sums of micros stay exact far above


def budget(
    amount_to_set: Annotated[
        float | None, typer.Option("--set", min=0, max=_MOST, help=f"The new budget in {CURRENCY}.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show or set the workspace's budget."""
    with explained(as_json=as_json), opened() as (services, caller):
        if amount_to_set is not None:
            set_budget(
                round(amount_to_set * MICROS),
                caller=caller,
                stores=services.stores,
                clock=services.clock,
            )
        account = services.stores.ledger.account(caller.workspace)
        figures = {
            "budget": account.budget,
            "spent": account.spent,
            "reserved": account.reserved,
            "available": account.available,
        }
        if as_json:
            document = {name: amount(micros) for name, micros in figures.items()}
            print_json({**document, "currency": CURRENCY})
        else:
            for name, micros in figures.items():
                console.print(f"{name:<10}{money_text(micros):>12}")
