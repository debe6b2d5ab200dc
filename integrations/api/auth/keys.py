"""The workspace's API keys: made, listed and revoked by its owners."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assetql.domain.identity import Role
from assetql.pipeline import api_keys
from assetql.pipeline.api_keys import LONGEST_LIFE, MOST_LISTED
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import IdempotentRoute, Key
from integrations.api.numbers import WHOLE
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.resources.models import Label

router = APIRouter(
    prefix="/v1/keys",
    tags=["keys"],
    generate_unique_id_function=operation_id,
    route_class=IdempotentRoute,
    responses=problem_responses(401, 403, 422, 429),
)


class NewApiKey(BaseModel):
    """What a key is to be."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Label, Field(max_length=100, examples=["build server"])]
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role), examples=[["editor"]])]
    expires_in_days: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=LONGEST_LIFE.days), WHOLE] | None,
        Field(
            description="By default it holds until it is revoked",
        ),
    ] = None


class ApiKey(BaseModel):
    """A key without its secret."""

    key_id: Annotated[str, Field(examples=["key_k3v9q2m7xd"])]
    name: str
    roles: list[Role]
    created_by: str
    created_at: datetime
    expires_at: datetime | None


class MadeApiKey(ApiKey):
    """A key with its secret, which is not shown again."""

    secret: Annotated[
        str, Field(description="Sent as `Authorization: Bearer …`, or as `X-Api-Key`")
    ]


class ApiKeyPage(BaseModel):
    """Some keys, and where to go on."""

    items: list[ApiKey]
    cursor: str | None


@router.post("", status_code=201, responses=problem_responses(400, 409, 413))
def create_key(
    new: NewApiKey, caller: Caller, services: Pipeline, key: Key, response: Response
) -> MadeApiKey:
    """Make a key. Its secret is in this answer only, so a repeat of the request is refused."""
    made, secret = api_keys.create_api_key(
        new.name,
        roles=new.roles,
        life=timedelta(days=new.expires_in_days) if new.expires_in_days else None,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        key=key,
    )
    response.headers["Cache-Control"] = "no-store"
    return MadeApiKey(**_shown(made).model_dump(), secret=secret)


@router.get("")
def list_keys(
    caller: Caller,
    services: Pipeline,
    after: Annotated[str | None, Query(max_length=100, description="A page's cursor")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 50,
) -> ApiKeyPage:
    """The keys that hold, in order of their ids."""
    page = api_keys.list_api_keys(
        caller=caller, stores=services.stores, clock=services.clock, after=after, limit=limit
    )
    return ApiKeyPage(items=[_shown(key) for key in page.items], cursor=page.cursor)


@router.delete("/{key_id}", status_code=204, responses=problem_responses(404, 409))
def revoke_key(key_id: str, caller: Caller, services: Pipeline, key: Key) -> None:
    """Revoke a key: from now on nobody gets in by it."""
    del key  # a repeat is answered from the record; revoking needs none
    api_keys.revoke_api_key(key_id, caller=caller, stores=services.stores, clock=services.clock)


def _shown(key: api_keys.ApiKey) -> ApiKey:
    return ApiKey(
        key_id=key.key_id,
        name=key.name,
        roles=sorted(key.roles),
        created_by=key.created_by,
        created_at=key.created_at,
        expires_at=key.expires_at,
    )
