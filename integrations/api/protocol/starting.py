"""From a body to a run: what is said is stored, what is answered carried out, then it runs."""

from datetime import timedelta
from uuid import uuid4

from agent.inbox import NewMessage, check_message, post_message
from agent.services import AgentServices
from assetql.domain.errors import NotFound, ThreadBusy
from assetql.domain.identity import Action, Principal
from assetql.pipeline.approve import answer_approval
from integrations.api.protocol.assistant import require_assistant
from integrations.api.protocol.live_runs import AtEnd, LiveRun, LiveRuns
from integrations.api.protocol.run_bodies import (
    ApprovalAnswer,
    RunBody,
    RunOptions,
    StatelessBody,
)
from integrations.api.protocol.run_records import Run
from integrations.api.protocol.said import new_message


async def start_run(
    runs: LiveRuns,
    body: RunBody | StatelessBody,
    *,
    thread_id: str,
    caller: Principal,
    key: str,
    at_end: AtEnd | None = None,
) -> LiveRun:
    """A run in a thread that exists. `key` is the id of a message that has none.

    Raises: NotFound; InvalidInput; ThreadBusy; RateLimited; what answering an approval raises.
    """
    caller.require(Action.READ)
    require_assistant(body.assistant_id)
    body.require_thread(thread_id)
    runs.require_room()
    agent = runs.agent
    if body.command:
        await agent.call(_answer, agent, body.command.resume, thread_id, caller)
    message = new_message(body.input, key) if body.input else None
    rejecting = body.multitask_strategy == "reject"
    if rejecting and runs.in_thread(caller.workspace, thread_id):
        raise _busy(thread_id)
    position = None
    if message:
        position = await agent.call(_take, agent, message, thread_id, caller, keep=not rejecting)
    run = _new_run(agent, body, thread_id, caller, position)
    live = await runs.start(
        run,
        caller=caller,
        message=message,
        busy="reject" if rejecting else "wait",
        at_end=at_end,
    )
    if rejecting:
        await live.begun.wait()
        if isinstance(live.refusal, ThreadBusy):
            await agent.call(runs.records.delete, live.run)
            raise _busy(thread_id)
    return live


def _new_run(
    agent: AgentServices, body: RunOptions, thread_id: str, caller: Principal, position: int | None
) -> Run:
    now = agent.services.clock.now()
    return Run(
        workspace=caller.workspace,
        thread_id=thread_id,
        run_id=str(uuid4()),
        created_at=now,
        updated_at=now,
        metadata=body.metadata or {},
        strategy=body.multitask_strategy,
        modes=tuple(body.stream_mode),
        position=position,
    )


def _answer(
    agent: AgentServices, answer: ApprovalAnswer, thread_id: str, caller: Principal
) -> None:
    """Answers an approval of this thread. Raises: as `answer_approval` does."""
    services = agent.services
    asked = services.stores.approvals.get(caller.workspace, answer.approval_id)
    if asked is None or asked.thread_id != thread_id:
        raise NotFound(
            "approval", answer.approval_id, remedy="The thread's state lists those open."
        )
    answer_approval(
        answer.approval_id,
        approve=answer.decision == "approve",
        caller=caller,
        stores=services.stores,
        clock=services.clock,
    )


def _take(
    agent: AgentServices, message: NewMessage, thread_id: str, caller: Principal, *, keep: bool
) -> int | None:
    """Its position once it is kept, before its run is promised: the turn finds it by its id.

    What a busy thread would reject is only looked at. Raises: as `post_message` does.
    """
    stores, clock = agent.services.stores, agent.services.clock
    if not keep:
        check_message(message, caller=caller, stores=stores)
        return None
    posted = post_message(message, thread_id=thread_id, caller=caller, stores=stores, clock=clock)
    return posted.position


def _busy(thread_id: str) -> ThreadBusy:
    return ThreadBusy(
        f"Thread {thread_id!r} is answering another message; nothing was stored.",
        remedy="Wait for its run, or send multitask_strategy=enqueue.",
    )


def trust(agent: AgentServices) -> timedelta:
    """For how long a run without a turn may still be about to begin one."""
    return timedelta(seconds=agent.services.settings.turn_lease_seconds)
