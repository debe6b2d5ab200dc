"""Answers to the question whether a batch may start: given once, in time, and told."""

import pytest

from assetql.domain.approval import ApprovalStatus
from assetql.domain.errors import BudgetExceeded, Conflict
from assetql.pipeline.batch_status import report_batch
from assetql.services import Services
from tests.contract.values import PRICE, ManualClock
from tests.support.driving import drain, tidy
from tests.support.effects import Fuse, watched
from tests.support.homes import OWNER, draft
from tests.support.invariants import check_at_rest, notices_of
from tests.unit.pipeline.acting import (
    MAKE,
    At,
    Killed,
    answer,
    ask,
    cancel,
    kill,
    reread,
    set_money,
)


@pytest.mark.parametrize("approve", [True, False])
def test_an_answer_is_told_even_if_nobody_lives_to_tell(
    services: Services, clock: ManualClock, approve: bool
) -> None:
    asked = ask(services, draft(services, "Sword"))
    with pytest.raises(Killed):
        answer(watched(services, Fuse(1, True, kill)), asked.approval_id, approve=approve)
    tidy(services)
    (told,) = notices_of(services.stores, OWNER.workspace, "thread")
    assert told.facts["status"] == ("APPROVED" if approve else "DECLINED")
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)


@pytest.mark.parametrize("effect", ["approvals.save", "batches.add_follow_up", "ledger.post"])
def test_a_yes_to_a_batch_that_is_cancelled_meanwhile_spends_nothing(
    services: Services, clock: ManualClock, effect: str
) -> None:
    batch = draft(services, "Sword")
    asked = ask(services, batch)
    at = At(effect, lambda: cancel(services, batch))
    with pytest.raises(Conflict):
        answer(watched(services, at), asked.approval_id)
    drain(services, MAKE, clock)
    check_at_rest(services, OWNER.workspace)
    assert services.stores.ledger.account(OWNER.workspace).spent == 0


def test_a_yes_that_the_money_no_longer_covers_leaves_the_question_open(
    services: Services, clock: ManualClock
) -> None:
    batch = draft(services, "Sword", "Axe")
    asked = ask(services, batch)
    short = At("ledger.post", lambda: set_money(services, PRICE))
    with pytest.raises(BudgetExceeded):
        answer(watched(services, short), asked.approval_id)
    stored = services.stores.approvals.get(OWNER.workspace, asked.approval_id)
    assert stored
    assert (stored.status, stored.answered_by) == (ApprovalStatus.PENDING, None)
    set_money(services, 2 * PRICE)
    answer(services, asked.approval_id)
    drain(services, MAKE, clock)
    assert report_batch(reread(services, batch), stores=services.stores).counts.READY == 2


@pytest.mark.parametrize("approve", [True, False])
def test_an_answer_is_given_once(services: Services, approve: bool) -> None:
    asked = ask(services, draft(services, "Sword"))
    answer(services, asked.approval_id, approve=approve)
    for second in (True, False):
        with pytest.raises(Conflict, match="was already"):
            answer(services, asked.approval_id, approve=second)


def test_a_question_expires_and_is_asked_anew(services: Services, clock: ManualClock) -> None:
    batch = draft(services, "Sword")
    asked = ask(services, batch)
    clock.advance(services.terms.approval)
    with pytest.raises(Conflict, match="expired"):
        answer(services, asked.approval_id)
    again = ask(services, batch)
    assert again.approval_id != asked.approval_id
    assert answer(services, again.approval_id).executed
