"""Checkpoints in DynamoDB: each write checks the turn's fence in the same transaction.

A turn reads its thread once and writes it once per step that a model or a tool took. What only
says that a message came in is held back and goes with the answer to it; so are the writes of a
step's tasks, until the checkpoint that takes them in. The end of the turn stores what is still
held, forgets what was superseded and gives the thread back, in one transaction.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    copy_checkpoint,
    get_checkpoint_id,
    get_serializable_checkpoint_metadata,
)

from agent.savers.branch import Branch, Held, Writes
from agent.savers.dynamo_items import Change, CheckpointItems, Stored, in_order, numbered
from agent.savers.fence import TURN, Fence, fence_of, strict_serializer, thread_of
from assetql.adapters.aws.clients import Clients, open_clients
from assetql.adapters.aws.items import Item
from assetql.adapters.aws.objects import S3Objects
from assetql.adapters.aws.resources import CHECKPOINTS, Names, names_of
from assetql.adapters.aws.table import Table
from assetql.domain.errors import StaleClaim
from assetql.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")

_REMEMBERED = 64  # threads whose newest checkpoint stays with the process that wrote it


class FencedDynamoSaver(BaseCheckpointSaver[int]):
    """LangGraph's saver over the table Checkpoints; asynchronous only.

    Raises StaleClaim where a write's config carries no fence, or one that a newer turn has
    overtaken. Without a turn's config it stores each write as it comes.
    """

    def __init__(self, items: CheckpointItems) -> None:
        super().__init__(serde=items.serde)
        self.items = items
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="checkpoints")
        # Touched by the event loop alone.
        self._turns: dict[Fence, dict[str, Branch]] = {}
        self._known: OrderedDict[tuple[str, str], tuple[int, dict[str, Stored]]] = OrderedDict()

    def close(self) -> None:
        """Ends its threads; harmless when repeated."""
        self._pool.shutdown()

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: call(*args, **kwargs))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or its namespace's newest."""
        wanted, thread, namespace = get_checkpoint_id(config), _thread(config), _namespace(config)
        branch = await self._branch(config)
        if branch and wanted in (None, branch.newest):
            if branch.held:
                return _held_tuple(config, branch.held, branch.writes)
            return branch.stored and await self._run(
                self._tuple, config, branch.stored, branch.writes
            )
        found = await self._run(self.items.stored, thread, namespace, wanted)
        return await self._run(self._tuple, config, found[0], {}) if found else None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """What is stored of a thread, newest first."""
        if config is None:
            raise NotImplementedError("Checkpoints are listed thread by thread: name one.")
        namespace = cast("str | None", _configurable(config).get("checkpoint_ns"))
        wanted, end = get_checkpoint_id(config), get_checkpoint_id(before) if before else None
        found = await self._run(self.items.stored, _thread(config), namespace, wanted)
        found.sort(key=lambda stored: stored.checkpoint_id, reverse=True)
        for stored in found:
            if limit is not None and limit <= 0:
                return
            if end and stored.checkpoint_id >= end:
                continue
            listed = await self._run(self._tuple, config, stored, {})
            if (filter or {}).items() <= cast("dict[str, Any]", listed.metadata).items():
                limit = None if limit is None else limit - 1
                yield listed

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Raises: StaleClaim."""
        fence, namespace = fence_of(config), _namespace(config)
        whole = get_serializable_checkpoint_metadata(config, metadata)
        new = Held(checkpoint, whole, get_checkpoint_id(config))
        branch = await self._branch(config)
        if branch is None:
            await self._run(self._store, fence, namespace, new)
        elif branch.put(new):
            try:
                branch.was_stored(await self._run(self._store, fence, namespace, new))
            except StaleClaim:
                self._turns.pop(fence, None)
                raise
        return _naming(config, checkpoint["id"])

    def _store(self, fence: Fence, namespace: str, new: Held) -> Item:
        (stored,) = self.items.commit(fence, Change(puts=[self._item(fence, namespace, new)]))
        return stored

    def _item(self, fence: Fence, namespace: str, held: Held) -> Item:
        return self.items.checkpoint_item(
            (fence.workspace, fence.thread_id),
            namespace,
            held.checkpoint,
            parent=held.parent,
            metadata=cast("Mapping[str, Any]", held.metadata),
        )

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Raises: StaleClaim."""
        fence, checkpoint_id = fence_of(config), get_checkpoint_id(config)
        assert checkpoint_id
        new: Writes = {
            (task_id, index): (task_path, channel, value)
            for index, channel, value in numbered(writes)
        }
        branch = await self._branch(config)
        if branch is None:
            await self._run(self._store_writes, fence, _namespace(config), checkpoint_id, new)
        elif checkpoint_id == branch.newest:
            branch.writes |= new

    def _store_writes(
        self, fence: Fence, namespace: str, checkpoint_id: str, writes: Writes
    ) -> None:
        thread = (fence.workspace, fence.thread_id)
        puts = self.items.write_items(thread, namespace, checkpoint_id, writes)
        self.items.commit(fence, Change(puts=puts))

    async def afinish_turn(self, config: RunnableConfig, *, consumed: int) -> None:
        """Raises: StaleClaim."""
        fence = fence_of(config)
        branches = self._turns.pop(fence, {})
        thread = (fence.workspace, fence.thread_id)
        self._known[thread] = await self._run(self._finish, fence, branches, consumed)
        self._known.move_to_end(thread)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _finish(
        self, fence: Fence, branches: Mapping[str, Branch], consumed: int
    ) -> tuple[int, dict[str, Stored]]:
        """One transaction; returns the turn and what it leaves behind, by namespace."""
        thread = (fence.workspace, fence.thread_id)
        puts: list[Item] = []
        deletes: list[Item] = []
        for namespace, branch in branches.items():
            if branch.held:
                puts.append(self._item(fence, namespace, branch.held))
                deletes += branch.stored.items if branch.stored else ()
            if branch.newest:
                puts += self.items.write_items(thread, namespace, branch.newest, branch.writes)
            deletes += branch.superseded
        change = Change(puts=puts, deletes=deletes, consumed=consumed)
        stored = self.items.commit(fence, change)
        return fence.token, {
            namespace: left
            for namespace, branch in branches.items()
            if (left := branch.left([i for i in stored if i["namespace"] == namespace]))
        }

    async def adelete_thread(self, thread_id: str) -> None:
        """Forgets a thread whole; `thread_id` is a `checkpoint_key`. Not while a turn holds it."""
        thread = thread_of(thread_id)
        self._known.pop(thread, None)
        await self._run(self.items.delete, thread)

    async def _branch(self, config: RunnableConfig) -> Branch | None:
        """What the turn knows of its namespace; None where `config` is not a turn's."""
        if TURN not in _configurable(config):
            return None
        fence, namespace = fence_of(config), _namespace(config)
        branches = self._turns.setdefault(fence, {})
        if namespace in branches:
            return branches[namespace]
        return branches.setdefault(namespace, await self._opened(fence, namespace))

    async def _opened(self, fence: Fence, namespace: str) -> Branch:
        thread = (fence.workspace, fence.thread_id)
        token, known = self._known.get(thread, (0, {}))
        # Tokens are counted: whoever held the thread before this turn was this process, or nobody.
        if fence.token == token + 1 and (namespace in known or not token):
            return Branch(known.get(namespace))
        newest, *older = await self._run(self.items.stored, thread, namespace) or [None]
        return Branch(newest, [item for stored in older if stored for item in stored.items])

    def _tuple(self, config: RunnableConfig, stored: Stored, newer: Writes) -> CheckpointTuple:
        """`newer` are pending writes that the table does not have yet."""
        value, item = self.items.value, stored.item
        writes: Writes = {
            (str(write["task"]), int(write["index"])): (
                str(write["path"]),
                str(write["channel"]),
                value(write),
            )
            for write in stored.writes
        }
        namespace = str(item["namespace"])
        return CheckpointTuple(
            _naming(config, stored.checkpoint_id, namespace),
            value(item),
            cast("CheckpointMetadata", json.loads(str(item["metadata"]))),
            _naming(config, str(item["parent"]), namespace) if "parent" in item else None,
            in_order(writes | newer),
        )


def _held_tuple(config: RunnableConfig, held: Held, writes: Writes) -> CheckpointTuple:
    return CheckpointTuple(
        _naming(config, held.checkpoint["id"]),
        copy_checkpoint(held.checkpoint),
        held.metadata.copy(),
        _naming(config, held.parent) if held.parent else None,
        in_order(writes),
    )


def _configurable(config: RunnableConfig) -> dict[str, Any]:
    return config.get("configurable", {})


def _thread(config: RunnableConfig) -> tuple[str, str]:
    return thread_of(str(_configurable(config)["thread_id"]))


def _namespace(config: RunnableConfig) -> str:
    return str(_configurable(config).get("checkpoint_ns", ""))


def _naming(
    config: RunnableConfig, checkpoint_id: str, namespace: str | None = None
) -> RunnableConfig:
    """The config that names one checkpoint of a thread."""
    return {
        "configurable": {
            "thread_id": _configurable(config)["thread_id"],
            "checkpoint_ns": _namespace(config) if namespace is None else namespace,
            "checkpoint_id": checkpoint_id,
        }
    }


def items_of(clients: Clients, names: Names) -> CheckpointItems:
    """The checkpoints of one installation."""
    table = Table(clients.dynamodb, names.table(CHECKPOINTS))
    return CheckpointItems(table, S3Objects(clients.s3, names.bucket), strict_serializer())


def open_saver(settings: Settings) -> FencedDynamoSaver:
    """The saver of the installation that the settings name."""
    return FencedDynamoSaver(items_of(open_clients(settings), names_of(settings)))
