"""One question to a model on Bedrock, answered by the arguments of a tool; its tokens are counted.

The tool is offered, not forced: not every model takes being forced. One that answers in plain text
is taken at its word if that is JSON.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from assetql.adapters.aws.model_faults import model_faults
from assetql.domain.token_prices import PriceTable, TokenUsage
from assetql.telemetry.spending import note_usage

_MOST_TOKENS = 4_096  # of an answer: what every model allows
ACCESS = (
    "Request access to the model under Model access in Bedrock's console, and allow"
    " bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream."
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """`system` says what to do, `tool` how to answer; both are the same in every question."""

    purpose: str
    system: str
    tool: Mapping[str, Any]
    choice: str  # the setting that names the model


class Converse:
    """Asks one model one kind of question."""

    def __init__(self, client: Any, model: str, question: Question, *, prices: PriceTable) -> None:
        """`prices` go before the dated table."""
        self._client = client
        self._model = model
        self._question = question
        self._prices = prices

    def ask(self, content: Sequence[Mapping[str, Any]]) -> object:
        """The JSON that the model answered to the blocks of `content`; None where it didn't.

        Raises: ModelUnavailable.
        """
        with bedrock_faults(self._model, choice=self._question.choice):
            answer = self._client.converse(
                modelId=self._model,
                system=[{"text": self._question.system}],
                messages=[{"role": "user", "content": list(content)}],
                toolConfig={"tools": [{"toolSpec": dict(self._question.tool)}]},
                inferenceConfig={"maxTokens": _MOST_TOKENS},
            )
        note_usage(self._question.purpose, self._model, _usage(answer["usage"]), self._prices)
        return _json_of(answer["output"]["message"]["content"], self._question.tool["name"])


@contextmanager
def bedrock_faults(model: str, *, choice: str) -> Generator[None]:
    """Bedrock's errors as ModelUnavailable; `choice`: the setting that names the model."""
    with model_faults(f"The model {model} on Bedrock", access=ACCESS, choice=choice):
        yield


def _usage(counted: Mapping[str, int]) -> TokenUsage:
    return TokenUsage(
        input=counted["inputTokens"],
        output=counted["outputTokens"],
        cache_written=counted.get("cacheWriteInputTokens", 0),
        cache_read=counted.get("cacheReadInputTokens", 0),
    )


def _json_of(content: Sequence[Mapping[str, Any]], tool: str) -> object:
    for block in content:
        if block.get("toolUse", {}).get("name") == tool:
            return block["toolUse"]["input"]
    text = "".join(block.get("text", "") for block in content)
    try:
        return json.loads(text)
    except ValueError:
        return None
