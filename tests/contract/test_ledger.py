from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetql.domain.batch import Batch
from assetql.domain.errors import BudgetExceeded, Conflict
from assetql.domain.money import Account
from assetql.ports import Stores
from tests.contract.families import BUDGET, OpenFamily
from tests.contract.races import in_processes, race, succeeds
from tests.contract.values import RIVAL, STUDIO, a_batch, an_entry, started

SHARE = BUDGET // 10


def _draft(stores: Stores, batch_id: str = "bat_1", workspace: str = STUDIO) -> Batch:
    return stores.batches.create(a_batch(batch_id, workspace), key=batch_id)


def _reserve(stores: Stores, batch: Batch, reserved: int) -> bool:
    held = started(batch, held=reserved)
    return stores.ledger.post(an_entry(held, reserved), batch=held)


def test_a_new_workspace_has_the_initial_budget(stores: Stores) -> None:
    assert stores.ledger.account(STUDIO) == Account(BUDGET)


def test_a_budget_is_set_for_one_workspace(stores: Stores) -> None:
    assert stores.ledger.set_budget(STUDIO, 7) == Account(7)
    assert stores.ledger.account(STUDIO) == Account(7)
    assert stores.ledger.account(RIVAL) == Account(BUDGET)


def test_a_budget_keeps_what_is_reserved_and_spent(stores: Stores) -> None:
    _reserve(stores, _draft(stores), SHARE)
    assert stores.ledger.set_budget(STUDIO, 1) == Account(1, reserved=SHARE)


def test_a_post_moves_account_and_batch(stores: Stores) -> None:
    batch = _draft(stores)
    assert _reserve(stores, batch, SHARE)
    assert stores.ledger.account(STUDIO) == Account(BUDGET, reserved=SHARE)
    assert stores.batches.get(STUDIO, "bat_1") == started(batch, held=SHARE)
    assert stores.ledger.account(RIVAL) == Account(BUDGET)


def test_an_entry_is_posted_once(stores: Stores) -> None:
    batch = _draft(stores)
    assert _reserve(stores, batch, SHARE)
    again = replace(started(batch), name="again", version=3)
    entry = an_entry(again, SHARE, entry_id="bat_1:2")
    assert not stores.ledger.post(entry, batch=again)
    assert stores.ledger.account(STUDIO) == Account(BUDGET, reserved=SHARE)
    assert stores.batches.get(STUDIO, "bat_1") == started(batch, held=SHARE)


def test_an_entry_is_posted_once_among_threads(stores: Stores) -> None:
    batch = _draft(stores)
    assert race(16, lambda _: _reserve(stores, batch, SHARE)).count(True) == 1
    assert stores.ledger.account(STUDIO) == Account(BUDGET, reserved=SHARE)


def test_a_stale_batch_moves_no_money(stores: Stores) -> None:
    batch = _draft(stores)
    stores.batches.save(started(batch))
    late = started(batch, held=SHARE)
    for _ in range(2):  # the entry is not kept either
        with pytest.raises(Conflict):
            stores.ledger.post(an_entry(late, SHARE), batch=late)
    assert stores.ledger.account(STUDIO) == Account(BUDGET)


def test_a_reservation_must_fit(stores: Stores) -> None:
    _reserve(stores, _draft(stores), BUDGET - SHARE)
    batch = _draft(stores, "bat_2")
    for _ in range(2):
        with pytest.raises(BudgetExceeded):
            _reserve(stores, batch, SHARE + 1)
    assert stores.batches.get(STUDIO, "bat_2") == batch
    assert _reserve(stores, batch, SHARE)
    assert stores.ledger.account(STUDIO).available == 0


def test_what_is_charged_with_a_reservation_must_fit_too(stores: Stores) -> None:
    held = started(_draft(stores), held=BUDGET - 5)
    stores.ledger.post(an_entry(held, BUDGET - 5), batch=held)
    reopened = replace(held, version=3)
    with pytest.raises(BudgetExceeded):
        stores.ledger.post(an_entry(reopened, 5, spent=2), batch=reopened)
    assert stores.ledger.post(an_entry(reopened, 3, spent=2), batch=reopened)
    assert stores.ledger.account(STUDIO) == Account(BUDGET, reserved=BUDGET - 2, spent=2)


def test_what_is_charged_beyond_what_was_held_must_fit_too(stores: Stores) -> None:
    """A retry may hold as much as before, and charge what became READY meanwhile."""
    held = started(_draft(stores), held=BUDGET - 5)
    stores.ledger.post(an_entry(held, BUDGET - 5), batch=held)
    reopened = replace(held, version=3)
    for reserved, spent in ((0, 6), (-1, 7)):
        with pytest.raises(BudgetExceeded):
            stores.ledger.post(an_entry(reopened, reserved, spent=spent), batch=reopened)
    assert stores.ledger.post(an_entry(reopened, -1, spent=6), batch=reopened)
    assert stores.ledger.account(STUDIO).available == 0


def test_giving_back_and_spending_are_never_refused(stores: Stores) -> None:
    batch = _draft(stores)
    _reserve(stores, batch, SHARE)
    stores.ledger.set_budget(STUDIO, 0)
    settled = replace(started(batch), settled_spent=SHARE, version=3)
    assert stores.ledger.post(an_entry(settled, -SHARE, spent=SHARE), batch=settled)
    assert stores.ledger.account(STUDIO) == Account(0, spent=SHARE)


def test_the_budget_holds_among_threads(stores: Stores) -> None:
    batches = [_draft(stores, f"bat_{n}") for n in range(16)]
    won = race(
        16, lambda n: succeeds(lambda: _reserve(stores, batches[n], 3 * SHARE), BudgetExceeded)
    )
    assert won.count(True) == 3
    assert stores.ledger.account(STUDIO) == Account(BUDGET, reserved=9 * SHARE)


def _reserve_and_settle(stores: Stores, number: int) -> None:
    """Two batches per process; each waits until its money is free, and spends a third of it."""
    for turn in range(2):
        batch = _draft(stores, f"bat_{number}_{turn}")
        while not succeeds(partial(_reserve, stores, batch, 3 * SHARE), BudgetExceeded):
            pass
        settled = replace(started(batch), settled_spent=SHARE, version=3)
        assert stores.ledger.post(an_entry(settled, -3 * SHARE, spent=SHARE), batch=settled)


def test_money_is_conserved_among_processes(
    stores: Stores, family: OpenFamily, tmp_path: Path
) -> None:
    in_processes(4, _reserve_and_settle, family, tmp_path)
    assert stores.ledger.account(STUDIO) == Account(BUDGET, spent=8 * SHARE)
    batches = stores.batches.page(STUDIO).items
    assert [(batch.held, batch.settled_spent) for batch in batches] == [(0, SHARE)] * 8


_numbers = count(1)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=25))
def test_money_is_conserved(stores: Stores, moves: list[tuple[int, bool]]) -> None:
    """The account is always the sum over the batches, and reservations stay inside the budget."""
    workspace = f"ws-{next(_numbers)}"
    batch = _draft(stores, workspace=workspace)
    for shares, give_back in moves:
        change = -batch.held if give_back else shares * SHARE
        spent = batch.held // 4 if give_back else 0
        moved = replace(
            batch,
            held=batch.held + change,
            settled_spent=batch.settled_spent + spent,
            version=batch.version + 1,
        )
        entry = an_entry(moved, change, spent)
        if succeeds(partial(stores.ledger.post, entry, batch=moved), BudgetExceeded):
            batch = moved
        account = stores.ledger.account(workspace)
        assert account == Account(BUDGET, reserved=batch.held, spent=batch.settled_spent)
        assert account.reserved + account.spent <= BUDGET
