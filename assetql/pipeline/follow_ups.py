"""Follow-ups: what a batch does once it has ended, declared before or while it runs."""

from collections.abc import Mapping

from assetql.domain.batch import Batch, FollowUp, FollowUpKind
from assetql.domain.ids import derived_id
from assetql.ports import Stores


def declare(
    batch: Batch,
    kind: FollowUpKind,
    *,
    key: str,
    requested_by: str,
    stores: Stores,
    arguments: Mapping[str, object] | None = None,
) -> FollowUp:
    """Declares a follow-up once per `key`."""
    return stores.batches.add_follow_up(
        FollowUp(
            workspace=batch.workspace,
            batch_id=batch.batch_id,
            follow_up_id=derived_id("fup", batch.batch_id, kind, key),
            kind=kind,
            arguments=arguments or {},
            requested_by=requested_by,
        )
    )


def declare_defaults(batch: Batch, *, stores: Stores) -> None:
    """Every run of a batch is tagged, and its thread is told."""
    for kind in (FollowUpKind.TAG, FollowUpKind.NOTIFY):
        if kind is FollowUpKind.NOTIFY and batch.thread_id is None:
            continue
        declare(batch, kind, key=f"run-{batch.runs}", requested_by=batch.created_by, stores=stores)
