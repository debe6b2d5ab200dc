"""The event-stream encoding of AWS, which botocore can only decode.

A message is: prelude (total length, length of the headers, CRC-32 of these eight bytes), headers,
payload, and the CRC-32 of all that. Numbers are big-endian.
"""

import json
import struct
import zlib
from collections.abc import Mapping

_STRING = 7  # the type of a header's value; it is followed by two bytes of length
_FRAMING = 16  # prelude and the last checksum


def event(kind: str, payload: Mapping[str, object]) -> bytes:
    """One event of a stream, such as `contentBlockDelta`."""
    return _message({":event-type": kind, ":message-type": "event"}, payload)


def exception(kind: str, message: str) -> bytes:
    """What ends a stream early, such as `throttlingException`."""
    headers = {":exception-type": kind, ":message-type": "exception"}
    return _message(headers, {"message": message})


def _message(headers: Mapping[str, str], payload: Mapping[str, object]) -> bytes:
    named = {**headers, ":content-type": "application/json"}
    head = b"".join(_header(name, value) for name, value in named.items())
    body = json.dumps(payload, ensure_ascii=False).encode()
    prelude = struct.pack(">II", len(head) + len(body) + _FRAMING, len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + body
    return message + struct.pack(">I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return bytes([len(key)]) + key + struct.pack(">BH", _STRING, len(text)) + text
