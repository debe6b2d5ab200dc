"""What a door keeps for itself: the keys it gave out, the answers it gave, who installed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class RecordKind(StrEnum):
    """What it is; the kind says whose `owner` names."""

    API_KEY = "api_key"  # of a workspace
    ANSWER = "answer"  # to a request with an idempotency key, of a workspace
    SESSION = "session"  # of a browser; owner: the door
    THREAD = "thread"  # what a client said of a thread of its workspace
    RUN = "run"  # of a thread of a workspace
    UPLOAD_TICKET = "upload_ticket"  # an upload that was announced, of a workspace
    FEEDBACK = "feedback"  # on an answer, of a workspace
    SLACK_INSTALLATION = "slack_installation"  # in one of Slack's teams; owner: the door
    SLACK_STATE = "slack_state"  # of an installation under way; owner: the door
    SLACK_EVENT = "slack_event"  # that was taken in; owner: Slack's team
    SLACK_MEMBER = "slack_member"  # roles of a person; owner: Slack's team
    SLACK_THREAD = "slack_thread"  # where a thread of the workspace is in Slack
    SLACK_QUESTION = "slack_question"  # a message that asks for an approval, of a workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRecord:
    """`document` holds what JSON can; after `expires_at` it is as if it were not there."""

    owner: str
    kind: RecordKind
    key: str
    created_at: datetime
    document: Mapping[str, object] = field(default_factory=dict[str, object])
    expires_at: datetime | None = None
    version: int = 1

    def lives(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at
