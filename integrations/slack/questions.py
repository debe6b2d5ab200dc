"""Approvals in Slack: asked in a thread, and changed in place once they are answered anywhere."""

from slack_sdk.errors import SlackApiError

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.errors import NotFound
from assetql.telemetry.events import EventLog
from integrations.slack.desk import Desk
from integrations.slack.installations import Installation
from integrations.slack.rendering.approvals import answered, in_words, question
from integrations.slack.rendering.parts import fallback
from integrations.slack.threads import Place, Question

_EVENTS = EventLog(__name__)
_GONE = {"message_not_found", "channel_not_found", "cant_update_message", "is_archived"}


def load_approval(desk: Desk, workspace: str, approval_id: str) -> tuple[Approval, Batch]:
    """An approval of the workspace with its batch. Raises: NotFound."""
    stores = desk.agent.services.stores
    approval = stores.approvals.get(workspace, approval_id)
    batch = stores.batches.get(workspace, approval.batch_id) if approval else None
    if approval is None or batch is None:
        raise NotFound("approval", approval_id, remedy="Ask for the start of its batch again.")
    return approval, batch


async def post_question(desk: Desk, team: Installation, place: Place, approval_id: str) -> None:
    """Asks in the thread, and remembers where."""
    approval, batch = await desk.agent.call(load_approval, desk, team.workspace, approval_id)
    posted = await desk.web.client(team.bot_token).chat_postMessage(
        channel=place.channel,
        thread_ts=place.thread_ts,
        text=fallback(in_words(approval, batch)),
        blocks=question(approval, batch),
    )
    asked = Question(
        approval_id=approval_id,
        team_id=team.team_id,
        channel=place.channel,
        ts=str(posted["ts"]),
    )
    await desk.agent.call(desk.threads.ask, team.workspace, asked)


async def settle(desk: Desk, team: Installation, asked: Question) -> bool:
    """Shows the answer in the message that asked; False while there is none."""
    approval, batch = await desk.agent.call(load_approval, desk, team.workspace, asked.approval_id)
    now = desk.agent.services.clock.now()
    if approval.status_at(now) is ApprovalStatus.PENDING:
        return False
    try:
        await desk.web.client(team.bot_token).chat_update(
            channel=asked.channel,
            ts=asked.ts,
            text=fallback(f"{in_words(approval, batch)} {approval.status_at(now).value}"),
            blocks=answered(approval, batch, team_id=team.team_id, now=now),
        )
    except SlackApiError as error:
        if error.response["error"] not in _GONE:
            raise
        _EVENTS.warning("slack.question_gone", error, approval=asked.approval_id)
    await desk.agent.call(desk.threads.settle, team.workspace, asked)
    return True


async def settle_all(desk: Desk, team: Installation, approval_id: str = "") -> None:
    """Every message of the team that asks what was answered meanwhile."""
    open_ones = await desk.agent.call(desk.threads.questions, team.workspace, approval_id)
    for asked in open_ones:
        if asked.team_id == team.team_id:
            await settle(desk, team, asked)
