"""Follow-ups: what a batch does once it has ended, declared before or while it runs."""

from collections.abc import Mapping
from dataclasses import replace

from assetql.domain.batch import Batch, FollowUp, FollowUpKind, FollowUpStatus
from assetql.domain.errors import Conflict
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


def schedule(
    batch: Batch,
    kind: FollowUpKind,
    *,
    key: str,
    requested_by: str,
    stores: Stores,
    arguments: Mapping[str, object],
) -> FollowUp | None:
    """Declares a follow-up for when the batch has ended; None where it was closed first.

    The batch's version is taken with it: a close that has not seen the follow-up then conflicts.
    """
    latest: Batch | None = batch
    while latest and not latest.closed:
        follow_up = declare(
            latest, kind, key=key, requested_by=requested_by, stores=stores, arguments=arguments
        )
        try:
            stores.batches.save(replace(latest, version=latest.version + 1))
        except Conflict:
            latest = stores.batches.get(batch.workspace, batch.batch_id)
            continue
        return follow_up
    return None


def declare_defaults(batch: Batch, *, stores: Stores) -> None:
    """Every run of a batch is tagged, and its thread is told.

    A batch that was cancelled and closed meanwhile is open again until this is done.
    """
    kinds = [FollowUpKind.TAG, *([FollowUpKind.NOTIFY] if batch.thread_id else [])]
    key, by = f"run-{batch.runs}", batch.created_by
    declared = [declare(batch, kind, key=key, requested_by=by, stores=stores) for kind in kinds]
    if any(follow_up.status is FollowUpStatus.PENDING for follow_up in declared):
        _reopen(batch, stores=stores)


def _reopen(batch: Batch, *, stores: Stores) -> None:
    """Where it is closed: nobody would run what was declared since."""
    latest = stores.batches.get(batch.workspace, batch.batch_id)
    while latest and latest.closed:
        try:
            stores.batches.save(replace(latest, closed=False, version=latest.version + 1))
        except Conflict:
            latest = stores.batches.get(batch.workspace, batch.batch_id)
            continue
        return
