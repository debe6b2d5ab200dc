"""Threads, batches and styles that are deleted while they are in use."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from assetql.adapters.local.stores import DATABASE_NAME
from tests.integration.api.protocol.conftest import ANA, Served

SAY = {
    "assistant_id": "assetql",
    "input": {"messages": [{"role": "user", "content": "draft 3 potions, 128 px"}]},
}
_KEPT = {"forgotten_threads", "turn_leases", "audit_records", "batches", "tasks"}
_TOGETHER = 16


def test_a_thread_that_is_deleted_while_runs_begin_leaves_nothing(
    door: Served, tmp_path: Path
) -> None:
    address, _ = door
    names = [f"thread-{number:02}" for number in range(_TOGETHER)]
    seen = asyncio.run(_all_at_once(address, names))
    for streamed, deleted in seen:
        assert deleted == 204
        assert streamed[0] in {200, 404}
        assert streamed[1] in {"end", ""}
    for name in names:
        assert left_of(tmp_path, name) == {"door_records": 1}  # the word that it is gone


async def _all_at_once(address: str, names: list[str]) -> list[tuple[tuple[int, str], int]]:
    headers = {"x-api-key": ANA}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:

        async def one(number: int, name: str) -> tuple[tuple[int, str], int]:
            await client.post("/threads", json={"thread_id": name})
            told, gone = await asyncio.gather(
                _run(client, name), _delete(client, name, after=number / 500)
            )
            return told, gone

        return await asyncio.gather(*(one(number, name) for number, name in enumerate(names)))


async def _run(client: httpx.AsyncClient, name: str) -> tuple[int, str]:
    """The status of its stream, and the last event."""
    async with client.stream("POST", f"/threads/{name}/runs/stream", json=SAY) as answer:
        lines = [line async for line in answer.aiter_lines() if line.startswith("event: ")]
    return answer.status_code, lines[-1].removeprefix("event: ") if lines else ""


async def _delete(client: httpx.AsyncClient, name: str, *, after: float) -> int:
    await asyncio.sleep(after)
    while True:
        status = (await client.delete(f"/threads/{name}")).status_code
        if status != 409:  # a run is under way
            return status
        await asyncio.sleep(0.02)


def left_of(home: Path, thread_id: str) -> dict[str, int]:
    """How many rows name the thread, by table."""
    found: dict[str, int] = {}
    with closing(sqlite3.connect(home / DATABASE_NAME)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        for (table,) in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            count = sum(thread_id in str(row) for row in rows)
            if count and table not in _KEPT:
                found[table] = count
    return found
