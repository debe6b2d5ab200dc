"""batch_creator: POST /batches drafts a batch from an asset list that was uploaded.

Called by API Gateway behind a Cognito authorizer: who asks is in its claims, and nowhere else.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from assetql.domain.errors import AssetQLError, InvalidInput
from assetql.domain.identity import Principal, Role
from assetql.lambdas.calls import Answer, Arguments, Identity, describe, identified, read
from assetql.lambdas.runtime import Event, observed, services
from assetql.pipeline.create_batch import create_batch, rows_of_upload

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

STATUSES: Mapping[str, int] = {
    "invalid_input": 400,
    "budget_exceeded": 402,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
}
_CREATED, _UNUSABLE, _LATER = 201, 422, 503


class NewBatch(Arguments):
    """The body of the request."""

    upload: str = Field(min_length=1, description="Upload id of a CSV")
    name: str | None = Field(default=None, max_length=200)
    style: str | None = Field(default=None, description="A profile's name or id")
    valid_rows_only: bool = False


@observed
def handler(event: Event, context: "LambdaContext") -> object:
    """Drafts it once per `Idempotency-Key`; what a retry without one repeats is drafted anew."""
    del context
    try:
        identity = _identity(event)
        wanted = read(NewBatch, _body(event))
        return _draft(identity.caller, wanted, _key(event))
    except AssetQLError as error:
        return _response(STATUSES.get(error.code, _LATER), describe(error))


def _draft(caller: Principal, wanted: NewBatch, key: str) -> Answer:
    opened = services()
    found = rows_of_upload(
        wanted.upload,
        caller=caller,
        stores=opened.stores,
        limits=opened.list_limits,
        valid_rows_only=wanted.valid_rows_only,
    )
    refused = [refusal.as_json() for refusal in found.refused]
    if not found.usable:
        unusable = InvalidInput(
            f"{len(refused)} rows can't be used.", remedy="Mend them, or send valid_rows_only."
        )
        return _response(_UNUSABLE, {**describe(unusable), "refused": refused})
    batch = create_batch(
        found.rows,
        name=wanted.name,
        style=wanted.style,
        caller=caller,
        stores=opened.stores,
        clock=opened.clock,
        prices=opened.prices,
        key=key,
    )
    drafted = {"batch_id": batch.batch_id, "accepted": batch.rows, "refused": refused}
    return _response(_CREATED, {**drafted, "quote": batch.quote.as_json()})


def _identity(event: Event) -> Identity:
    claims: Mapping[str, Any] = event["requestContext"].get("authorizer", {}).get("claims", {})
    # Several groups arrive as words with commas between them; not each is a role.
    groups = str(claims.get("cognito:groups", "")).split(",")
    roles = [role for role in Role if role.value in groups]
    return identified(
        {"workspace": claims.get("custom:workspace"), "user": claims.get("sub"), "roles": roles}
    )


def _key(event: Event) -> str:
    given = {name.casefold(): value for name, value in (event.get("headers") or {}).items()}
    return f"api:{given.get('idempotency-key') or event['requestContext']['requestId']}"


def _body(event: Event) -> object:
    try:
        return json.loads(event.get("body") or "{}")
    except ValueError as error:
        raise InvalidInput("The body is no JSON.", remedy="Send one JSON object.") from error


def _response(status: int, document: Answer) -> Answer:
    headers = {"Content-Type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(document)}
