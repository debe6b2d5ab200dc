"""workflow and reconciler: batches whose tasks ended, told twice, or after a crash."""

from dataclasses import replace
from datetime import timedelta

from assetql.domain.batch import FollowUpStatus
from assetql.domain.task import TaskStatus
from assetql.pipeline.export import request_export
from assetql.services import Services
from tests.integration.lambdas.batches import assets, made, make_all, now, tasks
from tests.integration.lambdas.conftest import Configure
from tests.integration.lambdas.events import event, failures, sequence, stream_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import OWNER, started


def test_the_last_task_closes_its_batch_and_a_repetition_changes_nothing(
    services: Services,
) -> None:
    stores = services.stores
    batch = started(services, "Flask", "Shield")
    request_export(
        presets=["raw"],
        batch_id=batch.batch_id,
        caller=OWNER,
        stores=stores,
        clock=services.clock,
        key="pack",
    )
    queued = tasks(services, batch)
    assert failures(invoke("workflow", stream_event(*queued))) == []
    assert not now(services, batch).closed

    make_all(services)
    ended = stream_event(*tasks(services, batch), None)
    assert failures(invoke("workflow", ended)) == []
    closed = now(services, batch)
    assert closed.closed
    follow_ups = stores.batches.follow_ups(batch.workspace, batch.batch_id)
    assert {f.status for f in follow_ups} == {FollowUpStatus.DONE}
    assert all(asset.tags.tagger for asset in assets(services, batch))
    inbox = stores.inbox.after(batch.workspace, "thread", 0)
    notices = [message for message in inbox if "has ended" in message.text]
    assert len(notices) == 1
    account = stores.ledger.account(batch.workspace)
    assert (account.reserved, account.spent) == (0, batch.quote.total)

    assert failures(invoke("workflow", ended)) == []
    assert now(services, batch) == closed
    assert stores.batches.follow_ups(batch.workspace, batch.batch_id) == follow_ups
    assert stores.inbox.after(batch.workspace, "thread", 0) == inbox
    assert stores.ledger.account(batch.workspace) == account


def test_what_can_not_be_read_is_reported_and_stops_nothing_else(services: Services) -> None:
    batch = made(services, "Flask")
    answer = invoke("workflow", stream_event("{}", *tasks(services, batch)))
    assert failures(answer) == [sequence(0)]
    assert now(services, batch).closed


def test_the_reconciler_mends_what_a_crash_left(configure: Configure) -> None:
    services = configure(lease_seconds=1)
    stores = services.stores
    batch = started(services, "Flask", "Shield")
    first, second = tasks(services, batch)
    at = services.clock.now()
    # One worker died long ago, and the message of the other task is lost.
    crashed = first.claim(worker="gone", until=at - timedelta(seconds=5), at=at)
    stores.tasks.save(crashed)
    for delivery in stores.queue.receive(limit=10, visibility=timedelta(seconds=30)):
        stores.queue.ack(delivery)
    undone = now(services, batch)
    stores.batches.save(replace(undone, dispatched=False, version=undone.version + 1))

    repairs = invoke("reconciler", event("schedule"))
    assert (repairs["released"], repairs["open_batches"]) == (1, 1)
    make_all(services)
    assert {task.status for task in tasks(services, batch)} == {TaskStatus.READY}
    assert second.key in {task.key for task in tasks(services, batch)}

    assert invoke("reconciler", event("schedule"))["open_batches"] == 0
    assert now(services, batch).closed
    quiet = {"released": 0, "resent": 0, "carried_out": 0, "buried": 0, "open_batches": 0}
    assert invoke("reconciler", event("schedule")) == quiet
