"""The emulated AWS behind one address: ministack, and the stand-ins for Bedrock and SageMaker.

`python -m infra.emulator.server --port 4566`
"""

import argparse
import os
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from importlib import import_module
from typing import Any

import uvicorn

from infra.lifeline import end_with_input

Scope = MutableMapping[str, Any]
Channel = Callable[..., Awaitable[Any]]
Application = Callable[[Scope, Channel, Channel], Awaitable[None]]

# Read when ministack is imported: it would listen on all addresses and on ports of its own, and
# it could be told to leave files behind.
_MINISTACK = {
    "BIND_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "LOG_LEVEL": "ERROR",
}
# What ministack hasn't got, by the beginning of the path; each module has an `application`.
_STAND_INS = {
    "/model/": "infra.emulator.bedrock",
    "/endpoints/": "infra.emulator.sagemaker",
}
_LAST_WORDS = 1  # seconds: who waits in a long poll would hold the end up


def application(port: int) -> Application:
    """The ASGI application that answers for AWS on `port`."""
    os.environ.update(_MINISTACK, GATEWAY_PORT=str(port))
    ministack: Application = import_module("ministack.app").app

    async def answer(scope: Scope, receive: Channel, send: Channel) -> None:
        path = scope.get("path", "")
        module = next((m for start, m in _STAND_INS.items() if path.startswith(start)), None)
        await (_stand_in(module) if module else ministack)(scope, receive, send)

    return answer


@cache
def _stand_in(module: str) -> Application:
    """Imported at its first request: most tests need none of the models."""
    return import_module(module).application


def main() -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="infra.emulator.server", description=__doc__)
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--with-input", action="store_true", help="end when standard input does")
    asked = parser.parse_args()
    if asked.with_input:
        end_with_input()
    uvicorn.run(
        application(asked.port),
        host="127.0.0.1",
        port=asked.port,
        log_level="warning",
        access_log=False,
        date_header=False,  # ministack sends one: two of them are read as none
        timeout_graceful_shutdown=_LAST_WORDS,
        timeout_keep_alive=60,  # clients keep connections: opening one costs more than a request
    )


if __name__ == "__main__":
    main()
