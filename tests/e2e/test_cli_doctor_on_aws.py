"""Settings that point at AWS and miss something: one clear message from doctor, and at start."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from assetql.adapters.aws.clients import Clients
from assetql.adapters.aws.resources import ASSETS, TASKS, Names, TableShape
from infra.emulator.provision import provision, table_request
from tests.e2e.conftest import Cli
from tests.support.emulator import REGION, emulator_address, free_port, installed
from tests.support.stand_ins import a_model

_RECEIVES = 10
MODEL = "anthropic.claude-stand-in-v1:0"


@dataclass(frozen=True)
class Installation:
    """What the settings point at, and a command line that they are given to."""

    clients: Clients
    names: Names
    cli: Cli

    @property
    def environment(self) -> dict[str, str]:
        return {
            "ASSETQL_ADAPTERS": "assetql.adapters.aws",
            "ASSETQL_AWS_ENDPOINT": emulator_address(),
            "ASSETQL_AWS_REGION": REGION,
            "ASSETQL_AWS_PREFIX": self.names.prefix,
            "ASSETQL_AWS_BUCKET": self.names.bucket,
        }

    def doctor(self, **settings: str) -> dict[str, dict[str, str]]:
        """What it found, by what it looked at."""
        ran = self.cli("doctor", "--json", **{**self.environment, **settings})
        assert "Traceback" not in ran.err
        found = {finding["what"]: finding for finding in ran.document}
        wrong = [finding for finding in ran.document if finding["state"] == "wrong"]
        assert ran.code == (1 if wrong else 0)
        assert all(finding["remedy"] for finding in wrong)
        return found

    def wrong(self, **settings: str) -> list[str]:
        """What the doctor found wrong; starting a worker is refused for the first of it."""
        found = self.doctor(**settings).values()
        wrong = [finding for finding in found if finding["state"] == "wrong"]
        ran = self.cli("worker", "--until-idle", **{**self.environment, **settings})
        assert ran.code == 1
        assert "Traceback" not in ran.err
        assert any(finding["found"] in ran.err for finding in wrong)
        assert any(finding["remedy"] in ran.err for finding in wrong)
        return [f"{finding['what']}: {finding['found']}" for finding in wrong]


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clients, Names]:
    return installed(tmp_path_factory.mktemp("installation"), max_receives=_RECEIVES)


@pytest.fixture
def installation(_made: tuple[Clients, Names], cli: Cli) -> Installation:
    """One for all: what a test breaks, it has to break by `without`."""
    return Installation(*_made, cli)


@contextmanager
def without(installation: Installation, shape: TableShape) -> Generator[str]:
    """The block has no such table, or makes another one of that name."""
    dynamodb, name = installation.clients.dynamodb, installation.names.table(shape)
    dynamodb.delete_table(TableName=name)
    yield name
    with suppress(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.delete_table(TableName=name)
    dynamodb.create_table(**table_request(name, shape))


@pytest.fixture
def no_credentials(
    _made: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    with monkeypatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name)
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            patch.setenv(name, str(tmp_path / "none"))
        yield


def test_a_whole_installation_is_found_whole(installation: Installation) -> None:
    found = installation.doctor(
        ASSETQL_CHAT_MODEL=f"bedrock_converse:{MODEL}",
        ASSETQL_TAGGER=f"bedrock:{MODEL}",
        ASSETQL_IMAGE_BACKEND="sagemaker:pictures",
    )
    assert not [finding for finding in found.values() if finding["state"] == "wrong"]
    assert REGION in found["AWS"]["found"]
    assert emulator_address() in found["AWS"]["found"]
    assert found[f"Table {installation.names.table(TASKS)}"]["state"] == "ok"
    assert found[f"Bucket {installation.names.bucket}"]["state"] == "ok"
    assert found[f"Queue {installation.names.queue}"]["state"] == "ok"
    assert found[f"Model {MODEL}"]["state"] == "ok"
    assert found["Endpoint pictures"]["state"] == "note"
    assert "waiting" in found["Queue"]["found"]


@pytest.mark.usefixtures("no_credentials")
def test_no_credentials(installation: Installation) -> None:
    (told,) = installation.wrong()
    assert "no AWS credentials" in told


def test_no_region(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    (told,) = installation.wrong(ASSETQL_AWS_REGION="")
    assert "no AWS region" in told


def test_another_region(installation: Installation) -> None:
    told = installation.wrong(ASSETQL_AWS_REGION="eu-west-1")
    assert f"Bucket {installation.names.bucket}: is in {REGION}, not in eu-west-1" in told
    assert [line for line in told if installation.names.table(TASKS) in line]


@pytest.mark.parametrize("address", ["nowhere", "http://127.0.0.1:{port}"])
def test_nobody_at_the_address(installation: Installation, address: str) -> None:
    told = installation.wrong(ASSETQL_AWS_ENDPOINT=address.format(port=free_port()))
    assert len(told) == 1
    assert told[0].startswith("AWS: ")


def test_a_missing_table(installation: Installation) -> None:
    with without(installation, TASKS) as name:
        (told,) = installation.wrong()
    assert told.startswith(f"Table {name}: does not exist")


@pytest.mark.parametrize(
    ("shape", "lacks"),
    [
        (replace(TASKS, indexes=TASKS.indexes[1:]), f"the index {TASKS.indexes[0].name}"),
        (replace(TASKS, streams=False), "no stream"),
    ],
)
def test_a_table_of_another_shape(installation: Installation, shape: Any, lacks: str) -> None:
    with without(installation, TASKS) as name:
        installation.clients.dynamodb.create_table(**table_request(name, shape))
        (told,) = installation.wrong()
    assert told.startswith(f"Table {name}: ")
    assert lacks in told


def test_a_table_with_other_keys(installation: Installation) -> None:
    with without(installation, ASSETS) as name:
        installation.clients.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
        (told,) = installation.wrong()
    assert told == f"Table {name}: has the keys id instead of pk, sk"


def test_a_wrong_bucket(installation: Installation) -> None:
    (told,) = installation.wrong(ASSETQL_AWS_BUCKET="nobodys-bucket")
    assert told == "Bucket nobodys-bucket: does not exist"


def test_a_queue_without_dead_letters(installation: Installation) -> None:
    sqs, name = installation.clients.sqs, installation.names.queue
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    (missing,) = installation.wrong()
    sqs.create_queue(QueueName=name)
    (endless,) = installation.wrong()
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])
    provision(installation.clients, installation.names, max_receives=_RECEIVES)
    assert missing.startswith(f"Queue {name}: does not exist")
    assert endless.startswith(f"Queue {name}: gives up to nobody")


def test_a_queue_that_hides_a_message_too_briefly(installation: Installation) -> None:
    sqs, name = installation.clients.sqs, installation.names.queue
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    shipped = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})
    (told,) = installation.wrong()
    assert installation.doctor(ASSETQL_LEASE_SECONDS="30")[f"Queue {name}"]["state"] == "ok"
    sqs.set_queue_attributes(QueueUrl=url, Attributes=shipped["Attributes"])
    assert (
        told == f"Queue {name}: shows a message again after 30 s, before a lease of 60 s has ended"
    )


def test_no_access_to_a_model(installation: Installation) -> None:
    model = a_model()
    model.follow({"error": "AccessDeniedException"}, repeat=True)
    (told,) = installation.wrong(ASSETQL_TAGGER=f"bedrock:{model.name}")
    assert told.startswith(f"Model {model.name}: ")
    assert "may not use it" in told


def test_no_such_model(installation: Installation) -> None:
    (told,) = installation.wrong(ASSETQL_PROMPT_OPTIMISER="bedrock:anthropic.claude-none")
    assert "anthropic.claude-none" in told
    assert "identifier is invalid" in told


def test_a_busy_model_is_there(installation: Installation) -> None:
    model = a_model()
    model.follow({"error": "ThrottlingException"}, repeat=True)
    found = installation.doctor(ASSETQL_TAGGER=f"bedrock:{model.name}")
    assert found[f"Model {model.name}"]["state"] == "note"


def test_every_command_is_refused_at_its_start(installation: Installation) -> None:
    settings = {**installation.environment, "ASSETQL_AWS_BUCKET": "nobodys-bucket"}
    ran = installation.cli("batch", "list", "--json", **settings)
    assert "nobodys-bucket" in ran.error["message"]
