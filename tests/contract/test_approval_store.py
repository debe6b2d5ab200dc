from dataclasses import replace

import pytest

from assetql.domain.approval import ApprovalStatus
from assetql.domain.errors import Conflict
from assetql.ports import Stores
from tests.contract.races import race, succeeds
from tests.contract.values import MINUTE, RIVAL, START, STUDIO, an_approval

APPROVED = ApprovalStatus.APPROVED


def test_an_approval_is_stored_once(stores: Stores) -> None:
    first = stores.approvals.create(an_approval())
    assert first == an_approval()
    assert stores.approvals.create(an_approval(run=2)) == first
    assert stores.approvals.get(STUDIO, "app_1") == first
    assert stores.approvals.get(STUDIO, "app_2") is None


def test_one_of_many_answers_wins(stores: Stores) -> None:
    asked = stores.approvals.create(an_approval())
    answers = [
        replace(asked, status=APPROVED, answered_by=str(n), answered_at=START, version=2)
        for n in range(8)
    ]
    won = race(8, lambda n: succeeds(lambda: stores.approvals.save(answers[n]), Conflict))
    assert won.count(True) == 1
    assert stores.approvals.get(STUDIO, "app_1") == answers[won.index(True)]
    with pytest.raises(Conflict):
        stores.approvals.save(replace(asked, status=ApprovalStatus.DECLINED, version=2))


def test_pending_are_oldest_first(stores: Stores) -> None:
    new = stores.approvals.create(an_approval("app_1", created_at=START + MINUTE))
    old = stores.approvals.create(an_approval("app_2", expires_at=START))
    answered = stores.approvals.create(an_approval("app_3"))
    stores.approvals.save(replace(answered, status=ApprovalStatus.DECLINED, version=2))
    stores.approvals.create(an_approval("app_4", RIVAL))
    assert stores.approvals.pending(STUDIO) == (old, new)


def test_unexecuted_are_answered_in_any_workspace(stores: Stores) -> None:
    ours = stores.approvals.create(an_approval())
    theirs = stores.approvals.create(an_approval(workspace=RIVAL))
    stores.approvals.create(an_approval("app_2"))
    assert stores.approvals.unexecuted() == ()
    stores.approvals.save(replace(ours, status=APPROVED, version=2))
    stores.approvals.save(replace(theirs, status=ApprovalStatus.DECLINED, version=2))
    assert {a.workspace for a in stores.approvals.unexecuted()} == {STUDIO, RIVAL}
    assert len(stores.approvals.unexecuted(limit=1)) == 1
    stores.approvals.save(replace(ours, status=APPROVED, executed=True, version=3))
    assert [a.workspace for a in stores.approvals.unexecuted()] == [RIVAL]


def test_two_workspaces_do_not_meet(stores: Stores) -> None:
    ours = stores.approvals.create(an_approval())
    assert stores.approvals.get(RIVAL, "app_1") is None
    with pytest.raises(Conflict):
        stores.approvals.save(replace(ours, workspace=RIVAL, status=APPROVED, version=2))
    assert stores.approvals.get(STUDIO, "app_1") == ours
