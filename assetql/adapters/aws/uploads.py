"""Uploads in DynamoDB; their bytes are objects."""

from assetql.adapters.aws.items import Item, key_of
from assetql.adapters.aws.table import Table
from assetql.adapters.codec import Codec, micros
from assetql.domain.upload import Upload

_UPLOADS = Codec(Upload)


class DynamoUploads:
    """The UploadStore of the AWS family: one item each, under its workspace."""

    def __init__(self, uploads: Table) -> None:
        self._table = uploads

    def add(self, upload: Upload) -> Upload:
        item: Item = {
            "pk": key_of(upload.workspace),
            "sk": _sort(upload.upload_id),
            "document": _UPLOADS.encode(upload),
        }
        if upload.thread_id is not None:
            item["thread"] = _of_thread(upload.thread_id)
        there = self._table.insert(item)
        return _upload(there) if there else upload

    def get(self, workspace: str, upload_id: str) -> Upload | None:
        item = self._table.get(key_of(workspace), _sort(upload_id))
        return _upload(item) if item else None

    def of_thread(self, workspace: str, thread_id: str) -> tuple[Upload, ...]:
        items = self._table.query(
            "#pk = :pk AND #thread = :thread",
            {"pk": key_of(workspace), "thread": _of_thread(thread_id)},
            index="by_thread",
        )
        return tuple(sorted(map(_upload, items), key=_age))


def _sort(upload_id: str) -> str:
    """Of an empty id, too: no key is empty."""
    return key_of("upload", upload_id)


def _of_thread(thread_id: str) -> str:
    return key_of("thread", thread_id)


def _upload(item: Item) -> Upload:
    return _UPLOADS.decode(str(item["document"]))


def _age(upload: Upload) -> tuple[int, str]:
    return micros(upload.created_at), upload.upload_id
