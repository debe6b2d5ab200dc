"""The audit log in SQLite."""

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.database import Database
from assetql.domain.audit import AuditRecord

_RECORDS = Codec(AuditRecord)


class SqliteAudit:
    """The AuditLog of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, record: AuditRecord) -> None:
        self._database.execute(
            "INSERT INTO audit_records (workspace, record_id, at, document) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (record.workspace, record.record_id, micros(record.at), _RECORDS.encode(record)),
        )

    def page(self, workspace: str, *, limit: int = 100) -> tuple[AuditRecord, ...]:
        rows = self._database.rows(
            "SELECT document FROM audit_records WHERE workspace=?"
            " ORDER BY at DESC, number DESC LIMIT ?",
            (workspace, limit),
        )
        return tuple(_RECORDS.decode(row[0]) for row in rows)
