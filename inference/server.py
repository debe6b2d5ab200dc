"""The model server that SageMaker runs: `GET /ping`, `POST /invocations` around one backend.

`python -m inference.server --backend placeholder --host 127.0.0.1 --port 8080`
"""

import argparse
import json
import logging
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from pydantic import ValidationError

from assetql.domain.errors import AssetQLError, InvalidInput
from assetql.domain.imaging import ImageRequest
from inference.backends import BACKENDS, ImageBackend, load_backend

MAX_BODY = 6_291_456  # bytes: what SageMaker passes to a real-time endpoint
_IDLE_SECONDS = 60
_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """Status and JSON body of one response."""

    status: HTTPStatus
    body: bytes


class ModelServer(ThreadingHTTPServer):
    """One backend behind HTTP; port 0 takes a free one (`server_port` says which)."""

    daemon_threads = True

    def __init__(self, backend: ImageBackend, host: str = "127.0.0.1", port: int = 8080) -> None:
        self.backend = backend
        super().__init__((host, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what a handler let through; the client gets a 500 without the traceback."""
        error = sys.exc_info()[1]
        if isinstance(error, ConnectionError | TimeoutError):
            return
        _log.error("The backend failed", exc_info=error)
        body = _error("internal", "The image backend failed.", "Retry; the server's log has it.")
        head = f"HTTP/1.1 500 Internal Server Error\r\nContent-Length: {len(body)}\r\n"
        request.sendall(
            f"{head}Content-Type: application/json\r\nConnection: close\r\n\r\n".encode()
        )
        request.sendall(body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "AssetQL-inference"
    sys_version = ""
    # With Nagle's algorithm a small answer waits for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        if self.path == "/ping":
            self._send(Answer(HTTPStatus.OK, b'{"status":"ok"}'))
        else:
            self._send(_unknown(self.path, "GET /ping"))

    def do_POST(self) -> None:
        if self.path != "/invocations":
            self.close_connection = True  # its body was not read
            self._send(_unknown(self.path, "POST /invocations"))
            return
        refused = self._refused()
        if refused is not None:
            self.close_connection = True
            self._send(refused)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, ModelServer)
        self._send(invoke(self.server.backend, body))

    def _refused(self) -> Answer | None:
        """Why the body is not even read."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            why = "The request has no Content-Length."
            return _refusal(HTTPStatus.LENGTH_REQUIRED, why, "Send one, not chunks.")
        # int() refuses numbers of thousands of digits; nine are more than enough.
        if len(length) > 9 or int(length) > MAX_BODY:
            why = f"The body has {length[:20]} bytes."
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return _refusal(status, why, f"At most {MAX_BODY} are taken.")
        kind = self.headers.get_content_type()
        if kind != "application/json":
            why = f"The content type is {kind!r}."
            return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, why, "Send application/json.")
        return None

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        _log.debug(format, *args)


def invoke(backend: ImageBackend, body: bytes) -> Answer:
    """Answer one invocation: the image, or what is wrong with the request."""
    try:
        request = ImageRequest.model_validate_json(body)
    except ValidationError as error:
        return Answer(HTTPStatus.BAD_REQUEST, _invalid(error))
    try:
        response = backend.generate(request)
    except InvalidInput as error:
        return Answer(HTTPStatus.BAD_REQUEST, _error(error.code, error.message, error.remedy))
    except AssetQLError as error:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return Answer(status, _error(error.code, error.message, error.remedy))
    return Answer(HTTPStatus.OK, response.model_dump_json().encode())


def main(arguments: list[str] | None = None) -> None:
    """Serve one backend until interrupted."""
    parser = argparse.ArgumentParser(prog="inference.server", description=__doc__)
    parser.add_argument("--backend", default="placeholder", choices=sorted(BACKENDS))
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 inside a container")
    parser.add_argument("--port", default=8080, type=int)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO)
    with ModelServer(load_backend(options.backend), options.host, options.port) as server:
        _log.info("%s on http://%s:%d", options.backend, options.host, server.server_port)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _log.info("Stopped")


def _invalid(error: ValidationError) -> bytes:
    fields = [
        {"field": ".".join(map(str, e["loc"])) or "body", "message": e["msg"]}
        for e in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    named = "; ".join(f"{f['field']}: {f['message']}" for f in fields)
    return _error("invalid_input", f"The request can't be used: {named}.", "", fields=fields)


def _refusal(status: HTTPStatus, message: str, remedy: str) -> Answer:
    return Answer(status, _error("refused", message, remedy))


def _unknown(path: str, known: str) -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, _error("not_found", f"No {path[:200]!r}.", f"Use {known}."))


def _error(code: str, message: str, remedy: str, **more: object) -> bytes:
    body = {"error": {"code": code, "message": message, "remedy": remedy, **more}}
    return json.dumps(body).encode()


if __name__ == "__main__":
    main()
