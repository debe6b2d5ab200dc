"""Which keys objects may have, in every family."""

import re

from assetql.domain.errors import InvalidInput

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.=+@-]*(?<!\.)"
_KEY = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")
_PREFIX = re.compile(rf"({_SEGMENT}/)*([A-Za-z0-9_][A-Za-z0-9_.=+@-]*)?")
_MAX_KEY = 1024


def checked_key(key: str) -> str:
    """The key: a path that climbs nowhere and means the same to any store. Raises: InvalidInput."""
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
        raise _bad(key)
    return key


def checked_prefix(prefix: str) -> str:
    """What a key may begin with. Raises: InvalidInput."""
    if not _PREFIX.fullmatch(prefix):
        raise _bad(prefix)
    return prefix


def _bad(key: str) -> InvalidInput:
    return InvalidInput(
        f"{key[:200]!r} is not an object key.",
        remedy="Keys are segments of letters, digits and _.=+@- between single slashes.",
    )
