"""What tests and benchmarks tell a stand-in to do, and what it was asked meanwhile.

`PUT …/script` takes a `Script` for one model or endpoint; from then on its requests are kept, and
`GET …/requests` gives their bodies as text. Without a script a stand-in answers by itself.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

_MOST_REQUESTS = 500


class Answer(BaseModel):
    """One answer out of turn; with nothing set the stand-in answers by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: str | None = None  # the service's code, such as ThrottlingException
    message: str = "As the script says."
    content: list[dict[str, Any]] | None = None  # the content blocks of a chat message
    after: int | None = None  # events of a stream that come before the error, or before the cut
    cut: bool = False  # the connection ends without a word
    status: int | None = None  # what the container behind an endpoint answers, with `message`
    lost: bool = False  # asynchronous: neither output nor failure ever comes
    copies: int = 1  # asynchronous: how often the work is done


class Script(BaseModel):
    """Answers in order, then by itself again, unless it repeats. Pauses are in milliseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answers: list[Answer] = []
    repeat: bool = False
    first_token_ms: float = 0
    per_token_ms: float = 0


@dataclass
class _Played:
    script: Script
    waiting: deque[Answer]
    requests: deque[str] = field(default_factory=lambda: deque[str](maxlen=_MOST_REQUESTS))


class Stage:
    """The scripts of one service's models or endpoints, by their names."""

    def __init__(self) -> None:
        self._played: dict[str, _Played] = {}

    def play(self, name: str, document: bytes) -> None:
        """From now on `name` follows this script. Raises: ValidationError."""
        script = Script.model_validate_json(document)
        self._played[name] = _Played(script, deque(script.answers))

    def requests(self, name: str) -> list[str]:
        """The bodies that came since the script did, oldest first."""
        played = self._played.get(name)
        return list(played.requests) if played else []

    def next_answer(self, name: str, body: bytes) -> tuple[Script, Answer]:
        """How to answer this request."""
        played = self._played.get(name)
        if played is None:
            return Script(), Answer()
        played.requests.append(body.decode(errors="replace"))
        if not played.waiting:
            return played.script, Answer()
        answer = played.waiting.popleft()
        if played.script.repeat:
            played.waiting.append(answer)
        return played.script, answer
