"""Threads for reads: a hop to those of anyio, which FastAPI takes, costs more than most of them."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar, cast

from starlette.requests import HTTPConnection

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 40  # as many as anyio has


class Threads:
    """Where reads wait for stores, so that the loop does not."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix="reads")

    async def call(self, read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs it there. A caller that is cancelled goes at once, so `read` changes nothing."""
        there = partial(copy_context().run, read, *args, **kwargs)  # ids and spans go along
        return await asyncio.get_running_loop().run_in_executor(self._pool, there)

    def close(self) -> None:
        """Returns once the last read has ended: stores may be closed then."""
        self._pool.shutdown()


def threads_of(connection: HTTPConnection) -> Threads:
    """Those that `create_api` gave the app."""
    return cast("Threads", connection.app.state.threads)


def in_threads(read: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    """`read` as an endpoint that FastAPI awaits: it makes no hop for the answer then, either."""
    signature = inspect.signature(read)
    connection = inspect.Parameter(
        "connection", inspect.Parameter.KEYWORD_ONLY, annotation=HTTPConnection
    )

    @wraps(read)
    async def endpoint(*, connection: HTTPConnection, **values: object) -> T:
        return await threads_of(connection).call(read, **values)

    parameters = [*signature.parameters.values(), connection]
    vars(endpoint)["__signature__"] = signature.replace(parameters=parameters)
    return endpoint
