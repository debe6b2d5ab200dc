"""How much one caller may ask: requests a minute, and bytes of one request."""

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assetql.domain.errors import RateLimited
from integrations.api.problems import answer_to

_MINUTE = 60.0
_MOST_CALLERS = 100_000  # whom the longest ago asked is forgotten, and starts afresh


class RateLimits:
    """A token bucket per caller, in this process: a minute's requests at once, then their pace."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._most = float(per_minute)
        self._pace = per_minute / _MINUTE
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def count(self, caller: str) -> None:
        """One request more. Raises: RateLimited."""
        now = self._clock()
        left, since = self._buckets.get(caller, (self._most, now))
        left = min(self._most, left + (now - since) * self._pace)
        allowed = left >= 1
        self._buckets[caller] = (left - 1 if allowed else left, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise RateLimited(
                f"More than {self._most:.0f} requests a minute.",
                retry_after=math.ceil((1 - left) / self._pace),
                remedy="Wait as long as Retry-After says.",
            )


class BodyLimit:
    """Refuses a body that is too large, by what arrives and not only by what was announced."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starlette's protocol."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced) > self._most:
            answer = answer_to(self._too_large())
            assert answer
            await answer(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self._most:
                raise self._too_large()
            return message

        await self._app(scope, counted, send)

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"A request may have {self._most:,} bytes.")
