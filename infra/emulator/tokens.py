"""What a request would be charged for, by a rule of thumb: four bytes are a token."""

import base64
import io
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from PIL import Image

_BYTES_PER_TOKEN = 4
_PIXELS_PER_TOKEN = 750
_LEAST_CACHED = 1_024  # tokens in front of a cache point, or it is passed over
_KEPT = 300  # seconds since the last use

Document = Mapping[str, Any]


def tokens_of(block: object) -> int:
    """The tokens of one block of a request or an answer."""
    pixels = _image_pixels(block)
    if pixels:
        return -(-pixels // _PIXELS_PER_TOKEN)
    return -(-len(json.dumps(block, ensure_ascii=False).encode()) // _BYTES_PER_TOKEN)


def _image_pixels(block: object) -> int:
    match block:
        case {"image": {"source": {"bytes": str(data)}}}:
            with Image.open(io.BytesIO(base64.b64decode(data))) as image:
                return image.width * image.height
        case _:
            return 0


@dataclass
class PromptCache:
    """Which beginnings of requests are cached: model and digest to the second of the last use."""

    _used: dict[str, float] = field(default_factory=dict[str, float])

    def usage(self, model: str, request: Document, answer: list[Any]) -> dict[str, int]:
        """The `usage` of one exchange; what lies before a cache point is read or written."""
        now = time.monotonic()
        self._used = {key: at for key, at in self._used.items() if now - at < _KEPT}
        total = read = written = 0
        found = ""
        marks: list[str] = []
        digest = sha256(model.encode())
        for block in _blocks(request):
            if "cachePoint" not in block:
                total += tokens_of(block)
                digest.update(json.dumps(block, sort_keys=True).encode())
                if digest.hexdigest() in self._used:
                    read, found = total, digest.hexdigest()
            elif total >= _LEAST_CACHED:
                written = total
                marks.append(digest.hexdigest())
        read = min(read, written)  # nothing behind the last cache point is looked up
        self._used |= dict.fromkeys([*marks, *([found] if read else [])], now)
        output = sum(map(tokens_of, answer))
        return {
            "inputTokens": total - max(written, read),
            "outputTokens": output,
            "totalTokens": total + output,
            "cacheReadInputTokens": read,
            "cacheWriteInputTokens": max(0, written - read),
        }


def _blocks(request: Document) -> Iterator[Document]:
    """In the order of the cached prefix: tools, system, messages."""
    yield from request.get("toolConfig", {}).get("tools", ())
    yield from request.get("system", ())
    for message in request["messages"]:
        for block in message["content"]:
            yield block if "cachePoint" in block else {"role": message["role"], **block}
