"""Files that batches and styles are made of: announced and sent, or sent at once."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import File, UploadFile
from pydantic import Field

from assetql.domain.upload import Upload
from assetql.pipeline import announce_upload as announcing
from assetql.pipeline.uploads import add_upload, get_upload
from integrations.api.dependencies import Caller, Pipeline
from integrations.api.idempotency import Key
from integrations.api.numbers import WHOLE
from integrations.api.resources.links import Links
from integrations.api.resources.models import Closed, Name, UploadId, UploadPath
from integrations.api.resources.routing import refusals, resource_router

router = resource_router("uploads")


class FileToSend(Closed):
    """What is going to be sent."""

    filename: Annotated[Name, Field(examples=["potions.csv"])]
    size_bytes: Annotated[int, Field(strict=True, ge=1, le=20 * 2**20, examples=[1_024]), WHOLE]
    media_type: Literal["text/csv", "image/png", "image/jpeg", "image/webp"]


class Announced(Closed):
    """Send the file by a POST to `url` as multipart/form-data: first `fields`, then `file`."""

    upload_id: UploadId
    url: str
    fields: dict[str, str]


class UploadRead(Closed):
    """A file that was taken in; its type is judged by its content."""

    upload_id: UploadId
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """All but where it lies."""
        return cls(
            upload_id=upload.upload_id,
            filename=upload.filename,
            media_type=upload.media_type,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
            created_by=upload.created_by,
            created_at=upload.created_at,
        )


@router.post("/uploads", status_code=201, responses=refusals(409, body=True))
def announce_upload(
    asked: FileToSend, caller: Caller, services: Pipeline, links: Links, key: Key
) -> Announced:
    """Says where to send a file of any size that is taken; then `POST …/complete`."""
    announced = announcing.announce_upload(
        asked.filename,
        size_bytes=asked.size_bytes,
        media_type=asked.media_type,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
        key=key,
    )
    form = links.form(announced)
    return Announced(upload_id=announced.upload_id, url=form.url, fields=dict(form.fields))


@router.post("/uploads/{upload_id}/complete", responses=refusals(404, 409))
def complete_upload(
    upload_id: UploadPath, caller: Caller, services: Pipeline, key: Key
) -> UploadRead:
    """Judges what was sent by its content, and keeps it."""
    del key  # completing twice is completing once
    upload = announcing.complete_upload(
        upload_id,
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
    )
    return UploadRead.of(upload)


@router.get("/uploads/{upload_id}", responses=refusals(404))
def read_upload(upload_id: UploadPath, caller: Caller, services: Pipeline) -> UploadRead:
    """A file that was taken in."""
    return UploadRead.of(get_upload(upload_id, caller=caller, stores=services.stores))


@router.post("/direct-uploads", status_code=201, responses=refusals(409, body=True))
def upload_file(
    file: Annotated[
        UploadFile,
        File(description="A CSV, or a PNG, JPEG or WebP image", json_schema_extra={"minLength": 1}),
    ],
    caller: Caller,
    services: Pipeline,
    key: Key,
) -> UploadRead:
    """Takes a small file in at once."""
    upload = add_upload(
        file.filename or "file",
        file.file.read(),
        caller=caller,
        stores=services.stores,
        clock=services.clock,
        image_limits=services.image_limits,
        list_limits=services.list_limits,
        key=key,
    )
    return UploadRead.of(upload)
