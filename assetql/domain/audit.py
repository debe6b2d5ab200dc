"""Who did what: the record that outlives logs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """`action` is a verb such as batch.start; `subject` the id that it was done to."""

    workspace: str
    record_id: str
    action: str
    actor: str
    subject: str
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
