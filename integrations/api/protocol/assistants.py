"""Assistants: there is one, and clients can't change it."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Path

from assetql.domain.identity import Action
from integrations.api.dependencies import Agent, Caller
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.protocol.answers import AssistantOut, GraphOut, SchemasOut
from integrations.api.protocol.assistant import ASSISTANT_ID, GRAPH_ID, require_assistant
from integrations.api.protocol.bodies import AssistantCount, AssistantSearch
from integrations.api.protocol.run_bodies import RunConfig, RunInput

router = APIRouter(
    prefix="/assistants",
    tags=["agent"],
    generate_unique_id_function=operation_id,
    responses=problem_responses(400, 401, 403, 404, 413, 422, 429),
)
AssistantId = Annotated[str, Path(max_length=200, examples=[GRAPH_ID])]
_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_STATE = {
    "type": "object",
    "properties": {"messages": {"type": "array", "items": {"type": "object"}}},
    "required": ["messages"],
}


def _assistant() -> AssistantOut:
    return AssistantOut(
        assistant_id=ASSISTANT_ID,
        graph_id=GRAPH_ID,
        name="AssetQL",
        description=f"Game assets by chat. AssetQL {version('assetql')}.",
        version=1,
        created_at=_SINCE,
        updated_at=_SINCE,
    )


def _found(wanted: AssistantSearch | AssistantCount) -> list[AssistantOut]:
    one = _assistant()
    fits = wanted.graph_id in (None, GRAPH_ID) and not wanted.metadata
    named = wanted.name is None or wanted.name.casefold() in one.name.casefold()
    return [one] if fits and named else []


@router.post("/search")
def search_assistants(body: AssistantSearch, caller: Caller) -> list[AssistantOut]:
    """The one, where the filter fits."""
    caller.require(Action.READ)
    return _found(body)[body.offset : body.offset + body.limit]


@router.post("/count")
def count_assistants(body: AssistantCount, caller: Caller) -> int:
    """One, where the filter fits."""
    caller.require(Action.READ)
    return len(_found(body))


@router.get("/{assistant_id}")
def get_assistant(assistant_id: AssistantId, caller: Caller) -> AssistantOut:
    """The assistant, by its id or by its graph's."""
    caller.require(Action.READ)
    require_assistant(assistant_id)
    return _assistant()


@router.get("/{assistant_id}/schemas")
def get_schemas(assistant_id: AssistantId, caller: Caller) -> SchemasOut:
    """What goes in and what comes out."""
    caller.require(Action.READ)
    require_assistant(assistant_id)
    return SchemasOut(
        graph_id=GRAPH_ID,
        input_schema=RunInput.model_json_schema(),
        output_schema=_STATE,
        state_schema=_STATE,
        config_schema=RunConfig.model_json_schema(),
        context_schema=None,
    )


@router.get("/{assistant_id}/graph")
def get_graph(
    assistant_id: AssistantId, caller: Caller, agent: Agent, xray: bool | int = False
) -> GraphOut:
    """Its nodes and edges."""
    del xray  # it has no graphs inside
    caller.require(Action.READ)
    require_assistant(assistant_id)
    drawn = agent.graph.get_graph().to_json()
    return GraphOut(nodes=drawn["nodes"], edges=drawn["edges"])


@router.get("/{assistant_id}/subgraphs")
def get_subgraphs(
    assistant_id: AssistantId, caller: Caller, recurse: bool = False
) -> dict[str, str]:
    """None."""
    del recurse
    caller.require(Action.READ)
    require_assistant(assistant_id)
    return {}
