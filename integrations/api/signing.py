"""Texts that only this installation can have made: cursors, and links to files."""

import base64
import binascii
import hmac
import json

_MAC = 16  # bytes of HMAC-SHA256 that are kept


class Signer:
    """Signs what JSON can hold; what was made for one purpose is of no use for another."""

    def __init__(self, secret: bytes, purpose: str) -> None:
        self._key = hmac.digest(secret, purpose.encode(), "sha256")

    def sign(self, document: object) -> str:
        """Opaque, and safe in a URL; whoever has it can read the document."""
        body = json.dumps(document, separators=(",", ":")).encode()
        return _encoded(self._mac(body) + body)

    def read(self, token: str) -> object | None:
        """The document; None where one bit is not as it was signed."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (binascii.Error, UnicodeEncodeError):
            return None
        mac, body = raw[:_MAC], raw[_MAC:]
        if not hmac.compare_digest(mac, self._mac(body)) or _encoded(raw) != token:
            return None
        return json.loads(body)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_MAC]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
