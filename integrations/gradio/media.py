"""Images and packages for the page: the caller's workspace's, read when they are asked for."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from assetql.domain.errors import NotFound, Unauthenticated
from assetql.domain.identity import Principal
from assetql.pipeline.export import get_package, link_to
from assetql.pipeline.learn_style import find_style
from assetql.pipeline.search import get_asset
from assetql.pipeline.uploads import get_upload
from integrations.gradio.playground import Playground, principal_of

_CHUNK = 256 * 1024
_SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


def media_router(playground: Playground) -> APIRouter:
    """`thumbnails/ASSET`, `images/ASSET`, `references/STYLE/N`, `uploads/ID`, `packages/ID`."""
    router = APIRouter(include_in_schema=False)
    stores = playground.stores

    @router.get("/thumbnails/{asset_id}")
    def thumbnail(asset_id: str, request: Request) -> Response:
        asset = get_asset(asset_id, caller=_caller(request), stores=stores)
        return _image(stores.objects.get(asset.thumbnail_key))

    @router.get("/images/{asset_id}")
    def picture(asset_id: str, request: Request) -> Response:
        asset = get_asset(asset_id, caller=_caller(request), stores=stores)
        return _image(stores.objects.get(asset.object_key))

    @router.get("/references/{style_id}/{number}")
    def reference(style_id: str, number: int, request: Request) -> Response:
        style = find_style(style_id, caller=_caller(request), stores=stores)
        if not 0 <= number < len(style.references):
            raise NotFound("reference", str(number))
        return _image(stores.objects.get(style.references[number].object_key))

    @router.get("/uploads/{upload_id}")
    def upload(upload_id: str, request: Request) -> Response:
        found = get_upload(upload_id, caller=_caller(request), stores=stores)
        return _image(stores.objects.get(found.object_key))

    router.add_api_route("/packages/{export_id}", _package_route(playground), methods=["GET"])
    return router


def _package_route(playground: Playground) -> Callable[[str, Request], Response]:
    stores, terms = playground.stores, playground.services.terms

    def package(export_id: str, request: Request) -> Response:
        found = get_package(export_id, caller=_caller(request), stores=stores)
        link = link_to(found, stores=stores, terms=terms)
        if link.startswith(("http://", "https://")):  # a store that serves by itself
            return RedirectResponse(link, status_code=303)
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.filename)}",
            "Content-Length": str(found.bytes),
        }
        chunks = _chunks(playground, found.key)
        return StreamingResponse(chunks, media_type="application/zip", headers=headers)

    return package


def _chunks(playground: Playground, key: str) -> Iterator[bytes]:
    with playground.stores.objects.open(key) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _caller(request: Request) -> Principal:
    principal = principal_of(request)
    if principal is None:
        raise Unauthenticated("Nobody is logged in.", remedy="Reload the page and log in.")
    return principal


def _image(data: bytes) -> Response:
    """By its content: what people uploaded is never served as a page."""
    kinds = (kind for signature, kind in _SIGNATURES.items() if data.startswith(signature))
    media_type = next(kinds, "application/octet-stream")
    return Response(data, media_type=media_type, headers={"Cache-Control": "private, max-age=3600"})
