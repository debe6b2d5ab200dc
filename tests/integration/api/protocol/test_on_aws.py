"""The same over DynamoDB: a conversation, its state, and its end."""

from typing import Any

import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.errors import NotFoundError

from agent.inbox import NewMessage, post_message
from assetql.domain.errors import NotFound
from tests.integration.api.protocol.conftest import ANA, Serve
from tests.integration.api.protocol.test_approvals import OWNER
from tests.integration.api.protocol.test_sdk import says


def test_a_conversation_and_its_end(serve: Serve) -> None:
    with (
        serve({"family": "aws"}) as (address, agent),
        get_sync_client(url=address, api_key=ANA) as client,
    ):
        client.threads.create(thread_id="t")
        first: Any = client.runs.wait("t", "assetql", input=says("Hello"))
        parts = list(client.runs.stream("t", "assetql", input=says("Thanks")))
        values = [part.data for part in parts if part.event == "values"][-1]
        assert values["messages"][:2] == first["messages"]
        assert len(values["messages"]) == 4
        assert client.threads.get("t")["values"] == values
        assert [run["status"] for run in client.runs.list("t")] == ["success", "success"]
        client.threads.delete("t")
        with pytest.raises(NotFoundError):
            client.threads.get_state("t")
        services = agent.services
        with pytest.raises(NotFound):
            post_message(
                NewMessage(message_id="m", text="Still there?"),
                thread_id="t",
                caller=OWNER,
                stores=services.stores,
                clock=services.clock,
            )
        assert client.threads.count() == 0
