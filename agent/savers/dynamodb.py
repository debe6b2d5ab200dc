"""Checkpoints in DynamoDB: each write checks the turn's fence in the same transaction.

A turn reads its thread once. It stores the model's calls before its tools run, and the results of
these while the model is asked again. What only says that a message came in is held back and goes
with the model's first calls; so are the writes of a step's tasks, until the checkpoint that takes
them in. The end of the turn stores what is still held, such as the answer, forgets what was
superseded and gives the thread back, in one transaction.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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

from agent.savers.branch import Branch, Known, Step, Writes
from agent.savers.dynamo_items import Change, CheckpointItems, Stored, in_order, numbered
from agent.savers.fence import TURN, Fence, fence_of, strict_serializer, thread_of
from assetql.adapters.aws.clients import Clients, open_clients
from assetql.adapters.aws.items import Item
from assetql.adapters.aws.objects import S3Objects
from assetql.adapters.aws.resources import CHECKPOINTS, Names, names_of
from assetql.adapters.aws.table import Table
from assetql.domain.errors import AssetQLError
from assetql.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


class FencedDynamoSaver(BaseCheckpointSaver[int]):
    """LangGraph's saver over the table Checkpoints; asynchronous only.

    Raises StaleClaim where a write's config carries no fence, or one that a newer turn has
    overtaken. Without a turn's config it stores each write as it comes.
    """

    def __init__(self, items: CheckpointItems) -> None:
        super().__init__(serde=items.serde)
        self.items = items
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="checkpoints")
        self._known = Known()

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
        if branch and wanted in (None, branch.newest_id):
            return branch.newest and _tuple(config, branch.newest, branch.writes)
        found = await self._run(self.items.stored, thread, namespace, wanted)
        return _tuple(config, *await self._run(self._decoded, found[0])) if found else None

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
            step, writes = await self._run(self._decoded, stored)
            listed = _tuple(config, step, writes, str(stored.item["namespace"]))
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
        new = Step(checkpoint, whole, get_checkpoint_id(config))
        branch = await self._branch(config)
        if branch is None:
            await self._run(self._store, fence, namespace, new)
        else:
            await self._put(fence, namespace, branch, new)
        return _naming(config, checkpoint["id"])

    async def _put(self, fence: Fence, namespace: str, branch: Branch, new: Step) -> None:
        if branch.storing:
            await asyncio.shield(branch.storing)  # the end of a cancelled turn waits for it too
        elif branch.holds_answer:  # to another author's messages: the turn goes on
            await self._store_newest(fence, namespace, branch)
        if not branch.put(new):
            return
        storing = self._store_newest(fence, namespace, branch)
        if new.has_results:
            branch.storing = asyncio.create_task(storing)
        else:
            await storing

    async def _store_newest(self, fence: Fence, namespace: str, branch: Branch) -> None:
        assert branch.newest
        branch.was_stored(await self._run(self._store, fence, namespace, branch.newest))
        branch.storing = None

    def _store(self, fence: Fence, namespace: str, new: Step) -> Item:
        (stored,) = self.items.commit(fence, Change(puts=[self._item(fence, namespace, new)]))
        return stored

    def _item(self, fence: Fence, namespace: str, step: Step) -> Item:
        return self.items.checkpoint_item(
            fence.thread,
            namespace,
            step.checkpoint,
            parent=step.parent,
            metadata=cast("Mapping[str, Any]", step.metadata),
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
        elif checkpoint_id == branch.newest_id:
            branch.writes |= new

    def _store_writes(
        self, fence: Fence, namespace: str, checkpoint_id: str, writes: Writes
    ) -> None:
        puts = self.items.write_items(fence.thread, namespace, checkpoint_id, writes)
        self.items.commit(fence, Change(puts=puts))

    async def afinish_turn(self, config: RunnableConfig, *, consumed: int) -> None:
        """Raises: StaleClaim."""
        fence = fence_of(config)
        branches = self._known.ended(fence)
        for branch in branches.values():
            if branch.storing:
                with suppress(AssetQLError):  # what was not stored is stored now, or is stale
                    await branch.storing
        self._known.remember(fence, await self._run(self._finish, fence, branches, consumed))

    def _finish(
        self, fence: Fence, branches: Mapping[str, Branch], consumed: int
    ) -> dict[str, Stored]:
        """One transaction; returns what the turn leaves behind, by namespace."""
        puts: list[Item] = []
        deletes: list[Item] = []
        for namespace, branch in branches.items():
            if branch.newest is None:
                continue
            if branch.unstored:
                puts.append(self._item(fence, namespace, branch.newest))
                deletes += branch.stored.items if branch.stored else ()
            newest = branch.newest.checkpoint["id"]
            puts += self.items.write_items(fence.thread, namespace, newest, branch.writes)
            deletes += branch.superseded
        change = Change(puts=puts, deletes=deletes, consumed=consumed)
        stored = self.items.commit(fence, change)
        return {
            namespace: left
            for namespace, branch in branches.items()
            if (left := branch.left([i for i in stored if i["namespace"] == namespace]))
        }

    async def adelete_thread(self, thread_id: str) -> None:
        """Forgets a thread whole; `thread_id` is a `checkpoint_key`. Not while a turn holds it."""
        thread = thread_of(thread_id)
        self._known.forget(thread)
        await self._run(self.items.delete, thread)

    async def _branch(self, config: RunnableConfig) -> Branch | None:
        """What the turn knows of its namespace; None where `config` is not a turn's."""
        if TURN not in _configurable(config):
            return None
        fence, namespace = fence_of(config), _namespace(config)
        branches = self._known.branches(fence)
        if namespace in branches:
            return branches[namespace]
        left = self._known.left_before(fence)
        branch = await self._run(self._opened, fence, namespace, left)
        return branches.setdefault(namespace, branch)

    def _opened(self, fence: Fence, namespace: str, left: Mapping[str, Stored] | None) -> Branch:
        """`left` is what the turn before this one left, where that is known."""
        first = fence.token == 1
        if left is not None and (first or namespace in left):
            newest, older = left.get(namespace), []
        else:
            newest, *older = self.items.stored(fence.thread, namespace) or [None]
        step, writes = self._decoded(newest) if newest else (None, {})
        superseded = [item for stored in older if stored for item in stored.items]
        return Branch(newest, step, writes=writes, superseded=superseded)

    def _decoded(self, stored: Stored) -> tuple[Step, Writes]:
        """A checkpoint and its pending writes, as the graph has them."""
        value, item = self.items.value, stored.item
        parent = str(item["parent"]) if "parent" in item else None
        metadata = cast("CheckpointMetadata", json.loads(str(item["metadata"])))
        return Step(value(item), metadata, parent), {
            (str(write["task"]), int(write["index"])): (
                str(write["path"]),
                str(write["channel"]),
                value(write),
            )
            for write in stored.writes
        }


def _tuple(
    config: RunnableConfig, step: Step, writes: Writes, namespace: str | None = None
) -> CheckpointTuple:
    return CheckpointTuple(
        _naming(config, step.checkpoint["id"], namespace),
        copy_checkpoint(step.checkpoint),
        step.metadata.copy(),
        _naming(config, step.parent, namespace) if step.parent else None,
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
