"""Direct calls: who asks, for what, and the answer or the error as JSON.

An event is `{"identity": {"workspace", "user", "roles"}, "arguments": {…}}`. The identity is put
there by whoever may invoke the function, from what an authorizer has checked; a person's input goes
into `arguments`, where nothing names a workspace.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assetql.domain.errors import AssetQLError, Forbidden, InvalidInput
from assetql.domain.identity import Principal, Role

Answer = Mapping[str, object]


class Arguments(BaseModel):
    """What a function is asked for; what it doesn't know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


A = TypeVar("A", bound=Arguments)
M = TypeVar("M", bound=BaseModel)


class Identity(BaseModel):
    """The authenticated caller, as an authorizer vouches for them."""

    workspace: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    user: str = Field(min_length=1)
    roles: frozenset[Role]

    @property
    def caller(self) -> Principal:
        """As use cases take it."""
        return Principal(self.workspace, self.user, self.roles)


def answer(
    event: Mapping[str, object], kind: type[A], act: Callable[[Principal, A], Answer]
) -> Answer:
    """What `act` answers, or `{"error": …}`; errors that are not the project's are raised."""
    try:
        caller = identified(event.get("identity")).caller
        return act(caller, read(kind, event.get("arguments", {})))
    except AssetQLError as error:
        return describe(error)


def describe(error: AssetQLError) -> Answer:
    """The one mapping of the project's errors to JSON."""
    return {"error": {"code": error.code, "message": error.message, "remedy": error.remedy}}


def identified(found: object) -> Identity:
    """Raises: Forbidden where nobody vouches for anybody."""
    try:
        return Identity.model_validate(found)
    except ValidationError as error:
        raise Forbidden(
            "The call carries no identity that can be used.",
            remedy="Call it through an authorizer that says workspace, user and roles.",
        ) from error


def read(kind: type[M], found: object) -> M:
    """The arguments, typed. Raises: InvalidInput naming the first that can't be used."""
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "arguments"
        raise InvalidInput(
            f"{where} can't be {str(first['input'])[:80]!r}: {first['msg']}.",
            remedy=f"The arguments are: {', '.join(kind.model_fields)}.",
        ) from error
