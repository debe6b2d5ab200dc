"""Objects in S3; an object appears whole or not at all."""

import math
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from botocore.exceptions import ClientError

from assetql.adapters.aws.errors import aws_faults, error_code
from assetql.adapters.object_keys import checked_key, checked_prefix
from assetql.domain.errors import NotFound
from assetql.ports import UploadForm

_MISSING = {"404", "NoSuchKey"}
_IN_MEMORY = 8 * 2**20  # bytes of one file; from here on it lies on the disk
_LONGEST_LINK = timedelta(days=7)


class S3Objects:
    """The ObjectStore of the AWS family: keys are those of one bucket."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, key: str, data: bytes, *, media_type: str) -> None:
        with self._faults(key):
            self._client.put_object(**self._at(key), Body=data, ContentType=media_type)

    def get(self, key: str) -> bytes:
        with self._faults(key):
            return self._client.get_object(**self._at(key))["Body"].read()

    def exists(self, key: str) -> bool:
        try:
            with self._faults(key):
                self._client.head_object(**self._at(key))
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        with self._faults(key):
            self._client.delete_object(**self._at(key))

    def keys(self, prefix: str) -> Iterator[str]:
        return self._list(checked_prefix(prefix))

    @contextmanager
    def writer(self, key: str, *, media_type: str) -> Generator[BinaryIO]:
        """Above 8 MiB it is uploaded in parts, which the bucket drops where they stay alone."""
        target = self._at(key)
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            yield cast("BinaryIO", file)
            file.seek(0)
            with self._faults(key):
                self._client.upload_fileobj(file, **target, ExtraArgs={"ContentType": media_type})

    @contextmanager
    def open(self, key: str) -> Generator[BinaryIO]:
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            with self._faults(key):
                body = self._client.get_object(**self._at(key))["Body"]
                shutil.copyfileobj(body, file)
            file.seek(0)
            yield cast("BinaryIO", file)

    def link(self, key: str, *, filename: str, valid_for: timedelta) -> str:
        """It also ends when the credentials do that signed it."""
        request = self._at(key) | {"ResponseContentDisposition": _attachment(filename)}
        with self._faults(key):
            return self._client.generate_presigned_url(
                "get_object", Params=request, ExpiresIn=_seconds(valid_for)
            )

    def upload_form(
        self, key: str, *, media_type: str, max_bytes: int, valid_for: timedelta
    ) -> UploadForm:
        typed = {"Content-Type": media_type}
        with self._faults(key):
            form = self._client.generate_presigned_post(
                **self._at(key),
                Fields=typed,
                Conditions=[typed, ["content-length-range", 1, max_bytes]],
                ExpiresIn=_seconds(valid_for),
            )
        return UploadForm(form["url"], form["fields"])

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": checked_key(key)}

    def _list(self, prefix: str) -> Iterator[str]:
        with aws_faults(f"Bucket {self._bucket}"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (entry["Key"] for entry in page.get("Contents", []))

    @contextmanager
    def _faults(self, key: str) -> Generator[None]:
        with aws_faults(f"Bucket {self._bucket}"):
            try:
                yield
            except ClientError as error:
                if error_code(error) in _MISSING:
                    raise NotFound("object", key) from error
                raise


def _seconds(time: timedelta) -> int:
    return max(1, math.ceil(min(time, _LONGEST_LINK).total_seconds()))


def _attachment(filename: str) -> str:
    """The header that saves under that name: RFC 6266, with the encoding of RFC 8187."""
    name = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in filename)
    plain = "".join(c if c.isascii() and c not in '"%' else "_" for c in name)
    whole = quote(name, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
