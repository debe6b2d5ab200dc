"""Route: FastAPI's, for an API of many routes whose reads are short."""

import inspect
from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from integrations.api.threads import in_threads


class Route(APIRoute):
    """A route that is found fast; if it only reads, then on the API's own threads."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        reads = given["methods"] == ["GET"] and not inspect.iscoroutinefunction(endpoint)
        super().__init__(path, in_threads(endpoint) if reads else endpoint, **given)
        self._literal = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As FastAPI says, who is asked only where the path may be meant."""
        return super().matches(scope) if self._literal in scope["path"] else (Match.NONE, {})
