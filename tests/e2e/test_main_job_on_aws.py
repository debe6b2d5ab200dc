"""The main job on AWS, emulated: a message in the chat, packages at the end, handlers in between.

Every part is a process of its own that speaks HTTP with the others: the conversation streams from
Bedrock's stand-in, images come from SageMaker's, and no worker runs but the handlers.
"""

import json
import os
import re
import signal
import time
import urllib.request
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import ASYNC_PREFIX, TASKS
from infra.emulator.environment import REGION
from tests.e2e.conftest import Cli, references
from tests.e2e.emulated import emulated
from tests.support.emulator import use_test_credentials

ASK = (
    "Use these three images as the style 'Meadow', make everything in the list with it, tag the "
    "results and give me a Unity package and a sprite atlas."
)

SOON = 30  # seconds


def test_from_a_message_to_the_packages(cli: Cli, small_list: Path) -> None:
    with emulated(cli, "--generators", 1) as emulator:
        attach = f"/attach {small_list} {' '.join(map(str, references('noto', 3)))}"
        ran = cli.process("chat", stdin=f"{attach}\n{ASK}\nyes\n")
        assert (ran.code, ran.err) == (0, "")
        assert "has ended: READY" in ran.out
        package = _download(ran.out)
        (batch,) = cli.json("batch", "list")
        _find(cli, "red potion", 2)
        budget = cli.json("budget")
        asked = _asked_asynchronously(emulator)

    assert not asked
    assert (batch["status"], batch["counts"]["READY"]) == ("READY", 5)
    assert (budget["spent"], budget["reserved"]) == (batch["spent"], 0)
    _check(package, images=5)


def test_by_asynchronous_inference_though_a_handler_is_killed_in_the_middle(cli: Cli) -> None:
    """Its task's lease ends, the reconciler sends the task again, and a new process makes it."""
    options = ("--async-images", "--generators", 1, "--every", 1)
    with emulated(cli, *options, ASSETQL_LEASE_SECONDS="3", told="was killed") as emulator:
        said = ("make 3 red potions, 64x64, tag them and export them for unity and as an atlas",)
        with cli.spawn("chat") as chat:
            assert chat.stdin
            chat.stdin.write("\n".join([*said, "yes", ""]))
            chat.stdin.flush()
            while not _claimed(emulator):
                assert chat.poll() is None
                time.sleep(0.05)
            os.kill(emulator["processes"]["image-generator-1"], signal.SIGKILL)
            out, err = chat.communicate(timeout=120)
        assert (chat.returncode, err) == (0, "")
        package = _download(out)
        (batch,) = cli.json("batch", "list")
        budget = cli.json("budget")
        asked = _asked_asynchronously(emulator)

    assert len(asked) >= 3
    assert (batch["status"], batch["counts"]["READY"]) == ("READY", 3)
    assert (budget["spent"], budget["reserved"]) == (batch["spent"], 0)
    _check(package, images=3)


def _claimed(emulator: Any) -> int:
    """How many tasks are being worked on."""
    tasks = f"assetql-{TASKS.name}"
    return _clients(emulator["endpoint"]).dynamodb.scan(TableName=tasks, IndexName="leases")[
        "Count"
    ]


@cache
def _clients(endpoint: str) -> Clients:
    use_test_credentials()
    return Clients(region=REGION, endpoint=endpoint)


def _asked_asynchronously(emulator: Any) -> list[str]:
    """The requests that lie in the bucket for SageMaker's asynchronous inference."""
    listed = (
        _clients(emulator["endpoint"])
        .s3.list_objects_v2(Bucket="assetql", Prefix=ASYNC_PREFIX)
        .get("Contents", [])
    )
    return [found["Key"] for found in listed if found["Key"].endswith("job.json")]


def _download(said: str) -> zipfile.ZipFile:
    """Over the link that the chat showed, signed by the store."""
    (link,) = re.findall(r"^\S+\.zip: (http\S+)$", said, re.MULTILINE)
    with urllib.request.urlopen(link, timeout=30) as answer:
        return zipfile.ZipFile(BytesIO(answer.read()))


def _find(cli: Cli, words: str, count: int) -> None:
    """The index follows the table's stream: what was just made is found a little later."""
    deadline = time.monotonic() + SOON
    while len(cli.json("search", words)["assets"]) < count:
        assert time.monotonic() < deadline, cli.json("search", words)


def _check(package: zipfile.ZipFile, images: int) -> None:
    assert package.testzip() is None
    names = package.namelist()
    sprites = [name for name in names if name.startswith("unity/") and name.endswith(".png")]
    assert len(sprites) == images
    for sprite in sprites:
        assert "TextureImporter:" in package.read(f"{sprite}.meta").decode()
    (sheet,) = [name for name in names if name.startswith("atlas/") and name.endswith(".json")]
    assert len(json.loads(package.read(sheet))["frames"]) == images
    assets = json.loads(package.read("manifest.json"))["assets"]
    assert all(asset["tags"] for asset in assets)
