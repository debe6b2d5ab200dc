"""What goes wrong between boto3 and AWS costs time, and nothing else: no image, no money."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assetql.adapters.aws.items import Item
from assetql.adapters.aws.resources import UPLOADS
from assetql.adapters.aws.table import Table
from assetql.domain.errors import StoreUnavailable
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task, TaskStatus
from assetql.pipeline.make_image import MadeImage
from assetql.services import Services
from assetql.worker import Worker
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step
from tests.support.emulator import emulator_address, installed
from tests.support.fault_proxy.faults import (
    INTERNAL,
    LOST_REPLY,
    RESET,
    THROTTLED,
    UNAVAILABLE,
    Altered,
    Fault,
)
from tests.support.fault_proxy.partial import PARTIAL
from tests.support.fault_proxy.proxy import FaultProxy
from tests.support.fault_proxy.script import Rule
from tests.support.homes import OWNER, draft, open_home, start, started
from tests.support.invariants import check_always, check_at_rest, tasks_of
from tests.support.making import Fate, scripted
from tests.support.prompt_aws.family import ATTEMPTS

NAMES = ("Sword", "Shield", "Cursed")
TRIES = {"Sword": 1, "Shield": 2, "Cursed": 2}
FATES = {"Shield": Fate(scores=(0.1,)), "Cursed": Fate(scores=(0.2, 0.1))}
WRITES = (
    "PutItem",
    "UpdateItem",
    "TransactWriteItems",
    "SendMessageBatch",
    "DeleteMessage",
    "PutObject",
    "DeleteObject",
)

Open = Callable[..., AbstractContextManager[Services]]


class Counted:
    """Makes images by the script, and counts them by the task's name."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self._make = scripted(FATES)

    def __call__(self, task: Task, profile: StyleProfile | None) -> MadeImage:
        self.made[task.name] += 1
        return self._make(task, profile)


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    with FaultProxy(emulator_address(), seed=7) as serving:
        yield serving


@pytest.fixture
def opened(tmp_path: Path, proxy: FaultProxy) -> Open:
    """Opens the AWS family through the proxy."""
    return partial(open_home, tmp_path, family="hurried_aws", endpoint=proxy.address)


def check_job(services: Services, clock: ManualClock, faulty: Callable[[], None]) -> None:
    """A batch from its start to its end under faults that boto3's retries get over."""
    make = Counted()
    batch = draft(services, *NAMES)
    faulty()
    start(services, batch)
    drain(services, make, clock)
    check_at_rest(services, OWNER.workspace)
    tasks = tasks_of(services.stores, batch)
    assert {task.name: task.attempts for task in tasks} == TRIES == make.made
    assert sum(task.faults for task in tasks) == 0
    assert services.stores.ledger.account(OWNER.workspace).spent == 2 * PRICE


@pytest.mark.parametrize("operation", WRITES)
def test_a_lost_reply_to_a_write_changes_nothing(
    opened: Open, proxy: FaultProxy, operation: str
) -> None:
    """Every second reply is lost after the write was done; boto3 sends it again."""
    clock = ManualClock()
    lost = Rule(fault=LOST_REPLY, operation=operation, every=2, times=None)
    with opened(clock=clock) as services:
        check_job(services, clock, lambda: proxy.plan(lost))
    assert proxy.hits()


@pytest.mark.parametrize("fault", [THROTTLED, INTERNAL, UNAVAILABLE, RESET], ids=lambda f: f.name)
def test_a_storm_over_every_service_is_ridden_out(
    opened: Open, proxy: FaultProxy, fault: Fault
) -> None:
    storm = Rule(fault=fault, every=3, times=None)
    clock = ManualClock()
    with opened(clock=clock) as services:
        check_job(services, clock, lambda: proxy.plan(storm))
    assert proxy.hits() > 20


def test_parts_of_batches_left_undone_are_finished(opened: Open, proxy: FaultProxy) -> None:
    """UnprocessedKeys and failed entries, under HTTP 200."""
    clock = ManualClock()
    with opened(clock=clock) as services:
        check_job(services, clock, lambda: proxy.plan(Rule(fault=PARTIAL, times=None)))
    assert Counter(seen.operation for seen in proxy.log())["SendMessageBatch"] >= 2


def test_unprocessed_keys_are_read_in_the_end(tmp_path: Path, proxy: FaultProxy) -> None:
    clients, names = installed(tmp_path, max_receives=3, endpoint=proxy.address)
    table = Table(clients.dynamodb, names.table(UPLOADS))
    items: list[Item] = [{"pk": "p", "sk": str(number)} for number in range(60)]
    for item in items:
        table.insert(item)
    proxy.plan(Rule(fault=PARTIAL, times=None))
    found = table.get_many([("p", str(number)) for number in range(60)])
    assert sorted(str(item["sk"]) for item in found) == sorted(str(item["sk"]) for item in items)
    assert proxy.hits() >= 2


def disordered(document: dict[str, Any]) -> None:
    """Each message twice, the last ones first."""
    entries = document["Entries"]
    again = [entry | {"Id": f"{entry['Id']}-again"} for entry in entries]
    document["Entries"] = [*reversed(entries), *again][:10]


def test_messages_that_come_twice_and_in_disorder_are_worked_on_once(
    opened: Open, proxy: FaultProxy
) -> None:
    twice = Rule(fault=Altered(disordered), operation="SendMessageBatch", times=None)
    clock = ManualClock()
    with opened(clock=clock) as services:
        check_job(services, clock, lambda: proxy.plan(twice))
    assert proxy.hits()


def test_objects_that_cannot_be_stored_cost_no_image_twice(opened: Open, proxy: FaultProxy) -> None:
    """S3 is away after the table has the claim: the task is left with its faults counted."""
    away = Rule(fault=UNAVAILABLE, operation="PutObject", times=ATTEMPTS)
    clock, make = ManualClock(), Counted()
    with opened(clock=clock) as services:
        batch = started(services, "Sword")
        proxy.plan(away)
        assert step(services, make)
        (task,) = tasks_of(services.stores, batch)
        assert (task.status, task.faults) == (TaskStatus.QUEUED, 1)
        check_always(services, OWNER.workspace)
        drain(services, make, clock)
        check_at_rest(services, OWNER.workspace)
        assert make.made["Sword"] == 2, "one image was wasted"
        assert services.stores.ledger.account(OWNER.workspace).spent == PRICE


def test_a_table_that_fails_after_the_object_was_stored_leaves_no_stray(
    opened: Open, proxy: FaultProxy
) -> None:
    """The commit is refused for as long as boto3 tries; the image is there, the asset is not."""
    clock, make = ManualClock(), Counted()
    with opened(clock=clock) as services:
        batch = started(services, "Sword")
        proxy.plan(Rule(fault=INTERNAL, operation="TransactWriteItems", times=ATTEMPTS))
        assert step(services, make)
        assert proxy.hits() == ATTEMPTS
        check_always(services, OWNER.workspace)
        drain(services, make, clock)
        check_at_rest(services, OWNER.workspace)
        (task,) = tasks_of(services.stores, batch)
        assert task.status is TaskStatus.READY
        assert services.stores.ledger.account(OWNER.workspace).spent == PRICE


def test_a_queue_that_is_away_at_the_start_is_made_up_for(opened: Open, proxy: FaultProxy) -> None:
    """The table has the start, and no message was sent: the next pass sends them."""
    clock, make = ManualClock(), Counted()
    with opened(clock=clock) as services:
        batch = draft(services, *NAMES)
        proxy.plan(Rule(fault=RESET, operation="SendMessageBatch", times=ATTEMPTS))
        with pytest.raises(StoreUnavailable):
            start(services, batch)
        assert services.stores.queue.depth().visible == 0
        check_always(services, OWNER.workspace)
        drain(services, make, clock)
        check_at_rest(services, OWNER.workspace)
        assert make.made == TRIES


def test_workers_get_through_a_throttling_storm(tmp_path: Path, proxy: FaultProxy) -> None:
    """Threads, heartbeat and SQS's own time, with 30 % of what DynamoDB is asked refused."""
    opened = open_home(
        tmp_path, family="prompt_aws", endpoint=proxy.address, lease_seconds=2, faults=50
    )
    with opened as services:
        batch = started(services, *NAMES)
        proxy.plan(Rule(fault=THROTTLED, service="dynamodb", chance=0.3, times=None))
        Worker(services, make=scripted(FATES)).run(until_idle=True)
        throttled = proxy.hits()
        proxy.calm()
        check_at_rest(services, OWNER.workspace)
        ended = Counter(task.status for task in tasks_of(services.stores, batch))
        assert ended == {TaskStatus.READY: 2, TaskStatus.FAILED: 1}
    assert throttled > 20
