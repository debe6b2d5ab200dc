"""JSON bodies: refused at once where judging them would hold everybody else up."""

import json
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from assetql.domain.documents import MOST_BYTES, MOST_VALUES, has_too_many_values


class JsonRequest(Request):
    """A request whose document is small enough to be judged in the event loop."""

    async def json(self) -> Any:
        """Raises: HTTPException 413; ValueError and RecursionError for what is none."""
        body = await self.body()
        if len(body) > MOST_BYTES:
            raise _too_large(f"JSON may have {MOST_BYTES:,} bytes")
        document = json.loads(body)
        if has_too_many_values(document):
            raise _too_large(f"JSON may hold {MOST_VALUES:,} values")
        return document


def _too_large(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"{detail}.")
