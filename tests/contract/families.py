"""The adapter families that the contract suites run on: one line each."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from assetql.adapters.local.index import SqliteIndex
from assetql.adapters.local.stores import open_database, open_stores
from assetql.ports import Clock, Stores

BUDGET = 1_000_000  # micros of a new workspace
MAX_RECEIVES = 3

# Opens the stores under a folder of their own: opened twice on one folder, they are the same.
OpenFamily = Callable[[Path, Clock], AbstractContextManager[Stores]]


@contextmanager
def open_local(home: Path, clock: Clock) -> Generator[Stores]:
    with (
        closing(open_database(home)) as database,
        closing(SqliteIndex(home / "index.sqlite3")) as index,
    ):
        yield open_stores(
            home,
            clock=clock,
            budget=BUDGET,
            max_receives=MAX_RECEIVES,
            index=index,
            database=database,
        )


FAMILIES: dict[str, OpenFamily] = {"local": open_local}
