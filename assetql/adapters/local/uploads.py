"""Uploads in SQLite; their bytes are objects."""

from assetql.adapters.codec import Codec, micros
from assetql.adapters.local.database import Database
from assetql.domain.upload import Upload

_UPLOADS = Codec(Upload)
_SELECT = "SELECT document FROM uploads WHERE workspace=? AND upload_id=?"


class SqliteUploads:
    """The UploadStore of the embedded family."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload: Upload) -> Upload:
        key = (upload.workspace, upload.upload_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO uploads (workspace, upload_id, thread_id, created_at, document)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*key, upload.thread_id, micros(upload.created_at), _UPLOADS.encode(upload)),
            )
            stored = connection.execute(_SELECT, key).fetchone()
        return _UPLOADS.decode(stored[0])

    def get(self, workspace: str, upload_id: str) -> Upload | None:
        row = self._database.row(_SELECT, (workspace, upload_id))
        return _UPLOADS.decode(row[0]) if row else None

    def of_thread(self, workspace: str, thread_id: str) -> tuple[Upload, ...]:
        rows = self._database.rows(
            "SELECT document FROM uploads WHERE workspace=? AND thread_id=?"
            " ORDER BY created_at, number",
            (workspace, thread_id),
        )
        return tuple(_UPLOADS.decode(row[0]) for row in rows)
