"""Whether the process lives, and whether it can serve."""

from fastapi import APIRouter

from assetql.domain.door_record import RecordKind
from integrations.api.dependencies import Pipeline
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses

router = APIRouter(tags=["health"], generate_unique_id_function=operation_id)


@router.get("/healthz")
def check_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses=problem_responses(503))
def check_readiness(services: Pipeline) -> dict[str, str]:
    """The stores answer too: one read that finds nothing."""
    now = services.clock.now()
    services.stores.doors.get("http", RecordKind.SESSION, "readyz", now=now)
    return {"status": "ready"}
