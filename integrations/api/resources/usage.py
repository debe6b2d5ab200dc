"""What the workspace has spent, and what it may."""

from typing import Annotated, Self

from pydantic import Field

from assetql.domain.money import MICROS, Account, amount
from assetql.pipeline import set_budget as budgeting
from assetql.pipeline.usage import read_usage
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.resources.models import Closed, Usd
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("usage")


class Usage(Closed):
    """Money of the workspace."""

    budget: Usd
    reserved: Usd
    spent: Usd
    available: Usd

    @classmethod
    def of(cls, account: Account) -> Self:
        """The account in dollars."""
        return cls(
            budget=amount(account.budget),
            reserved=amount(account.reserved),
            spent=amount(account.spent),
            available=amount(account.available),
        )


class Budget(Closed):
    """What the workspace may reserve and spend in total."""

    budget: Annotated[
        float, Field(strict=True, ge=0, le=1e9, description="US dollars", examples=[250.0])
    ]


@router.get("/usage")
def read_account(caller: Caller, services: Pipeline) -> Usage:
    """What was spent, what started batches have reserved, and the budget of both."""
    return Usage.of(read_usage(caller=caller, stores=services.stores))


@router.put("/usage/budget", responses=refusals(409, body=True))
def set_budget(wanted: Budget, caller: Caller, services: Pipeline, key: Key) -> Usage:
    """Sets the budget; owners only. Below what is spent and reserved it only stops new starts."""
    del key  # the same budget twice is the same
    account = budgeting.set_budget(
        round(wanted.budget * MICROS), caller=caller, stores=services.stores, clock=services.clock
    )
    return Usage.of(account)
