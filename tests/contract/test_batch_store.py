from dataclasses import replace

import pytest

from assetql.domain.batch import Batch, FollowUpStatus
from assetql.domain.errors import Conflict
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import MINUTE, RIVAL, START, STUDIO, a_batch, a_follow_up, started


def test_a_batch_comes_back_as_it_was_stored(stores: Stores) -> None:
    batch = a_batch(cancelled_at=START, thread_id="thr_1", held=5, settled_spent=6)
    assert stores.batches.create(batch, key="k") == batch
    assert stores.batches.get(STUDIO, "bat_1") == batch
    assert stores.batches.get(STUDIO, "bat_2") is None


def test_a_key_creates_once(stores: Stores) -> None:
    first = stores.batches.create(a_batch("bat_1"), key="k")
    assert stores.batches.create(a_batch("bat_2"), key="k") == first
    assert stores.batches.get(STUDIO, "bat_2") is None
    assert stores.batches.created(STUDIO, "k") == first
    assert stores.batches.created(STUDIO, "other") is None


def test_a_repeated_create_returns_the_newest_state(stores: Stores) -> None:
    batch = stores.batches.create(a_batch(), key="k")
    stores.batches.save(started(batch))
    assert stores.batches.create(a_batch("bat_2"), key="k") == started(batch)


def test_a_key_creates_once_among_threads(stores: Stores) -> None:
    made = race(8, lambda n: stores.batches.create(a_batch(f"bat_{n}"), key="k"))
    assert len(set(made)) == 1
    assert stores.batches.page(STUDIO).items == (made[0],)


def test_an_id_is_not_taken_over_by_another_key(stores: Stores) -> None:
    first = stores.batches.create(a_batch(), key="k")
    with pytest.raises(Conflict):
        stores.batches.create(a_batch(name="other"), key="l")
    assert stores.batches.get(STUDIO, "bat_1") == first


def test_save_only_over_the_version_before(stores: Stores) -> None:
    first = stores.batches.create(a_batch(), key="k")
    second = replace(first, name="b", version=2)
    stores.batches.save(second)
    for version in (1, 2, 4):
        with pytest.raises(Conflict):
            stores.batches.save(replace(first, name="late", version=version))
    assert stores.batches.get(STUDIO, "bat_1") == second


def test_save_does_not_create(stores: Stores) -> None:
    with pytest.raises(Conflict):
        stores.batches.save(a_batch())
    assert stores.batches.get(STUDIO, "bat_1") is None


def test_one_of_many_saves_wins(stores: Stores) -> None:
    first = stores.batches.create(a_batch(), key="k")
    saves = [replace(first, name=str(n), version=2) for n in range(8)]
    won = race(8, lambda n: succeeds(lambda: stores.batches.save(saves[n]), Conflict))
    assert won.count(True) == 1
    assert stores.batches.get(STUDIO, "bat_1") == saves[won.index(True)]


def _pages(stores: Stores, workspace: str, limit: int) -> list[Batch]:
    found: list[Batch] = []
    after = None
    while True:
        page = stores.batches.page(workspace, after=after, limit=limit)
        found.extend(page.items)
        if page.cursor is None:
            return found
        assert len(page.items) == limit
        after = page.cursor


@pytest.mark.parametrize("limit", [1, 2, 5, 50])
def test_pages_are_newest_first_and_whole(stores: Stores, limit: int) -> None:
    ages = [3, 1, 4, 1, 5]  # two of one age
    batches = [a_batch(f"bat_{n}", created_at=START - age * MINUTE) for n, age in enumerate(ages)]
    for batch in batches:
        stores.batches.create(batch, key=batch.batch_id)
    stores.batches.create(a_batch("bat_9", RIVAL), key="k")
    pages = _pages(stores, STUDIO, limit)
    assert [batch.created_at for batch in pages] == sorted(
        (batch.created_at for batch in batches), reverse=True
    )
    assert set(pages) == set(batches)


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours = stores.batches.create(a_batch(), key="k")
    theirs = stores.batches.create(a_batch(workspace=RIVAL, name="theirs"), key="k")
    assert theirs.name == "theirs"
    assert stores.batches.get(RIVAL, "bat_1") == theirs
    stores.batches.save(started(theirs))
    assert stores.batches.get(STUDIO, "bat_1") == ours
    stores.batches.create(a_batch("bat_2"), key="l")
    cursor = stores.batches.page(STUDIO, limit=1).cursor
    assert cursor is not None
    assert STUDIO not in {b.workspace for b in stores.batches.page(RIVAL, after=cursor).items}


def test_active_are_the_begun_that_are_not_closed(stores: Stores) -> None:
    draft = stores.batches.create(a_batch("bat_draft"), key="1")
    cancelled = stores.batches.create(a_batch("bat_cancelled", cancelled_at=START), key="2")
    running = started(stores.batches.create(a_batch("bat_running", RIVAL), key="3"))
    stores.batches.save(running)
    sending = started(stores.batches.create(a_batch("bat_sending"), key="4"), dispatched=False)
    stores.batches.save(sending)
    closed = started(stores.batches.create(a_batch("bat_closed"), key="5"), closed=True)
    stores.batches.save(closed)
    assert set(stores.batches.active().items) == {cancelled, running, sending}
    first = stores.batches.active(limit=2)
    rest = stores.batches.active(after=first.cursor, limit=2)
    assert rest.cursor is None
    assert {*first.items, *rest.items} == {cancelled, running, sending}
    stores.batches.save(started(draft))
    assert len(stores.batches.active().items) == 4


def test_a_follow_up_is_declared_once(stores: Stores) -> None:
    first = stores.batches.add_follow_up(a_follow_up())
    assert first == a_follow_up()
    assert stores.batches.add_follow_up(a_follow_up(requested_by="bo")) == first
    assert stores.batches.follow_ups(STUDIO, "bat_1") == (first,)


def test_follow_ups_keep_the_order_of_declaring(stores: Stores) -> None:
    ids = ["fol_3", "fol_1", "fol_2"]
    for follow_up_id in ids:
        stores.batches.add_follow_up(a_follow_up(follow_up_id))
    stores.batches.add_follow_up(a_follow_up(workspace=RIVAL))
    stores.batches.add_follow_up(a_follow_up(batch_id="bat_2"))
    assert [f.follow_up_id for f in stores.batches.follow_ups(STUDIO, "bat_1")] == ids
    assert len(stores.batches.follow_ups(RIVAL, "bat_1")) == 1


def test_a_follow_up_is_saved_over_the_version_before(stores: Stores) -> None:
    first = stores.batches.add_follow_up(a_follow_up())
    running = replace(
        first, status=FollowUpStatus.RUNNING, until=START + MINUTE, token=1, version=2
    )
    stores.batches.save_follow_up(running)
    with pytest.raises(Conflict):
        stores.batches.save_follow_up(replace(running, token=9))
    with pytest.raises(Conflict):
        stores.batches.save_follow_up(replace(running, workspace=RIVAL, version=3))
    assert stores.batches.follow_ups(STUDIO, "bat_1") == (running,)
