"""dead_letters: what was given up ends as FAILED with its money back, but not under a worker."""

from datetime import timedelta

from assetql.domain.task import TaskStatus
from assetql.pipeline.paging import tasks_of
from assetql.services import Services
from tests.integration.lambdas.conftest import RECEIVES
from tests.integration.lambdas.events import failures, queue_event
from tests.integration.lambdas.invoking import invoke
from tests.support.homes import started

SECOND = timedelta(seconds=1)


def given_up(services: Services) -> list[str]:
    """Receives the one message there is until it is a dead letter; its bodies, as they came."""
    bodies: list[str] = []
    for _ in range(RECEIVES):
        (delivery,) = services.stores.queue.receive(limit=1, visibility=SECOND, wait=3 * SECOND)
        services.stores.queue.extend(delivery, timedelta(0))
        bodies.append(delivery.body)
    assert not services.stores.queue.receive(limit=1, visibility=SECOND)
    return bodies


def test_a_held_task_is_not_taken_from_its_worker(services: Services) -> None:
    stores = services.stores
    batch = started(services, "Flask")
    given_up(services)
    (task,) = tasks_of(batch, stores=stores)
    now = services.clock.now()
    held = task.claim(worker="w1", until=now + timedelta(minutes=1), at=now)
    stores.tasks.save(held)

    (letter,) = stores.queue.receive_dead(limit=1, visibility=timedelta(0))
    assert failures(invoke("dead_letters", queue_event([letter]))) == [letter.message_id]
    assert stores.tasks.get(task.key) == held

    stores.tasks.extend(held.key, token=held.token, until=now - SECOND)
    (letter,) = stores.queue.receive_dead(limit=1, visibility=SECOND)
    event = queue_event([letter])
    assert failures(invoke("dead_letters", event)) == []
    (buried,) = tasks_of(batch, stores=stores)
    assert buried.status is TaskStatus.FAILED
    account = stores.ledger.account(batch.workspace)
    assert (account.reserved, account.spent) == (0, 0)

    assert failures(invoke("dead_letters", event)) == []
    assert stores.ledger.account(batch.workspace) == account
    assert stores.queue.depth().dead == 0
