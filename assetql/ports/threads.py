"""Conversations: inboxes and the leases of turns."""

from datetime import datetime
from typing import Protocol

from assetql.domain.thread import InboxMessage, Thread, TurnLease


class ThreadInbox(Protocol):
    """Messages to threads, stored before anything else happens."""

    def post(self, message: InboxMessage) -> InboxMessage:
        """Stores it once per message id, and gives it the thread's next position.

        A notice to a forgotten thread is dropped: its position stays 0. Raises: NotFound for what
        a person says there.
        """
        ...

    def begin_turn(
        self, message: InboxMessage, *, holder: str, until: datetime, now: datetime
    ) -> tuple[InboxMessage, TurnLease | None]:
        """`post`, and the thread's lease in the same write, where no other turn holds it."""
        ...

    def after(self, workspace: str, thread_id: str, position: int) -> tuple[InboxMessage, ...]:
        """Messages behind `position`, in order."""
        ...

    def thread(self, workspace: str, thread_id: str) -> Thread | None:
        """One of them; None where nothing was said yet."""
        ...

    def threads(self, workspace: str, limit: int = 50) -> tuple[Thread, ...]:
        """Newest activity first."""
        ...

    def forget(self, workspace: str, thread_id: str) -> None:
        """Its messages go and its id is never used again; run again it does what is missing.

        The caller holds the thread's lease. Who waits for the lease finds nothing to answer.
        """
        ...


class TurnLeases(Protocol):
    """One turn at a time per thread; a newer token fences off older ones."""

    def acquire(
        self, workspace: str, thread_id: str, *, holder: str, until: datetime, now: datetime
    ) -> TurnLease | None:
        """A lease with a new token, or None while another's has not ended."""
        ...

    def extend(self, lease: TurnLease, *, until: datetime) -> TurnLease:
        """Raises: StaleClaim."""
        ...

    def finish(self, lease: TurnLease, *, consumed: int) -> None:
        """Ends the lease and records what was answered. Raises: StaleClaim."""
        ...

    def get(self, workspace: str, thread_id: str) -> TurnLease | None:
        """The newest lease, whether it has ended or not."""
        ...
