"""Retries and cancels that are refused, cut off, or meet one another."""

import pytest

from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded
from assetql.domain.task import TaskStatus
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, step, tidy
from tests.support.effects import Fuse, watched
from tests.support.homes import OWNER, started
from tests.support.invariants import check_at_rest, tasks_of
from tests.unit.pipeline.acting import (
    MAKE,
    At,
    Killed,
    cancel,
    endings,
    kill,
    reread,
    retry,
    set_money,
    work_through,
)


def follow_ups_of(services: Services, batch: Batch) -> object:
    return services.stores.batches.follow_ups(batch.workspace, batch.batch_id)


def test_a_retry_that_is_refused_leaves_nothing_behind(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword", "Vile")
    drain(services, MAKE, clock)
    set_money(services, PRICE)
    before = (
        services.stores.batches.get(batch.workspace, batch.batch_id),
        follow_ups_of(services, batch),
    )
    with pytest.raises(BudgetExceeded):
        retry(services, batch)
    after = (
        services.stores.batches.get(batch.workspace, batch.batch_id),
        follow_ups_of(services, batch),
    )
    assert after == before
    set_money(services, 2 * PRICE)
    assert retry(services, batch) == 1
    drain(services, MAKE, clock)
    assert endings(services) == ["PARTIAL.", "READY."]


def test_a_retry_that_was_cut_off_is_not_paid_twice(services: Services) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    with pytest.raises(Killed):
        retry(watched(services, Fuse(2, False, kill)), batch, "first")
    assert retry(services, batch, "second") == 1
    account = services.stores.ledger.account(OWNER.workspace)
    assert (account.reserved, account.spent) == (PRICE, PRICE)
    assert reread(services, batch).runs == 2, "the second finished what the first began"


def test_a_cancelled_retry_does_not_run(services: Services, clock: ManualClock) -> None:
    batch = started(services, "Sword", "Vile")
    work_through(services)
    with pytest.raises(Killed):
        retry(watched(services, Fuse(2, False, kill)), batch)
    cancel(services, batch)
    drain(services, MAKE, clock)
    ended = {task.name: (task.status, task.run) for task in tasks_of(services.stores, batch)}
    assert ended == {"Sword": (TaskStatus.READY, 1), "Vile": (TaskStatus.FAILED, 1)}
    check_at_rest(services, OWNER.workspace)


def test_a_retry_goes_on_where_the_batch_was_settled_meanwhile(services: Services) -> None:
    batch = started(services, "Sword", "Vile", "Axe")
    for _ in range(2):
        step(services, MAKE)
    at = At("ledger.post", lambda: tidy(services))
    assert retry(watched(services, at), batch) == 1


def test_a_cancel_goes_on_where_the_batch_was_settled_meanwhile(
    services: Services, clock: ManualClock
) -> None:
    batch = started(services, "Sword", "Vile", "Axe")
    step(services, MAKE)
    cancel(watched(services, At("batches.save", lambda: tidy(services))), batch)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)
