"""Images as answers: the bytes, or on to the store's own link."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header, Response
from fastapi.responses import RedirectResponse

from assetql.domain.image_header import check_image
from assetql.services import Services
from integrations.api.resources.files import attachment
from integrations.api.resources.links import LinkMaker

IfNoneMatch = Annotated[str | None, Header(description="The ETag of what is kept")]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
IMAGE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/*": _BINARY}, "description": "The image"},
    304: {"description": "It is as it was"},
    307: {"description": "On to the object store, by a link signed now"},
}
# What lies under a key never changes; others in between must not keep it.
_KEPT = "private, max-age=86400, immutable"


@dataclass(frozen=True, slots=True)
class ImageFile:
    """Where an image lies, what it is saved as, and what tells it from others."""

    key: str
    filename: str
    etag: str


def image_answer(
    image: ImageFile, *, seen: str | None, services: Services, links: LinkMaker
) -> Response:
    """An image that the caller was allowed to see; `seen`: the ETags of what is kept there."""
    etag = f'"{image.etag}"'
    headers = {"ETag": etag, "Cache-Control": _KEPT}
    if seen and etag in seen:
        return Response(status_code=304, headers=headers)
    link = links.direct(image.key, image.filename)
    if link:
        return RedirectResponse(link, 307, headers={"Cache-Control": "no-store"})
    headers["Content-Disposition"] = attachment(image.filename).replace("attachment", "inline", 1)
    data = services.stores.objects.get(image.key)
    kind = check_image(data, filename=image.filename, limits=services.image_limits).format
    return Response(data, media_type=f"image/{kind}", headers=headers)
