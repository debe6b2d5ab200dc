"""Writing down who did what."""

from collections.abc import Mapping
from datetime import datetime

from assetql.domain.audit import AuditRecord
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.ports import AuditLog

MOST_RECORDS = 1_000


def note(
    log: AuditLog,
    action: str,
    subject: str,
    *,
    caller: Principal,
    at: datetime,
    once: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Records that the caller did `action` to `subject`; the same record is kept once.

    It is the same where who and when are, or where `once` says so: of what a crash repeats, the
    time may differ.
    """
    told_apart_by = (once,) if once else (caller.user, at.isoformat())
    log.record(
        AuditRecord(
            workspace=caller.workspace,
            record_id=derived_id("aud", action, subject, *told_apart_by),
            action=action,
            actor=caller.user,
            subject=subject,
            at=at,
            facts=facts or {},
        )
    )


def on_behalf_of(workspace: str, user: str) -> Principal:
    """Who a record names where the work is done later than it was asked for; it has no rights."""
    return Principal(workspace, user, frozenset())


def read_audit(*, caller: Principal, audit: AuditLog, limit: int = 100) -> tuple[AuditRecord, ...]:
    """The newest records of the caller's workspace, newest first."""
    caller.require(Action.READ)
    return audit.page(caller.workspace, limit=max(1, min(limit, MOST_RECORDS)))
