"""announce_upload: a file that is sent to the object store itself, and judged once it is there."""

from dataclasses import dataclass
from datetime import timedelta

from assetql.domain.asset_list.limits import ListLimits
from assetql.domain.door_record import DoorRecord, RecordKind
from assetql.domain.errors import Conflict, InvalidInput, NotFound
from assetql.domain.identity import Action, Principal
from assetql.domain.ids import derived_id
from assetql.domain.image_header import ImageLimits
from assetql.domain.upload import Upload
from assetql.pipeline.create_batch import LIST_MEDIA_TYPE
from assetql.pipeline.uploads import LIST_NAMES, LONGEST_NAME, add_upload, printable_name
from assetql.ports import Clock, Stores, UploadForm

TIME_TO_SEND = timedelta(hours=1)
MEDIA_TYPES = (LIST_MEDIA_TYPE, "image/png", "image/jpeg", "image/webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """`form` is where to send the file, None where the door takes it in, to `object_key`."""

    upload_id: str
    object_key: str
    size_bytes: int
    media_type: str
    form: UploadForm | None


def announce_upload(
    filename: str,
    *,
    size_bytes: int,
    media_type: str,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    image_limits: ImageLimits,
    list_limits: ListLimits,
    key: str,
) -> Announcement:
    """Says where to send a file, once per idempotency `key`. Raises: InvalidInput."""
    caller.require(Action.EDIT)
    is_list = media_type == LIST_MEDIA_TYPE
    most = list_limits.max_bytes if is_list else image_limits.max_bytes
    if media_type not in MEDIA_TYPES or not 1 <= size_bytes <= most:
        raise InvalidInput(
            f"Can't take {size_bytes:,} bytes of {media_type!r}.",
            remedy=f"Take one of {', '.join(MEDIA_TYPES)}, of 1 to {most:,} bytes.",
        )
    now = clock.now()
    upload_id = derived_id("upl", caller.workspace, key)
    record = DoorRecord(
        owner=caller.workspace,
        kind=RecordKind.UPLOAD_TICKET,
        key=upload_id,
        created_at=now,
        document={
            "filename": printable_name(filename),
            "size_bytes": size_bytes,
            "media_type": media_type,
            "key": key,
        },
        expires_at=now + 2 * TIME_TO_SEND,
    )
    stores.doors.add(record, now=now)
    object_key = _sent_key(caller, upload_id)
    return Announcement(
        upload_id=upload_id,
        object_key=object_key,
        size_bytes=size_bytes,
        media_type=media_type,
        form=stores.objects.upload_form(
            object_key, media_type=media_type, max_bytes=size_bytes, valid_for=TIME_TO_SEND
        ),
    )


def complete_upload(
    upload_id: str,
    *,
    caller: Principal,
    stores: Stores,
    clock: Clock,
    image_limits: ImageLimits,
    list_limits: ListLimits,
) -> Upload:
    """Judges by content what was sent, and keeps it: from then on nobody can send it anew.

    Raises: NotFound; Conflict where nothing was sent yet; InvalidInput.
    """
    caller.require(Action.EDIT)
    kept = stores.uploads.get(caller.workspace, upload_id)
    if kept:
        return kept
    ticket = stores.doors.get(
        caller.workspace, RecordKind.UPLOAD_TICKET, upload_id, now=clock.now()
    )
    if ticket is None:
        raise NotFound("upload", upload_id, remedy="Announce the file first.")
    announced = ticket.document
    data = _sent(_sent_key(caller, upload_id), upload_id, stores)
    if len(data) != announced["size_bytes"]:
        raise InvalidInput(
            f"{len(data):,} bytes were sent of {announced['size_bytes']:,}.",
            remedy="Send the whole file again.",
        )
    upload = add_upload(
        _named(str(announced["filename"]), str(announced["media_type"])),
        data,
        caller=caller,
        stores=stores,
        clock=clock,
        image_limits=image_limits,
        list_limits=list_limits,
        key=str(announced["key"]),
    )
    stores.objects.delete(_sent_key(caller, upload_id))
    return upload


def _sent_key(caller: Principal, upload_id: str) -> str:
    """Beside the upload's own key, which nobody is let write to."""
    return f"uploads/{caller.workspace}/sent/{upload_id}"


def _sent(object_key: str, upload_id: str, stores: Stores) -> bytes:
    try:
        return stores.objects.get(object_key)
    except NotFound as error:
        raise Conflict(
            f"Nothing was sent for {upload_id} yet.", remedy="Send the file, then complete it."
        ) from error


def _named(filename: str, media_type: str) -> str:
    """An asset list is known by its name: one that was announced as such is called so."""
    is_list = media_type == LIST_MEDIA_TYPE
    if is_list and not filename.casefold().endswith(LIST_NAMES):
        return f"{filename[: LONGEST_NAME - 4]}.csv"
    return filename
