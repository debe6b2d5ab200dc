"""From the messages of a run's input to what the thread's inbox takes."""

from agent.inbox import NewMessage
from assetql.domain.ids import derived_id
from integrations.api.protocol.run_bodies import FileBlock, PersonMessage, RunInput, TextBlock


def new_message(said: RunInput, key: str) -> NewMessage:
    """Messages that were sent together are one; so are their ids, else `key` is the id."""
    ids = [message.id for message in said.messages]
    return NewMessage(
        message_id=_together(ids) or key,
        text="\n\n".join(text for text in map(_text, said.messages) if text),
        uploads=tuple(upload for message in said.messages for upload in _uploads(message)),
    )


def _together(ids: list[str | None]) -> str | None:
    given = [each for each in ids if each is not None]
    if len(given) < len(ids):
        return None
    return given[0] if len(given) == 1 else derived_id("msgs", *given)


def _text(message: PersonMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(block.text for block in message.content if isinstance(block, TextBlock))


def _uploads(message: PersonMessage) -> list[str]:
    found = list(message.additional_kwargs.uploads)
    if not isinstance(message.content, str):
        found += [b.file_id for b in message.content if isinstance(b, FileBlock)]
    return found
