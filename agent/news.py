"""What a thread was told that no turn has taken up: a door asks, and runs a turn for it."""

from assetql.domain.thread import MessageKind
from assetql.ports import Stores

_LOOKED_AT = 50  # threads of a workspace, those with the newest activity


def has_news(stores: Stores, workspace: str, thread_id: str) -> bool:
    """Whether anything waits in the thread's inbox: a notice, or a message of a turn that died."""
    lease = stores.turns.get(workspace, thread_id)
    consumed = lease.consumed if lease else 0
    return bool(stores.inbox.after(workspace, thread_id, consumed))


def told_threads(stores: Stores, workspace: str) -> tuple[str, ...]:
    """The threads of late activity in which a notice waits, oldest activity first."""
    found: list[str] = []
    for thread in reversed(stores.inbox.threads(workspace, _LOOKED_AT)):
        lease = stores.turns.get(workspace, thread.thread_id)
        waiting = stores.inbox.after(workspace, thread.thread_id, lease.consumed if lease else 0)
        if any(message.kind is MessageKind.NOTICE for message in waiting):
            found.append(thread.thread_id)
    return tuple(found)
