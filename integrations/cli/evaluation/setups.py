"""The states that requests start from, each built by the product's own use cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from langchain_core.messages import AIMessage

from agent.inbox import NewMessage
from agent.scripted import ScriptedModel
from agent.services import open_agent
from agent.turn import run_turn
from assetql.domain.errors import InvalidInput, unknown_choice
from assetql.domain.identity import Principal
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task
from assetql.pipeline.approve import answer_approval
from assetql.pipeline.create_batch import create_batch, import_list
from assetql.pipeline.generate import generate
from assetql.pipeline.heartbeat import LeaseHeartbeat
from assetql.pipeline.learn_style import learn_style
from assetql.pipeline.make_image import MadeImage, make_image
from assetql.pipeline.start_batch import request_start
from assetql.services import Services
from assetql.worker import Worker
from integrations.cli.attachments import attach
from integrations.cli.examples import LIST, REFERENCES
from integrations.cli.session import new_key

THREAD = "eval"
_DONE_OF_A_RUNNING_BATCH = 8
_FAILED = 5
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a setup is built."""

    services: Services
    caller: Principal


async def build(setup: str, stage: Stage) -> None:
    """Builds one setup. Raises: InvalidInput for one that does not exist."""
    if setup == "assets_shown":
        await _show_assets(stage)
        return
    kind, _, name = setup.partition(":")
    if kind == "style" and name:
        _learn(name, stage)
    elif setup in BATCHES:
        BATCHES[setup](stage)
    else:
        raise unknown_choice("setup", setup, [*BATCHES, "assets_shown", "style:NAME"])


def _learn(name: str, stage: Stage) -> None:
    services = stage.services
    learn_style(
        name,
        attach(list(REFERENCES), services, stage.caller, THREAD),
        caller=stage.caller,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key=new_key(),
    )


def _start(stage: Stage) -> None:
    services = stage.services
    with LIST.open("rb") as stream:
        read = import_list(stream, limits=services.list_limits, valid_rows_only=False)
    batch = create_batch(
        read.rows,
        name="RPG items",
        style=None,
        caller=stage.caller,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key=new_key(),
        thread_id=THREAD,
    )
    approval = request_start(
        batch.batch_id,
        caller=stage.caller,
        stores=services.stores,
        clock=services.clock,
        terms=services.terms,
    )
    answer_approval(
        approval.approval_id,
        approve=True,
        caller=stage.caller,
        stores=services.stores,
        clock=services.clock,
    )


def _run_some(stage: Stage) -> None:
    _start(stage)
    services = stage.services
    lease = services.terms.lease
    with LeaseHeartbeat(services.stores, services.clock, lease) as heartbeat:
        generator = Worker(services).generator("setup", heartbeat)
        for _ in range(_DONE_OF_A_RUNNING_BATCH):
            for delivery in services.stores.queue.receive(limit=1, visibility=lease):
                generate(delivery, generator)


def _run_all(stage: Stage, *, failed: int = 0) -> None:
    _start(stage)
    services = stage.services
    make = partial(
        make_image,
        images=services.images,
        embedder=services.embedder,
        optimiser=services.optimiser,
    )

    def refusing(task: Task, profile: StyleProfile | None) -> MadeImage:
        if task.row <= failed:
            raise InvalidInput("Refused on purpose: this setup has failed images.")
        return make(task, profile)

    Worker(services, make=refusing).run(until_idle=True)


async def _show_assets(stage: Stage) -> None:
    call = {"id": "setup", "name": "search", "args": {"limit": _SHOWN}}
    answers = iter([AIMessage("", tool_calls=[call]), AIMessage("Here they are.")])
    agent = open_agent(stage.services, model=ScriptedModel(script=lambda _: next(answers)))
    try:
        message = NewMessage(message_id=new_key(), text=f"Show me {_SHOWN} assets.")
        async for _ in run_turn(agent, caller=stage.caller, thread_id=THREAD, message=message):
            pass
    finally:
        agent.close()


BATCHES: Mapping[str, Callable[[Stage], None]] = {
    "batch_running": _run_some,
    "batch_ready": _run_all,
    "batch_failed_some": partial(_run_all, failed=_FAILED),
}
