"""What a large batch costs in requests, and how evenly its writes fall on the tables."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from assetql.adapters.aws import chunks
from assetql.adapters.aws.stores import open_stores
from assetql.domain.batch import Batch
from assetql.domain.ledger import Tally
from assetql.domain.money import Account, PriceList
from assetql.domain.task import Counts
from assetql.domain.terms import Terms
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.create_batch import create_batch
from assetql.pipeline.dispatch import TaskMessage
from assetql.pipeline.generate import Generator, generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.paging import assets_of, tasks_of
from assetql.pipeline.settle import settle
from assetql.pipeline.start_batch import request_start
from assetql.ports import Delivery, Stores
from tests.contract.values import PRICE, ManualClock
from tests.support.emulator import installed
from tests.support.homes import OWNER, rows_named
from tests.support.making import scripted
from tests.support.request_log import RequestLog

TERMS = Terms(attempts=4, faults=5, lease=timedelta(minutes=5), approval=timedelta(hours=1))
BUDGET = 10**12
WORKERS = 4


@dataclass(frozen=True, kw_only=True)
class Site:
    """An installation, and what was asked of it."""

    stores: Stores
    log: RequestLog
    clock: ManualClock


@pytest.fixture
def site(tmp_path: Path) -> Site:
    clients, names = installed(tmp_path, max_receives=10)
    log = RequestLog().watch(clients.dynamodb, clients.sqs)
    stores = open_stores(clients, names, budget=BUDGET)
    return Site(stores=stores, log=log, clock=ManualClock())


def _started(site: Site, rows: int) -> Batch:
    batch = create_batch(
        rows_named(*(f"potion {number}" for number in range(rows))),
        name=None,
        style=None,
        caller=OWNER,
        stores=site.stores,
        clock=site.clock,
        prices=PriceList(),
        key="large",
        thread_id="thread",
    )
    asked = request_start(
        batch.batch_id, caller=OWNER, stores=site.stores, clock=site.clock, terms=TERMS
    )
    answer_approval(
        asked.approval_id, approve=True, caller=OWNER, stores=site.stores, clock=site.clock
    )
    return batch


def _received(site: Site) -> Iterator[Delivery]:
    """What is on the queue."""
    while some := site.stores.queue.receive(limit=10, visibility=TERMS.lease):
        yield from some


@pytest.mark.parametrize(
    ("rows", "most"), [(1_000, 150), pytest.param(10_000, 1_500, marks=pytest.mark.slow)]
)
def test_a_batch_is_created_and_started_in_few_requests(site: Site, rows: int, most: int) -> None:
    batch = _started(site, rows)
    assert site.log.requests.total() <= most
    tally = site.stores.tasks.tally(batch.workspace, batch.batch_id)
    assert tally == Tally(counts=Counts(QUEUED=rows), open_value=rows * PRICE)
    tasks = [task.key for task in tasks_of(batch, stores=site.stores)]
    sent = [TaskMessage.decode(delivery.body).key for delivery in _received(site)]
    assert len(set(tasks)) == rows
    assert tasks == sorted(tasks, key=lambda key: key.task_id)
    assert sorted(sent, key=lambda key: key.task_id) == tasks


def _drain(site: Site, batch: Batch) -> None:
    heartbeat = LeaseHeartbeat(site.stores, site.clock, TERMS.lease)

    def work(number: int) -> None:
        generator = Generator(
            worker=f"w{number}",
            stores=site.stores,
            clock=site.clock,
            terms=TERMS,
            make=scripted(),
            heartbeat=heartbeat,
        )
        for delivery in _received(site):
            generate(delivery, generator)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    settle(batch.workspace, batch.batch_id, stores=site.stores, clock=site.clock)


def test_no_partition_key_is_hot(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small batch in chunks that are small in proportion shows it as a large one does."""
    monkeypatch.setattr(chunks, "ROWS", 2)
    batch = _started(site, rows := 150)
    _drain(site, batch)
    tally = site.stores.tasks.tally(batch.workspace, batch.batch_id)
    assert tally == Tally(counts=Counts(READY=rows), ready_value=rows * PRICE)
    assert len(set(assets_of(batch, stores=site.stores))) == rows
    account = site.stores.ledger.account(batch.workspace)
    assert account == Account(BUDGET, spent=rows * PRICE)
    assert site.log.hottest_share <= 0.02


def test_what_has_ended_is_counted_for_the_last_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ROWS", 5)
    batch = _started(site, 20)
    _drain(site, batch)
    first = site.stores.tasks.tally(batch.workspace, batch.batch_id)
    site.log.requests.clear()
    assert site.stores.tasks.tally(batch.workspace, batch.batch_id) == first
    assert site.log.requests == {("dynamodb", "GetItem"): 1}
