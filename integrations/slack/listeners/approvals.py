"""Approve and Decline, in a thread or in App Home."""

from assetql.domain.errors import AssetQLError
from assetql.pipeline.approve import answer_approval
from integrations.slack.desk import Case
from integrations.slack.listeners.home import publish_home
from integrations.slack.listening import Listener
from integrations.slack.questions import settle, settle_all
from integrations.slack.threads import Question


async def approve(case: Case) -> None:
    """Says yes."""
    await _answer(case, approve=True)


async def decline(case: Case) -> None:
    """Says no."""
    await _answer(case, approve=False)


async def _answer(case: Case, *, approve: bool) -> None:
    """Answers once; what comes too late changes nothing, and is told to who pressed it."""
    caller = await case.caller()
    services = case.desk.agent.services
    approval_id = str(case.action["value"])
    refused: AssetQLError | None = None
    try:
        await case.desk.agent.call(
            answer_approval,
            approval_id,
            approve=approve,
            caller=caller,
            stores=services.stores,
            clock=services.clock,
        )
    except AssetQLError as error:
        refused = error
    await settle_all(case.desk, case.team, approval_id)
    if case.body.get("view"):
        await publish_home(case, note=str(refused) if refused else None)
        return
    if refused:
        await case.tell(str(refused))
    await _settle_pressed(case, approval_id, refused)


async def _settle_pressed(case: Case, approval_id: str, refused: AssetQLError | None) -> None:
    """The message that was pressed, even where nobody remembers that it asked."""
    if refused and refused.code == "not_found":
        return
    channel, _ = case.where
    pressed = Question(
        approval_id=approval_id,
        team_id=case.team.team_id,
        channel=str(channel),
        ts=str(case.body["message"]["ts"]),
    )
    await settle(case.desk, case.team, pressed)


LISTENERS = (Listener("action", "approve", approve), Listener("action", "decline", decline))
