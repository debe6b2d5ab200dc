"""A file that a person attached; tools refer to it by id."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """`filename` is untrusted text; `sha256` of the bytes at `object_key`."""

    workspace: str
    upload_id: str
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    object_key: str
    created_by: str
    created_at: datetime
    thread_id: str | None = None
