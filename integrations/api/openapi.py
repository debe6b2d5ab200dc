"""The OpenAPI document: FastAPI's, with who may call what and examples; the methods of a path."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from integrations.api.examples import BODIES
from integrations.api.problems import answer_to

_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or a token of the issuer",
    },
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
}
_PUBLIC = frozenset({"files", "health"})  # tags whose operations need no credentials
_VERBS = frozenset({"get", "put", "post", "delete", "patch"})
_TAGS = {
    "batches": "Lists of images to make: drafted, priced, started by approval, followed",
    "approvals": "Questions to people, answered once",
    "styles": "What images are to look like, learnt from references",
    "assets": "The images that were made",
    "uploads": "Files that batches and styles are made of",
    "exports": "Packages for engines",
    "usage": "Money",
    "files": "Downloads and uploads by signed links",
    "agent": "The assistant, in the protocol of LangGraph's platform",
    "keys": "API keys of the workspace",
    "health": "Whether the server works",
}


def operation_id(route: APIRoute) -> str:
    """The function's name as clients' generators like it: `createBatch`."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def describe(app: FastAPI) -> None:
    """The app's document says how callers prove who they are."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            _secure(document)
            _show_bodies(document)
            document["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
        return app.openapi_schema or {}

    app.openapi = openapi
    app.add_exception_handler(405, _wrong_method)


async def _wrong_method(request: Request, error: Exception) -> Response:
    """Each route knows its own method; `Allow` names those of the path."""
    assert isinstance(error, HTTPException)
    paths = request.app.openapi()["paths"]
    fitting = [each for each in paths if compile_path(each)[0].match(request.url.path)]
    # A path that is spelt out comes before a template that it fits.
    nearest = min(fitting, key=lambda template: template.count("{"), default="")
    verbs = {verb.upper() for verb in paths.get(nearest, ())}
    headers = {"Allow": ", ".join(sorted(verbs))} if verbs else error.headers
    problem = answer_to(HTTPException(error.status_code, error.detail, headers))
    assert problem
    return problem


def _secure(document: dict[str, Any]) -> None:
    document.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for path in document["paths"].values():
        for verb, operation in path.items():
            if verb in _VERBS and not _PUBLIC & set(operation.get("tags", ())):
                operation["security"] = [{name: []} for name in _SCHEMES]


def _show_bodies(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            if operation["operationId"] in BODIES:
                body = operation["requestBody"]["content"]["application/json"]
                body["example"] = BODIES[operation["operationId"]]
