"""set_budget: what a workspace may reserve and spend in total."""

from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.money import Account, amount
from assetql.pipeline.audit import note
from assetql.ports import Clock, Stores


def set_budget(budget: int, *, caller: Principal, stores: Stores, clock: Clock) -> Account:
    """Sets the budget in micros; below what is spent and reserved it only stops new starts."""
    caller.require(Action.SET_BUDGET)
    if budget < 0:
        raise InvalidInput(f"A budget can't be {amount(budget)}.", remedy="Take 0 or more.")
    account = stores.ledger.set_budget(caller.workspace, budget)
    facts = {"budget": amount(budget)}
    note(stores.audit, "budget.set", caller.workspace, caller=caller, at=clock.now(), facts=facts)
    return account
