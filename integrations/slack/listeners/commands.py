"""/assetql: what one asks for without opening a conversation."""

from collections.abc import Awaitable, Callable, Mapping

from slack_sdk.errors import SlackApiError

from agent.inbox import NewMessage
from assetql.domain.errors import InvalidInput, unknown_choice
from assetql.domain.identity import Action, Principal
from assetql.pipeline.batch_status import BatchReport, find_batch, report_batch
from assetql.services import Services
from integrations.slack.desk import Case
from integrations.slack.intake import key_of
from integrations.slack.listening import Listener
from integrations.slack.mrkdwn import escape, mentioned_user, plain
from integrations.slack.rendering.home import batch_line, usage_line
from integrations.slack.rendering.parts import Block, section
from integrations.slack.talk import converse
from integrations.slack.threads import Place

_BATCHES = 8
HELP = (
    "*/assetql ask* what you need: answers in a new thread of this channel\n"
    "*/assetql status* [batch]: how the newest, or that, batch stands\n"
    "*/assetql batches*: the latest ones\n"
    "*/assetql usage*: what was spent, and what is free\n"
    "*/assetql grant* @somebody viewer|editor|approver|none: for owners\n"
    "Direct messages and mentions work too; attach lists and reference images to them."
)


async def command(case: Case) -> None:
    """Does what the first word says."""
    caller = await case.caller()
    word, _, rest = str(case.body.get("text") or "").strip().partition(" ")
    verb = (word or "help").casefold()
    if verb not in VERBS:
        raise unknown_choice("command", verb, list(VERBS))
    await VERBS[verb](case, caller, rest.strip())


async def _help(case: Case, caller: Principal, rest: str) -> None:
    del caller, rest
    await case.tell("/assetql", [section(HELP)])


async def _status(case: Case, caller: Principal, rest: str) -> None:
    report = await case.desk.agent.call(_report, case.desk.agent.services, caller, rest or None)
    await case.tell(f"{report.batch.name}: {report.status}", [section(batch_line(report))])


async def _batches(case: Case, caller: Principal, rest: str) -> None:
    del rest
    reports = await case.desk.agent.call(_reports, case.desk.agent.services, caller)
    blocks: list[Block] = [section(batch_line(report)) for report in reports]
    await case.tell(f"{len(reports)} batches", blocks or [section("No batches yet.")])


async def _usage(case: Case, caller: Principal, rest: str) -> None:
    del rest
    caller.require(Action.READ)
    ledger = case.desk.agent.services.stores.ledger
    line = usage_line(await case.desk.agent.call(ledger.account, caller.workspace))
    await case.tell(line, [section(line)])


async def _grant(case: Case, caller: Principal, rest: str) -> None:
    who, _, role = rest.partition(" ")
    user_id = mentioned_user(who)
    if user_id is None:
        raise InvalidInput(
            f"{who!r} names nobody.", remedy="Write /assetql grant @somebody editor."
        )
    wanted = role.strip().casefold()
    await case.desk.agent.call(
        case.desk.members.grant, wanted, user_id, team=case.team, caller=caller
    )
    await case.tell("Granted.", [section(f"<@{user_id}> is {escape(wanted)} now.")])


async def _ask(case: Case, caller: Principal, rest: str) -> None:
    text = plain(rest, bot_user_id=case.team.bot_user_id)
    if not text:
        raise InvalidInput("Nothing was asked.", remedy="Write /assetql ask what you need.")
    channel = str(case.body["channel_id"])
    posted = await _post_root(case, channel, f"<@{case.user}>: {escape(text)}")
    place = Place(
        team_id=case.team.team_id,
        channel=channel,
        thread_ts=str(posted["ts"]),
        user=case.user,
    )
    await case.desk.store(case.desk.threads.keep, case.team.workspace, place)
    message = NewMessage(message_id=f"slack:{key_of(case.body)}", text=text)
    await converse(case.desk, case.team, place, caller, message)


async def _post_root(case: Case, channel: str, text: str) -> Mapping[str, object]:
    """Raises: InvalidInput where the app is not in the channel."""
    try:
        posted = await case.client.chat_postMessage(channel=channel, text=text)
    except SlackApiError as error:
        if error.response["error"] not in {"not_in_channel", "channel_not_found"}:
            raise
        raise InvalidInput(
            "I am not in this conversation.", remedy="Invite me here, or write to me directly."
        ) from error
    return {"ts": posted["ts"]}


def _report(services: Services, caller: Principal, batch_id: str | None) -> BatchReport:
    batch = find_batch(batch_id, caller=caller, stores=services.stores)
    return report_batch(batch, stores=services.stores)


def _reports(services: Services, caller: Principal) -> list[BatchReport]:
    caller.require(Action.READ)
    stores = services.stores
    newest = stores.batches.page(caller.workspace, limit=_BATCHES).items
    return [report_batch(batch, stores=stores) for batch in newest]


VERBS: Mapping[str, Callable[[Case, Principal, str], Awaitable[None]]] = {
    "help": _help,
    "status": _status,
    "batches": _batches,
    "usage": _usage,
    "ask": _ask,
    "grant": _grant,
}
LISTENERS = (Listener("command", "/assetql", command),)
