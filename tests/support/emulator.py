"""One emulated AWS per test process, in a process of its own, and an installation per folder."""

import atexit
import os
import socket
import subprocess
import sys
import time
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import Names
from infra.emulator.provision import provision

REGION = "us-east-1"
_ADDRESS = "ASSETQL_TEST_EMULATOR"  # in the environment of processes that are to share it
_STARTS_WITHIN = 60


def use_test_credentials() -> None:
    """boto3 finds these before any that a developer has: no test can reach a real account."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
        AWS_EC2_METADATA_DISABLED="true",
    )
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        os.environ.pop(name, None)


@cache
def emulator_address() -> str:
    """Where the emulator of this test process answers, and of its children; it ends with it."""
    use_test_credentials()
    if _ADDRESS in os.environ:
        return os.environ[_ADDRESS]
    port = free_port()
    command = ["-m", "infra.emulator.server", "--with-input", "--port", str(port)]
    process = subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE)
    atexit.register(_end, process)
    wait_for_port(port, process)
    return os.environ.setdefault(_ADDRESS, f"http://127.0.0.1:{port}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the process listens."""
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The emulator did not listen on port {port}.")


def names_for(home: Path) -> Names:
    """The installation that goes with a folder."""
    prefix = f"t{sha256(str(home).encode()).hexdigest()[:16]}"
    return Names(prefix=prefix, bucket=prefix)


def installed(
    home: Path, *, max_receives: int, endpoint: str | None = None
) -> tuple[Clients, Names]:
    """Clients of the folder's installation, which is created where there is none."""
    clients = Clients(region=REGION, endpoint=endpoint or emulator_address())
    names = names_for(home)
    provision(clients, names, max_receives=max_receives)
    return clients, names


def settings_for(names: Names, endpoint: str | None = None) -> dict[str, Any]:
    """The fields of Settings that name an installation of the emulator, or of a proxy before it."""
    return {
        "aws_endpoint": endpoint or emulator_address(),
        "aws_region": REGION,
        "aws_prefix": names.prefix,
        "aws_bucket": names.bucket,
    }


@cache
def installation(home: Path, max_receives: int) -> Names:
    """The folder's installation, looked at once per process."""
    names = names_for(home)
    provision(_provisioners(os.getpid()), names, max_receives=max_receives)
    return names


@cache
def _provisioners(pid: int) -> Clients:
    """Clients of one process: a fork must not share their connections."""
    del pid
    return Clients(region=REGION, endpoint=emulator_address())


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.communicate(timeout=10)
