"""The money of workspaces in SQLite."""

import sqlite3

from assetql.adapters.codec import micros
from assetql.adapters.local.batches import save_batch
from assetql.adapters.local.database import Database, SqlRow
from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded
from assetql.domain.ledger import LedgerEntry
from assetql.domain.money import Account, money_text

_ACCOUNT = "SELECT budget, reserved, spent FROM accounts WHERE workspace=?"


class SqliteLedger:
    """The Ledger of the embedded family. `initial_budget`: micros of a new workspace."""

    def __init__(self, database: Database, *, initial_budget: int) -> None:
        self._database = database
        self._initial_budget = initial_budget

    def account(self, workspace: str) -> Account:
        return self._account(self._database.row(_ACCOUNT, (workspace,)))

    def set_budget(self, workspace: str, budget: int) -> Account:
        row = self._database.row(
            "INSERT INTO accounts VALUES (?, ?, 0, 0)"
            " ON CONFLICT DO UPDATE SET budget=excluded.budget RETURNING budget, reserved, spent",
            (workspace, budget),
        )
        return self._account(row)

    def post(self, entry: LedgerEntry, *, batch: Batch) -> bool:
        with self._database.transaction() as connection:
            if not _insert(connection, entry):
                return False
            save_batch(connection, batch)
            self._move(connection, entry)
        return True

    def _move(self, connection: sqlite3.Connection, entry: LedgerEntry) -> None:
        before = self._account(connection.execute(_ACCOUNT, (entry.workspace,)).fetchone())
        asked = entry.reserved + entry.spent
        if asked > before.available:
            raise BudgetExceeded(
                f"{money_text(asked)} is more than the {money_text(before.available)}"
                f" left of the budget of {money_text(before.budget)}.",
                remedy="Start fewer images, or have the owner raise the budget.",
            )
        connection.execute(
            "INSERT INTO accounts VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET reserved=excluded.reserved, spent=excluded.spent",
            (
                entry.workspace,
                before.budget,
                before.reserved + entry.reserved,
                before.spent + entry.spent,
            ),
        )

    def _account(self, row: SqlRow | None) -> Account:
        return Account(*row) if row else Account(self._initial_budget)


def _insert(connection: sqlite3.Connection, entry: LedgerEntry) -> bool:
    inserted = connection.execute(
        "INSERT INTO ledger_entries VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (
            entry.workspace,
            entry.entry_id,
            entry.batch_id,
            entry.reserved,
            entry.spent,
            micros(entry.at),
        ),
    ).rowcount
    return inserted == 1
