"""A thread's inbox: a message is stored here before anything else happens to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """Who speaks: a person, or the system telling the thread what happened."""

    PERSON = "person"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """`message_id` is the caller's idempotency key; `position` orders the thread's inbox from 1."""

    workspace: str
    thread_id: str
    message_id: str
    kind: MessageKind
    text: str
    author: str
    created_at: datetime
    uploads: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict[str, object])
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLease:
    """The right to advance a thread. Only the newest `token` may write checkpoints.

    `consumed` is the position of the last inbox message that a finished turn has answered;
    `newest` that of the inbox's last one as the lease was read, where the store knows it.
    """

    workspace: str
    thread_id: str
    holder: str
    token: int
    until: datetime
    consumed: int = 0
    newest: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation, as a list of threads shows it."""

    workspace: str
    thread_id: str
    title: str
    created_by: str
    updated_at: datetime
