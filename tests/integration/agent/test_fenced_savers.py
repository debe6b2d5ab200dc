"""The fenced savers of both families: LangGraph's conformance suite, and the fence itself."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    empty_checkpoint,
)
from langgraph.checkpoint.conformance import validate
from langgraph.checkpoint.conformance.initializer import checkpointer_test

from agent.savers.dynamodb import FencedDynamoSaver, items_of
from agent.savers.fence import (
    FENCE,
    Fence,
    checkpoint_key,
    reading_config,
    strict_serializer,
    thread_config,
)
from agent.savers.sqlite import FencedSqliteSaver
from assetql.adapters.aws.resources import CHECKPOINTS
from assetql.adapters.aws.table import Table
from assetql.adapters.aws.turns import DynamoTurns
from assetql.adapters.local.stores import DATABASE_NAME, open_database
from assetql.adapters.local.threads import SqliteTurns
from assetql.domain.errors import StaleClaim
from assetql.domain.thread import TurnLease
from assetql.ports import TurnLeases
from tests.support.emulator import installed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Saver = FencedSqliteSaver | FencedDynamoSaver
Opened = AbstractContextManager[tuple[Saver, TurnLeases]]


def hold(turns: TurnLeases, thread: str, *, now: datetime = NOW) -> TurnLease:
    lease = turns.acquire("w", thread, holder="h", until=now + timedelta(seconds=30), now=now)
    assert lease
    return lease


def keys(config: RunnableConfig) -> dict[str, Any]:
    return config.get("configurable", {})


def keyed(config: RunnableConfig) -> RunnableConfig:
    """The suite's thread, under a key as ours have."""
    key = checkpoint_key("w", keys(config)["thread_id"])
    return {"configurable": {**keys(config), "thread_id": key}}


def renamed(asked: RunnableConfig, stored: RunnableConfig) -> RunnableConfig:
    return {"configurable": {**keys(stored), "thread_id": keys(asked)["thread_id"]}}


class HeldByTheSuite(BaseCheckpointSaver[Any]):
    """The suite names threads as it likes: each is held, under its own key, when it is written."""

    turns: TurnLeases

    @property
    def held(self) -> dict[str, TurnLease]:
        return self.__dict__.setdefault("_held", {})

    def _fenced_config(self, config: RunnableConfig) -> RunnableConfig:
        thread = keys(config)["thread_id"]
        if thread not in self.held:
            self.held[thread] = hold(self.turns, thread)
        fence = Fence("w", thread, self.held[thread].token)
        return {"configurable": {**keys(keyed(config)), FENCE: fence}}

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        stored = await super().aput(self._fenced_config(config), checkpoint, metadata, new_versions)
        return renamed(config, stored)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        await super().aput_writes(self._fenced_config(config), writes, task_id, task_path)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        found = await super().aget_tuple(keyed(config))
        return found and found._replace(
            config=renamed(config, found.config),
            parent_config=found.parent_config and renamed(config, found.parent_config),
        )

    async def alist(
        self, config: RunnableConfig | None, **options: Any
    ) -> AsyncIterator[CheckpointTuple]:
        assert config
        async for found in super().alist(keyed(config), **options):
            yield found._replace(config=renamed(config, found.config))

    async def adelete_thread(self, thread_id: str) -> None:
        await super().adelete_thread(checkpoint_key("w", thread_id))


class HeldSqliteSaver(HeldByTheSuite, FencedSqliteSaver):
    pass


class HeldDynamoSaver(HeldByTheSuite, FencedDynamoSaver):
    pass


@contextmanager
def on_sqlite(
    home: Path, kind: type[FencedSqliteSaver] = FencedSqliteSaver
) -> Generator[tuple[FencedSqliteSaver, TurnLeases]]:
    with closing(open_database(home)) as database, closing(kind(home / DATABASE_NAME)) as saver:
        yield saver, SqliteTurns(database)


@contextmanager
def on_dynamodb(
    home: Path, kind: type[FencedDynamoSaver] = FencedDynamoSaver
) -> Generator[tuple[FencedDynamoSaver, TurnLeases]]:
    clients, names = installed(home, max_receives=2)
    turns = DynamoTurns(Table(clients.dynamodb, names.table(CHECKPOINTS)))
    with closing(kind(items_of(clients, names))) as saver:
        yield saver, turns


@pytest.mark.parametrize(
    ("open_saver", "kind"), [(on_sqlite, HeldSqliteSaver), (on_dynamodb, HeldDynamoSaver)]
)
async def test_the_saver_passes_langgraphs_conformance_suite(
    tmp_path: Path, open_saver: Callable[[Path, Any], Any], kind: type[HeldByTheSuite]
) -> None:
    @checkpointer_test(name=kind.__name__)
    async def savers() -> AsyncGenerator[HeldByTheSuite]:
        with open_saver(tmp_path, kind) as (saver, saver.turns):
            yield saver

    report = await validate(savers)

    failures = {name: r.failures for name, r in report.results.items() if r.failures}
    assert failures == {}
    assert report.passed_all_base()
    assert sum(r.tests_passed for r in report.results.values()) > 40


@pytest.fixture(params=[on_sqlite, on_dynamodb], ids=["local", "aws"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Saver, TurnLeases]]:
    open_saver: Callable[[Path], Opened] = request.param
    with open_saver(tmp_path) as saver_and_turns:
        yield saver_and_turns


@pytest.fixture
def saver(opened: tuple[Saver, TurnLeases]) -> Saver:
    return opened[0]


@pytest.fixture
def turns(opened: tuple[Saver, TurnLeases]) -> TurnLeases:
    return opened[1]


async def write(saver: Saver, lease: TurnLease, value: str) -> None:
    config = thread_config(lease)
    keys(config)["checkpoint_ns"] = ""
    checkpoint = empty_checkpoint()
    checkpoint["channel_values"] = {"said": value}
    stored = await saver.aput(config, checkpoint, {}, {})
    keys(config)["checkpoint_id"] = keys(stored)["checkpoint_id"]
    await saver.aput_writes(config, [("said", value)], "task")


async def latest(saver: Saver, lease: TurnLease) -> str | None:
    found = await saver.aget_tuple(reading_config(lease.workspace, lease.thread_id))
    return found and found.checkpoint["channel_values"]["said"]


async def test_a_stale_turn_can_not_overwrite_a_newer_one(saver: Saver, turns: TurnLeases) -> None:
    slow = hold(turns, "t")
    await write(saver, slow, "slow")
    newer = hold(turns, "t", now=NOW + timedelta(minutes=1))
    await write(saver, newer, "newer")

    with pytest.raises(StaleClaim):
        await write(saver, slow, "overwritten")
    assert await latest(saver, newer) == "newer"


async def test_a_finished_turn_writes_nothing_any_more(saver: Saver, turns: TurnLeases) -> None:
    lease = hold(turns, "t")
    await write(saver, lease, "mine")
    turns.finish(lease, consumed=1)

    with pytest.raises(StaleClaim):
        await write(saver, lease, "late")
    assert await latest(saver, lease) == "mine"


async def test_a_write_without_a_fence_is_refused(saver: Saver) -> None:
    config: RunnableConfig = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}
    with pytest.raises(StaleClaim):
        await saver.aput(config, empty_checkpoint(), {}, {})


async def test_a_fence_is_good_for_its_own_thread_alone(saver: Saver, turns: TurnLeases) -> None:
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


async def test_the_end_of_a_turn_keeps_the_latest_checkpoint_and_its_writes(
    saver: Saver, turns: TurnLeases
) -> None:
    lease, neighbour = hold(turns, "t"), hold(turns, "u")
    for value in "abc":
        await write(saver, lease, value)
        await write(saver, neighbour, value)

    await saver.afinish_turn(thread_config(lease), consumed=2)

    left = [c async for c in saver.alist(thread_config(lease))]
    assert [t.checkpoint["channel_values"]["said"] for t in left] == ["c"]
    assert [w[2] for w in left[0].pending_writes or []] == ["c"]
    others = [c async for c in saver.alist(thread_config(neighbour))]
    assert len(others) == 3
    ended, going_on = turns.get("w", "t"), turns.get("w", "u")
    assert ended
    assert (ended.token, ended.consumed, ended.until <= NOW) == (lease.token, 2, True)
    assert going_on == neighbour


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
