"""set_budget: what a workspace may reserve and spend in total."""

from assetql.domain.errors import InvalidInput
from assetql.domain.identity import Action, Principal
from assetql.domain.money import MICROS, Account, amount
from assetql.pipeline.audit import note
from assetql.ports import Clock, Stores

_MOST = 1_000_000_000 * MICROS  # sums of it still fit the stores' 64 bits


def set_budget(budget: int, *, caller: Principal, stores: Stores, clock: Clock) -> Account:
    """Sets the budget in micros; below what is spent and reserved it only stops new starts."""
    caller.require(Action.SET_BUDGET)
    if not 0 <= budget <= _MOST:
        raise InvalidInput(
            f"A budget can't be {amount(budget)}.", remedy=f"Take 0 to {amount(_MOST):,.0f}."
        )
    account = stores.ledger.set_budget(caller.workspace, budget)
    facts = {"budget": amount(budget)}
    note(stores.audit, "budget.set", caller.workspace, caller=caller, at=clock.now(), facts=facts)
    return account
