"""What starts a run: words of a person or an answer to an approval, and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from agent.inbox import MOST_TEXT, MOST_UPLOADS
from assetql.domain.errors import InvalidInput
from integrations.api.protocol.bodies import Closed, Metadata, Name, StreamModes

_PEOPLE = ("user", "human")
_IDS = frozenset({"thread_id", "assistant_id", "graph_id", "run_id"})
_INTERNAL = "__pregel_"  # what a RemoteGraph inside another graph sends along
_STRATEGIES = {
    "interrupt": "a turn that has begun to act is not cut off by the next message.",
    "rollback": "what a turn has done can't be undone: tools have effects.",
}
_ONLY_INPUT = "only what a person says can be sent."
_IDENTITY = "who asks is known from the credentials."


class TextBlock(Closed):
    """Text."""

    type: Literal["text"]
    text: str = Field(max_length=MOST_TEXT)


class FileBlock(Closed):
    """A file that was uploaded before; `file_id` is the upload's id."""

    type: Literal["file"]
    file_id: Name


class Attached(Closed):
    """Files that were uploaded before, by the ids of their uploads."""

    uploads: Annotated[list[Name], Field(max_length=MOST_UPLOADS)] = Field(default_factory=list)


def _of_a_person(kind: object) -> object:
    if kind is not None and kind not in _PEOPLE:
        raise InvalidInput(
            f"A message of {kind!r} is refused: {_ONLY_INPUT}",
            remedy="Send messages with the role user.",
        )
    return kind


Person = Annotated[Literal["user", "human"] | None, BeforeValidator(_of_a_person)]


class PersonMessage(Closed):
    """What a person says, as LangChain writes it. The same id again is the same message."""

    refused: ClassVar[Mapping[str, str]] = {
        "response_metadata": _ONLY_INPUT,
        "name": _IDENTITY,
        "tool_calls": _ONLY_INPUT,
        "example": _ONLY_INPUT,
    }
    role: Person = None
    type: Person = None
    content: (
        Annotated[str, Field(max_length=MOST_TEXT)]
        | Annotated[
            list[Annotated[TextBlock | FileBlock, Field(discriminator="type")]],
            Field(max_length=2 * MOST_UPLOADS),
        ]
    )
    id: Name | None = None
    additional_kwargs: Attached = Attached()


class RunInput(Closed):
    """Messages of a person; several are taken as one."""

    messages: Annotated[list[PersonMessage], Field(min_length=1, max_length=20)]


class ApprovalAnswer(Closed):
    """The answer to an approval that waits in the thread."""

    approval_id: Name
    decision: Literal["approve", "decline"]


class Command(Closed):
    """An answer to an approval is the only command."""

    refused: ClassVar[Mapping[str, str]] = {
        "goto": "which step comes next is the assistant's.",
        "update": "the state of a thread changes only by what people say in it.",
        "graph": "there is one graph.",
    }
    resume: ApprovalAnswer


def _harmless(configurable: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    kept = {name: v for name, v in configurable.items() if not name.startswith(_INTERNAL)}
    for name in kept:
        if name not in _IDS:
            raise InvalidInput(
                f"config.configurable.{name} is refused: {_IDENTITY}",
                remedy=f"Leave {name} out.",
            )
    return kept


class RunConfig(Closed):
    """Accepted as clients send it; only a `thread_id` is looked at, and has to be the run's."""

    configurable: Annotated[dict[str, JsonValue], AfterValidator(_harmless)] = Field(
        default_factory=dict
    )
    tags: list[str] = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    recursion_limit: int | None = Field(default=None, ge=1, description="No effect: it is fixed")


def _allowed(strategy: object) -> object:
    reason = _STRATEGIES.get(str(strategy))
    if reason:
        raise InvalidInput(
            f"multitask_strategy {strategy!r} is refused: {reason}",
            remedy="Use enqueue, or reject.",
        )
    return strategy


class RunBody(Closed):
    """A run: `input`, or a `command`; with neither it takes up what the thread was told."""

    refused: ClassVar[Mapping[str, str]] = {
        "context": _IDENTITY,
        "checkpoint": "a turn goes on from the newest state.",
        "checkpoint_id": "a turn goes on from the newest state.",
        "checkpoint_during": "every step is kept.",
        "webhook": "this server calls no addresses that clients send.",
        "interrupt_before": "the assistant asks by itself where a person has to decide.",
        "interrupt_after": "the assistant asks by itself where a person has to decide.",
        "after_seconds": "runs begin at once.",
        "feedback_keys": "there is no LangSmith here.",
        "langsmith_tracer": "there is no LangSmith here.",
    }
    assistant_id: str
    input: RunInput | None = None
    command: Command | None = None
    stream_mode: StreamModes = Field(default_factory=lambda: ["values"])
    stream_subgraphs: bool = Field(default=False, description="No effect: there are none")
    stream_resumable: bool = Field(default=False, description="No effect: every stream is")
    metadata: Metadata | None = None
    config: RunConfig = RunConfig()
    multitask_strategy: Annotated[Literal["reject", "enqueue"], BeforeValidator(_allowed)] = (
        "enqueue"
    )
    if_not_exists: Literal["create", "reject"] = "reject"
    on_disconnect: Literal["cancel", "continue"] = "continue"
    on_completion: Literal["delete", "keep"] = Field(
        default="delete", description="Of a run without a thread of the client's"
    )
    durability: Literal["sync"] = "sync"
    strict_resume: bool = Field(default=True, description="No effect: every answer is checked")

    def model_post_init(self, context: Any, /) -> None:
        """Raises: InvalidInput for input and command at once."""
        if self.input and self.command:
            raise InvalidInput("A run has input or a command.", remedy="Send one of them.")

    def require_thread(self, thread_id: str) -> None:
        """Raises: InvalidInput where the config names another thread."""
        named = cast("object", self.config.configurable.get("thread_id", thread_id))
        if named != thread_id:
            raise InvalidInput(
                f"config.configurable.thread_id is {named!r}, the run's thread {thread_id!r}.",
                remedy="Leave it out of the config.",
            )
