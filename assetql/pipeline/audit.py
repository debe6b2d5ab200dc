"""Writing down who did what."""

from collections.abc import Mapping
from datetime import datetime

from assetql.domain.audit import AuditRecord
from assetql.domain.identity import Principal
from assetql.domain.ids import derived_id
from assetql.ports import AuditLog


def note(
    log: AuditLog,
    action: str,
    subject: str,
    *,
    caller: Principal,
    at: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Records that the caller did `action` to `subject`; the same record is kept once."""
    log.record(
        AuditRecord(
            workspace=caller.workspace,
            record_id=derived_id("aud", action, subject, caller.user, at.isoformat()),
            action=action,
            actor=caller.user,
            subject=subject,
            at=at,
            facts=facts or {},
        )
    )
