import hashlib
import io
import struct
import zipfile
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

import pytest
from typing_extensions import Buffer

from assetql.pipeline.packaging.zip_stream import ZipStream


class Pipe(io.BufferedIOBase):
    """A sink that can only be written to, as a socket or a multipart upload."""

    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        self.data += bytes(data)
        return memoryview(data).nbytes


def archive(out: BinaryIO) -> tuple[str, int]:
    with SpooledTemporaryFile(max_size=100) as entry, ZipStream(out, entry) as stream:
        stream.add("a.txt", [b"one", b"two"])
        stream.add("bücher/b.bin", [bytes(range(256)) * 40])
        return stream.finish()


def test_the_bytes_do_not_depend_on_what_they_are_written_to():
    pipe, file = Pipe(), io.BytesIO()
    assert archive(cast("BinaryIO", pipe)) == archive(file)
    assert pipe.data == file.getvalue()


def test_the_summary_is_that_of_the_bytes():
    out = io.BytesIO()
    sha256, size = archive(out)
    assert (hashlib.sha256(out.getvalue()).hexdigest(), len(out.getvalue())) == (sha256, size)


def test_another_reader_finds_every_file_whole_with_fixed_metadata():
    out = io.BytesIO()
    archive(out)
    with zipfile.ZipFile(out) as found:
        assert found.testzip() is None
        assert found.namelist() == ["a.txt", "bücher/b.bin"]
        assert found.read("a.txt") == b"onetwo"
        for info in found.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr >> 16 == 0o100644
            assert info.compress_type == zipfile.ZIP_STORED


def test_sizes_stand_before_the_data_for_readers_that_stream():
    out = io.BytesIO()
    archive(out)
    header = struct.unpack("<4s5H3I2H", out.getvalue()[:30])
    assert header[0] == b"PK\x03\x04"
    assert header[2] & 0x08 == 0
    assert header[7:9] == (6, 6)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\\b"])
def test_a_path_that_leaves_the_folder_is_refused(path: str):
    with (
        SpooledTemporaryFile() as entry,
        ZipStream(io.BytesIO(), entry) as stream,
        pytest.raises(ValueError, match="unsafe path"),
    ):
        stream.add(path, [b""])


def test_a_source_that_fails_leaves_nothing_half_written():
    out = io.BytesIO()

    def broken():
        yield b"first"
        raise OSError("gone")

    with (
        SpooledTemporaryFile() as entry,
        pytest.raises(OSError, match="gone"),
        ZipStream(out, entry) as stream,
    ):
        stream.add("a", broken())
    assert out.getvalue() == b""
