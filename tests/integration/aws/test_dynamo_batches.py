"""Batches, tasks, assets and money, where replies get lost, batches are large and ids are odd."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from assetql.adapters.aws import chunks
from assetql.adapters.aws.assets import DynamoAssets
from assetql.adapters.aws.batches import DynamoBatches
from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.ledger import DynamoLedger
from assetql.adapters.aws.resources import ASSETS, BATCHES, LEDGER, TASKS, Names, TableShape
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.tasks import DynamoTasks
from assetql.domain.asset import Asset
from assetql.domain.batch import Batch, Row, tasks_of
from assetql.domain.money import Account, PriceList
from assetql.domain.task import Counts, Task, TaskStatus
from assetql.pipeline.paging import items_of
from tests.contract.values import (
    MINUTE,
    PRICE,
    START,
    STUDIO,
    a_batch,
    a_follow_up,
    accepted,
    an_asset,
    an_entry,
    claimed,
    started,
    tasks_for,
)
from tests.support.fault_proxy.faults import LOST_REPLY
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule

BUDGET = 1_000


@dataclass(frozen=True, kw_only=True)
class Wired:
    """The stores of an installation, through the proxy."""

    proxy: FaultProxy
    batches: DynamoBatches
    tasks: DynamoTasks
    assets: DynamoAssets
    ledger: DynamoLedger

    def lose_a_reply(self) -> None:
        """Of the next write of each kind."""
        self.proxy.calm()
        writes = ("PutItem", "UpdateItem", "TransactWriteItems")
        self.proxy.plan(*(Rule(fault=LOST_REPLY, operation=write) for write in writes))


@pytest.fixture
def wired(aws: tuple[Clients, Names], proxy: FaultProxy) -> Wired:
    clients, names = aws

    def table(shape: TableShape) -> Table:
        return Table(clients.dynamodb, names.table(shape))

    batches, tasks, assets = table(BATCHES), table(TASKS), table(ASSETS)
    return Wired(
        proxy=proxy,
        batches=DynamoBatches(batches),
        tasks=DynamoTasks(tasks, assets=assets, batches=batches),
        assets=DynamoAssets(assets, tasks=tasks),
        ledger=DynamoLedger(table(LEDGER), batches=batches, initial_budget=BUDGET),
    )


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "ROWS", 3)


def _commit(wired: Wired, task: Task) -> Asset:
    mine, asset = claimed(task), an_asset(task)
    wired.tasks.save(mine)
    wired.tasks.commit(accepted(mine), asset)
    return asset


def test_what_is_written_without_a_reply_is_written_once(wired: Wired) -> None:
    batch = a_batch()
    held = started(batch, held=PRICE // 100)
    renamed = replace(held, name="renamed", version=3)
    task, other = tasks_for(batch, 2)
    failed = other.fail("dead", at=START)
    again = failed.retry(seed=1, at=START)
    mine = claimed(task)
    later = a_follow_up(version=2)
    requeued: list[Task] = []
    writes: list[Callable[[], object]] = [
        lambda: wired.tasks.add([task, other]),
        lambda: wired.batches.create(batch, key="k"),
        lambda: wired.ledger.post(an_entry(held, PRICE // 100), batch=held),
        lambda: wired.batches.save(renamed),
        lambda: wired.batches.add_follow_up(a_follow_up()),
        lambda: wired.batches.save_follow_up(later),
        lambda: wired.tasks.save(mine),
        lambda: wired.tasks.extend(mine.key, token=1, until=START + 5 * MINUTE),
        lambda: wired.tasks.commit(accepted(mine), an_asset(task)),
        lambda: wired.ledger.set_budget(STUDIO, BUDGET + 1),
        lambda: wired.tasks.save(failed),
        lambda: requeued.extend(wired.tasks.requeue([again], reopened=renamed)),
    ]
    for write in writes:
        wired.lose_a_reply()
        write()
        assert wired.proxy.hits()
    assert wired.batches.page(STUDIO).items == (renamed,)
    assert wired.batches.follow_ups(STUDIO, "bat_1") == (later,)
    assert wired.tasks.page(STUDIO, "bat_1").items == (accepted(mine), again)
    assert requeued == [again]
    assert wired.assets.page(STUDIO, "bat_1").items == (an_asset(task),)
    assert wired.ledger.account(STUDIO) == Account(BUDGET + 1, reserved=PRICE // 100)


def test_many_assets_survive_partial_reads(wired: Wired) -> None:
    tasks = tasks_for(a_batch(), 6)
    wired.tasks.add(tasks)
    assets = tuple(_commit(wired, task) for task in tasks)
    wired.proxy.plan(Rule(fault=PARTIAL, operation="BatchGetItem", times=2))
    assert wired.assets.get_many(STUDIO, [asset.asset_id for asset in assets]) == assets
    assert wired.proxy.hits() == 2


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 100])
def test_pages_go_through_all_chunks(wired: Wired, limit: int) -> None:
    row = Row(name="Flask", description="", category="", width=64, height=64, variations=2)
    tasks = list(tasks_of(a_batch(), [row] * 10, PriceList(), 7))
    wired.tasks.add(tasks)
    made = [number for number in range(20) if number % 3]
    assets = [_commit(wired, tasks[number]) for number in made]

    def page(status: TaskStatus | None) -> list[str]:
        found = items_of(
            lambda after: wired.tasks.page(STUDIO, "bat_1", status=status, after=after, limit=limit)
        )
        return [task.key.task_id for task in found]

    queued = [task.key.task_id for task in tasks[::3]]
    assert page(None) == [task.key.task_id for task in tasks]
    assert page(TaskStatus.QUEUED) == queued
    assert page(TaskStatus.FAILED) == []
    pages = items_of(lambda after: wired.assets.page(STUDIO, "bat_1", after=after, limit=limit))
    assert list(pages) == assets


@pytest.mark.usefixtures("small_chunks")
def test_what_failed_is_counted_again_after_a_retry(wired: Wired) -> None:
    tasks = tasks_for(a_batch(), 7)
    wired.tasks.add(tasks)
    failed = claimed(tasks[0]).fail("dead", at=START)
    wired.tasks.save(claimed(tasks[0]))
    wired.tasks.save(failed)
    for task in tasks[1:]:
        _commit(wired, task)
    assert wired.tasks.tally(STUDIO, "bat_1").counts == Counts(READY=6, FAILED=1)
    again = failed.retry(seed=1, at=START)
    wired.tasks.save(again)
    assert wired.tasks.tally(STUDIO, "bat_1").counts == Counts(READY=6, QUEUED=1)
    assert wired.tasks.page(STUDIO, "bat_1", status=TaskStatus.QUEUED).items == (again,)
    _commit(wired, again)
    for _ in range(2):
        assert wired.tasks.tally(STUDIO, "bat_1").counts == Counts(READY=7)


def test_long_descriptions_take_more_transactions(wired: Wired) -> None:
    row = Row(name="Flask", description="🧪" * 20_000, category="", width=64, height=64)
    tasks = tuple(tasks_of(a_batch(), [row] * 60, PriceList(), 7))
    assert wired.tasks.add(tasks) == 60
    assert wired.tasks.page(STUDIO, "bat_1").items == tasks


def _begun(wired: Wired, number: int) -> Batch:
    batch = wired.batches.create(a_batch(f"bat_{number}", f"ws-{number}"), key="k")
    wired.batches.save(started(batch))
    return started(batch)


def test_a_cursor_of_active_batches_outlives_the_batch_it_names(wired: Wired) -> None:
    begun = [_begun(wired, number) for number in range(5)]
    first = wired.batches.active(limit=2)
    for seen in first.items:
        wired.batches.save(replace(seen, closed=True, version=3))
    rest = wired.batches.active(after=first.cursor, limit=5)
    assert {*first.items, *rest.items} == set(begun)
    assert set(wired.batches.active().items) == set(rest.items)


ODD = [
    "",
    "ast_",
    f"ast_x-{'9' * 5_000}-001-r1",
    "a" * 3_000,
    "ast_1#2-00001-001-r1",
    "ast_-²-1-r1",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_odd_id_names_nothing(wired: Wired, odd: str) -> None:
    assert wired.assets.get(STUDIO, odd) is None
    assert wired.assets.get_many(STUDIO, [odd]) == ()
    assert wired.batches.get(STUDIO, odd) is None
    assert wired.batches.created(STUDIO, odd) is None
    assert wired.batches.page(STUDIO, after=odd).items == ()
