"""Recorded requests: what people type, and the calls that a good assistant makes of it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assetql.domain.errors import InvalidInput


class Expectation(BaseModel):
    """A call that must occur; `args` must hold for it as it was resolved."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: str
    args: Mapping[str, object] = Field(default_factory=dict)


class Request(BaseModel):
    """One conversation. `uploads` are paths relative to the file of requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    say: tuple[str, ...] = Field(min_length=1)
    setup: tuple[str, ...] = ()
    uploads: tuple[str, ...] = ()
    expect: tuple[Expectation, ...] = ()
    forbid: tuple[str, ...] = ()


def read_requests(text: str) -> list[Request]:
    """Raises: InvalidInput naming the line."""
    requests: list[Request] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            requests.append(Request.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the line"
            raise InvalidInput(
                f"Line {number}: {where}: {first['msg']}.",
                remedy="Each line is one JSON object; examples/chat/README.md gives its form.",
            ) from error
    if not requests:
        raise InvalidInput("There is no request in the file.", remedy="Write one a line.")
    return requests
