"""The adapter families that the contract suites run on: one line each."""

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from assetql.adapters.local.stores import open_database, open_stores
from assetql.domain.asset import Asset
from assetql.domain.search import HitPage, SearchQuery
from assetql.ports import Clock, Stores

BUDGET = 1_000_000  # micros of a new workspace
MAX_RECEIVES = 3

# Opens the stores under a folder of their own: opened twice on one folder, they are the same.
OpenFamily = Callable[[Path, Clock], AbstractContextManager[Stores]]


class _NoIndex:
    """These suites leave the index alone; it has its own."""

    def position(self) -> int:
        raise NotImplementedError

    def apply(self, changes: Sequence[tuple[int, Asset]]) -> None:
        raise NotImplementedError

    def query(self, workspace: str, query: SearchQuery, *, cursor: str | None = None) -> HitPage:
        raise NotImplementedError


@contextmanager
def open_local(home: Path, clock: Clock) -> Generator[Stores]:
    with closing(open_database(home)) as database:
        yield open_stores(
            home,
            clock=clock,
            budget=BUDGET,
            max_receives=MAX_RECEIVES,
            index=_NoIndex(),
            database=database,
        )


FAMILIES: dict[str, OpenFamily] = {"local": open_local}
