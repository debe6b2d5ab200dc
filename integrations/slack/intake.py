"""What Slack sends is stored before it is acknowledged, taken once, and kept until it is done.

Slack sends again what was not acknowledged in time, and whoever saw a signed request can send it
again for five minutes; both meet the record of the first. A record whose work ended with its
process is taken up by the next one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from agent.services import AgentServices
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict
from assetql.telemetry.events import EventLog

Body = Mapping[str, Any]
_EVENTS = EventLog(__name__)
_KIND = RecordKind.SLACK_EVENT
_KEPT = timedelta(days=1)  # until somebody has done it
_REMEMBERED = timedelta(minutes=30)  # once it is done: longer than redelivery and signature
_LEFT = timedelta(minutes=2)  # after which what is not done has lost its process
MOST_TRIES = 3


class Intake:
    """The events of each team."""

    def __init__(self, agent: AgentServices) -> None:
        self._records = agent.services.stores.doors
        self._clock = agent.services.clock

    def take(self, team_id: str, body: Body) -> bool:
        """Stores it; False for what was stored before."""
        now = self._clock.now()
        record = DoorRecord(
            owner=team_id,
            kind=_KIND,
            key=key_of(body),
            created_at=now,
            document={"body": dict(body), "tries": 1, "tried_at": now.isoformat()},
            expires_at=now + _KEPT,
        )
        return self._records.add(record, now=now) is None

    def done(self, team_id: str, body: Body) -> None:
        """Its work has ended; only that it was here is kept for a while."""
        now = self._clock.now()
        record = self._records.get(team_id, _KIND, key_of(body), now=now)
        if record:
            self._save(replace(record, document={}, expires_at=now + _REMEMBERED))

    def left_behind(self, team_id: str) -> list[Body]:
        """What a process did not end: each is the caller's to do now."""
        now = self._clock.now()
        found: list[Body] = []
        after: str | None = None
        while True:
            page = self._records.page(team_id, _KIND, now=now, after=after)
            for record in page.items:
                tried_at = record.document.get("tried_at")
                if tried_at and str(tried_at) < (now - _LEFT).isoformat():
                    found.extend(self._try_again(record))
            after = page.cursor
            if after is None:
                return found

    def _try_again(self, record: DoorRecord) -> list[Body]:
        now = self._clock.now()
        tries = int(str(record.document["tries"])) + 1
        if tries > MOST_TRIES:
            _EVENTS.warning("slack.given_up", team=record.owner, key=record.key)
            self._save(replace(record, document={}, expires_at=now + _REMEMBERED))
            return []
        tried = {**record.document, "tries": tries, "tried_at": now.isoformat()}
        taken = self._save(replace(record, document=tried))
        return [cast("Body", record.document["body"])] if taken else []

    def _save(self, record: DoorRecord) -> bool:
        try:
            self._records.save(replace(record, version=record.version + 1))
        except Conflict:  # another process was first
            return False
        return True


def key_of(body: Body) -> str:
    """What stays the same when the same thing is sent again."""
    known = body.get("event_id") or body.get("trigger_id")
    if known:
        return str(known)
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
