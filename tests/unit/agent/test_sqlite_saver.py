"""The fenced saver: LangGraph's conformance suite, and the fence itself."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    empty_checkpoint,
)
from langgraph.checkpoint.conformance import validate
from langgraph.checkpoint.conformance.initializer import checkpointer_test

from agent.savers.fence import FENCE, Fence, checkpoint_key, strict_serializer, thread_config
from agent.savers.sqlite import FencedSqliteSaver
from assetql.adapters.local.stores import DATABASE_NAME, open_database
from assetql.adapters.local.threads import SqliteTurns
from assetql.domain.errors import StaleClaim
from assetql.domain.thread import TurnLease

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def hold(turns: SqliteTurns, thread: str, *, now: datetime = NOW) -> TurnLease:
    lease = turns.acquire("w", thread, holder="h", until=now + timedelta(seconds=30), now=now)
    assert lease
    return lease


def keys(config: RunnableConfig) -> dict[str, Any]:
    return config.get("configurable", {})


class HeldByTheSuite(FencedSqliteSaver):
    """The suite names threads as it likes: each is held, under its own key, when it is written."""

    def __init__(self, home: Path) -> None:
        self.turns = SqliteTurns(open_database(home))
        super().__init__(home / DATABASE_NAME)
        self.held: dict[str, TurnLease] = {}

    def _with_fence(self, config: RunnableConfig) -> RunnableConfig:
        thread = keys(config)["thread_id"]
        if thread not in self.held:
            self.held[thread] = hold(self.turns, thread)
        key = checkpoint_key("w", thread)
        fence = Fence("w", thread, self.held[thread].token)
        return {"configurable": {**keys(config), "thread_id": key, FENCE: fence}}

    def _named_by_suite(self, config: RunnableConfig | None) -> RunnableConfig | None:
        if config is None:
            return None
        key = checkpoint_key("w", keys(config)["thread_id"])
        return {"configurable": {**keys(config), "thread_id": key}}

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        stored = await super().aput(self._with_fence(config), checkpoint, metadata, new_versions)
        thread = keys(config)["thread_id"]
        return {"configurable": {**keys(stored), "thread_id": thread}}

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        await super().aput_writes(self._with_fence(config), writes, task_id, task_path)

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = super().get_tuple(self._named_by_suite(config) or config)
        if found is None:
            return None
        thread = keys(config)["thread_id"]

        def renamed(other: RunnableConfig | None) -> RunnableConfig | None:
            return other and {"configurable": {**keys(other), "thread_id": thread}}

        return found._replace(
            config=renamed(found.config) or config, parent_config=renamed(found.parent_config)
        )

    def list(self, config: RunnableConfig | None, **options: Any) -> Iterator[CheckpointTuple]:
        return super().list(self._named_by_suite(config), **options)

    def delete_thread(self, thread_id: str) -> None:
        super().delete_thread(checkpoint_key("w", thread_id))


async def test_the_saver_passes_langgraphs_conformance_suite(tmp_path: Path) -> None:
    @checkpointer_test(name="FencedSqliteSaver")
    async def savers() -> AsyncGenerator[FencedSqliteSaver]:
        saver = HeldByTheSuite(tmp_path)
        yield saver
        saver.close()

    report = await validate(savers)

    failures = {name: r.failures for name, r in report.results.items() if r.failures}
    assert failures == {}
    assert report.passed_all_base()
    assert sum(r.tests_passed for r in report.results.values()) > 40


@pytest.fixture
def turns(tmp_path: Path) -> SqliteTurns:
    return SqliteTurns(open_database(tmp_path))


@pytest.fixture
def saver(tmp_path: Path, turns: SqliteTurns) -> Iterator[FencedSqliteSaver]:
    saver = FencedSqliteSaver(tmp_path / DATABASE_NAME)
    yield saver
    saver.close()


async def write(saver: FencedSqliteSaver, lease: TurnLease, value: str) -> None:
    config = thread_config(lease)
    keys(config)["checkpoint_ns"] = ""
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"said": value}
    stored = await saver.aput(config, checkpoint, {}, {})
    keys(config)["checkpoint_id"] = keys(stored)["checkpoint_id"]
    await saver.aput_writes(config, [("said", value)], "task")


async def latest(saver: FencedSqliteSaver, lease: TurnLease) -> str | None:
    found = await saver.aget_tuple(thread_config(lease))
    return found and found.checkpoint["channel_values"]["said"]


async def test_a_stale_turn_can_not_overwrite_a_newer_one(
    saver: FencedSqliteSaver, turns: SqliteTurns
) -> None:
    slow = hold(turns, "t")
    await write(saver, slow, "slow")
    newer = hold(turns, "t", now=NOW + timedelta(minutes=1))
    await write(saver, newer, "newer")

    with pytest.raises(StaleClaim):
        await write(saver, slow, "overwritten")
    assert await latest(saver, newer) == "newer"


async def test_a_finished_turn_writes_nothing_any_more(
    saver: FencedSqliteSaver, turns: SqliteTurns
) -> None:
    lease = hold(turns, "t")
    await write(saver, lease, "mine")
    turns.finish(lease, consumed=1)

    with pytest.raises(StaleClaim):
        await write(saver, lease, "late")
    assert await latest(saver, lease) == "mine"


async def test_a_write_without_a_fence_is_refused(saver: FencedSqliteSaver) -> None:
    config: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
    with pytest.raises(StaleClaim):
        await saver.aput(config, empty_checkpoint(), {}, {})


async def test_a_fence_is_good_for_its_own_thread_alone(
    saver: FencedSqliteSaver, turns: SqliteTurns
) -> None:
    config = thread_config(hold(turns, "mine"))
    keys(config).update(thread_id=checkpoint_key("w", "other"), checkpoint_ns="")
    with pytest.raises(StaleClaim):
        await saver.aput(config, empty_checkpoint(), {}, {})


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a", "b/c"), ("a/b", "c")), (('a"', "b"), ("a", '"b')), (("", "x"), ("x", ""))],
)
def test_no_two_threads_share_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert checkpoint_key(*one) != checkpoint_key(*other)


async def test_pruning_keeps_the_latest_checkpoint_and_its_writes(
    saver: FencedSqliteSaver, turns: SqliteTurns
) -> None:
    lease, neighbour = hold(turns, "t"), hold(turns, "u")
    for value in "abc":
        await write(saver, lease, value)
        await write(saver, neighbour, value)

    await saver.aprune_thread(thread_config(lease))

    left = [c async for c in saver.alist(thread_config(lease))]
    assert [t.checkpoint["channel_values"]["said"] for t in left] == ["c"]
    assert [w[2] for w in left[0].pending_writes or []] == ["c"]
    others = [c async for c in saver.alist(thread_config(neighbour))]
    assert len(others) == 3


class Stranger:
    """A type that no checkpoint may bring back."""

    def __init__(self, word: str) -> None:
        self.word = word

    def model_dump(self) -> dict[str, str]:
        return {"word": self.word}


def test_checkpoints_bring_back_messages_and_plain_values_only() -> None:
    serializer = strict_serializer()
    plain = {"messages": [HumanMessage("hi"), AIMessage("ho")], "taken": 3, "synopsis": ["x"]}
    assert serializer.loads_typed(serializer.dumps_typed(plain)) == plain

    revived = serializer.loads_typed(serializer.dumps_typed(Stranger("x")))
    assert not isinstance(revived, Stranger)
