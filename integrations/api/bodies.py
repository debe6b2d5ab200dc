"""JSON bodies: refused at once where judging them would hold everybody else up."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request

_MOST_BYTES = 8 * 2**20  # 500 rows with every letter escaped
_MOST_VALUES = 20_000  # 500 rows have 3,500; each one too many costs its own complaint


class JsonRequest(Request):
    """A request whose document is small enough to be judged in the event loop."""

    async def json(self) -> Any:
        """Raises: HTTPException 413; ValueError and RecursionError for what is none."""
        body = await self.body()
        if len(body) > _MOST_BYTES:
            raise _too_large(f"JSON may have {_MOST_BYTES:,} bytes")
        document = json.loads(body)
        if _has_more_values(document, _MOST_VALUES):
            raise _too_large(f"JSON may hold {_MOST_VALUES:,} values")
        return document


def _has_more_values(document: object, most: int) -> bool:
    """Whether lists and objects, at any depth, hold more than that; it looks no further."""
    left, seen = [document], 0
    while left and seen <= most:
        value = left.pop()
        if isinstance(value, dict):
            value = list(cast("dict[str, object]", value).values())
        if isinstance(value, list):
            held = cast("Sequence[object]", value)
            seen += len(held)
            left += held[: most + 1]
    return seen > most


def _too_large(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{detail}.")
