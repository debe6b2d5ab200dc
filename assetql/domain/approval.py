"""An approval: a question to people, answered once by a conditional write."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assetql.domain.money import Quote


class ApprovalStatus(StrEnum):
    """PENDING until somebody answers; EXPIRED is derived from the clock."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """May run `run` of a batch start for `quote`? `executed` once the start was carried out."""

    workspace: str
    approval_id: str
    batch_id: str
    run: int
    quote: Quote
    requested_by: str
    created_at: datetime
    expires_at: datetime
    thread_id: str | None = None
    status: ApprovalStatus = ApprovalStatus.PENDING
    answered_by: str | None = None
    answered_at: datetime | None = None
    executed: bool = False
    version: int = 1

    def status_at(self, now: datetime) -> ApprovalStatus:
        """The status as of `now`: an unanswered question expires."""
        if self.status is ApprovalStatus.PENDING and now >= self.expires_at:
            return ApprovalStatus.EXPIRED
        return self.status
