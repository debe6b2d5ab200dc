"""The stand-in for Bedrock: what it refuses, and what it counts, as the service does."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from assetql.adapters.aws.clients import Clients
from tests.support.emulator import REGION, emulator_address
from tests.support.making import tiny_png
from tests.support.stand_ins import a_model

TOOL = {"toolSpec": {"name": "look", "inputSchema": {"json": {"type": "object"}}}}
CALL = {"toolUse": {"toolUseId": "c1", "name": "look", "input": {}}}
RESULT = {"toolResult": {"toolUseId": "c1", "content": [{"text": "A sword."}]}}
IMAGE = {"image": {"format": "png", "source": {"bytes": tiny_png()}}}
POINT = {"cachePoint": {"type": "default"}}
HELLO = {"text": "Hello"}
LONG = {"text": "word " * 2_000}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


@pytest.fixture(scope="module")
def bedrock() -> Any:
    return Clients(region=REGION, endpoint=emulator_address()).bedrock


@pytest.mark.parametrize(
    ("messages", "options", "why"),
    [
        ([], {}, "start with a user message"),
        ([assistant(HELLO)], {}, "start with a user message"),
        ([user(HELLO), user(HELLO)], {}, "alternate"),
        ([user()], {}, "is empty"),
        ([user({"text": " "})], {}, "is blank"),
        ([user(HELLO), assistant(CALL)], {"tools": [TOOL]}, "Expected toolResult"),
        ([user(HELLO), assistant(CALL), user(HELLO)], {"tools": [TOOL]}, "Expected toolResult"),
        ([user(RESULT)], {"tools": [TOOL]}, "exceeds the number of toolUse"),
        ([user(HELLO), assistant(CALL), user(RESULT)], {}, "toolConfig"),
        ([user(*[IMAGE] * 21)], {}, "images"),
        ([user(HELLO, *[POINT] * 5)], {}, "cachePoint"),
    ],
)
def test_a_request_that_bedrock_refuses_is_refused(
    bedrock: Any, messages: list[Any], options: dict[str, Any], why: str
) -> None:
    more = {"toolConfig": options} if options else {}
    for call in (bedrock.converse, bedrock.converse_stream):
        with pytest.raises(ClientError, match=why) as caught:
            call(modelId=a_model().name, messages=messages, **more)
        assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_it_knows_no_model_but_stand_ins(bedrock: Any) -> None:
    with pytest.raises(ClientError, match="model identifier is invalid"):
        bedrock.converse(modelId="anthropic.claude-sonnet-4-5-v1:0", messages=[user(HELLO)])


def test_it_says_that_it_is_one(bedrock: Any) -> None:
    answer = bedrock.converse(
        modelId="anthropic.claude-stand-in", messages=[user({"text": "Who are you?"})]
    )
    assert "offline planner" in answer["output"]["message"]["content"][0]["text"]
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-stand-in"] == "offline planner"


def test_a_prefix_is_written_once_and_read_from_then_on(bedrock: Any) -> None:
    model, system = a_model().name, [LONG, POINT]

    def usage(*messages: Any) -> tuple[int, int, int]:
        answer = bedrock.converse(modelId=model, system=system, messages=list(messages))
        counted = answer["usage"]
        return tuple(
            counted[key] for key in ("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
        )

    fresh, read, written = usage(user(HELLO))
    assert (read, fresh < 20) == (0, True)
    assert written > 2_000
    assert usage(user(HELLO)) == (fresh, written, 0)
    _, again, more = usage(user(HELLO), assistant(HELLO), user(LONG, POINT))
    assert (again, more > 2_000) == (written, True)


def test_a_prefix_too_short_for_the_cache_is_passed_over(bedrock: Any) -> None:
    model = a_model().name
    for _ in range(2):
        answer = bedrock.converse(modelId=model, system=[HELLO, POINT], messages=[user(HELLO)])
        assert answer["usage"]["cacheReadInputTokens"] == 0
        assert answer["usage"]["cacheWriteInputTokens"] == 0
