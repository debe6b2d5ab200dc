"""A small run with a marker in all that people write: operators see ids, never the marker."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.tools import BaseTool, tool

from agent.inbox import NewMessage
from agent.scripted import ScriptedModel
from agent.services import open_agent
from agent.turn import run_turn
from assetql.domain.batch import Batch
from assetql.domain.errors import ModelUnavailable
from assetql.domain.identity import Principal, Role
from assetql.domain.style import StyleProfile
from assetql.domain.task import Task
from assetql.pipeline.create_batch import create_batch, rows_of_upload
from assetql.pipeline.export import request_export
from assetql.pipeline.learn_style import learn_style
from assetql.pipeline.make_image import MadeImage
from assetql.pipeline.uploads import add_upload
from assetql.ports import TaggingRequest
from assetql.services import Services
from tests.contract.values import ManualClock
from tests.support.driving import drain
from tests.support.homes import open_home, start, started
from tests.support.making import Fate, scripted
from tests.support.telemetry import grown, logged, measured, parent_of, spans_collected

MARK = "canary"
CALLER = Principal("studio", f"{MARK}@example.org", frozenset({Role.OWNER}))
REFERENCE = Path(__file__).parents[2] / "examples" / "styles" / "noto" / "bacon.png"
NAMES = [f"{MARK} {fate}" for fate in ("plain", "rejected", "hopeless", "faulted", "refused")]
FATES = {
    NAMES[1]: Fate(scores=(0.2,)),
    NAMES[2]: Fate(scores=(0.2, 0.3)),
    NAMES[3]: Fate(faults=1),
    NAMES[4]: Fate(refusal=f"No {MARK} here."),
}


class LyingTagger:
    """Answers with what was written, which is no JSON."""

    name = "lying-1"

    def answers(
        self, requests: Sequence[TaggingRequest], vocabulary: Sequence[str]
    ) -> Sequence[str]:
        return [f"{request.name}: {MARK} {len(vocabulary)}" for request in requests]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def services(tmp_path: Path, clock: ManualClock) -> Iterator[Services]:
    with open_home(tmp_path / "home", clock=clock) as services:
        yield replace(services, tagger=LyingTagger())


def upload(services: Services, filename: str, data: bytes) -> str:
    return add_upload(
        filename,
        data,
        caller=CALLER,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
    ).upload_id


def marked_batch(services: Services) -> Batch:
    """A started batch whose names, prompts, style and files carry the marker."""
    style = learn_style(
        f"{MARK} style",
        [upload(services, f"{MARK}.png", REFERENCE.read_bytes())],
        caller=CALLER,
        stores=services.stores,
        clock=services.clock,
        embedder=services.embedder,
        image_limits=services.image_limits,
        key="style",
    )
    lines = ["name,description", *(f"{name},a {MARK} prompt" for name in NAMES)]
    rows = rows_of_upload(
        upload(services, f"{MARK}.csv", "\n".join(lines).encode()),
        caller=CALLER,
        stores=services.stores,
        limits=services.list_limits,
        valid_rows_only=False,
    ).rows
    batch = create_batch(
        rows,
        name=f"{MARK} batch",
        style=style.name,
        caller=CALLER,
        stores=services.stores,
        clock=services.clock,
        prices=services.prices,
        key="batch",
    )
    start(services, batch, caller=CALLER)
    request_export(
        presets=["raw"],
        caller=CALLER,
        stores=services.stores,
        clock=services.clock,
        key="package",
        batch_id=batch.batch_id,
    )
    return batch


def crashing_once() -> Callable[[Task, StyleProfile | None], MadeImage]:
    """Fails twice in a way that nobody foresaw, then makes what the script has."""
    make, crashes = scripted(FATES), [ValueError(f"{MARK} 1"), ValueError(f"{MARK} 2")]

    def made(task: Task, profile: StyleProfile | None) -> MadeImage:
        if task.name == NAMES[0] and crashes:
            raise crashes.pop()
        return make(task, profile)

    return made


def test_a_run_is_told_by_ids_and_reasons_and_nothing_that_people_wrote(
    services: Services, clock: ManualClock
) -> None:
    with logged() as logs:
        batch = marked_batch(services)
        drain(services, crashing_once(), clock)
    assert MARK not in logs.text.casefold()
    tasks = [event for event in logs.events if event["event"].startswith("task.")]
    assert {(t["workspace"], t["batch"]) for t in tasks} == {("studio", batch.batch_id)}
    assert all(task["task"] for task in tasks)
    assert len(logs.named("task.ready")) == 3
    assert {"score": 0.9, "threshold": 0.5}.items() <= logs.named("task.ready")[0].items()
    assert [(e["score"], e["reason"]) for e in logs.named("task.rejected")] == [
        (0.2, "off_style"),
        (0.2, "off_style"),
    ]
    assert [e["reason"] for e in logs.named("task.faulted")] == ["model_unavailable"]
    assert sorted(e["reason"] for e in logs.named("task.failed")) == ["invalid_input", "off_style"]
    assert [e["answer"] for e in logs.named("approval.answered")] == ["approved"]
    assert [e["batch"] for e in logs.named("batch.closed")] == [batch.batch_id]
    assert {e["kind"] for e in logs.named("follow_up.done")} == {"tag", "export"}


def test_a_crash_is_told_once_with_its_places(services: Services, clock: ManualClock) -> None:
    with logged("warning") as logs:
        batch = started(services, NAMES[0], caller=CALLER)

        def crash(task: Task, profile: StyleProfile | None) -> MadeImage:
            raise ValueError(f"{task.name} {profile}")

        work_again_and_again(services, crash, clock)
    (crashed,) = logs.named("task.crashed")
    assert crashed["batch"] == batch.batch_id
    assert crashed["error"] == "ValueError"
    assert "in crash" in crashed["exception"]
    assert MARK not in logs.text.casefold()


def work_again_and_again(services: Services, make: Any, clock: ManualClock) -> None:
    """One process that receives the same message each time its lease has ended."""
    from assetql.worker import Worker
    from tests.support.driving import generator_of

    worker = Worker(services, make=make)
    for _ in range(3):
        (delivery,) = services.stores.queue.receive(limit=1, visibility=services.terms.lease)
        worker.work_on(delivery, generator_of(services, make))
        clock.advance(2 * services.terms.lease)


def talk(services: Services, model: BaseChatModel | None, *texts: str, **tools: Any) -> None:
    agent = open_agent(services, model=model, **tools)

    async def say(number: int, text: str) -> None:
        message = NewMessage(message_id=f"m{number}", text=text)
        parts = run_turn(agent, caller=CALLER, thread_id="thread-1", message=message)
        async with aclosing(parts):
            async for _ in parts:
                pass

    async def all_of_it() -> None:
        for number, text in enumerate(texts):
            await say(number, text)

    try:
        asyncio.run(all_of_it())
    finally:
        agent.close()


def test_a_conversation_is_told_by_its_turns_and_tools(services: Services) -> None:
    before = measured()
    with logged() as logs:
        talk(
            services,
            None,
            f"Make 2 images of a {MARK} dragon, 256x256.",
            "yes",
            f"Search for {MARK} dragons.",
        )
    assert MARK not in logs.text.casefold()
    turns = logs.named("turn.ended")
    assert [(t["thread"], t["outcome"]) for t in turns] == [("thread-1", "answered")] * 3
    calls = logs.named("tool.called")
    assert {"create_batch", "generate", "search"} <= {call["tool"] for call in calls}
    assert {(c["workspace"], c["thread"]) for c in calls} == {("studio", "thread-1")}
    assert grown(before, "assetql.turns", outcome="answered") == 3
    assert grown(before, "assetql.tool.calls", tool="search", status="success") == 1
    assert grown(before, "assetql.approvals", answer="approved") == 1


def broken_tools() -> Sequence[BaseTool]:
    @tool
    def draw(what: str) -> str:
        """Draws."""
        raise ValueError(what)

    return [draw]


def calls_then_fails(messages: Sequence[BaseMessage]) -> AIMessage:
    if isinstance(messages[-1], ToolMessage):
        raise OSError(f"{MARK} {messages[-1].text}")
    names = ("draw", MARK)
    calls = [{"name": n, "args": {"what": MARK}, "id": f"call-{n}"} for n in names]
    return AIMessage("", tool_calls=calls)


def test_broken_tools_invented_tools_and_a_dead_model_are_told_discreetly(
    services: Services,
) -> None:
    before = measured()
    with logged() as logs, pytest.raises(ModelUnavailable):
        talk(
            services,
            ScriptedModel(script=calls_then_fails),
            f"Draw a {MARK}",
            tools=list(broken_tools()),
        )
    assert MARK not in logs.text.casefold()
    assert logs.named("tool.crashed")[0]["error"] == "ValueError"
    assert {call["tool"] for call in logs.named("tool.called")} == {"draw", "unknown"}
    assert [t["outcome"] for t in logs.named("turn.ended")] == ["model_unavailable"]
    assert grown(before, "assetql.tool.calls", tool="draw", status="error") == 1


def test_tasks_are_counted_and_timed_by_outcome(services: Services, clock: ManualClock) -> None:
    before = measured()
    marked_batch(services)
    drain(services, scripted(FATES), clock)
    outcomes = {"ready": 3, "rejected": 2, "faulted": 1, "failed": 2}
    for outcome, count in outcomes.items():
        assert grown(before, "assetql.tasks", outcome=outcome) == count
        assert grown(before, "assetql.generate.duration", outcome=outcome) == count
    assert grown(before, "assetql.batches.closed") == 1


def test_store_and_model_calls_are_spans_of_their_task(tmp_path: Path, clock: ManualClock) -> None:
    with (
        spans_collected() as spans,
        open_home(tmp_path, clock=clock, tracing=True) as services,
        logged(),
    ):
        batch = marked_batch(services)
        drain(services, scripted(FATES), clock)
        talk(services, None, f"What about {MARK}?", "How far is my batch?")
    assert MARK not in "".join(span.to_json() for span in spans).casefold()
    commits = [span for span in spans if span.name == "tasks.commit"]
    assert len(commits) == 3
    for commit in commits:
        generate = parent_of(commit, spans)
        assert generate
        assert generate.name == "generate"
        assert commit.attributes
        assert commit.attributes["assetql.batch"] == batch.batch_id
        assert commit.attributes["assetql.workspace"] == "studio"
    tool_call = next(span for span in spans if span.name.startswith("tool."))
    turn = parent_of(tool_call, spans)
    assert turn
    assert turn.name == "turn"
    assert any(parent_of(span, spans) is tool_call for span in spans), "its store calls"
    assert {"chat_model.answer", "embedder.embed", "close_batch"} <= {s.name for s in spans}


def test_without_tracing_nothing_stands_between_use_cases_and_stores(services: Services) -> None:
    assert type(services.stores.tasks).__name__ == "SqliteTasks"
    assert type(services.images).__name__ == "PlaceholderBackend"
