"""The conversation on Bedrock: the whole turn over HTTP, by the true wire protocol."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.tools import BaseTool

from agent.events import ChatEvent, Done, ErrorEvent, Token, ToolFinished
from agent.model import open_chat_model
from agent.services import open_agent
from assetql.domain.errors import InvalidInput, ModelUnavailable
from assetql.domain.token_prices import TokenPrice
from assetql.pipeline.uploads import add_upload
from assetql.services import open_services
from assetql.settings import Settings
from tests.integration.agent.talking import OWNER, Talk, assert_paired, look
from tests.support.emulator import REGION, emulator_address
from tests.support.stand_ins import StandIn, a_model
from tests.support.telemetry import grown, measured

LIST = Path(__file__).parents[3] / "examples" / "lists" / "rpg_items.csv"
CALL = {"toolUse": {"toolUseId": "call_1", "name": "look", "input": {"what": "a sword"}}}


def on_bedrock(home: Path, model: str, **settings: Any) -> Settings:
    """The conversation on Bedrock over embedded stores."""
    return Settings(
        home=home,
        chat_model=f"bedrock_converse:{model}",
        aws_endpoint=emulator_address(),
        aws_region=REGION,
        **settings,
    )


def opened(settings: Settings, tools: Sequence[BaseTool] | None = None) -> Talk:
    """Talks to the model that the settings name."""
    return Talk(open_agent(open_services(settings), tools=tools))


def close(talk: Talk) -> None:
    talk.agent.services.close()
    talk.agent.close()


async def failure(talk: Talk, text: str) -> ErrorEvent:
    error = next(e for e in await talk.say(text) if isinstance(e, ErrorEvent))
    assert error.code == ModelUnavailable.code
    return error


@pytest.fixture
def model() -> StandIn:
    return a_model()


@pytest.fixture
async def open_talk(tmp_path: Path) -> AsyncIterator[Callable[..., Talk]]:
    talks: list[Talk] = []

    def open_it(
        model: StandIn | str, tools: Sequence[BaseTool] | None = None, **settings: Any
    ) -> Talk:
        name = model if isinstance(model, str) else model.name
        home = tmp_path / f"home-{len(talks)}"
        talks.append(opened(on_bedrock(home, name, **settings), tools))
        return talks[-1]

    yield open_it
    for talk in talks:
        close(talk)


async def test_a_turn_with_a_tool_call_streams(
    open_talk: Callable[..., Talk], model: StandIn
) -> None:
    model.follow({"content": [{"text": "Let me see. "}, CALL]}, {"content": [{"text": "A sword."}]})
    talk = open_talk(model, [look])
    events = await talk.say("What is it?")
    assert [event.text for event in events if isinstance(event, ToolFinished)] == ["saw a sword"]
    assert "".join(event.text for event in events if isinstance(event, Token)).endswith("A sword.")
    first, second = model.requests()
    assert [message["role"] for message in first["messages"]] == ["user"]
    result = second["messages"][-1]["content"][0]["toolResult"]
    assert (result["toolUseId"], result["status"]) == ("call_1", "success")


async def test_what_a_model_said_before_it_failed_stays(
    open_talk: Callable[..., Talk], model: StandIn
) -> None:
    words = "There was a sword. Then it rusted away."
    model.follow({"content": [{"text": words}], "error": "ModelErrorException", "after": 7})
    talk = open_talk(model)
    await failure(talk, "Tell me.")
    assert [message.text for message in await talk.messages()] == [
        "Tell me.",
        "There was a sword. …",
    ]


def outline_of(events: Sequence[ChatEvent]) -> list[object]:
    """Tools with the fields of their cards, and what was said at last."""
    ended = [event for event in events if isinstance(event, ToolFinished)]
    done = events[-1]
    assert isinstance(done, Done)
    return [*((e.name, e.status, sorted(e.artifact or {})) for e in ended), done.reply]


async def test_the_stand_in_talks_as_the_planner_in_process(
    open_talk: Callable[..., Talk], model: StandIn, tmp_path: Path
) -> None:
    remote = open_talk(model)
    near = opened(Settings(home=tmp_path / "near"))
    said: list[list[object]] = []
    for talk in (remote, near):
        services = talk.agent.services
        upload = add_upload(
            LIST.name,
            LIST.read_bytes(),
            caller=OWNER,
            stores=services.stores,
            clock=services.clock,
            image_limits=services.image_limits,
            list_limits=services.list_limits,
        )
        await talk.say("Draft a batch from this list at 64 px", uploads=(upload.upload_id,))
        events = [
            await talk.say("What would it cost?"),
            await talk.say("Who are you?"),
            await talk.say("How is my batch doing?"),
        ]
        said.append([part for each in events for part in outline_of(each)])
    close(near)
    assert said[0] == said[1]
    assert any("offline planner" in str(part) for part in said[0])
    assert any("quote" in str(part) for part in said[0])


async def test_a_throttled_call_is_tried_again(
    open_talk: Callable[..., Talk], model: StandIn
) -> None:
    model.follow({"error": "ThrottlingException"}, {"content": [{"text": "Here I am."}]})
    assert await open_talk(model, [look]).reply("Hello?") == "Here I am."
    assert len(model.bodies()) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"error": "modelStreamErrorException", "after": 3},
        {"error": "ThrottlingException", "after": 0},
        {"cut": True, "after": 4},
        {"error": "ModelTimeoutException"},
    ],
)
async def test_a_stream_that_breaks_leaves_the_thread_usable(
    open_talk: Callable[..., Talk], model: StandIn, broken: dict[str, Any]
) -> None:
    model.follow({**broken, "content": [{"text": "One moment, please."}, CALL]})
    talk = open_talk(model, [look])
    await failure(talk, "Look at it.")
    model.follow({"content": [CALL]}, {"content": [{"text": "Done."}]})
    assert await talk.reply("Again, please.") == "Done."
    messages = await talk.messages()
    assert_paired(messages)
    assert [m.text for m in messages if isinstance(m, HumanMessage)] == [
        "Look at it.",
        "Again, please.",
    ]
    assert [m.tool_calls[0]["id"] for m in messages if isinstance(m, AIMessage) and m.tool_calls]


async def test_a_guardrail_goes_along(open_talk: Callable[..., Talk], model: StandIn) -> None:
    model.follow()
    arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/gr1"
    await open_talk(model, guardrail=f"{arn}:7").say("Hello")
    sent = model.requests()[0]["guardrailConfig"]
    assert (sent["guardrailIdentifier"], sent["guardrailVersion"]) == (arn, "7")


async def test_a_hundred_turns_share_the_bytes_of_prompt_and_tools(
    open_talk: Callable[..., Talk], model: StandIn
) -> None:
    model.follow({"content": [{"text": "Yes."}]}, repeat=True)
    talk = open_talk(model)
    for turn in range(100):
        assert await talk.reply(f"Is {turn} a number?") == "Yes."
    requests = model.requests()
    fixed = {json.dumps([r["system"], r["toolConfig"]]) for r in requests}
    assert (len(requests), len(fixed)) == (100, 1)
    for request in requests:
        for blocks in (
            request["system"],
            request["toolConfig"]["tools"],
            request["messages"][-1]["content"],
        ):
            assert blocks[-1] == {"cachePoint": {"type": "default"}}
    assert list(requests[0]) == list(requests[99])


@pytest.mark.parametrize(
    "name", ["anthropic.claude-3-haiku", "us.anthropic.claude-3-5-sonnet-20240620", "meta.llama3"]
)
async def test_a_model_that_caches_nothing_gets_no_cache_points(
    open_talk: Callable[..., Talk], name: str
) -> None:
    model = StandIn("model", f"{name}-stand-in-{uuid4().hex}")
    model.follow({"content": [{"text": "Yes."}]})
    assert await open_talk(model).reply("Is it so?") == "Yes."
    assert "cachePoint" not in model.bodies()[0]


async def test_what_a_turn_costs_is_counted(open_talk: Callable[..., Talk], model: StandIn) -> None:
    before = measured()
    price = TokenPrice(input=3, output=15, cache_written=3.75, cache_read=0.3)
    talk = open_talk(model, token_prices={model.name: price})
    await talk.say("Who are you?")
    await talk.say("Who are you?")
    name, ids = "assetql.model.tokens", {"purpose": "chat", "model": model.name}
    kinds = ("input", "output", "cache_written", "cache_read")
    spent = {kind: grown(before, name, kind=kind, **ids) for kind in kinds}
    assert spent["cache_written"] > spent["input"]
    assert spent["cache_read"] > 1_024
    cost = sum(getattr(price, kind) * count for kind, count in spent.items())
    assert abs(grown(before, "assetql.model.cost", **ids) - cost) <= 1  # each turn is rounded


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        ({"error": "AccessDeniedException", "message": "You don't have access."}, "Model access"),
        ({"error": "ResourceNotFoundException", "message": "End of life."}, "ASSETQL_CHAT_MODEL"),
    ],
)
async def test_a_model_that_may_not_be_used_says_what_to_do(
    open_talk: Callable[..., Talk], model: StandIn, answer: dict[str, Any], remedy: str
) -> None:
    model.follow(answer)
    error = await failure(open_talk(model), "Hello")
    assert model.name in error.message
    assert remedy in error.remedy


async def test_an_unknown_model_names_its_setting(open_talk: Callable[..., Talk]) -> None:
    error = await failure(open_talk("anthropic.claude-nowhere"), "Hello")
    assert "ASSETQL_CHAT_MODEL" in error.remedy


async def test_an_inference_profile_streams_as_the_model_behind_it(
    open_talk: Callable[..., Talk], tmp_path: Path
) -> None:
    stem = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile"
    arn = f"{stem}/{a_model().name}"
    with pytest.raises(InvalidInput, match="ASSETQL_CHAT_BASE_MODEL"):
        open_chat_model(on_bedrock(tmp_path, arn))
    profile = StandIn("model", arn)
    profile.follow({"content": [{"text": "Here I am."}]})
    talk = open_talk(profile, [look], chat_base_model="eu.anthropic.claude-sonnet-4-5-v1:0")
    assert await talk.reply("Hello?") == "Here I am."
    assert profile.requests()[0]["system"][-1] == {"cachePoint": {"type": "default"}}
    assert talk.agent.model.disable_streaming is False
