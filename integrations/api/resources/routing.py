"""What all resources have in common: prefix, idempotency, problems."""

from typing import Any

from fastapi import APIRouter

from integrations.api.idempotency import IdempotentRoute
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses

_ALWAYS = (401, 403, 422, 429, 503)
_WITH_BODY = (400, 413)


def resource_router(tag: str) -> APIRouter:
    """A router under /v1 whose mutating routes take an Idempotency-Key."""
    return APIRouter(
        prefix="/v1",
        tags=[tag],
        generate_unique_id_function=operation_id,
        route_class=IdempotentRoute,
        responses=problem_responses(*_ALWAYS),
    )


def refusals(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The problems of one route besides those of all; `body`: it takes one."""
    return problem_responses(*statuses, *(_WITH_BODY if body else ()))
