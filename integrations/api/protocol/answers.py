"""What clients get: LangGraph's shapes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from integrations.api.protocol.bodies import RunStatus, ThreadStatus


class InterruptOut(BaseModel):
    """An approval that waits for a person: its card, and its id."""

    value: dict[str, Any]
    id: str


class TaskOut(BaseModel):
    """Where a thread waits."""

    id: str
    name: str
    error: str | None = None
    interrupts: list[InterruptOut] = []
    checkpoint: dict[str, Any] | None = None
    state: dict[str, Any] | None = None
    result: dict[str, Any] | None = None


class CheckpointOut(BaseModel):
    """Where in a thread; the id is None where nothing was said yet."""

    thread_id: str
    checkpoint_ns: str = ""
    checkpoint_id: str | None
    checkpoint_map: dict[str, Any] = {}


class StateOut(BaseModel):
    """A thread's state: its messages, and the approvals that wait in it."""

    values: dict[str, Any] = Field(examples=[{"messages": []}])
    next: list[str]
    checkpoint: CheckpointOut
    metadata: dict[str, Any]
    created_at: str | None
    parent_checkpoint: CheckpointOut | None = None
    tasks: list[TaskOut]
    interrupts: list[InterruptOut]


class ThreadOut(BaseModel):
    """A conversation of the workspace, whichever door it was begun at."""

    thread_id: str
    created_at: datetime
    updated_at: datetime
    state_updated_at: datetime
    metadata: dict[str, Any]
    status: ThreadStatus
    values: dict[str, Any]
    interrupts: dict[str, list[InterruptOut]]


class RunOut(BaseModel):
    """A run of the assistant in a thread."""

    run_id: str
    thread_id: str
    assistant_id: str
    created_at: datetime
    updated_at: datetime
    status: RunStatus
    metadata: dict[str, Any]
    multitask_strategy: str
    kwargs: dict[str, Any] = {}


class AssistantOut(BaseModel):
    """The assistant."""

    assistant_id: str
    graph_id: str
    name: str
    description: str
    version: int
    config: dict[str, Any] = {}
    context: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    created_at: datetime
    updated_at: datetime


class SchemasOut(BaseModel):
    """JSON schemas of what goes in and what comes out."""

    graph_id: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]
    state_schema: dict[str, Any]
    config_schema: dict[str, Any]
    context_schema: dict[str, Any] | None


class GraphOut(BaseModel):
    """Nodes and edges, as they are drawn."""

    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


class Alive(BaseModel):
    """The server answers."""

    ok: bool


class Info(BaseModel):
    """What the server is and can."""

    version: str
    langgraph_py_version: str
    flags: dict[str, bool]
