"""The emulated AWS as a command: what it starts, says, leaves behind, and what it asks for."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.conftest import Cli
from tests.e2e.emulated import document
from tests.support.emulator import free_port


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_ctrl_c_ends_everything_that_it_started(cli: Cli, tmp_path: Path) -> None:
    port, file = free_port(), tmp_path / "aws.env"
    words = ("aws", "emulate", "--port", port, "--generators", 1, "--env-file", file, "--json")
    with cli.spawn(*words, AWS_PROFILE="of-somebody") as process:
        assert process.stdout
        told = document(process.stdout)
        assert set(told["processes"]) == {"emulator", "handlers", "image-generator-1"}
        assert "stand-ins" in told["note"]
        assert "nothing is kept" in told["note"]
        assert listens(port)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert not listens(port)
    for pid in told["processes"].values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    shell = (
        f". {file}; exec {sys.executable} -c 'import os, json; print(json.dumps(dict(os.environ)))'"
    )
    sourced = json.loads(subprocess.check_output(["sh", "-c", shell], env={"AWS_PROFILE": "mine"}))
    assert told["environment"].items() <= sourced.items()
    assert "AWS_PROFILE" not in sourced


def test_nothing_is_left_behind_where_it_is_killed(cli: Cli) -> None:
    words = ("aws", "emulate", "--port", free_port(), "--generators", 0, "--json")
    with cli.spawn(*words) as process:
        assert process.stdout
        children = [psutil.Process(pid) for pid in document(process.stdout)["processes"].values()]
        process.kill()
        process.wait()
    _, left = psutil.wait_procs(children, timeout=30)
    assert not left


def test_it_ends_with_its_server_and_says_where_the_reason_is(cli: Cli) -> None:
    words = ("aws", "emulate", "--port", free_port(), "--generators", 0, "--json")
    with cli.spawn(*words) as process:
        assert process.stdout
        os.kill(document(process.stdout)["processes"]["emulator"], signal.SIGKILL)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "'emulator' ended" in err
    assert "emulator.log" in err


def test_a_port_that_is_taken_is_named(cli: Cli) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        error = cli("aws", "emulate", "--port", port, "--json").error
    assert f"Port {port} is taken" in error["message"]
    assert "--port" in error["remedy"]


def test_packages_that_are_missing_are_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ministack", None)
    error = cli("aws", "emulate", "--json").error
    assert "ministack" in error["message"]
    assert "pip install 'assetql[emulator]'" in error["remedy"]
