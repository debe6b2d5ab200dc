"""What prompt caching saves: the cost of a conversation on Bedrock with it, beside that without.

python -m benchmarks.prompt_cache [--turns N] [--json]

Turns of one tool call each go to the stand-in for Bedrock over HTTP, and what they would cost is
computed from the bytes of their requests (four are a token) and the dated price table. A cache
keeps for five minutes what has at least 1,024 tokens in front of a cache point. `at once`: each
turn comes within that time; `after a pause`: each finds the cache of the turn before it gone.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from typing import Any

from agent.inbox import NewMessage
from agent.services import open_agent
from agent.turn import run_turn
from assetql.domain.identity import Principal, Role
from assetql.domain.token_prices import PRICES, READ_ON, TokenUsage
from assetql.services import open_services
from assetql.settings import Settings
from infra.emulator.tokens import PromptCache, tokens_of
from tests.support.emulator import REGION, emulator_address
from tests.support.stand_ins import StandIn, a_model

PRICE = "claude-sonnet-4"
CALLS = 2  # of the model in one turn
OWNER = Principal("default", "owner", frozenset({Role.OWNER}))
ITEMS = [{"name": f"potion of {kind}"} for kind in ("health", "mana", "speed", "luck", "fire")]
ASK = "How is my batch doing, and what would it take to finish the rest of it today?"
TELLS = "None of it is made yet: it is a draft. The card shows the rest; say so to have it started."

Document = dict[str, Any]


def script() -> list[Document]:
    """A draft first, then a look at it in each turn."""
    told: Document = {"content": [{"text": TELLS}]}
    look = {"toolUseId": "call_look", "name": "batch_status", "input": {}}
    draft = {"toolUseId": "call_draft", "name": "create_batch", "input": {"items": ITEMS}}
    return [
        {"content": [{"toolUse": draft}]},
        told,
        *[{"content": [{"toolUse": look}]}, told] * 500,
    ]


async def talk(model: StandIn, home: Path, turns: int) -> list[Document]:
    """The requests of a conversation."""
    settings = Settings(
        home=home,
        chat_model=f"bedrock_converse:{model.name}",
        aws_endpoint=emulator_address(),
        aws_region=REGION,
    )
    services = open_services(settings)
    agent = open_agent(services)
    model.follow(*script())
    for turn in range(turns):
        message = NewMessage(message_id=f"m{turn}", text=f"{ASK} I ask for the {turn}th time.")
        async with aclosing(run_turn(agent, caller=OWNER, thread_id="t", message=message)) as parts:
            async for _ in parts:
                pass
    agent.close()
    services.close()
    return model.requests()


def cost(requests: Sequence[Document], cache_of: Callable[[int], PromptCache]) -> list[float]:
    """Micros of each turn's input; `cache_of` says which cache a turn meets."""
    spent = [0.0] * (len(requests) // CALLS)
    for index, request in enumerate(requests):
        turn = index // CALLS
        counted = cache_of(turn).usage("model", request, [])
        usage = TokenUsage(
            input=counted["inputTokens"],
            output=0,
            cache_written=counted["cacheWriteInputTokens"],
            cache_read=counted["cacheReadInputTokens"],
        )
        spent[turn] += PRICES[PRICE].of(usage)
    return spent


def without_points(value: Any) -> Any:
    """The request without its cache points."""
    if isinstance(value, dict):
        return {key: without_points(item) for key, item in value.items()}
    if isinstance(value, list):
        return [
            without_points(item)
            for item in value
            if not (isinstance(item, dict) and "cachePoint" in item)
        ]
    return value


def report(requests: Sequence[Document]) -> Document:
    """The ratios, and whether what all requests share is the same to the byte."""
    plain = cost([without_points(request) for request in requests], lambda _: PromptCache())
    one = PromptCache()
    caches = [PromptCache() for _ in plain]
    at_once, paused = cost(requests, lambda _: one), cost(requests, lambda turn: caches[turn])
    fixed = [json.dumps([request["toolConfig"], request["system"]]) for request in requests]
    return {
        "turns": len(plain),
        "tools_and_system_tokens": sum(
            tokens_of(b) for b in (*requests[0]["toolConfig"]["tools"], *requests[0]["system"])
        ),
        "tools_and_system_versions": len({sha256(text.encode()).hexdigest() for text in fixed}),
        "uncached_usd": round(sum(plain) / 1e6, 4),
        "cached_usd": round(sum(at_once) / 1e6, 4),
        "ratio_at_once": round(sum(at_once) / sum(plain), 3),
        "ratio_after_a_pause": round(sum(paused) / sum(plain), 3),
        "ratio_of_the_first_turn": round(at_once[0] / plain[0], 3),
        "ratio_of_the_last_turn": round(at_once[-1] / plain[-1], 3),
        "prices": {"of": PRICE, "read_on": READ_ON.isoformat()},
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        found = report(asyncio.run(talk(a_model(), Path(home), options.turns)))
    if options.json:
        print(json.dumps(found))
        return
    print(
        f"{found['turns']} turns, input at the prices of {PRICE} (read on {READ_ON}): "
        f"${found['cached_usd']} cached ÷ ${found['uncached_usd']} uncached = "
        f"{found['ratio_at_once']} at once, {found['ratio_after_a_pause']} after a pause; "
        f"first turn {found['ratio_of_the_first_turn']}, last {found['ratio_of_the_last_turn']}; "
        f"tools and system: {found['tools_and_system_tokens']} tokens, "
        f"{found['tools_and_system_versions']} version"
    )


if __name__ == "__main__":
    main()
