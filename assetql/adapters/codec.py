"""Domain values to JSON documents and back; times to integers that sort."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from assetql.domain.errors import not_unicode

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Codec(Generic[T]):
    """JSON of one kind of value. The adapter is built at first use, not at import."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind)

    def encode(self, value: T) -> str:
        """The whole value as one JSON document. Raises: InvalidInput for half a character."""
        try:
            return self._adapter.dump_json(value).decode()
        except PydanticSerializationError as error:
            raise not_unicode(error) from error

    def decode(self, document: str) -> T:
        """The value that `encode` was given."""
        return self._adapter.validate_json(document)


def micros(at: datetime) -> int:
    """Microseconds since 1970; `at` must be aware."""
    return (at - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The time that `micros` was given, in UTC."""
    return _EPOCH + timedelta(microseconds=value)
