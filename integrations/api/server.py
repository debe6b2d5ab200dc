"""The server that doors run on: uvicorn, which says first that the process is ending."""

import socket
from collections.abc import Callable

import uvicorn


class Server(uvicorn.Server):
    """Calls `ending` before it waits for requests and cuts off those that take too long."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does."""
        self._ending()
        await super().shutdown(sockets)
