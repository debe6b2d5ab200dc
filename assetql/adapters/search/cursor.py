"""Cursors: the place of the last hit, signed for one query of one workspace."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, replace

from assetql.domain.errors import InvalidInput
from assetql.domain.search import SearchQuery


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of hits: `rank` (a tier or a score), then newest, then asset id."""

    rank: float
    created: int
    asset_id: str


def encode(place: Place, *, workspace: str, query: SearchQuery, key: bytes) -> str:
    """Opaque, and of no use for another query or workspace."""
    body = json.dumps([place.rank, place.created, place.asset_id]).encode()
    return base64.urlsafe_b64encode(_sign(body, workspace, query, key) + body).decode()


def decode(cursor: str, *, workspace: str, query: SearchQuery, key: bytes) -> Place:
    """Raises: InvalidInput for what `encode` did not make of the same query."""
    try:
        token = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise _refusal(cursor) from error
    signature, body = token[:16], token[16:]
    if not hmac.compare_digest(signature, _sign(body, workspace, query, key)):
        raise _refusal(cursor)
    return Place(*json.loads(body))


def _sign(body: bytes, workspace: str, query: SearchQuery, key: bytes) -> bytes:
    asked = replace(query, limit=0)  # the size of a page may change on the way
    text = repr((workspace, asked)).encode(errors="backslashreplace")
    return hmac.digest(key, hashlib.sha256(text).digest() + body, "sha256")[:16]


def _refusal(cursor: str) -> InvalidInput:
    return InvalidInput(
        f"The cursor {cursor[:40]!r} is not one of this search.",
        remedy="Search again without a cursor.",
    )
