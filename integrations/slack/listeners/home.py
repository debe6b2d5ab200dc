"""App Home."""

from assetql.domain.approval import Approval, ApprovalStatus
from assetql.domain.batch import Batch
from assetql.domain.identity import Action, Principal
from assetql.pipeline.batch_status import report_batch
from assetql.services import Services
from integrations.slack.desk import Case
from integrations.slack.listening import Listener
from integrations.slack.rendering.home import home
from integrations.slack.rendering.parts import Block

_BATCHES, _QUESTIONS = 8, 8


async def show_home(case: Case) -> None:
    """Draws it anew whenever somebody opens it."""
    if case.event.get("tab", "home") == "home":
        await publish_home(case)


async def publish_home(case: Case, *, note: str | None = None) -> None:
    """What the workspace looks like now; for who asked."""
    caller = await case.caller()
    view = await case.desk.agent.call(_view, case.desk.agent.services, caller, note)
    await case.client.views_publish(user_id=case.user, view=view)


def _view(services: Services, caller: Principal, note: str | None) -> Block:
    caller.require(Action.READ)
    stores = services.stores
    batches = stores.batches.page(caller.workspace, limit=_BATCHES).items
    return home(
        stores.ledger.account(caller.workspace),
        _waiting(services, caller),
        [report_batch(batch, stores=stores) for batch in batches],
        note=note,
    )


def _waiting(services: Services, caller: Principal) -> list[tuple[Approval, Batch]]:
    stores, now = services.stores, services.clock.now()
    asked = [
        approval
        for approval in stores.approvals.pending(caller.workspace)
        if approval.status_at(now) is ApprovalStatus.PENDING
    ]
    found = [(each, stores.batches.get(each.workspace, each.batch_id)) for each in asked]
    return [(approval, batch) for approval, batch in found if batch][:_QUESTIONS]


LISTENERS = (Listener("event", "app_home_opened", show_home),)
