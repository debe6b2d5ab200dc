from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetql.domain.batch import Batch
from assetql.domain.errors import Conflict, StaleClaim
from assetql.domain.ledger import Tally
from assetql.domain.task import OPEN, Attempt, Counts, Task, TaskStatus
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import (
    MINUTE,
    RIVAL,
    START,
    STUDIO,
    a_batch,
    accepted,
    an_asset,
    claimed,
    started,
    tasks_for,
)


def _add(stores: Stores, rows: int = 3, workspace: str = STUDIO) -> tuple[Task, ...]:
    tasks = tasks_for(a_batch(workspace=workspace), rows)
    stores.tasks.add(tasks)
    return tasks


def _save(stores: Stores, task: Task) -> Task:
    stores.tasks.save(task)
    return task


def test_add_returns_how_many_and_keeps_them(stores: Stores) -> None:
    tasks = tasks_for(a_batch(), rows=1_203)
    assert stores.tasks.add(iter(tasks)) == 1_203
    assert all(stores.tasks.get(task.key) == task for task in tasks[::401])
    assert stores.tasks.tally(STUDIO, "bat_1").counts.total == 1_203


def test_adding_again_changes_nothing(stores: Stores) -> None:
    tasks = _add(stores)
    moved = _save(stores, claimed(tasks[0]))
    assert stores.tasks.add(tasks) == 3
    assert stores.tasks.get(moved.key) == moved
    assert stores.tasks.tally(STUDIO, "bat_1").counts == Counts(QUEUED=2, GENERATING=1)


def test_a_task_comes_back_as_it_was_saved(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0]))
    assert stores.tasks.get(task.key) == task
    attempt = Attempt(object_key="raw/x.png", score=0.31, reason="too dark", seed=4)
    knobs = {"guidance_scale": 9.5}
    task = _save(stores, task.reject(attempt, knobs=knobs, seed=5, cap=4, at=START))
    assert stores.tasks.get(task.key) == task


def test_save_only_over_the_version_before(stores: Stores) -> None:
    task = _add(stores)[0]
    first = _save(stores, claimed(task))
    late = task.claim(worker="w2", until=START + MINUTE, at=START)
    for version in (late.version, late.version + 2):
        with pytest.raises(Conflict):
            stores.tasks.save(replace(late, version=version))
    assert stores.tasks.get(task.key) == first


def test_save_does_not_create(stores: Stores) -> None:
    task = tasks_for(a_batch())[0]
    with pytest.raises(Conflict):
        stores.tasks.save(claimed(task))
    assert stores.tasks.get(task.key) is None


def test_one_of_many_claims_wins(stores: Stores) -> None:
    task = _add(stores)[0]
    claims = [task.claim(worker=str(n), until=START, at=START) for n in range(8)]
    won = race(8, lambda n: succeeds(lambda: stores.tasks.save(claims[n]), Conflict))
    assert won.count(True) == 1
    assert stores.tasks.get(task.key) == claims[won.index(True)]


def test_a_live_lease_keeps_the_reconciler_out(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0], until=START + MINUTE))
    requeued = task.fault("the lease ended", cap=5, at=START)
    stores.tasks.extend(task.key, token=1, until=START + 3 * MINUTE)
    with pytest.raises(Conflict):
        stores.tasks.save(requeued, lease_ended_by=START + 2 * MINUTE)
    stores.tasks.save(requeued, lease_ended_by=START + 3 * MINUTE)
    assert stores.tasks.get(task.key) == requeued


def test_lease_ended_by_still_needs_the_version(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0], until=START))
    with pytest.raises(Conflict):
        stores.tasks.save(replace(task, version=9), lease_ended_by=START + MINUTE)


def _reopened(stores: Stores) -> Batch:
    batch = started(stores.batches.create(a_batch(), key="k"), dispatched=False)
    stores.batches.save(batch)
    return batch


def test_requeue_saves_many(stores: Stores) -> None:
    reopened = _reopened(stores)
    tasks = tasks_for(reopened, rows=230)
    stores.tasks.add(tasks)
    failed = [_save(stores, task.fail("dead", at=START)) for task in tasks[:210]]
    again = tuple(task.retry(seed=1, at=START) for task in failed)
    assert stores.tasks.requeue(again, reopened=reopened) == again
    assert stores.tasks.page(STUDIO, "bat_1", limit=230).items == (*again, *tasks[210:])
    assert stores.tasks.tally(STUDIO, "bat_1").counts == Counts(QUEUED=230)
    assert stores.tasks.requeue([], reopened=reopened) == ()


def test_requeue_leaves_out_what_moved_on(stores: Stores) -> None:
    reopened = _reopened(stores)
    failed = [_save(stores, task.fail("dead", at=START)) for task in _add(stores)]
    again = [task.retry(seed=1, at=START) for task in failed]
    moved = _save(stores, claimed(_save(stores, failed[1].retry(seed=2, at=START))))
    assert stores.tasks.requeue(again, reopened=reopened) == (again[0], again[2])
    assert stores.tasks.requeue(again, reopened=reopened) == ()
    assert stores.tasks.page(STUDIO, "bat_1").items == (again[0], moved, again[2])


def test_requeue_is_refused_once_the_batch_moved_on(stores: Stores) -> None:
    reopened = _reopened(stores)
    failed = [_save(stores, task.fail("dead", at=START)) for task in _add(stores)]
    again = [task.retry(seed=1, at=START) for task in failed]
    stores.batches.save(replace(reopened, dispatched=True, version=reopened.version + 1))
    with pytest.raises(Conflict, match="bat_1"):
        stores.tasks.requeue(again, reopened=reopened)
    assert stores.tasks.page(STUDIO, "bat_1").items == tuple(failed)


def test_many_requeue_each_task_once(stores: Stores) -> None:
    reopened = _reopened(stores)
    failed = [_save(stores, task.fail("dead", at=START)) for task in _add(stores, rows=12)]
    again = [task.retry(seed=1, at=START) for task in failed]
    requeued = race(4, lambda n: stores.tasks.requeue(again[n:], reopened=reopened))
    won = Counter(task.key.task_id for tasks in requeued for task in tasks)
    assert won == Counter(task.key.task_id for task in again)


def test_commit_makes_task_and_asset_at_once(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0]))
    ready, asset = accepted(task), an_asset(task)
    stores.tasks.commit(ready, asset)
    assert stores.tasks.get(task.key) == ready
    assert stores.assets.get(STUDIO, asset.asset_id) == asset


def test_a_stale_commit_leaves_no_asset(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0]))
    cancelled = _save(stores, task.cancel(at=START))
    with pytest.raises(Conflict):
        stores.tasks.commit(accepted(task), an_asset(task))
    assert stores.tasks.get(task.key) == cancelled
    assert stores.assets.get(STUDIO, an_asset(task).asset_id) is None


def test_a_commit_over_an_asset_moves_no_task(stores: Stores) -> None:
    one, two = (_save(stores, claimed(task)) for task in _add(stores)[:2])
    stores.tasks.commit(accepted(one), an_asset(one))
    with pytest.raises(Conflict):
        stores.tasks.commit(accepted(two), an_asset(one, name="usurper"))
    assert stores.tasks.get(two.key) == two
    assert stores.tasks.tally(STUDIO, "bat_1").counts == Counts(QUEUED=1, GENERATING=1, READY=1)


def test_fifty_commits_at_once_make_one_asset(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0]))
    ready, asset = accepted(task), an_asset(task)
    won = race(50, lambda _: succeeds(lambda: stores.tasks.commit(ready, asset), Conflict))
    assert won.count(True) == 1
    assert stores.assets.page(STUDIO, "bat_1").items == (asset,)


def test_a_heartbeat_prolongs_without_a_version(stores: Stores) -> None:
    task = _save(stores, claimed(_add(stores)[0]))
    later = START + 2 * MINUTE
    stores.tasks.extend(task.key, token=1, until=later)
    extended = stores.tasks.get(task.key)
    assert extended is not None
    assert task.lease is not None
    assert extended == replace(task, lease=replace(task.lease, until=later))
    assert stores.tasks.expired(later) == ()
    stores.tasks.commit(accepted(task), an_asset(task))


def test_a_heartbeat_of_another_token_is_stale(stores: Stores) -> None:
    queued, task = _add(stores)[:2]
    task = _save(stores, claimed(task))
    for key, token in (
        (task.key, 2),
        (queued.key, 0),
        (replace(task.key, workspace=RIVAL), 1),
        (replace(task.key, task_id="none"), 1),
    ):
        with pytest.raises(StaleClaim):
            stores.tasks.extend(key, token=token, until=START + 9 * MINUTE)
    _save(stores, task.cancel(at=START))
    with pytest.raises(StaleClaim):
        stores.tasks.extend(task.key, token=1, until=START + 9 * MINUTE)


def test_a_heartbeat_of_a_worker_that_lost_its_task_is_stale(stores: Stores) -> None:
    first = _save(stores, claimed(_add(stores)[0]))
    second = _save(stores, claimed(_save(stores, first.fault("down", cap=9, at=START))))
    with pytest.raises(StaleClaim):
        stores.tasks.extend(first.key, token=first.token, until=START + 9 * MINUTE)
    assert stores.tasks.get(first.key) == second


@pytest.mark.parametrize("limit", [1, 2, 6, 500])
@pytest.mark.parametrize("status", [None, TaskStatus.QUEUED])
def test_pages_go_by_id(stores: Stores, limit: int, status: TaskStatus | None) -> None:
    tasks = list(_add(stores, rows=6))
    _add(stores, rows=1, workspace=RIVAL)
    tasks[2] = _save(stores, claimed(tasks[2]))
    expected = [task for task in tasks if status in (None, task.status)]
    found: list[Task] = []
    after = None
    while True:
        page = stores.tasks.page(STUDIO, "bat_1", status=status, after=after, limit=limit)
        found.extend(page.items)
        if page.cursor is None:
            break
        after = page.cursor
    assert found == expected


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours, theirs = _add(stores)[0], _add(stores, workspace=RIVAL)[0]
    moved = _save(stores, claimed(ours))
    assert stores.tasks.get(theirs.key) == theirs
    assert stores.tasks.get(ours.key) == moved
    assert stores.tasks.tally(RIVAL, "bat_1").counts == Counts(QUEUED=3)
    assert {t.key.workspace for t in stores.tasks.page(RIVAL, "bat_1").items} == {RIVAL}


def test_an_unknown_batch_tallies_nothing(stores: Stores) -> None:
    assert stores.tasks.tally(STUDIO, "bat_none") == Tally(counts=Counts())


_MOVES: dict[str, Callable[[Task], Task]] = {
    "claim": claimed,
    "accept": accepted,
    "fault": lambda task: task.fault("down", cap=3, at=START),
    "fail": lambda task: task.fail("dead", at=START),
    "cancel": lambda task: task.cancel(at=START),
    "retry": lambda task: task.retry(seed=1, at=START),
}
_numbers = count(1)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(sorted(_MOVES))), max_size=30))
def test_the_tally_equals_a_recount(stores: Stores, moves: list[tuple[int, str]]) -> None:
    batch_id = f"bat_{next(_numbers)}"
    tasks = list(tasks_for(a_batch(batch_id), rows=4))
    stores.tasks.add(tasks)
    for index, move in moves:
        tasks[index] = _moved(stores, tasks[index], move)
    by_status = Counter(task.status.value for task in tasks)
    assert stores.tasks.tally(STUDIO, batch_id) == Tally(
        counts=Counts(**by_status),
        open_value=sum(t.unit_price for t in tasks if t.status in OPEN),
        ready_value=sum(t.unit_price for t in tasks if t.status is TaskStatus.READY),
        failed_value=sum(t.unit_price for t in tasks if t.status is TaskStatus.FAILED),
    )


def _moved(stores: Stores, task: Task, move: str) -> Task:
    """The task after a legal move, or as it was."""
    try:
        moved = _MOVES[move](task)
    except Conflict:
        return task
    if moved.status is TaskStatus.READY:
        stores.tasks.commit(moved, an_asset(task))
    else:
        stores.tasks.save(moved)
    return moved


def test_the_tally_is_true_after_a_race(stores: Stores) -> None:
    tasks = _add(stores, rows=20)

    def finish(number: int) -> None:
        for task in tasks[number::4]:
            mine = _save(stores, claimed(task))
            if number % 2:
                stores.tasks.save(mine.cancel(at=START))
            else:
                stores.tasks.commit(accepted(mine), an_asset(mine))

    race(4, finish)
    assert stores.tasks.tally(STUDIO, "bat_1").counts == Counts(READY=10, CANCELLED=10)


def test_expired_are_the_leases_that_ended(stores: Stores) -> None:
    tasks = [*_add(stores), *_add(stores, workspace=RIVAL)]
    early = _save(stores, claimed(tasks[0], until=START))
    _save(stores, claimed(tasks[1], until=START + 2 * MINUTE))
    theirs = _save(stores, claimed(tasks[3], until=START + timedelta(seconds=1)))
    _save(stores, _save(stores, claimed(tasks[4], until=START)).cancel(at=START))
    assert stores.tasks.expired(START) == ()
    assert stores.tasks.expired(START + MINUTE) == (early, theirs)
    assert len(stores.tasks.expired(START + MINUTE, limit=1)) == 1


def test_stuck_are_the_queued_of_started_batches(stores: Stores) -> None:
    expected: set[str] = set()
    for workspace, name, begun, dispatched in (
        (STUDIO, "bat_sent", True, True),
        (RIVAL, "bat_sent", True, True),
        (STUDIO, "bat_draft", False, True),
        (STUDIO, "bat_sending", True, False),
    ):
        batch = stores.batches.create(a_batch(name, workspace), key=name)
        tasks = tasks_for(batch)
        stores.tasks.add(tasks)
        _save(stores, claimed(tasks[0]))
        moved = claimed(tasks[1]).fault("down", cap=9, at=START + 5 * MINUTE)
        _save(stores, claimed(tasks[1]))
        _save(stores, moved)
        if begun:
            stores.batches.save(started(batch, dispatched=dispatched))
        if begun and dispatched:
            expected.add(f"{workspace} {tasks[2].key.task_id}")
    stuck = stores.tasks.stuck(START + MINUTE)
    assert {f"{task.key.workspace} {task.key.task_id}" for task in stuck} == expected
    assert stores.tasks.stuck(START) == ()
    assert len(stores.tasks.stuck(START + 9 * MINUTE)) == 4
    assert len(stores.tasks.stuck(START + 9 * MINUTE, limit=3)) == 3
