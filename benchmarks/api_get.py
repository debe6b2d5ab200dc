"""How many authenticated requests a second the API answers, beside FastAPI alone.

    python -m benchmarks.api_get [--seconds S] [--rounds N] [--json]

Each side is a process of its own behind uvicorn, on a socket on the loopback, asked by CONNECTIONS
connections that send their next request when the last one was answered. Floor: a FastAPI app with
one route that returns the same document. Ours: GET /v1/usage with an API key: who asks is looked
up, the rate is limited, the account is read from SQLite, the request has an id and is logged. The
sides take turns; the ratio is of their medians.
"""

import argparse
import asyncio
import json
import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

AIM = 0.5
CONNECTIONS = 16
ANSWER = {"budget": 100.0, "reserved": 0.0, "spent": 0.0, "available": 100.0}


def bare() -> FastAPI:
    """One route, and nothing else."""
    app = FastAPI()

    @app.get("/v1/usage")
    def usage() -> dict[str, float]:  # pyright: ignore[reportUnusedFunction] — a route
        return ANSWER

    return app


def serve_bare(listener: socket.socket) -> None:
    """The floor's process."""
    serve_app(bare(), listener)


def serve_ours(listener: socket.socket, home: Path) -> None:
    """Our process."""
    from assetql.services import open_services
    from integrations.cli.serve import open_doors

    services = open_services(_settings(home))
    with open_doors(services, url="http://127.0.0.1", no_auth=False) as (app, _):
        serve_app(app, listener)


def serve_app(app: FastAPI, listener: socket.socket) -> None:
    """Until the process is ended."""
    config = uvicorn.Config(app, log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def process(target: Callable[..., None], *given: object) -> Generator[int]:
    """The port of a side that answers."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # connections inherit it
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=target, args=(listener, *given), daemon=True)
    child.start()
    try:
        yield listener.getsockname()[1]
    finally:
        child.terminate()
        child.join()
        listener.close()


async def requests_a_second(port: int, headers: str, seconds: float) -> float:
    """By all connections together; each answer has to be a 200 with the document."""
    end = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_ask(port, headers, end) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _ask(port: int, headers: str, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /v1/usage HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n".encode()
    answered = 0
    while time.perf_counter() < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:-2])
        length = next(value for name, value in fields.items() if name.lower() == "content-length")
        body = await reader.readexactly(int(length))
        if not head.startswith(b"HTTP/1.1 200") or json.loads(body) != ANSWER:
            raise RuntimeError(f"{head.decode()}{body.decode()}")
        answered += 1
    writer.close()
    return answered


def _settings(home: Path):
    from assetql.settings import Settings

    return Settings(home=home, requests_per_minute=10**9)


def made_key(home: Path) -> str:
    """An API key of the home's workspace."""
    from assetql.domain.identity import Principal, Role
    from assetql.pipeline.api_keys import create_api_key
    from assetql.services import open_services

    services = open_services(_settings(home))
    _, secret = create_api_key(
        "benchmark",
        roles=[Role.VIEWER],
        life=None,
        caller=Principal("default", "owner", frozenset({Role.OWNER})),
        stores=services.stores,
        clock=services.clock,
        key="benchmark",
    )
    services.close()
    return secret


def measure(seconds: float, rounds: int) -> dict[str, float]:
    """Both sides in turn; the first round warms up."""
    rates: dict[str, list[float]] = {"bare": [], "assetql": []}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        headers = f"Authorization: Bearer {made_key(home)}\r\n"
        with process(serve_bare) as bare_port, process(serve_ours, home) as our_port:
            sides = {"bare": (bare_port, ""), "assetql": (our_port, headers)}
            for number in range(rounds + 1):
                for name, (port, sent) in sides.items():
                    rate = asyncio.run(requests_a_second(port, sent, seconds))
                    if number:
                        rates[name].append(rate)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {**medians, "ratio": medians["assetql"] / medians["bare"], "aim": AIM}


def main() -> None:
    """Prints a line, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.seconds, options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    print(
        f"GET /v1/usage with a key: {found['assetql']:,.0f} requests/s; FastAPI alone: "
        f"{found['bare']:,.0f}; ratio {found['ratio']:.2f} (aim: at least {AIM})"
    )


if __name__ == "__main__":
    main()
