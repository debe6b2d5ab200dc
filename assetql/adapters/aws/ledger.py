"""The money of workspaces in DynamoDB: one account item each, and an item per entry.

`used` is reserved + spent, and `available` what the budget has left beside it (below 0 where the
budget was lowered): conditions can compare attributes, but not add them up.
"""

from assetql.adapters.aws.actions import (
    ABSENT,
    Action,
    Refused,
    put_action,
    transact,
    update_action,
)
from assetql.adapters.aws.batches import save_action
from assetql.adapters.aws.items import Item, key_of, whole
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import micros
from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded, Conflict
from assetql.domain.ledger import LedgerEntry
from assetql.domain.money import Account, money_text

_ACCOUNT = "account"
_SET_BUDGET = (
    "SET #budget = :budget, #available = :budget - if_not_exists(#used, :none),"
    " #used = if_not_exists(#used, :none), #spent = if_not_exists(#spent, :none)"
)
_MOVE = (
    "SET #budget = if_not_exists(#budget, :initial),"
    " #available = if_not_exists(#available, :initial) - :change,"
    " #used = if_not_exists(#used, :none) + :change,"
    " #spent = if_not_exists(#spent, :none) + :spent"
)


class DynamoLedger:
    """The Ledger of the AWS family. `initial_budget`: micros of a new workspace."""

    def __init__(self, ledger: Table, *, batches: Table, initial_budget: int) -> None:
        self._table = ledger
        self._batches = batches
        self._initial_budget = initial_budget

    def account(self, workspace: str) -> Account:
        return self._account(self._table.get(key_of(workspace), _ACCOUNT))

    def set_budget(self, workspace: str, budget: int) -> Account:
        values = {"budget": budget, "none": 0}
        stored = self._table.update(
            key_of(workspace), _ACCOUNT, _SET_BUDGET, condition="", values=values
        )
        return self._account(stored)

    def post(self, entry: LedgerEntry, *, batch: Batch) -> bool:
        actions = [
            put_action(self._table.name, _item(entry), ABSENT),
            save_action(self._batches, batch),
            self._move(entry),
        ]
        try:
            transact(self._table.client, actions, what=f"Table {self._table.name}")
        except Refused as refused:
            if refused.failed(0):
                return False
            if refused.failed(1):
                raise Conflict(
                    f"Batch {batch.batch_id} moved on before version {batch.version}."
                ) from refused
            raise _exceeded(entry, self._account(refused.found[2])) from refused
        return True

    def _move(self, entry: LedgerEntry) -> Action:
        change = entry.reserved + entry.spent
        values = {
            "initial": self._initial_budget,
            "none": 0,
            "change": change,
            "spent": entry.spent,
        }
        condition = ""
        if change > 0:  # giving back, and spending what was held, are never refused
            condition = "#available >= :change"
            if change <= self._initial_budget:
                condition = f"attribute_not_exists(#available) OR {condition}"
        return update_action(
            self._table.name, key_of(entry.workspace), _ACCOUNT, _MOVE, condition, values
        )

    def _account(self, item: Item | None) -> Account:
        if item is None:
            return Account(self._initial_budget)
        used, spent = whole(item, "used"), whole(item, "spent")
        return Account(whole(item, "budget"), reserved=used - spent, spent=spent)


def _item(entry: LedgerEntry) -> Item:
    """Under a partition key of its own: nobody lists entries, and the account has enough to do."""
    return {
        "pk": key_of(entry.workspace, entry.entry_id),
        "sk": "entry",
        "batch_id": entry.batch_id,
        "reserved": entry.reserved,
        "spent": entry.spent,
        "at": micros(entry.at),
    }


def _exceeded(entry: LedgerEntry, account: Account) -> BudgetExceeded:
    return BudgetExceeded(
        f"{money_text(entry.reserved + entry.spent)} is more than the "
        f"{money_text(account.available)} left of the budget of {money_text(account.budget)}.",
        remedy="Start fewer images, or have the owner raise the budget.",
    )
