"""Reading what people are asked."""

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.errors import NotFound
from assetql.domain.identity import Action, Principal
from assetql.ports import Clock, Stores


def list_approvals(*, caller: Principal, stores: Stores, clock: Clock) -> tuple[Approval, ...]:
    """The questions of the workspace that can still be answered, oldest first."""
    caller.require(Action.READ)
    now = clock.now()
    waiting = stores.approvals.pending(caller.workspace)
    return tuple(a for a in waiting if a.status_at(now) is ApprovalStatus.PENDING)


def get_approval(approval_id: str, *, caller: Principal, stores: Stores) -> Approval:
    """Raises: NotFound."""
    caller.require(Action.READ)
    approval = stores.approvals.get(caller.workspace, approval_id)
    if approval is None:
        raise NotFound("approval", approval_id, remedy="Ask for the start of its batch again.")
    return approval
