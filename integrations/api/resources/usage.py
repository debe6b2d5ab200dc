"""What the workspace has spent."""

from fastapi import APIRouter
from pydantic import BaseModel

from assetql.domain.identity import Action
from assetql.domain.money import MICROS
from integrations.api.dependencies import Caller, Pipeline

router = APIRouter(prefix="/v1", tags=["usage"])


class Usage(BaseModel):
    """Money of the workspace, in USD."""

    budget: float
    reserved: float
    spent: float


@router.get("/usage")
def usage(caller: Caller, services: Pipeline) -> Usage:
    """What was spent, what started batches have reserved, and the budget of both."""
    caller.require(Action.READ)
    account = services.stores.ledger.account(caller.workspace)
    return Usage(
        budget=account.budget / MICROS,
        reserved=account.reserved / MICROS,
        spent=account.spent / MICROS,
    )
