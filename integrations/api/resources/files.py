"""Files by signed links: whoever has one needs no credentials until it expires."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, File, Path, UploadFile
from fastapi.responses import Response, StreamingResponse

from assetql.domain.errors import InvalidInput
from integrations.api.dependencies import Pipeline
from integrations.api.openapi import operation_id
from integrations.api.problems import problem_responses
from integrations.api.resources.links import Links
from integrations.api.routes import Route

_CHUNK = 256 * 1024
_TYPES = {"zip": "application/zip", "png": "image/png"}
_ALONE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}

router = APIRouter(
    tags=["files"],
    generate_unique_id_function=operation_id,
    route_class=Route,
    responses=problem_responses(404, 422, 503),
)
Token = Annotated[
    str, Path(min_length=22, max_length=2_000, pattern="^[A-Za-z0-9_-]+$", description="Signed")
]


@router.get(
    "/files/{token}",
    response_class=Response,
    responses={200: {"content": {"*/*": _BINARY}, "description": "The file, as a download"}},
)
def download_file(token: Token, links: Links, services: Pipeline) -> Response:
    """What a link of `POST …/link` leads to where the store signs none of its own."""
    wanted = links.read_download(token)
    stack = ExitStack()
    file = stack.enter_context(services.stores.objects.open(wanted.key))
    headers = {
        **_ALONE,
        "Content-Disposition": attachment(wanted.filename),
        "Content-Length": str(file.seek(0, 2)),
    }
    file.seek(0)
    suffix = wanted.key.rpartition(".")[2]
    media_type = _TYPES.get(suffix, "application/octet-stream")
    return StreamingResponse(_chunks(file, stack), headers=headers, media_type=media_type)


@router.post("/files/{token}", status_code=204, responses=problem_responses(400, 413))
def send_file(
    token: Token,
    file: Annotated[
        UploadFile, File(description="The announced file", json_schema_extra={"minLength": 1})
    ],
    links: Links,
    services: Pipeline,
) -> None:
    """Where `POST /v1/uploads` says to send a file where the store takes none itself."""
    slot = links.read_slot(token)
    data = file.file.read(slot.max_bytes + 1)
    if not 1 <= len(data) <= slot.max_bytes:
        raise InvalidInput(
            f"The file is empty or has more than the {slot.max_bytes:,} bytes announced.",
            remedy="Announce it with its size.",
        )
    services.stores.objects.put(slot.key, data, media_type=slot.media_type)


def attachment(filename: str) -> str:
    """The header that saves under that name, and never shows it in the page's place."""
    return f"attachment; filename*=UTF-8''{quote(filename, safe='', errors='replace')}"


def _chunks(file: BinaryIO, stack: ExitStack) -> Iterator[bytes]:
    with stack:
        while chunk := file.read(_CHUNK):
            yield chunk
