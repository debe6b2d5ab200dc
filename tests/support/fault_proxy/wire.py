"""One HTTP/1.1 connection, read and written whole messages at a time."""

import asyncio
import socket
import struct
from http import HTTPStatus
from typing import Any

import h11

from tests.support.fault_proxy.traffic import Headers, Reply, Request

_AT_ONCE = 65_536
# Of one connection only, or said anew by whoever writes the message.
_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"expect", b"date"}


class Wire:
    """One end of a connection in the role that `role` says."""

    def __init__(
        self,
        role: type[h11.CLIENT] | type[h11.SERVER],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._http = h11.Connection(role, max_incomplete_event_size=2**20)
        self._reader = reader
        self._writer = writer
        _without_delay(writer)

    async def next_request(self) -> Request | None:
        """None once the client is gone, or speaks no HTTP any more."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        try:
            head = await self._event()
            if not isinstance(head, h11.Request):
                return None
            body = await self._body()
        except (h11.RemoteProtocolError, OSError):
            return None
        return Request(head.method.decode(), head.target.decode(), _lasting(head), body)

    async def ask(self, request: Request) -> Reply:
        """Sends the request and reads its reply."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        headers = [*request.headers, (b"content-length", str(len(request.body)).encode())]
        head = h11.Request(method=request.method, target=request.target, headers=headers)
        await self._send(head, h11.Data(data=request.body), h11.EndOfMessage())
        answer = await self._event()
        while isinstance(answer, h11.InformationalResponse):
            answer = await self._event()
        assert isinstance(answer, h11.Response), answer
        headers = _lasting(answer)
        if request.method == "HEAD":  # the length of what GET would bring
            headers += tuple((n, v) for n, v in answer.headers if n == b"content-length")
        return Reply(answer.status_code, headers, await self._body())

    async def answer(self, reply: Reply) -> bool:
        """Sends the reply; False where the connection ends with it."""
        headers = list(reply.headers)
        if all(name != b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(reply.body)).encode()))
        # botocore overlooks a status without a reason where it waits for "100 Continue".
        reason = HTTPStatus(reply.status).phrase
        head = h11.Response(status_code=reply.status, headers=headers, reason=reason)
        body = [h11.Data(data=reply.body)] if reply.body else []
        await self._send(head, *body, h11.EndOfMessage())
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    def reset(self) -> None:
        """Ends it at once: the other end reads a reset, not an end."""
        linger = struct.pack("ii", 1, 0)
        self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()

    def close(self) -> None:
        """Ends it."""
        self._writer.close()

    @property
    def ended(self) -> bool:
        """Whether the other end has closed it, or a message was cut off."""
        cut_off = self._http.our_state not in {h11.IDLE, h11.DONE}
        return cut_off or self._reader.at_eof()

    def _socket(self) -> Any:
        return self._writer.get_extra_info("socket")

    async def _event(self) -> Any:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(_AT_ONCE))

    async def _body(self) -> bytes:
        parts: list[bytes] = []
        while True:
            event = await self._event()
            if isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return b"".join(parts)
            else:
                raise ConnectionResetError("cut off in the middle of a message")

    async def _send(self, *events: Any) -> None:
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        await self._writer.drain()


def _lasting(head: h11.Request | h11.Response) -> Headers:
    return tuple((bytes(n), bytes(v)) for n, v in head.headers if n not in _HOP)


def _without_delay(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
