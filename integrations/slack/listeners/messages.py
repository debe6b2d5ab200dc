"""What people say: in direct messages, in the assistant's threads, and where they mention it."""

from agent.inbox import NewMessage
from assetql.domain.errors import AssetQLError
from assetql.domain.identity import Principal
from integrations.slack.desk import Case
from integrations.slack.files import take_files
from integrations.slack.listening import Listener
from integrations.slack.mrkdwn import plain
from integrations.slack.talk import converse
from integrations.slack.threads import Place


async def hear(case: Case) -> None:
    """Takes the message and its files into the thread, and answers there."""
    caller = await case.caller()
    channel, thread_ts = case.where
    place = Place(
        team_id=case.team.team_id,
        channel=str(channel),
        thread_ts=str(thread_ts),
        user=case.user,
    )
    await case.desk.store(case.desk.threads.keep, case.team.workspace, place)
    message = await _message(case, caller, place)
    if message:
        await converse(case.desk, case.team, place, caller, message)


async def _message(case: Case, caller: Principal, place: Place) -> NewMessage | None:
    """None where nothing is left of it: it was empty, or all of it was refused."""
    event = case.event
    uploads, refused = await take_files(
        event.get("files") or [],
        desk=case.desk,
        team=case.team,
        caller=caller,
        thread_id=place.thread_id,
    )
    if refused:
        await case.tell(_not_taken(refused))
    text = plain(str(event.get("text") or ""), bot_user_id=case.team.bot_user_id)
    if not text and not uploads:
        if not refused:
            await case.tell("Write what you need, or attach a CSV or reference images.")
        return None
    return NewMessage(
        message_id=f"slack:{place.channel}:{event['ts']}", text=text, uploads=tuple(uploads)
    )


def _not_taken(refused: list[AssetQLError]) -> str:
    return "\n".join(["Not taken:", *(f"• {error}" for error in refused)])


LISTENERS = (Listener("event", "message", hear), Listener("event", "app_mention", hear))
