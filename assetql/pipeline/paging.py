"""Going through everything that a store gives in pages."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from assetql.domain.asset import Asset
from assetql.domain.batch import Batch
from assetql.domain.task import Task, TaskStatus
from assetql.ports import Page, Stores

T = TypeVar("T")


def items_of(page_after: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Every item in order; a page is asked for once the one before it has been used up."""
    for page in pages_of(page_after):
        yield from page.items


def pages_of(page_after: Callable[[str | None], Page[T]]) -> Iterator[Page[T]]:
    """Every page in order, given what fetches the page behind a cursor (None: the first)."""
    cursor = None
    while True:
        page = page_after(cursor)
        yield page
        cursor = page.cursor
        if cursor is None:
            return


def assets_of(batch: Batch, *, stores: Stores) -> Iterator[Asset]:
    """The READY assets of a batch, in row order."""
    return items_of(lambda after: stores.assets.page(batch.workspace, batch.batch_id, after=after))


def tasks_of(batch: Batch, *, stores: Stores, status: TaskStatus | None = None) -> Iterator[Task]:
    """The tasks of a batch, those in `status` where one is given, in row order."""
    return items_of(
        lambda after: stores.tasks.page(batch.workspace, batch.batch_id, status=status, after=after)
    )
