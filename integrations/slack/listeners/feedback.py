"""Thumbs up or down on an answer: kept once per person and answer, the latest counts."""

from dataclasses import replace

from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.identity import Principal
from assetql.services import Services
from integrations.slack.desk import Case
from integrations.slack.listening import Listener
from integrations.slack.threads import Place

_WORDS = {"good": "Thanks for the feedback.", "bad": "Thanks. Tell me what was wrong, if you like."}


async def rate(case: Case) -> None:
    """Keeps it, and thanks."""
    caller = await case.caller()
    value = str(case.action["value"])
    if value not in _WORDS:
        return
    channel, thread_ts = case.where
    place = Place(
        team_id=case.team.team_id,
        channel=str(channel),
        thread_ts=str(thread_ts),
        user=case.user,
    )
    answer = str(case.body["message"]["ts"])
    await case.desk.agent.call(
        _keep, case.desk.agent.services, caller, place.thread_id, answer, value
    )
    await case.tell(_WORDS[value])


def _keep(services: Services, caller: Principal, thread_id: str, answer: str, value: str) -> None:
    now = services.clock.now()
    rating = DoorRecord(
        owner=caller.workspace,
        kind=RecordKind.FEEDBACK,
        key=f"{thread_id}:{answer}:{caller.user}",
        created_at=now,
        document={"door": "slack", "thread_id": thread_id, "user": caller.user, "rating": value},
    )
    there = services.stores.doors.add(rating, now=now)
    if there and there.document != rating.document:
        services.stores.doors.save(replace(rating, version=there.version + 1))


LISTENERS = (Listener("action", "feedback", rate),)
