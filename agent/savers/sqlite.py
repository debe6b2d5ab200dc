"""Checkpoints in SQLite: each write checks the turn's fence in the same transaction."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)
from langgraph.checkpoint.sqlite import SqliteSaver

from agent.savers.fence import Fence, fence_of, stale, strict_serializer
from assetql.adapters.local.stores import DATABASE_NAME
from assetql.domain.errors import InvalidInput, StoreUnavailable
from assetql.settings import Settings

T = TypeVar("T")

# A finished turn's lease ends at 0: nothing may be written in its name any more.
_LEASE = "SELECT token FROM turn_leases WHERE workspace = ? AND thread_id = ? AND until > 0"
_FINISH = (
    "UPDATE turn_leases SET until = 0, consumed = max(consumed, ?)"
    " WHERE workspace = ? AND thread_id = ?"
)
_FORGET_OLDER = (
    "DELETE FROM writes AS older WHERE thread_id = ? AND checkpoint_id <"
    " (SELECT max(c.checkpoint_id) FROM checkpoints AS c"
    " WHERE c.thread_id = older.thread_id AND c.checkpoint_ns = older.checkpoint_ns)",
    "DELETE FROM checkpoints AS older WHERE thread_id = ? AND checkpoint_id <"
    " (SELECT max(c.checkpoint_id) FROM checkpoints AS c"
    " WHERE c.thread_id = older.thread_id AND c.checkpoint_ns = older.checkpoint_ns)",
)


class FencedSqliteSaver(SqliteSaver):
    """LangGraph's SQLite saver on a thread of its own, which fences and prunes.

    `path` is the database that holds the table `turn_leases`. Raises StaleClaim where a write's
    config carries no fence, or one that a newer turn has overtaken.
    """

    def __init__(self, path: Path) -> None:
        # One thread owns the connection, so that no event loop ever waits on a file lock, and a
        # transaction is never shared.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoints")
        connection = self._thread.submit(_connect, path).result()
        super().__init__(connection, serde=strict_serializer())
        self._thread.submit(self.setup).result()

    def close(self) -> None:
        """Closes the connection; harmless when repeated."""
        self._thread.submit(self.conn.close).result()
        self._thread.shutdown()

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Raises: StaleClaim."""
        with self._fenced(fence_of(config)):
            return super().put(config, checkpoint, metadata, new_versions)

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Raises: StaleClaim."""
        with self._fenced(fence_of(config)):
            super().put_writes(config, writes, task_id, task_path)

    def finish_turn(self, config: RunnableConfig, *, consumed: int) -> None:
        """Forgets what the thread's latest checkpoint superseded, and ends the lease.

        Raises: StaleClaim.
        """
        fence = fence_of(config)
        key = config.get("configurable", {})["thread_id"]
        with self._fenced(fence), self.cursor() as cursor:
            for statement in _FORGET_OLDER:
                cursor.execute(statement, (key,))
            cursor.execute(_FINISH, (consumed, fence.workspace, fence.thread_id))

    @contextmanager
    def _fenced(self, fence: Fence) -> Generator[None]:
        """One transaction: the fence is read, then what the block writes is committed with it."""
        try:
            self.conn.execute("BEGIN IMMEDIATE")
            row = self.conn.execute(_LEASE, (fence.workspace, fence.thread_id)).fetchone()
            if row is None or row[0] != fence.token:
                raise stale(fence)
            yield
        except sqlite3.Error as error:
            raise StoreUnavailable("The checkpoint store did not answer.") from error
        finally:
            if self.conn.in_transaction:
                self.conn.rollback()

    async def _run(self, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(call, *args, **kwargs))

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, or the thread's latest."""
        return await self._run(self.get_tuple, config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Newest first."""

        def read() -> list[CheckpointTuple]:
            return list(self.list(config, filter=filter, before=before, limit=limit))

        for found in await self._run(read):
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Raises: StaleClaim."""
        return await self._run(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Raises: StaleClaim."""
        await self._run(self.put_writes, config, writes, task_id, task_path)

    async def afinish_turn(self, config: RunnableConfig, *, consumed: int) -> None:
        """Raises: StaleClaim."""
        await self._run(self.finish_turn, config, consumed=consumed)

    async def adelete_thread(self, thread_id: str) -> None:
        """Forgets a thread whole; `thread_id` is a `checkpoint_key`."""
        await self._run(self.delete_thread, thread_id)


def open_saver(settings: Settings) -> FencedSqliteSaver:
    """The saver in the database of the embedded stores."""
    return FencedSqliteSaver(settings.home / DATABASE_NAME)


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that begins its transactions itself; the stores have set the WAL mode."""
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")
    except sqlite3.OperationalError as error:
        raise InvalidInput(
            f"Can't open the database {str(path)!r}.", remedy="Check ASSETQL_HOME."
        ) from error
    return connection
