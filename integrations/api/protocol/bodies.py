"""What clients send: closed models, and the reasons why some of LangGraph's fields are refused."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from fastapi import Path, Query
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    model_validator,
)

from assetql.domain.errors import InvalidInput
from integrations.api.numbers import WHOLE

_MOST_METADATA = 16_384  # bytes of JSON
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f/]+$"

StreamMode = Literal["values", "updates", "messages", "messages-tuple", "custom"]
RunStatus = Literal["pending", "running", "error", "success", "timeout", "interrupted"]
ThreadStatus = Literal["idle", "busy", "interrupted", "error"]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_PRINTABLE)]
ThreadId = Annotated[
    str, Path(min_length=1, max_length=200, pattern=_PRINTABLE, description="Of the workspace's")
]
RunId = Annotated[str, Path(min_length=1, max_length=200, pattern=_PRINTABLE)]
Limit = Annotated[int, Field(ge=1, le=100), WHOLE]
Offset = Annotated[int, Field(ge=0, le=100_000), WHOLE]


def _small(metadata: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(metadata, allow_nan=False, ensure_ascii=False).encode()) > _MOST_METADATA:
        raise ValueError(f"has more than {_MOST_METADATA:,} bytes")
    return metadata


def _listed(modes: object) -> object:
    """One mode is a list of one. Raises: InvalidInput for a mode that shows too much."""
    listed = cast("list[object]", modes) if isinstance(modes, list) else [modes]
    for mode in listed:
        reason = _REFUSED_MODES.get(str(mode))
        if reason:
            raise InvalidInput(f"stream_mode {mode!r} is refused: {reason}", remedy=_MODES)
    return listed


_MODES = "Use values, updates, messages, messages-tuple, custom."
_INSIDE = "it shows what the model wrote before it was checked, and the graph's insides."
_REFUSED_MODES: Mapping[str, str] = dict.fromkeys(
    ("events", "debug", "tasks", "checkpoints", "tools", "lifecycle"), _INSIDE
)
Metadata = Annotated[dict[str, JsonValue], AfterValidator(_small)]
StreamModes = Annotated[list[StreamMode], BeforeValidator(_listed), Field(min_length=1)]
AskedModes = Annotated[
    StreamModes | None,
    # A client that names none sends the parameter empty.
    BeforeValidator(lambda modes: None if modes in (None, [""]) else modes),
    Query(description="By default those of the run"),
]


class Closed(BaseModel):
    """A body with no other fields than these; `refused` has the reasons for some of them."""

    model_config = ConfigDict(extra="forbid", strict=True)
    refused: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _refuse(cls, sent: object) -> object:
        """Drops refused fields that say nothing. Raises: InvalidInput for those that do."""
        if not isinstance(sent, dict):
            return sent
        fields = cast("dict[str, Any]", sent)
        for name, reason in cls.refused.items():
            if fields.get(name):
                raise InvalidInput(f"{name!r} is refused: {reason}", remedy=f"Leave {name} out.")
        return {name: value for name, value in fields.items() if name not in cls.refused}


_WHOLE = "answers are whole here."
_NO_TTL = "threads stay until they are deleted."
_STATE = "the state of a thread changes only by what people say in it."


class NewThread(Closed):
    """A thread to be."""

    refused: ClassVar[Mapping[str, str]] = {"supersteps": _STATE, "ttl": _NO_TTL}
    thread_id: Name | None = Field(default=None, description="By default a new UUID")
    metadata: Metadata | None = None
    if_exists: Literal["raise", "do_nothing"] = "raise"


class ThreadPatch(Closed):
    """What to merge into a thread's metadata."""

    refused: ClassVar[Mapping[str, str]] = {"ttl": _NO_TTL}
    metadata: Metadata


class ThreadFilter(Closed):
    """Which threads."""

    refused: ClassVar[Mapping[str, str]] = {"values": "threads are found by their metadata."}
    metadata: Metadata | None = None
    status: ThreadStatus | None = None
    ids: Annotated[list[Name], Field(max_length=100)] | None = None


class ThreadSearch(ThreadFilter):
    """Which threads, and which part of them in which order."""

    refused: ClassVar[Mapping[str, str]] = {
        **ThreadFilter.refused,
        "select": _WHOLE,
        "extract": _WHOLE,
    }
    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal["thread_id", "status", "created_at", "updated_at", "state_updated_at"] = (
        "updated_at"
    )
    sort_order: Literal["asc", "desc"] = "desc"


class CheckpointRef(Closed):
    """Where in a thread; without an id, its newest checkpoint."""

    thread_id: Name | None = None
    checkpoint_ns: Literal[""] = ""
    checkpoint_id: Name | None = None
    checkpoint_map: dict[str, JsonValue] | None = None


class StateAt(Closed):
    """A state to read."""

    refused: ClassVar[Mapping[str, str]] = {"select": _WHOLE}
    checkpoint: CheckpointRef
    subgraphs: bool = Field(default=False, description="There are none")


class HistoryOf(Closed):
    """States to read, newest first."""

    refused: ClassVar[Mapping[str, str]] = {
        "select": _WHOLE,
        "metadata": "a history is short here.",
    }
    limit: Limit = 10
    before: Name | CheckpointRef | None = None
    checkpoint: CheckpointRef | None = None


class AssistantSearch(Closed):
    """There is one assistant; a filter finds it or not."""

    refused: ClassVar[Mapping[str, str]] = {"select": _WHOLE}
    metadata: Metadata | None = None
    graph_id: str | None = None
    name: str | None = None
    limit: Limit = 10
    offset: Offset = 0
    sort_by: Literal["assistant_id", "graph_id", "name", "created_at", "updated_at"] | None = None
    sort_order: Literal["asc", "desc"] | None = None


class AssistantCount(Closed):
    """There is one assistant; a filter finds it or not."""

    metadata: Metadata | None = None
    graph_id: str | None = None
    name: str | None = None
