import pytest

from assetql.domain.errors import StaleClaim
from assetql.domain.thread import TurnLease
from assetql.ports import Stores
from tests.contract.races import race
from tests.contract.values import MINUTE, RIVAL, START, STUDIO


def _acquire(
    stores: Stores, holder: str, minutes: int, workspace: str = STUDIO
) -> TurnLease | None:
    """A lease of one minute, asked for `minutes` after the start."""
    now = START + minutes * MINUTE
    return stores.turns.acquire(workspace, "thr_1", holder=holder, until=now + MINUTE, now=now)


def _acquired(stores: Stores, holder: str, minutes: int, workspace: str = STUDIO) -> TurnLease:
    lease = _acquire(stores, holder, minutes, workspace)
    assert lease is not None
    return lease


def test_the_first_lease(stores: Stores) -> None:
    assert stores.turns.get(STUDIO, "thr_1") is None
    lease = _acquired(stores, "a", 0)
    assert lease == TurnLease(
        workspace=STUDIO, thread_id="thr_1", holder="a", token=1, until=START + MINUTE
    )
    assert stores.turns.get(STUDIO, "thr_1") == lease


def test_a_live_lease_keeps_everybody_out(stores: Stores) -> None:
    _acquired(stores, "a", 0)
    assert _acquire(stores, "b", 0) is None
    assert _acquire(stores, "a", 0) is None
    assert stores.turns.acquire(
        STUDIO, "thr_2", holder="b", until=START + MINUTE, now=START
    )  # another thread is free


def test_one_of_many_gets_the_turn(stores: Stores) -> None:
    leases = race(8, lambda n: _acquire(stores, str(n), 0))
    assert sum(lease is not None for lease in leases) == 1


def test_after_a_finished_turn_the_next_one_starts(stores: Stores) -> None:
    stores.turns.finish(_acquired(stores, "a", 0), consumed=3)
    ended = stores.turns.get(STUDIO, "thr_1")
    assert ended is not None
    assert (ended.token, ended.consumed) == (1, 3)
    assert ended.until <= START
    lease = _acquired(stores, "b", 0)
    assert (lease.token, lease.consumed) == (2, 3)


def test_an_ended_lease_is_taken_over_and_fenced_off(stores: Stores) -> None:
    old = _acquired(stores, "a", 0)
    new = _acquired(stores, "b", 1)
    assert new.token == old.token + 1
    with pytest.raises(StaleClaim):
        stores.turns.extend(old, until=START + 9 * MINUTE)
    with pytest.raises(StaleClaim):
        stores.turns.finish(old, consumed=5)
    assert stores.turns.get(STUDIO, "thr_1") == new


def test_an_ended_lease_that_nobody_took_over_may_finish(stores: Stores) -> None:
    lease = _acquired(stores, "a", 0)
    assert stores.turns.extend(lease, until=START + 5 * MINUTE).until == START + 5 * MINUTE
    assert _acquire(stores, "b", 4) is None
    stores.turns.finish(lease, consumed=1)
    assert _acquired(stores, "b", 4).consumed == 1


def test_a_finished_lease_is_not_revived(stores: Stores) -> None:
    lease = _acquired(stores, "a", 0)
    stores.turns.finish(lease, consumed=1)
    with pytest.raises(StaleClaim):
        stores.turns.extend(lease, until=START + 5 * MINUTE)
    assert _acquired(stores, "b", 0).token == 2


def test_what_was_answered_never_goes_back(stores: Stores) -> None:
    stores.turns.finish(_acquired(stores, "a", 0), consumed=3)
    stores.turns.finish(_acquired(stores, "a", 0), consumed=2)
    assert _acquired(stores, "a", 0).consumed == 3


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours = _acquired(stores, "a", 0)
    theirs = _acquired(stores, "b", 0, RIVAL)
    stores.turns.finish(theirs, consumed=7)
    assert stores.turns.get(STUDIO, "thr_1") == ours
    assert stores.turns.get("nobody", "thr_1") is None
