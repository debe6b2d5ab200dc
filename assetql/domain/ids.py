"""Ids are derived from what they identify, so that doing a thing twice names it once."""

from base64 import b32encode
from hashlib import sha256

_LENGTH = 10  # 50 bits: a birthday collision in one workspace needs some 30 million of a kind


def derived_id(prefix: str, *parts: object) -> str:
    """`bat_k3v9q2m7xd`: the same parts give the same id."""
    digest = sha256("\x1f".join(map(str, parts)).encode(errors="backslashreplace")).digest()
    return f"{prefix}_{b32encode(digest).decode().casefold()[:_LENGTH]}"
