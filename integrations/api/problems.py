"""Errors as RFC 9457 problems: the one place where HTTP learns of the error tree."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from assetql.domain import errors
from assetql.domain.errors import AssetQLError
from assetql.telemetry.ids import bound_ids

MEDIA_TYPE = "application/problem+json"
REQUEST = "request"  # under this name the id of the request is bound
_LONGEST_VALUE = 200
_MOST_ERRORS = 50  # of one answer

# The status of an error is that of its nearest ancestor here.
STATUSES: dict[type[AssetQLError], HTTPStatus] = {
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.BudgetExceeded: HTTPStatus.CONFLICT,
    errors.ApprovalNeeded: HTTPStatus.CONFLICT,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class BadField(BaseModel):
    """What is wrong with one value of a request."""

    where: Annotated[str, Field(examples=["body.rows.0.width"])]
    message: str
    value: Annotated[
        str | int | float | bool | None, Field(description="As it was sent, if it is short")
    ] = None


class Problem(BaseModel):
    """Why a request was refused, and what to do about it (RFC 9457)."""

    type: Annotated[str, Field(examples=["about:blank"])]
    title: Annotated[str, Field(examples=["Not Found"])]
    status: Annotated[int, Field(examples=[404])]
    code: Annotated[str, Field(description="Stable, for programs", examples=["not_found"])]
    detail: Annotated[str, Field(examples=["No batch 'bat_1'."])]
    remedy: Annotated[str, Field(description="What to do about it; may be empty")]
    instance: Annotated[str, Field(description="The id of the request, as in the logs")]
    errors: Annotated[
        list[BadField] | None, Field(description="Of a bad request: the first 50")
    ] = None


class ProblemResponse(JSONResponse):
    """A problem on the wire; what it quotes may hold half a surrogate pair, so it is ASCII."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """JSON in ASCII."""
        return json.dumps(content, separators=(",", ":")).encode()


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's `responses` says of the problems that it answers with."""
    reference = {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    return {
        status: {
            "model": Problem,
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: reference},
        }
        for status in statuses
    }


def status_of(error: AssetQLError) -> HTTPStatus:
    """The HTTP status that says what kind of error it is."""
    ancestors = (kind for kind in type(error).__mro__ if kind in STATUSES)
    return STATUSES.get(next(ancestors, AssetQLError), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: AssetQLError) -> ProblemResponse:
    """The answer that a door gives for it."""
    status = status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return _response(
        status, code=error.code, detail=error.message, remedy=error.remedy, headers=headers
    )


def answer_to(error: Exception) -> ProblemResponse | None:
    """The answer to an error that was foreseen; None for any other."""
    if isinstance(error, AssetQLError):
        return problem(error)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _plain(error)
    return None


def unforeseen() -> ProblemResponse:
    """The answer to an error that nobody foresaw: it says nothing of the error."""
    return _response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="error",
        detail="Something went wrong that nobody foresaw.",
        remedy="Try again; if it stays, give the instance to who runs this server.",
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Every foreseen error of the app's routes is answered as a problem."""

    async def answer(_: Request, error: Exception) -> ProblemResponse:
        return answer_to(error) or unforeseen()

    for kind in (AssetQLError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def _invalid(error: RequestValidationError) -> ProblemResponse:
    complaints = cast("Sequence[Mapping[str, Any]]", error.errors())
    found = [_bad_field(each) for each in complaints[:_MOST_ERRORS]]
    return _response(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code=errors.InvalidInput.code,
        detail=" ".join(f"{each.where}: {each.message}." for each in found[:3]),
        remedy="Correct what `errors` lists; /docs says what is expected.",
        errors=[each.model_dump(mode="json") for each in found],
    )


def _bad_field(error: Mapping[str, Any]) -> BadField:
    value = error.get("input")
    if isinstance(value, float) and value - value != 0:  # JSON has no NaN and no infinity
        value = str(value)
    if isinstance(value, str):
        value = value[:_LONGEST_VALUE]
    shown = value if isinstance(value, str | int | float | bool) else None
    where = ".".join(map(str, error["loc"]))[:_LONGEST_VALUE]
    return BadField.model_construct(where=where, message=str(error["msg"]), value=shown)


def _plain(error: HTTPException) -> ProblemResponse:
    status = HTTPStatus(error.status_code)
    return _response(
        status,
        code=status.name.casefold(),
        detail=error.detail if error.detail != status.phrase else f"{status.description}.",
        remedy="",
        headers=error.headers,
    )


def _response(
    status: HTTPStatus,
    *,
    code: str,
    detail: str,
    remedy: str,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> ProblemResponse:
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        "remedy": remedy,
        "instance": str(bound_ids().get(REQUEST, "")),
        **more,
    }
    return ProblemResponse(body, status, headers=headers)
