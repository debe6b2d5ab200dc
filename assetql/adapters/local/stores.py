"""The stores of the embedded family, put together."""

from pathlib import Path

from assetql.adapters.local.approvals import SqliteApprovals
from assetql.adapters.local.assets import SqliteAssets
from assetql.adapters.local.audit import SqliteAudit
from assetql.adapters.local.batches import SqliteBatches
from assetql.adapters.local.database import Database
from assetql.adapters.local.door_records import SqliteDoorRecords
from assetql.adapters.local.ledger import SqliteLedger
from assetql.adapters.local.objects import FileObjects
from assetql.adapters.local.queue import SqliteQueue
from assetql.adapters.local.styles import SqliteStyles
from assetql.adapters.local.tasks import SqliteTasks
from assetql.adapters.local.threads import SqliteInbox, SqliteTurns
from assetql.adapters.local.uploads import SqliteUploads
from assetql.ports import Clock, SearchIndex, Stores

DATABASE_NAME = "assetql.sqlite3"
OBJECTS_NAME = "objects"


def open_database(home: Path) -> Database:
    """The database of a home folder, which is made where there is none."""
    return Database(home / DATABASE_NAME)


def open_stores(
    home: Path,
    *,
    clock: Clock,
    budget: int,
    max_receives: int,
    index: SearchIndex,
    database: Database | None = None,
) -> Stores:
    """The stores under `home`; `budget`: micros of a new workspace.

    Whoever gives `database` closes it.
    """
    database = database or open_database(home)
    return Stores(
        batches=SqliteBatches(database),
        tasks=SqliteTasks(database),
        assets=SqliteAssets(database),
        styles=SqliteStyles(database),
        ledger=SqliteLedger(database, initial_budget=budget),
        approvals=SqliteApprovals(database),
        uploads=SqliteUploads(database),
        queue=SqliteQueue(database, clock=clock, max_receives=max_receives),
        objects=FileObjects(home / OBJECTS_NAME),
        index=index,
        inbox=SqliteInbox(database),
        turns=SqliteTurns(database),
        audit=SqliteAudit(database),
        doors=SqliteDoorRecords(database),
    )
