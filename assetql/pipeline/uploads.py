"""uploads: files that people attach, checked by content before they are kept."""

import hashlib
import re

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.errors import InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.image_header import ImageLimits, check_image
from assetql.domain.upload import Upload
from assetql.ports import Clock, Stores

LIST_NAMES = (".csv", ".tsv", ".txt")
LONGEST_NAME = 120


def add_upload(
    filename: str,
    data: bytes,
    *,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    image_limits: ImageLimits,
    list_limits: ListLimits,
    thread_id: str | None = None,
    key: str | None = None,
) -> Upload:
    """Keeps an asset list or an image. The type is judged by the content.

    Raises: InvalidInput naming the file, what is wrong with it and what to do.
    """
    caller.require(Action.EDIT)
    name = printable_name(filename)
    media_type = _media_type(name, data, image_limits=image_limits, list_limits=list_limits)
    digest = hashlib.sha256(data).hexdigest()
    upload_id = derived_id("upl", caller.workspace, key or f"{name}:{digest}:{thread_id}")
    kept = stores.uploads.get(caller.workspace, upload_id)
    if kept:
        return kept
    object_key = f"uploads/{caller.workspace}/{upload_id}"
    stores.objects.put(object_key, data, media_type=media_type)
    return stores.uploads.add(
        Upload(
            workspace=caller.workspace,
            upload_id=upload_id,
            filename=name,
            media_type=media_type,
            size_bytes=len(data),
            sha256=digest,
            object_key=object_key,
            created_by=caller.user,
            created_at=clock.now(),
            thread_id=thread_id,
        )
    )


def get_upload(upload_id: str, *, caller: Principal, stores: Stores) -> Upload:
    """Raises: NotFound."""
    caller.require(Action.READ)
    upload = stores.uploads.get(caller.workspace, upload_id)
    if upload is None:
        raise NotFound("upload", upload_id, remedy="Attach the file to a message first.")
    return upload


def printable_name(filename: str) -> str:
    """The last part of a path, without what could steer a terminal or a prompt's layout."""
    last = re.split(r"[\\/]", filename)[-1]
    name = "".join(c if c.isprintable() and c not in '[]"' else "_" for c in last)
    return name.strip()[:LONGEST_NAME] or "file"


def _media_type(
    name: str, data: bytes, *, image_limits: ImageLimits, list_limits: ListLimits
) -> str:
    if name.casefold().endswith(LIST_NAMES):
        if len(data) > list_limits.max_bytes:
            raise InvalidInput(
                f"{name!r} has {len(data):,} bytes; an asset list may have "
                f"{list_limits.max_bytes:,}.",
                remedy="Split the list.",
            )
        return "text/csv"
    header = check_image(data, filename=name, limits=image_limits)
    return f"image/{header.format}"
