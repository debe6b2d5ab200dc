"""Approvals in SQLite."""

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.database import Database, SqlRow
from assetql.domain.approval import Approval
from assetql.domain.errors import Conflict

_APPROVALS = Codec(Approval)
_SELECT = "SELECT document FROM approvals WHERE workspace=? AND approval_id=?"


class SqliteApprovals:
    """The ApprovalStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, approval: Approval) -> Approval:
        key = (approval.workspace, approval.approval_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO approvals"
                " (workspace, approval_id, created_at, status, executed, version, document)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*key, micros(approval.created_at), *_columns(approval)),
            )
            stored = connection.execute(_SELECT, key).fetchone()
        return _APPROVALS.decode(stored[0])

    def get(self, workspace: str, approval_id: str) -> Approval | None:
        row = self._database.row(_SELECT, (workspace, approval_id))
        return _APPROVALS.decode(row[0]) if row else None

    def save(self, approval: Approval) -> None:
        saved = self._database.execute(
            "UPDATE approvals SET status=?, executed=?, version=?, document=?"
            " WHERE workspace=? AND approval_id=? AND version=?",
            (
                *_columns(approval),
                approval.workspace,
                approval.approval_id,
                approval.version - 1,
            ),
        )
        if not saved:
            raise Conflict(
                f"Approval {approval.approval_id} moved on before version {approval.version}."
            )

    def pending(self, workspace: str) -> tuple[Approval, ...]:
        return _approvals(
            self._database.rows(
                "SELECT document FROM approvals WHERE workspace=? AND status = 'PENDING'"
                " ORDER BY created_at, number",
                (workspace,),
            )
        )

    def unexecuted(self, limit: int = 100) -> tuple[Approval, ...]:
        return _approvals(
            self._database.rows(
                "SELECT document FROM approvals WHERE status != 'PENDING' AND NOT executed"
                " ORDER BY created_at, number LIMIT ?",
                (limit,),
            )
        )


def _columns(approval: Approval) -> tuple[str, bool, int, str]:
    document = _APPROVALS.encode(approval)
    return approval.status.value, approval.executed, approval.version, document


def _approvals(rows: list[SqlRow]) -> tuple[Approval, ...]:
    return tuple(_APPROVALS.decode(row[0]) for row in rows)
