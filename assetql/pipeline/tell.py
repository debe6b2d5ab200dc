"""tell: a notice in a thread's inbox, which its next turn reads."""

from collections.abc import Mapping

from assetql.domain.batch import Batch, FollowUpKind
from assetql.domain.thread import InboxMessage, MessageKind
from assetql.pipeline.batch_status import report_batch
from assetql.ports import Clock, Stores


def tell_thread(
    workspace: str,
    thread_id: str,
    *,
    message_id: str,
    text: str,
    facts: Mapping[str, object],
    stores: Stores,
    clock: Clock,
) -> None:
    """Posts the notice once per `message_id`."""
    stores.inbox.post(
        InboxMessage(
            workspace=workspace,
            thread_id=thread_id,
            message_id=message_id,
            kind=MessageKind.NOTICE,
            text=text,
            author="assetql",
            created_at=clock.now(),
            facts=facts,
        )
    )


def tell_end(batch: Batch, *, message_id: str, stores: Stores, clock: Clock) -> str | None:
    """Tells the batch's thread how it has ended; None where nobody asked for it in a thread."""
    if batch.thread_id is None:
        return None
    report = report_batch(batch, stores=stores)
    done = [f.result for f in report.follow_ups if f.kind is FollowUpKind.EXPORT]
    tell_thread(
        batch.workspace,
        batch.thread_id,
        message_id=message_id,
        text=f"{batch.batch_id} has ended: {report.status}.",
        facts={"kind": "batch", **report.as_json(), "name": batch.name, "exports": done},
        stores=stores,
        clock=clock,
    )
    return batch.thread_id
