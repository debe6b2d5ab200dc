"""tell: a notice in a thread's inbox, which its next turn reads."""

from collections.abc import Mapping

from assetql.domain.thread import InboxMessage, MessageKind
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
