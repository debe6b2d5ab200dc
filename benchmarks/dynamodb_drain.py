"""A large batch on the emulated AWS: created, started, and drained by several worker processes.

python -m benchmarks.dynamodb_drain [--rows N] [--workers N] [--json]

An image costs nothing here; what is counted are requests. The floor of a task is the listed minimum
of requests: a tenth of a receive, read, claim, two objects, commit, delete. Fails where a task was
lost or made twice, or where a partition key of a table got more than its share of the writes. A
batch of 10,000 rows takes some minutes.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names
from assetql.adapters.aws.stores import open_stores
from assetql.domain.batch import Batch
from assetql.domain.identity import Principal, Role
from assetql.domain.money import PriceList
from assetql.domain.task import TaskStatus
from assetql.domain.terms import Terms
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.create_batch import create_batch
from assetql.pipeline.generate import Generator, Outcome, generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.paging import assets_of, tasks_of
from assetql.pipeline.settle import settle
from assetql.pipeline.start_batch import request_start
from assetql.ports import Stores
from assetql.services import SystemClock
from tests.support.emulator import REGION, installed
from tests.support.homes import rows_named
from tests.support.making import scripted
from tests.support.request_log import RequestLog

LARGE = 10_000  # rows
MOST_OF_A_KEY = 0.02  # of the writes of a large batch; of a smaller one, as much more
FLOOR = 6.1
_OWNER = Principal("studio", "owner", frozenset({Role.OWNER}))
_BUDGET = 10**12
_TERMS = Terms(attempts=4, faults=5, lease=timedelta(minutes=5), approval=timedelta(hours=1))
_SETTLES_EVERY = 5  # seconds
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Site:
    """How a process reaches the installation."""

    endpoint: str | None
    names: Names

    def open(self) -> tuple[Stores, RequestLog]:
        """The stores, and the log of what is asked through them."""
        clients = Clients(region=REGION, endpoint=self.endpoint)
        log = RequestLog().watch(clients.dynamodb, clients.sqs, clients.s3)
        return open_stores(clients, self.names, budget=_BUDGET), log


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker process asked for, and what became of its deliveries."""

    requests: Counter[tuple[str, str]]
    writes: Counter[tuple[str, str]]
    outcomes: Counter[Outcome]


def started(rows: int, stores: Stores) -> Batch:
    """A batch of `rows` tasks, all on the queue."""
    batch = create_batch(
        rows_named(*(f"Potion {number}" for number in range(rows))),
        name="drain",
        style=None,
        caller=_OWNER,
        stores=stores,
        clock=_CLOCK,
        prices=PriceList(),
        key="drain",
    )
    asked = request_start(batch.batch_id, caller=_OWNER, stores=stores, clock=_CLOCK, terms=_TERMS)
    answer_approval(asked.approval_id, approve=True, caller=_OWNER, stores=stores, clock=_CLOCK)
    return batch


def work(site: Site, worker: str) -> Work:
    """What one worker process does until the queue is empty."""
    stores, log = site.open()
    generator = Generator(
        worker=worker,
        stores=stores,
        clock=_CLOCK,
        terms=_TERMS,
        make=scripted(),
        heartbeat=LeaseHeartbeat(stores, _CLOCK, _TERMS.lease),
    )
    outcomes: Counter[Outcome] = Counter()
    while some := stores.queue.receive(limit=10, visibility=_TERMS.lease):
        outcomes.update(generate(delivery, generator)[1] for delivery in some)
    return Work(log.requests, log.writes, outcomes)


def drained(batch: Batch, site: Site, stores: Stores, workers: int) -> list[Work]:
    """All tasks worked on; the account follows them meanwhile, as the reconciler makes it."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        jobs = [pool.submit(work, site, f"w{number}") for number in range(workers)]
        while wait(jobs, _SETTLES_EVERY).not_done:
            settle(batch.workspace, batch.batch_id, stores=stores, clock=_CLOCK)
        done = [job.result() for job in jobs]
    settle(batch.workspace, batch.batch_id, stores=stores, clock=_CLOCK)
    return done


def check(batch: Batch, stores: Stores, *, committed: int) -> None:
    """Raises: SystemExit where a task was lost, made twice or charged otherwise."""
    tasks = list(tasks_of(batch, stores=stores))
    assets = {asset.asset_id: asset for asset in assets_of(batch, stores=stores)}
    account = stores.ledger.account(batch.workspace)
    found = {
        "tasks": len(tasks),
        "READY": sum(task.status is TaskStatus.READY for task in tasks),
        "READY at the first claim": sum(task.token == task.attempts == 1 for task in tasks),
        "assets of theirs": sum(task.asset_id in assets for task in tasks),
        "assets": len(assets),
        "commits": committed,
        "spent": account.spent * batch.rows // batch.quote.total,
    }
    if set(found.values()) != {batch.rows} or account.reserved:
        raise SystemExit(f"Of {batch.rows} rows: {found}; {account.reserved} micros still reserved")


def measure(rows: int, workers: int) -> dict[str, float]:
    """Counts and shares; seconds are the emulator's and mean little."""
    with tempfile.TemporaryDirectory() as folder:
        clients, names = installed(Path(folder), max_receives=10)
    site = Site(clients.endpoint, names)
    stores, own = site.open()
    begin = time.perf_counter()
    batch = started(rows, stores)
    start_requests, start_seconds = own.requests.total(), time.perf_counter() - begin
    begin = time.perf_counter()
    done = drained(batch, site, stores, workers)
    seconds = time.perf_counter() - begin
    check(batch, stores, committed=sum(one.outcomes[Outcome.READY] for one in done))
    per_task = sum(one.requests.total() for one in done) / rows
    for one in done:
        own.writes.update(one.writes)
    return {
        "rows": rows,
        "workers": workers,
        "requests_to_start": start_requests,
        "seconds_to_start": round(start_seconds, 1),
        "requests_per_task": round(per_task, 2),
        "floor": FLOOR,
        "ratio": round(per_task / FLOOR, 3),
        "seconds_to_drain": round(seconds, 1),
        "writes": own.writes.total(),
        "hottest_share": round(own.hottest_share, 4),
        "most_of_a_key": MOST_OF_A_KEY * max(1, LARGE / rows),
    }


def main() -> int:
    """Prints the figures; the exit status is 1 where a key is too hot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rows, options.workers)
    if options.json:
        print(json.dumps(found))
    else:
        Console().print(
            f"{found['rows']} rows created and started in {found['requests_to_start']} requests; "
            f"drained by {found['workers']} processes, none lost or doubled: "
            f"{found['requests_per_task']} requests a task ÷ {FLOOR} = {found['ratio']}; "
            f"hottest key {found['hottest_share']:.2%} of {found['writes']} writes "
            f"(at most {found['most_of_a_key']:.0%})"
        )
    return int(found["hottest_share"] > found["most_of_a_key"])


if __name__ == "__main__":
    sys.exit(main())
