"""usage: what a workspace spent, what it holds back, and its budget."""

from assetql.domain.identity import Action, Principal
from assetql.domain.money import Account
from assetql.ports import Stores


def read_usage(*, caller: Principal, stores: Stores) -> Account:
    """The money of the caller's workspace, in micros."""
    caller.require(Action.READ)
    return stores.ledger.account(caller.workspace)
