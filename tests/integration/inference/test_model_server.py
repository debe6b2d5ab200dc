"""The server contract of SageMaker, spoken over a real socket."""

import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.imaging import ImageRequest, ImageResponse
from inference.backends.placeholder import PlaceholderBackend
from inference.server import MAX_BODY, ModelServer

GOOD = {"prompt": "red apple", "width": 64, "height": 64, "seed": 7}


class Scripted:
    """An image backend that fails as told."""

    model_id = "scripted"
    model_hash = "0"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def generate(self, request: ImageRequest) -> ImageResponse:
        raise self._error


def serving(backend: Any) -> Iterator[int]:
    with ModelServer(backend, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    yield from serving(PlaceholderBackend(off_style_rate=0))


def call(
    port: int, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    sent = {"Content-Type": "application/json"} | {
        k.replace("_", "-"): v for k, v in headers.items()
    }
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def post(port: int, payload: object, **headers: str) -> tuple[int, dict[str, Any]]:
    return call(port, "POST", "/invocations", json.dumps(payload).encode(), **headers)


def test_ping_answers_200(port: int):
    assert call(port, "GET", "/ping")[0] == 200


def test_an_invocation_gives_the_image_that_the_backend_makes(port: int):
    status, answer = post(port, GOOD)
    assert status == 200
    response = ImageResponse.model_validate(answer)
    local = PlaceholderBackend(off_style_rate=0).generate(ImageRequest.model_validate(GOOD))
    assert response == local
    assert response.image.startswith(b"\x89PNG")


def test_one_connection_serves_several_invocations(port: int):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for seed in range(3):
        body = json.dumps({**GOOD, "seed": seed})
        connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert json.loads(response.read())["seed"] == seed
    connection.close()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"width": 100_000}, "width"),
        ({"prompt": ""}, "prompt"),
        ({"seed": -1}, "seed"),
        ({"style": {"palette": ["red"]}}, "style.palette.0"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_request_is_400_and_names_the_field(port: int, change: dict[str, Any], field: str):
    status, answer = post(port, {**GOOD, **change})
    assert status == 400
    assert field in [f["field"] for f in answer["error"]["fields"]]
    assert field in answer["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"null"])
def test_what_is_no_request_is_400(port: int, body: bytes):
    status, answer = call(port, "POST", "/invocations", body)
    assert status == 400
    assert answer["error"]["fields"]


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 5000])
def test_a_body_too_large_is_413_before_it_is_sent(port: int, length: str):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        raw.sendall(head.encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", ["", "-5", "1e3", "²"])
def test_a_body_of_unknown_length_is_411(port: int, length: str):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        head = f"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        raw.sendall(head.encode())
        assert raw.recv(4096).startswith(b"HTTP/1.1 411 ")


def test_another_content_type_is_415(port: int):
    assert post(port, GOOD, Content_Type="text/csv")[0] == 415


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/ping"), ("GET", "/../etc")])
def test_other_paths_are_404(port: int, method: str, path: str):
    assert call(port, method, path)[0] == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("Too dull.", remedy="Say more."), 400),
        (ModelUnavailable("The GPU is gone."), 503),
        (RuntimeError("secret path /home/x"), 500),
    ],
)
def test_a_failing_backend_is_answered_without_a_traceback(error: Exception, status: int):
    for port in serving(Scripted(error)):
        given, answer = post(port, GOOD)
        assert given == status
        assert set(answer["error"]) == {"code", "message", "remedy"}
        assert "secret" not in json.dumps(answer)
        assert call(port, "GET", "/ping")[0] == 200


def test_eight_clients_at_once_get_their_own_images(port: int):
    answers: dict[int, int] = {}

    def ask(seed: int) -> None:
        answers[seed] = post(port, {**GOOD, "seed": seed})[1]["seed"]

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {seed: seed for seed in range(8)}


def test_the_command_refuses_an_unknown_backend():
    command = [sys.executable, "-m", "inference.server", "--backend", "dalle"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "placeholder" in done.stderr


def test_the_server_imports_neither_pipeline_nor_agent():
    code = "import sys, inference.server; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"agent", "integrations", "langchain_core", "boto3", "sqlite3"})
    assert "assetql.pipeline" not in done.stdout.split()
