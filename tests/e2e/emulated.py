"""The emulated AWS as people start it, for tests that talk to it through the command line."""

import json
import signal
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO, Any

from tests.e2e.conftest import Cli
from tests.support.emulator import free_port


@contextmanager
def emulated(
    cli: Cli, *options: object, told: str | None = None, **settings: str
) -> Generator[Any]:
    """Runs it while the block does, with `cli` pointed at it; yields what it said of itself.

    `told` is what it has to say on standard error until it ends; by default nothing.
    """
    words = ("aws", "emulate", "--port", free_port(), "--json", *options)
    with cli.spawn(*words, **settings) as process:
        assert process.stdout
        itself = document(process.stdout)
        cli.settings |= settings | itself["environment"]
        yield itself
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert told in err if told else not err, err


def document(stream: IO[str]) -> Any:
    """The JSON document of a process that goes on."""
    text = ""
    for line in stream:
        text += line
        if line == "}\n":
            break
    return json.loads(text)
