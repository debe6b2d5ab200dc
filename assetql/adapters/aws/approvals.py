"""Approvals in the table of batches; those to answer and those to carry out are in indexes."""

from itertools import islice

from assetql.adapters.aws.actions import OVER_THE_LAST
from assetql.adapters.aws.items import Item, key_of
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros
from assetql.domain.approval import Approval, ApprovalStatus

_APPROVALS = Codec(Approval)


class DynamoApprovals:
    """The ApprovalStore of the AWS family: one item each, under its workspace."""

    def __init__(self, batches: Table) -> None:
        self._table = batches

    def create(self, approval: Approval) -> Approval:
        there = self._table.insert(_item(approval))
        return _approval(there) if there else approval

    def get(self, workspace: str, approval_id: str) -> Approval | None:
        item = self._table.get(*_key(workspace, approval_id))
        return _approval(item) if item else None

    def save(self, approval: Approval) -> None:
        self._table.replace(_item(approval), OVER_THE_LAST, {"before": approval.version - 1})

    def pending(self, workspace: str) -> tuple[Approval, ...]:
        items = self._table.query("#pk = :pk", {"pk": key_of(workspace)}, index="pending")
        return tuple(sorted(map(_approval, items), key=_age))

    def unexecuted(self, limit: int = 100) -> tuple[Approval, ...]:
        """The index says where to look; the items, read consistently, say what is so."""
        found = islice(self._table.scan("unexecuted", at_once=limit), limit)
        items = self._table.get_many([(str(item["pk"]), str(item["sk"])) for item in found])
        approvals = [_approval(item) for item in items if "unexecuted" in item]
        return tuple(sorted(approvals, key=_age))


def _key(workspace: str, approval_id: str) -> tuple[str, str]:
    return key_of(workspace), key_of("approval", approval_id)


def _item(approval: Approval) -> Item:
    pk, sk = _key(approval.workspace, approval.approval_id)
    item: Item = {
        "pk": pk,
        "sk": sk,
        "version": approval.version,
        "document": _APPROVALS.encode(approval),
    }
    asked = f"{micros(approval.created_at):020d}"
    if approval.status is ApprovalStatus.PENDING:
        item["pending"] = asked
    elif not approval.executed:
        item["unexecuted"] = asked
    return item


def _approval(item: Item) -> Approval:
    return _APPROVALS.decode(str(item["document"]))


def _age(approval: Approval) -> tuple[int, str]:
    return micros(approval.created_at), approval.approval_id
