"""What signs links, cursors and sessions: a setting, or made once and kept in the home."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from assetql.domain.errors import InvalidInput
from assetql.settings import Settings

FILENAME = "secret"
_BYTES = 32


def signing_secret(settings: Settings) -> bytes:
    """The secret of this installation; whoever asks first makes it, with mode 0600.

    Raises: InvalidInput where others may read the file, or it is cut short.
    """
    if settings.secret:
        return settings.secret.get_secret_value().encode()
    kept = settings.home / FILENAME
    if not kept.exists():
        _make(kept)
    secret = kept.read_bytes()
    if len(secret) < _BYTES or kept.stat().st_mode & 0o077:
        raise InvalidInput(
            f"{kept} is cut short, or readable by others.",
            remedy="Delete it (links and sessions end), or set ASSETQL_SECRET.",
        )
    return secret


def _make(path: Path) -> None:
    """It appears whole; of several processes at once, the first one's stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".secret-") as file:  # made with mode 0600
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
