"""Errors as RFC 9457 problems: the one place where HTTP learns of the error tree."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assetql.domain import errors
from assetql.domain.errors import AssetQLError

MEDIA_TYPE = "application/problem+json"

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


def status_of(error: AssetQLError) -> HTTPStatus:
    """The HTTP status that says what kind of error it is."""
    ancestors = (kind for kind in type(error).__mro__ if kind in STATUSES)
    return STATUSES.get(next(ancestors, AssetQLError), HTTPStatus.INTERNAL_SERVER_ERROR)


def problem(error: AssetQLError) -> JSONResponse:
    """The answer that a door gives for it."""
    status = status_of(error)
    headers = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(error.retry_after)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "code": error.code,
        "detail": error.message,
        "remedy": error.remedy,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Every error of the app is answered as a problem."""

    async def expected(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AssetQLError)
        return problem(error)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return problem(errors.InvalidInput(f"{where}: {first['msg']}."))

    async def plain(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        body = {"type": "about:blank", "title": status.phrase, "status": int(status)}
        return JSONResponse(body, status, headers=error.headers, media_type=MEDIA_TYPE)

    app.add_exception_handler(AssetQLError, expected)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
