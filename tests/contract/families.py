"""The adapter families that the contract suites run on: one line each."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from assetql.adapters.aws.stores import open_stores as open_aws_stores
from assetql.adapters.local.index import SqliteIndex
from assetql.adapters.local.stores import open_database, open_stores
from assetql.ports import Clock, Stores
from tests.support.emulator import installed

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


@contextmanager
def open_aws(home: Path, clock: Clock) -> Generator[Stores]:
    del clock  # nothing in the stores of AWS asks for the time
    clients, names = installed(home, max_receives=MAX_RECEIVES)
    yield open_aws_stores(clients, names, budget=BUDGET)


FAMILIES: dict[str, OpenFamily] = {"local": open_local, "aws": open_aws}
