"""What starts a run: words of a person or an answer to an approval, and nothing else."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from agent.inbox import MOST_TEXT, MOST_UPLOADS
from assetql.domain.errors import Conflict, InvalidInput
from integrations.api.numbers import WHOLE
from integrations.api.protocol.bodies import Closed, Metadata, Name, StreamModes

_PEOPLE = ("user", "human")
_INTERNAL = "__pregel_"  # what a RemoteGraph inside another graph sends along
_STRATEGIES = {
    "interrupt": "a turn that has begun to act is not cut off by the next message.",
    "rollback": "what a turn has done can't be undone: tools have effects.",
}
_ONLY_INPUT = "only what a person says can be sent."
_IDENTITY = "who asks is known from the credentials."


# Something to see, whichever engine reads it: they differ in what white space is.
_SEEN = r"[^\s\u001c-\u001f\u0085\ufeff]"
Text = Annotated[str, Field(max_length=MOST_TEXT, pattern=_SEEN)]


class TextBlock(Closed):
    """Text."""

    type: Literal["text"]
    text: Text


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
        Text
        | Annotated[
            list[Annotated[TextBlock | FileBlock, Field(discriminator="type")]],
            Field(min_length=1, max_length=2 * MOST_UPLOADS),
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


class Configurable(Closed):
    """Ids that clients send along; only the thread's is looked at."""

    thread_id: Name | None = None
    assistant_id: Name | None = None
    graph_id: Name | None = None
    run_id: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _harmless(cls, sent: object) -> object:
        """Raises: InvalidInput for what could say who asks, or how."""
        if not isinstance(sent, dict):
            return sent
        fields = cast("dict[str, object]", sent)
        kept = {name: v for name, v in fields.items() if not name.startswith(_INTERNAL)}
        for name in kept:
            if name not in cls.model_fields:
                raise InvalidInput(
                    f"config.configurable.{name} is refused: {_IDENTITY}",
                    remedy=f"Leave {name} out.",
                )
        return kept


class RunConfig(Closed):
    """Accepted as clients send it; only a `thread_id` is looked at, and has to be the run's."""

    configurable: Configurable = Configurable()
    tags: list[str] = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    recursion_limit: Annotated[int, Field(ge=1), WHOLE] | None = Field(
        default=None, description="No effect: it is fixed"
    )


def _allowed(strategy: object) -> object:
    reason = _STRATEGIES.get(str(strategy))
    if reason:
        raise InvalidInput(
            f"multitask_strategy {strategy!r} is refused: {reason}",
            remedy="Use enqueue, or reject.",
        )
    return strategy


class RunOptions(Closed):
    """How a run is carried out."""

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

    def require_thread(self, thread_id: str) -> None:
        """Raises: Conflict where the config names another thread."""
        named = self.config.configurable.thread_id
        if named not in (None, thread_id):
            raise Conflict(
                f"config.configurable.thread_id is {named!r}, the run's thread {thread_id!r}.",
                remedy="Leave it out of the config.",
            )


class RunBody(RunOptions):
    """A run: `input`, or a `command`; with neither it takes up what the thread was told."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"input": {"type": "null"}}},
                {"properties": {"command": {"type": "null"}}},
            ]
        }
    )
    input: RunInput | None = None
    command: Command | None = None

    def model_post_init(self, context: Any, /) -> None:
        """Raises: InvalidInput for input and command at once."""
        if self.input and self.command:
            raise InvalidInput("A run has input or a command.", remedy="Send one of them.")


class StatelessBody(RunOptions):
    """A run without a thread of the client's: there is nothing to answer or to take up in it."""

    refused: ClassVar[Mapping[str, str]] = {
        **RunOptions.refused,
        "command": "nothing waits in a thread that is new.",
    }
    input: RunInput

    @property
    def command(self) -> None:
        """There is none."""
        return
