"""Follow-ups: what a batch does once it has ended, declared before or while it runs."""

from collections.abc import Mapping
from dataclasses import replace

from assetql.domain.batch import Batch, FollowUp, FollowUpKind
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
    """Declares a follow-up for when the batch has ended; None where it is closed."""
    if batch.closed:
        return None
    follow_up = declare(
        batch, kind, key=key, requested_by=requested_by, stores=stores, arguments=arguments
    )
    _keep_open(stores.batches.get(batch.workspace, batch.batch_id), stores=stores)
    return follow_up


def declare_defaults(batch: Batch, *, stores: Stores) -> None:
    """Every run of a batch is tagged, and its thread is told, of a cancelled one, too."""
    kinds = [FollowUpKind.TAG, *([FollowUpKind.NOTIFY] if batch.thread_id else [])]
    for kind in kinds:
        declare(batch, kind, key=f"run-{batch.runs}", requested_by=batch.created_by, stores=stores)
    latest = stores.batches.get(batch.workspace, batch.batch_id)
    # One that was not cancelled has yet to be dispatched, and nobody closes it before.
    if latest and latest.cancelled_at:
        _keep_open(latest, stores=stores)


def _keep_open(latest: Batch | None, *, stores: Stores) -> None:
    """A close that has not seen what was declared conflicts; one that came first is undone."""
    while latest:
        try:
            stores.batches.save(replace(latest, closed=False, version=latest.version + 1))
        except Conflict:
            latest = stores.batches.get(latest.workspace, latest.batch_id)
        else:
            return
