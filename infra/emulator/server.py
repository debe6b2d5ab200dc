"""The emulated AWS in one process: ministack, behind the address that clients are pointed at.

`python -m infra.emulator.server --port 4566`
"""

import argparse
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

Scope = MutableMapping[str, Any]
Application = Callable[[Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Any]

# Read when ministack is imported: it would listen on all addresses, and on ports of its own.
_MINISTACK = {
    "BIND_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    "LOG_LEVEL": "ERROR",
}


def application(port: int) -> Application:
    """The ASGI application that answers for AWS on `port`."""
    os.environ.update(_MINISTACK, GATEWAY_PORT=str(port))
    from ministack.app import app

    return app


def main() -> None:
    """Serves until it is interrupted."""
    parser = argparse.ArgumentParser(prog="infra.emulator.server", description=__doc__)
    parser.add_argument("--port", type=int, default=4566)
    port = parser.parse_args().port
    uvicorn.run(application(port), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
