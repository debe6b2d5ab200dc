"""Whether a page of another site is behind a request that the browser adds a cookie to."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from assetql.domain.errors import Forbidden

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OURS = frozenset({"same-origin", "none"})  # `none`: typed, or opened from a bookmark


def changes(connection: HTTPConnection) -> bool:
    """Whether it may change something: other sites can send such a request, but not read."""
    return connection.scope.get("method", "") not in _SAFE  # a WebSocket has none


def require_same_origin(connection: HTTPConnection, public_url: str | None) -> None:
    """Raises: Forbidden unless the browser says that a page of ours, or nobody's, is behind it."""
    site = connection.headers.get("sec-fetch-site")
    origin = connection.headers.get("origin")
    ours = site in _OURS if site else origin in _origins(connection, public_url)
    if not ours:
        raise Forbidden(
            "Another site sent this request, or a program did with a browser's cookie.",
            remedy="Programs send an API key.",
        )


def refuse_other_sites(connection: HTTPConnection) -> None:
    """Programs pass, which send neither header. Raises: Forbidden for a page of another site."""
    if "origin" in connection.headers or "sec-fetch-site" in connection.headers:
        require_same_origin(connection, None)


def require_loopback_host(connection: HTTPConnection) -> None:
    """Raises: Forbidden where a page of another name has been pointed at this machine."""
    host = connection.headers.get("host", "")
    if not _is_loopback(host):
        raise Forbidden(
            f"{host!r} is not this machine's own name.",
            remedy="Without authentication, ask at 127.0.0.1 or localhost.",
        )


def _origins(connection: HTTPConnection, public_url: str | None) -> set[str]:
    if public_url:
        parts = urlsplit(public_url)
        return {f"{parts.scheme}://{parts.netloc}"}
    host = connection.headers.get("host", "")
    return {f"http://{host}", f"https://{host}"}


def _is_loopback(host: str) -> bool:
    """`host` with its port, if it has one."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
