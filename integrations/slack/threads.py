"""A thread in Slack is a thread of the project, and notices find their way back."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict
from assetql.domain.thread import InboxMessage, MessageKind

_KIND = RecordKind.SLACK_THREAD
_QUESTION = RecordKind.SLACK_QUESTION
PREFIX = "slack-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in Slack; `user` is who spoke there last.

    `told` is the position in the thread's inbox up to which its notices were shown there.
    """

    team_id: str
    channel: str
    thread_ts: str
    user: str
    told: int = 0

    @property
    def thread_id(self) -> str:
        """The project's thread: the same place is the same thread, whichever process asks."""
        return f"{PREFIX}{self.team_id}-{self.channel}-{self.thread_ts}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message that asks for an approval; it is changed once that is answered."""

    approval_id: str
    team_id: str
    channel: str
    ts: str


class Threads:
    """Places by thread, and the questions that stand there; of a workspace."""

    def __init__(self, agent: AgentServices) -> None:
        self._stores = agent.services.stores
        self._records = agent.services.stores.doors
        self._clock = agent.services.clock

    def keep(self, workspace: str, place: Place) -> None:
        """Remembers where the thread is, and who spoke there last."""
        now = self._clock.now()
        record = _record(workspace, _KIND, place.thread_id, asdict(place), now)
        there = self._records.add(record, now=now)
        if there:
            told = max(place.told, int(str(there.document["told"])))
            known = {**record.document, "told": told}
            if there.document != known:
                with suppress(Conflict):  # somebody else spoke at the same time
                    self._records.save(replace(record, document=known, version=there.version + 1))

    def untold(self, workspace: str, thread_id: str) -> list[InboxMessage]:
        """Notices that some turn has taken up, and that were never shown in Slack."""
        place = self.place_of(workspace, thread_id)
        lease = self._stores.turns.get(workspace, thread_id)
        if place is None or lease is None:
            return []
        waiting = self._stores.inbox.after(workspace, thread_id, place.told)
        return [
            message
            for message in waiting
            if message.kind is MessageKind.NOTICE and message.position <= lease.consumed
        ]

    def tell(self, workspace: str, thread_id: str, position: int) -> None:
        """Notices up to there are shown."""
        place = self.place_of(workspace, thread_id)
        if place:
            self.keep(workspace, replace(place, told=position))

    def place_of(self, workspace: str, thread_id: str) -> Place | None:
        """Where a thread of the workspace is, if it is in Slack."""
        record = self._records.get(workspace, _KIND, thread_id, now=self._clock.now())
        return Place(**_fields(record.document)) if record else None

    def ask(self, workspace: str, question: Question) -> None:
        """Remembers the message of a question."""
        key = f"{question.approval_id}:{question.channel}:{question.ts}"
        now = self._clock.now()
        self._records.add(_record(workspace, _QUESTION, key, asdict(question), now), now=now)

    def questions(self, workspace: str, approval_id: str = "") -> list[Question]:
        """Those that no answer is shown for yet, of one approval or of all."""
        page = self._records.page(
            workspace, _QUESTION, now=self._clock.now(), prefix=approval_id, limit=200
        )
        return [Question(**_fields(record.document)) for record in page.items]

    def settle(self, workspace: str, question: Question) -> None:
        """Its answer is shown."""
        key = f"{question.approval_id}:{question.channel}:{question.ts}"
        self._records.delete(workspace, _QUESTION, key)


def _record(
    workspace: str, kind: RecordKind, key: str, document: Mapping[str, object], now: Any
) -> DoorRecord:
    return DoorRecord(owner=workspace, kind=kind, key=key, created_at=now, document=document)


def _fields(document: Mapping[str, object]) -> dict[str, Any]:
    return cast("dict[str, Any]", dict(document))
