"""What a thread was told that no turn has taken up: a door asks, and runs a turn for it."""

from assetql.ports import Stores


def has_news(stores: Stores, workspace: str, thread_id: str) -> bool:
    """Whether anything waits in the thread's inbox: a notice, or a message of a turn that died."""
    lease = stores.turns.get(workspace, thread_id)
    consumed = lease.consumed if lease else 0
    return bool(stores.inbox.after(workspace, thread_id, consumed))
